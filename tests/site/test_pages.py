"""The pages that are the same for everybody: the same bytes, in both languages, easily read."""

import re
from html.parser import HTMLParser

import pytest

from dropbox.site.catalogues import find_messages
from dropbox.site.languages import find_language, read_languages
from dropbox.site.pages import PAGES, Page, Service, address, render
from dropbox.site.support import read_bodies, read_support
from tests.site.reading import blocks, count_syllables, grade

SERVICE = Service(
    "DEMO Team", "0123456789abcdef" * 2, ("https://report.example", "http://dropbox.onion"), True
)
CODES = [each.code for each in read_languages()]
BY_PATH = {page.path: page for page in PAGES}
GRADE = 6.0
BOTH = pytest.mark.parametrize("code", CODES)
EACH = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)


class _Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def elements(html: str, *tags: str) -> list[dict[str, str]]:
    return [found for tag, found in _Elements(html).found if tag in tags]


def text(path: str, code: str = "en") -> str:
    return " ".join(blocks(render(BY_PATH[path], code, SERVICE)))


# -- what holds for every page --------------------------------------------------------------------


@BOTH
@EACH
def test_a_page_is_the_same_bytes_each_time(page: Page, code: str) -> None:
    html = render(page, code, SERVICE)
    assert html == render(page, code, SERVICE)
    assert not re.search(r"20[0-9]{2}|localhost|127\.0", html), "no date and no host"


@BOTH
@EACH
def test_a_page_says_its_language_and_leads_to_itself_in_the_others(page: Page, code: str) -> None:
    html = render(page, code, SERVICE)
    [root] = elements(html, "html")
    assert (root["lang"], root["dir"]) == (code, "ltr")
    links = [each for each in elements(html, "a") if "hreflang" in each]
    assert [(each["href"], each["lang"]) for each in links] == [
        (address(page.path, other), other.code) for other in read_languages() if other.code != code
    ]


@BOTH
@EACH
def test_every_page_has_a_way_out_and_a_quiet_title(page: Page, code: str) -> None:
    """R2: neutral titles, no address with a query."""
    html = render(page, code, SERVICE)
    [leave] = [each for each in elements(html, "a") if each.get("class") == "exit"]
    assert leave["href"] == "/plain/leave"
    [title] = re.findall(r"<title>(.*?)</title>", html)
    assert title in {find_language(code).say(each) for each in
                     ("Start", "Form", "Information", "Messages")}  # fmt: skip
    assert not any("?" in each.get("href", "") for each in elements(html, "a", "link", "form"))


@BOTH
@EACH
def test_a_page_leads_only_to_pages_that_there_are(page: Page, code: str) -> None:
    language = find_language(code)
    known = {address(each.path, language) for each in PAGES}
    known |= {"/plain/leave", "#main", "https://www.torproject.org/"}
    start = "/plain/" if code == "en" else f"/plain/{code}/"
    for each in elements(render(page, code, SERVICE), "a"):
        href = each["href"]
        assert href in known or href.startswith(start) or "hreflang" in each, href


@EACH
def test_no_page_promises_too_much(page: Page) -> None:
    """R13: never "100%", never "guaranteed"."""
    said = text(page.path).lower()
    for word in ("100%", "100 %", "guarantee", "completely", "totally", "untraceable", "unbreak"):
        assert word not in said


@EACH
def test_nobody_is_asked_for_rank_role_or_length_of_service(page: Page) -> None:
    """R19."""
    for each in elements(render(page, "en", SERVICE), "input", "textarea", "select"):
        assert not re.search("rank|role|service|job", each.get("name", ""))


# -- how hard they are to read --------------------------------------------------------------------


@EACH
def test_a_page_is_easily_read(page: Page) -> None:
    assert grade(blocks(render(page, "en", SERVICE))) <= GRADE


def test_all_that_we_say_is_easily_read() -> None:
    said = [
        re.sub(r"<[^>]*>|%\(\w+\)s|\{\w*\}", " ", each.id) for each in find_messages() if each.id
    ]
    assert len(said) > 100
    assert grade(said) <= GRADE


def test_the_measure_tells_hard_from_easy() -> None:
    hard = "Notwithstanding confidentiality obligations, organisational accountability necessitates"
    hard += " comprehensive documentation of potentially incriminating irregularities."
    assert grade([hard]) > 20
    assert grade(["The cat sat on the mat. Then it went out to play."]) < 2
    counted = {"cat": 1, "people": 2, "police": 2, "device": 2, "stored": 1, "independent": 4}
    assert {each: count_syllables(each) for each in counted} == counted


# -- what single pages say ------------------------------------------------------------------------


@BOTH
def test_the_first_page_says_little_to_a_passer_by(code: str) -> None:
    """R1: short, without the name, and without a word of what it is about."""
    said = text("/", code).lower()
    assert len(said.split()) < 90
    for word in ("police", "corrupt", "abuse", "report", "whistle", "demo team", "heddlu",
                 "llygr", "cam-drin", "adroddiad"):  # fmt: skip
        assert word not in said


@BOTH
def test_before_any_field_stands_where_not_to_write_from_and_danger_first(code: str) -> None:
    """R1, R16: 999 and 55 come first, then the device; no field is on this page."""
    html = render(BY_PATH["/before"], code, SERVICE)
    assert elements(html, "input", "textarea", "select", "form") == []
    said = find_language(code).say
    order = ["999", "55", said("Do not do this at work, or when you are on duty.")]
    places = [html.index(each) for each in order]
    assert places == sorted(places)
    assert "http://dropbox.onion" in html, "R1: the address for Tor Browser"
    assert address("/report", find_language(code)) in html


def test_it_says_what_belongs_somewhere_else_and_where() -> None:
    said = text("/what")
    for each in ("999", "101", "0800 555 111", "complaints form", "IOPC", "PIRC",
                 "Police Ombudsman for Northern Ireland", "Write to us all the same"):  # fmt: skip
        assert each in said
    assert "Swyddfa Annibynnol Ymddygiad yr Heddlu" in text("/what", "cy")


def test_numbers_that_nobody_has_checked_are_in_no_page() -> None:
    """R21."""
    unchecked = [each for each in read_bodies() if each.checked is None]
    assert unchecked, "or this shows nothing"
    for page in PAGES:
        for code in CODES:
            html = render(page, code, SERVICE)
            assert not any(each.phone in html for each in unchecked)
    assert all(each.source and each.names.keys() == {"en", "cy"} for each in read_bodies())
    assert not set(unchecked) & set(read_support().bodies)


def test_the_limits_are_all_named() -> None:
    """R3, R5, R11, R12, R13, R15, R20."""
    said = text("/limits")
    for each in ("device", "Few people", "Your own words", "makes you open", "lose the seven words",
                 "court", "not true", "duty to report", "network address", "learn who you are",
                 "breaks into our server"):  # fmt: skip
        assert each in said


@BOTH
def test_anybody_can_check_the_site(code: str) -> None:
    html = render(BY_PATH["/verify"], code, SERVICE)
    assert "0123456789abcdef 0123456789abcdef" in html
    assert "dropbox-report verify --server https://report.example --root" in html


@BOTH
@pytest.mark.parametrize(("path", "way"), [("/report", "start"), ("/mailbox", "open")])
def test_without_scripts_there_is_another_way(path: str, way: str, code: str) -> None:
    """R18."""
    html = render(BY_PATH[path], code, SERVICE)
    inside = re.search(r"<noscript>(.*?)</noscript>", html, re.DOTALL)
    prefix = "/plain/" if code == "en" else "/plain/cy/"
    assert inside
    assert f'href="{prefix}{way}"' in inside[1]
