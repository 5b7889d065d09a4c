"""A report without scripts: the words first, one form, stored once, sealed as it comes."""

import hashlib
import html
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crypto.contact import open_contact, open_half
from crypto.documents import Report, Sealed
from crypto.errors import DoesNotOpen
from dropbox.client.wordlist import word_list
from dropbox.site.questions import CATEGORIES, QUESTIONS
from tests.payloads import FILE_NAMES, HIDDEN, PAYLOADS
from tests.plain.browsing import OURS, File, form_request
from tests.plain.place import Place, together
from tests.postgres import Postgres

ARRIVED = "Your report has arrived"
ALREADY = "Your report had arrived already"
FORM = "Write to us"
KIB, MIB = 1024, 1024 * 1024
LONGEST = 40_000


def read(place: Place, words: str) -> Report:
    [report] = place.letters(words)
    assert isinstance(report, Report)
    return report


# -- the words, and the ticket that holds them ----------------------------------------------------


def test_the_words_come_first_and_open_the_mailbox(place: Place) -> None:
    page = place.browser().get("/plain/start")
    assert word_list().read(page.words).expose() == page.words
    assert page.body.index(b'class="words"') < page.body.index(b"<form")
    sent = page.form.send(text="Something is wrong.")
    assert sent.heading == ARRIVED
    assert not any(each in sent.text.split() for each in page.words.split())
    assert place.mailbox(page.words).heading == "Your mailbox"


def test_every_form_has_its_own_words(place: Place) -> None:
    browser = place.browser()
    assert len({browser.get("/plain/start").words for _ in range(10)}) == 10


def test_the_same_form_twice_is_stored_once_and_the_second_answer_says_so(place: Place) -> None:
    form = (page := place.browser().get("/plain/start")).form
    assert form.send(text="The first").heading == ARRIVED
    again = form.send(text="Changed since", files=[File("a", b"b")])
    assert (again.status, again.heading) == (200, ALREADY)
    assert "open your mailbox to write it to us" in again.text
    assert read(place, page.words).text == "The first"


def test_the_same_form_at_once_is_stored_once(place: Place) -> None:
    page = place.browser().get("/plain/start")
    sends = [lambda text=f"Number {each}": page.form.send(text=text).heading for each in range(6)]  # type: ignore[misc]
    assert sorted(together(*sends)) == [ALREADY] * 5 + [ARRIVED]
    assert read(place, page.words).text.startswith("Number ")


def test_a_form_with_something_missing_keeps_its_words_and_what_was_typed(place: Place) -> None:
    page = place.browser().get("/plain/start")
    back = page.form.send(who="Ann", track="confidential", files=[File("a", b"b")])
    assert (back.heading, back.words, back.title) == (FORM, page.words, "Error: Form")
    assert (back.form["who"], back.form["track"]) == ("Ann", "confidential")
    assert "Choose your files again: a browser does not keep them" in back.problems
    sent = back.form.send(text="What happened", track="anonymous")
    assert sent.heading == ARRIVED
    assert read(place, page.words).text == "What happened"


@pytest.mark.parametrize(
    "ticket", ["", "x", "A" * 200, "\u0100", "%", "QUJD", "=" * 50, "A" * 100_000]
)
def test_a_ticket_of_nobodys_making_gets_new_words(place: Place, ticket: str) -> None:
    back = place.browser().get("/plain/start").form.send(text="Kept", ticket=ticket)
    assert (back.status, back.heading, back.form["text"]) == (200, FORM, "Kept")
    assert "You have new words" in back.text
    assert back.form.send().heading == ARRIVED


def test_a_ticket_is_no_cookie_and_a_cookie_is_no_ticket(place: Place) -> None:
    words = place.report()
    browser = place.browser()
    browser.log_in(words)
    ticket = browser.get("/plain/start").form["ticket"]
    back = browser.get("/plain/start").form.send(text="x", ticket=browser.cookies["mailbox"])
    assert "You have new words" in back.text
    browser.cookies["mailbox"] = ticket
    assert browser.get("/plain/mailbox").status == 401


