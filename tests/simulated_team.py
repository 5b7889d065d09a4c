"""What the simulator knows of a team: receiving keys, grants, assignments, wraps, purges (§7, §9).

Whoever calls is taken at their word where a workstation cannot meet the rule; what a workstation
believes, it has to verify itself, whoever gives it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crypto.constants import HEADER
from crypto.encoding import Document
from crypto.envelope import Chain, Header
from crypto.groups import named_grant, read_erased, read_receiving
from crypto.roster import Duty, Member, Roster
from crypto.signed import split
from dropbox.client.transport import Answer
from dropbox.wire import (
    PAPERS,
    PURGE_DAYS,
    PURGED_CHAINS,
    Assignment,
    Fault,
    Grants,
    Opened,
    Papers,
    Purging,
    Rewrapping,
    Unwrapping,
    pack,
    unpack,
)

if TYPE_CHECKING:
    from tests.simulator import Row, Simulator

_GRANTERS = {Duty.ANALYST, Duty.SUPERVISOR, Duty.PUBLISHER, Duty.CUSTODIAN}


class No(Exception):
    """A refusal."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


@dataclass
class Given:
    """A grant that waits."""

    analyst: bytes
    group: bytes
    mailbox: bytes | None
    signed: bytes


@dataclass
class TeamRules:
    """``receiving``: analyst → number, signed. ``uses``: the case group that has a mailbox.
    ``removals``: what was unwrapped or purged, and by whom. ``departures``: entries that took a
    case from analysts: id → whom, and the case groups whose wraps it keeps for them."""

    receiving: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    grants: list[Given] = field(default_factory=list)
    erased: dict[tuple[bytes, bytes], bytes] = field(default_factory=dict)
    handlers: dict[bytes, frozenset[bytes]] = field(default_factory=dict)
    since: dict[tuple[bytes, bytes], date] = field(default_factory=dict)
    uses: dict[bytes, bytes | None] = field(default_factory=dict)
    removals: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    departures: dict[bytes, tuple[frozenset[bytes], frozenset[bytes]]] = field(default_factory=dict)

    def answer(self, server: "Simulator", route: tuple[str, ...], body: bytes, of: bytes) -> Answer:
        """The answer to an analyst. Raises ``No``."""
        routes: dict[tuple[str, ...], Callable[[], Answer]] = {
            ("GET", "receiving"): lambda: _papers([each for _, each in self.receiving.values()]),
            ("POST", "receiving"): lambda: self._tell_receiving(server, body, of),
            ("GET", "grants"): lambda: self._list_grants(of),
            ("POST", "grants"): lambda: self._give_grants(server, body, of),
            ("POST", "grants", "opened"): lambda: self._open_grants(body, of),
            ("POST", "erased"): lambda: self._tell_erased(server, body, of),
            ("POST", "assignments"): lambda: self._assign(server, body, of),
            ("POST", "wraps"): lambda: self._rewrap(server, body, of),
            ("POST", "unwrapping"): lambda: self._unwrap(server, body, of),
            ("POST", "purging"): lambda: self._purge(server, body, of),
        }
        if route[:2] == ("GET", "erased"):
            start = int(route[2])
            return _papers(list(self.erased.values())[start : start + PAPERS])
        if route not in routes:
            raise No(Fault.REFUSED)
        return routes[route]()

    # -- who is given what ----------------------------------------------------------------------

    def gives(self, server: "Simulator", analyst: bytes, mailbox: bytes) -> bool:
        """Whether this analyst is given this mailbox whole."""
        roster = roster_of(server)
        if roster is None:
            return True
        found = _active(roster, analyst)
        if found is None or not found.reads:
            return False
        use = self.uses.get(mailbox)
        return analyst in self.handlers.get(mailbox, ()) or (found.intake and use is None)

    def view(self, server: "Simulator", analyst: bytes, row: "Row") -> "Row":
        """The row as this analyst is given it: whole, or a stub."""
        if self.gives(server, analyst, row.mailbox) or self._is_custodians(server, analyst, row):
            return row
        roster = roster_of(server)
        told, _ = self.departures.get(row.id, (frozenset(), frozenset()))
        if analyst in told and roster is not None and _active(roster, analyst) is not None:
            return row
        return replace(row, body=None, wraps={}, files=())

    def _is_custodians(self, server: "Simulator", analyst: bytes, row: "Row") -> bool:
        contact = server.directory.contact_card.id
        return contact in row.wraps and self.keeps_contacts(server, analyst)

    def keeps_contacts(self, server: "Simulator", analyst: bytes) -> bool:
        """Whether the roster has this one as a custodian."""
        roster = roster_of(server)
        found = None if roster is None else _active(roster, analyst)
        return found is not None and Duty.CUSTODIAN in found.duties

    # -- papers ---------------------------------------------------------------------------------

    def _tell_receiving(self, server: "Simulator", signed: bytes, of: bytes) -> Answer:
        said = read_receiving(signed, of, _sign_key(server, of, signed), server.service)
        number, known = self.receiving.get(of, (0, b""))
        if known != signed and number >= said.number:
            raise No(Fault.PLACE_TAKEN)
        self.receiving[of] = (said.number, signed)
        return _DONE

    def _list_grants(self, of: bytes) -> Answer:
        mine = [each for each in self.grants if each.analyst == of][:PAPERS]
        document = Grants(tuple(each.mailbox for each in mine))
        return Answer(200, pack(document.to_bytes(), [each.signed for each in mine]))

    def _give_grants(self, server: "Simulator", body: bytes, of: bytes) -> Answer:
        roster = roster_of(server)
        document, blobs = unpack(body)
        mailboxes = Grants.from_bytes(document).mailboxes
        for signed, mailbox in zip(blobs, mailboxes, strict=True):
            grant = named_grant(signed)
            if grant.granter != of:
                raise No(Fault.MALFORMED)
            if roster is not None:
                granter = _active(roster, of)
                if granter is None or not _GRANTERS & set(granter.duties):
                    raise No(Fault.REFUSED)
                if _active(roster, grant.analyst) is None:
                    raise No(Fault.REFUSED)
            self.grants = [
                each
                for each in self.grants
                if (each.analyst, each.group, named_grant(each.signed).granter)
                != (grant.analyst, grant.group, of)
            ]
            self.grants.append(Given(grant.analyst, grant.group, mailbox, signed))
        return _DONE

    def _open_grants(self, body: bytes, of: bytes) -> Answer:
        groups = Opened.from_bytes(body).groups
        self.grants = [
            each for each in self.grants if each.analyst != of or each.group not in groups
        ]
        return _DONE

    def _tell_erased(self, server: "Simulator", signed: bytes, of: bytes) -> Answer:
        said = read_erased(signed, of, _sign_key(server, of, signed), server.service)
        self.erased.setdefault((of, said.group), signed)
        return _DONE

    # -- cases ----------------------------------------------------------------------------------

    def _assign(self, server: "Simulator", body: bytes, of: bytes) -> Answer:
        document, blobs = unpack(body)
        assignment = Assignment.from_bytes(document)
        roster = roster_of(server)
        caller = None if roster is None else _active(roster, of)
        supervises = caller is not None and Duty.SUPERVISOR in caller.duties
        mailbox = Header.from_bytes(blobs[0][:HEADER]).mailbox
        if self.uses.get(mailbox) == assignment.places[0].use:  # sent again
            return server.store_places(assignment.places, blobs, None)[0]
        if not (self.gives(server, of, mailbox) or supervises):
            raise No(Fault.REFUSED)
        answer, mailbox = server.store_places(assignment.places, blobs, None)
        self.uses[mailbox] = assignment.places[0].use
        left = self.handlers.get(mailbox, frozenset()) - frozenset(assignment.handlers)
        if left:
            entry, groups = (
                server.rows[-1],
                frozenset(
                    row.use for row in server.rows if row.mailbox == mailbox and row.use is not None
                ),
            )
            self.departures[entry.id] = (left, groups & frozenset(list(entry.wraps)[:2]))
        self.handlers[mailbox] = frozenset(assignment.handlers)
        self.since = {
            place: day
            for place, day in self.since.items()
            if place[0] != mailbox or place[1] in assignment.handlers
        }
        for each in assignment.handlers:
            self.since.setdefault((mailbox, each), server.today)
        return answer

    def _rewrap(self, server: "Simulator", body: bytes, of: bytes) -> Answer:
        document, blobs = unpack(body)
        asked = Rewrapping.from_bytes(document)
        self._check_given(server, of, asked.mailbox)
        if asked.recipient != self._group_of(server, asked.mailbox):
            raise No(Fault.OTHER_GROUP)
        places = {
            (row.chain, row.seq, row.id): at
            for at, row in enumerate(server.rows)
            if row.mailbox == asked.mailbox
        }
        meant = [(spot.chain, spot.seq, spot.id) for spot in asked.envelopes]
        if not set(meant) <= set(places):
            raise No(Fault.UNKNOWN)
        for place, wrap in zip(meant, blobs, strict=True):
            row = server.rows[places[place]]
            if row.body is not None and asked.recipient not in row.wraps:
                wraps = {**row.wraps, asked.recipient: wrap}
                server.rows[places[place]] = replace(row, wraps=wraps)
        return _DONE

    def _unwrap(self, server: "Simulator", body: bytes, of: bytes) -> Answer:
        asked = Unwrapping.from_bytes(body)
        self._check_given(server, of, asked.mailbox)
        group = self._group_of(server, asked.mailbox)
        if asked.recipient in {group, asked.mailbox, server.directory.contact_card.id}:
            raise No(Fault.REFUSED)
        for at, row in enumerate(server.rows):
            _, kept = self.departures.get(row.id, (frozenset(), frozenset()))
            if asked.recipient in kept:
                continue
            if row.mailbox == asked.mailbox and {group, asked.recipient} <= set(row.wraps):
                wraps = {each: row.wraps[each] for each in row.wraps if each != asked.recipient}
                server.rows[at] = replace(row, wraps=wraps)
                self.removals.append(("unwrapped", asked.mailbox, of))
        return _DONE

    def _purge(self, server: "Simulator", body: bytes, of: bytes) -> Answer:
        asked = Purging.from_bytes(body)
        mailbox = asked.mailbox
        roster = roster_of(server)
        if server.mark_of(mailbox) in server.purged:
            return _DONE
        if roster is not None and of not in self.handlers.get(mailbox, ()):
            raise No(Fault.REFUSED)
        if server.today < self.since.get((mailbox, of), date.min) + timedelta(days=PURGE_DAYS):
            raise No(Fault.TOO_EARLY)
        seen = {spot.chain: (spot.seq, spot.id) for spot in asked.seen}
        for row in (each for each in server.rows if each.mailbox == mailbox):
            seq, id_ = seen.get(int(row.chain), (-1, b""))
            if row.chain in PURGED_CHAINS and row.seq >= seq and (row.seq, row.id) != (seq, id_):
                raise No(Fault.PLACE_TAKEN)
        server.rows = [row for row in server.rows if row.mailbox != mailbox]
        self.grants = [each for each in self.grants if each.mailbox != mailbox]
        self.uses.pop(mailbox, None)
        self.handlers.pop(mailbox, None)
        server.purged.add(server.mark_of(mailbox))
        self.removals.append(("purged", mailbox, of))
        return _DONE

    def note_use(self, chain: int, mailbox: bytes, use: bytes | None) -> None:
        """What travels beside an envelope that is stored: a ``team`` one says who has the box."""
        if chain == Chain.TEAM:
            self.uses[mailbox] = use

    def _check_given(self, server: "Simulator", analyst: bytes, mailbox: bytes) -> None:
        known = any(row.mailbox == mailbox for row in server.rows)
        if not known or not self.gives(server, analyst, mailbox):
            raise No(Fault.REFUSED)

    def _group_of(self, server: "Simulator", mailbox: bytes) -> bytes:
        return self.uses.get(mailbox) or server.directory.intake_card.id


def roster_of(server: "Simulator") -> Roster | None:
    """The newest roster, as it says."""
    return None if server.roster is None else Roster.from_bytes(split(server.roster)[1])


def _active(roster: Roster, analyst: bytes) -> Member | None:
    found = roster.find(analyst)
    return None if found is None or found.suspended else found


def _sign_key(server: "Simulator", of: bytes, signed: bytes) -> bytes:
    """That of the roster; where it does not name this one, that of the log-in."""
    roster = roster_of(server)
    return (roster.signers if roster is not None else {}).get(of) or server.sign_keys[of]


def _papers(signed: list[bytes]) -> Answer:
    document: Document = Papers(len(signed))
    return Answer(200, pack(document.to_bytes(), signed))


_DONE = Answer(204, b"")
