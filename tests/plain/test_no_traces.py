"""Of what somebody typed, no process and no disk keeps anything (CHECKS T02, T04, T07 to T09).

Every text, name and file of this module holds a mark that is new in every run. The scans look into
all processes of the server: the one that reads connections, the workers, and all that end.
"""

import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dropbox.wire import KEEP_HEADER
from tests.needs import needs_root
from tests.plain.browsing import OURS, Browser, File, Page, form_request, head, multipart
from tests.plain.place import Place, together
from tests.processes import found_in_folder, found_in_memory, writable_memory

MARK = secrets.token_hex(12)
A_SECOND = 1.0
"""How long a process that has held a text may live after its answer (docs/protocol.md §10)."""
SMALL_FILES = "dropbox.plain.uploads:LARGEST_FILE=4194304"


def mark(what: str) -> str:
    return f"{MARK}-{what}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    needs_root()
    place = Place(
        tmp_path_factory.mktemp("place"),
        limits=f"RETIRE_SECONDS=0.5 REPLACED_SECONDS=0.5 {SMALL_FILES}",
    )
    yield place
    place.server.stop()


def processes(place: Place) -> dict[int, str]:
    return {**place.server.children_now, place.server.process.pid: "supervisor"}


def holders(place: Place, needle: str) -> list[str]:
    """The names of the processes that hold ``needle`` in some form."""
    found = []
    for process, name in processes(place).items():
        try:
            found += [name] if found_in_memory([process], [needle]) else []
        except (FileNotFoundError, ProcessLookupError, AssertionError):
            assert process not in processes(place)  # it has ended meanwhile
    return found


def used(place: Place) -> list[int]:
    """The processes for one answer that were given a connection and are still there."""
    once = [each for each, name in place.server.children_now.items() if name == "dropbox-once"]
    assert once
    return [each for each in once if _target(each, 2) == "/dev/null"]


def _target(process: int, descriptor: int) -> str:
    try:
        return str(Path(f"/proc/{process}/fd/{descriptor}").readlink())
    except OSError:
        return ""


def assert_clean(place: Place, *needles: str) -> None:
    """After a second nothing is anywhere."""
    time.sleep(A_SECOND)
    assert used(place) == []
    assert holders(place, MARK) == []
    for needle in needles:
        for process in processes(place):
            assert not any(needle.encode() in memory for memory in writable_memory(process))
    assert found_in_folder(place.folder, [MARK, *needles]) == set()
    assert list(place.temporary.iterdir()) == []


def everything(ticket: str, what: str, size: int = 100) -> dict[str, object]:
    """All of a form, marked."""
    answers = {
        each: mark(f"{what}-{each}")
        for each in (
            "text",
            "who",
            "when",
            "where",
            "harmed",
            "evidence",
            "told",
            "must-not-know",
            "follows",
        )
    }
    chosen = {"ticket": ticket, "track": "confidential", "sure": "yes"}
    content = (mark(f"{what}-content").encode() * size)[: max(size, 60)]
    return {
        "fields": [*{**answers, **chosen, "contact": mark(f"{what}-contact")}.items()],
        "files": [File(mark(f"{what}-name"), content)],
    }


# -- positive controls ----------------------------------------------------------------------------


def test_the_scan_sees_a_text_while_it_is_read_and_only_in_the_process_that_reads_it(
    place: Place, wait_until: Callable[..., None]
) -> None:
    browser = place.browser()
    page = browser.get("/plain/start")
    request = form_request("/plain/start", **everything(page.form["ticket"], "control", 900_000))  # type: ignore[arg-type]
    with browser.connect() as connection:
        connection.sendall(request[:-100])
        wait_until(lambda: holders(place, MARK) == ["dropbox-once"], 60)
        connection.sendall(request[-100:])
        assert browser.read(connection).heading == "Your report has arrived"
    assert_clean(place, page.words)


def test_the_scan_sees_the_seven_words(place: Place, wait_until: Callable[..., None]) -> None:
    browser, words = place.browser(), place.report()
    request = form_request("/plain/open", [("words", words)])
    with browser.connect() as connection:
        connection.sendall(request[:-10])
        wait_until(lambda: holders(place, words) == ["dropbox-once"], 60)
        connection.sendall(request[-10:])
        assert browser.read(connection).heading == "Your mailbox"
    assert_clean(place, words)


def test_the_scan_of_the_disk_sees_a_text(place: Place) -> None:
    planted = place.temporary / "planted"
    planted.write_text(mark("planted"))
    assert found_in_folder(place.folder, [MARK]) == {MARK}
    planted.unlink()


# -- the cases ------------------------------------------------------------------------------------


def normal(browser: Browser, ticket: str) -> Page:
    return browser.post("/plain/start", **everything(ticket, "normal"))  # type: ignore[arg-type]


def large_file(browser: Browser, ticket: str) -> Page:
    return browser.post("/plain/start", **everything(ticket, "large", 3_000_000))  # type: ignore[arg-type]


def too_large_file(browser: Browser, ticket: str) -> Page:
    return browser.post("/plain/start", **everything(ticket, "larger", 4_500_000))  # type: ignore[arg-type]


