"""What others wrote cannot move a terminal's cursor, hide or turn round what is shown (T38)."""

import unicodedata

import pytest

from dropbox.client.terminal import visible, visible_line

HOSTILE = [
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\r",
    "\b",
    "\x00",
    "\x7f",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u2028",
    "\u00ad",
    "\u034f",
    "\u3164",
    "\u115f",
    "\u2800",
    "\ufe0f",
    "\U000e0041",
    "\ue000",
    "\t",
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=[f"{ord(each[0]):04X}" for each in HOSTILE])
def test_hostile_characters_are_written_out(hostile: str) -> None:
    shown = visible(f"a{hostile}b")
    assert f"<U+{ord(hostile[0]):04X}>" in shown
    assert hostile[0] not in shown


@pytest.mark.parametrize(
    "plain", ["It’s 5 €\nTwo lines", "Cymraeg: ŵ ŷ â", "日本語", "🙂", "e\u0301"]
)
def test_plain_text_stays_as_it_is(plain: str) -> None:
    assert visible(plain) == plain


def test_a_name_is_one_line() -> None:
    assert visible_line("a\nerror: b") == "a<U+000A>error: b"


def test_no_control_or_format_character_gets_through() -> None:
    everything = "".join(
        map(chr, (*range(0xD800), *range(0xE000, 0x20000), *range(0xE0000, 0xE2000)))
    )
    shown = visible(everything)
    kinds = {unicodedata.category(each) for each in shown if each != "\n"}
    assert not kinds & {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


def test_a_lone_surrogate_can_be_printed() -> None:
    assert visible("\ud800") == "<U+D800>"
