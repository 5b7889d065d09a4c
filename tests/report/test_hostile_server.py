"""A server that lies at every step: refused with the right words, and nothing given away."""

import json
import secrets
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dropbox.client.wordlist import word_list
from dropbox.wire import Challenge, Page, Role, Session, pack
from tests.client.team import Team
from tests.client.wires import Heard, Hostile, http
from tests.dropbox.team import today
from tests.garbage import KINDS, garbage
from tests.report.conftest import Ran

Here = Callable[..., Ran]
CANARY = "zq" + secrets.token_hex(16)

GARBAGE = {
    "nothing": b"",
    "half": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
    "not HTTP": b"\x00\x01\x02" * 100,
    "html": http(200, b"<html>Welcome to our wifi</html>"),
    "redirect": http(302, b"", b"Location: http://127.0.0.1:1/"),
    "gateway": http(502, b"<h1>Bad gateway</h1>"),
    "null": http(200, b"null"),
    "list": http(200, b"[]"),
    "deep": http(200, b"[" * 50_000),
    "numbers": http(200, b"9" * 60_000),
    "random": http(200, secrets.token_bytes(2000)),
    "huge": b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n" + bytes(100_000),
    "escape": http(200, b"\x1b[2J\x1b]0;x\x07\xe2\x80\xae"),
    "wrong type": http(200, b'{"challenge":7}'),
    "unknown fault": http(400, b'{"fault":"x","sentence":"\\u001b[2J"}'),
    "parcel length": http(200, b"\xff\xff\xff\xff" + bytes(100)),
    "empty parcel": http(200, b""),
    "endless pages": http(200, pack(Page(None, (), True).to_bytes(), [])),
    "too many blobs": http(200, pack(Page(None, (), False).to_bytes(), [b"x"])),
    "no content": http(204, b""),
}
"""What may be no HTTP at all; the hundred of ``tests.garbage`` are all whole answers."""
STEPS = ["directory", "challenge", "session", "envelopes", "mailbox"]


class Liar(Hostile):
    """Right up to ``step``; from there, garbage."""

    def __init__(self) -> None:
        super().__init__(self.lie)
        self.team = Team(today=today(), origins=(self.url,))
        self.step = ""
        self.garbage = b""

    @property
    def right(self) -> dict[str, bytes]:
        """What an honest server answers at each step that goes on."""
        return {
            "directory": self.team.signed_directory(),
            "challenge": Challenge("c").to_bytes(),
            "session": Session("s", Role.MAILBOX).to_bytes(),
        }

    def lie(self, heard: Heard, connection: socket.socket) -> None:
        step, right = heard.path.split("/")[2], self.right
        if step != self.step and step in right:
            connection.sendall(http(200, right[step]))
            return
        connection.sendall(self.garbage)
        connection.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="module")
def liar() -> Iterator[Liar]:
    with Liar() as liar:
        yield liar


@pytest.mark.parametrize("kind", GARBAGE)
@pytest.mark.parametrize("step", STEPS)
def test_garbage_at_every_step(
    liar: Liar, run_here: Here, tmp_path: Path, step: str, kind: str
) -> None:
    _gives_nothing_away(liar, run_here, tmp_path, step, GARBAGE[kind])


@pytest.mark.sampled(20)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("number", range(KINDS))
def test_a_hundred_kinds_of_garbage_at_every_step(
    liar: Liar, run_here: Here, tmp_path: Path, step: str, number: int
) -> None:
    answer = garbage(liar.right.get(step, pack(Page(None, (), False).to_bytes(), [])))[number]
    raw = http(answer.status, answer.body)
    refused = answer.body.startswith(b'{"fault"')  # as an honest server says it
    decided = refused and b'"failed"' not in answer.body  # that one may come behind the storing
    _gives_nothing_away(liar, run_here, tmp_path, step, raw, decided=decided)


def _gives_nothing_away(
    liar: Liar, run_here: Here, folder: Path, step: str, raw: bytes, *, decided: bool = False
) -> None:
    liar.step, liar.garbage, liar.heard = step, raw, []
    options = ["--server", liar.url, "--root", liar.team.root.keys.card.fingerprint, "--wait", "0"]
    words = word_list().generate(secrets.token_bytes).expose()
    (file := folder / "words").write_text(words)
    if step == "mailbox":
        ran = run_here("check", *options, "--passphrase-file", file, "--json")
    else:
        ran = run_here("send", *options, "--text-file", "-", text=CANARY)
    assert ran.code == 1
    assert ran.error
    assert ran.hint
    printed = ran.out.split()
    if step == "envelopes" and not decided:
        assert len(printed) == 7, "it may have been stored, so the words are printed"
        assert "not known" in ran.error
    else:
        assert printed == []
    assert "Traceback" not in ran.err
    assert CANARY not in ran.out + ran.err
    assert words not in ran.out + ran.err
    assert not set(ran.err) & set("\x1b\x07\u202e")
    sent = b"".join(heard.head + heard.body for heard in liar.heard)
    for secret in (CANARY, words, *([ran.out.strip()] if ran.out else [])):
        assert secret.encode() not in sent


@pytest.mark.parametrize("fault", ["full", "busy", "too-many-unread", "expired-directory"])
def test_the_servers_own_sentence_is_never_shown(liar: Liar, run_here: Here, fault: str) -> None:
    status = {"full": 507, "busy": 503, "too-many-unread": 429, "expired-directory": 423}[fault]
    body = json.dumps({"fault": fault, "sentence": f"Call {CANARY}"}, separators=(",", ":"))
    liar.step, liar.garbage = "envelopes", http(status, body.encode())
    options = ["--server", liar.url, "--root", liar.team.root.keys.card.fingerprint, "--wait", "0"]
    ran = run_here("send", *options, "--text-file", "-", text="hello")
    assert ran.code == 1
    assert ran.out == "", "the server decided: nothing is stored under these words"
    assert "Nothing was sent" in ran.hint
    assert CANARY not in ran.err
