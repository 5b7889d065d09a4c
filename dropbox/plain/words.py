"""The sentences of the lane without scripts that do not stand in a template."""

from dataclasses import dataclass
from typing import Final

from dropbox.wire import Fault

NO_TEXT: Final = "Write what happened, or choose a file that says it"
TOO_LONG: Final = "Shorten this: {length:,} characters, of which {most:,} fit"
ANSWERS_TOO_LONG: Final = "Shorten your answers: together they are too long"
CONTACT_MISSING: Final = "Write how you can be contacted, or choose to stay anonymous"
CONTACT_UNWANTED: Final = "Clear your contact details, or choose that you can be contacted"
CONTACT_UNSURE: Final = "Tick that you know the police will learn who you are, or stay anonymous"
CONTACT_TOO_LONG: Final = "Shorten your contact details"
TOO_MANY_FILES: Final = "Choose at most {most} files"
FILE_TOO_LARGE: Final = (
    "The file “{name}” is larger than {most:,} megabytes. Choose the files again"
)
FILE_EMPTY: Final = "The file “{name}” is empty. Choose the files again"
FILES_AGAIN: Final = "Choose your files again: a browser does not keep them"
WORDS_MISSING: Final = "Write your seven words"
WORDS_COUNT: Final = "Write seven words: there are {count}"
WORD_UNKNOWN: Final = "“{word}” is not one of the words"
WORD_NEAREST: Final = "“{word}” is not one of the words. Is it {nearest}?"
ANSWER_MISSING: Final = "Write your answer, or choose a file"
NOTHING_CHOSEN: Final = "Choose the messages to delete"
NOT_SURE: Final = "Tick that you want this"
ARRIVED_MEANWHILE: Final = (
    "A message of yours has arrived since this page was opened. If it was this one, you are done; "
    "else send it again"
)
NEW_WORDS: Final = (
    "The server was started anew while you were writing. Everything you wrote is still here, but "
    "you have new words: write these down instead"
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a page could not be shown, and what to do."""

    title: str
    sentences: tuple[str, ...]


_RELOAD: Final = (
    "Do not go back: that would lose what you typed. Reload this page, and let your browser send "
    "it again."
)

REFUSED: Final = Trouble(
    "This did not come from our page",
    (
        "Your browser did not say that this form was sent from a page of ours, so we did not read "
        "it.",
        "Open the page from its own address, in a browser that is up to date, and try again.",
    ),
)
UNKNOWN: Final = Trouble("There is no such page", ("Check the address.",))
MALFORMED: Final = Trouble(
    "We could not read this",
    (
        "It did not arrive whole, or not from a form of ours. If you chose a file whose name has "
        "unusual characters, rename it.",
        _RELOAD,
    ),
)
TOO_LARGE: Final = Trouble(
    "This is too much at once",
    ("Nothing was stored.", "Write less text in one place, or send fewer or smaller files."),
)
BUSY: Final = Trouble(
    "We are busy at the moment",
    ("Nothing was stored.", "Wait a minute, then reload this page: your browser still holds what "
     "you typed."),
)  # fmt: skip
UNSURE: Final = Trouble(
    "We do not know whether this arrived",
    (
        "Something failed while it was being stored.",
        "Reload this page, and let your browser send it again. If it has arrived, it is not "
        "stored twice, and we will tell you so.",
    ),
)
FULL: Final = Trouble(
    "The server is full",
    ("Nothing was stored. Messages that are here can still be read. Try again later.",),
)
EXPIRED: Final = Trouble(
    "No new report can be taken at the moment",
    (
        "The team has not renewed the key that reports are sealed to. Nothing was stored.",
        "Try again tomorrow. Messages that are here can still be read.",
    ),
)
UNREAD: Final = Trouble(
    "The team has not read your last messages yet",
    ("Nothing was stored. Try again when they have answered.",),
)
ENDED: Final = Trouble(
    "You have been logged out",
    (
        "This happens after 15 minutes, when you leave, and when the server is started anew.",
        "Open your mailbox again with your seven words. If you were sending something, do so in "
        "another tab, then come back to this page and reload it: your browser sends it again.",
    ),
)
EMPTY: Final = Trouble(
    "No mailbox opens with these words",
    (
        "Check the words and their order. The mailbox may also have been closed, or not been used "
        "for so long that it was removed.",
    ),
)
UNSIGNED: Final = Trouble(
    "Something is wrong with this server",
    (
        "It asks for a key that the team has not signed, or shows an older state than before. "
        "Nothing was sent.",
        "Do not try again here. Tell the team by another way.",
    ),
)
FAILED: Final = Trouble("Something failed on our side", ("We do not know more than this.", _RELOAD))

OF_FAULT: Final = {
    Fault.REFUSED: REFUSED,
    Fault.UNKNOWN: UNKNOWN,
    Fault.MALFORMED: MALFORMED,
    Fault.ENCODED: MALFORMED,
    Fault.TOO_LARGE: TOO_LARGE,
    Fault.BUSY: BUSY,
    Fault.FULL: FULL,
    Fault.EXPIRED_DIRECTORY: EXPIRED,
    Fault.TOO_MANY_UNREAD: UNREAD,
    Fault.FAILED: FAILED,
}
