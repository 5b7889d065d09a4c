"""What a purge rests on: what was decided about a case, and whether all of it is seen here.

A purge destroys, so it is held against more than the fold: who left may still sign, and a server
that shows junk at one place of a chain hides what stands there, a legal hold perhaps.
"""

from typing import NamedTuple

from crypto.analyst import CaseFile
from crypto.documents import Concluded, Held
from crypto.envelope import Chain
from crypto.errors import Locked
from crypto.marks import is_hidden, is_holder_hidden
from inbox_ui.reading import OpenCase


class Decision(NamedTuple):
    """An entry that ends a case or keeps it longer: its id and its author's card id."""

    envelope: bytes
    author: bytes


def decisions(file: CaseFile) -> tuple[Decision, ...]:
    """The entries that say how long a case is kept: the newest of each kind. None of a case that is
    not concluded."""
    if file.concluded is None:
        return ()
    newest: dict[type[Concluded | Held], Decision] = {}
    for entry in file.of(Chain.CASE):
        if isinstance(entry.payload, Concluded | Held):
            newest[type(entry.payload)] = Decision(entry.id, entry.payload.author)
    return tuple(newest.values())


def last_said(file: CaseFile) -> str:
    """The newest day on which one of these was stored, by the server's word; "" where none is."""
    ids = {each.envelope for each in decisions(file)}
    return max((str(each.day) for each in file.of(Chain.CASE) if each.id in ids), default="")


def write_decisions(decided: tuple[Decision, ...]) -> str:
    """In hexadecimal, for a summary; :func:`read_decisions` reads it again."""
    return ",".join(each.envelope.hex() + each.author.hex() for each in decided)


def read_decisions(written: str) -> tuple[Decision, ...]:
    """What :func:`write_decisions` made of them."""
    parts = [bytes.fromhex(each) for each in written.split(",") if each]
    return tuple(Decision(each[: len(each) // 2], each[len(each) // 2 :]) for each in parts)


def is_doubtful(case: OpenCase) -> bool:
    """Whether its chains may say something else than what is seen of them here.

    So it is with any alarm or damage; with an entry of the reporter or of the analysts that is not
    shown, for it may be a message or a hold; and where who has the mailbox may be hidden.
    """
    file = case.file
    reporter, team, entries = (file.of(chain) for chain in (Chain.REPORTER, Chain.TEAM, Chain.CASE))
    return (
        bool(file.alarms or file.unannounced or case.damaged)
        or any(is_hidden(each) or each.problem is not None for each in (*reporter, *entries))
        or any(each.problem is not None and not isinstance(each.problem, Locked) for each in team)
        or is_holder_hidden(entries, team)
    )
