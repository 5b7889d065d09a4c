"""Vectors of what is sealed: wraps, envelopes, files, contact details; and of log-in."""

from dataclasses import replace

from crypto.constants import KEM_CIPHERTEXT, NONCE, PART, Context, Tag
from crypto.documents import Note, Words
from crypto.envelope import NO_PREV, Chain, Envelope, Place, body_hash
from crypto.errors import (
    DoesNotOpen,
    FilesDiffer,
    Locked,
    Malformed,
    NotCanonical,
    ProtocolError,
    UnknownVersion,
    WrongCommitment,
    WrongId,
    WrongLength,
    WrongPadding,
    WrongPoint,
    WrongSignature,
)
from crypto.files import file_hash, padded_size, part_count, part_hash
from crypto.keys import Principal
from crypto.login import answer
from crypto.padding import pad
from crypto.primitives import H, aead_seal, box_seal, derive
from crypto.wrapping import WrapKind
from tests.crypto.points import BAD_ED25519
from tests.crypto.test_envelope import salamander
from tests.crypto.world import (
    ORIGIN,
    Service,
    enclose,
    flipped,
    mailbox,
    receipt,
    reply,
    sign_content,
    stream,
)
from tests.vectors.case import Case, KeptWraps, Value, b64, bad, good

SERVICE = Service("drop")
ANN, BEN = mailbox("ann"), mailbox("ben")
INTAKE = SERVICE.intake[2]


def wrap_cases(kept: KeptWraps) -> list[Case]:
    """Opening wraps, at their own place and elsewhere."""
    secret, one, two = stream("wrapped")(32), b"\x01" * 32, b"\x02" * 32

    def given(
        principal: Principal, kind: WrapKind, names: tuple[bytes, ...], wrapped: bytes
    ) -> dict[str, Value]:
        return {
            "reader": b64(principal.expose()),
            "kind": kind.value,
            "names": [b64(name) for name in names],
            "wrap": b64(wrapped),
        }

    places = {
        WrapKind.ENVELOPE: (one,),
        WrapKind.HALF: (one,),
        WrapKind.GRANT: (one, two),
    }
    wraps = {kind: kept.wrap(secret, kind, names, ANN.keys) for kind, names in places.items()}
    cases = [
        good(kind.value, given(ANN, kind, names, wraps[kind]), secret=b64(secret))
        for kind, names in places.items()
    ]
    whole = wraps[WrapKind.ENVELOPE]
    bare = box_seal(ANN.keys.card.box, secret.ljust(KEM_CIPHERTEXT + 48, b"\x00"), stream("bare"))
    grant = places[WrapKind.GRANT]
    refused: dict[str, tuple[dict[str, Value], type[ProtocolError]]] = {
        "another reader": (given(BEN, WrapKind.ENVELOPE, (one,), whole), DoesNotOpen),
        "another kind": (given(ANN, WrapKind.HALF, (one,), whole), DoesNotOpen),
        "another name": (given(ANN, WrapKind.ENVELOPE, (two,), whole), DoesNotOpen),
        "no name": (given(ANN, WrapKind.ENVELOPE, (), whole), DoesNotOpen),
        "a name more": (given(ANN, WrapKind.ENVELOPE, (one, two), whole), DoesNotOpen),
        "names swapped": (
            given(ANN, WrapKind.GRANT, grant[::-1], wraps[WrapKind.GRANT]),
            DoesNotOpen,
        ),
        "names joined": (
            given(ANN, WrapKind.GRANT, (one + two,), wraps[WrapKind.GRANT]),
            DoesNotOpen,
        ),
        "without the ML-KEM layer": (given(ANN, WrapKind.ENVELOPE, (one,), bare), DoesNotOpen),
        "a byte short": (given(ANN, WrapKind.ENVELOPE, (one,), whole[:-1]), WrongLength),
        "a byte more": (given(ANN, WrapKind.ENVELOPE, (one,), whole + b"\x00"), WrongLength),
        "nothing": (given(ANN, WrapKind.ENVELOPE, (one,), b""), WrongLength),
    }
    for name, at, bit in (
        ("a bit of the ephemeral key", 0, 0),
        ("the top bit of the ephemeral key", 31, 7),
        ("a bit of the ciphertext", 500, 3),
        ("the last bit", 1183, 7),
    ):
        changed = flipped(whole, at, bit)
        refused[name] = (given(ANN, WrapKind.ENVELOPE, (one,), changed), DoesNotOpen)
    return cases + [bad(name, each, error) for name, (each, error) in refused.items()]


