"""What a reply may begin with: wordings in English and Welsh, read from ``replies.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from inbox_ui.work.guard import same_words


@dataclass(frozen=True)
class Template:
    """``wording`` by language (``en``, ``cy``). ``asks``: whether it asks for anything.

    ``reviewed`` says by language who has read the wordings, and when.
    """

    name: str
    title: str
    purpose: str
    asks: bool
    wording: Mapping[str, str] = field(repr=False)
    reviewed: Mapping[str, str]


@cache
def templates() -> tuple[Template, ...]:
    """All there are, in the order in which they are offered."""
    data = tomllib.loads(files("inbox_ui.work").joinpath("replies.toml").read_text("utf-8"))
    return tuple(
        Template(
            name=each["name"],
            title=each["title"],
            purpose=each["purpose"],
            asks=each["asks"],
            wording={language: each[language] for language in data["reviewed"]},
            reviewed=data["reviewed"],
        )
        for each in data["reply"]
    )


def find_template(name: str) -> Template | None:
    """The one called ``name``."""
    return next((each for each in templates() if each.name == name), None)


def asks(text: str) -> bool:
    """Whether a reply may ask for something: all but those that are a wording which asks nothing,
    word for word."""
    silent = (each for each in templates() if not each.asks)
    return not any(
        same_words(text, wording) for each in silent for wording in each.wording.values()
    )
