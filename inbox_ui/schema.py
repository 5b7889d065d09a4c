"""The archive's tables. Every column says what it is and why it may lie here in the clear.

What is in the clear is what the server knows anyway. Whoever takes this disk without a passphrase
learns from it what somebody learns who takes the server's.
"""

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from crypto.constants import ID
from dropbox.wire import MARK

REVISION: Final = 6
"""SQLite's ``user_version``: a program refuses what a newer one wrote.

2 has ``purged``, 3 the team's papers and what bundles need, 4 ``gone`` and ``vouched``, 5
``unwritten``, 6 ``heard`` and ``erasures_read``; an older archive is given what it lacks when it is
opened.
"""

_Id = LargeBinary(ID)

metadata = MetaData()

directories = Table(
    "directories",
    metadata,
    Column("seq", Integer, primary_key=True, comment="The directory's own number."),
    Column("signed", LargeBinary, nullable=False, comment="signature ‖ document. Public."),
    Column(
        "published",
        Boolean,
        nullable=False,
        comment="False for one signed here that the server was not seen to have yet.",
    ),
    comment="Every verified directory that was seen. An older one is refused from then on.",
)

rosters = Table(
    "rosters",
    metadata,
    Column("seq", Integer, primary_key=True, comment="The roster's own number."),
    Column(
        "signed",
        LargeBinary,
        nullable=False,
        comment="signature ‖ document: cards and pseudonyms. The server has it too.",
    ),
    Column(
        "published",
        Boolean,
        nullable=False,
        comment="False for one signed here that the server was not seen to have yet.",
    ),
    comment="Every verified roster that was seen. An older one is refused from then on.",
)

progress = Table(
    "progress",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, comment="One row."),
    Column("cursor", Integer, nullable=False, comment="All up to this position was fetched."),
    Column("newest", _Id, comment="The envelope at the cursor: the server must still have it."),
    Column(
        "changes",
        Integer,
        nullable=False,
        comment="Counts changes of mailboxes, so that the fold knows what is new. No time.",
    ),
    comment="How far this workstation has fetched.",
)

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("id", Integer, primary_key=True, comment="Our number; shown to nobody."),
    Column("address", _Id, nullable=False, unique=True, comment="As the server names it."),
    Column("changed", Integer, nullable=False, comment="The change that touched it last."),
    comment="One row for every mailbox that the server gave something of.",
)

envelopes = Table(
    "envelopes",
    metadata,
    Column("id", Integer, primary_key=True, comment="Our number, in the order of arrival."),
    Column("mailbox", Integer, ForeignKey("mailboxes.id"), nullable=False),
    Column("envelope", _Id, nullable=False, comment="H(envelope, header, body hash), computed."),
    Column("position", Integer, nullable=False, comment="The server's commit order. Its word."),
    Column("copies", Integer, nullable=False, comment="How often the server gave it: 1 is right."),
    Column("day", Date, nullable=False, comment="The server's word for when it was stored."),
    Column("header", LargeBinary, nullable=False, comment="As it came; 134 bytes if it is one."),
    Column("body_hash", _Id, nullable=False, comment="As it came."),
    Column("body", LargeBinary, comment="Sealed, as it came; null for a stub."),
    Column(
        "foreign_body",
        Boolean,
        nullable=False,
        comment="The body did not have its hash when it came: the server's doing, not this disk's.",
    ),
    Column("wraps", LargeBinary, nullable=False, comment="Parcel of recipients and wraps."),
    Column("beside", LargeBinary, nullable=False, comment="Claims of files, and use: wire.Place."),
    Column("deleted", LargeBinary, comment="The mailbox's signature over a deletion."),
    Column("checksum", LargeBinary(16), nullable=False, comment="Of all columns but the body."),
    UniqueConstraint("mailbox", "envelope"),
    Index("envelopes_by_position", "position"),
    comment="Envelopes as they came. Not one of them is believed before it is opened.",
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, comment="The order they were written in."),
    Column("mailbox", _Id, nullable=False, comment="The mailbox's address."),
    Column("parcel", LargeBinary, nullable=False, comment="The sealed envelopes, as they go out."),
    Index("outbox_by_mailbox", "mailbox"),
    comment="What waits for the server to have it. No plain text: it can be signed anew from this.",
)

purged = Table(
    "purged",
    metadata,
    Column("mark", LargeBinary(MARK), primary_key=True, comment="A hash of the address, 16 bytes."),
    comment="What the server said it has purged, so that one which is restored can be told. Its "
    "word: no case of this workstation goes because of it. No day and no order.",
    sqlite_with_rowid=False,
)

receiving = Table(
    "receiving",
    metadata,
    Column("analyst", _Id, primary_key=True, comment="Whose it is: a card id."),
    Column("number", Integer, nullable=False, comment="Its number. A lower one is refused."),
    Column("signed", LargeBinary, nullable=False, comment="signature ‖ Receiving, verified."),
    comment="The newest receiving key of each colleague, and of this workstation. Public halves.",
    sqlite_with_rowid=False,
)