# -- envelopes ----------------------------------------------------------------------------------

TEAM_PLACE = Place(Chain.TEAM, 0, ANN.keys.card.id, ANN.keys.card.id, NO_PREV)


def sealed_by(
    place: Place, payload: bytes, words: bytes | None, author: Principal, name: str
) -> tuple[Envelope, bytes]:
    """An envelope as ``seal`` makes it, and its content key."""
    cek = stream(f"cek {name}")(32)
    content = sign_content(place, payload, cek, author.keys, SERVICE.id)
    if words is not None:
        length = len(payload).to_bytes(8, "little")
        content = content[:64] + length + payload + words
    return enclose(place, content, cek, stream(f"nonce {name}")), cek


def row_of(
    envelope: Envelope, cek: bytes, readers: tuple[Principal, ...], kept: KeptWraps
) -> dict[str, Value]:
    """What a server gives of an envelope."""
    names = (envelope.id,)
    return {
        "header": b64(envelope.header.to_bytes()),
        "hash_of_body": b64(body_hash(envelope.body)),
        "body": b64(envelope.body),
        "wraps": {
            b64(reader.keys.card.id): b64(kept.wrap(cek, WrapKind.ENVELOPE, names, reader.keys))
            for reader in readers
        },
    }


def _good_envelopes(kept: KeptWraps) -> list[Case]:
    words = Words(bytes(32), "An internal note.")
    author = SERVICE.analyst.keys.card.id
    case_place = Place(Chain.CASE, 3, ANN.keys.card.id, INTAKE.keys.card.id, b"\x03" * 32)
    long = reply(INTAKE.keys.card.id, text="Ŵ🌿" * 6000).to_bytes()
    made = {
        "a reply": (TEAM_PLACE, reply(INTAKE.keys.card.id).to_bytes(), None, INTAKE, ANN),
        "a long reply": (TEAM_PLACE, long, None, INTAKE, ANN),
        "a note": (
            case_place,
            Note("note", author, words.hash).to_bytes(),
            words.to_bytes(),
            SERVICE.analyst,
            INTAKE,
        ),
    }
    cases = []
    for name, (place, payload, extra, signer, reader) in made.items():
        envelope, cek = sealed_by(place, payload, extra, signer, name)
        given = {"reader": b64(reader.expose())} | row_of(envelope, cek, (reader,), kept)
        cases.append(
            good(
                name,
                given,
                id=b64(envelope.id),
                signature=b64(
                    signer.keys.sign(
                        place.chain.tag, SERVICE.id, envelope.header.to_bytes(), payload
                    )
                ),
                payload=b64(payload),
                words=None if extra is None else b64(extra),
            )
        )
    return cases


