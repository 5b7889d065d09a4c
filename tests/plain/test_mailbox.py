"""A mailbox without scripts: opened with the words, read, answered, emptied, closed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from crypto.documents import ContactWithdrawn, Link, Message, Report
from crypto.envelope import Chain
from dropbox.plain import words as said
from tests.dropbox.rows import in_database
from tests.payloads import HIDDEN, PAYLOADS
from tests.plain.browsing import Browser, File
from tests.plain.place import Place, together

MAILBOX = "Your mailbox"
NOTHING = "No mailbox opens with these words"
OUT = "You have been logged out"


@pytest.fixture(scope="module")
def words(place: Place) -> str:
    """A mailbox with a reply."""
    words = place.report()
    place.reply(words, "Thank you for writing.")
    return words


@pytest.fixture
def opened(place: Place, words: str) -> Browser:
    browser = place.browser()
    assert browser.log_in(words).heading == MAILBOX
    return browser


# -- the way in -----------------------------------------------------------------------------------


def spellings(words: str) -> list[str]:
    each = words.split()
    full = "".join(
        chr(ord(letter) - 0x20 + 0xFF00) if letter != " " else "\u3000" for letter in words
    )
    between = ["  ", "\t", "\n", "\r\n", ", ", "-", ".", "\u00a0", "\u2003", " \u200b", " / ", "_",
               "1",
               "\u2028", " – ", "•", "|", "; ", "\x00", "\ufeff "]  # fmt: skip
    return [
        words, words.upper(), words.title(), f" {words} ", f"\r\n{words}\r\n", f'"{words}"', full,
        f"{words}.", f"\ufeff{words}", "\u00ad".join(words), "\u200b".join(words),
        "\n".join(f"{number}. {word}" for number, word in enumerate(each, 1)),
        *(mark.join(each) for mark in between),
    ]  # fmt: skip


def test_the_words_open_in_thirty_spellings(place: Place, words: str) -> None:
    assert len(set(spellings(words))) >= 30
    for each in spellings(words):
        assert place.mailbox(each).heading == MAILBOX, repr(each)


def test_a_wrong_word_is_named_with_the_nearest_and_nothing_else(place: Place, words: str) -> None:
    rest = words.split()[1:]
    page = place.mailbox(" ".join(["abacuss", *rest]))
    assert (page.status, page.heading) == (200, "Open your mailbox")
    [problem] = page.problems
    assert problem.startswith("“abacuss” is not one of the words. Is it “abacus”")
    assert page.form["words"] == ""
    assert page.text == place.mailbox("abacuss " * 7).text, "nothing depends on the other words"
    assert "mailbox" not in page.browser.cookies
    assert place.mailbox("xqzzzq " * 7).problems == ["“xqzzzq” is not one of the words"]
    long = place.mailbox("z" * 5_000).problems
    assert long == [f"“{'z' * 40}” is not one of the words"]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", said.WORDS_MISSING),
        (" \r\n", said.WORDS_MISSING),
        ("1234 !?", said.WORDS_MISSING),
        ("abacus", "Write seven words: there are 1"),
        ("abacus " * 6, "Write seven words: there are 6"),
        ("abacus " * 8, "Write seven words: there are 8"),
        ("abacus " * 10_000, "Write seven words: there are 10,000"),
    ],
)
def test_any_other_number_of_words_is_said(place: Place, typed: str, problem: str) -> None:
    assert place.mailbox(typed).problems == [problem]


def test_never_used_and_closed_give_the_same_page(place: Place) -> None:
    words = place.report()
    browser = place.browser()
    browser.log_in(words)
    assert browser.get("/plain/close").form.send(sure="yes").heading == "The mailbox is closed"
    closed, never = place.mailbox(words), place.mailbox("abacus " * 7)
    assert (closed.status, closed.heading) == (404, NOTHING)
    assert (closed.body, closed.headers) == (never.body, never.headers)
    for path in ("/plain/delete", "/plain/withdraw", "/plain/close"):
        assert closed.browser.get(path).body == never.browser.get(path).body == closed.body
        assert closed.browser.post(path, [("sure", "yes")]).body == closed.body
    assert closed.browser.post("/plain/answer", [("text", "x"), ("place", "0")]).body == closed.body


# -- the cookie -----------------------------------------------------------------------------------


def test_the_cookie_is_for_this_session_and_never_for_scripts(opened: Browser, words: str) -> None:
    for cookie in opened.said_of_cookies:
        name, _, rest = cookie.partition("=")
        value, *attributes = rest.split("; ")
        assert name == "mailbox"
        assert attributes == ["HttpOnly", "SameSite=Strict", "Path=/plain/"]
        assert not any(word.encode() in urlsafe_b64decode(value) for word in words.split())
    assert len(set(opened.said_of_cookies)) == 2, "it is renewed by every page"


def test_a_cookie_that_somebody_changed_opens_nothing(opened: Browser) -> None:
    right = opened.cookies["mailbox"]
    packed = urlsafe_b64decode(right)
    changed = [
        urlsafe_b64encode(packed[:at] + bytes([packed[at] ^ 1]) + packed[at + 1 :]).decode()
        for at in (0, 23, 24, 31, 32, len(packed) - 1)
    ]
    for value in [
        *changed,
        "",
        "x",
        right[:-4],
        right[:20],
        right + "AAAA",
        '"',
        "%00",
        "A" * 4000,
    ]:
        opened.cookies["mailbox"] = value
        page = opened.get("/plain/mailbox")
        assert (page.status, page.heading) == (401, OUT), value
    opened.cookies["mailbox"] = right
    assert opened.get("/plain/mailbox").heading == MAILBOX


def test_the_cookie_is_good_for_fifteen_minutes_after_the_last_page(
    make_place: Callable[..., Place],
) -> None:
    place = make_place()
    browser = place.mailbox(place.report()).browser
    old = dict(browser.cookies)
    for minute in (14, 28, 42):
        place.turn_clock(minute * 60)
        assert browser.get("/plain/mailbox").heading == MAILBOX
    place.turn_clock(42 * 60 + 15 * 60 + 2)
    assert browser.get("/plain/mailbox").heading == OUT
    place.turn_clock(15 * 60 + 2)
    browser.cookies = old
    assert browser.get("/plain/mailbox").heading == OUT


def test_a_restart_logs_out_and_the_page_says_so(make_place: Callable[..., Place]) -> None:
    place = make_place()
    words = place.report()
    page = place.mailbox(words)
    cookies = page.browser.cookies
    filled = page.form.filled({"text": "Written before"})
    place.server.stop()
    place.again()
    browser = Browser(place.server.url, cookies)
    out = browser.post("/plain/answer", filled)
    assert (out.status, out.heading) == (401, OUT)
    assert "when the server starts anew" in out.text
    assert "another tab" in out.text
    browser.log_in(words)
    assert "has arrived" in browser.post("/plain/answer", filled).text, "what a reload sends"
    assert [each.text for each in place.letters(words)][1:] == ["Written before"]


def test_leaving_forgets_and_leads_elsewhere(opened: Browser) -> None:
    page = opened.get("/plain/leave")
    assert (page.status, page.header("Location")) == (303, "https://www.bbc.co.uk/weather")
    assert "mailbox" not in opened.cookies
    assert page.body == b""
    assert opened.get("/plain/mailbox").heading == OUT


def test_two_mailboxes_in_two_browsers_do_not_meet(place: Place, words: str) -> None:
    other = place.report()
    place.reply(other, "For the other one.")
    one, two = place.mailbox(words), place.mailbox(other)
    assert "For the other one." not in one.text
    assert "For the other one." in two.text
    one.browser.cookies = two.browser.cookies
    assert "For the other one." in one.browser.get("/plain/mailbox").text


# -- answers --------------------------------------------------------------------------------------


def test_an_answer_arrives_with_its_files(place: Place) -> None:
    words = place.report("First")
    page = place.mailbox(words)
    done = page.form.send(
        text="\r\nSecond\r\nline", language="cy", files=[File("a.txt", b"b" * 99)]
    )
    assert "Your answer has arrived." in done.text
    assert "Message 2," in done.text
    report, answer = place.letters(words)
    assert isinstance(report, Report)
    assert isinstance(answer, Message)
    assert (answer.text, answer.language, answer.sealed.value) == (
        "Second\nline",
        "cy",
        "on arrival",
    )
    assert place.content(answer.files[0]) == b"b" * 99
    assert done.form["text"] == ""


def test_an_answer_sent_twice_is_stored_once(place: Place) -> None:
    words = place.report()
    page = place.mailbox(words)
    assert "has arrived" in page.form.send(text="Once").text
    again = page.form.send(text="Once", files=[File("a", b"b")])
    assert again.problems[0] == said.ARRIVED_MEANWHILE
    assert said.FILES_AGAIN in again.problems
    assert again.form["text"] == "Once"
    assert len(place.letters(words)) == 2
    assert "has arrived" in again.form.send(text="Another").text
    assert [each.text for each in place.letters(words)][1:] == ["Once", "Another"]


def test_answers_at_once_from_one_page_are_stored_once(place: Place) -> None:
    words = place.report()
    page = place.mailbox(words)
    sends = [lambda: page.form.send(text="Once", files=[File("a", b"b")])] * 5
    answers = together(*sends)
    assert sum("has arrived." in each.text for each in answers) == 1
    assert sum(said.ARRIVED_MEANWHILE in each.problems for each in answers) == 4
    assert len(place.letters(words)) == 2


@pytest.mark.parametrize("where", ["", "0", "-1", "1.0", "99999999999999999999", "x", "０"])
def test_an_answer_for_another_place_comes_back(opened: Browser, where: str) -> None:
    back = opened.get("/plain/mailbox").form.send(text="Kept", place=where)
    assert back.problems == [said.ARRIVED_MEANWHILE]
    assert back.form["text"] == "Kept"


def test_what_is_no_answer_comes_back(place: Place, opened: Browser) -> None:
    form = opened.get("/plain/mailbox").form
    assert form.send(text=" \r\n").problems == [said.ANSWER_MISSING]
    long = form.send(text="x" * 40_001, files=[File("a", b"b")])
    assert long.problems == ["Shorten this: 40,001 characters, of which 40,000 fit",
                             said.FILES_AGAIN]  # fmt: skip
    assert long.form["text"] == "x" * 40_001
    assert form.send(text="Kept", files=[File("a", b"")]).form["text"] == "Kept"


def test_no_payload_becomes_markup_when_an_answer_comes_back(opened: Browser) -> None:
    text = "\r\n".join(PAYLOADS)
    plain = opened.get("/plain/mailbox")
    back = plain.form.send(text=text, place="x")
    assert back.form["text"] == text
    assert [tag for tag, _ in back.elements if tag in {"script", "img", "svg", "iframe"}] == []


# -- what the team writes -------------------------------------------------------------------------


def test_replies_are_text_whatever_they_hold(place: Place) -> None:
    words = place.report()
    tags = {tag for tag, _ in place.mailbox(words).elements}
    hidden = " ".join(f"[{each}]" for each in HIDDEN)
    place.reply(words, "\n".join(PAYLOADS), hidden)
    page = place.mailbox(words)
    assert {tag for tag, _ in page.elements} <= {*tags, "h3"}
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert "<script>pwned()</script>" in page.text
    assert not any(each in page.body.decode() for each in HIDDEN)
    assert "[<U+202E>]" in page.text
    listed = page.browser.get("/plain/delete")
    assert b"<script" not in listed.body
    assert not any(each in listed.body.decode() for each in HIDDEN)


def test_what_was_read_is_said_and_what_was_reported_is_never_shown(place: Place) -> None:
    words = place.report("A very particular text")
    team = place.correspondent(words)
    [own] = place.case(words).of(Chain.REPORTER)
    page = place.mailbox(words)
    assert "the team has not said yet that it has read it" in page.text
    place.post(team.receipt(Link(own.seq, own.id)), team.assign(), team.reply("From the case"))
    page = place.mailbox(words)
    assert "the team has read it" in page.text
    assert "your message was read" in page.text
    assert "From the case" in page.text
    assert "particular" not in page.text
    assert "has arrived" in page.form.send(text="To the case").text


# -- deleting -------------------------------------------------------------------------------------


def test_one_message_is_deleted_and_the_others_stay(place: Place) -> None:
    words = place.report()
    place.reply(words, "First", "Second", "Third")
    browser = place.mailbox(words).browser
    form = browser.get("/plain/delete").form
    assert form.send().problems == [said.NOTHING_CHOSEN]
    done = form.send(message=["2"])
    assert "The messages have been deleted." in done.text
    page = place.mailbox(words)
    assert "Second" not in page.text
    assert "First" in page.text
    assert "Third" in page.text
    assert "a message that was deleted" in page.text
    assert "have been deleted" in form.send(message=["2"]).text, "sent twice, it is still true"
    assert form.send(message=["77", "x", "-1"]).problems == [said.NOTHING_CHOSEN]


def test_all_are_all_that_the_page_showed(place: Place) -> None:
    """A reply that came after the page was opened has not been read: it stays."""
    words = place.report()
    team = place.reply(words, "One", "Two")
    browser = place.mailbox(words).browser
    form = browser.get("/plain/delete").form
    place.post(team.reply("Third, unread"))
    assert "have been deleted" in form.send(message="all").text
    page = place.mailbox(words)
    assert "One" not in page.text
    assert "Two" not in page.text
    assert "Third, unread" in page.text
    for shown in ("", "-1", "x", "9" * 30, "０"):
        assert form.send(message="all", shown=shown).problems == [said.NOTHING_CHOSEN]


def test_contact_details_are_taken_back(place: Place) -> None:
    words = place.report(track="confidential", sure="yes", contact="Ann")
    browser = place.mailbox(words).browser
    assert "not to use your contact details" in browser.get("/plain/withdraw").form.send().text
    last = place.case(words).of(Chain.REPORTER)[-1].payload
    assert isinstance(last, ContactWithdrawn)


def test_a_mailbox_is_closed_when_it_is_asked_for_twice(place: Place) -> None:
    words = place.report()
    place.reply(words, "A reply")
    browser = place.mailbox(words).browser
    form = browser.get("/plain/close").form
    assert form.send().problems == [said.NOT_SURE]
    assert place.mailbox(words).heading == MAILBOX
    cookies = dict(browser.cookies)
    assert form.send(sure="yes").heading == "The mailbox is closed"
    assert "mailbox" not in browser.cookies
    assert place.case(words).closed
    browser.cookies = cookies
    assert form.send(sure="yes").heading == NOTHING
    assert place.mailbox(words).heading == NOTHING


# -- a hostile server -----------------------------------------------------------------------------


MINE = "mailbox = (SELECT id FROM mailboxes WHERE address = :mine) AND chain = 2"
OTHERS = "mailbox = (SELECT id FROM mailboxes WHERE address = :other) AND chain = 2"
ROW = "(SELECT position FROM envelopes WHERE {} AND seq = {})"
DAMAGES = {
    "one deleted": [
        f"DELETE FROM wraps WHERE envelope = {ROW.format(MINE, 1)}",
        f"DELETE FROM envelopes WHERE {MINE} AND seq = 1",
    ],
    "one said to be deleted": [f"UPDATE envelopes SET body = NULL WHERE {MINE} AND seq = 1"],
    "one said to be deleted by her": [
        f"UPDATE envelopes SET body = NULL, deleted = zeroblob(64) WHERE {MINE} AND seq = 1"
    ],
    "a body of another mailbox": [
        f"UPDATE envelopes SET body = (SELECT body FROM envelopes WHERE {OTHERS}) "
        f"WHERE {MINE} AND seq = 1"
    ],
    "a message of another mailbox": [
        f"UPDATE envelopes SET (id, header, body_hash, body) = (SELECT id, header, body_hash, body "
        f"FROM envelopes WHERE {OTHERS}) WHERE {MINE} AND seq = 1"
    ],
    "their bodies change places": [
        "CREATE TEMP TABLE b AS SELECT seq, body FROM envelopes WHERE " + MINE,
        f"UPDATE envelopes SET body = (SELECT body FROM b WHERE b.seq = 1 - envelopes.seq) "
        f"WHERE {MINE} AND seq < 2",
    ],
    "no wrap": [f"DELETE FROM wraps WHERE envelope = {ROW.format(MINE, 1)}"],
    "the wrap of another message": [
        f"UPDATE wraps SET wrap = (SELECT wrap FROM wraps WHERE slot = 0 AND envelope = "
        f"{ROW.format(MINE, 0)}) WHERE slot = 0 AND envelope = {ROW.format(MINE, 1)}"
    ],
    "the first is gone": [
        f"DELETE FROM wraps WHERE envelope = {ROW.format(MINE, 0)}",
        f"DELETE FROM envelopes WHERE {MINE} AND seq = 0",
    ],
    "her report is gone": [
        f"DELETE FROM wraps WHERE envelope = {ROW.format(MINE.replace('= 2', '= 1'), 0)}",
        f"DELETE FROM envelopes WHERE {MINE.replace('= 2', '= 1')} AND seq = 0",
    ],
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.sampled(4)
def test_a_mailbox_that_somebody_has_changed_says_so(place: Place, damage: str) -> None:
    words, other = place.report(), place.report()
    browser = place.mailbox(words).browser
    browser.get("/plain/mailbox")
    browser.post("/plain/answer", browser.get("/plain/mailbox").form.filled({"text": "More"}))
    place.reply(words, "Alpha reply", "Beta reply", "Gamma reply")
    place.reply(other, "Foreign reply")
    assert "Something is wrong" not in place.mailbox(words).text

    def change(connection: Connection) -> None:
        addresses = {
            "mine": place.secret(words).keys.card.id,
            "other": place.secret(other).keys.card.id,
        }
        for statement in DAMAGES[damage]:
            assert connection.execute(text(statement), addresses).rowcount, "nothing was changed"

    in_database(place.data, change)
    page = place.mailbox(words)
    assert (page.status, page.heading) == (200, MAILBOX)
    assert "Something is wrong with this mailbox" in page.text
    assert "Foreign reply" not in page.text
    if damage != "her report is gone":
        shown = {each for each in ("Alpha reply", "Beta reply", "Gamma reply") if each in page.text}
        assert len(shown) < 3
        assert "Gamma reply" in shown


def test_a_mailbox_whose_rows_are_all_gone_is_empty(place: Place) -> None:
    words = place.report()
    address = {"mine": place.secret(words).keys.card.id}
    rows = "mailbox = (SELECT id FROM mailboxes WHERE address = :mine)"

    def change(connection: Connection) -> None:
        wraps = f"DELETE FROM wraps WHERE envelope IN (SELECT position FROM envelopes WHERE {rows})"
        connection.execute(text(wraps), address)
        connection.execute(text(f"DELETE FROM envelopes WHERE {rows}"), address)

    in_database(place.data, change)
    assert place.mailbox(words).heading == NOTHING
