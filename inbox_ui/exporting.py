"""A case's log as a file without words: a handler makes it, and anybody verifies it."""

from pathlib import Path

from crypto.constants import LARGEST_EXPORT
from crypto.envelope import Chain
from crypto.errors import (
    ForeignService,
    Malformed,
    NotCanonical,
    NotHandling,
    OverLimit,
    ProtocolError,
    WrongLength,
)
from crypto.export import Export, Statement, Verified, row_of, sign_export, verify_export
from crypto.keys import read_fingerprint
from inbox_ui.casework import check_theirs
from inbox_ui.errors import (
    AlteredExport,
    ForeignExport,
    NoRoster,
    NotAFingerprint,
    NotAnExport,
)
from inbox_ui.history import History, Teller, Told, faults_at
from inbox_ui.station import Station
from inbox_ui.summary import Summary


def make_export(station: Station, summary: Summary) -> bytes:
    """The log of a case as the server has it, signed by this vault's analyst.

    Raises ``NotHandling`` for whoever does not handle the case, or may not read; ``NoRoster``,
    ``DamagedCase``, ``OverLimit`` for one that is too large.
    """
    case = station.open_case(summary)
    case.check_writable()
    seen = station.seen_roster
    if seen is None:
        raise NoRoster
    keys = station.vault.analyst_secret.keys
    me = seen.roster.find(keys.card.id)
    check_theirs(station, summary, case)
    if me is None or not me.reads:
        raise NotHandling
    keyring = {each: group.keys for each, group in station.vault.groups.items()}
    delivered = (each for each in case.file.entries if each.id not in case.waiting)
    rows = sorted((row_of(each.stored, keyring) for each in delivered), key=lambda row: row.place)
    statement = Statement("export", me.id, case.file.mailbox, station.today())
    export = Export(statement, station.seen.signed, seen.signed, tuple(rows))
    try:
        return sign_export(export, keys, station.vault.service)
    except WrongLength:
        raise OverLimit("The log is too long for one file.") from None


def read_file(path: Path, root: str) -> Verified:
    """What the export in ``path`` proves under the root whose fingerprint was typed.

    Raises ``NotAFingerprint``, ``NotAnExport``, ``ForeignExport`` or ``AlteredExport``.
    """
    try:
        pinned = read_fingerprint(root)
    except NotCanonical:
        raise NotAFingerprint(root) from None
    try:
        with path.open("rb") as opened:
            data = opened.read(LARGEST_EXPORT + 1)
    except OSError:
        raise NotAnExport(path) from None
    try:
        return verify_export(data, pinned)
    except ForeignService:
        raise ForeignExport(path) from None
    except Malformed:
        raise NotAnExport(path) from None
    except ProtocolError:
        raise AlteredExport(path) from None


def history_of_export(verified: Verified) -> History:
    """The log that an export proves."""
    teller = Teller(
        verified.roster,
        {
            stored.id: Told(stored.id, header.seq, None)
            for header, stored in verified.chains[Chain.TEAM].entries
        },
        {
            entry.id: type(entry.problem).__name__
            for entry in verified.case
            if entry.problem is not None
        },
        faults_at(alarm for chain, alarm in verified.alarms if chain is Chain.CASE),
    )
    return History(tuple(teller.tell(verified.case)))
