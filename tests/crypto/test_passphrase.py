from collections import Counter
from collections.abc import Callable
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.constants import Tag
from crypto.errors import NotCanonical, UnknownWord, WrongNumberOfWords
from crypto.passphrase import Passphrase, WordList, mailbox_secret
from crypto.primitives import H, argon2id
from tests.crypto.world import Service, stream, word_list

WORDS = ("abacus", "zoom", "unwashed", "crispy", "polar", "yearbook", "nickname")
TYPED = " ".join(WORDS)


def _full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if each != " " else "\u3000" for each in text)


def _mathematical(text: str) -> str:
    return "".join(chr(ord(each) - 97 + 0x1D41A) if each.isalpha() else each for each in text)


def _circled(text: str) -> str:
    return "".join(chr(ord(each) - 97 + 0x24D0) if each.isalpha() else each for each in text)


SPELLINGS = {
    "as printed": TYPED,
    "capitals": TYPED.upper(),
    "title case": TYPED.title(),
    "every other letter": "".join(c.upper() if i % 2 else c for i, c in enumerate(TYPED)),
    "spaces around": f"  {TYPED}   ",
    "two spaces": TYPED.replace(" ", "  "),
    "new line at the end": TYPED + "\n",
    "carriage return at the end": TYPED + "\r\n",
    "one word in a line": TYPED.replace(" ", "\n"),
    "Windows lines": TYPED.replace(" ", "\r\n"),
    "tabs": TYPED.replace(" ", "\t"),
    "hyphens": TYPED.replace(" ", "-"),
    "en dashes": TYPED.replace(" ", "–"),
    "commas": TYPED.replace(" ", ", "),
    "full stops": TYPED.replace(" ", ". ") + ".",
    "slashes": TYPED.replace(" ", "/"),
    "underscores": TYPED.replace(" ", "_"),
    "quoted": f"“{TYPED}”",
    "numbered": " ".join(f"{i}. {word}" for i, word in enumerate(WORDS, 1)),
    "NBSP": TYPED.replace(" ", "\u00a0"),
    "narrow NBSP": TYPED.replace(" ", "\u202f"),
    "ideographic space": TYPED.replace(" ", "\u3000"),
    "line separator": TYPED.replace(" ", "\u2028"),
    "em spaces": TYPED.replace(" ", "\u2003"),
    "byte-order mark before": "\ufeff" + TYPED,
    "zero-width space in words": TYPED.replace("a", "a\u200b"),
    "zero-width joiners": TYPED.replace("o", "\u200do\u200c"),
    "soft hyphens": TYPED.replace("r", "\u00adr"),
    "word joiners": TYPED.replace("e", "\u2060e"),
    "full width": _full_width(TYPED),
    "full-width capitals": _full_width(TYPED.upper()),
    "mathematical bold": _mathematical(TYPED),
    "circled": _circled(TYPED),
    "Kelvin sign": TYPED.replace("k", "\u212a"),
    "long s": TYPED.replace("s", "\u017f"),
    "emoji between": TYPED.replace(" ", " 🌿 "),
    "bidirectional marks around": "\u202a" + TYPED + "\u202c",
}


def test_there_are_more_than_thirty_spellings() -> None:
    assert len(set(SPELLINGS.values())) >= 30


@pytest.mark.parametrize("typed", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_opens_the_same_mailbox(words: WordList, typed: str) -> None:
    """Caps, NBSP, full width, zero width, a trailing CR … (P20)."""
    assert words.read(typed) == Passphrase(WORDS)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        (TYPED.replace("zoom", "zom"), "zom"),
        (TYPED.replace("zoom", "zöom"), "z"),
        (TYPED.replace("zoom", "zoo\u0308m"), "zo"),  # composed, the umlaut is one letter
        (TYPED.replace("zoom", "zoоm"), "zo"),  # a Cyrillic о
        (TYPED.replace(" ", ""), "".join(WORDS)),
        ("drop-down " + TYPED, "drop"),  # one of the four hyphenated words
        (TYPED.replace("a", "ı"), "bacus"),
        ("x" * 100_000, "x" * 100_000),
    ],
)
def test_a_word_that_is_not_on_the_list_is_named(words: WordList, typed: str, wrong: str) -> None:
    with pytest.raises(UnknownWord) as caught:
        words.read(typed)
    assert wrong.startswith(caught.value.word)


def test_the_nearest_words_are_offered(words: WordList) -> None:
    with pytest.raises(UnknownWord) as caught:
        words.read("abakus " + TYPED)
    assert "abacus" in caught.value.nearest
    assert len(caught.value.nearest) <= 3


