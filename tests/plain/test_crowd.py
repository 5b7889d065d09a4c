"""Stalled forms, more people than processes, and processes that are killed."""

import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from threading import Thread

import pytest

from tests.dropbox.server import Server
from tests.needs import needs_root
from tests.plain.browsing import Browser, Page, form_request, head
from tests.plain.place import Place
from tests.processes import found_in_memory

ARRIVED = "Your report has arrived"
WELCOME = "Before you write to us"
BUSY = "We are busy at the moment"
Make = Callable[..., Place]
Wait = Callable[..., None]


@pytest.fixture
def stalled() -> Iterator[Callable[[Browser, bytes], socket.socket]]:
    """A function that begins a request and goes no further."""
    with ExitStack() as opened:

        def begin(browser: Browser, begin: bytes) -> socket.socket:
            connection = opened.enter_context(browser.connect())
            connection.sendall(begin)
            return connection

        yield begin


def report(browser: Browser, text: str = "Something is wrong.") -> bytes:
    """The request of a whole report."""
    form = browser.get("/plain/start").form
    return form_request(form.action, form.filled({"text": text}))


def once(server: Server) -> list[int]:
    return [each for each, name in server.children_now.items() if name == "dropbox-once"]


def is_busy(process: int) -> bool:
    """Whether it was given a connection: what it says goes nowhere since."""
    try:
        return os.readlink(f"/proc/{process}/fd/2") == os.devnull
    except OSError:
        return False


def at_work(server: Server) -> list[int]:
    return [each for each in once(server) if is_busy(each)]


# -- more than there are processes for ------------------------------------------------------------


def test_forty_stalled_forms_keep_nobody_from_a_page_the_interface_or_a_report(
    make_place: Make, stalled: Callable[[Browser, bytes], socket.socket], wait_until: Wait
) -> None:
    place = make_place(limits="SEALER_AGE=1 PRESS_SECONDS=0.2")
    browser = place.browser()
    whole = report(browser)
    for number in range(40):
        stalled(browser, whole[:300] if number % 2 else whole[: len(whole) - 40])
    wait_until(lambda: len(at_work(place.server)) == 32)
    assert browser.get("/plain/").heading == WELCOME
    assert place.server.wire().ask("GET", "/api/directory").status == 200
    assert place.server.wire().ask("POST", "/api/challenge").status == 200
    assert browser.send(report(browser)).heading == ARRIVED


def test_stalled_pages_keep_nobody_from_a_page(
    make_place: Make, stalled: Callable[[Browser, bytes], socket.socket], wait_until: Wait
) -> None:
    place = make_place(limits="PAGES=3 HEAD_SECONDS=1")
    browser = place.browser()
    for _ in range(5):
        stalled(browser, b"GET /plain/ HTTP/1.1\r\nHost: h\r\n")
    wait_until(lambda: len(at_work(place.server)) == 3)
    assert browser.get("/plain/").heading == WELCOME
    assert place.server.wire().ask("GET", "/api/directory").status == 200


def test_hundreds_that_say_one_letter_keep_nobody_out(
    place: Place, stalled: Callable[[Browser, bytes], socket.socket]
) -> None:
    browser = place.browser()
    for letter in (b"G", b"P", b"H", b"D", b""):
        for _ in range(60):
            stalled(browser, letter)
    assert browser.get("/plain/").heading == WELCOME
    assert browser.send(report(browser)).heading == ARRIVED


def test_a_head_that_comes_in_two_pieces_is_led_right(place: Place) -> None:
    browser = place.browser()
    for cut in (1, 4, 6, 9, 12):
        request = report(browser)
        with browser.connect() as connection:
            connection.sendall(request[:cut])
            connection.sendall(request[cut:])
            assert browser.read(connection).heading == ARRIVED
        with browser.connect() as connection:
            connection.sendall(head("GET", "/plain/")[:cut])
            connection.sendall(head("GET", "/plain/")[cut:])
            assert browser.read(connection).heading == WELCOME


FEW = "SEALERS=3 SEALERS_FREE=2"


def is_full(place: Place) -> bool:
    """Whether all three that read forms do, and the two that make pages are free."""
    return (len(at_work(place.server)), len(once(place.server))) == (3, 5)


def test_who_waits_in_vain_is_told_to_reload_and_nobody_has_read_what_they_wrote(
    make_place: Make, stalled: Callable[[Browser, bytes], socket.socket], wait_until: Wait
) -> None:
    needs_root()
    place = make_place(limits=f"{FEW} WAIT_SECONDS=1")
    browser = place.browser()
    mark = secrets.token_hex(16)
    request = report(browser, mark)
    for _ in range(3):
        stalled(browser, request[:-30])
    wait_until(lambda: is_full(place))
    wait_until(lambda: found_in_memory(at_work(place.server), [mark]) == {mark})
    other = secrets.token_hex(16)
    refused = browser.send(report(browser, other) + other.encode() * 30_000)
    assert (refused.status, refused.heading) == (503, BUSY)
    assert "Nothing was stored" in refused.text
    assert "your browser still holds what you typed" in refused.text
    everybody = [*place.server.children_now, place.server.process.pid]
    assert found_in_memory(everybody, [other]) == set()
    assert found_in_memory(place.server.workers_now, [mark]) == set()
    assert place.feed() == []


