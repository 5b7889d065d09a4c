"""What a reporter asks under another question than who must not see it: found, and told apart."""

import pytest

from inbox_ui.work.entreaties import Entreaty, entreaties_in

PLAINLY = (
    "Please do not show this to anybody at Northmarch Constabulary.",
    "Don’t let the CCU have it.",
    "please never share this with PSD",
    "Please don't tell anyone at Northmarch.",
    "Please do not pass it on to my own force.",
    "You must not involve Northmarch.",
    "Nobody at Northmarch must see this.",
    "no one at northmarch should know about this",
    "PSD must not see this",
    "It mustn't be shown to DS Lomond.",
    "This must not go to Northmarch.",
    "This is not to go to Northmarch.",
    "I don't want Northmarch PSD to see it.",
    "I do not want this to go to PSD.",
    "I would rather that nobody in Northmarch sees this.",
    "Make sure Northmarch never sees this.",
    "Keep this away from Northmarch.",
    "It has to stay away from PSD.",
    "Please, not PSD.",
    "As I said, nobody at Northmarch must see this.",
    "Please not to professional standards either.",
    "Peidiwch â dangos hyn i neb yn Heddlu Hallin.",
    "Ni ddylai neb yn Hallin weld hyn.",
)
PERHAPS = (
    "He told her: do not tell anyone at Northmarch.",
    "He says you must not contact Northmarch.",
    "Please do not tell the police who I am.",
    "Please don't let Northmarch know that I wrote.",
)
NOT_AT_ALL = (
    "They do not tell the inspector.",
    "I do not trust PSD.",
    "I don't know whom they tell.",
    "I told PSD last year and nothing happened.",
    "I do not want to get him into trouble.",
    "I do not want to see him again.",
    "I never tell him anything.",
    "No one at Northmarch should have allowed it.",
    "Nobody at Northmarch saw the car.",
    "Nobody else knows about this.",
    "Nobody at Northmarch has it.",
    "He is also not the only one.",
    "It did not go to PSD.",
    "He must not have seen it.",
    "He must not see the children.",
    "He should know better.",
    "I should not have it, so tell me what it shows.",
    "The sergeant keeps them from the others.",
    "We should not be paying him.",
    "Prints vehicle checks for money.",
    "It is not the first time.",
    "",
)


def _found(text: str) -> list[bool]:
    return [each.firm for each in entreaties_in([f"It was spring. {text} He drives a van."])]


@pytest.mark.parametrize("text", PLAINLY)
def test_a_sentence_that_plainly_asks_it_is_found_between_others(text: str) -> None:
    assert _found(text) == [True]


@pytest.mark.parametrize("text", PERHAPS)
def test_what_somebody_else_said_or_what_hides_who_wrote_is_to_be_read(text: str) -> None:
    assert _found(text) == [False]


@pytest.mark.parametrize("text", NOT_AT_ALL)
def test_other_sentences_ask_nothing(text: str) -> None:
    assert _found(text) == []


def test_the_sentence_is_told_whole_and_no_repr_has_it() -> None:
    text = "One.\nPlease do not show it,\tabove all not to Northmarch! Two."
    [found] = entreaties_in([text, "Three."])
    assert found == Entreaty("Please do not show it, above all not to Northmarch!", firm=True)
    assert "Northmarch" not in repr(found)


@pytest.mark.parametrize("text", ["i do not want " * 3_000, "nobody " * 6_000, "a" * 40_000])
def test_the_longest_text_is_read(text: str) -> None:
    list(entreaties_in([text]))
