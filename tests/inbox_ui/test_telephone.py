"""What a caller said, before it is sealed: forgotten, checked, drafted; and the words by ear."""

import secrets
from dataclasses import replace
from datetime import date

import pytest

from crypto.directory import LIMITS
from crypto.documents import Sealed
from crypto.keys import AnalystSecret
from crypto.passphrase import LIST_LENGTH, Passphrase
from crypto.roster import Duty, Member, Roster
from dropbox.client.wordlist import word_list, words_file
from dropbox.site.questions import ABOUT, DANGER, HOW_MANY, QUESTIONS
from inbox_ui.work import phone_words as words
from inbox_ui.work.sounds import sound_alikes, sound_key, spell_out
from inbox_ui.work.telephone import (
    CHOICES,
    TEXTS,
    Spoken,
    clear,
    compare,
    count_left,
    draft_answer,
    find_problems,
    may_take_calls,
    only_takes_calls,
    parts_of,
    read_spoken,
    strike,
    strike_part,
)

NONE: dict[str, tuple[str, ...]] = dict.fromkeys(set(CHOICES) - {"track"}, ())
SAID = Spoken({"text": "A sergeant warns the bar."})


def test_every_question_of_a_report_can_be_answered_and_nothing_else_can() -> None:
    fields = {*TEXTS, *CHOICES}
    assert {each.name for each in QUESTIONS} < fields
    assert {DANGER.name, *(each.name for each in ABOUT)} < fields
    own = {"text", "category", "force", "force-2", "language", "track", "contact", "sure"}
    assert fields - {each.name for each in QUESTIONS} == own | {"read-out"}


# -- forget that ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "slipped", "left", "struck", "inside"),
    [
        ("I am Tom Ashe, I work there.", "Tom Ashe", "I am, I work there.", 1, 0),
        ("TOM\nASHE said. So did tom  ashe.", "Tom Ashe", " said. So did.", 2, 0),
        ("Tom came tomorrow.", "tom", "came tomorrow.", 1, 1),
        ("Zoe\u0301 rang.", "Zoé", "rang.", 1, 0),
        ("ring 07700 900123 now", "07700 900123", "ring now", 1, 0),
        ("a (b+c)* d", "(b+c)*", "a d", 1, 0),
        ("nothing of it", "Tom", "nothing of it", 0, 0),
        ("nothing of it", "  ", "nothing of it", 0, 0),
    ],
)
def test_what_slipped_out_goes_wherever_it_stands_as_a_word(
    text: str, slipped: str, left: str, struck: int, inside: int
) -> None:
    spoken = read_spoken(lambda name: text if name in ("text", "who") else "", lambda _: ())
    found, count, still = strike(spoken, slipped)
    assert found.text("who").strip() == found.text("text").strip() == left.strip()
    assert (count, still) == (2 * struck, 2 * inside)


NAMED = "Ottoline Slipwright, Ottoline's car, O. Slipwright and OTTOLINE. Slipwright-Bell, too."


def test_each_part_of_what_was_struck_is_counted_in_any_case_and_inside_of_words() -> None:
    spoken, struck, _ = strike(Spoken({"text": NAMED}), "Ottoline Slipwright")
    assert struck == 1
    parts = parts_of("Ottoline Slipwright")
    assert count_left(spoken, parts) == (("Ottoline", 2), ("Slipwright", 2))


def test_a_part_goes_with_its_whole_word_and_an_initial_beside_it() -> None:
    spoken, count = strike_part(Spoken({"text": NAMED}), "slipwright")
    assert (spoken.text("text"), count) == (
        "Ottoline, Ottoline's car, and OTTOLINE., too.", 3,
    )  # fmt: skip
    spoken, count = strike_part(
        Spoken({"text": NAMED, "who": "I saw Ottoline S. there"}), "Ottoline"
    )
    assert "ottoline" not in "".join(spoken.texts.values()).lower()
    assert (spoken.text("who"), count) == ("I saw there", 4)


@pytest.mark.parametrize(
    ("slipped", "parts"),
    [
        ("Ottoline Slipwright", ("Ottoline", "Slipwright")),
        ("Al O'Brien-Bell", ("Brien", "Bell")),
        ("07700 900123", ("07700", "900123")),
        ("the man with the tattoo", ("man", "tattoo")),
        ("Bell bell", ("Bell",)),
        ("(.*)+", ()),
    ],
)
def test_the_parts_are_words_that_could_be_somebodys(slipped: str, parts: tuple[str, ...]) -> None:
    assert parts_of(slipped) == parts


def test_a_field_that_is_cleared_is_gone_and_the_others_stay() -> None:
    spoken = Spoken({"text": "a", "who": "b"}, {"danger": frozenset({"no"})})
    assert clear(spoken, "who") == Spoken({"text": "a"}, {"danger": frozenset({"no"})})


def test_contact_details_are_taken_only_of_who_wants_the_police_to_have_them() -> None:
    typed = {"text": "It.", "contact": "Ring Tom."}
    for track, taken in (((), ""), (("anonymous",), ""), (("confidential",), "Ring Tom.")):
        spoken = read_spoken(lambda name: typed.get(name, ""), {"track": track, **NONE}.__getitem__)
        assert spoken.text("contact") == taken


