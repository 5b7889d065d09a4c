"""A piece about what is written to a reporter, in sentences of ours."""

from collections.abc import Iterator

from inbox_ui.work import words
from inbox_ui.work.correspondence import Approval, Cleared, Draft, ForceMark, ForceQuestion


def describe_asking(
    piece: Cleared | Draft | Approval | ForceQuestion | ForceMark,
) -> Iterator[str]:
    """The sentences that tell what ``piece`` holds."""
    match piece:
        case Cleared():
            yield from _cleared(piece)
        case Draft():
            yield from _draft(piece)
        case Approval():
            yield words.APPROVED if piece.approved else words.SENT_BACK
            yield from _remark(piece.remark)
        case ForceQuestion():
            yield words.FORCE_ASKS.format(body=piece.body, day=piece.day)
            yield piece.text
        case ForceMark():
            yield words.OUTCOMES[piece.outcome]
            yield from _remark(piece.remark)


def _remark(remark: str) -> Iterator[str]:
    if remark:
        yield remark


def _cleared(piece: Cleared) -> Iterator[str]:
    if piece.flagged:
        yield words.CLEARED.format(flagged=_quoted(piece.flagged))
    if piece.turns:
        yield words.CLEARED_TURNS.format(turns=piece.turns)
    yield words.REASON.format(said=piece.reason)


def _draft(piece: Draft) -> Iterator[str]:
    if piece.withdrawn:
        yield words.DRAFT_WITHDRAWN
        return
    yield words.DRAFTED if piece.version == 1 else words.REDRAFTED
    yield piece.text
    if piece.flagged:
        yield words.CLEARED.format(flagged=_quoted(piece.flagged))
    if piece.reason:
        yield words.REASON.format(said=piece.reason)


def _quoted(flagged: tuple[str, ...]) -> str:
    return ", ".join(f"“{each}”" for each in flagged)