def envelope_cases(kept: KeptWraps) -> list[Case]:
    """Opening envelopes: one for each check that can fail."""
    payload = receipt(INTAKE.keys.card.id).to_bytes()
    envelope, cek = sealed_by(TEAM_PLACE, payload, None, INTAKE, "a receipt")
    row = row_of(envelope, cek, (ANN,), kept)
    header, body = envelope.header.to_bytes(), envelope.body
    reader = {"reader": b64(ANN.expose())}
    address = b64(ANN.keys.card.id)

    def changed(**members: Value) -> dict[str, Value]:
        return reader | row | members

    def other(envelope: Envelope, key: bytes) -> dict[str, Value]:
        return reader | row_of(envelope, key, (ANN,), kept)

    enc = derive(cek, 1, Context.ENCRYPT)

    def plain(content: bytes) -> Envelope:
        nonce = body[:NONCE]
        return Envelope(envelope.header, nonce + aead_seal(enc, nonce, content, header))

    double, keys = salamander()
    double = replace(double, header=replace(double.header, chain=Chain.TEAM))
    case_place = replace(TEAM_PLACE, chain=Chain.CASE)
    parts = enclose(
        case_place, bytes(64) + (99).to_bytes(8, "little") + b"{}", cek, stream("parts")
    )
    flipped_body = Envelope(envelope.header, flipped(body, 5000, 0))
    return [
        *_good_envelopes(kept),
        bad("version 0", changed(header=b64(b"\x00" + header[1:])), UnknownVersion),
        bad("version 2", changed(header=b64(b"\x02" + header[1:])), UnknownVersion),
        bad("an unknown chain", changed(header=b64(b"\x01\x04" + header[2:])), Malformed),
        bad("place 1 without a prev", changed(header=b64(flipped(header, 2, 0))), Malformed),
        bad("place 0 with a prev", changed(header=b64(flipped(header, 80, 0))), Malformed),
        bad("a short header", changed(header=b64(header[:-1])), WrongLength),
        bad("a short body", changed(body=b64(body[:-1])), WrongLength),
        bad("another body than the hash says", changed(body=b64(flipped(body, 5000, 0))), WrongId),
        bad("no wrap", changed(wraps={}), Locked),
        bad(
            "the wrap of another envelope",
            changed(wraps=other(double, keys[0])["wraps"]),
            DoesNotOpen,
        ),
        bad(
            "a header of another mailbox", changed(header=b64(flipped(header, 10, 0))), DoesNotOpen
        ),
        bad("a wrap of no length", changed(wraps={address: ""}), WrongLength),
        bad("two texts, the key it does not commit to", other(double, keys[1]), WrongCommitment),
        bad("a body changed by who holds the key", other(flipped_body, cek), DoesNotOpen),
        bad("no mark in the padding", other(plain(bytes(16384)), cek), WrongPadding),
        bad(
            "bytes behind the padding", other(plain(pad(payload)[:-1] + b"\x01"), cek), WrongPadding
        ),
        bad("content shorter than a signature", other(plain(pad(bytes(63))), cek), WrongLength),
        bad("a case entry whose parts do not fit", other(parts, cek), WrongLength),
    ]


# -- files --------------------------------------------------------------------------------------


def file_cases() -> list[Case]:
    """Files: ``size`` bytes of ``fill``, sealed in parts that are read in ``order``."""
    file, key = stream("file")(32), stream("file key")(32)

    def hashes(size: int, nonces: list[bytes]) -> list[bytes]:
        whole = (b"\xab" * size).ljust(padded_size(size), b"\x00")
        return [
            part_hash(
                nonce
                + aead_seal(
                    derive(key, index, Context.PART),
                    nonce,
                    whole[index * PART : (index + 1) * PART],
                    file + index.to_bytes(8, "little"),
                )
            )
            for index, nonce in enumerate(nonces)
        ]

    def given(size: int, **changes: Value) -> tuple[dict[str, Value], list[bytes]]:
        nonces = [stream(f"nonce {index}")(24) for index in range(part_count(size))]
        sealed = hashes(size, nonces)
        return {
            "id": b64(file),
            "key": b64(key),
            "size": size,
            "fill": 0xAB,
            "nonces": [b64(nonce) for nonce in nonces],
            "hash": b64(file_hash(sealed)),
            "order": list(range(len(nonces))),
            "flip": None,
            "tail": None,
        } | changes, sealed

    cases = []
    for size in (0, 1, 16384, 16385, PART, PART + 1, 2 * PART + 5):
        each, sealed = given(size)
        cases.append(good(f"{size:,} bytes", each, parts=[b64(one) for one in sealed]))
    three = 2 * PART + 5
    assert part_count(three) == 3
    refused: dict[str, tuple[dict[str, Value], type[ProtocolError]]] = {
        "no part": (given(three, order=[])[0], FilesDiffer),
        "the last part missing": (given(three, order=[0, 1])[0], FilesDiffer),
        "the first part missing": (given(three, order=[1, 2])[0], DoesNotOpen),
        "two parts swapped": (given(three, order=[1, 0, 2])[0], DoesNotOpen),
        "a part repeated": (given(three, order=[0, 0, 2])[0], DoesNotOpen),
        "a part added": (given(three, order=[0, 1, 2, 2])[0], FilesDiffer),
        "another hash": (given(three, hash=b64(bytes(32)))[0], FilesDiffer),
        "another id": (given(5, hash=given(5)[0]["hash"], flip=[0, 30, 0])[0], DoesNotOpen),
        "a bit of the last tag": (given(5, flip=[0, 16384 + 24 + 15, 7])[0], DoesNotOpen),
        "a part a byte short": (given(5, flip=[0, -1, 0])[0], FilesDiffer),
        "a tail that is not zeros": (given(5, tail=16383)[0], FilesDiffer),
    }
    return cases + [bad(name, each, error) for name, (each, error) in refused.items()]


