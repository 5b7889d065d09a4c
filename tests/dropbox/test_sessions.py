"""Logging in, and every way of doing it that must not work (P5, P17, P18, T61)."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crypto.certificates import CertificateRole, certify, certify_case
from crypto.encoding import Document
from crypto.keys import AnalystSecret, RootSecret
from dropbox import wire
from dropbox.wire import Fault
from tests.dropbox.server import Server
from tests.dropbox.team import Team, today
from tests.dropbox.wiretap import Person, Reply, analyst, publisher, reporter


@pytest.fixture
def someone(server: Server) -> Person:
    return reporter(server.wire(), server.team)


def post(person: Person, body: bytes) -> Reply:
    return person.wire.ask("POST", "/api/session", body)


def with_(login: bytes, **changes: object) -> bytes:
    return replace(wire.Login.from_bytes(login), **changes).to_bytes()


def test_roles_come_from_the_certificate(server: Server, someone: Person) -> None:
    for person, role in (
        (someone, wire.Role.MAILBOX),
        (analyst(server.wire(), server.team), wire.Role.ANALYST),
        (publisher(server.wire(), server.team), wire.Role.PUBLISHER),
    ):
        session = post(person, person.login(person.challenge())).read(wire.Session)
        assert session.role is role


def test_a_challenge_is_good_once(someone: Person) -> None:
    login = someone.login(someone.challenge())
    assert post(someone, login).status == 200
    assert post(someone, login).fault is Fault.NO_SESSION


def test_a_challenge_used_many_times_at_once_works_once_on_any_worker(
    make_server: Callable[..., Server],
) -> None:
    server = make_server(workers=2)
    for _ in range(3):
        person = reporter(server.wire(keep=False), server.team)
        login = person.login(person.challenge())

        def send(_: int, login: bytes = login) -> int:
            return server.wire(keep=False).ask("POST", "/api/session", login).status

        with ThreadPoolExecutor(12) as threads:
            assert sorted(threads.map(send, range(12))) == [200] + [401] * 11


def respell(token: str) -> str:
    """The same token in another spelling: base64 leaves bits of its last letter unused."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    value, signature = token.rsplit(".", 1)
    last = letters.index(signature[-1])
    return f"{value}.{signature[:-1]}{letters[last ^ 1]}"


def test_a_second_spelling_of_a_used_challenge_is_used_too(someone: Person) -> None:
    challenge = someone.challenge()
    assert post(someone, someone.login(challenge)).status == 200
    assert post(someone, someone.login(respell(challenge))).status == 401


def test_a_second_spelling_of_an_ended_session_has_ended(someone: Person) -> None:
    someone.log_in()
    assert someone.ask("DELETE", "/api/session").status == 204
    someone.token = respell(someone.token)
    assert someone.ask("GET", "/api/mailbox/0").status == 401


