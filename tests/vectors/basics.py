"""Vectors of what everything is built from: hashes, keys, words, points, padding."""

from base64 import b32encode
from hashlib import blake2b, pbkdf2_hmac
from importlib.resources import files

import nacl.bindings as sodium

from crypto.constants import CARD, Context, Tag
from crypto.errors import (
    NotCanonical,
    UnknownWord,
    WrongLength,
    WrongNumberOfWords,
    WrongPadding,
    WrongPoint,
    WrongProof,
    WrongSignature,
)
from crypto.keys import MailboxSecret
from crypto.passphrase import LIST_HASH
from crypto.primitives import ed25519_keypair, kem_private, kem_public_bytes
from tests.crypto.points import BAD_ED25519, BAD_X25519, HONEST, unreduced
from tests.crypto.test_passphrase import SPELLINGS, TYPED, WORDS
from tests.crypto.test_primitives import ORDER
from tests.crypto.world import flipped, secret, stream
from tests.vectors.case import Case, Value, b64, bad, good

SERVICE = stream("vector service")(32)
ANN = secret(MailboxSecret, "ann")


def h(tag: str, *parts: bytes) -> bytes:
    """``H`` once more, from the protocol's words alone."""
    state = blake2b(bytes([len(tag)]) + tag.encode("ascii"), digest_size=32)
    for part in parts:
        state.update(len(part).to_bytes(8, "little") + part)
    return state.digest()


def hash_cases() -> list[Case]:
    """``H(tag, parts…)``."""
    random_bytes = stream("hash")
    inputs: list[tuple[str, tuple[bytes, ...]]] = [
        ("no parts", ()),
        ("one empty part", (b"",)),
        ("two empty parts", (b"", b"")),
        ("ab, c", (b"ab", b"c")),
        ("a, bc", (b"a", b"bc")),
        ("abc", (b"abc",)),
        ("a long part", (random_bytes(1000),)),
    ]
    cases = [
        good(
            name,
            {"tag": Tag.CARD.value, "parts": [b64(p) for p in parts]},
            hash=b64(h(Tag.CARD, *parts)),
        )
        for name, parts in inputs
    ]
    return cases + [
        good(f"tag {tag}", {"tag": tag.value, "parts": [b64(b"part")]}, hash=b64(h(tag, b"part")))
        for tag in Tag
    ]


def kdf_cases() -> list[Case]:
    """``KDF(key, number, context)``, with the check value of libsodium first."""
    key = b"\x07" * 32
    check = bytes.fromhex("f57514cc2a9d018d6ddadb146751dec0ee61a5ecfeed0422d142964a3c1c933b")
    cases = [
        good(
            "libsodium's check value",
            {"key": b64(key), "number": 5, "context": "mailboxs"},
            key=b64(check),
        )
    ]
    for context in Context:
        for number in (0, 1, 2**32, 2**53 - 1):
            derived = blake2b(
                b"",
                digest_size=32,
                key=key,
                salt=number.to_bytes(8, "little") + bytes(8),
                person=context.encode() + bytes(8),
            ).digest()
            given = {"key": b64(key), "number": number, "context": context.value}
            cases.append(good(f"{context} {number}", given, key=b64(derived)))
    return cases


def padding_cases() -> list[Case]:
    """How long things are once padded: an envelope's content, a file."""
    table = {
        0: (16384, 16384),
        1: (16384, 16384),
        16383: (16384, 16384),
        16384: (17408, 16384),
        16385: (17408, 17408),
        100_000: (100_352, 100_352),
        1_048_576: (1_081_344, 1_048_576),
        1_048_648: (1_081_344, 1_081_344),
    }
    cases = [
        good(f"{length:,} bytes", {"length": length}, content=content, file=file)
        for length, (content, file) in table.items()
    ]
    return [
        *cases,
        good("2 GiB", {"length": 2**31}, content=2**31 + 2**26, file=2**31),
        good("2 GiB less a byte", {"length": 2**31 - 1}, content=2**31, file=2**31),
    ]


def unpad_cases() -> list[Case]:
    """Taking padding off: ``start``, then so many zeros."""

    def given(start: bytes, zeros: int) -> dict[str, object]:
        return {"start": b64(start), "zeros": zeros}

    return [
        good("a text", given(b"text\x80", 16379), content=b64(b"text")),
        good("nothing", given(b"\x80", 16383), content=""),
        good(
            "a text that ends like padding", given(b"\x80\x00\x80", 16381), content=b64(b"\x80\x00")
        ),
        bad("nothing at all", given(b"", 0), WrongPadding),
        bad("only zeros", given(b"", 16384), WrongPadding),
        bad("no mark", given(b"text", 16380), WrongPadding),
        bad("another mark", given(b"text\x81", 16379), WrongPadding),
        bad("one zero less", given(b"text\x80", 16378), WrongPadding),
        bad("one zero more", given(b"text\x80", 16380), WrongPadding),
        bad("the next size", given(b"text\x80", 16891), WrongPadding),
    ]


