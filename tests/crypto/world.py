"""An invented service in memory: a team, reporters, and a server that is three lists of rows.

Everything is drawn from named streams, so that a test that fails fails again. What an attacker can
do who holds some of the keys is done with :func:`enclose` and :func:`store`, which sign and seal
whatever they are given.
"""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any, TypeVar

from crypto.analyst import Analyst, CaseFile
from crypto.authors import Author
from crypto.certificates import CertificateRole, certify, certify_case
from crypto.chains import Stored
from crypto.constants import NONCE, SECRET, Context, Tag
from crypto.directory import (
    LIMITS,
    NO_PREVIOUS,
    NO_SITE,
    Directory,
    IntakeGroup,
    PastGroup,
    read_directory,
    sign_directory,
)
from crypto.documents import (
    CasePayload,
    Closing,
    Deleted,
    GroupProof,
    Handover,
    Link,
    Receipt,
    Reply,
    TeamPayload,
    Words,
)
from crypto.encoding import Document
from crypto.envelope import NO_PREV, Chain, Envelope, Header, Place, body_hash, seal
from crypto.files import FileManifest
from crypto.keys import AnalystSecret, Card, GroupSecret, Keys, MailboxSecret, Principal, RootSecret
from crypto.outgoing import Outgoing
from crypto.padding import pad
from crypto.passphrase import WordList
from crypto.primitives import H, RandomBytes, aead_seal, derive
from crypto.reporter import Conversation, Draft, Reporter
from crypto.wrapping import WrapKind, wrap

TODAY = date(2026, 3, 2)
ORIGIN = "https://drop.example"
EPOCH = 2
"""The intake group that is current in a directory nobody has changed."""

P = TypeVar("P", bound=Principal)
TeamMaker = Callable[..., TeamPayload]


def stream(name: str) -> RandomBytes:
    """Bytes that are always the same for the same name: BLAKE2b-256 of name and counter."""
    state = {"left": b"", "next": 0}

    def take(length: int) -> bytes:
        left, number = state["left"], state["next"]
        assert isinstance(left, bytes)
        assert isinstance(number, int)
        while len(left) < length:
            block = blake2b(f"{name} {number}".encode(), digest_size=32).digest()
            left, number = left + block, number + 1
        state["left"], state["next"] = left[length:], number
        return left[:length]

    return take


def secret(role: type[P], name: str) -> P:
    """The secret of somebody invented."""
    return role(stream(f"secret of {name}")(SECRET))


@cache
def word_list() -> WordList:
    """The EFF large list, from the package that carries it."""
    return WordList(files("xkcdpass").joinpath("static", "eff-long").read_text("utf-8").split())


