"""Every way we know to write the same JSON differently, or JSON that is nearly right."""

import json
import re
from collections.abc import Iterator
from itertools import chain

_B64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def second_forms(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Named variants of a document's one form. Not one of them may be read."""
    text = data.decode()
    ways = (_white_space, _members, _escapes, _numbers, _base64, _days, _lists)
    for name, form in chain(_around(data), *(way(text) for way in ways)):
        if form != data:
            yield name, form


def _around(data: bytes) -> Iterator[tuple[str, bytes]]:
    yield "byte-order mark", b"\xef\xbb\xbf" + data
    yield "UTF-16", data.decode().encode("utf-16")
    yield "UTF-32", data.decode().encode("utf-32-be")
    yield "NUL at the end", data + b"\x00"
    yield "twice", data + data
    yield "comma at the end", data + b","
    yield "comment at the end", data + b"//"
    yield "cut", data[:-1]
    yield "nothing", b""
    yield "invalid UTF-8", data[:-1] + b"\xff" + data[-1:]
    yield "trailing comma inside", data[:-1] + b"," + data[-1:]
    yield "single quotes", data.replace(b'"', b"'")
    yield "in a list", b"[" + data + b"]"
    yield "as a string", json.dumps(data.decode()).encode()
    yield "null", b"null"


def _white_space(text: str) -> Iterator[tuple[str, bytes]]:
    for space in (" ", "\n", "\t", "\r"):
        yield f"{space!r} before", (space + text).encode()
        yield f"{space!r} after", (text + space).encode()
    # Between strings; a space inside of one makes another document, not another form.
    for mark in re.finditer(r'"[^"\\]*(?:\\.[^"\\]*)*"|[][{}:,]', text):
        if len(mark.group()) == 1:
            yield (
                f"space after {mark.start()}",
                (text[: mark.end()] + " " + text[mark.end() :]).encode(),
            )


def _write(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _members(text: str) -> Iterator[tuple[str, bytes]]:
    rows = list(json.loads(text).items())
    first = _write(dict(rows[:1]))[1:-1]
    yield "the first member twice", b"{" + first + b"," + text.encode()[1:]
    yield "the first member again at the end", text.encode()[:-1] + b"," + first + b"}"
    yield "one member more", text.encode()[:-1] + b',"more":null}'
    yield "a member without a name", text.encode()[:-1] + b',"":null}'
    for at, (name, value) in enumerate(rows):
        yield f"without {name}", _write(dict(rows[:at] + rows[at + 1 :]))
        yield (
            f"{name} with a capital",
            _write(dict([*rows[:at], (name.capitalize(), value), *rows[at + 1 :]])),
        )
        odds: tuple[object, ...] = (True, {}, [[]], "\ud800", 1.5)
        for odd in odds:
            if odd != value:
                changed = dict([*rows[:at], (name, odd), *rows[at + 1 :]])
                yield f"{name} as {odd!r}", json.dumps(changed, separators=(",", ":")).encode()
    for at in range(len(rows) - 1):
        swapped = [*rows[:at], rows[at + 1], rows[at], *rows[at + 2 :]]
        yield f"order of {rows[at][0]}", _write(dict(swapped))


def _escapes(text: str) -> Iterator[tuple[str, bytes]]:
    yield (
        "everything escaped",
        re.sub(r"(?<=[\"])([a-z])", lambda m: f"\\u{ord(m.group(1)):04x}", text).encode(),
    )
    for match in re.finditer(r'(?<=")[A-Za-z0-9_-]', text):
        escaped = f"\\u{ord(match.group()):04x}"
        yield (
            f"escape at {match.start()}",
            (text[: match.start()] + escaped + text[match.end() :]).encode(),
        )
    if "/" in text:
        yield "escaped slash", text.replace("/", "\\/").encode()
    if not text.isascii():
        yield "escaped to ASCII", json.dumps(json.loads(text), separators=(",", ":")).encode()
    for short, long in (("\\n", "\\u000a"), ("\\t", "\\u0009"), ('\\"', "\\u0022")):
        if short in text:
            yield f"{short} written long", text.replace(short, long).encode()
    for match in re.finditer(r"\\u00([0-9a-f]{2})", text):
        if match.group(1).upper() != match.group(1):
            upper = text[: match.start()] + match.group().upper().replace("U", "u", 1)
            yield "escape in capitals", (upper + text[match.end() :]).encode()


def _numbers(text: str) -> Iterator[tuple[str, bytes]]:
    for match in re.finditer(r"(?<=:)\d+(?=[,}])", text):
        digits = match.group()
        for other in (
            f"{digits}.0",
            f"{digits}e0",
            f"{digits}E+0",
            f"0{digits}",
            f"-{digits}",
            f"+{digits}",
            f"0x{int(digits):x}",
            f'"{digits}"',
            str(2**53),
            str(2**53 + 1),
            str(2**64),
            "9" * 5000,
            "-0",
            "NaN",
            "Infinity",
            "-Infinity",
            "true",
            "1.0",
        ):
            yield (
                f"number as {other[:20]}",
                (text[: match.start()] + other + text[match.end() :]).encode(),
            )


def _base64(text: str) -> Iterator[tuple[str, bytes]]:
    for match in re.finditer(r'(?<=":")[A-Za-z0-9_-]{43}(?=")', text):
        value, before, after = match.group(), text[: match.start()], text[match.end() :]
        at = _B64.index(value[-1])
        others = {
            "padded": value + "=",
            "unused bits set": value[:-1] + _B64[at ^ 1],
            "standard alphabet": value[:-2] + "+/",
            "a new line inside": value[:20] + "\\n" + value[20:],
            "a foreign character inside": value[:20] + "." + value[20:],
            "one character more": value + "A",
            "one character less": value[:-1],
            "shorter": value[:-4],
            "longer": value + "AAAA",
            "empty": "",
            "not ASCII": "ä" + value[1:],
        }
        for name, other in others.items():
            yield f"bytes {name}", (before + other + after).encode()


def _days(text: str) -> Iterator[tuple[str, bytes]]:
    for match in re.finditer(r"(\d{4})-(\d\d)-(\d\d)", text):
        year, month, day = match.groups()
        for other in (
            f"{year}{month}{day}",
            f"{year}-{month}-{day}T00:00:00Z",
            f"{year}-{month}-{day} ",
            f"{year}-{int(month)}-{int(day)}",
            f"{year}/{month}/{day}",
            f"{day}.{month}.{year}",
            f"{year}-W10-1",
            f"+00{year}-{month}-{day}",
            f"{year}-13-{day}",
            f"{year}-02-30",
            f"0000-{month}-{day}",
            "".join(chr(ord(each) + 0x660 - 0x30) if each.isdigit() else each for each in year)
            + f"-{month}-{day}",
        ):
            yield f"day as {other}", (text[: match.start()] + other + text[match.end() :]).encode()


def _lists(text: str) -> Iterator[tuple[str, bytes]]:
    rows = json.loads(text)
    for name, value in rows.items():
        if isinstance(value, list):
            yield f"{name} as an object", _write(rows | {name: dict(enumerate(value))})
            yield f"{name} as null", _write(rows | {name: None})
