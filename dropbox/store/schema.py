"""The tables. Every column says what it is, in which unit, and why it may be kept.

Integer keys inside and one unique index on the address: random 32-byte keys in every table would
scatter each report over the whole database. Envelopes are found by their place (mailbox, chain,
seq) and compared by id; nothing is looked up by an envelope's id. No column holds a time of day:
the two ``expires`` are deleted when they have passed.

A change here needs a migration beside it in ``migrations/versions``; a test compares the two.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    UniqueConstraint,
)

from crypto.constants import HEADER, ID, SIGNATURE, WRAP
from dropbox.store.hashes import HASH
from dropbox.wire import MARK

REVISION: Final = "0005"
"""The migration this program needs the database to be at."""

_Id = LargeBinary(ID)
_Key = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts rows only in a column that is called INTEGER."""

metadata = MetaData()

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("id", _Key, primary_key=True, comment="Our number for the mailbox; shown to nobody."),
    Column(
        "address",
        _Id,
        nullable=False,
        unique=True,
        comment="The mailbox's card id, 32 bytes. Says nothing without the passphrase.",
    ),
    Column(
        "use",
        _Id,
        comment="The case group the reporter has to seal to (32 bytes); null: the intake group. "
        "Known to the server anyway from the wraps' recipients.",
    ),
    Column(
        "used",
        Date,
        comment="The first day of the month in which its owner last read it, so that it is not "
        "purged as unused; null: not since the month of an envelope. Never finer, and only the "
        "last (docs/decisions/0005-retention.md).",
    ),
    Column(
        "closed",
        BigInteger,
        comment="The seq of the reporter envelope with which its owner closed it for good; null: "
        "it is open. Closed, it is an unknown address to her, and holds nothing of the team's. Who "
        "of the team has it stays as it was.",
    ),
    comment="One row for every mailbox that has an envelope.",
)

envelopes = Table(
    "envelopes",
    metadata,
    Column(
        "position",
        _Key,
        primary_key=True,
        comment="Commit order, from 1. Never used twice. What its mailbox deletes gets a new one, "
        "so that workstations which have fetched it are told.",
    ),
    Column(
        "mailbox",
        _Key,
        ForeignKey("mailboxes.id"),
        nullable=False,
        comment="The mailbox it belongs to; the header says so too.",
    ),
    Column("chain", SmallInteger, nullable=False, comment="1 reporter, 2 team, 3 case."),
    Column("seq", BigInteger, nullable=False, comment="Its place in the chain, from 0."),
    Column("id", _Id, nullable=False, comment="H(envelope, header, body hash), 32 bytes."),
    Column("header", LargeBinary(HEADER), nullable=False, comment="134 bytes, as they were sent."),
    Column("body_hash", _Id, nullable=False, comment="H(body, body): stays when the body goes."),
    Column("body", LargeBinary, comment="Sealed and padded; null once it was deleted or closed."),
    Column("use", _Id, comment="The case group that signed a team envelope; null: none did."),
    Column("day", Date, nullable=False, comment="When it was stored (UTC). Never finer."),
    Column("deleted", LargeBinary(SIGNATURE), comment="The mailbox's signature over a deletion."),
    Column(
        "beside",
        LargeBinary(HASH),
        comment="A hash of what its id does not cover, so that damage is found; says no more.",
    ),
    UniqueConstraint("mailbox", "chain", "seq"),
    comment="Every envelope. What it says is sealed; the server reads its header alone.",
    sqlite_autoincrement=True,
)

wraps = Table(
    "wraps",
    metadata,
    Column("envelope", _Key, ForeignKey("envelopes.position"), nullable=False, primary_key=True),
    Column("slot", SmallInteger, nullable=False, primary_key=True, comment="Order, from 0."),
    Column("recipient", _Id, nullable=False, comment="The card id it is wrapped to, 32 bytes."),
    Column("wrap", LargeBinary(WRAP), nullable=False, comment="The sealed content key."),
    Column("hash", LargeBinary(HASH), comment="A hash of this row, so that damage is found."),
    comment="Who can open an envelope. Outside its id, so that it can be wrapped again.",
)

files = Table(
    "files",
    metadata,
    Column("id", _Key, primary_key=True, comment="Our number for the file."),
    Column("file", _Id, nullable=False, unique=True, comment="Its random id, 32 bytes."),
    Column("parts", Integer, nullable=False, comment="How many parts it has."),
    Column(
        "owner",
        _Id,
        comment="The address that is sending it. Null once an envelope names the file: then the "
        "mailbox of that envelope says whose it is, and who of the team sent it is not kept.",
    ),
    Column(
        "expires",
        BigInteger,
        comment="Unix seconds, one hour after the last part; null once an envelope names it. "
        "The row is deleted when this has passed.",
    ),
    Column("envelope", _Key, ForeignKey("envelopes.position"), comment="What names the file."),
    Column("slot", SmallInteger, comment="Its order among the envelope's files, from 0."),
    Column("hash", _Id, comment="H(file, part hashes…) as the envelope's sender said, checked."),
    Index("files_by_envelope", "envelope"),
    Index("files_by_owner", "owner"),
    Index("files_by_expiry", "expires"),
    comment="Files, unfinished or named by an envelope.",
)

parts = Table(
    "parts",
    metadata,
    Column("file", _Key, ForeignKey("files.id"), nullable=False, primary_key=True),
    Column("part", Integer, nullable=False, primary_key=True, comment="Its number, from 0."),
    Column("hash", _Id, nullable=False, comment="H(part, sealed bytes), 32 bytes."),
    Column("size", Integer, nullable=False, comment="Sealed bytes."),
    Column("name", LargeBinary(16), nullable=False, comment="Random: the bytes' name on the disk."),
    comment="The parts held. A row is written only after the bytes are on the disk.",
)

