"""Every limit of the server: how much, how long, how many, whose share; each with its reason.

Sizes that both sides of the protocol know stand in ``dropbox.wire`` and ``crypto.constants``. What
is here can change without anybody else noticing. Modules say ``limits.NAME``, so that a test can
set one for a server of its own.

No limit names an address of the network: through Tor everybody has the same one. What is told apart
is whether a mailbox is there already, because a flood can have new mailboxes in any number and old
ones in none.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from crypto.constants import KIB, MIB
from crypto.work import HARDEST
from dropbox.wire import FILES_PER_ENVELOPE, LARGEST_PARTS, Fault

GIB: Final = 1024 * MIB

# -- whose turn it is ---------------------------------------------------------------------------


class Lane(Enum):
    """Who asks, as far as it decides about shares. In the order in which they are served."""

    KNOWN = auto()
    """A mailbox that has an envelope, and the team: whoever is in touch stays in touch."""
    PLAIN = auto()
    """The lane without scripts (docs/protocol.md §10): people there cannot work for a place."""
    ENTRY = auto()
    """Logging in: nobody knows yet who it is."""
    STRANGER = auto()
    """A mailbox without an envelope: a first report, and its files."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one lane has for itself in one worker; none can take what is another's."""

    backlog: int
    """Bytes that may wait for the writer. Beyond it one is told to come again."""
    batch: int
    """Jobs of each commit that are this lane's, if it has so many. What is left over goes to
    the others."""
    bodies: int
    """Bytes of request bodies that are announced and not yet here."""


SHARES: Final = {
    Lane.KNOWN: Share(24 * MIB, 64, 96 * MIB),
    Lane.PLAIN: Share(8 * MIB, 16, 32 * MIB),
    Lane.ENTRY: Share(8 * MIB, 32, 16 * MIB),
    Lane.STRANGER: Share(24 * MIB, 16, 64 * MIB),
}
"""Together 64 MiB wait for the writer, about a second and a half of its work, and 208 MiB of bodies
come in: what a worker may need of memory beside itself."""
LARGEST_BATCH: Final = sum(share.batch for share in SHARES.values())
"""Jobs of one commit: enough to pay a sync once for all who wait, and still some 50 ms."""
LARGEST_WEIGHT: Final = 16 * MIB
"""Bytes of one commit, about: the page cache of its connection."""

# -- connections --------------------------------------------------------------------------------

OPEN_FILES: Final = 16 * KIB
"""What the supervisor asks the system for, where it may: sockets and files of each process."""
SPARE_FILES: Final = 384
"""Of these, what a worker needs for anything but connections that it serves."""
CONNECTIONS: Final = 8 * KIB
"""Connections of one worker. One more, and the one that has been silent the longest is closed."""
UNDECIDED_SHARE: Final = 1 / 4
"""Of the connections of one worker: those that may not have said yet what they want. One more, and
the oldest of them is closed."""
BACKLOG: Final = 1024
"""Connections the kernel keeps for us until they are accepted."""
ACCEPT_AT_ONCE: Final = 16
"""Connections accepted before those that are there are looked at again."""
IDLE_SECONDS: Final = 75.0
"""A connection that says nothing for this long, or does not finish its headers, is closed. A client
of ours keeps one for a minute; headers come in one packet, through Tor too."""
LINGER_SECONDS: Final = 5.0
"""How long the rest of a refused body is read, so that the refusal arrives."""
READ_BUFFER: Final = 256 * KIB
"""Bytes of a body that may wait to be looked at. Half a part comes with two wakes of the loop."""
LOOK_SECONDS: Final = 10.0
"""How long a connection may take to say so much that somebody can be chosen to read it."""
LOOK_PAUSE: Final = 0.02
"""Seconds between the first two looks at one that has begun to say it."""
LOOK_PAUSE_MOST: Final = 1.0
"""The pause doubles up to this: two thousand that say one letter each must not keep us busy."""
REPLACED_SECONDS: Final = 5.0
"""How long it goes on beside the one that takes its place."""
RETIRED_SECONDS: Final = 5 * 60.0
"""How long it then finishes what is under way: uploads of files have to get through."""
RETIRE_SECONDS: Final = 10.0
"""A worker that was made to read what is not for it ends after this long: no sooner, so that
nobody can have workers started as fast as they can ask."""
TURNS_AT_ONCE: Final = 1
"""Requests of each lane but ``KNOWN`` that are begun in one turn of the loop: so a mailbox that is
known waits for a few others at most, however many there are."""

