"""The team's signed papers: roster, receiving keys, grants, erasures (docs/protocol.md §7, §9).

Whoever calls has verified what can be verified; here it is decided which one is kept. The signing
keys stand in the roster. Where it does not name somebody yet, papers are taken by their form, and
those that do not verify go as soon as a roster names them.
"""

from collections.abc import Collection

from sqlalchemy import Connection, Table, bindparam, delete, insert, select

from crypto.certificates import Certificate
from crypto.errors import ProtocolError
from crypto.groups import read_erased, read_receiving
from crypto.roster import Roster, roster_hash
from crypto.signed import split
from dropbox.store.ground import Ground
from dropbox.store.people import People
from dropbox.store.reading import find_mailboxes
from dropbox.store.refused import Refused
from dropbox.store.schema import erased, grants, mailboxes, receiving, rosters
from dropbox.store.teamwork import GiveGrants, OpenGrants, PublishRoster, TellErased, TellReceiving
from dropbox.wire import AHEAD, PAPERS, Fault

_ROSTER = select(rosters.c.signed).order_by(rosters.c.seq.desc()).limit(1)
_RECEIVING = select(receiving.c.analyst, receiving.c.signed).order_by(receiving.c.analyst)
_GRANTS = (
    select(grants.c.signed, mailboxes.c.address)
    .outerjoin(mailboxes, grants.c.mailbox == mailboxes.c.id)
    .where(grants.c.analyst == bindparam("to"))
    .order_by(grants.c.id)
    .limit(PAPERS)
)
_ERASED = select(erased.c.signed).order_by(erased.c.id).offset(bindparam("start")).limit(PAPERS)
_REPLACED = delete(grants).where(
    grants.c.analyst == bindparam("to"),
    grants.c.group == bindparam("of"),
    grants.c.granter == bindparam("by"),
)


# -- the roster ---------------------------------------------------------------------------------


def newest_roster(connection: Connection) -> bytes | None:
    """The newest roster, as it was signed."""
    signed: bytes | None = connection.scalar(_ROSTER)
    return signed


def publish_roster(connection: Connection, ground: Ground, job: PublishRoster) -> None:
    """Take the next roster, and let go of what was here for those who left.

    (1) the same one again changes nothing; (2) where there is none yet, any of the newest
    directory's publisher is the first; else exactly one further, naming the one before it, (3) by a
    publisher who is in office by that one, and forgetting nobody who signed or assigned something;
    (4) of no publisher whose clock is days ahead: nobody could act on a roster until its day came.
    """
    before, new = ground.team.roster, job.roster
    hash_ = roster_hash(job.signed)
    if hash_ == ground.team.hash:
        return  # (1)
    if new.service != ground.published.directory.service:
        raise Refused(Fault.REFUSED)
    if new.issued > ground.today + AHEAD:
        raise Refused(Fault.TOO_EARLY)  # (4)
    publisher = Certificate.from_bytes(split(new.publisher)[1]).subject
    if before is None:
        if publisher != ground.published.directory.publisher_certificate.subject:
            raise Refused(Fault.REFUSED)  # (2)
    else:
        if new.seq != before.seq + 1 or new.previous != ground.team.hash:
            raise Refused(Fault.PLACE_TAKEN)  # (2)
        if not ground.team.publishes(publisher):
            raise Refused(Fault.REFUSED)  # (3)
        forgotten = before.signers.items() - new.signers.items()
        if forgotten or set(before.supervisors) - set(new.supervisors):
            raise Refused(Fault.REFUSED)  # (3)
    connection.execute(delete(rosters))
    connection.execute(insert(rosters).values(seq=new.seq, hash=hash_, signed=job.signed))
    people = People.of(new, hash_)
    for papers in (receiving, grants):
        connection.execute(delete(papers).where(papers.c.analyst.in_(people.former)))
    connection.execute(delete(grants).where(grants.c.granter.in_(people.former)))
    known = before.signers.keys() if before is not None else frozenset()
    _drop_forged(connection, new, new.signers.keys() - known)


