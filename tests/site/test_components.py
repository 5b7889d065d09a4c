"""Every component: what goes in as text comes out as text, and every field says what it is."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, UndefinedError

from dropbox.site.rendering import make_environment
from tests.browser import gallery

ROOT = Path(__file__).resolve().parents[2]
Element = tuple[str, dict[str, str]]


class _Elements(HTMLParser):
    """Every element of a page, as a browser would see it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def _elements(html: str) -> list[Element]:
    return _Elements(html).found


@pytest.fixture(scope="module")
def page() -> list[Element]:
    return _elements(gallery.render())


@pytest.fixture(scope="module")
def environment() -> Environment:
    return make_environment()


def _ids(page: list[Element]) -> list[str]:
    return [attributes["id"] for _, attributes in page if "id" in attributes]


def test_the_gallery_shows_every_component(environment: Environment) -> None:
    names = set(re.findall(r"{% macro (\w+)", _source(environment)))
    shown = set(
        re.findall(r"\bc\.(\w+)\(", Path(gallery.__file__).with_suffix(".html").read_text())
    )
    assert {name for name in names if not name.startswith("_")} == shown


def _source(environment: Environment) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, "components.html")[0]


# -- wiring -------------------------------------------------------------------------------------


def test_no_id_is_there_twice(page: list[Element]) -> None:
    assert [each for each, count in Counter(_ids(page)).items() if count > 1] == []


def test_every_label_hint_error_and_summary_points_at_something(page: list[Element]) -> None:
    pointed = {
        each
        for _, attributes in page
        for name in ("for", "aria-describedby", "aria-labelledby")
        for each in attributes.get(name, "").split()
    }
    # Of the gallery's links only those of the error summary lead into the page.
    pointed |= {"account", "force", "files", "main"}
    assert pointed - set(_ids(page)) == set()


def test_every_field_has_a_label_and_its_name_for_an_id(page: list[Element]) -> None:
    labelled = {attributes["for"] for tag, attributes in page if tag == "label"}
    fields = [each for tag, each in page if tag in {"input", "textarea", "select"}]
    assert len(fields) == 13
    for attributes in fields:
        assert attributes["id"] in labelled
        assert re.fullmatch(rf"{attributes['name']}(-[2-9])?", attributes["id"])


@pytest.mark.parametrize(
    ("name", "described"),
    [
        ("account", "account-hint account-error"),
        ("who", "who-hint"),
        ("age", None),
        ("force-3", "force-3-item-hint"),
        ("files", "files-hint files-error"),
    ],
)
def test_a_field_is_described_by_its_hint_and_its_error(
    page: list[Element], name: str, described: str | None
) -> None:
    [field] = [attributes for _, attributes in page if attributes.get("id") == name]
    assert field.get("aria-describedby") == described
    assert ("aria-invalid" in field) is ("error" in (described or ""))


def test_an_error_is_announced_as_one(environment: Environment) -> None:
    html = _render(environment, "{{ c.radios('r', 'L', [('a', 'A', '')], error='Choose') }}")
    assert '<fieldset class="fieldset" aria-describedby="r-error">' in html
    assert '<span class="only-screen-reader">Error:</span> Choose' in html


def test_what_was_chosen_before_is_chosen(environment: Environment) -> None:
    items = "[('a', 'A', ''), ('b', 'B', '')]"
    for source in (
        f"{{{{ c.radios('x', 'L', {items}, value='b') }}}}",
        f"{{{{ c.checkboxes('x', 'L', {items}, values=('b',)) }}}}",
        f"{{{{ c.select('x', 'L', {items}, value='b') }}}}",
    ):
        options = [each for _, each in _elements(_render(environment, source)) if "value" in each]
        chosen = [each["value"] for each in options if {"checked", "selected"} & set(each)]
        assert (len(options), chosen) == (2, ["b"])


def test_without_an_error_there_is_no_summary(environment: Environment) -> None:
    assert _render(environment, "{{ c.error_summary(()) }}").strip() == ""