def spelling_cases() -> list[Case]:
    """What people type, and the seven words it stands for."""
    cases = [good(name, {"typed": typed}, words=TYPED) for name, typed in SPELLINGS.items()]
    six, eight = " ".join(WORDS[:6]), f"{TYPED} zoom"
    return [
        *cases,
        bad("an umlaut", {"typed": TYPED.replace("zoom", "zöom")}, UnknownWord),
        bad("a Cyrillic letter", {"typed": TYPED.replace("zoom", "zoоm")}, UnknownWord),
        bad("all in one word", {"typed": TYPED.replace(" ", "")}, UnknownWord),
        bad("a dotless i", {"typed": TYPED.replace("i", "ı")}, UnknownWord),
        bad("a hyphenated word", {"typed": f"yo-yo {six}"}, UnknownWord),
        bad("nothing", {"typed": ""}, WrongNumberOfWords),
        bad("six words", {"typed": six}, WrongNumberOfWords),
        bad("eight words", {"typed": eight}, WrongNumberOfWords),
    ]


def word_cases() -> list[Case]:
    """The list, and words drawn from given random bytes."""
    whole = files("xkcdpass").joinpath("static", "eff-long").read_text("utf-8").split()
    words = [word for word in whole if "-" not in word]
    cases = [
        good(
            "the list",
            {"random": None},
            length=7772,
            hash=LIST_HASH,
            first=words[0],
            last=words[-1],
        )
    ]
    draws = {
        "the first seven": b"".join(n.to_bytes(2, "little") for n in range(7)),
        "the last seven": b"".join((62175 - n).to_bytes(2, "little") for n in range(7)),
        "numbers above the limit are drawn again": b"\xff\xff\xe0\xf2" + bytes(14),
        "some words": stream("some words")(40),
    }
    for name, random in draws.items():
        numbers = [int.from_bytes(random[i : i + 2], "little") for i in range(0, len(random), 2)]
        drawn = [words[number % 7772] for number in numbers if number < 62176][:7]
        cases.append(good(name, {"random": b64(random)}, words=" ".join(drawn)))
    return cases


def mailbox_cases() -> list[Case]:
    """From seven words to an address: Argon2id, salted with the service."""
    cases = []
    for name, words, service in (
        ("some words", WORDS, SERVICE),
        ("the same words elsewhere", WORDS, b"\x02" * 32),
        ("the same words in another order", WORDS[::-1], SERVICE),
    ):
        salt = h(Tag.SALT, service)[:16]
        derived = sodium.crypto_pwhash_alg(
            32, " ".join(words).encode(), salt, 2, 19 * 2**20, sodium.crypto_pwhash_ALG_ARGON2ID13
        )
        given = {"words": " ".join(words), "service": b64(service)}
        address = MailboxSecret(derived).keys.card.id
        cases.append(good(name, given, secret=b64(derived), address=b64(address)))
    return cases


def key_cases() -> list[Case]:
    """From a secret to its card."""
    cases = []
    for name, whole in (("zeros", bytes(32)), ("ones", b"\xff" * 32), ("ann", ANN.expose())):
        card = MailboxSecret(whole).keys.card
        inner = h(Tag.KEYS, card.sign + card.box + card.kem)
        identifier = h(Tag.CARD, card.auth, inner)
        fingerprint = b32encode(identifier[:20]).decode().lower()
        cases.append(
            good(
                name,
                {"secret": b64(whole)},
                card=b64(card.auth + card.sign + card.box + card.kem),
                keys_hash=b64(inner),
                id=b64(identifier),
                fingerprint=fingerprint,
            )
        )
    return cases


def fingerprint_cases() -> list[Case]:
    """What people type when they compare."""
    printed = ANN.keys.card.fingerprint
    spaced = " ".join(printed[at : at + 4] for at in range(0, 32, 4))
    twenty = b64(ANN.keys.card.id[:20])
    return [
        good("as printed", {"typed": printed}, fingerprint=twenty),
        good("in groups", {"typed": spaced}, fingerprint=twenty),
        good("with hyphens", {"typed": spaced.replace(" ", "-")}, fingerprint=twenty),
        good("in capitals", {"typed": printed.upper()}, fingerprint=twenty),
        *[
            bad(name, {"typed": typed}, NotCanonical)
            for name, typed in {
                "nothing": "",
                "one short": printed[:-1],
                "one more": printed + "a",
                "a digit there is not": "0" + printed[1:],
                "with padding": printed[:-2] + "==",
            }.items()
        ],
    ]


