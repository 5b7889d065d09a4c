"""What an analyst looks for: words, "phrases" and beginnings*; all else is data.

The index has a language of its own (AND, NEAR, columns, brackets). Nothing that is typed gets to
speak it: each word or phrase becomes one quoted string, in which only the quote has a meaning, and
no quote is ever part of a word here.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from inbox_ui.search.plain import plain

LONGEST: Final = 200
"""Characters of what may be typed; what is longer is cut off."""
_MOST: Final = 20
"""Words and phrases of one search."""
_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_TERM: Final = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')


def read_query(typed: str) -> str:
    """The expression for the index, all of whose terms have to be in one message.

    Empty where nothing of ``typed`` can be looked for, as of signs alone.
    """
    return " AND ".join(list(_terms(plain(typed.translate(_QUOTES))[:LONGEST]))[:_MOST])


def _terms(typed: str) -> Iterator[str]:
    for phrase, star, word in _TERM.findall(typed):
        term = (phrase or word).rstrip("*")
        if any(map(_is_searched, term)):
            begins = star or word.endswith("*")
            yield f'"{term}" *' if begins else f'"{term}"'


def _is_searched(character: str) -> bool:
    """Whether the index keeps it: letters, digits, and what is for private use."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Co"