def test_a_form_of_before_a_restart_comes_back_filled_in_with_new_words(
    make_place: Callable[..., Place],
) -> None:
    place = make_place(port=0)
    page = place.browser().get("/plain/start")
    filled = page.form.filled({"text": "Kept", "category": ["other"], "force": "kent", "who": "A"})
    place.server.stop()
    place.again()
    back = place.browser().post("/plain/start", filled, [File("a", b"b")])
    assert (back.status, back.heading) == (200, FORM)
    assert "Our server was started anew" in back.text
    assert "Choose your files again: a browser does not keep them" in back.problems
    assert back.words != page.words
    kept = dict(back.form.fields)
    assert (kept["text"], kept["category"], kept["force"], kept["who"]) == (
        "Kept", "other", "kent", "A",
    )  # fmt: skip
    assert back.form.send().heading == ARRIVED
    assert read(place, back.words).text == "Kept"
    assert place.mailbox(page.words).status == 404


# -- what arrives ---------------------------------------------------------------------------------


def test_every_field_arrives(place: Place) -> None:
    answers = {
        each.name: each.choices[-1][0] if each.choices else f"About {each.name}:\r\nan answer"
        for each in QUESTIONS
    }
    categories = [value for value, _ in CATEGORIES]
    page = place.browser().get("/plain/start")
    files = [File("one.txt", b"first"), File("zwei.pdf", b"second" * 4000)]
    values = {"text": "What\r\nhappened", "category": categories, "force": "kent"}
    values |= {"force-2": "btp", "language": "cy", "track": "confidential", "sure": "yes"}
    values |= {"contact": "Ann, Tuesdays", **answers}
    sent = page.browser.post(page.form.action, page.form.filled(values), files)
    assert sent.heading == ARRIVED
    report = read(place, page.words)
    assert report.sealed is Sealed.ON_ARRIVAL
    assert report.text == "What\nhappened"
    assert sorted(each.value for each in report.categories) == sorted(categories)
    assert (report.forces, report.language) == (("btp", "kent"), "cy")
    got = {each.question: each.answer for each in report.answers}
    assert got == {name: answer.replace("\r\n", "\n") for name, answer in answers.items()}
    assert [(each.name, each.type) for each in report.files] == [
        ("one.txt", "text/plain"), ("zwei.pdf", "application/pdf"),
    ]  # fmt: skip
    assert [place.content(each) for each in report.files] == [b"first", b"second" * 4000]


def test_contact_details_are_sealed_apart(place: Place) -> None:
    page = place.browser().get("/plain/start")
    values = {"track": "confidential", "sure": "yes", "contact": " Ann, 07700 900123 \r\nTuesdays"}
    assert page.form.send(text="x", **values).heading == ARRIVED
    contact = read(place, page.words).contact
    mailbox = place.secret(page.words).keys.card.id
    assert contact is not None
    with pytest.raises(DoesNotOpen):
        open_half(contact, mailbox, place.team.intake.keys)
    with pytest.raises(DoesNotOpen):
        open_contact(contact, bytes(32), mailbox)
    second = open_half(contact, mailbox, place.team.contact.keys)
    assert open_contact(contact, second, mailbox) == "Ann, 07700 900123 \nTuesdays"


TRACKS = {
    "anonymous with details": ({"contact": "Ann"}, "Clear your contact details"),
    "confidential without": ({"track": "confidential", "sure": "yes"}, "Write how you can be"),
    "confidential, only spaces": (
        {"track": "confidential", "sure": "yes", "contact": " \r\n "},
        "Write how you can be",
    ),
    "not sure": ({"track": "confidential", "contact": "Ann"}, "Tick that you know the police"),
    "too long": (
        {"track": "confidential", "sure": "yes", "contact": "é" * 4097},
        "Shorten your contact details",
    ),
}


