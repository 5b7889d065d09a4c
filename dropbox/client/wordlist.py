"""The list the seven words are drawn from: the EFF large word list, as xkcdpass carries it.

``crypto.passphrase`` drops the four hyphenated words and refuses any other list by its hash.
"""

from functools import cache
from importlib.resources import files

from crypto.passphrase import WordList


@cache
def word_list() -> WordList:
    """The one list there is. Raises ``NotCanonical`` if the installed file is another one."""
    return WordList(_read())


def words_file() -> bytes:
    """The list as a browser loads it: one word per line. It is held against the same hash there."""
    return "\n".join(_read()).encode()


def _read() -> list[str]:
    return files("xkcdpass").joinpath("static", "eff-long").read_text("utf-8").split()
