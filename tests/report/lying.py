"""A server between a visitor and the real one, that may lie about what it carries."""

import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self

_HOP = {"connection", "keep-alive", "transfer-encoding"}


@dataclass
class Said:
    """An answer on its way; a lie changes it."""

    path: str
    asked: Mapping[str, str]
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    length: int | None = None
    """What is said of its length, if that is not true; -1: nothing, and it never ends."""

    def header(self, name: str) -> str:
        return next((value for each, value in self.headers if each.lower() == name), "")

    def replace(self, name: str, *values: str) -> None:
        self.headers = [each for each in self.headers if each[0].lower() != name]
        self.headers += [(name, value) for value in values]


Lie = Callable[[Said], None]


class LyingProxy:
    """Carries requests to the server on ``target``; what comes back goes through ``lie``."""

    def __init__(self, target: int) -> None:
        self.lie: Lie = lambda _: None
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                proxy.answer(self, target)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, handler: BaseHTTPRequestHandler, target: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", target, timeout=60)
        connection.putrequest("GET", handler.path, skip_accept_encoding=True, skip_host=True)
        for name, value in handler.headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        got = connection.getresponse()
        kept = [each for each in got.getheaders() if each[0].lower() not in _HOP]
        headers = [each for each in kept if each[0].lower() != "content-length"]
        said = Said(handler.path, handler.headers, got.status, headers, got.read())  # type: ignore[arg-type]
        connection.close()
        self.lie(said)
        self._send(handler, said)

    def _send(self, handler: BaseHTTPRequestHandler, said: Said) -> None:
        handler.close_connection = True
        handler.send_response_only(said.status)
        for name, value in said.headers:
            handler.send_header(name, value)
        handler.send_header("Connection", "close")
        if said.length != -1:
            handler.send_header("Content-Length", str(said.length or len(said.body)))
        handler.end_headers()
        try:
            handler.wfile.write(said.body)
            while said.length == -1:
                handler.wfile.write(bytes(65536))
        except OSError:
            return  # whoever asked has seen enough

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