@pytest.mark.parametrize("what", TRACKS)
def test_contact_details_are_taken_only_from_who_means_it(place: Place, what: str) -> None:
    values, problem = TRACKS[what]
    page = place.browser().get("/plain/start")
    back = page.form.send(text="x", **values)
    assert back.heading == FORM
    assert any(each.startswith(problem) for each in back.problems), back.problems
    assert place.mailbox(page.words).status == 404, "nothing was stored"


def test_what_is_not_on_offer_is_left_out(place: Place) -> None:
    page = place.browser().get("/plain/start")
    more = [("category", "<b>"), ("category", "other"), ("danger", "maybe"), ("how-known", "x")]
    more += [("force", "no-such-force"), ("force-2", "demo-calder"), ("language", "tlh")]
    more += [("unknown", "x"), ("question", "y"), ("who", "z"), ("track", "both"), ("card", "")]
    fields = [*page.form.filled({"text": "x", "force": [], "force-2": [], "who": []}), *more]
    fields = [(n, v) for n, v in fields if n not in {"language", "track"} or (n, v) in more]
    assert page.browser.post("/plain/start", fields).heading == ARRIVED
    report = read(place, page.words)
    assert [each.value for each in report.categories] == ["other"]
    assert (report.forces, report.language, report.contact) == ((), "en", None)
    assert [(each.question, each.answer) for each in report.answers] == [("who", "z")]


TEXTS = {
    "one character": ".",
    "a space between": "a b",
    "the longest": "x" * LONGEST,
    "the longest of four bytes each": "\U0001f600" * LONGEST,
    "emoji": "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁷󠁬󠁳󠁿 é é",
    "right to left": "שלום \u202eolleh\u202c مرحبا",
    "nul and control": "a\x00b\x1b[31m\x7f\x85",
    "not characters": "\ufffe\uffff\U0010ffff",
    "zero width": "a\u200bb\u2060c\ufeffd",
    "markup": "".join(PAYLOADS)[:LONGEST],
    "percent": "%s %d {0} {name} {{ 7*7 }} ${x}",
}


@pytest.mark.parametrize("what", TEXTS)
def test_a_text_arrives_as_it_was_typed(place: Place, what: str) -> None:
    assert read(place, place.report(TEXTS[what])).text == TEXTS[what]


def test_every_line_end_is_one(place: Place) -> None:
    assert read(place, place.report("\r\na\r\nb\rc\nd\r\n")).text == "a\nb\nc\nd"


@pytest.mark.parametrize("text", ["x" * (LONGEST + 1), "é\r\n" * 30_000])
def test_a_text_that_is_too_long_comes_back(place: Place, text: str) -> None:
    page = place.browser().get("/plain/start")
    back = page.form.send(text=text)
    assert (back.status, back.heading, back.words) == (200, FORM, page.words)
    assert back.form["text"] == text
    [problem] = back.problems
    length = len(text.replace("\r\n", "\n"))
    assert problem == f"Shorten this: {length:,} characters, of which 40,000 fit"
    assert place.mailbox(page.words).status == 404


def test_answers_that_are_too_long_together_come_back(place: Place) -> None:
    page = place.browser().get("/plain/start")
    names = [each.name for each in QUESTIONS if not each.choices]
    values = dict.fromkeys(names, "\x01" * LONGEST)  # six bytes each once they are sealed
    fields = page.form.filled({"text": "x", **values})
    back = page.browser.post("/plain/start", fields, [File("a", b"b")])
    assert back.heading == FORM
    assert "Shorten your answers: together they are too long" in back.problems
    assert "Choose your files again: a browser does not keep them" in back.problems
    values = dict.fromkeys(names, "😀" * LONGEST)  # more than a payload holds
    back = page.browser.post("/plain/start", page.form.filled({"text": "😀" * LONGEST, **values}))
    assert "Shorten your answers: together they are too long" in back.problems
    assert back.form["who"] == "\U0001f600" * LONGEST