def test_a_challenge_expires_after_a_minute_and_a_session_after_fifteen(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    server = make_server(clock=clock)
    person = reporter(server.wire(), server.team)
    early, late = person.login(person.challenge()), person.login(person.challenge())
    clock.write_text("58")
    assert post(person, early).status == 200
    clock.write_text("62")
    assert post(person, late).fault is Fault.NO_SESSION
    person.log_in()
    clock.write_text(str(62 + 14 * 60))
    assert person.ask("GET", "/api/mailbox/0").status == 200
    clock.write_text(str(62 + 15 * 60 + 2))
    assert person.ask("GET", "/api/mailbox/0").fault is Fault.NO_SESSION
    # What was spent is forgotten once it could not be used anyway.
    assert post(person, early).fault is Fault.NO_SESSION


def test_another_origin_is_refused(server: Server, someone: Person) -> None:
    elsewhere = someone.login(someone.challenge(), origin="http://elsewhere.example")
    assert post(someone, elsewhere).fault is Fault.REFUSED
    relayed = with_(elsewhere, origin=server.team.origins[0], challenge=someone.challenge())
    assert post(someone, relayed).fault is Fault.REFUSED


def test_another_service_is_refused(someone: Person) -> None:
    login = someone.login(someone.challenge(), service=Team().service)
    assert post(someone, login).fault is Fault.REFUSED


@pytest.mark.parametrize("name", ["auth", "keys", "signature"])
def test_nothing_of_an_answer_can_be_exchanged(server: Server, someone: Person, name: str) -> None:
    other = reporter(server.wire(), server.team)
    challenge = someone.challenge()
    mine, theirs = (wire.Login.from_bytes(each.login(challenge)) for each in (someone, other))
    forged = replace(mine, **{name: getattr(theirs, name)})
    assert post(someone, forged.to_bytes()).fault is Fault.REFUSED


def test_an_auth_key_of_small_order_is_refused(someone: Person) -> None:
    login = someone.login(someone.challenge())
    for key in (bytes(32), b"\x01" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"):
        assert post(someone, with_(login, auth=key)).fault is Fault.REFUSED


def test_a_challenge_of_our_own_making_is_refused(someone: Person) -> None:
    for challenge in ("", "x", "a.b", urlsafe_b64encode(secrets.token_bytes(40)).decode(), "é.é"):
        assert post(someone, someone.login(challenge)).fault is Fault.NO_SESSION


def test_a_session_is_no_challenge_and_a_challenge_no_session(someone: Person) -> None:
    someone.log_in()
    assert post(someone, someone.login(someone.token)).fault is Fault.NO_SESSION
    someone.token = someone.challenge()
    assert someone.ask("GET", "/api/mailbox/0").fault is Fault.NO_SESSION


def test_tokens_of_another_start_of_the_server_are_refused(
    make_server: Callable[..., Server], someone: Person
) -> None:
    elsewhere = make_server(someone.team)
    stranger = replace(someone.log_in(), wire=elsewhere.wire())
    assert stranger.ask("GET", "/api/mailbox/0").fault is Fault.NO_SESSION


def test_every_letter_of_a_session_matters(someone: Person) -> None:
    token = someone.log_in().token
    for index in range(0, len(token) - 1, 5):
        letter = "A" if token[index] != "A" else "B"
        someone.token = token[:index] + letter + token[index + 1 :]
        assert someone.ask("GET", "/api/mailbox/0").status == 401, index


def test_two_session_headers_are_none(server: Server, someone: Person) -> None:
    token = someone.log_in().token
    line = f"Dropbox-Session: {token}\r\n"
    request = f"GET /api/mailbox/0 HTTP/1.1\r\nHost: x\r\n{line}{{}}\r\n"
    assert server.wire().raw(request.format("").encode()).startswith(b"HTTP/1.1 200")
    assert server.wire().raw(request.format(line).encode()).startswith(b"HTTP/1.1 401")


def test_an_ended_session_is_refused_by_every_worker_and_route(
    make_server: Callable[..., Server],
) -> None:
    server = make_server(workers=2)
    person = analyst(server.wire(keep=False), server.team).log_in()
    assert person.ask("GET", "/api/feed/0").status == 200
    assert person.ask("DELETE", "/api/session").status == 204
    for _ in range(4):
        assert person.ask("GET", "/api/feed/0").fault is Fault.NO_SESSION
        start = wire.FileStart(secrets.token_bytes(32), 1).to_bytes()
        assert person.ask("POST", "/api/files", start).fault is Fault.NO_SESSION
    assert person.ask("DELETE", "/api/session").fault is Fault.NO_SESSION


class TestCertificates:
    """A certificate of the wrong role, subject, issuer, service or day opens nothing."""

    @pytest.fixture
    def insider(self, server: Server) -> Person:
        return analyst(server.wire(), server.team)

    def refused(self, person: Person, certificate: bytes) -> bool:
        person.certificate = certificate
        reply = post(person, person.login(person.challenge()))
        return reply.status in {400, 403}

    def test_of_a_case(self, insider: Person) -> None:
        team = insider.team
        case = certify_case(
            insider.keys.card, secrets.token_bytes(32), 1, team.root.keys, team.service
        )
        assert self.refused(insider, case)

    def test_of_somebody_else(self, insider: Person) -> None:
        other = AnalystSecret.generate(secrets.token_bytes)
        assert self.refused(insider, insider.team.certificate(other))

    def test_of_another_root(self, insider: Person) -> None:
        root = RootSecret.generate(secrets.token_bytes)
        days = (today(), today())
        for service in (insider.team.service, root.keys.card.id):
            forged = certify(insider.keys.card, CertificateRole.ANALYST, days, root.keys, service)
            assert self.refused(insider, forged)

    def test_of_yesterday_or_next_week(self, insider: Person) -> None:
        team, secret = insider.team, insider.team.analyst
        week, day = timedelta(days=7), timedelta(days=1)
        role = CertificateRole.ANALYST
        assert self.refused(insider, team.certificate(secret, role, today() - week, today() - day))
        assert self.refused(
            insider, team.certificate(secret, role, today() + week, today() + 2 * week)
        )

    def test_flipped(self, insider: Person) -> None:
        good = insider.certificate or b""
        for index in range(0, len(good), 17):
            bad = good[:index] + bytes([good[index] ^ 1]) + good[index + 1 :]
            assert self.refused(insider, bad), index


def second_forms(document: Document) -> list[bytes]:
    good = document.to_bytes()
    return [
        good + b"\n",
        b" " + good,
        good.replace(b":", b": ", 1),
        good.replace(b'"origin"', b'"\\u006frigin"'),
        b"\xef\xbb\xbf" + good,
        good[:-1] + b',"origin":"x"}',
        good[:-1] + b',"more":1}',
        good.replace(b'"signature":"', b'"signature":"='),
        good.decode().encode("utf-16"),
        b"[]",
        b"null",
        b"1" * 60_000,
        b"{" * 50_000,
        b'{"a":' * 8000 + b"1" + b"}" * 8000,
        good.replace(b"null", b"1e5"),
        good.replace(b"null", b"\xff"),
        good.replace(b"null", b'"\\ud800"'),
    ]


def test_a_document_in_any_second_form_is_refused(someone: Person) -> None:
    login = wire.Login.from_bytes(someone.login(someone.challenge()))
    for body in second_forms(login):
        reply = post(someone, body)
        assert (reply.status, reply.fault) == (400, Fault.MALFORMED), body[:60]
    assert post(someone, login.to_bytes()).status == 200


def test_the_database_keeps_neither_challenge_nor_session(
    make_server: Callable[..., Server],
) -> None:
    server = make_server()
    person = reporter(server.wire(), server.team).log_in()
    person.ask("DELETE", "/api/session")
    kept = b"".join(each.read_bytes() for each in server.data.rglob("*") if each.is_file())
    assert person.token[:43].encode() not in kept
    assert person.address not in kept
