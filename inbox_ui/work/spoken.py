"""What whoever takes a call says to the caller, word for word, in English and Welsh
(``spoken.toml``). It stands apart from the pages because it reaches a reporter."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Sentence:
    """One thing to say, in both languages."""

    en: str
    cy: str


@cache
def sentences() -> Mapping[str, Sentence]:
    """All of them, by their names."""
    data = tomllib.loads(files("inbox_ui.work").joinpath("spoken.toml").read_text("utf-8"))
    return {name: Sentence(said["en"], said["cy"]) for name, said in data["said"].items()}