@pytest.mark.parametrize("text", ["", " ", "\r\n\r\n", "\t"])
def test_nothing_at_all_is_asked_for_again(place: Place, text: str) -> None:
    back = place.browser().get("/plain/start").form.send(text=text, who="Ann")
    assert back.problems == ["Write what happened, or choose a file that says it"]


def test_no_payload_becomes_markup_when_a_form_comes_back(place: Place) -> None:
    """T36, T37: everywhere a text of hers is shown again."""
    page = place.browser().get("/plain/start")
    plain = page.form.send(text="")
    text = "\r\n".join(PAYLOADS)
    for name in ("text", "who", "contact", "must-not-know"):
        back = page.browser.post(
            "/plain/start", page.form.filled({name: text, "track": "confidential"})
        )
        assert back.heading == FORM
        assert dict(back.form.fields)[name] == text
        assert len(back.elements) <= len(plain.elements) + 4
        assert b"probe.invalid" in back.body
        assert html.escape("<script>pwned()</script>", quote=False).encode() in back.body
        assert b"<script" not in back.body


# -- files ----------------------------------------------------------------------------------------

SIZES = [1, 16 * KIB - 1, 16 * KIB, 16 * KIB + 1, MIB - 1, MIB, MIB + 1, 3 * MIB, 3 * MIB + 7]


def test_files_of_every_size_open_to_the_same_bytes(place: Place) -> None:
    """Also those that hold what looks like the end of a part."""
    page = place.browser().get("/plain/start")
    contents = [hashlib.shake_128(str(size).encode()).digest(size) for size in SIZES]
    contents += [
        b"\r\n--" * 5000,
        b"\r\n------boundary\r\n\r\n" * 100,
        b"\r\n",
        b"\n",
        b"--",
        bytes(9),
    ]
    files = [File(f"{number}.bin", content) for number, content in enumerate(contents)]
    assert page.form.send(files=files).heading == ARRIVED
    report = read(place, page.words)
    assert report.text == ""
    assert [each.size for each in report.files] == [len(each) for each in contents]
    assert [place.content(each) for each in report.files] == contents


def test_a_file_that_comes_in_dribbles_is_whole(place: Place) -> None:
    """The mark between two parts is cut at every place."""
    page = place.browser().get("/plain/start")
    fields = page.form.filled({"text": "x"})
    request = form_request("/plain/start", fields, [File("a", b"0123456789"), File("b", b"\r\n--")])
    with page.browser.connect() as connection:
        connection.sendall(request[:-500])
        for each in request[-500:]:
            connection.sendall(bytes([each]))
        assert page.browser.read(connection).heading == ARRIVED
    report = read(place, page.words)
    assert [place.content(each) for each in report.files] == [b"0123456789", b"\r\n--"]


def test_twenty_files_are_taken_and_twenty_one_are_not(place: Place) -> None:
    page = place.browser().get("/plain/start")
    files = [File(f"{each}", b"content") for each in range(21)]
    back = page.form.send(text="Kept", files=files)
    assert (back.heading, back.problems) == (FORM, ["Choose at most 20 files"])
    assert back.form.send(files=files[:20]).heading == ARRIVED
    assert len(read(place, page.words).files) == 20


def test_an_empty_file_is_named(place: Place) -> None:
    page = place.browser().get("/plain/start")
    back = page.form.send(text="Kept", files=[File("a", b"b"), File("empty\u202e.txt", b"")])
    assert back.problems == ["The file “empty<U+202E>.txt” is empty. Choose the files again"]
    assert back.form.send().heading == ARRIVED
    assert read(place, page.words).files == ()


def test_no_file_chosen_is_no_file(place: Place) -> None:
    page = place.browser().get("/plain/start")
    assert page.form.send(text="x", files=[File("", b"")]).heading == ARRIVED
    assert read(place, page.words).files == ()
    back = place.browser().get("/plain/start").form.send(files=[File("", b"")])
    assert back.problems == ["Write what happened, or choose a file that says it"]


