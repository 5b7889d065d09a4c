"""A batch of jobs, applied in one transaction: kind by kind, in one fixed order.

Requests that come at the same moment have no order of their own, so this one is as good as any; a
session that ends does not cut off what came together with it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from crypto.directory import directory_hash
from dropbox.store.deletions import delete_envelopes
from dropbox.store.ground import Ground, Shelf
from dropbox.store.holding import hold_parts
from dropbox.store.jobs import (
    Acknowledge,
    Delete,
    DropFile,
    EndSession,
    HoldPart,
    Job,
    NoteMarks,
    NoteUse,
    Publish,
    PurgeAgain,
    SpendChallenge,
    StartFile,
    Submit,
    Sweep,
)
from dropbox.store.marks import note_marks
from dropbox.store.papers import (
    give_grants,
    open_grants,
    publish_roster,
    tell_erased,
    tell_receiving,
)
from dropbox.store.people import NOWHERE, Reached
from dropbox.store.reading import find_ended, reached_by
from dropbox.store.refused import Refused
from dropbox.store.removals import purge
from dropbox.store.retention import note_use, purge_again
from dropbox.store.room import ENDLESS, Room
from dropbox.store.schema import cursors, directories, ended, envelopes, spent
from dropbox.store.spending import find_spent, spend
from dropbox.store.submissions import submit
from dropbox.store.teamwork import (
    GiveGrants,
    OpenGrants,
    PublishRoster,
    Purge,
    Rewrap,
    TellErased,
    TellReceiving,
    Unwrap,
)
from dropbox.store.transfers import drop_file, one_by_one, start_file, sweep_files
from dropbox.store.wrapping import rewrap, unwrap
from dropbox.wire import AHEAD, Fault

Step = Callable[[Connection, Ground, Sequence[Any]], list[object]]


def apply(
    connection: Connection,
    shelf: Shelf,
    now: datetime,
    jobs: Sequence[Job[Any]],
    room: Room = ENDLESS,
) -> list[object]:
    """Each job's result, or the ``Refused`` to tell. Raises ``DBAPIError`` for them all."""
    team = any(job.team for job in jobs)
    ground = _look(connection, shelf, now, room, team=team)
    outcomes: list[object] = [Refused(Fault.NO_SESSION)] * len(jobs)
    askers = {job.asker.session for job in jobs if job.asker is not None}
    gone = find_ended(connection, askers) if askers else set()
    waiting = [
        number
        for number, job in enumerate(jobs)
        if job.asker is None or job.asker.session not in gone
    ]
    for kind, step in STEPS.items():
        numbers = []
        for number in waiting:
            if type(jobs[number]) is kind:
                if ground.refuses(jobs[number]):
                    outcomes[number] = Refused(Fault.REFUSED)
                else:
                    numbers.append(number)
        if numbers:
            results = step(connection, ground, [jobs[number] for number in numbers])
            for number, result in zip(numbers, results, strict=True):
                outcomes[number] = result
        if numbers and kind in {Publish, PublishRoster}:
            ground = _look(connection, shelf, now, room, team=team)
    return outcomes


def _look(connection: Connection, shelf: Shelf, now: datetime, room: Room, *, team: bool) -> Ground:
    """The ground as of now; the roster costs a look, which reporters do not wait for."""
    people = shelf.people(connection) if team else None
    return Ground(now, shelf.newest(connection), room, people)


def spend_challenge(connection: Connection, _: Ground, job: SpendChallenge) -> None:
    """Write the row that says the challenge was used. Refuses the second time."""
    if find_spent(connection, [job.challenge]):
        raise Refused(Fault.NO_SESSION)
    spend(connection, [(job.challenge, job.expires)])


def end_session(connection: Connection, ground: Ground, job: EndSession) -> None:
    """Write the row that says the session has ended."""
    if not find_ended(connection, [job.caller.session]):
        connection.execute(insert(ended).values(session=job.caller.session, day=ground.today))


def publish(connection: Connection, ground: Ground, job: Publish) -> None:
    """Take the next directory: of this service, exactly one further, naming the one before it.

    From a publisher in office: the root's certificate outlasts it. Those who signed what a server
    that lags is given may have left since; who gives it has verified that. And of none whose clock
    is days ahead: until its day came, no reporter's machine would take the directory.
    """
    newest, new = ground.published, job.directory
    if job.signed == newest.signed:
        return
    if new.service != newest.directory.service:
        raise Refused(Fault.REFUSED)
    if job.caller is not None and not ground.team.publishes(job.caller.address):
        raise Refused(Fault.REFUSED)
    if new.issued > ground.today + AHEAD:
        raise Refused(Fault.TOO_EARLY)
    if new.seq != newest.directory.seq + 1 or new.previous != directory_hash(newest.signed):
        raise Refused(Fault.PLACE_TAKEN)
    put_directory(connection, job.signed, new.seq)


def put_directory(connection: Connection, signed: bytes, seq: int) -> None:
    """Write a directory's row."""
    row = {"seq": seq, "hash": directory_hash(signed), "signed": signed}
    connection.execute(insert(directories).values(row))


def acknowledge(connection: Connection, _: Ground, job: Acknowledge) -> None:
    """Move the analyst's cursors forward, never back and never past what there is."""
    analyst = job.caller.address
    newest = connection.scalar(select(func.max(envelopes.c.position))) or 0
    known = reached_by(connection, analyst)
    reached = known.further(Reached(*(min(each, newest) for each in job.reached)))
    if reached == known:
        return
    row = {"position": reached.unassigned, "handled": reached.handled}
    if known != NOWHERE:
        connection.execute(update(cursors).where(cursors.c.analyst == analyst).values(row))
    else:
        connection.execute(insert(cursors).values(analyst=analyst, **row))


def sweep(connection: Connection, ground: Ground, job: Sweep) -> tuple[bytes, ...]:
    """Delete what has expired."""
    connection.execute(delete(spent).where(spent.c.expires < ground.seconds))
    yesterday = ground.today - timedelta(days=1)
    connection.execute(delete(ended).where(ended.c.day < yesterday))
    return sweep_files(connection, ground, job)


STEPS: Final[dict[type[Job[Any]], Step]] = {
    Publish: one_by_one(publish),
    PublishRoster: one_by_one(publish_roster),
    SpendChallenge: one_by_one(spend_challenge),
    StartFile: one_by_one(start_file),
    HoldPart: hold_parts,
    DropFile: one_by_one(drop_file),
    Submit: submit,
    Delete: one_by_one(delete_envelopes),
    Rewrap: one_by_one(rewrap),
    Unwrap: one_by_one(unwrap),
    TellReceiving: one_by_one(tell_receiving),
    GiveGrants: one_by_one(give_grants),
    OpenGrants: one_by_one(open_grants),
    TellErased: one_by_one(tell_erased),
    Purge: one_by_one(purge),
    Acknowledge: one_by_one(acknowledge),
    NoteUse: one_by_one(note_use),
    PurgeAgain: one_by_one(purge_again),
    NoteMarks: one_by_one(note_marks),
    EndSession: one_by_one(end_session),
    Sweep: one_by_one(sweep),
}
