"""The sentences of the lane without scripts that do not stand in a template.

All are marked: they are said in the language of the page.
"""

from dataclasses import dataclass
from typing import Final

from dropbox.site.marking import marked as _
from dropbox.wire import Fault

NO_TEXT: Final = _("Write what happened, or choose a file that says it")
TOO_LONG: Final = _("Shorten this: {length} characters, of which {most} fit")
ANSWERS_TOO_LONG: Final = _("Shorten your answers: together they are too long")
CONTACT_MISSING: Final = _("Write how you can be contacted, or choose to stay anonymous")
CONTACT_UNWANTED: Final = _("Clear your contact details, or choose that you can be contacted")
CONTACT_UNSURE: Final = _("Tick that you know the police will learn who you are, or stay anonymous")
CONTACT_TOO_LONG: Final = _("Shorten your contact details")
TOO_MANY_FILES: Final = _("Choose at most {most} files")
FILE_TOO_LARGE: Final = _(
    "The file “{name}” is larger than {most} megabytes. Choose the files again"
)
FILE_EMPTY: Final = _("The file “{name}” is empty. Choose the files again")
FILES_AGAIN: Final = _("Choose your files again: a browser does not keep them")
WORDS_MISSING: Final = _("Write your seven words")
WORDS_COUNT: Final = _("Write seven words: there are {count}")
WORD_UNKNOWN: Final = _("“{word}” is not one of the words")
WORD_NEAREST: Final = _("“{word}” is not one of the words. Is it {nearest}?")
OR: Final = _(" or ")
ANSWER_MISSING: Final = _("Write your answer, or choose a file")
NOTHING_CHOSEN: Final = _("Choose the messages to delete")
NOT_SURE: Final = _("Tick that you want this")
ARRIVED_MEANWHILE: Final = _(
    "A message of yours has arrived since this page was opened. If it was this one, you are done. "
    "If not, send it again"
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a page could not be shown, and what to do."""

    title: str
    sentences: tuple[str, ...]


_RELOAD: Final = _(
    "Do not go back: that would lose what you typed. Reload this page, and let your browser send "
    "it again."
)
_NOT_STORED: Final = _("Nothing was stored.")

REFUSED: Final = Trouble(
    _("This did not come from our page"),
    (
        _("Your browser did not say that this came from a page of ours, so we did not read it."),
        _("Open the page from its own address, in a new browser, and try again."),
    ),
)
UNKNOWN: Final = Trouble(_("There is no such page"), (_("Check the address."),))
MALFORMED: Final = Trouble(
    _("We could not read this"),
    (
        _("Some of it was lost on the way, or it did not come from a form of ours."),
        _("Did you choose a file with odd signs in its name? Then give it a plain name."),
        _RELOAD,
    ),
)
TOO_LARGE: Final = Trouble(
    _("This is too much at once"),
    (_NOT_STORED, _("Write less text in one place, or send fewer or smaller files.")),
)
BUSY: Final = Trouble(
    _("We are busy at the moment"),
    (
        _NOT_STORED,
        _("Wait a minute, then reload this page: your browser still holds what you typed."),
    ),
)
UNSURE: Final = Trouble(
    _("We do not know whether this arrived"),
    (
        _("Something failed while it was being stored."),
        _("Reload this page, and let your browser send it again."),
        _("If we have it, it is not stored twice, and we will tell you so."),
    ),
)
FULL: Final = Trouble(
    _("The server is full"),
    (_NOT_STORED, _("You can still read the messages that are here. Try again later.")),
)
EXPIRED: Final = Trouble(
    _("No new report can be taken at the moment"),
    (
        _("The team has not renewed the key that we seal reports with."),
        _NOT_STORED,
        _("Try again tomorrow. You can still read the messages that are here."),
    ),
)
UNREAD: Final = Trouble(
    _("The team has not read your last messages yet"),
    (_NOT_STORED, _("Try again when they have answered.")),
)
ENDED: Final = Trouble(
    _("You have been logged out"),
    (
        _("This happens after 15 minutes, when you leave, and when the server starts anew."),
        _("Open your mailbox again with your seven words."),
        _("Were you sending something? Open your mailbox in another tab, then come back to this "
          "page and reload it. Your browser sends it again."),
    ),
)  # fmt: skip
EMPTY: Final = Trouble(
    _("No mailbox opens with these words"),
    (
        _("Check the words, and that they are in the right order."),
        _("It may also have been closed, or not been used for so long that it was removed."),
    ),
)
UNSIGNED: Final = Trouble(
    _("Something is wrong with this server"),
    (
        _("It asks for a key that the team has not signed, or it shows things as they once were."),
        _("Nothing was sent."),
        _("Do not try again here. Tell the team in some other way."),
    ),
)
FAILED: Final = Trouble(
    _("Something failed on our side"), (_("We do not know more than this."), _RELOAD)
)

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
