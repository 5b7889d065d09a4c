"""The load generator against sockets that answer badly."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from bench import load
from bench.load import LoadFailed, Request

Serve = Callable[[bytes], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server that gives each connection these bytes, in small pieces, and closes it."""
    threads = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def answer(data: bytes) -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                for start in range(0, len(data), 7):
                    connection.sendall(data[start : start + 7])

        def start(data: bytes) -> int:
            threads.append(threading.Thread(target=answer, args=(data,)))
            threads[-1].start()
            return int(listener.getsockname()[1])

        yield start
        for thread in threads:
            thread.join()


def test_an_answer_in_pieces_is_read_whole(serve: Serve) -> None:
    port = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world")
    [answer] = load.run(port, [Request.make("GET", "/")], 1, keep=True).answers
    assert (answer.status, answer.length, answer.body) == (200, 11, b"hello world")


def test_an_answer_without_a_body_needs_no_length(serve: Serve) -> None:
    port = serve(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert load.run(port, [Request.make("GET", "/")], 1).expect(204).answers[0].length == 0


def test_a_closed_connection_is_no_answer(serve: Serve) -> None:
    port = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello")
    with pytest.raises(LoadFailed, match="closed"):
        load.run(port, [Request.make("GET", "/")], 1)


def test_a_refusal_does_not_count_as_work_done(serve: Serve) -> None:
    port = serve(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(LoadFailed, match="503"):
        load.run(port, [Request.make("GET", "/")], 1).expect(200)