class Service:
    """A root and those it certified; makes directories, case groups and mailboxes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root = secret(RootSecret, f"{name} root")
        self.publisher = secret(AnalystSecret, f"{name} publisher")
        self.analyst = secret(AnalystSecret, f"{name} analyst")
        self.colleague = secret(AnalystSecret, f"{name} colleague")
        self.supervisor = secret(AnalystSecret, f"{name} supervisor")
        self.custodian = secret(AnalystSecret, f"{name} custodian")
        self.people = (self.analyst, self.colleague, self.supervisor, self.custodian)
        self.contact = secret(GroupSecret, f"{name} contact group")
        self.intake = {
            epoch: secret(GroupSecret, f"{name} intake {epoch}") for epoch in range(1, 5)
        }
        self.id = self.root.keys.card.id

    # -- papers ---------------------------------------------------------------------------------

    def certificate(
        self,
        subject: Principal,
        role: CertificateRole = CertificateRole.PUBLISHER,
        days: tuple[date, date] = (date(2026, 1, 1), date(2026, 12, 31)),
    ) -> bytes:
        """What the root says of an analyst."""
        return certify(subject.keys.card, role, days, self.root.keys, self.id)

    def past(self, *epochs: int) -> tuple[PastGroup, ...]:
        """Former intake groups, as a directory lists them."""
        cards = [(epoch, self.intake[epoch].keys.card) for epoch in epochs]
        return tuple(PastGroup(epoch, card.id, card.sign) for epoch, card in cards)

    def document(self, epoch: int = EPOCH, **changes: Any) -> Directory:
        """The directory of an epoch, with some members changed."""
        members: dict[str, Any] = {
            "service": self.id,
            "root": self.root.keys.card.to_bytes(),
            "publisher": self.certificate(self.publisher),
            "name": f"The team of {self.name}",
            "origins": (ORIGIN, f"https://{self.name}.example:8443"),
            "seq": epoch,
            "issued": TODAY,
            "expires": TODAY + timedelta(days=14),
            "intake": self.intake_group(epoch),
            "past": self.past(*range(1, epoch)),
            "contact": self.contact.keys.card.to_bytes(),
            "limits": LIMITS,
            "site": NO_SITE,
            "previous": NO_PREVIOUS,
        } | changes
        members["origins"] = tuple(sorted(set(members["origins"])))
        return Directory(**members)

    def intake_group(self, epoch: int, card: bytes | None = None) -> IntakeGroup:
        """A current intake group, as a directory lists it."""
        card = card or self.intake[epoch].keys.card.to_bytes()
        return IntakeGroup(card, epoch, TODAY, TODAY + timedelta(days=30))

    def signed(self, epoch: int = EPOCH, **changes: Any) -> bytes:
        """A directory signed by the publisher."""
        return sign_directory(self.document(epoch, **changes), self.publisher.keys)

    def directory(self, epoch: int = EPOCH, **changes: Any) -> Directory:
        """A directory that was read and verified."""
        return read_directory(self.signed(epoch, **changes), self.id)

    # -- people ---------------------------------------------------------------------------------

    def reporter(self, name: str, epoch: int = EPOCH, **changes: Any) -> Reporter:
        """A reporter under a directory of this service."""
        return Reporter(mailbox(name), self.directory(epoch, **changes), stream(f"{name} writes"))

    def team(
        self,
        *groups: GroupSecret,
        epoch: int = EPOCH,
        analyst: AnalystSecret | None = None,
        name: str = "the team writes",
    ) -> Analyst:
        """An analyst with some groups in the vault; by default the current intake group."""
        return Analyst(
            analyst or self.analyst,
            self.directory(epoch),
            groups or (self.intake[epoch],),
            {each.keys.card.id: each.keys.card.sign for each in self.people},
            stream(name),
            frozenset({self.supervisor.keys.card.id}),
        )

    def case(
        self,
        address: bytes,
        number: int = 1,
        issuer: GroupSecret | None = None,
        before: tuple[bytes, ...] = (),
        name: str = "",
    ) -> "Case":
        """A case group for a mailbox, certified by an intake group or by the one before."""
        group = secret(GroupSecret, f"{self.name} case {number} {name}")
        issuer = issuer or self.intake[EPOCH]
        signed = certify_case(group.keys.card, address, number, issuer.keys, self.id)
        return Case(group, GroupProof(group.keys.card.to_bytes(), (*before, signed)))


@dataclasses.dataclass(frozen=True)
class Case:
    """A case group and what it shows for itself."""

    group: GroupSecret
    proof: GroupProof


def mailbox(name: str) -> MailboxSecret:
    """A reporter's mailbox, without the cost of seven words."""
    return secret(MailboxSecret, f"mailbox of {name}")


# -- payloads of the team -----------------------------------------------------------------------


def receipt(author: bytes, group: GroupProof | None = None, ack: Link | None = None) -> Receipt:
    """Somebody opened what ``ack`` names."""
    return Receipt("receipt", author, group, ack)


def reply(
    author: bytes,
    group: GroupProof | None = None,
    text: str = "Thank you. We have read it.",
    ack: Link | None = None,
    attached: tuple[FileManifest, ...] = (),
) -> Reply:
    """The team's words."""
    return Reply("reply", author, group, "en", text, attached, ack)


def handover(author: bytes, group: GroupProof | None = None) -> Handover:
    """A case group begins."""
    return Handover("handover", author, group, None)


def closing(author: bytes, group: GroupProof | None = None) -> Closing:
    """A case group ends."""
    return Closing("closing", author, group, None)


def deleted(author: bytes, group: GroupProof | None = None, ids: Iterable[bytes] = ()) -> Deleted:
    """The team names what it deleted."""
    return Deleted("deleted", author, group, tuple(sorted(ids)), None)


# -- sealing whatever one likes -----------------------------------------------------------------


def enclose(place: Place, content: bytes, cek: bytes, random_bytes: RandomBytes) -> Envelope:
    """Seal ``content`` as it is: what somebody does who holds a content key and no scruples."""
    com = H(Tag.COMMIT, derive(cek, 2, Context.COMMIT))
    header = Header(place.chain, place.seq, place.mailbox, place.recipient, place.prev, com)
    nonce = random_bytes(NONCE)
    enc = derive(cek, 1, Context.ENCRYPT)
    return Envelope(header, nonce + aead_seal(enc, nonce, pad(content), header.to_bytes()))


def sign_content(place: Place, payload: bytes, cek: bytes, author: Keys, service: bytes) -> bytes:
    """``signature ‖ payload`` for :func:`enclose`."""
    com = H(Tag.COMMIT, derive(cek, 2, Context.COMMIT))
    header = Header(place.chain, place.seq, place.mailbox, place.recipient, place.prev, com)
    return author.sign(place.chain.tag, service, header.to_bytes(), payload) + payload