# -- bodies -------------------------------------------------------------------------------------

SLOWEST: Final = 4 * KIB
"""Bytes a second: a body that comes slower is not waited for. A bad circuit of Tor has ten times
as many."""
PATIENCE: Final = 30
"""Seconds that every body has in any case."""
BODY_AGE: Final = 20.0
"""Seconds after which a body on its way in gives its room to the next one, if there is none left:
a full-size report at ``SLOWEST`` is through by then."""

# -- log-ins ------------------------------------------------------------------------------------

CHALLENGE_SECONDS: Final = 60
"""Time to sign a challenge (docs/protocol.md §9)."""
SESSION_SECONDS: Final = 15 * 60
"""Clients log in again by themselves. The cookie of the pages without scripts lasts as long, and
is renewed by each page."""
SITTING_SECONDS: Final = 2 * 3600
"""The longest that such a cookie is renewed: one that was copied does not live for ever."""
NEWS_SECONDS: Final = 10 * 60
"""How long the page behind a form can be shown again."""

# -- proof of work ------------------------------------------------------------------------------

WORK_SECONDS: Final = 30 * 60
"""How long a work token is good: a slow phone at the hardest needs minutes. At most an hour."""
GRACE_SECONDS: Final = 5 * 60
"""How long a token that was hard enough when it was given stays so when more is asked. Whoever
needs longer is asked again; whoever collected easy ones before a flood has this long."""
USES: Final = 8
"""Times one worker looks at one proof. Honest ones are sent again over a broken connection; one
that is never stored must not open the door for good."""
REMEMBERED: Final = 50_000
"""Proofs, and addresses, that a worker remembers. A few megabytes."""
BELIEVED_SECONDS: Final = 1.0
"""How long a worker believes that an address has no mailbox, or that a file is on its way in,
before it looks again."""
FIRST_BITS: Final = 11
"""The least that is asked when anything is asked: a tenth of a second natively, a second or so in
a browser. Less would be trouble for nobody."""
MOST_BITS: Final = HARDEST
"""The most that is asked. No client does more."""
CALM_RATE: Final = 10.0
"""New mailboxes and file starts a second, over all workers, at which nobody has to work: a hundred
times what a service of this kind has on its busiest day, and a gigabyte of sealed reports in
an hour and a half."""
BURST: Final = 100.0
"""How many more may come at once."""
HIGH_SHARE: Final = 0.5
"""How full the fullest of the strangers' shares may be until more work is asked."""
LOW_SHARE: Final = 0.25
"""How empty it has to be until less is asked."""
RISE: Final = 0.5
"""Bits a second: the work doubles every two seconds while it is not enough."""
FALL: Final = 0.1
"""Bits a second: it halves every ten seconds while it is more than enough."""

# -- how long to wait, for who is told to come again --------------------------------------------

WAITS: Final = {Fault.BUSY: 10, Fault.FULL: 3600}
"""Seconds, on purpose coarse: the answer must not measure the server for an attacker."""
STRANGER_WAIT: Final = 30
"""Seconds, where the strangers' share is used up."""

# -- files --------------------------------------------------------------------------------------

UNFINISHED_SECONDS: Final = 3600
"""A file that no envelope names goes this long after its last new part."""
UNFINISHED_FILES: Final = 2 * FILES_PER_ENVELOPE
"""Unfinished files of one address at a time: those of one message, and of one that was given up."""
UNFINISHED_PARTS: Final = FILES_PER_ENVELOPE * LARGEST_PARTS
"""Parts these files may have together: what one message may hold."""
UNFINISHED_SHARE: Final = 1 / 4
"""Of the file system: what unfinished files may take before strangers' parts are refused."""
OWNER_SHARE: Final = 1 / 2
"""Of that: what one stranger may announce."""
COUNT_SECONDS: Final = 10.0
"""How often the bytes of unfinished files are counted anew. Between, each worker adds its own."""

# -- the disk -----------------------------------------------------------------------------------