def _drop_forged(connection: Connection, roster: Roster, named: Collection[bytes]) -> None:
    """Delete what was taken from these by its form alone, and is not signed with their keys."""
    for papers in (receiving, erased):
        theirs = select(papers.c.analyst, papers.c.signed).where(papers.c.analyst.in_(named))
        for row in connection.execute(theirs).all():
            if not is_signed(papers, row.analyst, row.signed, roster):
                forged = (papers.c.analyst == row.analyst, papers.c.signed == row.signed)
                connection.execute(delete(papers).where(*forged))


def is_signed(papers: Table, analyst: bytes, signed: bytes, roster: Roster) -> bool:
    """Whether a row of ``receiving`` or ``erased`` is what this analyst signed."""
    key = roster.signers[analyst]
    try:
        if papers is receiving:
            read_receiving(signed, analyst, key, roster.service)
        else:
            read_erased(signed, analyst, key, roster.service)
    except ProtocolError:
        return False
    return True


# -- receiving keys, and what was erased --------------------------------------------------------


def list_receiving(connection: Connection, people: People) -> tuple[bytes, ...]:
    """The newest receiving key of each who may be granted to."""
    rows = connection.execute(_RECEIVING)
    return tuple(row.signed for row in rows if people.is_active(row.analyst))[:PAPERS]


def tell_receiving(connection: Connection, _: Ground, job: TellReceiving) -> None:
    """Keep the newest; refuses a lower number, and another key of the same number."""
    own = receiving.c.analyst == job.caller.address
    row = connection.execute(select(receiving).where(own)).one_or_none()
    if row is not None and row.signed == job.signed:
        return
    if row is not None and row.number >= job.number:
        raise Refused(Fault.PLACE_TAKEN)
    connection.execute(delete(receiving).where(own))
    values = {"analyst": job.caller.address, "number": job.number, "signed": job.signed}
    connection.execute(insert(receiving).values(values))


def list_erased(connection: Connection, start: int) -> tuple[bytes, ...]:
    """A page of what was erased, the oldest first, without the first ``start``."""
    return tuple(connection.scalars(_ERASED, {"start": start}))


def tell_erased(connection: Connection, _: Ground, job: TellErased) -> None:
    """Keep the first of each analyst and group."""
    own = (erased.c.analyst == job.caller.address, erased.c.group == job.group)
    if connection.scalar(select(erased.c.id).where(*own)) is None:
        values = {"analyst": job.caller.address, "group": job.group, "signed": job.signed}
        connection.execute(insert(erased).values(values))


# -- grants -------------------------------------------------------------------------------------


def list_grants(connection: Connection, analyst: bytes) -> list[tuple[bytes, bytes | None]]:
    """The grants to this analyst, the oldest first, each with the mailbox of a case group."""
    return [(row.signed, row.address) for row in connection.execute(_GRANTS, {"to": analyst})]


def give_grants(connection: Connection, ground: Ground, job: GiveGrants) -> None:
    """Keep them all, each in place of the caller's one before it, or none.

    (1) the caller is one who holds groups' secrets; (2) everybody they are for is of the team;
    (3) their mailboxes are here.
    """
    people, given = ground.team, {(each.analyst, each.group): each for each in job.grants}
    granter = job.caller.address
    if not people.grants(granter):
        raise Refused(Fault.REFUSED)  # (1)
    if not all(people.is_active(each.analyst) for each in given.values()):
        raise Refused(Fault.REFUSED)  # (2)
    named = {each.mailbox for each in given.values() if each.mailbox is not None}
    numbers = find_mailboxes(connection, named)
    if numbers.keys() != named:
        raise Refused(Fault.UNKNOWN)  # (3)
    if not given:
        return
    places = [{"to": analyst, "of": group, "by": granter} for analyst, group in given]
    connection.execute(_REPLACED, places)
    rows = [
        {
            "analyst": each.analyst,
            "group": each.group,
            "granter": granter,
            "mailbox": None if each.mailbox is None else numbers[each.mailbox],
            "signed": each.signed,
        }
        for each in given.values()
    ]
    connection.execute(insert(grants), rows)


def open_grants(connection: Connection, _: Ground, job: OpenGrants) -> None:
    """Delete the caller's grants of these groups."""
    opened = (grants.c.analyst == job.caller.address, grants.c.group.in_(job.groups))
    connection.execute(delete(grants).where(*opened))
