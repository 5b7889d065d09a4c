"""A server in memory: the transport of the client library, answered by a few dictionaries.

It keeps the rules a client can meet (docs/protocol.md §9) and none that only protect a server. What
it is asked is in ``log``; ``spoil`` changes or breaks what it answers.
"""

import secrets
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from crypto.constants import HEADER
from crypto.encoding import Document
from crypto.envelope import Chain, Envelope, body_hash
from crypto.files import file_hash, part_hash
from crypto.login import verify_answer
from crypto.work import check_proof, work_seed
from dropbox.client.errors import ClientError
from dropbox.client.transport import Answer
from dropbox.wire import (
    FAULTS,
    SESSION_HEADER,
    WORK_HEADER,
    Challenge,
    Deletions,
    Entry,
    Fault,
    FileStart,
    FileState,
    Login,
    Page,
    Place,
    Proof,
    Purpose,
    Receipt,
    Refusal,
    Role,
    Session,
    Submission,
    Work,
    WorkRequest,
    pack,
    unpack,
)
from tests.client.team import ORIGIN, TODAY, Team


@dataclass(frozen=True)
class Asked:
    """One request as a server sees it."""

    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def shape(self) -> tuple[str, str, int]:
        return self.method, self.path, len(self.body)


@dataclass(frozen=True)
class Row:
    """One stored envelope."""

    envelope: Envelope
    place: Place
    wraps: dict[bytes, bytes]
    day: date
    deleted: bytes | None = None


@dataclass
class File:
    owner: bytes
    parts: int
    held: dict[int, bytes] = field(default_factory=dict)
    bound: bool = False


