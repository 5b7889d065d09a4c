"""The lane without scripts in every language: the same pages, the same journey, easily read."""

import re

import pytest

from crypto.documents import Report
from dropbox.plain.rendering import busy_page, load_pages
from dropbox.plain.routes import ROUTES, Route
from dropbox.site.catalogues import find_messages
from dropbox.site.languages import ENGLISH, find_language, read_languages
from dropbox.site.pages import plain_address
from tests.plain.browsing import Browser, Page, head
from tests.plain.place import Place
from tests.site.reading import blocks, grade

WELSH = find_language("cy")
LANGUAGES = read_languages()
say = WELSH.say
GETS = [route for route in ROUTES if route.method == "GET" and route.path != "/plain/leave"]
EACH = pytest.mark.parametrize("route", GETS, ids=lambda route: route.path)
LONG = [each.id for each in find_messages() if each.id and len(each.id) > 25]
ENGLISH_ONLY = [each for each in LONG if not set(each) & set("<%{")]


@pytest.fixture(scope="module")
def words(place: Place) -> str:
    """A mailbox with a reply."""
    words = place.report()
    place.reply(words, "Diolch am ysgrifennu.")
    return words


@pytest.fixture(scope="module")
def opened(place: Place, words: str) -> Browser:
    browser = place.browser()
    assert browser.log_in(words).heading == "Your mailbox"
    return browser


def language_links(page: Page) -> list[str]:
    return [found["href"] for tag, found in page.elements if tag == "a" and "hreflang" in found]


def attribute(page: Page, tag: str, name: str) -> str:
    return next(found.get(name, "") for each, found in page.elements if each == tag)


def test_a_report_in_welsh_goes_round_without_an_english_word(place: Place) -> None:
    """S08."""
    welsh = place.browser()
    pages = [welsh.get("/plain/cy/"), welsh.get("/plain/cy/what"), welsh.get("/plain/cy/limits")]
    form = welsh.get("/plain/cy/start")
    pages += [form, back := form.form.send(who="Rhywun")]
    assert back.problems == [say("Write what happened, or choose a file that says it")]
    pages.append(sent := back.form.send(text="Mae rhywbeth o’i le.", force="north-wales"))
    assert sent.heading == say("Your report has arrived")
    place.reply(form.words, "Diolch. Sut y gwyddoch?")
    pages += [welsh.get("/plain/cy/open"), mailbox := welsh.get("/plain/cy/open").form.send(
        words=form.words)]  # fmt: skip
    assert mailbox.heading == say("Your mailbox")
    assert "Sut y gwyddoch?" in mailbox.text
    pages.append(answered := mailbox.form.send(text="Gwelais i ef."))
    assert say("Your answer has arrived.") in answered.text
    pages.append(deleted := welsh.get("/plain/cy/delete").form.send(message="all"))
    assert say("The messages have been deleted.") in deleted.text
    pages += [unsure := welsh.get("/plain/cy/close").form.send()]
    assert unsure.problems == [say("Tick that you want this")]
    report, answer = place.letters(form.words)
    assert isinstance(report, Report)
    assert (report.language, answer.language) == ("cy", "cy"), "the page's own, unless changed"
    assert report.forces == ("north-wales",)
    pages.append(welsh.get("/plain/cy/withdraw").form.send())
    pages.append(closed := welsh.get("/plain/cy/close").form.send(sure="yes"))
    assert closed.heading == say("The mailbox is closed")
    pages += [welsh.log_in("abacus " * 7), welsh.get("/plain/cy/mailbox")]
    for page in pages[:-2] + pages[-1:]:
        assert attribute(page, "html", "lang") == "cy"
        assert not [each for each in ENGLISH_ONLY if each in page.text]
        assert all(found.get("action", "/plain/cy/").startswith("/plain/cy/")
                   for tag, found in page.elements if tag == "form")  # fmt: skip


def test_welsh_forces_have_their_welsh_names(place: Place) -> None:
    assert "Heddlu Gogledd Cymru" in place.browser().get("/plain/cy/start").text
    assert "North Wales Police" in place.browser().get("/plain/start").text


@EACH
def test_a_page_leads_to_itself_in_every_other_language(opened: Browser, route: Route) -> None:
    page = opened.get(route.path)
    name = route.path.removeprefix(plain_address("", route.language))
    others = [each for each in LANGUAGES if each is not route.language]
    if name == "start":
        assert language_links(page) == []  # in the other language the seven words are others
    elif page.status == 200 and name != "sent":
        assert language_links(page) == [plain_address(name, each) for each in others]


def test_a_mailbox_stays_open_from_one_language_to_the_other(opened: Browser) -> None:
    page = opened.get("/plain/mailbox")
    [there] = language_links(page)
    other = opened.get(there)
    assert (other.status, other.heading) == (200, say("Your mailbox"))
    assert language_links(other) == ["/plain/mailbox"]


def test_what_was_typed_is_not_lost_by_a_link(place: Place) -> None:
    """A form that came back has no link to another language: a link carries no text."""
    page = place.browser().get("/plain/start").form.send(who="Ann")
    assert page.form["who"] == "Ann"
    assert language_links(page) == []