def test_nothing_that_was_said_is_in_a_repr() -> None:
    assert "bar" not in repr(SAID)


# -- before it is sealed --------------------------------------------------------------------------


def test_what_is_missing_or_too_long_stands_at_its_field() -> None:
    few = {HOW_MANY.name: frozenset({"five-or-fewer"})}
    track = {"track": frozenset({"confidential"})}
    for spoken, problems in (
        (Spoken(), [("text", words.NO_ACCOUNT)]),
        (SAID, []),
        (Spoken(SAID.texts, few), [("read-out", words.NOT_READ_OUT)]),
        (Spoken(SAID.texts, {**few, "read-out": frozenset({"yes"})}), []),
        (Spoken(SAID.texts, track), [("contact", words.NO_CONTACT), ("sure", words.NOT_SURE)]),
        (
            Spoken({"text": "x", "who": "\U0001f600" * 40_001}),
            [("who", "Shorten this: 40,001 characters, of which 40,000 fit.")],
        ),
    ):
        assert find_problems(spoken, LIMITS) == problems


def test_what_is_sealed_says_that_it_was_told_by_telephone() -> None:
    draft = draft_answer(Spoken({"text": "Yes.\n"}, {"language": frozenset({"cy"})}))
    assert (draft.text, draft.language, draft.sealed) == ("Yes.", "cy", Sealed.BY_TELEPHONE)
    assert not draft.answers


# -- who may --------------------------------------------------------------------------------------


def test_who_may_file_or_read_takes_calls_and_nobody_else(cast_roster: Roster) -> None:
    may = {each.label: may_take_calls(cast_roster, each.id) for each in cast_roster.members}
    assert may == {
        "analyst": True, "calls": True, "auditor": False, "custodian": False, "suspended": False,
    }  # fmt: skip
    assert not may_take_calls(cast_roster, bytes(32))
    assert may_take_calls(None, bytes(32))


def test_only_who_has_no_other_duty_is_there_for_calls_alone(cast_roster: Roster) -> None:
    alone = [each.label for each in cast_roster.members if only_takes_calls(cast_roster, each.id)]
    assert alone == ["calls"]
    both = [
        replace(each, duties=(Duty.ANALYST, Duty.CALLS)) if each.label == "calls" else each
        for each in cast_roster.members
    ]
    wider = replace(cast_roster, members=tuple(both))
    assert not any(only_takes_calls(wider, each.id) for each in both)
    assert not only_takes_calls(None, bytes(32))


@pytest.fixture
def cast_roster() -> Roster:
    def member(label: str, duty: Duty, *, suspended: bool = False) -> Member:
        card = AnalystSecret.generate(secrets.token_bytes).keys.card
        return Member(card.to_bytes(), b"", label, (duty,), False, suspended)

    members = (
        member("analyst", Duty.ANALYST),
        member("calls", Duty.CALLS),
        member("auditor", Duty.AUDITOR),
        member("custodian", Duty.CUSTODIAN),
        member("suspended", Duty.CALLS, suspended=True),
    )
    day = date(2026, 11, 26)
    in_order = tuple(sorted(members, key=lambda each: each.to_json()["card"]))
    return Roster(bytes(32), b"", 1, day, day, in_order, (), (), bytes(32))


# -- the words by ear -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("clever", "cleaver"), ("banana", "panama"), ("union", "onion"), ("thud", "food"),
        ("flier", "flyer"), ("sulfate", "sulphate"), ("coma", "comma"), ("bunch", "punch"),
        ("essay", "icy"), ("unmanned", "unnamed"),
    ],
)  # fmt: skip
def test_words_that_a_telephone_confuses_are_marked_on_both_sides(one: str, other: str) -> None:
    assert other in sound_alikes(one)
    assert one in sound_alikes(other)


def test_words_that_sound_unlike_are_not_marked_and_a_mark_is_worth_reading() -> None:
    assert sound_key("gallon") != sound_key("window")
    marked = [len(sound_alikes(each)) for each in words_file().decode().split() if each.isalpha()]
    assert len(marked) == LIST_LENGTH
    assert 0.1 < sum(map(bool, marked)) / LIST_LENGTH < 0.25
    assert max(marked) < 10


def test_every_word_can_be_spelled() -> None:
    assert spell_out("icy") == ("India", "Charlie", "Yankee")
    assert all(map(spell_out, words_file().decode().replace("-", "").split()))


def test_a_wrong_word_is_named_by_its_place_alone() -> None:
    passphrase = word_list().generate(secrets.token_bytes)
    heard = dict(enumerate(passphrase.words, 1))
    assert compare(passphrase, heard) == ()
    spelled = {at: f" {each[:2]}\u200b{each[2:].upper()} " for at, each in heard.items()}
    assert compare(passphrase, spelled) == ()
    assert compare(passphrase, {**heard, 3: "", 6: passphrase.words[5] + "s"}) == (3, 6)
    assert compare(Passphrase(passphrase.words), {2: "x"}) == (2,)
