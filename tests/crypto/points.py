"""Public keys that no honest program makes, with what is wrong with each (P13, P14)."""

from nacl.bindings import crypto_core_ed25519_add

from crypto.primitives import ed25519_keypair

P = 2**255 - 19
Q = 3329
"""ML-KEM's modulus; coefficients of an encapsulation key are 12-bit numbers below it."""


def _u(number: int) -> bytes:
    return number.to_bytes(32, "little")


# Order 8, both signs of y, in one pair each.
_EIGHTH = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
_OTHER_EIGHTH = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")


def signed(point: bytes) -> bytes:
    """The same y with the sign bit of x set."""
    return point[:31] + bytes([point[31] | 0x80])


ED25519_SMALL_ORDER = {
    "identity": _u(1),
    "order 2": _u(P - 1),
    "order 4": _u(0),
    "order 4, negative": signed(_u(0)),
    "order 8": _EIGHTH,
    "order 8, negative": signed(_EIGHTH),
    "order 8, other": _OTHER_EIGHTH,
    "order 8, other, negative": signed(_OTHER_EIGHTH),
}
"""All eight points whose order divides the cofactor."""

ED25519_NOT_CANONICAL = {
    "identity with a sign": signed(_u(1)),
    "order 2 with a sign": signed(_u(P - 1)),
    "p for 0": _u(P),
    "p for 0, with a sign": signed(_u(P)),
    "p + 1 for 1": _u(P + 1),
    "p + 1 for 1, with a sign": signed(_u(P + 1)),
    "p + 3 for 3": _u(P + 3),
    "2^255 - 1": _u(2**255 - 1),
    "2^256 - 1": _u(2**256 - 1),
}
"""Second spellings: y at or above p, or a sign where x is 0."""

HONEST = ed25519_keypair(b"\x05" * 32)[0]

ED25519_MIXED = {
    f"a good key plus a point of {name}": crypto_core_ed25519_add(HONEST, point)
    for name, point in ED25519_SMALL_ORDER.items()
    if name != "identity"
}
"""On the curve and canonical, and not in the group of prime order."""

ED25519_OFF_CURVE = {"y = 2": _u(2), "y = 2, with a sign": signed(_u(2))}

BAD_ED25519 = ED25519_SMALL_ORDER | ED25519_NOT_CANONICAL | ED25519_MIXED | ED25519_OFF_CURVE

X25519_SMALL_ORDER = {
    "0": _u(0),
    "1": _u(1),
    "order 8": bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    "order 8, other": bytes.fromhex(
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"
    ),
    "p - 1": _u(P - 1),
}

X25519_ALIASED = {
    "p for 0": _u(P),
    "p + 1 for 1": _u(P + 1),
    "p + 9 for the base point": _u(P + 9),
    "2^255 - 1": _u(2**255 - 1),
    "base point with the top bit": signed(_u(9)),
    "0 with the top bit": signed(_u(0)),
    "order 8 with the top bit": signed(X25519_SMALL_ORDER["order 8"]),
    "2^256 - 1": _u(2**256 - 1),
}

BAD_X25519 = X25519_SMALL_ORDER | X25519_ALIASED


def unreduced(key: bytes, coefficient: int = 0, value: int = Q) -> bytes:
    """An ML-KEM-768 key with one coefficient replaced by a number that is not below q."""
    at = coefficient // 2 * 3
    pair = int.from_bytes(key[at : at + 3], "little")
    shift = 12 * (coefficient % 2)
    pair = pair & ~(0xFFF << shift) | value << shift
    return key[:at] + pair.to_bytes(3, "little") + key[at + 3 :]