def test_nobody_is_given_a_language_by_what_their_browser_says(place: Place) -> None:
    browser = place.browser()
    asked = browser.send(head("GET", "/plain/", [("Accept-Language", "cy")]))
    assert asked.body == browser.get("/plain/").body
    assert attribute(asked, "html", "lang") == "en"


def test_what_is_wrong_is_said_in_the_language_of_the_page(place: Place) -> None:
    browser = place.browser()
    for path, heading in (
        ("/plain/cy/nothing", say("There is no such page")),
        ("/plain/cy/mailbox", say("You have been logged out")),
        ("/plain/cyx", "There is no such page"),
        ("/plain/mailbox", "You have been logged out"),
    ):
        assert browser.get(path).heading == heading
    assert browser.post("/plain/cy/start", headers=()).heading == (
        say("This did not come from our page")
    )
    assert place.browser().log_in("abacus " * 7).heading == "No mailbox opens with these words"


def test_who_waited_in_vain_is_told_so_in_every_language() -> None:
    """Nobody has read which page they asked for."""
    html = bytes(busy_page(load_pages()).body or b"").decode()  # type: ignore[arg-type]
    for language in LANGUAGES:
        assert f'lang="{language.code}"' in html
        assert language.say("We are busy at the moment") in html
        assert language.say("If someone is in danger now, call 999.") in html


def test_a_language_that_is_not_on_offer_is_that_of_the_page(place: Place) -> None:
    page = place.browser().get("/plain/cy/start")
    assert page.form.send(text="x", language="tlh").heading == say("Your report has arrived")
    [report] = place.letters(page.words)
    assert report.language == "cy"


def test_answers_may_be_asked_for_in_another_language_than_that_of_the_page(place: Place) -> None:
    page = place.browser().get("/plain/start")
    assert page.form["language"] == "en"
    assert page.form.send(text="x", language="cy").heading == "Your report has arrived"
    [report] = place.letters(page.words)
    assert report.language == "cy"


def test_a_reply_and_a_text_say_their_direction_and_language(place: Place, words: str) -> None:
    page = place.mailbox(words)
    shown = [found for _, found in page.elements if found.get("class") == "visible-text"]
    assert [(each["dir"], each["lang"]) for each in shown] == [("auto", "en")]
    areas = [found for tag, found in page.elements if tag == "textarea"]
    assert [each["dir"] for each in areas] == ["auto"]


# -- what the pages ask and say ---------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_nobody_is_asked_for_rank_role_or_length_of_service(place: Place, language: object) -> None:
    """R19; and the page says not to write them."""
    code = language.code  # type: ignore[attr-defined]
    page = place.browser().get("/plain/start" if code == "en" else f"/plain/{code}/start")
    names = {found.get("name", "") for tag, found in page.elements
             if tag in {"input", "textarea", "select"}}  # fmt: skip
    assert names == {"ticket", "danger", "text", "category", "force", "force-2", "who", "when",
                     "where", "how-known", "how-many-know", "harmed", "evidence", "told",
                     "must-not-know", "follows", "language", "track", "contact", "sure",
                     "files"}  # fmt: skip
    spoken = find_language(code).say
    rule = "Do not tell us who you are, what your rank is, or how long you have been there."
    assert spoken(rule) in page.text


def test_before_sending_the_reporter_is_shown_what_could_point_to_them(place: Place) -> None:
    """R4, R5, R6, R7, R8, R10, R11, R15."""
    page = place.browser().get("/plain/start")
    for each in ("Do five people or fewer know this?", "your own job, your rank", "hours and",
                 "marks from the printer", "no one can give them", "must not see this report",
                 "It can be safer to wait some days", "follow an earlier report",
                 "I know that the police will learn who I am", "two of us have to agree",
                 "when no one else was there", "you can take it back"):  # fmt: skip
        assert each.lower() in page.text.lower(), each
    sent = page.form.send(text="x")
    for each in ("about two weeks", "about six weeks", "90 days", "seven days"):
        assert each in sent.text
    assert page.words not in sent.text


def test_that_it_follows_an_earlier_report_is_an_answer_of_its_own(place: Place) -> None:
    """R11."""
    page = place.browser().get("/plain/start")
    assert page.form.send(text="x", follows="In March, about a rota").heading.endswith("arrived")
    [report] = place.letters(page.words)
    assert isinstance(report, Report)
    assert [(each.question, each.answer) for each in report.answers] == [
        ("follows", "In March, about a rota")
    ]


@pytest.mark.parametrize("path", [each.path for each in GETS if each.language is ENGLISH])
def test_a_page_is_easily_read(opened: Browser, path: str) -> None:
    page = opened.get(path)
    assert grade(blocks(page.body.decode())) <= 6.0


@EACH
def test_no_page_promises_too_much(opened: Browser, route: Route) -> None:
    """R13."""
    said = opened.get(route.path).text.lower()
    assert not re.search(r"100 ?%|guarantee|untraceable", said)