class No(Exception):
    """A refusal."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


Spoil = Callable[[Asked, Answer], Answer]
"""Changes an answer, or raises what a broken connection raises."""


class Simulator:
    """A ``Transport``. ``cuts`` are requests whose connection breaks, by their number from 0:
    ``before`` they are carried out or ``after``."""

    def __init__(self, team: Team, page: int = 1000) -> None:
        self.team = team
        self.signed = team.signed_directory()
        self.page = page
        self.log: list[Asked] = []
        self.rows: list[Row] = []
        self.files: dict[bytes, File] = {}
        self.closed: set[bytes] = set()
        self.sessions: dict[str, tuple[bytes, Role]] = {}
        self.challenges: set[str] = set()
        self.difficulty = 0
        self.work: dict[str, tuple[Purpose, int]] = {}
        self.spent: set[str] = set()
        self.spoil: Spoil = lambda _, answer: answer
        self.cut: Callable[[int, Asked], ClientError | None] = lambda _, __: None
        self.cut_after: Callable[[int, Asked], ClientError | None] = lambda _, __: None

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes, limit: int
    ) -> Answer:
        asked = Asked(method, path, body, dict(headers))
        number = len(self.log)
        self.log.append(asked)
        if (error := self.cut(number, asked)) is not None:
            raise error
        try:
            answer = self.answer(asked)
        except No as no:
            status, sentence = FAULTS[no.fault]
            answer = Answer(status, Refusal(no.fault, sentence).to_bytes())
        answer = self.spoil(asked, answer)
        if (error := self.cut_after(number, asked)) is not None:
            raise error
        assert len(answer.body) <= limit
        return answer

    async def close(self) -> None:
        pass

    # -- what is stored -------------------------------------------------------------------------

    def chain(self, mailbox: bytes, chain: Chain) -> list[Row]:
        rows = [row for row in self.rows if row.envelope.header.mailbox == mailbox]
        return [row for row in rows if row.envelope.header.chain is chain]

    def use(self, mailbox: bytes) -> bytes:
        team = self.chain(mailbox, Chain.TEAM)
        newest = team[-1].place.use if team else None
        return newest or self.team.intake.keys.card.id

    def put(self, *outgoings: object) -> None:
        """Store what the team wrote."""
        for outgoing in outgoings:
            place = Place(
                tuple(recipient for recipient, _ in outgoing.wraps),
                (),
                outgoing.use,  # type: ignore[attr-defined]
            )
            self.rows.append(Row(outgoing.envelope, place, dict(outgoing.wraps), TODAY))  # type: ignore[attr-defined]

    # -- routes ---------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.strip("/").split("/")[1:]:
            case "GET", ["directory"]:
                return Answer(200, self.signed)
            case "POST", ["challenge"]:
                self.challenges.add(token := secrets.token_urlsafe(32))
                return _ok(Challenge(token))
            case "POST", ["session"]:
                return self.log_in(Login.from_bytes(asked.body))
            case "POST", ["work"]:
                self.caller(asked)
                return self.give_work(WorkRequest.from_bytes(asked.body).purpose)
        return self.answer_caller(asked, self.caller(asked))

    def answer_caller(self, asked: Asked, address: bytes) -> Answer:
        match asked.method, asked.path.strip("/").split("/")[1:]:
            case "DELETE", ["session"]:
                del self.sessions[asked.headers[SESSION_HEADER]]
                return Answer(204, b"")
            case "POST", ["envelopes" | "closing" | "deletions" as what]:
                return self.answer_change(asked, address, what)
            case "GET", ["mailbox", start]:
                return self.list_mailbox(address, int(start))
            case "POST", ["files"]:
                start = FileStart.from_bytes(asked.body)
                if start.file not in self.files and not self.chain(address, Chain.REPORTER):
                    self.check_work(asked, Purpose.FILE, start.file)
                return self.start(address, start)
            case method, ["files", name]:
                return self.answer_file(method, address, name)
            case method, ["files", name, index]:
                return self.answer_part(method, address, name, int(index), asked.body)
        raise No(Fault.UNKNOWN)

    def answer_change(self, asked: Asked, address: bytes, what: str) -> Answer:
        if what == "deletions":
            return self.delete(address, Deletions.from_bytes(asked.body))
        if what == "closing":
            return self.close_mailbox(address, asked.body)
        if not self.chain(address, Chain.REPORTER):
            self.check_work(asked, Purpose.REPORT, address)
        return self.submit(address, asked.body)

    def answer_file(self, method: str, address: bytes, name: str) -> Answer:
        file = self.own_file(address, name)
        if method == "GET":
            return _ok(FileState(file.parts, tuple(sorted(file.held))))
        if file.bound:
            raise No(Fault.REFUSED)
        del self.files[_id(name)]
        return Answer(204, b"")

    def answer_part(
        self, method: str, address: bytes, name: str, index: int, body: bytes
    ) -> Answer:
        if method == "GET":
            if _id(name) not in self.files:
                raise No(Fault.UNKNOWN)
            return Answer(200, self.files[_id(name)].held[index])
        if self.own_file(address, name).held.setdefault(index, body) != body:
            raise No(Fault.FILES_DIFFER)
        return Answer(204, b"")

    def give_work(self, purpose: Purpose) -> Answer:
        self.work[token := secrets.token_urlsafe(32)] = (purpose, self.difficulty)
        return _ok(Work(token, self.difficulty))

    def check_work(self, asked: Asked, purpose: Purpose, subject: bytes) -> None:
        """By the rules; a proof is spent at once where what it is for is then taken."""
        if not self.difficulty:
            return
        if WORK_HEADER not in asked.headers:
            raise No(Fault.WORK_NEEDED)
        proof = Proof.read(asked.headers[WORK_HEADER])
        if self.work.get(proof.token) != (purpose, self.difficulty) or proof.token in self.spent:
            raise No(Fault.WORK_NEEDED)
        assert proof.subject == subject
        seed = work_seed(self.team.service, proof.token, subject)
        check_proof(seed, proof.counter, self.difficulty)
        self.spent.add(proof.token)

    def log_in(self, login: Login) -> Answer:
        if login.challenge not in self.challenges or login.origin != ORIGIN:
            raise No(Fault.REFUSED)
        self.challenges.discard(login.challenge)
        address = verify_answer(
            login.auth,
            login.keys,
            self.team.service,
            ORIGIN,
            login.challenge,
            login.signature,
        )
        self.sessions[token := secrets.token_urlsafe(32)] = (address, Role.MAILBOX)
        return _ok(Session(token, Role.MAILBOX))

    def caller(self, asked: Asked) -> bytes:
        session = self.sessions.get(asked.headers.get(SESSION_HEADER, ""))
        if session is None:
            raise No(Fault.NO_SESSION)
        return session[0]

    def submit(self, address: bytes, body: bytes) -> Answer:
        document, blobs = unpack(body)
        [place] = Submission.from_bytes(document).places
        envelope = Envelope.from_bytes(blobs[0])
        wraps = dict(zip(place.recipients, blobs[1:], strict=True))
        header = envelope.header
        rows = self.chain(address, Chain.REPORTER)
        assert header.mailbox == address
        if any(row.envelope.id == envelope.id for row in rows):
            return _ok(Receipt((envelope.id,), TODAY))
        linked = header.seq == len(rows) and (not rows or header.prev == rows[-1].envelope.id)
        if address in self.closed or not linked:
            raise No(Fault.PLACE_TAKEN)
        if place.recipients != (self.use(address),):
            raise No(Fault.OTHER_GROUP)
        for claim in place.files:
            file = self.files.get(claim.file)
            parts = [part_hash(file.held[each]) for each in sorted(file.held)] if file else []
            if len(parts) != claim.parts or file_hash(parts) != claim.hash:
                raise No(Fault.FILES_DIFFER)
            self.files[claim.file].bound = True
        self.rows.append(Row(envelope, place, wraps, TODAY))
        return _ok(Receipt((envelope.id,), TODAY))

    def close_mailbox(self, address: bytes, body: bytes) -> Answer:
        if not self.chain(address, Chain.REPORTER):
            raise No(Fault.PLACE_TAKEN)
        answer = self.submit(address, body)
        self.closed.add(address)
        self.rows = [row for row in self.rows if row not in self.chain(address, Chain.TEAM)]
        return answer

    def delete(self, address: bytes, deletions: Deletions) -> Answer:
        team = self.chain(address, Chain.TEAM) if address not in self.closed else []
        for each in deletions.deletions:
            if each.seq >= len(team) or team[each.seq].envelope.id != each.id:
                raise No(Fault.UNKNOWN)
            before = team[each.seq - 1].place.use if each.seq else None
            if team[each.seq].place.use != before:
                raise No(Fault.REFUSED)
        for each in deletions.deletions:
            at = self.rows.index(team[each.seq])
            if self.rows[at].deleted is None:
                self.rows[at] = replace(self.rows[at], wraps={}, deleted=each.signature)
        return Answer(204, b"")

    def list_mailbox(self, address: bytes, start: int) -> Answer:
        if address in self.closed:
            return Answer(200, pack(Page(None, (), False).to_bytes(), []))
        team = self.chain(address, Chain.TEAM)[start:]
        listed: list[tuple[Entry, list[bytes]]] = []
        for row in self.chain(address, Chain.REPORTER) if start == 0 else ():
            listed.append((_entry(row, False, ()), [row.envelope.to_bytes()[:HEADER]]))
        for row in team[: self.page]:
            data = row.envelope.to_bytes()
            if row.deleted is not None:
                listed.append((_entry(row, False, ()), [data[:HEADER]]))
                continue
            blobs = [data[:HEADER], data[HEADER:], row.wraps[address]]
            listed.append((_entry(row, True, (address,)), blobs))
        page = Page(None, tuple(entry for entry, _ in listed), len(team) > self.page)
        return Answer(200, pack(page.to_bytes(), [blob for _, blobs in listed for blob in blobs]))

    def start(self, address: bytes, start: FileStart) -> Answer:
        self.files.setdefault(start.file, File(address, start.parts))
        return Answer(204, b"")

    def own_file(self, address: bytes, name: str) -> File:
        file = self.files.get(_id(name))
        if file is None or file.owner != address:
            raise No(Fault.UNKNOWN)
        return file


def _entry(row: Row, has_body: bool, wraps: tuple[bytes, ...]) -> Entry:
    return Entry(
        0,
        row.envelope.header.mailbox,
        row.day,
        body_hash(row.envelope.body),
        has_body,
        wraps,
        row.place.files,
        row.place.use,
        row.deleted,
    )


def _ok(document: Document) -> Answer:
    return Answer(200, document.to_bytes())


def _id(name: str) -> bytes:
    return urlsafe_b64decode(name + "=" * (-len(name) % 4))


def respond(answer: Answer, **changes: object) -> Answer:
    """``answer`` with something else in it."""
    return replace(answer, **changes)  # type: ignore[arg-type]
