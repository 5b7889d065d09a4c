"""Values in XML, found by name and not by parsing: what is damaged still gives what it holds."""

import re
from typing import Final

_LONGEST: Final = 4000
_TRIES: Final = 200
_AFTER: Final = re.compile(r"""\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def values(source: str, name: str) -> list[str]:
    """The values of attributes and the text of elements of this name, in their order.

    ``name`` is as written, with its prefix.
    """
    found = []
    at = source.find(name)
    for _ in range(_TRIES):
        if at < 0:
            break
        end = at + len(name)
        before, after = source[max(0, at - 1) : at], source[end : end + 1]
        if before == "<" and re.match(r"[\s>/]", after):
            found.append(_element(source, name, end))
        elif before.isspace():
            found.append(_attribute(source, end))
        at = source.find(name, end)
    return [each for each in found if each]


def _element(source: str, name: str, at: int) -> str:
    end_of_tag = source.find(">", at, at + _LONGEST)
    if end_of_tag < 0 or source[end_of_tag - 1] == "/":
        return ""
    content = source[end_of_tag + 1 : end_of_tag + 1 + _LONGEST]
    return _plain(content.split(f"</{name}", 1)[0])


def _attribute(source: str, at: int) -> str:
    match = _AFTER.match(source, at)
    return _plain((match[1] or match[2] or "")[:_LONGEST]) if match else ""


def _plain(marked: str) -> str:
    bare = re.sub(r"<[^>]*>", " ", marked)
    read = re.sub(r"&(amp|lt|gt|quot|apos);", lambda each: _ENTITIES[each[1]], bare)
    return " ".join(read.split())
