"""The report's page where something goes wrong: the network, the server, the browser, the date."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.apart import apart
from tests.browser.axe import violations
from tests.browser.reporter import Writer, attach, make_place, writing
from tests.dropbox.server import ask_work, run
from tests.dropbox.team import Team
from tests.garbage import KINDS, garbage
from tests.plain.place import Place, signed_site

NO_WORKERS = "delete globalThis.Worker;"
OTHER_GROUP = b'{"fault":"other-group","sentence":"This mailbox now uses another key."}'
BITS = 9


@pytest.mark.parametrize("arrives", [False, True], ids=["request", "answer"])
def test_a_connection_that_is_lost_at_every_request_delays_and_loses_nothing(
    writer: Writer, place: Place, tmp_path: Path, arrives: bool
) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(3_000_000))
    lost: dict[str, int] = {}

    def lose(route: Route) -> None:
        name = f"{route.request.method} {route.request.url}"
        lost[name] = lost.get(name, 0) + 1
        if lost[name] > 1:
            route.continue_()
            return
        if arrives:
            route.fetch()
        route.abort("connectionreset")

    writer.context.route("**/api/**", lose)
    words = writer.report(
        "Through a bad line",
        files=attach(tmp_path / "a.bin"),
    )
    assert all(count >= 2 for count in lost.values()), lost
    [report] = place.letters(words)
    assert report.text == "Through a bad line"
    assert place.content(report.files[0]) == bytes(3_000_000)


def test_a_receipt_that_is_lost_for_good_says_so_and_sending_again_is_safe(
    writer: Writer, place: Place
) -> None:
    page = writer.page
    page.clock.install()  # the pauses between tries take no time

    def lose(route: Route) -> None:
        route.fetch()
        route.fulfill(status=200, body=b"\x00garbage")

    writer.begin()
    writer.walk("check", {"text": lambda page: page.locator("#text").fill("Once")})
    writer.context.route("**/api/envelopes", lose)
    writer.press()
    writer.wait("unsure")
    words = " ".join(page.locator("[data-step=unsure] .words li").all_inner_texts())
    assert [each.text for each in place.letters(words)] == ["Once"], "it was stored all the same"
    writer.context.unroute("**/api/envelopes")
    writer.press()
    writer.wait("sent")
    assert writer.words == words
    assert [each.text for each in place.letters(words)] == ["Once"]
    bodies = {body for request, body in writer.asked if request.url.endswith("/api/envelopes")}
    assert len(bodies) == 1, "the same bytes each time"


GARBAGE = {
    "nothing": b"",
    "zeros": bytes(5000),
    "a portal": b"<!doctype html><title>Log in to our wireless network</title>",
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_server_that_answers_garbage_is_sent_nothing(writer: Writer, kind: str) -> None:
    writer.context.route(
        "**/api/directory", lambda route: route.fulfill(status=200, body=GARBAGE[kind])
    )
    page = writer.go("/report")
    writer.press()
    page.get_by_role("heading", name="This may not be our site").wait_for()
    assert writer.step == "start"
    assert writer.calls() == ["GET /api/directory"]
    assert violations(page) == []


STEPS = ("directory", "challenge", "session")
"""What is asked between the last press and the report on its way."""


@pytest.mark.sampled(3)
@pytest.mark.parametrize("number", range(KINDS))
def test_a_hundred_kinds_of_garbage_at_every_request_seal_nothing_and_keep_what_was_typed(
    writer: Writer, place: Place, number: int
) -> None:
    page, text = writer.page, f"Typed before the garbage, {number}"
    page.clock.install()  # the pauses between tries take no time
    writer.begin()
    writer.walk("check", {"text": lambda page: page.locator("#text").fill(text)})
    for step in STEPS:
        lied = _lie(writer, step, number)
        writer.press()
        writer.wait("unsent")
        assert lied, step
        assert page.locator("[data-step=unsent] [data-trouble-text]").inner_text().strip()
        assert "POST /api/envelopes" not in writer.calls()
        _stop_lying(writer, step)
        page.go_back()
        writer.wait("check")
        assert page.locator("#text").input_value() == text
    lied = _lie(writer, "envelopes", number)
    writer.press()
    page.locator("[data-step=unsent]:visible, [data-step=unsure]:visible").wait_for()
    assert lied
    _stop_lying(writer, "envelopes")
    if writer.step == "unsent":  # a refusal as an honest server says it: nothing was stored
        page.go_back()
        writer.wait("check")
    writer.press()
    writer.wait("sent")
    assert [each.text for each in place.letters(writer.words)] == [text]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("number", range(KINDS))
def test_a_hundred_kinds_of_garbage_open_no_mailbox_and_keep_the_words(
    writer: Writer, place: Place, number: int
) -> None:
    words = place.report("In the mailbox")
    page = writer.go("/mailbox")
    page.locator("#words").fill(words)
    for step in (*STEPS, "mailbox"):
        lied = _lie(writer, step, number)
        writer.press()
        page.locator("[data-trouble-here] .error-summary").wait_for()
        assert lied, step
        assert page.locator("[data-trouble-here]").inner_text().strip()
        assert page.locator("#words").input_value() == words
        _stop_lying(writer, step)
        page.locator("[data-trouble-here]").evaluate("each => each.replaceChildren()")
    writer.press()
    writer.wait("inside")


def _lie(writer: Writer, step: str, number: int) -> list[Route]:
    """One of the hundred in the place of each answer of a step; nothing is carried out."""
    lied: list[Route] = []

    def lie(route: Route) -> None:
        lied.append(route)
        honest = b"" if step == "envelopes" else route.fetch().body()
        answer = garbage(honest)[number]
        route.fulfill(status=answer.status, body=answer.body)

    for pattern in _patterns(step):
        writer.context.route(pattern, lie)
    return lied


def _stop_lying(writer: Writer, step: str) -> None:
    for pattern in _patterns(step):
        writer.context.unroute(pattern)


def _patterns(step: str) -> tuple[str, str]:
    return f"**/api/{step}", f"**/api/{step}/*"


@pytest.mark.parametrize("hostile", ["of another root", "for another address", "flipped"])
def test_a_directory_that_is_not_the_teams_for_this_address_is_not_believed(
    writer: Writer, place: Place, hostile: str
) -> None:
    if hostile == "of another root":
        signed = Team(origins=place.team.origins).directory()
    elif hostile == "for another address":
        kept, place.team.origins = place.team.origins, ("https://elsewhere.example",)
        signed = place.team.directory()
        place.team.origins = kept
    else:
        whole = bytearray(place.team.directory())
        whole[-300] ^= 1
        signed = bytes(whole)
    writer.context.route("**/api/directory", lambda route: route.fulfill(status=200, body=signed))
    page = writer.go("/report")
    writer.press()
    page.get_by_role("heading", name="This may not be our site").wait_for()
    assert writer.calls() == ["GET /api/directory"]


@pytest.mark.parametrize(
    ("days", "said"),
    [(-3, "The date of this device is wrong"), (20, "No new report can be sealed today")],
    ids=["three days slow", "past the last day"],
)
def test_a_clock_by_which_the_key_is_not_good_is_said_and_nothing_is_sealed(
    browser: Browser, place: Place, days: int, said: str
) -> None:
    """T82. A clock in a page is its own, so the desk is there too. Three days fast are within the
    days of a directory that was renewed lately, and change nothing."""
    with writing(browser, place, script=NO_WORKERS) as writer:
        writer.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=days))
        page = writer.go("/report")
        writer.press()
        page.get_by_role("heading", name=said).wait_for()
        assert writer.step == "start"
        assert writer.calls() == ["GET /api/directory"]
        assert "/plain/start" not in page.locator("[data-trouble-here]").inner_html()


def test_a_page_left_open_until_the_key_has_expired_seals_nothing(
    browser: Browser, place: Place
) -> None:
    with writing(browser, place, script=NO_WORKERS) as writer:
        writer.begin()
        writer.walk("check", {"text": lambda page: page.locator("#text").fill("Too late")})
        writer.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=20))
        writer.press()
        writer.wait("unsent")
        assert "/api/envelopes" not in " ".join(writer.calls())
        writer.page.go_back()
        writer.wait("check")
        assert writer.page.locator("#text").input_value() == "Too late"


def test_a_page_left_open_over_a_new_directory_seals_to_what_it_says(
    writer: Writer, place: Place, tmp_path: Path
) -> None:
    writer.begin()
    writer.walk("check", {"text": lambda page: page.locator("#text").fill("Still good")})
    newer = tmp_path / "directory.signed"
    newer.write_bytes(place.team.directory(site=signed_site))
    assert apart(lambda: run("publish", "--data", place.data, newer)).returncode == 0
    writer.press()
    writer.wait("sent")
    assert [each.text for each in place.letters(writer.words)] == ["Still good"]


def test_where_workers_are_refused_the_page_does_it_itself(browser: Browser, place: Place) -> None:
    with writing(browser, place, script=NO_WORKERS) as writer:
        words = writer.report("Without a worker")
        assert [each.text for each in place.letters(words)] == ["Without a worker"]


def test_where_storage_is_refused_nothing_changes(browser: Browser, place: Place) -> None:
    refuse = """
    for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
      const get = () => { throw new DOMException("", "SecurityError"); };
      Object.defineProperty(globalThis, name, { get });
    }
    """
    with writing(browser, place, script=refuse) as writer:
        words = writer.report("Without storage")
        assert [each.text for each in place.letters(words)] == ["Without storage"]


@pytest.mark.slow
def test_where_compiling_is_refused_it_is_slower_and_another_way_is_offered(
    browser: Browser, place: Place
) -> None:
    def refuse(route: Route) -> None:
        answer = route.fetch()
        policy = answer.headers["content-security-policy"].replace(" 'wasm-unsafe-eval'", "")
        route.fulfill(
            response=answer, headers={**answer.headers, "content-security-policy": policy}
        )

    with writing(browser, place) as writer:
        writer.context.set_default_timeout(240_000)
        writer.context.route("**/assets/js/client/worker.js", refuse)
        page = writer.go("/report")
        writer.press()
        writer.wait("slow")
        assert (
            page.get_by_role("link", name="Let the server do it").get_attribute("href")
            == "/plain/start"
        )
        writer.press()
        writer.wait("danger")
        writer.walk("check", {"text": lambda page: page.locator("#text").fill("Slowly")})
        writer.press()
        writer.wait("sent")
        assert [each.text for each in place.letters(writer.words)] == ["Slowly"]
        assert not any("sumo.mjs" in request.url for request, _ in writer.asked), "one of the two"
        assert all("WebAssembly" in each for each in writer.errors), writer.errors
        writer.errors.clear()  # the browser says so itself


# -- a server that asks for what it must not ------------------------------------------------------


def test_a_server_that_asks_for_a_key_nobody_has_signed_is_sent_nothing_more(
    writer: Writer,
) -> None:
    """The rule of 409: directory and mailbox are fetched again, name the same group, and that ends
    it."""
    writer.begin()
    writer.walk("check", {"text": lambda page: page.locator("#text").fill("For the team alone")})
    writer.context.route(
        "**/api/envelopes",
        lambda route: route.fulfill(
            status=409, body=OTHER_GROUP, headers={"content-type": "application/json"}
        ),
    )
    before = len(writer.calls())
    writer.press()
    writer.wait("unsent")
    page = writer.page
    page.get_by_role("heading", name="Something is wrong with this server").wait_for()
    asked = writer.calls()[before:]
    assert asked.count("POST /api/envelopes") == 1
    assert asked[-2:] == ["GET /api/directory", "GET /api/mailbox/0"]
    assert violations(page) == []


def test_a_server_that_steps_back_to_an_older_directory_is_sent_nothing(
    writer: Writer, place: Place, tmp_path: Path
) -> None:
    older = place.team.directory(site=signed_site)
    newer = tmp_path / "directory.signed"
    newer.write_bytes(place.team.directory(site=signed_site))
    assert apart(lambda: run("publish", "--data", place.data, newer)).returncode == 0
    writer.begin()
    writer.walk("check", {"text": lambda page: page.locator("#text").fill("For the team alone")})
    writer.context.route("**/api/directory", lambda route: route.fulfill(status=200, body=older))
    writer.press()
    writer.wait("unsent")
    writer.page.get_by_role("heading", name="Something is wrong with this server").wait_for()
    assert "POST /api/envelopes" not in writer.calls()


def test_a_server_that_is_flooded_is_worked_for(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    busy = apart(lambda: make_place(tmp_path_factory.mktemp("busy")))
    try:
        busy.stop()
        ask_work(busy.data, BITS)
        busy.again()
        with writing(browser, busy) as writer:
            words = writer.report("Worked for")
            assert "POST /api/work" in writer.calls()
            assert [each.text for each in busy.letters(words)] == ["Worked for"]
            sent = [each for each, _ in writer.asked if each.url.endswith("/api/envelopes")]
            assert ["dropbox-work" in each.headers for each in sent] == [False, True]
    finally:
        busy.stop()