def point_cases() -> list[Case]:
    """Public keys to take and to refuse."""
    kem = kem_public_bytes(kem_private(bytes(64)))
    x25519 = ANN.keys.card.box

    def given(kind: str, key: bytes) -> dict[str, object]:
        return {"kind": kind, "key": b64(key)}

    return [
        good("Ed25519: an honest key", given("ed25519", HONEST)),
        good("X25519: an honest key", given("x25519", x25519)),
        good("X25519: the base point", given("x25519", (9).to_bytes(32, "little"))),
        good("ML-KEM-768: an honest key", given("kem", kem)),
        good("ML-KEM-768: the largest coefficient", given("kem", unreduced(kem, 5, 3328))),
        *[
            bad(f"Ed25519: {name}", given("ed25519", key), WrongPoint)
            for name, key in BAD_ED25519.items()
        ],
        *[
            bad(f"X25519: {name}", given("x25519", key), WrongPoint)
            for name, key in BAD_X25519.items()
        ],
        *[
            bad(
                f"ML-KEM-768: coefficient {at} is {value}",
                given("kem", unreduced(kem, at, value)),
                WrongPoint,
            )
            for at in (0, 1, 767)
            for value in (3329, 4095)
        ],
        bad("Ed25519: 31 bytes", given("ed25519", HONEST[:31]), WrongLength),
        bad("X25519: 33 bytes", given("x25519", x25519 + b"\x00"), WrongLength),
        bad("ML-KEM-768: 1,183 bytes", given("kem", kem[:-1]), WrongLength),
    ]


def card_cases() -> list[Case]:
    """Importing a card."""
    card = ANN.keys.card
    data = card.to_bytes()
    ed25519, x25519 = BAD_ED25519["order 8"], BAD_X25519["base point with the top bit"]
    return [
        good("an honest card", {"card": b64(data)}, id=b64(card.id)),
        bad("a byte short", {"card": b64(data[:-1])}, WrongLength),
        bad("a byte more", {"card": b64(data + b"\x00")}, WrongLength),
        bad("nothing", {"card": ""}, WrongLength),
        bad("auth of small order", {"card": b64(ed25519 + data[32:])}, WrongPoint),
        bad("sign of small order", {"card": b64(data[:32] + ed25519 + data[64:])}, WrongPoint),
        bad("box aliased", {"card": b64(data[:64] + x25519 + data[96:])}, WrongPoint),
        bad("box with its top bit set", {"card": b64(flipped(data, 95, 7))}, WrongPoint),
        bad("kem not reduced", {"card": b64(data[:96] + unreduced(data[96:]))}, WrongPoint),
        bad("only zeros", {"card": b64(bytes(CARD))}, WrongPoint),
    ]


def signature_cases() -> list[Case]:
    """Ed25519, as strict as libsodium."""
    public, private = ed25519_keypair(stream("signer")(32))
    message = b"message"
    signature = sodium.crypto_sign(message, private)[:64]
    s = int.from_bytes(signature[32:], "little")
    identity = (1).to_bytes(32, "little")

    def given(key: bytes, signed: bytes, text: bytes = message) -> dict[str, object]:
        return {"key": b64(key), "signature": b64(signed), "message": b64(text)}

    cases = [good("a signature", given(public, signature))]
    refused = {
        "another message": given(public, signature, b"massage"),
        "another key": given(HONEST, signature),
        "S plus L": given(public, signature[:32] + (s + ORDER).to_bytes(32, "little")),
        "S plus 8 L": given(public, signature[:32] + (s + 8 * ORDER).to_bytes(32, "little")),
        "a byte short": given(public, signature[:63]),
        "a byte more": given(public, signature + b"\x00"),
        "zeros": given(public, bytes(64)),
        "a bit of R": given(public, flipped(signature, 3, 1)),
        "a bit of S": given(public, flipped(signature, 40, 1)),
    }
    for name, point in BAD_ED25519.items():
        refused[f"key: {name}"] = given(point, identity + bytes(32))
        refused[f"R: {name}"] = given(public, point + signature[32:])
    return cases + [bad(name, each, WrongSignature) for name, each in refused.items()]


def work_cases() -> list[Case]:
    """Proofs of work: right, wrong, and for another question."""
    service, subject, token = SERVICE, ANN.keys.card.id, "token.of_the-server"

    def zeros(counter: int) -> int:
        """How many zero bits a counter gives, from the protocol's words alone."""
        seed = h(Tag.WORK, service, token.encode(), subject)
        digest = pbkdf2_hmac("sha256", seed, counter.to_bytes(8, "little"), 100)
        return 256 - int.from_bytes(digest, "big").bit_length()

    def given(counter: int, difficulty: int, **changes: Value) -> dict[str, Value]:
        return {
            "service": b64(service),
            "token": token,
            "subject": b64(subject),
            "counter": counter,
            "difficulty": difficulty,
        } | changes

    first = {bits: next(c for c in range(2**20) if zeros(c) >= bits) for bits in (1, 4, 8, 10)}
    exact = zeros(first[8])
    return [
        *[good(f"{bits} bits", given(counter, bits)) for bits, counter in first.items()],
        good("nothing is asked for", given(0, 0)),
        good("the largest counter, nothing asked for", given(2**53 - 1, 0)),
        bad("one bit too few", given(first[8], exact + 1), WrongProof),
        bad("the counter before", given(first[10] - 1, 10), WrongProof),
        bad("another subject", given(first[10], 10, subject=b64(bytes(32))), WrongProof),
        bad("another token", given(first[10], 10, token=token + "x"), WrongProof),
        bad("another service", given(first[10], 10, service=b64(bytes(32))), WrongProof),
        bad("a counter above the integers", given(2**53, 0), WrongProof),
    ]
