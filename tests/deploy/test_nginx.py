"""The proxy of the clear net, as a real nginx before a real server and before one that listens.

It forwards one request over one connection, says nothing of the client, and leaves nothing on the
disk (T08, T09, T47, T48).
"""

import os
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dropbox import wire
from tests.deploy.tools import DEPLOY, need, replaced
from tests.dropbox.server import Server, free_port, make_data
from tests.dropbox.team import Team

NAME = "dropbox.example"
BODY = 3_000_000
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def write_certificate(folder: Path) -> None:
    """A self-signed certificate for NAME, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)


@dataclass
class Proxy:
    """A running nginx with the project's configuration, changed in its paths and ports alone."""

    folder: Path
    upstream: Path
    change: Callable[[str], str] = str
    port: int = field(default_factory=free_port)
    plain: int = field(default_factory=free_port)

    def __enter__(self) -> "Proxy":
        nginx = need("nginx", "nginx-light")
        self.folder.mkdir(parents=True)
        write_certificate(self.folder)
        self.write()
        command = [nginx, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        command += ["-e", str(self.folder / "start.log")]
        tested = subprocess.run(
            [*command, "-t"], capture_output=True, text=True, timeout=30, check=False
        )
        assert tested.returncode == 0, tested.stderr
        self.said = (self.folder / "said").open("wb")
        self.process = subprocess.Popen(
            [*command, "-g", "daemon off;"], stdout=self.said, stderr=self.said
        )
        try:
            self.await_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(60)
        finally:
            self.process.kill()
            self.process.wait(60)
            self.said.close()

    def write(self) -> None:
        """Both files, with paths and ports of their own."""
        main = replaced(
            (DEPLOY / "nginx/nginx.conf").read_text(),
            user=("user www-data;", "user root;" if os.geteuid() == 0 else ""),
            workers=("worker_processes auto;", "worker_processes 1;"),
            pid=("/run/nginx.pid", f"{self.folder}/pid"),
            site=("/etc/nginx/dropbox.conf", f"{self.folder}/dropbox.conf"),
            http=("http {", "http {\n" + "".join(f"{x}_temp_path tmp_{x};\n" for x in TEMPORARY)),
        )
        site = replaced(
            (DEPLOY / "nginx/dropbox.conf").read_text(),
            six=("    listen [::]:", "    # listen [::]:"),
            tls=("    listen 443 ssl", f"    listen 127.0.0.1:{self.port} ssl"),
            plain=("    listen 80 ", f"    listen 127.0.0.1:{self.plain} "),
            certificate=("/etc/ssl/dropbox/", f"{self.folder}/"),
            upstream=("/run/dropbox/web.sock", str(self.upstream)),
        )
        (self.folder / "nginx.conf").write_text(main)
        (self.folder / "dropbox.conf").write_text(self.change(site))

    def await_ready(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert time.monotonic() < deadline, (self.folder / "said").read_text()
                time.sleep(0.02)
            else:
                return

    @contextmanager
    def connect(self, name: str = NAME) -> Iterator[ssl.SSLSocket]:
        """A TLS connection that trusts this nginx's certificate alone."""
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        with (
            socket.create_connection(("127.0.0.1", self.port), 10) as bare,
            context.wrap_socket(bare, server_hostname=name) as connection,
        ):
            yield connection

    def ask(self, *pieces: bytes, seconds: float = 2.0) -> bytes:
        """What comes back until it is closed, or silent for so long."""
        with self.connect() as connection:
            with suppress(OSError):  # it may have answered and closed already
                for piece in pieces:
                    connection.sendall(piece)
            return read_all(connection, seconds)

    def temporary(self) -> dict[str, int]:
        """When a name was last made or removed in each folder for temporary files."""
        folders = [self.folder / f"tmp_{each}" for each in TEMPORARY]
        assert all(each.is_dir() for each in folders)
        return {str(each): each.stat().st_mtime_ns for each in folders}


def read_all(connection: socket.socket, seconds: float) -> bytes:
    connection.settimeout(seconds)
    said = b""
    with suppress(OSError):
        while piece := connection.recv(65536):
            said += piece
    return said


TLS_ALONE = b"\r\nStrict-Transport-Security: max-age=63072000; includeSubDomains\r\n"


def request(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {NAME}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def statuses(said: bytes) -> list[int]:
    return [int(each) for each in re.findall(rb"HTTP/1\.[01] (\d{3}) ", said)]


class Listener:
    """An upstream that keeps what each connection said, slowly, and answers ``reply`` to it."""

    def __init__(self, path: Path, pause: float = 0.0, reply: bytes = b"") -> None:
        self.heard: list[bytes] = []
        self.pause = pause
        self.reply = reply or b"HTTP/1.1 204 No Content\r\nServer: x/1\r\n\r\n"
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self) -> "Listener":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.socket.close()

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                self.heard.append(self.hear(connection))
                connection.sendall(self.reply)

    def hear(self, connection: socket.socket) -> bytes:
        connection.settimeout(10)
        heard, wanted = b"", None
        while wanted is None or len(heard) < wanted:
            piece = connection.recv(65536)
            if not piece:
                break
            heard += piece
            time.sleep(self.pause)
            head, end, _ = heard.partition(b"\r\n\r\n")
            if end:
                length = re.search(rb"(?i)content-length: (\d+)", head)
                wanted = len(head) + 4 + (int(length[1]) if length else 0)
        return heard


# -- before a real server ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    team = Team()
    data = make_data(folder / "data", team)
    path = folder / "web.sock"
    with (
        Server(data, team, options=["--unix", str(path)]),
        Proxy(folder / "proxy", path) as proxy,
    ):
        yield proxy


def test_the_directory_comes_through_tls(proxy: Proxy) -> None:
    said = proxy.ask(request("GET", "/api/directory", "Connection: close"))
    head, _, body = said.partition(b"\r\n\r\n")
    assert statuses(head) == [200]
    assert body == (proxy.folder.parent / "data.directory").read_bytes()
    assert TLS_ALONE in said
    assert re.findall(rb"(?i)\r\nserver: (.*)\r\n", head) == [b"nginx"]


SECOND = request("GET", "/api/directory")


@pytest.mark.parametrize(
    "bad",
    [
        request("POST", "/api/challenge", f"Content-Length: {len(SECOND)}",
                "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + SECOND),
        request("POST", "/api/challenge", "Transfer-Encoding: chunked",
                "Content-Length: 5", body=b"0\r\n\r\n" + SECOND),
        request("POST", "/api/challenge", "Transfer-Encoding: xchunked", body=SECOND),
        request("POST", "/api/challenge", "Transfer-Encoding: chunked",
                "Transfer-Encoding: identity", body=b"0\r\n\r\n" + SECOND),
        request("POST", "/api/challenge", "Content-Length: 0", f"Content-Length: {len(SECOND)}",
                body=SECOND),
        request("POST", "/api/challenge", "Content-Length: +0", body=SECOND),
        request("POST", "/api/challenge", "Transfer-Encoding : chunked", body=SECOND),
    ],
    ids=["CL.TE", "TE.CL", "TE unknown", "TE.TE", "CL.CL", "CL sign", "TE space"],
)  # fmt: skip
def test_a_request_in_a_request_is_not_answered(proxy: Proxy, bad: bytes) -> None:
    said = proxy.ask(bad)
    assert len(statuses(said)) == 1, said
    assert statuses(said)[0] in {400, 501}


def test_two_whole_requests_are_two(proxy: Proxy) -> None:
    said = proxy.ask(SECOND + request("GET", "/api/directory", "Connection: close"))
    assert statuses(said) == [200, 200]


def test_another_name_gets_nothing(proxy: Proxy) -> None:
    with pytest.raises(ssl.SSLError), proxy.connect("other.example"):
        pass
    forged = request("GET", "/api/directory").replace(NAME.encode(), b"other.example")
    assert proxy.ask(forged) == b""


def test_the_plain_port_leads_to_tls_and_repeats_nothing(proxy: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.plain), 5) as connection:
        connection.sendall(request("GET", "/canary?canary", "Connection: close"))
        said = read_all(connection, 2)
    assert statuses(said) == [301]
    assert b"\r\nLocation: https://dropbox.example/\r\n" in said
    assert b"canary" not in said


def test_old_tls_is_refused(proxy: Proxy) -> None:
    context = ssl.create_default_context(cafile=str(proxy.folder / "fullchain.pem"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("127.0.0.1", proxy.port), 5) as bare,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(bare, server_hostname=NAME)


def logged(folder: Path) -> list[str]:
    """The files with something in them that are neither settings nor keys."""
    ours = {".conf", ".pem"}
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix not in ours]
    return [path.name for path in files if path.name != "pid" and path.read_bytes()]


def test_nothing_was_logged(proxy: Proxy) -> None:
    """Runs after the others of this module: they all went through the same nginx."""
    proxy.ask(request("GET", "/%zz"))
    proxy.ask(b"nonsense\r\n\r\n")
    assert logged(proxy.folder) == []


def test_a_log_would_be_seen(tmp_path: Path) -> None:
    def change(text: str) -> str:
        return text.replace("    ssl_certificate ", "    access_log access;\n    ssl_certificate ")

    with Proxy(tmp_path / "proxy", tmp_path / "nobody.sock", change) as proxy:
        proxy.ask(request("GET", "/", "Connection: close"))
        assert logged(proxy.folder) == ["access"]


# -- before an upstream that listens --------------------------------------------------------------


def send_large(folder: Path, change: Callable[[str], str]) -> tuple[Listener, bool, bytes]:
    """Send BODY bytes through nginx to a slow reader: what it heard, whether a file was made."""
    folder.mkdir()
    socket_path = folder / "up.sock"
    with (
        Listener(socket_path, pause=0.005) as upstream,
        Proxy(folder / "proxy", socket_path, change) as proxy,
    ):
        before = proxy.temporary()
        said = proxy.ask(
            request("POST", "/plain/send", f"Content-Length: {BODY}", "Connection: close"),
            bytes(BODY),
            seconds=10,
        )
        return upstream, proxy.temporary() != before, said


def test_a_large_body_makes_no_file(tmp_path: Path) -> None:
    upstream, made, said = send_large(tmp_path / "ours", str)
    assert statuses(said) == [204]
    assert [len(heard.partition(b"\r\n\r\n")[2]) for heard in upstream.heard] == [BODY]
    assert not made


def test_a_file_would_be_seen(tmp_path: Path) -> None:
    def change(text: str) -> str:
        return text.replace("proxy_request_buffering off;", "")

    _, made, said = send_large(tmp_path / "other", change)
    assert (statuses(said), made) == ([204], True)


def test_a_large_answer_to_a_slow_reader_makes_no_file(tmp_path: Path) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n".encode()
    path = tmp_path / "up.sock"
    with (
        Listener(path, reply=head + bytes(BODY)) as upstream,
        Proxy(tmp_path / "proxy", path) as proxy,
    ):
        before = proxy.temporary()
        with proxy.connect() as connection:
            connection.sendall(request("GET", "/x", "Connection: close"))
            time.sleep(0.3)
            said = read_all(connection, 5)
        assert len(said) > BODY
        assert len(upstream.heard) == 1
        assert proxy.temporary() == before


def test_the_server_learns_nothing_of_the_client(tmp_path: Path) -> None:
    path = tmp_path / "up.sock"
    canary = "canary0123456789"
    told = [
        f"{name}: {canary}"
        for name in (
            "X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "CF-Connecting-IP",
            "True-Client-IP", "User-Agent", "Accept-Language", "Referer", "DNT", "Sec-CH-UA",
            wire.KEEP_HEADER,
        )
    ]  # fmt: skip
    with (
        Listener(path) as upstream,
        Proxy(tmp_path / "proxy", path) as proxy,
        proxy.connect() as connection,
    ):
        for _ in range(3):  # one connection of the client's
            connection.sendall(request("GET", "/a//b/../%41?c", *told, "Cookie: kept=1"))
            assert statuses(connection.recv(65536)) == [204]
    assert len(upstream.heard) == 3  # three to the server
    for heard in upstream.heard:
        lines = heard.decode().split("\r\n")
        assert lines[0] == "GET /a//b/../%41?c HTTP/1.1"
        assert sorted(lines[1:-2]) == ["Connection: close", "Cookie: kept=1", "Host: dropbox"]


def test_what_our_clients_send_is_passed_on() -> None:
    """The list in nginx is an allow-list: a new header of the interface has to be added to it."""
    text = (DEPLOY / "nginx/dropbox.conf").read_text()
    named = {value for name, value in vars(wire).items() if name.endswith("_HEADER")}
    ours = {value for value in named if value.startswith("Dropbox-")}
    assert wire.SESSION_HEADER in ours
    for header in ours - {wire.KEEP_HEADER}:
        variable = "$http_" + header.lower().replace("-", "_")
        assert f"proxy_set_header {header} {variable};" in text, header


def test_a_server_that_is_away_is_said_in_plain_words(tmp_path: Path) -> None:
    with Proxy(tmp_path / "proxy", tmp_path / "nobody.sock") as proxy:
        said = proxy.ask(request("GET", "/", "Connection: close"))
    assert statuses(said) == [502]
    assert TLS_ALONE in said
    assert b"send it again" in said
    assert b"\r\nCache-Control: no-store\r\n" in said