# -- hostile text -------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "</textarea><b>",
    "</style></title><base href=//x>",
    "{{ 7 * 7 }}{% include 'layout.html' %}",
    "&lt;b&gt; &#60;b&#62;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_text_in_every_place(environment: Environment, text: str) -> None:
    source = """
      {{ c.input(t, t, value=t, hint=t, error=t, type=t, autocomplete=t, width=t) }}
      {{ c.textarea(t, t, value=t, hint=t, error=t, rows=t) }}
      {{ c.radios(t, t, [(t, t, t)], value=t, hint=t, error=t) }}
      {{ c.checkboxes(t, t, [(t, t, t)], values=(t,), hint=t, error=t) }}
      {{ c.select(t, t, [(t, t)], value=t, hint=t) }}
      {{ c.file_input(t, t, hint=t, error=t, multiple=true) }}
      {{ c.error_summary([(t, t)]) }} {{ c.warning(t) }} {{ c.tag(t, t) }}
      {{ c.button(t, name=t, value=t, kind=t) }} {{ c.link_button(t, t, t) }}
      {{ c.back_link(t, t) }} {{ c.summary_list([(t, t)]) }}
      {% call c.details(t) %}{{ t }}{% endcall %} {% call c.inset() %}{{ t }}{% endcall %}
      {% call c.panel(t) %}{{ t }}{% endcall %} {% call c.banner(t, t, t) %}{{ t }}{% endcall %}
    """
    harmless = _elements(_render(environment, source, t="x"))
    hostile = _elements(_render(environment, source, t=text))
    assert [(tag, set(attributes)) for tag, attributes in hostile] == [
        (tag, set(attributes)) for tag, attributes in harmless
    ]
    values = [value for _, attributes in hostile for value in attributes.values()]
    assert sum(text in value for value in values) > 30


@pytest.mark.parametrize("text", ["\n\nfirst", "\nfirst\n", "plain", "  spaces  \n"])
def test_a_text_area_gives_back_what_was_written(environment: Environment, text: str) -> None:
    html = _render(environment, "{{ c.textarea('x', 'L', value=t) }}", t=text)
    inside = html.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    # HTML, "the textarea element": one line end right after the tag is dropped.
    assert inside.removeprefix("\n") == text
    assert inside.startswith("\n")


def test_hidden_and_turning_characters_are_written_out(environment: Environment) -> None:
    source = "{{ t | visible }}|{{ t | visible_line }}"
    html = environment.from_string(source).render(t="a\u202eb\n<\u200b")
    assert (
        html
        == "a&lt;U+202E&gt;b\n&lt;&lt;U+200B&gt;|a&lt;U+202E&gt;b&lt;U+000A&gt;&lt;&lt;U+200B&gt;"
    )


def test_a_name_that_was_not_given_is_an_error_and_no_hole(environment: Environment) -> None:
    with pytest.raises(UndefinedError):
        environment.from_string("{{ missing }}").render()
    with pytest.raises(UndefinedError, match="leave"):
        environment.get_template("layout.html").render(lang="en", name="x", script=None)


def _render(environment: Environment, source: str, **given: object) -> str:
    template = '{% import "components.html" as c %}' + source
    return environment.from_string(template).render(**given)


# -- the frame ----------------------------------------------------------------------------------


def test_the_page_loads_one_style_sheet_one_icon_and_nothing_else(page: list[Element]) -> None:
    loaded = [
        attributes.get("src") or attributes.get("href")
        for tag, attributes in page
        if "src" in attributes or tag in {"link", "script", "iframe", "object", "embed"}
    ]
    assert loaded == ["/assets/icon.svg", "/assets/site.css"]
    assert not [tag for tag, attributes in page if tag == "style" or "style" in attributes]


def test_the_way_out_and_the_way_past_the_bar_come_first(page: list[Element]) -> None:
    links = [attributes["href"] for tag, attributes in page if tag == "a"]
    assert links[:2] == ["#main", "/plain/leave"]
    assert "/plain/leave" not in gallery.render(leave=None)


def test_nothing_is_kept_or_sent_to_be_spelled_by_the_browser(page: list[Element]) -> None:
    written = [
        each
        for tag, each in page
        if tag == "textarea" or (tag == "input" and each["type"] == "text")
    ]
    assert len(written) == 3
    for attributes in written:
        assert (attributes["autocomplete"], attributes["spellcheck"]) == ("off", "false")


@pytest.mark.parametrize("folder", ["dropbox", "inbox_ui"])
def test_no_template_uses_the_prefix_that_the_build_takes_away(folder: str) -> None:
    templates = sorted((ROOT / folder).rglob("templates/**/*.html"))
    assert templates
    found = [
        each.name for each in templates if re.search(r"\bgovuk-(?!frontend)", each.read_text())
    ]
    assert found == []