# -- contact details ----------------------------------------------------------------------------


def contact_cases(kept: KeptWraps) -> list[Case]:
    """Contact details: both halves open them, one does not."""
    details = "Call after six: +00 000 0000. Žluť 🌿"
    first, second, nonce = (
        stream(f"contact {name}")(n) for name, n in (("A", 32), ("B", 32), ("n", 24))
    )
    address, group = ANN.keys.card.id, SERVICE.contact
    key = H(Tag.CONTACT, first, second)
    sealed = nonce + aead_seal(key, nonce, details.encode(), address)
    latin = nonce + aead_seal(key, nonce, b"caf\xe9", address)
    wrapped = kept.wrap(second, WrapKind.HALF, (address,), group.keys)

    def given(**changes: Value) -> dict[str, Value]:
        return {
            "reader": b64(group.expose()),
            "mailbox": b64(address),
            "first": b64(first),
            "second": b64(wrapped),
            "sealed": b64(sealed),
        } | changes

    return [
        good("both halves", given(), half=b64(second), details=details),
        bad("another group", given(reader=b64(INTAKE.expose())), DoesNotOpen),
        bad("another mailbox", given(mailbox=b64(BEN.keys.card.id)), DoesNotOpen),
        bad("another first half", given(first=b64(bytes(32))), DoesNotOpen),
        bad("a bit of the details", given(sealed=b64(flipped(sealed, 30, 0))), DoesNotOpen),
        bad("a bit of the wrapped half", given(second=b64(flipped(wrapped, 30, 0))), DoesNotOpen),
        bad("no details", given(sealed=""), DoesNotOpen),
        bad("details that are not UTF-8", given(sealed=b64(latin)), NotCanonical),
    ]


# -- log-in -------------------------------------------------------------------------------------


def answer_cases() -> list[Case]:
    """A client's answer to a challenge."""
    return [
        good(
            name,
            {
                "reader": b64(ANN.expose()),
                "service": b64(SERVICE.id),
                "origin": origin,
                "challenge": challenge,
            },
            address=b64(ANN.keys.card.id),
            signature=b64(answer(ANN.keys, SERVICE.id, origin, challenge)),
        )
        for name, origin, challenge in (
            ("an answer", ORIGIN, "token.of_the-server"),
            ("at another origin", "http://abcdefgh.onion:8080", "token.of_the-server"),
            ("an empty challenge", ORIGIN, ""),
        )
    ]


def login_cases() -> list[Case]:
    """A server's check of an answer."""
    card, challenge = ANN.keys.card, "token.of_the-server"
    signature = answer(ANN.keys, SERVICE.id, ORIGIN, challenge)

    def given(**changes: Value) -> dict[str, Value]:
        return {
            "auth": b64(card.auth),
            "keys_hash": b64(card.keys_hash),
            "service": b64(SERVICE.id),
            "origin": ORIGIN,
            "challenge": challenge,
            "signature": b64(signature),
        } | changes

    header = b64(
        ANN.keys.sign(Tag.SIGN_LOGIN, SERVICE.id, ORIGIN.encode(), card.id, challenge.encode())
    )
    return [
        good("a right answer", given(), address=b64(card.id)),
        bad("another origin", given(origin="https://evil.example"), WrongSignature),
        bad("another challenge", given(challenge=challenge + "x"), WrongSignature),
        bad(
            "origin and challenge moved",
            given(origin=ORIGIN + "t", challenge=challenge[1:]),
            WrongSignature,
        ),
        bad("another service", given(service=b64(bytes(32))), WrongSignature),
        bad("another hash of keys", given(keys_hash=b64(bytes(32))), WrongSignature),
        bad("another key", given(auth=b64(BEN.keys.card.auth)), WrongSignature),
        bad("signed with the other key", given(signature=header), WrongSignature),
        bad("a short signature", given(signature=b64(signature[:63])), WrongSignature),
        bad("a short key", given(auth=b64(card.auth[:31])), WrongLength),
        *[
            bad(
                f"key: {name}",
                given(auth=b64(point), signature=b64((1).to_bytes(32, "little") + bytes(32))),
                WrongPoint,
            )
            for name, point in BAD_ED25519.items()
        ],
    ]