directories = Table(
    "directories",
    metadata,
    Column("seq", BigInteger, primary_key=True, comment="The directory's own number."),
    Column("hash", _Id, nullable=False, comment="What the next one names as its previous."),
    Column("signed", LargeBinary, nullable=False, comment="signature ‖ document. Public."),
    comment="Every directory that was published here; the newest is served.",
)

purged = Table(
    "purged",
    metadata,
    Column("mark", LargeBinary(MARK), primary_key=True, comment="A hash of the address, 16 bytes."),
    comment="Mailboxes that were purged: nothing is taken under their addresses again, not "
    "after a restore either. No day and no order.",
    sqlite_with_rowid=False,
)

rosters = Table(
    "rosters",
    metadata,
    Column(
        "seq",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="The roster's own number.",
    ),
    Column("hash", _Id, nullable=False, comment="What the next one names as its previous."),
    Column("signed", LargeBinary, nullable=False, comment="signature ‖ document: who is let in."),
    comment="The newest roster. Those before it are deleted; workstations have them.",
)

receiving = Table(
    "receiving",
    metadata,
    Column("analyst", _Id, primary_key=True, comment="An analyst's card id, 32 bytes."),
    Column("number", BigInteger, nullable=False, comment="It rises; a lower one is refused."),
    Column("signed", LargeBinary, nullable=False, comment="signature ‖ document. Public keys."),
    comment="The newest receiving key of each analyst; the one before it is deleted.",
    sqlite_with_rowid=False,
)

grants = Table(
    "grants",
    metadata,
    Column("id", _Key, primary_key=True, comment="Their order; means nothing else."),
    Column("analyst", _Id, nullable=False, comment="Who it is for: a card id, 32 bytes."),
    Column("group", _Id, nullable=False, comment="The group whose secret it is, 32 bytes."),
    Column("granter", _Id, nullable=False, comment="Who signed it: a card id, 32 bytes."),
    Column("mailbox", _Key, ForeignKey("mailboxes.id"), comment="Null: no case group's."),
    Column("signed", LargeBinary, nullable=False, comment="signature ‖ document, sealed in it."),
    UniqueConstraint("analyst", "group", "granter"),
    Index("grants_by_mailbox", "mailbox"),
    comment="Grants that were not opened yet. In no backup: with a receiving key that is erased "
    "later, an old copy would open.",
)

erased = Table(
    "erased",
    metadata,
    Column("id", _Key, primary_key=True, comment="Their order."),
    Column("analyst", _Id, nullable=False, comment="Whose workstation: a card id, 32 bytes."),
    Column("group", _Id, nullable=False, comment="The group whose secret it no longer has."),
    Column("signed", LargeBinary, nullable=False, comment="signature ‖ document, with its day."),
    UniqueConstraint("analyst", "group"),
    comment="What workstations have erased, so that the team sees which one has not.",
)

handlers = Table(
    "handlers",
    metadata,
    Column("mailbox", _Key, ForeignKey("mailboxes.id"), nullable=False, primary_key=True),
    Column("analyst", _Id, nullable=False, primary_key=True, comment="A card id, 32 bytes."),
    Column(
        "since",
        Date,
        nullable=False,
        comment="Since when, without a break: who has only just become one purges nothing. The day "
        "of an assignment, which is on its envelopes anyway.",
    ),
    comment="Whom an assigned mailbox is given to. The keys decide who can read it.",
    sqlite_with_rowid=False,
)

departures = Table(
    "departures",
    metadata,
    Column("envelope", _Key, ForeignKey("envelopes.position"), nullable=False, primary_key=True),
    Column("analyst", _Id, nullable=False, primary_key=True, comment="A card id, 32 bytes."),
    comment="Whom an assignment took a case from: each is given its entry, so that the workstation "
    "learns from what is signed that it has to let go of the key.",
    sqlite_with_rowid=False,
)

removals = Table(
    "removals",
    metadata,
    Column("mark", LargeBinary(MARK), primary_key=True, comment="A hash of the mailbox's address."),
    Column("analyst", _Id, primary_key=True, comment="Whose session it was: a card id, 32 bytes."),
    Column("what", SmallInteger, primary_key=True, comment="1 wraps were deleted, 2 all of it."),
    comment="Which analyst deleted wraps of a mailbox, or purged it. No day and no order.",
    sqlite_with_rowid=False,
)

cursors = Table(
    "cursors",
    metadata,
    Column("analyst", _Id, primary_key=True, comment="An analyst's card id, 32 bytes."),
    Column(
        "position",
        BigInteger,
        nullable=False,
        comment="All up to here that no case group has is in her archive.",
    ),
    Column(
        "handled",
        BigInteger,
        nullable=False,
        server_default="0",
        comment="All up to here of the cases she handles is in her archive.",
    ),
    comment="How far each analyst has fetched, so that the unread can be counted, and no report is "
    "purged that nobody has. No time.",
)

spent = Table(
    "spent",
    metadata,
    Column("challenge", _Id, primary_key=True, comment="The 32 random bytes of it."),
    Column("expires", BigInteger, nullable=False, comment="Unix seconds; deleted when passed."),
    comment="Challenges that were answered, and work tokens that were used. A row lives as long as "
    "they would be good (a minute, half an hour) and a sweep.",
)

ended = Table(
    "ended",
    metadata,
    Column("session", _Id, primary_key=True, comment="H of an ended session's random bytes."),
    Column("day", Date, nullable=False, comment="Deleted after the next day."),
    comment="Sessions that were ended before they expired. Names nobody.",
)
