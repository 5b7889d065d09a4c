"""A whole server in memory, for both sides: what the rules say, and hooks to turn it hostile.

A ``Transport`` for as many clients as like (``Simulator.transport()``), so that a reporter and a
workstation talk through it without a socket. It keeps the rules a client can meet (docs/protocol.md
§9) and none that only protect a server. ``log`` holds what was asked.

``rows``     what it has, free to be changed, swapped, removed
``listed``   changes what a feed shows;  ``answered`` changes or breaks any answer
``before``   is told of a request before it is carried out, and may raise ``No`` or a lost line
``down``     nobody gets through
``team``     what it knows of a team: who holds which papers, who handles what
"""

import hashlib
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from crypto.certificates import Certificate, CertificateRole, read_certificate
from crypto.chains import Deletion
from crypto.constants import HEADER, ID
from crypto.directory import NO_PREVIOUS, Directory, directory_hash, read_directory
from crypto.encoding import Document
from crypto.envelope import NO_PREV, Chain, Header, body_hash, envelope_id
from crypto.files import file_hash, part_hash
from crypto.login import verify_answer
from crypto.outgoing import Outgoing
from crypto.roster import publisher_of, read_roster, roster_hash
from crypto.signed import split
from dropbox.client.errors import NotReached
from dropbox.client.submission import pack_submission
from dropbox.client.transport import Answer
from dropbox.wire import (
    AHEAD,
    CARRY_HEADER,
    FAULTS,
    MARK,
    PAGE_BYTES,
    SESSION_HEADER,
    Challenge,
    Entry,
    Fault,
    FileClaim,
    FileStart,
    FileState,
    Login,
    Marks,
    Page,
    Place,
    Purged,
    PurgedAgain,
    Receipt,
    Refusal,
    Role,
    Session,
    Submission,
    marks_digest,
    pack,
    unpack,
)
from tests.simulated_team import No, TeamRules, roster_of

_ROLES = {CertificateRole.ANALYST: Role.ANALYST, CertificateRole.PUBLISHER: Role.PUBLISHER}


@dataclass(frozen=True)
class Asked:
    """One request as a server sees it."""

    method: str
    path: str
    body: bytes
    session: str
    carried: bool = False

    @property
    def shape(self) -> tuple[str, str, int]:
        return self.method, self.path, len(self.body)


@dataclass(frozen=True)
class Row:
    """One envelope, as the feed shows it."""

    position: int
    mailbox: bytes
    header: bytes
    body_hash: bytes
    body: bytes | None
    wraps: Mapping[bytes, bytes]
    day: date
    files: tuple[FileClaim, ...] = ()
    use: bytes | None = None
    deleted: bytes | None = None

    @property
    def id(self) -> bytes:
        return envelope_id(self.header, self.body_hash)

    @property
    def chain(self) -> int:
        return self.header[1]

    @property
    def seq(self) -> int:
        return int.from_bytes(self.header[2:6], "little")

    def with_body(self, body: bytes) -> "Row":
        """Another body, and its hash beside it."""
        return replace(self, body=body, body_hash=body_hash(body))


@dataclass
class _File:
    owner: bytes
    parts: int
    held: dict[int, bytes] = field(default_factory=dict)


