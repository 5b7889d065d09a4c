"""What a server of a team adds to the one in memory: papers, grants, assignments, wraps, purging.

The rules of ``dropbox/store``: who is given what, and who may ask for what (docs/protocol.md §9).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crypto.envelope import Chain
from crypto.groups import Erased, Receiving, named_grant
from crypto.roster import Duty, Member, Roster
from crypto.signed import split
from dropbox.client.transport import Answer
from dropbox.wire import (
    Assignment,
    Fault,
    Grants,
    Opened,
    Papers,
    Purging,
    Rewrapping,
    Submission,
    Unwrapping,
    pack,
    unpack,
)

if TYPE_CHECKING:
    from tests.simulator import Row, Simulator


@dataclass(frozen=True)
class Given:
    """A grant that was not opened yet."""

    analyst: bytes
    group: bytes
    mailbox: bytes | None
    signed: bytes


@dataclass
class TeamRules:
    """Whom the server of a team gives what."""

    server: "Simulator"
    use: dict[bytes, bytes | None] = field(default_factory=dict)
    handlers: dict[bytes, frozenset[bytes]] = field(default_factory=dict)
    receiving: dict[bytes, bytes] = field(default_factory=dict)
    grants: list[Given] = field(default_factory=list)
    erased: list[bytes] = field(default_factory=list)

    def member(self, analyst: bytes) -> Member | None:
        if self.server.roster is None:
            return None
        found = Roster.from_bytes(split(self.server.roster)[1]).find(analyst)
        return None if found is None or found.suspended else found

    def gives(self, analyst: bytes, mailbox: bytes) -> bool:
        if self.server.roster is None:
            return True
        found = self.member(analyst)
        if found is None or not found.reads:
            return False
        if analyst in self.handlers.get(mailbox, ()):
            return True
        return found.intake and self.use.get(mailbox) is None

    def view(self, analyst: bytes, row: "Row") -> "Row":
        """The row as this analyst is given it: a stub of what is not for them."""
        if self.gives(analyst, row.mailbox):
            return row
        found, contact = self.member(analyst), self.server.directory.contact_card.id
        if found is not None and Duty.CUSTODIAN in found.duties and contact in row.wraps:
            return row
        return replace(row, body=None, wraps={})

    def check_writer(self, body: bytes, analyst: bytes) -> None:
        """An analyst writes only into what is given to them; a custodian into ``case``."""
        _, blobs = unpack(body)
        header, found = blobs[0][:134], self.member(analyst)
        custodian = found is not None and Duty.CUSTODIAN in found.duties
        if not (custodian and header[1] == Chain.CASE):
            self._check_given(analyst, header[6:38])

    def check_group(self, row: "Row") -> None:
        """A reporter's envelope is wrapped to the group that has the mailbox; ``use`` is kept."""
        if row.chain == Chain.TEAM:
            self.use[row.mailbox] = row.use
        elif row.chain == Chain.REPORTER and set(row.wraps) != {self._group_of(row.mailbox)}:
            self._refuse(Fault.OTHER_GROUP)

    # -- routes ---------------------------------------------------------------------------------

    def route(self, method: str, path: list[str], body: bytes, analyst: bytes) -> Answer | None:
        calls: dict[tuple[str, str], Callable[[bytes, bytes], Answer]] = {
            ("GET", "receiving"): self._list_receiving,
            ("POST", "receiving"): self._tell_receiving,
            ("GET", "grants"): self._list_grants,
            ("POST", "grants"): self._give_grants,
            ("POST", "grants/opened"): self._opened,
            ("POST", "assignments"): self._assign,
            ("POST", "wraps"): self._rewrap,
            ("POST", "unwrapping"): self._unwrap,
            ("POST", "purging"): self._purge,
            ("GET", "erased"): self._list_erased,
            ("POST", "erased"): self._tell_erased,
        }
        call = calls.get((method, "/".join(path)))
        return None if call is None else call(body, analyst)

    def _list_receiving(self, _: bytes, __: bytes) -> Answer:
        return _papers([self.receiving[each] for each in sorted(self.receiving)])

    def _tell_receiving(self, body: bytes, analyst: bytes) -> Answer:
        new = Receiving.from_bytes(split(body)[1])
        if new.analyst != analyst:
            self._refuse()
        if analyst in self.receiving:
            if Receiving.from_bytes(split(self.receiving[analyst])[1]).number > new.number:
                self._refuse(Fault.PLACE_TAKEN)
        self.receiving[analyst] = body
        return _DONE

    def _list_grants(self, _: bytes, analyst: bytes) -> Answer:
        mine = [each for each in self.grants if each.analyst == analyst]
        document = Grants(tuple(each.mailbox for each in mine))
        return Answer(200, pack(document.to_bytes(), [each.signed for each in mine]))

    def _give_grants(self, body: bytes, _: bytes) -> Answer:
        document, blobs = unpack(body)
        for signed, mailbox in zip(blobs, Grants.from_bytes(document).mailboxes, strict=True):
            grant = named_grant(signed)
            place = (grant.analyst, grant.group)
            self.grants = [each for each in self.grants if (each.analyst, each.group) != place]
            self.grants.append(Given(*place, mailbox, signed))
        return _DONE

    def _opened(self, body: bytes, analyst: bytes) -> Answer:
        groups = Opened.from_bytes(body).groups
        self.grants = [
            each for each in self.grants if each.analyst != analyst or each.group not in groups
        ]
        return _DONE

    def _assign(self, body: bytes, analyst: bytes) -> Answer:
        document, blobs = unpack(body)
        assignment = Assignment.from_bytes(document)
        mailbox = blobs[0][6:38]
        found = self.member(analyst)
        above = found is not None and Duty.SUPERVISOR in found.duties
        before = {row.id for row in self.server.rows}
        if not self.gives(analyst, mailbox) and not above and self.server.roster is not None:
            self._refuse()
        answer = self.server._submit(
            pack(Submission(assignment.places).to_bytes(), blobs), None
        )
        if {row.id for row in self.server.rows} != before:
            self.handlers[mailbox] = frozenset(assignment.handlers)
        return answer

    def _rewrap(self, body: bytes, analyst: bytes) -> Answer:
        document, blobs = unpack(body)
        asked = Rewrapping.from_bytes(document)
        self._check_given(analyst, asked.mailbox)
        if asked.recipient != self._group_of(asked.mailbox):
            self._refuse(Fault.OTHER_GROUP)
        wraps = dict(zip((each.id for each in asked.envelopes), blobs, strict=True))
        for at, row in enumerate(self.server.rows):
            if row.mailbox == asked.mailbox and row.id in wraps and row.body is not None:
                added = {asked.recipient: wraps[row.id], **row.wraps}
                self.server.rows[at] = replace(row, wraps={**row.wraps, **added})
        return _DONE

    def _unwrap(self, body: bytes, analyst: bytes) -> Answer:
        asked = Unwrapping.from_bytes(body)
        self._check_given(analyst, asked.mailbox)
        group = self._group_of(asked.mailbox)
        if asked.recipient in {group, asked.mailbox, self.server.directory.contact_card.id}:
            self._refuse()
        for at, row in enumerate(self.server.rows):
            if row.mailbox == asked.mailbox and group in row.wraps:
                kept = {each: row.wraps[each] for each in row.wraps if each != asked.recipient}
                self.server.rows[at] = replace(row, wraps=kept)
        return _DONE

    def _purge(self, body: bytes, analyst: bytes) -> Answer:
        mailbox = Purging.from_bytes(body).mailbox
        if mailbox in self.purged:
            return _DONE
        if analyst not in self.handlers.get(mailbox, ()):
            self._refuse()
        self.purged.add(mailbox)
        self.server.rows = [row for row in self.server.rows if row.mailbox != mailbox]
        self.grants = [each for each in self.grants if each.mailbox != mailbox]
        self.handlers.pop(mailbox, None)
        return _DONE

    purged: set[bytes] = field(default_factory=set)

    def _list_erased(self, _: bytes, __: bytes) -> Answer:
        return _papers(self.erased)

    def _tell_erased(self, body: bytes, analyst: bytes) -> Answer:
        if Erased.from_bytes(split(body)[1]).analyst != analyst:
            self._refuse()
        if body not in self.erased:
            self.erased.append(body)
        return _DONE

    def _check_given(self, analyst: bytes, mailbox: bytes) -> None:
        if not self.gives(analyst, mailbox):
            self._refuse()

    def _group_of(self, mailbox: bytes) -> bytes:
        return self.use.get(mailbox) or self.server.directory.intake_card.id

    def _refuse(self, fault: Fault = Fault.REFUSED) -> None:
        from tests.simulator import No

        raise No(fault)


_DONE = Answer(204, b"")


def _papers(signed: list[bytes]) -> Answer:
    return Answer(200, pack(Papers(len(signed)).to_bytes(), signed))