def too_many_files(browser: Browser, ticket: str) -> Page:
    files = [File(mark(f"name-{each}"), mark("content").encode()) for each in range(21)]
    return browser.post("/plain/start", [("ticket", ticket), ("text", mark("many"))], files)


def too_long_text(browser: Browser, ticket: str) -> Page:
    return browser.post("/plain/start", [("ticket", ticket), ("text", mark("long") * 1_400)])


def too_long_field(browser: Browser, ticket: str) -> Page:
    return browser.post("/plain/start", [("ticket", ticket), ("text", mark("longer") * 80_000)])


def aborted(browser: Browser, ticket: str) -> Page:
    whole = form_request("/plain/start", **everything(ticket, "aborted", 2_000_000))  # type: ignore[arg-type]
    with browser.connect() as connection:
        connection.sendall(whole[:1_500_000])
    return Page(0, [], b"", browser)


def cut_short(browser: Browser, ticket: str) -> Page:
    kind, body = multipart([("ticket", ticket), ("text", mark("cut"))])
    short = body[:-30]
    return browser.send(
        head("POST", "/plain/start", [*OURS, ("Content-Type", kind)], len(short)) + short
    )


def no_boundary(browser: Browser, ticket: str) -> Page:
    body = mark("boundary").encode() * 10
    kind = ("Content-Type", "multipart/form-data; boundary=other")
    return browser.send(head("POST", "/plain/start", [*OURS, kind], len(body)) + body)


def not_utf8(browser: Browser, ticket: str) -> Page:
    return browser.post("/plain/start", [("text", mark("latin").encode() + b"\xff")])


def form_in_a_form(browser: Browser, ticket: str) -> Page:
    body = (
        "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n"
        f"{mark('inner')}\r\n--c--\r\n--b--\r\n"
    ).encode()
    kind = ("Content-Type", "multipart/form-data; boundary=b")
    return browser.send(head("POST", "/plain/start", [*OURS, kind], len(body)) + body)


def urlencoded(browser: Browser, ticket: str) -> Page:
    body = f"text={mark('urlencoded')}".encode()
    kind = ("Content-Type", "application/x-www-form-urlencoded")
    return browser.send(head("POST", "/plain/start", [*OURS, kind], len(body)) + body)


def in_chunks(browser: Browser, ticket: str) -> Page:
    kind, body = multipart([("text", mark("chunks"))])
    headers = [*OURS, ("Content-Type", kind), ("Transfer-Encoding", "chunked")]
    chunk = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
    return browser.send(head("POST", "/plain/start", headers) + chunk)


def wrong_path(browser: Browser, ticket: str) -> Page:
    return browser.post("/nothing", [("ticket", ticket), ("text", mark("nothing"))])


def no_path(browser: Browser, ticket: str) -> Page:
    return browser.post("/", [("ticket", ticket), ("text", mark("root"))])


def wrong_method(browser: Browser, ticket: str) -> Page:
    kind, body = multipart([("text", mark("put"))])
    return browser.send(head("PUT", "/plain/start", [("Content-Type", kind)], len(body)) + body)


def in_the_address(browser: Browser, ticket: str) -> Page:
    return browser.get(f"/plain/start?text={mark('address')}")


def foreign(browser: Browser, ticket: str) -> Page:
    headers = [("Origin", "https://elsewhere.invalid")]
    return browser.post("/plain/start", [("text", mark("foreign"))], headers=headers)


def broken_first_line(browser: Browser, ticket: str) -> Page:
    return browser.send(f"{mark('first')} {mark('line')}\r\n\r\n".encode())


def broken_header(browser: Browser, ticket: str) -> Page:
    return browser.send(f"POST /plain/start HTTP/1.1\r\n{mark('header')}\r\n\r\n".encode())


def broken_length(browser: Browser, ticket: str) -> Page:
    request = "POST /plain/start HTTP/1.1\r\nHost: a\r\nContent-Length: +99\r\n\r\n"
    return browser.send((request + mark("length")).encode())


def behind_a_page(browser: Browser, ticket: str) -> Page:
    """Two requests in one packet."""
    return browser.send(
        head("GET", "/plain/") + form_request("/plain/start", [("text", mark("behind"))])
    )


CASES: dict[Callable[[Browser, str], Page], tuple[int, str]] = {
    normal: (200, "Your report has arrived"),
    large_file: (200, "Your report has arrived"),
    too_large_file: (200, "Write to us"),
    too_many_files: (200, "Write to us"),
    too_long_text: (200, "Write to us"),
    too_long_field: (413, "This is too much at once"),
    aborted: (0, ""),
    cut_short: (400, "We could not read this"),
    no_boundary: (400, "We could not read this"),
    not_utf8: (400, "We could not read this"),
    form_in_a_form: (400, "We could not read this"),
    urlencoded: (400, "We could not read this"),
    in_chunks: (400, "We could not read this"),
    wrong_path: (404, "There is no such page"),
    no_path: (404, "There is no such page"),
    wrong_method: (404, "There is no such page"),
    in_the_address: (404, "There is no such page"),
    foreign: (403, "This did not come from our page"),
    broken_first_line: (400, "We could not read this"),
    broken_header: (400, "We could not read this"),
    broken_length: (400, "We could not read this"),
    behind_a_page: (200, "Before you write to us"),
}