def store(
    envelope: Envelope, cek: bytes, cards: Iterable[Card], name: str = "", day: date = TODAY
) -> Stored:
    """The row of an envelope, wrapped to ``cards``."""
    random_bytes = stream(f"wraps {name}")
    names = (envelope.id,)
    wraps = {card.id: wrap(cek, WrapKind.ENVELOPE, names, card, random_bytes) for card in cards}
    return Stored(
        envelope.header.to_bytes(), body_hash(envelope.body), envelope.body, wraps, day, None
    )


def arrive(outgoing: Outgoing, day: date = TODAY) -> Stored:
    """The row a server keeps of what it was sent."""
    envelope = outgoing.envelope
    return Stored(
        envelope.header.to_bytes(),
        body_hash(envelope.body),
        envelope.body,
        dict(outgoing.wraps),
        day,
        None,
    )


def stub(row: Stored, note: bytes | None = None) -> Stored:
    """What is left of a row whose body was deleted."""
    return dataclasses.replace(row, body=None, wraps={}, deleted=note)


class Mailbox:
    """What a server holds of one mailbox, and the honest ways to add to it."""

    def __init__(self, service: Service, name: str = "ann", epoch: int = EPOCH) -> None:
        self.service = service
        self.name = name
        self.secret = mailbox(name)
        self.card = self.secret.keys.card
        self.address = self.card.id
        self.reporter = service.reporter(name, epoch)
        self.rows: dict[Chain, list[Stored]] = {chain: [] for chain in Chain}
        self._random_bytes = stream(f"written to {name}")

    def report(self, text: str = "An invented report.", **members: Any) -> Stored:
        """The reporter's first envelope."""
        return self._keep(self.reporter.report(Draft(text, **members), TODAY))

    def message(self, text: str = "One thing more.", **members: Any) -> Stored:
        """What she writes later, after reading what is here."""
        return self._keep(self.reporter.message(Draft(text, **members), self.read(), TODAY))

    def _keep(self, outgoing: Outgoing) -> Stored:
        row = arrive(outgoing)
        self.rows[outgoing.envelope.header.chain].append(row)
        return row

    def post(self, *outgoing: Outgoing) -> None:
        """Store what a client sent."""
        for each in outgoing:
            self._keep(each)

    def say(
        self,
        author: GroupSecret | Case,
        make: TeamMaker = reply,
        signer: Principal | None = None,
        wraps: Iterable[Card] | None = None,
        **members: Any,
    ) -> Stored:
        """The next ``team`` envelope, in the name of ``author`` and signed by ``signer``."""
        group, proof = (author.group, author.proof) if isinstance(author, Case) else (author, None)
        payload = make(group.keys.card.id, proof, **members)
        row = self.make(payload, signer or group, wraps)
        self.rows[Chain.TEAM].append(row)
        return row

    def make(
        self, payload: Document, signer: Principal, wraps: Iterable[Card] | None = None
    ) -> Stored:
        """A ``team`` row for the next place of the chain, not yet put there."""
        place = self.place()
        envelope, cek = seal(
            place, payload.to_bytes(), None, signer.keys, self.service.id, self._random_bytes
        )
        if wraps is None:
            wraps = (self.card, self.service.intake[EPOCH].keys.card)
        return store(envelope, cek, wraps, f"{self.name} {place.seq}")

    def enter(
        self,
        make: Callable[[bytes], CasePayload],
        signer: Principal,
        cards: Sequence[Card],
        text: str = "",
    ) -> Stored:
        """The next ``case`` entry, ``make`` of the hash of its words, sealed to ``cards``."""
        words = Words(self._random_bytes(SECRET), text)
        place = dataclasses.replace(self.place(Chain.CASE), recipient=cards[0].id)
        envelope, cek = seal(
            place,
            make(words.hash).to_bytes(),
            words.to_bytes(),
            signer.keys,
            self.service.id,
            self._random_bytes,
        )
        row = store(envelope, cek, cards, f"{self.name} case {place.seq}")
        self.rows[Chain.CASE].append(row)
        return row

    def place(self, chain: Chain = Chain.TEAM) -> Place:
        """The next place of a chain."""
        rows = self.rows[chain]
        prev = rows[-1].id if rows else NO_PREV
        return Place(chain, len(rows), self.address, self.address, prev)

    def read(self, reporter: Reporter | None = None) -> Conversation:
        """The mailbox as its reporter sees it."""
        reader = reporter or self.reporter
        return reader.read(self.rows[Chain.REPORTER], self.rows[Chain.TEAM])

    def file(self, analyst: Analyst | None = None) -> CaseFile:
        """The mailbox as the team sees it."""
        return (analyst or self.service.team()).read(self.address, self.rows)


def intake_author(service: Service, epoch: int) -> Author:
    """An intake group as ``find_author`` gives it."""
    card = service.intake[epoch].keys.card
    return Author(card.id, card.sign, epoch)


def flipped(data: bytes, index: int, bit: int) -> bytes:
    """``data`` with one bit changed."""
    return data[:index] + bytes([data[index] ^ 1 << bit]) + data[index + 1 :]