RESERVE_SHARE: Final = 1 / 5
"""Of the file system that holds the data: kept for mailboxes that are there. New reports and their
files are refused before it is touched."""
RESERVE_MOST: Final = 32 * GIB
"""More than this need not be kept: two million messages."""
LAST_SHARE: Final = 1 / 20
"""Of the file system: kept for envelopes. No part of any file touches it."""
LAST_MOST: Final = 256 * MIB
"""More than this need not be kept."""

# -- chains -------------------------------------------------------------------------------------

LONGEST_REPORTER_CHAIN: Final = 800
"""The stubs of a ``reporter`` chain go onto one page of at most 1,000 entries (wire.Page)."""

# -- retention ----------------------------------------------------------------------------------

PURGED_AT_ONCE: Final = 20
"""Mailboxes purged in one commit: a server that runs goes on between two of them."""

# -- the database -------------------------------------------------------------------------------

DATABASE_READERS: Final = 4
"""Connections of each worker that read. Another one writes."""
DATABASE_BUSY_SECONDS: Final = 10
"""How long a writer waits for the writers of other processes."""
CHECKPOINT_PAGES: Final = 4000
"""SQLite's log is folded into the database when it has this many pages of 4 KiB."""
GENTLE_MILLISECONDS: Final = 250
"""How long a checkpoint of a server that serves may hold up its writers."""
CONNECT_SECONDS: Final = 10
"""How long PostgreSQL may take to let a connection in."""
STATEMENT_SECONDS: Final = 30
"""A statement of a request that takes longer is given up."""
IDLE_TRANSACTION_SECONDS: Final = 60
"""A transaction that does nothing for this long is given up: a worker that hangs in one would keep
all others from writing."""
ANSWER_SECONDS: Final = 45
"""A server that says nothing for this long is taken to be gone."""

# -- processes ----------------------------------------------------------------------------------

START_SECONDS: Final = 30.0
"""How long a worker may take until it is ready."""
DATABASE_SECONDS: Final = 20.0
"""How long it waits for its database until then: less, so that it can say so itself."""
DRAIN_SECONDS: Final = 20.0
"""How long a worker finishes what is under way after SIGTERM."""
KILL_SECONDS: Final = 30.0
"""How long the supervisor waits for workers that end, before it kills them."""
PAUSE_SECONDS: Final = 0.5
"""Between two starts of a worker that did not live for this long."""
MOST_FAILURES: Final = 5
"""Workers in a row that died before they were ready: then the server ends."""
SWITCH_SECONDS: Final = 0.0005
"""How long a thread of a worker keeps the interpreter while another waits for it. With Python's own
5 ms a read, which needs it a dozen times, took a twentieth of a second under a flood."""
SEALERS_FREE: Final = 4
"""Processes that wait for a form, or for a page to be asked for: forked before they are needed."""
SEALERS: Final = 32
"""Forms that are read at once. Each takes up to 32 MiB of memory, mostly for the derivation of the
mailbox's secret."""
PAGES: Final = 16
"""Pages without scripts that are made at once, apart from the forms: stalled forms hold up none."""
SEALER_SECONDS: Final = 30 * 60
"""The longest that reading and sealing one form may take: files, over a bad circuit of Tor."""
PAGE_SECONDS: Final = 10
"""The longest that making one page may take: less than ``WAIT_SECONDS``, so that connections which
ask and then say no more make nobody wait in vain."""
SENDING_SECONDS: Final = 10
"""The longest that sending its answer may take."""
LAST_SECONDS: Final = 1
"""How long it lives once the answer is sent, so that the answer arrives."""
HEAD_SECONDS: Final = 3
"""The longest that the head of a request may take there: it comes in one packet."""
SEALER_AGE: Final = 20.0
"""Seconds after which, when all forms are at work and somebody waits, they are given up: a report
with a small file is through by then, and a large file has to be sent when it is calm."""
PAGE_AGE: Final = 2.0
"""The same for pages, which wait for nothing but a slow reader."""
PRESS_SECONDS: Final = 1.0
"""How long somebody waits until that is done."""
WAIT_SECONDS: Final = 20.0
"""How long a connection waits for a free process before it is told to reload."""
WAITING_CONNECTIONS: Final = 128
"""Connections of one worker that wait for one."""
PULSE_SECONDS: Final = 1.0
"""Between two looks at how much a worker has to do."""
SWEEP_SECONDS: Final = 60.0
"""Between two sweeps of what has expired."""
ORPHANS_EVERY: Final = 60
"""Sweeps between two looks for parts that no row names: an hour."""
