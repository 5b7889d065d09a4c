"""Sentences for who takes a call that stand in no template."""

from typing import Final

from inbox_ui.words import Explained

NO_ACCOUNT: Final = "Write what happened, as the caller tells it."
NO_ANSWER: Final = "Write what the caller answers."
TOO_LONG: Final = "Shorten this: {count:,} characters, of which {most:,} fit."
ALL_TOO_LONG: Final = "Shorten the answers: together they are too long."
NO_CONTACT: Final = "Write how the caller can be reached, or choose that they stay anonymous."
CONTACT_TOO_LONG: Final = "Shorten the contact details."
NOT_SURE: Final = "Ask whether the caller is sure. Tick it, or choose that they stay anonymous."
NOT_READ_OUT: Final = "Five or fewer know this. Read the warning out, then tick that you did."

NOTHING_SLIPPED: Final = "Write what slipped out: the word, or the words, that are to go."
NOWHERE: Final = "It stands nowhere on this page. Is it spelled another way?"
STRUCK_ONCE: Final = "Forgotten. It stood in one place, and is not sent."
STRUCK: Final = "Forgotten. It stood in {count} places, and is not sent."
STILL_INSIDE: Final = "It still stands inside of a longer word. Look through the text."
STILL_IN_PARTS: Final = "A part of it still stands on this page. Forget that too, or look through."
CLEARED: Final = "Forgotten. The field is empty, and what stood there is not sent."
MAY_HAVE_GONE: Final = (
    "But the report may have arrived when you tried before. Then it went as it was at that time."
)

KEPT: Final = "Kept on this page. Nothing is sent yet."
STALE: Final = (
    "Nothing was taken: this call went on in another window. What stands here now counts."
)
UNDER_WAY: Final = "It is being sent. Wait a moment."
NOT_SENT: Final = "It was not sent. All you wrote is still here: try again."
TRY: Final = "Try again in a moment. If it goes on, ask the caller to ring again."
IN_DOUBT: Final = "Nobody knows whether it arrived. Send it again: it cannot arrive twice."
WENT_BEFORE: Final = (
    "It had arrived at an earlier try, as it was then. What you changed since was not sent."
)
EXPIRED: Final = Explained(
    "The team has not renewed the key that reports are sealed with.",
    "Nothing can be sent today. Ask a publisher to run a fetch.",
)
ROLLED_BACK: Final = Explained(
    "The server shows older keys than it did before.", "Nothing was sent. Tell your team."
)

SAY_END: Final = "Tick that you want to end it. What stands here is gone then."
NO_WORDS: Final = "Write the seven words."
WORDS_COUNT: Final = "There are seven words. You wrote {count}."
NOT_A_WORD: Final = "“{word}” is not one of the words."
OR: Final = " or "
NEAREST: Final = " Is it {nearest}?"
NOTHING_OPENS: Final = (
    "No mailbox opens with these words. Check them, and their order. It may also be closed."
)
NOTHING_HEARD: Final = "Write what the caller reads back."
WRONG: Final = "Word {place} is not right."
ALL_RIGHT: Final = "All seven are right."
SENT: Final = "The answer has arrived."
WITHDRAWN: Final = "The team has been told not to use the contact details."
SAY_WITHDRAW: Final = "Ask whether the caller is sure, then tick it."
ARRIVED_MEANWHILE: Final = (
    "Something has arrived from this mailbox since you opened it. If it was this, you are done."
)
CONTESTED: Final = Explained(
    "Nobody can tell which key of the team is the right one.",
    "Nothing can be sent to this case. Tell your team.",
)

NOT_YOURS: Final = Explained(
    "You do not take calls.", "A publisher can give you that duty: it is called calls."
)
CALL_OVER: Final = Explained(
    "This call has ended. Nothing of it is kept here, and nothing was sent.",
    "Begin another under Take a call.",
)

REPLY: Final = "Message of {day}"
RECEIPT: Final = "{day}: what the caller sent was read."
OTHER: Final = "{day}: the case was given to the people who work on it."
DELETED: Final = "{day}: a message that was deleted."
MISSING: Final = "{day}: a message is missing here, and nobody signed that it was deleted."
NOT_SHOWN: Final = "{day}: this may not come from the team. It is not shown."
