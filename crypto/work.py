"""Proof of work, for first reports and file starts while a server is flooded (docs/protocol.md §9).

A proof is a counter ``c`` such that

    PBKDF2-HMAC-SHA256(H(work, service, token, subject), salt = c as 8 bytes LE, 100 iterations)

begins with ``d`` zero bits. ``token`` is the server's and says ``d``; ``subject`` is the address or
the file id. PBKDF2 because every browser has it natively, with and without WebAssembly; 100
iterations because a thousand junk proofs then cost a server less than a tenth of a second with all
that is read before them (``python -m bench floods``).
"""

import hashlib
from collections.abc import Iterator

from crypto.constants import LARGEST_INTEGER, Tag
from crypto.errors import WrongProof
from crypto.primitives import H

ITERATIONS = 100
HARDEST = 21
"""The most zero bits a client works for: more would be minutes on a slow phone."""


def work_seed(service: bytes, token: str, subject: bytes) -> bytes:
    """What the counters are tried against, 32 bytes."""
    return H(Tag.WORK, service, token.encode(), subject)


def is_proof(seed: bytes, counter: int, difficulty: int) -> bool:
    """Whether ``counter`` gives ``difficulty`` zero bits."""
    salt = counter.to_bytes(8, "little")
    digest = hashlib.pbkdf2_hmac("sha256", seed, salt, ITERATIONS)
    return int.from_bytes(digest, "big") >> (256 - difficulty) == 0


def check_proof(seed: bytes, counter: int, difficulty: int) -> None:
    """Raise ``WrongProof`` unless ``counter`` is one. Difficulty 0 asks for nothing."""
    if not 0 <= counter <= LARGEST_INTEGER:
        raise WrongProof
    if difficulty and not is_proof(seed, counter, difficulty):
        raise WrongProof


def find_proof(seed: bytes, difficulty: int, start: int = 0) -> Iterator[int | None]:
    """Try counters from ``start`` on: ``None`` for each that is no proof, then the one that is.

    One step is short, so whoever asks can show progress or stop. Raises ``WrongProof`` for a
    difficulty above ``HARDEST``.
    """
    if not 0 <= difficulty <= HARDEST:
        raise WrongProof
    counter = start
    while difficulty and not is_proof(seed, counter, difficulty):
        yield None
        counter += 1
    yield counter
