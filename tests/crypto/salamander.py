"""One XChaCha20-Poly1305 ciphertext that opens to two texts under two keys (P10).

Poly1305 adds up ``block · r^k`` over the blocks, modulo ``2^130 - 5``, and then adds ``s`` modulo
``2^128``. Both ``r`` and ``s`` come from the key. With two keys, and two blocks left free, the
condition that both give one tag is two linear equations with two unknowns: school algebra.
"""

from itertools import count

import nacl.bindings as sodium

from crypto.constants import AEAD_TAG

P = 2**130 - 5
_CLAMP = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
_TWO_128 = 2**128


def key_stream(key: bytes, nonce: bytes, length: int) -> bytes:
    """What the cipher adds to a text: the encryption of zeros."""
    sealed = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(length), b"", nonce, key)
    return sealed[:length]


def one_time_key(key: bytes, nonce: bytes) -> tuple[int, int]:
    """Poly1305's ``r`` and ``s``: the first block of the stream, which the cipher keeps back."""
    sub = _hchacha20(key, nonce[:16])
    block = _chacha20_block(sub, 0, bytes(4) + nonce[16:])
    r = int.from_bytes(block[:16], "little") & _CLAMP
    return r, int.from_bytes(block[16:32], "little")


def _rotate(x: int, n: int) -> int:
    return (x << n | x >> (32 - n)) & 0xFFFFFFFF


def _rounds(state: list[int]) -> list[int]:
    x = list(state)
    columns = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
    diagonals = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    for _ in range(10):
        for a, b, c, d in columns + diagonals:
            for first, second in ((16, 12), (8, 7)):
                x[a] = (x[a] + x[b]) & 0xFFFFFFFF
                x[d] = _rotate(x[d] ^ x[a], first)
                x[c] = (x[c] + x[d]) & 0xFFFFFFFF
                x[b] = _rotate(x[b] ^ x[c], second)
    return x


def _words(data: bytes) -> list[int]:
    return [int.from_bytes(data[i : i + 4], "little") for i in range(0, len(data), 4)]


def _bytes(words: list[int]) -> bytes:
    return b"".join(word.to_bytes(4, "little") for word in words)


def _hchacha20(key: bytes, nonce: bytes) -> bytes:
    x = _rounds(_words(b"expand 32-byte k" + key + nonce))
    return _bytes(x[:4] + x[12:])


def _chacha20_block(key: bytes, counter: int, nonce: bytes) -> bytes:
    state = _words(b"expand 32-byte k" + key + counter.to_bytes(4, "little") + nonce)
    mixed = _rounds(state)
    return _bytes([(a + b) & 0xFFFFFFFF for a, b in zip(mixed, state, strict=True)])


def _blocks(associated: bytes, ciphertext: bytes) -> list[int]:
    """What Poly1305 reads: both strings filled to 16 bytes, then both lengths; a bit on top."""
    fill = bytes(-len(associated) % 16)
    lengths = len(associated).to_bytes(8, "little") + len(ciphertext).to_bytes(8, "little")
    data = associated + fill + ciphertext + bytes(-len(ciphertext) % 16) + lengths
    return [int.from_bytes(data[i : i + 16], "little") + _TWO_128 for i in range(0, len(data), 16)]


def _sum(blocks: list[int], r: int) -> int:
    total = 0
    for block in blocks:
        total = (total + block) * r % P
    return total


def collide(
    keys: tuple[bytes, bytes], nonce: bytes, associated: bytes, ciphertext: bytes, at: int
) -> bytes:
    """``ciphertext`` with a tag that is right under both keys.

    The 32 bytes from ``at`` (a multiple of 16) are overwritten with what the equations want.
    """
    blocks = _blocks(associated, ciphertext)
    first = -(-len(associated) // 16) + at // 16
    blocks[first] = blocks[first + 1] = 0
    (r1, s1), (r2, s2) = (one_time_key(key, nonce) for key in keys)
    rest1, rest2 = _sum(blocks, r1), _sum(blocks, r2)
    power = len(blocks) - first
    a1, b1 = pow(r1, power, P), pow(r1, power - 1, P)
    a2, b2 = pow(r2, power, P), pow(r2, power - 1, P)
    inverse = pow(a1 * b2 - a2 * b1, -1, P)
    for number in count():
        tag, high1, high2 = number >> 4, number >> 2 & 3, number & 3
        # a · X + b · Y + rest + s = tag modulo 2^128, under each key; what is above 2^128 is free.
        want1 = (tag - s1) % _TWO_128 + high1 * _TWO_128
        want2 = (tag - s2) % _TWO_128 + high2 * _TWO_128
        if max(want1, want2) >= P:
            continue
        x = ((want1 - rest1) * b2 - (want2 - rest2) * b1) * inverse % P
        y = (a1 * (want2 - rest2) - a2 * (want1 - rest1)) * inverse % P
        if x // _TWO_128 == 1 == y // _TWO_128:  # both are blocks: they have the bit on top
            middle = (x % _TWO_128).to_bytes(16, "little") + (y % _TWO_128).to_bytes(16, "little")
            body = ciphertext[:at] + middle + ciphertext[at + 32 :]
            return body + tag.to_bytes(AEAD_TAG, "little")
    raise AssertionError  # count() does not end