@pytest.mark.parametrize("count", [0, 1, 6, 8, 14, 1000])
def test_any_other_number_of_words_is_refused(words: WordList, count: int) -> None:
    with pytest.raises(WrongNumberOfWords) as caught:
        words.read("zoom " * count)
    assert caught.value.count == count


@given(st.text(max_size=60))
def test_whatever_is_typed_gets_an_answer(typed: str) -> None:
    with pytest.raises((UnknownWord, WrongNumberOfWords)):
        word_list().read(typed)


# -- the list -----------------------------------------------------------------------------------


def published_list() -> list[str]:
    return files("xkcdpass").joinpath("static", "eff-long").read_text("utf-8").split()


def test_the_hyphenated_words_are_left_out() -> None:
    whole = published_list()
    assert [word for word in whole if "-" in word] == ["drop-down", "felt-tip", "t-shirt", "yo-yo"]
    without = [word for word in whole if "-" not in word]
    assert len(without) == 7772
    assert WordList(without).generate(stream("x")) == WordList(whole).generate(stream("x"))


@pytest.mark.parametrize(
    "change",
    [
        lambda list_: list_[:-1],
        lambda list_: [*list_, "zzz"],
        lambda list_: [*list_[:-1], "zzz"],
        lambda list_: [list_[1], list_[0], *list_[2:]],
        lambda list_: [*list_[:-1], list_[0]],
        lambda _: [],
    ],
    ids=["shorter", "longer", "another word", "two swapped", "a word twice", "empty"],
)
def test_another_list_is_refused(change: Callable[[list[str]], list[str]]) -> None:
    with pytest.raises(NotCanonical):
        WordList(change(published_list()))


# -- drawing ------------------------------------------------------------------------------------


def test_seven_words_of_the_list_are_drawn(words: WordList) -> None:
    """There is nothing that takes words somebody chose but :meth:`WordList.read` (P19)."""
    drawn = words.generate(stream("draw"))
    assert len(drawn.words) == 7
    assert words.read(drawn.expose()) == drawn


def test_drawing_is_uniform(words: WordList) -> None:
    """Numbers at the top of the two bytes, which would favour the first words, are drawn again."""
    limit = 65536 - 65536 % 7772
    given = iter([number.to_bytes(2, "little") for number in (limit, 65535, limit - 1, *range(6))])
    assert words.generate(lambda _: next(given)).words == (
        *published_list()[-1:],
        *[word for word in published_list() if "-" not in word][:6],
    )


def test_no_word_is_likelier_than_another(words: WordList) -> None:
    """Every two-byte number once: each word comes equally often (P19)."""
    numbers = iter(range(65536))

    def every_number(length: int) -> bytes:
        return next(numbers).to_bytes(length, "little")

    counts: Counter[str] = Counter()
    try:
        while True:
            counts[words._draw(every_number)] += 1
    except (StopIteration, RuntimeError):
        pass
    assert set(counts.values()) == {8}
    assert len(counts) == 7772


# -- the mailbox --------------------------------------------------------------------------------


def test_the_mailbox_is_argon2id_of_the_words_and_the_service(service: Service) -> None:
    salt = H(Tag.SALT, service.id)[:16]
    expected = argon2id(TYPED.encode(), salt, 2, 19 * 1024 * 1024)
    assert mailbox_secret(Passphrase(WORDS), service.id).expose() == expected


def test_the_same_words_elsewhere_are_another_mailbox(service: Service, elsewhere: Service) -> None:
    """The salt is the root's, so no table of one service helps at another (P5, P19)."""
    here = mailbox_secret(Passphrase(WORDS), service.id)
    there = mailbox_secret(Passphrase(WORDS), elsewhere.id)
    assert here != there
    assert here.keys.card.id != there.keys.card.id


@settings(max_examples=10)
@given(st.permutations(WORDS))
def test_the_order_of_the_words_matters(order: list[str]) -> None:
    here = mailbox_secret(Passphrase(tuple(order)), bytes(32))
    assert (here == mailbox_secret(Passphrase(WORDS), bytes(32))) == (tuple(order) == WORDS)


def test_a_passphrase_is_its_words() -> None:
    assert Passphrase(WORDS) == Passphrase(WORDS)
    assert hash(Passphrase(WORDS)) == hash(Passphrase(WORDS))
    assert Passphrase(WORDS) != Passphrase(WORDS[::-1])
    assert Passphrase(WORDS) != WORDS
    assert Passphrase(WORDS).words == WORDS