NAMES = [
    *(name for name in FILE_NAMES if "\n" not in name), *(f"a{each}b" for each in HIDDEN[:18]),
    "x" * 300, "a; b; c.pdf", "a\\b\\", "a=b; filename=c", "%0A", 'name="x"; filename="y"',
    "data:<script>/x,", "a;b=c", "'", "é\u0301",
]  # fmt: skip


def test_hostile_file_names_arrive_as_data(place: Place) -> None:
    for begin in range(0, len(NAMES), 20):
        page = place.browser().get("/plain/start")
        some = NAMES[begin : begin + 20]
        assert page.form.send(files=[File(name, b"x") for name in some]).heading == ARRIVED
        got = [each.name for each in read(place, page.words).files]
        assert got == [each.replace('"', "%22")[:255] for each in some]


@pytest.mark.parametrize("name", [b"\xff\xfe.txt", b"caf\xe9.txt", b"\xed\xa0\x80"])
def test_a_file_name_that_is_no_text_does_not_lose_the_report(place: Place, name: bytes) -> None:
    page = place.browser().get("/plain/start")
    assert page.form.send(text="x", files=[File(name, b"content")]).heading == ARRIVED
    [file] = read(place, page.words).files
    assert "\ufffd" in file.name
    assert place.content(file) == b"content"