@dataclass
class Simulator:
    """``signed`` is its directory; ``page`` how many envelopes fit on a page."""

    signed: bytes
    origin: str
    today: date
    page: int = 1000
    rows: list[Row] = field(default_factory=list)
    files: dict[bytes, _File] = field(default_factory=dict)
    log: list[Asked] = field(default_factory=list)
    cursor: int = 0
    down: bool = False
    listed: Callable[[list[Row]], list[Row]] = lambda rows: rows
    before: Callable[[Asked], None] = lambda asked: None
    answered: Callable[[Asked, Answer], Answer] = lambda asked, answer: answer
    closed: set[bytes] = field(default_factory=set)
    purged: set[bytes] = field(default_factory=set)
    roster: bytes | None = None
    team: TeamRules = field(default_factory=TeamRules)
    sign_keys: dict[bytes, bytes] = field(default_factory=dict)
    _positions: int = 0
    _sessions: dict[str, tuple[bytes, Role]] = field(default_factory=dict)
    _challenges: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.service = Directory.from_bytes(split(self.signed)[1]).service

    @property
    def directory(self) -> Directory:
        return read_directory(self.signed, self.service)

    def transport(self) -> "_Line":
        return _Line(self)

    def shapes(self) -> list[tuple[str, str, int]]:
        return [asked.shape for asked in self.log]

    # -- as if somebody had sent it -------------------------------------------------------------

    def delete(self, deletions: Iterable[Deletion]) -> None:
        """What a mailbox deletes leaves a stub, at the end of the feed."""
        for each in deletions:
            [row] = [row for row in self.rows if row.id == each.id]
            self.rows.remove(row)
            self.add(replace(row, body=None, wraps={}, deleted=each.signature))

    def close_mailbox(self, closed: Outgoing) -> None:
        """What the team wrote goes with the mailbox."""
        self.put(closed)
        address = closed.envelope.header.mailbox
        self.closed.add(address)
        for at, row in enumerate(self.rows):
            if (row.mailbox, row.chain) == (address, Chain.TEAM):
                self.rows[at] = replace(row, body=None, wraps={})

    def put(self, *outgoings: Outgoing) -> None:
        """Store a submission; a rule that is broken fails the test."""
        self._submit(pack_submission(outgoings), None)

    def add(self, row: Row) -> Row:
        """Store a row that no rule allows, behind the others."""
        self._positions += 1
        row = replace(row, position=self._positions)
        self.rows.append(row)
        return row

    def forget_after(self, position: int) -> None:
        """Become the server of an older backup."""
        self.rows = [row for row in self.rows if row.position <= position]
        self._positions = position

    # -- answering ------------------------------------------------------------------------------

    def ask(self, asked: Asked) -> Answer:
        self.log.append(asked)
        if self.down:
            raise NotReached
        try:
            self.before(asked)
            answer = self._route(asked)
        except No as no:
            status, sentence = FAULTS[no.fault]
            answer = Answer(status, Refusal(no.fault, sentence).to_bytes())
        return self.answered(asked, answer)

    def _route(self, asked: Asked) -> Answer:
        match asked.method, asked.path.strip("/").split("/")[1:]:
            case "GET", ["directory"]:
                return Answer(200, self.signed)
            case "POST", ["challenge"]:
                self._challenges.add(token := secrets.token_urlsafe(32))
                return _ok(Challenge(token))
            case "POST", ["session"]:
                return self._log_in(Login.from_bytes(asked.body))
        if asked.session not in self._sessions:
            raise No(Fault.NO_SESSION)
        address, role = self._sessions[asked.session]
        if (asked.method, asked.path) == ("DELETE", "/api/session"):
            del self._sessions[asked.session]
            return Answer(204, b"")
        if role is not Role.MAILBOX:
            self._check_let_in(address)
        return self._route_caller(asked, address, role)

    def _route_caller(  # noqa: C901, PLR0911, PLR0912 - one for each route
        self, asked: Asked, address: bytes, role: Role
    ) -> Answer:
        match asked.method, asked.path.strip("/").split("/")[1:]:
            case "POST", ["directory"] if role is Role.PUBLISHER:
                return self._publish(asked.body, address)
            case "POST", ["roster"] if role is Role.PUBLISHER:
                return self._publish_roster(asked.body)
            case "GET", ["roster"] if role is not Role.MAILBOX:
                if self.roster is None:
                    raise No(Fault.UNKNOWN)
                return Answer(200, self.roster)
            case "POST", ["envelopes"] if role is not Role.PUBLISHER:
                if role is Role.ANALYST:
                    self._check_given(asked.body, address)
                return self._submit(asked.body, address if role is Role.MAILBOX else None)
            case "GET", ["feed", after] if role is Role.ANALYST:
                return self._feed(int(after), address, asked.carried)
            case "GET", ["case", name, after] if role is Role.ANALYST:
                return self._case(address, _id(name), int(after))
            case method, ["purged", *start] if role is Role.ANALYST:
                return self._marks(method, [_id(each)[:MARK] for each in start], asked.body)
            case "GET", ["mailbox", start] if role is Role.MAILBOX:
                return self._mailbox(address, int(start))
            case "POST", ["files"]:
                start = FileStart.from_bytes(asked.body)
                self.files.setdefault(start.file, _File(address, start.parts))
                return Answer(204, b"")
            case method, ["files", name, *rest]:
                return self._file(method, _id(name), [int(each) for each in rest], asked.body)
            case method, [*route] if role is Role.ANALYST:
                return self.team.answer(self, (method, *route), asked.body, address)
        raise No(Fault.REFUSED)

    def _log_in(self, login: Login) -> Answer:
        if login.challenge not in self._challenges or login.origin != self.origin:
            raise No(Fault.REFUSED)
        self._challenges.discard(login.challenge)
        address = verify_answer(
            login.auth, login.keys, self.service, self.origin, login.challenge, login.signature
        )
        role = Role.MAILBOX
        if login.certificate is not None:
            named = Certificate.from_bytes(split(login.certificate)[1]).role
            root = self.directory.root_card
            certificate = read_certificate(
                login.certificate, named, root.id, root.sign, self.service
            )
            assert certificate.subject == address
            certificate.check_day(self.today)
            role = _ROLES[named]
            self.sign_keys[address] = certificate.sign
            self._check_let_in(address)
        self._sessions[token := secrets.token_urlsafe(32)] = (address, role)
        return _ok(Session(token, role))

    def _publish(self, signed: bytes, caller: bytes) -> Answer:
        new, seen = read_directory(signed, self.service), self.directory
        if signed != self.signed:
            if not self._publishes(caller):
                raise No(Fault.REFUSED)
            self._check_issued(new.issued)
            if new.seq != seen.seq + 1 or new.previous != directory_hash(self.signed):
                raise No(Fault.PLACE_TAKEN)
            self.signed = signed
        return Answer(204, b"")

    def _publish_roster(self, signed: bytes) -> Answer:
        new = read_roster(signed, self.directory)
        if signed != self.roster:
            self._check_issued(new.issued)
            seq, before = 0, NO_PREVIOUS
            if self.roster is not None:
                seq = read_roster(self.roster, self.directory).seq
                before = roster_hash(self.roster)
            if new.seq != seq + 1 or new.previous != before:
                raise No(Fault.PLACE_TAKEN)
            if not self._publishes(publisher_of(new, self.directory).subject):
                raise No(Fault.REFUSED)
            self.roster = signed
        return Answer(204, b"")

    def _check_issued(self, day: date) -> None:
        if day > self.today + AHEAD:
            raise No(Fault.TOO_EARLY)

    def _publishes(self, analyst: bytes) -> bool:
        roster = roster_of(self)
        return roster is None or roster.publishes(analyst)

    def _check_let_in(self, analyst: bytes) -> None:
        roster = roster_of(self)
        if roster is not None and roster.refuses(analyst):
            raise No(Fault.REFUSED)

    # -- envelopes ------------------------------------------------------------------------------

    def _submit(self, body: bytes, mailbox: bytes | None) -> Answer:
        document, blobs = unpack(body)
        return self.store_places(Submission.from_bytes(document).places, blobs, mailbox)[0]

    def _check_given(self, body: bytes, analyst: bytes) -> None:
        _, blobs = unpack(body)
        header = Header.from_bytes(blobs[0][:HEADER])
        if header.chain is Chain.CASE and self.team.keeps_contacts(self, analyst):
            return
        if not self.team.gives(self, analyst, header.mailbox):
            raise No(Fault.REFUSED)

    def store_places(
        self, places: Sequence[Place], blobs: list[bytes], mailbox: bytes | None
    ) -> tuple[Answer, bytes]:
        """Store all of them, or nothing; the answer, and whose mailbox they are of."""
        rest = iter(blobs)
        fresh, ids = [], []
        for place in places:
            data = next(rest)
            header, sealed = Header.from_bytes(data[:HEADER]), data[HEADER:]
            wraps = {recipient: next(rest) for recipient in place.recipients}
            row = Row(
                0,
                header.mailbox,
                data[:HEADER],
                body_hash(sealed),
                sealed,
                wraps,
                self.today,
                place.files,
                place.use,
            )
            assert (mailbox is None) or (mailbox == header.mailbox)
            if self._check_place(header, row.id):
                fresh.append(row)
            ids.append(row.id)
        for row in fresh:
            self._check_files(row)
            self.add(row)
            self.team.note_use(row.chain, row.mailbox, row.use)
        return _ok(Receipt(tuple(ids), self.today)), header.mailbox

    def _check_place(self, header: Header, id_: bytes) -> bool:
        """Whether it is new. The chains as stored decide, not as listed."""
        chain = {
            row.seq: row.id
            for row in self.rows
            if row.mailbox == header.mailbox and row.chain == header.chain
        }
        if chain.get(header.seq) == id_:
            return False
        if header.mailbox in self.closed and header.chain is not Chain.CASE:
            raise No(Fault.PLACE_TAKEN)
        before = chain.get(header.seq - 1) if header.seq else NO_PREV
        if header.seq in chain or header.prev != before:
            raise No(Fault.PLACE_TAKEN)
        return True

    def _check_files(self, row: Row) -> None:
        for claim in row.files:
            file = self.files.get(claim.file)
            parts = [part_hash(file.held[each]) for each in sorted(file.held)] if file else []
            if len(parts) != claim.parts or file_hash(parts) != claim.hash:
                raise No(Fault.FILES_DIFFER)

    def _feed(self, after: int, analyst: bytes | None, carried: bool) -> Answer:
        self.cursor = self.cursor if carried else max(self.cursor, after)
        return self._list(analyst, self.rows, after)

    def _case(self, analyst: bytes, mailbox: bytes, after: int) -> Answer:
        return self._list(analyst, [row for row in self.rows if row.mailbox == mailbox], after)

    def _list(self, analyst: bytes | None, rows: list[Row], after: int) -> Answer:
        given = [row if analyst is None else self.team.view(self, analyst, row) for row in rows]
        found = [row for row in self.listed(given) if row.position > after]
        return _page(found[: self.page], len(found) > self.page)

    def _mailbox(self, address: bytes, start: int) -> Answer:
        mine = [row for row in self.rows if row.mailbox == address and address not in self.closed]
        mine.sort(key=lambda row: row.seq)
        own = [replace(row, body=None, wraps={}) for row in mine if row.chain == Chain.REPORTER]
        team = [
            replace(row, wraps={each: row.wraps[each] for each in row.wraps if each == address})
            for row in mine
            if row.chain == Chain.TEAM and row.seq >= start
        ]
        return _page((own if start == 0 else []) + team, False, self.team.uses.get(address))

    def mark_of(self, mailbox: bytes) -> bytes:
        """What is left of a mailbox that was purged."""
        person = b"dropbox/purged"
        return hashlib.blake2b(mailbox, digest_size=MARK, person=person).digest()

    def _marks(self, method: str, start: list[bytes], body: bytes) -> Answer:
        if method == "POST":
            self.purged |= set(Marks.from_bytes(body).marks)
            return _ok(PurgedAgain(0))
        marks = sorted(self.purged)
        if not start:
            return _ok(Purged(marks_digest(marks)))
        return _ok(Marks(tuple([each for each in marks if each >= start[0]][: self.page])))

    # -- files ----------------------------------------------------------------------------------

    def _file(self, method: str, name: bytes, part: list[int], body: bytes) -> Answer:
        file = self.files.get(name)
        if file is None:
            raise No(Fault.UNKNOWN)
        match method, part:
            case "GET", []:
                return _ok(FileState(file.parts, tuple(sorted(file.held))))
            case "DELETE", []:
                del self.files[name]
                return Answer(204, b"")
            case "GET", [number] if number in file.held:
                return Answer(200, file.held[number])
            case "PUT", [number]:
                file.held[number] = body
                return Answer(204, b"")
        raise No(Fault.UNKNOWN)


@dataclass
class _Line:
    """A ``Transport`` to a simulator."""

    simulator: Simulator

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes, limit: int
    ) -> Answer:
        session, carried = headers.get(SESSION_HEADER, ""), CARRY_HEADER in headers
        answer = self.simulator.ask(Asked(method, path, body, session, carried))
        assert len(answer.body) <= limit
        return answer

    async def close(self) -> None:
        pass


def _page(rows: list[Row], more: bool, use: bytes | None = None) -> Answer:
    entries, blobs, size = [], [], 0
    for row in rows:
        if size > PAGE_BYTES:
            more = True
            break
        entries.append(
            Entry(
                row.position,
                row.mailbox,
                row.day,
                row.body_hash,
                row.body is not None,
                tuple(row.wraps),
                row.files,
                row.use,
                row.deleted,
            )
        )
        blobs += [row.header, *([] if row.body is None else [row.body]), *row.wraps.values()]
        size += len(row.body or b"")
    return Answer(200, pack(Page(use, tuple(entries), more).to_bytes(), blobs))


def _ok(document: Document) -> Answer:
    return Answer(200, document.to_bytes())


def _id(name: str) -> bytes:
    return urlsafe_b64decode(name + "=" * (-len(name) % 4))[:ID]
