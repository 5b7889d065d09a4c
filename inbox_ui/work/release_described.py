"""Intelligence reports and their release in sentences of ours: for the thread of a case, and for
whoever asks why one does not go."""

from collections.abc import Iterator, Mapping
from typing import Final

from crypto.encoding import Document
from inbox_ui.work import release_words as words
from inbox_ui.work.clashes import Clash, Why
from inbox_ui.work.intelligence import (
    Answer,
    Consent,
    Draft,
    OlderAnswer,
    Pool,
    Reading,
    Release,
    Tick,
    Widened,
)
from inbox_ui.work.releasing import Blocked, Standing

_NO_NAMES: Final[Mapping[str, str]] = {}


def tell(piece: Document | None, names: Mapping[str, str] = _NO_NAMES) -> tuple[str, ...]:
    """The sentences for ``piece``; none for a piece of another part. ``names`` are of the units of
    the list; another unit, or one in a thread, which outlives the list, is told by its id."""
    return tuple(_told(piece, names))


def _told(piece: Document | None, names: Mapping[str, str]) -> Iterator[str]:
    match piece:
        case Draft():
            yield from _draft(piece)
        case Widened():
            yield words.WIDENED.format(ref=piece.ref)
            yield piece.why
        case Reading():
            yield words.READ.format(done=len(piece.ticks), all=len(Tick))
        case Consent():
            yield words.TAKEN_BACK if piece.signature is None else words.CONSENTED
            if piece.remark:
                yield piece.remark
        case Release():
            yield words.RELEASED.format(ref=piece.ref, unit=names.get(piece.unit, piece.unit))
        case Answer():
            says, unit = words.SAYS[piece.says], names.get(piece.unit, piece.unit)
            yield words.ANSWERED.format(unit=unit, says=says, day=piece.day)
            if isinstance(piece, OlderAnswer):
                yield words.OLDER_KEY
            if piece.text:
                yield piece.text


def _draft(piece: Draft) -> Iterator[str]:
    report = piece.report
    yield words.DRAFTED.format(ref=report.ref)
    for subject in report.subjects:
        yield words.SUBJECT_SHOWN.format(subject=subject.line)
    for item in report.items:
        grade = f"{report.source}/{item.information}/{item.handling}"
        yield words.ITEM_SHOWN.format(grade=grade, text=item.text)
    if piece.not_before is not None:
        yield words.NOT_BEFORE.format(day=piece.not_before)


def tell_pool(standing: Standing) -> tuple[str, ...]:
    """How many people know what a report says, for whoever reads it second."""
    pool = standing.current.draft.pool
    told = [words.POOL.format(pool=words.POOLS[pool])]
    if standing.few_know and pool is not Pool.FEW:
        told.append(words.FEW_SAID)
    reasons = standing.widened or () if pool is not Pool.FEW else ()
    return (*told, *(words.WHY_NOT_FEW.format(why=each) for each in reasons))


def explain_blocked(blocked: Blocked, names: Mapping[str, str]) -> str:
    """An obstacle in a sentence or two. ``names`` are of the units of the list
    (:func:`unit_names.unit_names`)."""
    clash, unit = blocked.clash, names.get(blocked.unit, blocked.unit)
    if clash is None:
        return words.OBSTACLES[blocked.what].format(unit=unit)
    said = [words.OBSTACLES[blocked.what].format(unit=unit, why=tell_why(clash))]
    said += tell_instead(clash, names)
    if clash.bodies and not clash.alternates:
        said.append(words.BODIES.format(bodies="; ".join(each.name for each in clash.bodies)))
    return " ".join(said)


def tell_why(clash: Clash) -> str:
    """Why a unit must not have a report, in part of a sentence."""
    return "; ".join(words.CLASHES[each] for each in clash.why)


def tell_instead(clash: Clash, names: Mapping[str, str]) -> Iterator[str]:
    """What is to be known besides: why nobody can set it aside, and what stands in."""
    if Why.PERSON in clash.why:
        yield words.RECOGNISES
    units = ", ".join(names.get(each, each) for each in clash.alternates)
    yield words.INSTEAD.format(units=units) if units else words.NO_INSTEAD