def test_the_answer_to_who_waits_in_vain_is_the_same_bytes_for_everybody(
    make_place: Make, stalled: Callable[[Browser, bytes], socket.socket], wait_until: Wait
) -> None:
    place = make_place(limits=f"{FEW} WAIT_SECONDS=1")
    browser = place.browser()
    request = report(browser)
    for _ in range(3):
        stalled(browser, request[:-40])
    wait_until(lambda: is_full(place))
    pages: list[Page] = [
        browser.send(each) for each in (b"POST /x HTTP/1.1\r\n\r\n", b"x", request)
    ]
    assert len({(page.status, page.body, tuple(page.headers)) for page in pages}) == 1


def test_who_waits_is_served_as_soon_as_somebody_is_free(
    make_place: Make, stalled: Callable[[Browser, bytes], socket.socket], wait_until: Wait
) -> None:
    place = make_place(limits=FEW)
    browser = place.browser()
    requests = [report(browser) for _ in range(4)]
    begun = [stalled(browser, each[:-40]) for each in requests[:3]]
    wait_until(lambda: is_full(place))
    answers: list[Page] = []
    waiting = Thread(target=lambda: answers.append(place.browser().send(requests[3])))
    waiting.start()
    begun[0].sendall(requests[0][-40:])
    assert browser.read(begun[0]).heading == ARRIVED
    waiting.join()
    assert [each.heading for each in answers] == [ARRIVED]


def test_more_than_can_wait_are_refused_at_once(
    make_place: Make, stalled: Callable[[Browser, bytes], socket.socket], wait_until: Wait
) -> None:
    place = make_place(limits=f"{FEW} WAITING_CONNECTIONS=2 PRESS_SECONDS=99 WAIT_SECONDS=99")
    browser = place.browser()
    request = report(browser)
    for _ in range(3):
        stalled(browser, request[:-40])
    wait_until(lambda: is_full(place))
    for _ in range(2):
        stalled(browser, request[:-40])
    assert browser.send(request).heading == BUSY


# -- processes that end ---------------------------------------------------------------------------


def test_a_killed_process_takes_only_its_own_form_with_it(
    place: Place, stalled: Callable[[Browser, bytes], socket.socket], wait_until: Wait
) -> None:
    browser = place.browser()
    requests = [report(browser), report(browser)]
    begun = [stalled(browser, each[:-40]) for each in requests]
    wait_until(lambda: len(at_work(place.server)) == 2)
    os.kill(at_work(place.server)[0], signal.SIGKILL)
    wait_until(lambda: len(at_work(place.server)) == 1)
    for connection, request in zip(begun, requests, strict=True):
        with suppress(OSError):
            connection.sendall(request[-40:])
    assert sorted(browser.read(each).status for each in begun) == [0, 200]
    assert browser.send(report(browser)).heading == ARRIVED


def test_a_killed_worker_is_replaced_and_what_was_on_its_way_can_be_sent_again(
    make_place: Make, stalled: Callable[[Browser, bytes], socket.socket], wait_until: Wait
) -> None:
    place = make_place()
    browser = place.browser()
    request = report(browser)
    wait_until(lambda: at_work(place.server) == [])  # who gave the page has gone
    connection = stalled(browser, request[:-40])
    wait_until(lambda: len(at_work(place.server)) == 1)
    [worker] = place.server.workers_now
    os.kill(worker, signal.SIGKILL)
    connection.sendall(request[-40:])
    answer = browser.read(connection)
    assert (answer.status, answer.heading) == (503, BUSY)
    wait_until(lambda: place.server.workers_now not in ([], [worker]))
    assert browser.send(request).heading == ARRIVED
    assert len(place.feed()) == 1


def test_nothing_outlives_a_killed_supervisor(
    make_place: Make, stalled: Callable[[Browser, bytes], socket.socket], wait_until: Wait
) -> None:
    place = make_place()
    browser = place.browser()
    request = report(browser)
    wait_until(lambda: at_work(place.server) == [])
    stalled(browser, request[:-40])
    wait_until(lambda: len(at_work(place.server)) == 1)
    place.server.stop(signal.SIGKILL)
    assert not place.server.alive()


def test_a_form_that_is_being_read_is_finished_before_the_server_ends(
    make_place: Make, stalled: Callable[[Browser, bytes], socket.socket], wait_until: Wait
) -> None:
    place = make_place()
    browser = place.browser()
    page = browser.get("/plain/start")
    request = form_request("/plain/start", page.form.filled({"text": "Finished"}))
    wait_until(lambda: at_work(place.server) == [])  # who gave the page has gone
    connection = stalled(browser, request[:-40])
    wait_until(lambda: len(at_work(place.server)) == 1)
    place.server.process.send_signal(signal.SIGTERM)
    wait_until(lambda: is_refused(browser), 5)  # and does not wait for who is at work
    connection.sendall(request[-40:])
    assert browser.read(connection, follow=False).header("Location") == "/plain/sent"
    assert place.server.stop() == 0
    place.again()
    assert [each.text for each in place.letters(page.words)] == ["Finished"]


def is_refused(browser: Browser) -> bool:
    try:
        browser.connect().close()
    except ConnectionRefusedError:
        return True
    return False


def test_ten_processes_that_die_at_once_are_replaced(place: Place, wait_until: Wait) -> None:
    for _ in range(3):
        killed = set(once(place.server))
        for each in killed:
            os.kill(each, signal.SIGKILL)
        wait_until(lambda gone=killed: len(set(once(place.server)) - gone) == 8)
        wait_until(lambda gone=killed: not gone & set(once(place.server)))
    browser = place.browser()
    assert browser.send(report(browser)).heading == ARRIVED
