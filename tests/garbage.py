"""A hundred answers that no honest server gives, for workstation, command line and browser."""

import random
from typing import Final

from dropbox.client.transport import Answer
from dropbox.wire import FAULTS, Fault, Refusal

KINDS: Final = 100
SEED: Final = 6


def garbage(honest: bytes) -> list[Answer]:
    """A hundred answers that no honest server gives. The same in every run."""
    draw = random.Random(SEED)
    bodies = [
        b"", b"\0", b"null", b"true", b"[]", b"{}", b'""', b"0", b"-1", b"1e999", b"NaN",
        b"\xef\xbb\xbf{}", b"{" * 5000, b"[" * 50_000, b"9" * 20_000, b'{"a":1,"a":2}',
        b"<!doctype html><title>Sign in</title>", b"\x1f\x8b\x08\0", b"\xff" * 64, b"\0" * 4096,
        b"\xff\xff\xff\xff", b"\xff\xff\xff\xff{}", b"\x02\0\0\0{}", b"\x02\0\0\0[]",
        honest[:-1], honest[:1], honest[: len(honest) // 2], honest[1:], honest + b"\0",
        honest + honest, honest[::-1], honest.replace(b":", b": ", 1) + b" ",
        honest.upper() + b"!", b" " + honest,
    ]  # fmt: skip
    bodies += [draw.randbytes(size) for size in (1, 4, 5, 31, 32, 64, 65, 134, 1184, 5000, 60_000)]
    answers = [Answer(200, body) for body in bodies if body != honest]
    answers += [Answer(status, b"") for status in (200, 201, 202, 203, 205, 206, 299, 226)]
    answers += [Answer(status, honest) for status in (201, 203, 206)]
    answers += [Answer(status, b"{}") for status in (400, 402, 405, 410, 451, 499, 500, 502, 599)]
    answers += [
        Answer(FAULTS[fault][0], Refusal(fault, "Now you are wrong.").to_bytes())
        for fault in Fault
        if fault not in (Fault.UNKNOWN, Fault.NO_SESSION)
    ]
    answers += [Answer(404, b"not here"), Answer(403, b""), Answer(412, b"\xff")]
    while len(answers) < KINDS:
        at = draw.randrange(max(len(honest), 1))
        answers.append(Answer(200, honest[:at] + draw.randbytes(7)))
    return answers[:KINDS]