def test_nothing_of_a_form_is_left_whatever_was_wrong_with_it(place: Place) -> None:
    before = place.temporary.stat().st_mtime_ns
    phrases = []
    for case, expected in CASES.items():
        browser = place.browser()
        page = browser.get("/plain/start")
        phrases.append(page.words)
        answer = case(browser, page.form["ticket"])
        assert (answer.status, answer.heading) == expected, case.__name__
    assert place.temporary.stat().st_mtime_ns == before, "no file was there for a moment either"
    assert_clean(place, phrases[0], phrases[1], phrases[6])


def test_no_file_is_open_while_an_upload_is_read(
    place: Place, wait_until: Callable[..., None]
) -> None:
    browser = place.browser()
    ticket = browser.get("/plain/start").form["ticket"]
    request = form_request("/plain/start", **everything(ticket, "open", 3_000_000))  # type: ignore[arg-type]
    wait_until(lambda: used(place) == [])  # who gave the page has gone
    with browser.connect() as connection:
        connection.sendall(request[:-100])
        wait_until(lambda: len(used(place)) == 1)
        [process] = used(place)
        wait_until(lambda: bool(found_in_memory([process], [MARK])))
        opened = {
            _target(process, int(each.name)) for each in Path(f"/proc/{process}/fd").iterdir()
        }
        kinds = {each.partition(":")[0] for each in opened}
        assert kinds <= {"socket", "pipe", "anon_inode", "/dev/null", ""}, opened
        connection.sendall(request[-100:])
        browser.read(connection)


def test_nothing_of_a_mailbox_is_left(place: Place) -> None:
    words = place.report(mark("report"))
    place.reply(words, mark("reply-1"), mark("reply-2"))
    browser = place.browser()
    mailbox = browser.log_in(words.upper())
    assert mark("reply-2") in mailbox.text
    file = File(mark("answer-name"), mark("answer-content").encode())
    assert "has arrived" in mailbox.form.send(text=mark("answer"), files=[file]).text
    assert "deleted" in browser.get("/plain/delete").form.send(message="all").text
    assert "not to use" in browser.get("/plain/withdraw").form.send().text
    assert browser.get("/plain/close").form.send(sure="yes").heading == "The mailbox is closed"
    assert_clean(place, words, words.upper())
    secret = place.secret(words).expose()
    assert not any(secret in each for one in processes(place) for each in writable_memory(one))


def test_nothing_is_left_of_thirty_two_at_once(place: Place) -> None:
    def send() -> str:
        browser = place.browser()
        page = browser.get("/plain/start")
        return browser.post(
            "/plain/start",
            **everything(page.form["ticket"], "crowd", 30_000),  # type: ignore[arg-type]
        ).heading

    assert together(*[send] * 32) == ["Your report has arrived"] * 32
    assert_clean(place)


# -- what a worker is made to read ----------------------------------------------------------------


def the_worker(place: Place, wait_until: Callable[..., None]) -> int:
    """The one worker, once it is alone: another may be on its way out."""
    wait_until(lambda: len(place.server.workers_now) == 1, 60)
    [worker] = place.server.workers_now
    return worker


def is_held_by(worker: int, needle: str) -> bool:
    """Whether it holds it, for as long as it lives: it is stopped while that is looked for."""
    os.kill(worker, signal.SIGSTOP)
    try:
        return bool(found_in_memory([worker], [needle]))
    finally:
        os.kill(worker, signal.SIGCONT)


def test_a_form_on_a_kept_connection_ends_the_worker_that_read_it(
    place: Place, wait_until: Callable[..., None]
) -> None:
    worker = the_worker(place, wait_until)
    browser = place.browser()
    with browser.connect() as connection:
        connection.sendall(head("GET", "/api/directory", [(KEEP_HEADER, "1")]))
        assert browser.read(connection).status == 200
        connection.sendall(form_request("/plain/start", [("text", mark("kept"))]))
        assert browser.read(connection).status == 421
    assert is_held_by(worker, MARK), "or this test shows nothing"
    wait_until(lambda: worker not in place.server.workers_now, 60)
    assert_clean(place)


def test_a_form_behind_another_request_in_one_packet_ends_the_worker_that_read_it(
    place: Place, wait_until: Callable[..., None]
) -> None:
    worker = the_worker(place, wait_until)
    form = form_request("/plain/start", [("text", mark("packet"))])
    assert place.browser().send(head("GET", "/api/directory") + form).status == 200
    assert is_held_by(worker, MARK), "or this test shows nothing"
    wait_until(lambda: worker not in place.server.workers_now, 60)
    assert_clean(place)


def test_nothing_is_said_of_any_request(place: Place) -> None:
    assert place.server.stderr.read_text() == ""
    assert place.server.stdout.read_text().count("\n") == 1