def test_a_field_behind_a_file_is_not_of_our_form(place: Place) -> None:
    ticket = place.browser().get("/plain/start").form["ticket"]
    request = form_request("/plain/start", [("ticket", ticket)], [File("a", b"b")])
    _, _, body = request.partition(b"\r\n\r\n")
    mark = body.split(b"\r\n", 1)[0]
    late = b'\r\nContent-Disposition: form-data; name="text"\r\n\r\nlate\r\n'
    whole = body.removesuffix(mark + b"--\r\n") + mark + late + mark + b"--\r\n"
    kind = ("Content-Type", f"multipart/form-data; boundary={mark[2:].decode()}")
    lines = [f"{name}: {value}" for name, value in (*OURS, kind)]
    head = "\r\n".join(["POST /plain/start HTTP/1.1", "Host: h", *lines]).encode()
    page = place.browser().send(head + b"\r\nContent-Length: %d\r\n\r\n" % len(whole) + whole)
    assert page.status == 400


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server that takes files of two megabytes."""
    limits = f"dropbox.plain.uploads:LARGEST_FILE={2 * MIB} PATIENCE=2"
    place = Place(tmp_path_factory.mktemp("narrow"), limits=limits)
    yield place
    place.server.stop()


def test_a_file_that_is_too_large_is_named_and_the_text_is_kept(narrow: Place) -> None:
    page = narrow.browser().get("/plain/start")
    files = [File("good", b"x"), File("large.bin", bytes(2 * MIB + 1)), File("z", bytes(MIB))]
    back = page.form.send(text="Kept", files=files)
    assert (back.status, back.heading) == (200, FORM)
    [problem] = back.problems
    assert problem == "The file “large.bin” is larger than 2 megabytes. Choose the files again"
    assert back.form["text"] == "Kept"
    assert back.form.send(files=[File("fits", bytes(2 * MIB))]).heading == ARRIVED
    [file] = read(narrow, page.words).files
    assert narrow.content(file) == bytes(2 * MIB)


def test_what_is_left_of_a_file_that_is_too_large_may_come_slowly(narrow: Place) -> None:
    """Longer than there is patience for any one piece of it."""
    page = narrow.browser().get("/plain/start")
    files = [File("large.bin", bytes(3 * MIB))]
    request = form_request("/plain/start", page.form.filled({"text": "Kept"}), files)
    with page.browser.connect() as connection:
        connection.sendall(request[:-300_000])
        for begin in range(len(request) - 300_000, len(request), 50_000):
            time.sleep(0.6)  # seven of them are more than the two seconds of patience
            connection.sendall(request[begin : begin + 50_000])
        assert page.browser.read(connection).problems == [
            "The file “large.bin” is larger than 2 megabytes. Choose the files again"
        ]


def test_a_request_that_is_too_large_is_refused_before_it_is_read(narrow: Place) -> None:
    browser = narrow.browser()
    with browser.connect() as connection:
        connection.sendall(
            b"POST /plain/start HTTP/1.1\r\nHost: h\r\nSec-Fetch-Site: same-origin\r\n"
            b"Content-Type: multipart/form-data; boundary=a\r\nContent-Length: 99999999\r\n\r\n"
        )
        assert browser.read(connection).status == 413


def test_what_an_aborted_report_has_sent_is_taken_back(
    make_place: Callable[..., Place], wait_until: Callable[..., None]
) -> None:
    place = make_place()
    page = place.browser().get("/plain/start")
    fields = page.form.filled({"text": "x"})
    request = form_request("/plain/start", fields, [File("a", bytes(5 * MIB))])
    parts = place.data / "parts"

    def stored() -> list[Path]:
        return [each for each in parts.rglob("*") if each.is_file()]

    with page.browser.connect() as connection:
        connection.sendall(request[: 4 * MIB])
        wait_until(lambda: len(stored()) > 0)
    wait_until(lambda: stored() == [])
    assert page.form.send(text="Once more", files=[File("a", b"b")]).heading == ARRIVED


# -- when no report can be taken ------------------------------------------------------------------


def test_with_an_expired_directory_nothing_is_taken_and_mailboxes_are_read(
    make_place: Callable[..., Place],
) -> None:
    place = make_place()
    page = place.browser().get("/plain/start")
    words = place.report()
    place.reply(words, "Thank you.")
    place.turn_clock(timedelta(days=15).total_seconds())
    assert place.browser().get("/plain/start").status == 423
    assert "No new report can be taken" in place.browser().get("/plain/").text
    sent = page.form.send(text="x", files=[File("a", b"b" * 300_000)])
    assert (sent.status, sent.heading) == (423, "No new report can be taken at the moment")
    mailbox = place.mailbox(words)
    assert "Thank you." in mailbox.text
    assert "No message can be sent at the moment" in mailbox.text


def test_a_full_server_says_so_and_mailboxes_are_read(make_place: Callable[..., Place]) -> None:
    place = make_place()
    words = place.report()
    place.reply(words, "Thank you.")
    place.server.stop()
    full = Place.__new__(Place)
    full.__dict__.update(place.__dict__)
    full._environment = {**place._environment, "LIMITS": "RESERVE_SHARE=1 RESERVE_MOST=1e18"}
    full.again()
    page = full.browser().get("/plain/start")
    for files in ([], [File("a", b"b")]):
        sent = page.form.send(text="x", files=files)
        assert (sent.status, sent.heading) == (507, "The server is full")
    mailbox = full.mailbox(words)
    assert "Thank you." in mailbox.text
    assert "has arrived" in mailbox.form.send(text="An answer").text
    full.server.stop()


@pytest.mark.postgresql
def test_a_report_and_an_answer_go_round_with_postgresql(
    make_place: Callable[..., Place], postgres: Postgres
) -> None:
    place = make_place(database=postgres.make())
    page = place.browser().get("/plain/start")
    content = bytes(range(256)) * 5000
    assert page.form.send(text="a\x00é", files=[File("f", content)]).heading == ARRIVED
    assert page.form.send(text="again").heading == ALREADY
    report = read(place, page.words)
    assert report.text == "a\x00é"
    assert place.content(report.files[0]) == content
    place.reply(page.words, "A question")
    mailbox = place.mailbox(page.words)
    assert "A question" in mailbox.text
    mailbox.form.send(text="An answer")
    assert [each.text for each in place.letters(page.words)] == ["a\x00é", "An answer"]
