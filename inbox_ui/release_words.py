"""What the commands about intelligence reports and units say. The reports' own words stand in
``work.release_words``, errors in ``words``."""

from typing import Final

# -- the list of units --------------------------------------------------------------------------

ASK_LIST: Final = "List {name}, with a key that is good until {day}?"
ON_THE_LIST: Final = "{unit} is on the list. This would be different:"
NEW_KEY: Final = "- a new key"
CHANGES: Final = {
    "name": "- name: {before} → {now}",
    "kind": "- kind: {before} → {now}",
    "force": "- force: {before} → {now}",
    "until": "- last day: {before} → {now}",
    "routes": "- for: {before} → {now}",
    "alternate": "- stands in for: {before} → {now}",
    "people": "- works there: {before} → {now}",
}
STAYS: Final = {
    "routes": "For: {now}",
    "alternate": "Stands in for: {now}",
    "people": "Works there: {now}",
}
"""What a publisher reads in any case: a unit that lost these would get what it must not have."""
NOBODY: Final = "none"
WHO_CHANGES: Final = "Give --add or --remove."
LISTED: Final = (
    "The new list is in {path}. It is no secret.\n"
    "Give it to each colleague: dropbox-inbox recipients take FILE"
)
RENEWED: Final = "The list is good until {day}."
LIST_HEAD: Final = "Recipients, list {seq}, good until {day}"
UNTIL: Final = "until {day}"
RUN_OUT: Final = "run out"
ROUTES: Final = "for {forces}"
STANDS_IN: Final = "stands in for {forces}"
PEOPLE: Final = "works there: {names}"

# -- the receiving unit -------------------------------------------------------------------------

CARD_WRITTEN: Final = (
    "The card is in {path}. It is no secret. Give it to the team in any way.\n"
    "Then call them, by a number you both know, and read this out:"
)
OPENED: Final = (
    "Two people of the team signed it, and it was changed by nobody. It is in {folder}, no longer "
    "sealed.\nTell the team that you have it: dropbox-inbox recipient answer {ref}"
)
NEEDS_WORDS: Final = "An outcome or a question needs --text-file."
ANSWER_WRITTEN: Final = "The answer is in {path}, sealed. Give it to the team in any way."

# -- reports ------------------------------------------------------------------------------------

FORM_WRITTEN: Final = (
    "The form is in {path}. Fill it in, then run: dropbox-inbox intelligence keep CASE FILE\n"
    "It is not sealed. Delete it afterwards."
)
NO_REPORTS: Final = "This case has no report yet."
GRADED: Final = "{ref}, as of {day}"
FOUND: Final = "{place}: {sign} {words}"
MAY_GO: Final = "Nothing stands in its way."
STANDS: Final = "What stands in its way:"
READ: Final = "Read through: {done} of {all}"
WHOM: Final = "Give --whom with --of name, and only with that."
EVERY_TICK: Final = "Give --tick, or --all for the whole list."
SEALED: Final = "{path} is for {unit}."
NOTHING_SENT: Final = "Nothing is ready to go today."
HELD_BACK: Final = "{ref}: {why}"
TAKEN: Final = "{unit} {says}."