holders = Table(
    "holders",
    metadata,
    Column("group", _Id, primary_key=True, comment="An intake or contact group."),
    Column("analyst", _Id, primary_key=True, comment="Who has its secret or is to have it."),
    Column(
        "number",
        Integer,
        nullable=False,
        comment="Of the receiving key that was granted to from here; 0 where nothing was.",
    ),
    comment="Who holds a group, as far as is known here. When one of them leaves, it is replaced.",
    sqlite_with_rowid=False,
)

proofs = Table(
    "proofs",
    metadata,
    Column("group", _Id, primary_key=True, comment="A case group whose secret was made here."),
    Column("analyst", _Id, primary_key=True, comment="Who has granted the same secret back."),
    comment="Who has shown to have a case group's secret, so that it may go here.",
    sqlite_with_rowid=False,
)

erasures = Table(
    "erasures",
    metadata,
    Column(
        "group", _Id, primary_key=True, comment="A group whose secret goes, or a case: purged_id."
    ),
    Column("signed", LargeBinary, nullable=False, comment="signature ‖ Erased, as the server has."),
    Column("told", Boolean, nullable=False, comment="Whether the server has it."),
    comment="What this workstation has erased. No group comes back once its secret is gone.",
    sqlite_with_rowid=False,
)

leaving = Table(
    "leaving",
    metadata,
    Column("mailbox", _Id, primary_key=True, comment="The address of a case that is purged."),
    Column(
        "groups", LargeBinary, nullable=False, comment="Its case groups' card ids, and purged_id."
    ),
    comment="Purges that were begun. A row goes with the last that is left of its case.",
    sqlite_with_rowid=False,
)

gone = Table(
    "gone",
    metadata,
    Column("mark", LargeBinary(MARK), primary_key=True, comment="A hash of the address, 16 bytes."),
    comment="What this workstation's own fold has purged, and the server too. Nothing of it is "
    "taken again, whoever gives it.",
    sqlite_with_rowid=False,
)

heard = Table(
    "heard",
    metadata,
    Column("mailbox", _Id, primary_key=True, comment="The address of a case that is here."),
    Column("analyst", _Id, primary_key=True, comment="Who has signed to have purged it."),
    Column("told", Date, comment="Since when it is told that the case will go by this; or null."),
    comment="What colleagues say they purged of what is here. A row goes with its case.",
    sqlite_with_rowid=False,
)

erasures_read = Table(
    "erasures_read",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, comment="One row."),
    Column("read", Integer, nullable=False, comment="How many of the server's list were read."),
    Column("last", LargeBinary, nullable=False, comment="The last of them, as the server gave it."),
    comment="How far what colleagues have erased was read. Not here: not at all.",
)

vouched = Table(
    "vouched",
    metadata,
    Column(
        "envelope", _Id, primary_key=True, comment="An entry that assigns, ends or holds a case."
    ),
    comment="Entries whose author was of the team when they were seen. For the sake of "
    "another of one who has left, nothing is let go.",
    sqlite_with_rowid=False,
)

unwritten = Table(
    "unwritten",
    metadata,
    Column("package", _Id, primary_key=True, comment="A package's hash. A random secret is in it."),
    Column("mailbox", _Id, nullable=False, comment="The address of its case."),
    comment="Packages that were released here and whose file is not there yet. A row goes when it "
    "is, or with its case.",
    sqlite_with_rowid=False,
)

SHELF: Final = 4096
"""Mailboxes whose summaries are sealed together: about half a megabyte."""

snapshots = Table(
    "snapshots",
    metadata,
    Column("group", _Id, primary_key=True, comment="The group under whose secret it is sealed."),
    Column("shelf", Integer, primary_key=True, comment="Which mailboxes: a range of their ids."),
    Column("sealed", LargeBinary, nullable=False, comment="Summaries of cases, sealed."),
    comment="The folded cases, so that opening is incremental. May be deleted at any time.",
)

courier = Table(
    "courier",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, comment="One row."),
    Column("number", Integer, nullable=False, comment="The pass in use, a random number."),
    Column("origin", Text, nullable=False, comment="The server it is for."),
    Column("written", Integer, nullable=False, comment="The number of the newest bundle sent."),
    Column("imported", Integer, nullable=False, comment="That of the newest imported; 0: none."),
    Column("previous", _Id, nullable=False, comment="The hash of the newest imported, or zeros."),
    comment="How bundles are carried. Not here: no pass was made.",
)

sent = Table(
    "sent",
    metadata,
    Column("counter", Integer, primary_key=True, comment="The bundle's number."),
    Column("digest", _Id, nullable=False, comment="Its hash, which its answer names."),
    comment="Bundles that were written and are not answered yet.",
)

answers = Table(
    "answers",
    metadata,
    Column("bundle", Integer, primary_key=True, comment="The bundle that brought it."),
    Column("asked", _Id, primary_key=True, comment="A hash of the request."),
    Column("path", Text, nullable=False, comment="What was asked for; no secret is in a path."),
    Column("status", Integer, nullable=False, comment="The status of the answer."),
    Column("body", LargeBinary, nullable=False, comment="The server's answer, as it came."),
    comment="What the newest bundle brought, so that a sync can ask for it here.",
)

wanted = Table(
    "wanted",
    metadata,
    Column("path", Text, primary_key=True, comment="A part of a file, as it is asked for."),
    comment="Parts of files that somebody asked for. They stay until the file was saved.",
    sqlite_with_rowid=False,
)
