"""Every sentence ``dropbox-report`` says. Plain, short, calm: the reader may be frightened.

An error says what happened; its hint says what to do next.
"""

from typing import Final

from crypto import errors as crypto_errors
from crypto.chains import Fault as ChainFault
from dropbox.client import errors as client_errors
from dropbox.client.verifying import NoSite, Problem
from dropbox.report.failures import (
    BadText,
    BadWords,
    CannotStrip,
    ExpiredPages,
    Explained,
    FilesNotSaved,
    FolderMissing,
    NoMailbox,
    NotAsked,
    NotConfirmed,
    NoTerminal,
    NotWhole,
    OtherPages,
    SaysTooMuch,
)
from dropbox.site.marking import marked as _
from dropbox.wire import Fault

# -- while it runs ------------------------------------------------------------------------------

BEFORE_SENDING: Final = (
    "Do not use a phone, computer or network of your work, or one your work can see.\n"
    "Not at work, not on duty. Without --proxy (Tor), your network sees that you use this server."
)
BEFORE_FILES: Final = (
    "A file can hold the name of its maker, and when and where it was made.\n"
    "If that could point to you, leave it out and describe it instead."
)
FILE_SAYS: Final = "{name} holds this, besides what it shows:"
FINDING: Final = "  - {words}"
FINDING_VALUE: Final = "  - {words}: {value}"
FILE_SAYS_NOTHING: Final = "{name}: we found nothing of the kind we look for."
FILE_UNKNOWN: Final = "{name}: we cannot look into this kind of file. It may hold your name."
NOT_LOOKED: Final = (
    "We cannot see everything. Printers can leave faint dots. A copy can be marked so that it\n"
    "leads to one person. We do not check what a file shows. Its name is sent too."
)
ASK_FILE: Final = "Send it without this (w), as it is (a), or leave it out (l)?"
ASK_FILE_KEPT: Final = (
    "This cannot be taken out of it. Send it as it is (a), or leave it out and describe it (l)?"
)
FILE_STRIPPED: Final = "{name} is sent without this."
FILE_KEPT: Final = "{name} is sent as it is."
FILE_LEFT_OUT: Final = "{name} is left out."
ASK_WORDS: Final = "Your seven words (they are not shown): "
TYPE_TEXT: Final = "Write what you want to say. End with Ctrl-D on a line of its own."
ASK_ANYWAY: Final = "The mailbox is not whole (run check to see). Send your answer all the same?"
ASK_DELETE: Final = "Delete everything the team wrote to you? This cannot be undone."
ASK_WITHDRAW: Final = "Tell the team that it may not use the contact details you left?"
ASK_CLOSE: Final = (
    "Close the mailbox for good? The team keeps what you reported and is told that you closed it.\n"
    "What it wrote to you is deleted, and these words open nothing any more."
)
ASK_CLOSE_AGAIN: Final = "It can never be opened again, by you or by anybody. Close it?"
DELETED_NOW: Final = "Deleted, messages of the team: {count}"
NOTHING_DELETED: Final = "There is nothing to delete."
WITHDRAWN: Final = (
    "The team is told not to use your contact details. What somebody has read before, they know."
)
CLOSED: Final = "The mailbox is closed. Destroy the paper with the words."
STORED: Final = (
    "The team's server has your report.\n"
    "These seven words are the only way to read the answer. Write them on paper.\n"
    "Nobody can give them to you again. Look in about 2 weeks, and again in about 6 weeks."
)
KEPT_DAYS: Final = "An unused mailbox is kept for {days} days."
MAYBE_STORED: Final = "If your report did arrive, these seven words open its mailbox. Keep them."
SENT: Final = "The team's server has your message ({day})."
SAVED: Final = "Saved {path}"

WAITING: Final = "The server cannot be reached. Trying again in {seconds}. Nothing is lost."
BUSY: Final = "The server is busy. Trying again in {seconds}. Nothing is lost."
WORKING: Final = (
    "The server is busy. Your computer is working for a place; about {seconds}. Nothing is lost."
)
FILE_DONE: Final = "{name}: done."

# -- what is found ------------------------------------------------------------------------------

OWN: Final = "Messages you have sent: {count} ({days})"
NO_MESSAGES: Final = "The team has not written yet."
DAYS_ARE_THE_SERVERS: Final = "Days are what the server says."
DIRECTORY_EXPIRED: Final = (
    "The team's directory is not valid today (it was until {day}). Your mailbox can be read.\n"
    "A new report cannot be sent until the team renews it."
)
NO_REPLY_EITHER: Final = "Nor can a reply, because no group of the team has taken over your case."
HEADINGS: Final = {
    "receipt": "{day}: The team has read what you sent.",
    "reply": "{day}: The team wrote:",
    "handover": "{day}: A group of the team has taken over your case.",
    "closing": "{day}: The group that had your case has closed it.",
    "deleted": "{day}: The team has deleted some of its messages.",
}
ACKNOWLEDGED: Final = "(written after reading your message {number})"
DELETED: Final = "{day}: A message was here. It was deleted."
MISSING: Final = "{day}: A message is missing here. The server does not give it."
QUARANTINED: Final = "{day}: A message here cannot be trusted and is not shown. {problem}"
FILE: Final = "File: {name} ({size:,} bytes)"
FILE_NOT_SAVED: Final = "The file {name} is not kept: {problem}"
ALARMS: Final = {
    ChainFault.MISSING: _("{chain}: one is missing at place {place}."),
    ChainFault.FORK: _("{chain}: two of them claim place {place}."),
    ChainFault.DUPLICATE: _("{chain}: the one at place {place} was given twice."),
    ChainFault.BROKEN_LINK: _("{chain}: the one at place {place} does not follow the last."),
    ChainFault.UNREADABLE: _("{chain}: something there is not a message."),
    ChainFault.UNKNOWN_MARK: _("{chain}: place {place} answers a message that is not yours."),
}
OTHER_ALARM: Final = _("{chain}: something is wrong at place {place}.")
TEAM_CHAIN: Final = _("The team’s messages")
OWN_CHAIN: Final = _("Your own messages")

# -- the pages ----------------------------------------------------------------------------------

VERIFYING: Final = "Asking for every page and script as different visitors."
VERIFIED_SO_FAR: Final = "{done} of {of}"
VERIFIED: Final = "Files of the site: {files}. Asked for in all: {requests} times."
SIGNED_IN: Final = "What they have to be is signed in the team's directory {seq}, of {day}."
SIGNED_EXPIRED: Final = "That directory is not valid today. Its last day: {day}."
BUILT_HERE: Final = {
    True: "This program builds the same pages from its own source.",
    False: "This program is of another version than the pages, and builds others.",
    None: "This program was installed without pages, and builds none.",
}
AS_SIGNED: Final = "Everything is as the team signed it."
DIFFERENCE: Final = "DIFFERS  {path}: {problem}{visitors}"
PROBLEMS: Final = {
    Problem.CHANGED: "it is not the file that was signed",
    Problem.MISSING: "it is not there",
    Problem.REDIRECTED: "it leads somewhere else",
    Problem.ENCODING: "it is compressed in a way nobody asked for, or cannot be unpacked",
    Problem.POLICY: "its security policy is not the signed one",
    Problem.HEADER: "a header that protects the page is missing, or there is one that no page has",
    Problem.TYPE: "it is said to be another kind of file",
    Problem.UNDECLARED: "it refers to something that is not signed",
    Problem.INLINE: "it has code or style inside the page",
}

# -- when it does not work ----------------------------------------------------------------------


NOTHING_SENT: Final = "Nothing was sent."
TEXT_NOT_SENT: Final = "What you wrote was not sent; files were taken back."
UNKNOWN_WORD: Final = "“{word}” is not one of the words. {offer}"
NEAREST: Final = "Nearest: {words}."
NONE_NEAR: Final = "No word on the list is near it."
CHECK_PAPER: Final = "No connection was made. Check it against your paper."
_TRY_LATER: Final = "Try again later, from the same or another network."
_TELL_TEAM: Final = "Check the address and the fingerprint against a poster."
_LOOK: Final = "Check its name and that it can be opened."

SENTENCES: Final[dict[type[Exception], tuple[str, str]]] = {
    # what she gave
    crypto_errors.WrongNumberOfWords: (
        "The passphrase has seven words; there are {count} here.",
        "No connection was made. Type all seven, with spaces between.",
    ),
    crypto_errors.NothingToSend: (
        "There is nothing to send: no text and no file.",
        "Put text into the file, or give --attach.",
    ),
    crypto_errors.OverLimit: (
        "This is more than the team takes. {detail}",
        "Shorten it, or send the rest as another message.",
    ),
    client_errors.Unreadable: ("The file {path} cannot be read.", _LOOK),
    client_errors.NotAFile: (
        "{path} is not a file.",
        "Folders, pipes and devices are not taken; pack a folder into a file.",
    ),
    client_errors.EmptyFile: (
        "The file {path} is empty.",
        "Leave it out, or save it again.",
    ),
    client_errors.FileTooLarge: (
        "The file {path} is larger than the team takes.",
        "Send a part of it, or describe it.",
    ),
    client_errors.ChangedWhileSending: (
        "The file {path} changed while it was sent.",
        "Close it in other programs and send again.",
    ),
    client_errors.CannotSave: (
        "The file cannot be saved in {path}.",
        "Check that there is room and that you may write there.",
    ),
    BadText: (
        "{name} cannot be read as text.",
        "Give a plain text file (UTF-8), or - to type it.",
    ),
    BadWords: (
        "The passphrase file cannot be read.",
        "It is a text file with the seven words and nothing else.",
    ),
    FolderMissing: (
        "{name} cannot be used as a folder.",
        "Make it first, or name another.",
    ),
    NoTerminal: (
        "There is no terminal to ask for the seven words.",
        "Give them with --passphrase-file.",
    ),
    NotAsked: (
        "The mailbox is not whole, and nobody can be asked whether to answer all the same.",
        "Run check to see what is wrong; --yes answers all the same.",
    ),
    SaysTooMuch: (
        "{name} holds more than it shows, and nobody can be asked what to do.",
        "--strip-metadata sends files without it, --keep-metadata as they are.",
    ),
    CannotStrip: (
        "What {name} may hold besides what it shows cannot be taken out.",
        "Leave it out and describe it, or send it as it is with --keep-metadata.",
    ),
    NotConfirmed: (
        "This cannot be undone, and nobody can be asked whether to do it.",
        "Nothing was changed. --yes does it without asking.",
    ),
    NoMailbox: (
        "No mailbox opens with these words. It may have been closed.",
        "Check each word, and their order, against your paper.",
    ),
    NotWhole: (
        "The mailbox is not whole: something is missing or cannot be trusted.",
        "What is shown above is from the team. Be careful; you can say this in an answer.",
    ),
    NoSite: (
        "The team has not signed any pages for this server.",
        "Its pages cannot be compared with anything. This program seals what you send all the "
        "same.",
    ),
    OtherPages: (
        "The pages of this server are not the ones that the team signed.",
        "Do not write on these pages. Use this program or another way, and tell the team if you "
        "can.",
    ),
    ExpiredPages: (
        "The pages are those of a directory that is not valid today.",
        "It can hide that the team has newer pages. Check the clock of this computer. If it is "
        "right, do not write on these pages, and tell the team if you can.",
    ),
    FilesNotSaved: (
        "Not every file could be saved.",
        "A file that is not the one the team sent is never kept. Try again later.",
    ),
    client_errors.Gone: (
        "The mailbox is not there any more. Somebody with the same words may have closed it.",
        "Nobody but you should have them. Use another way to the team if you can.",
    ),
    client_errors.NotDeleted: (
        "The server says that it was deleted, and still shows it.",
        "Run check, and try again. If it stays so, the server cannot be trusted with this.",
    ),
    crypto_errors.NothingHere: (
        "There is nothing in this mailbox of yours.",
        "Check each word, and their order, against your paper.",
    ),
    # the network
    client_errors.NotReached: ("The server cannot be reached.", _TRY_LATER),
    client_errors.ProxyFailed: (
        "The server cannot be reached through the proxy.",
        "Check that Tor is running and that --proxy names its port.",
    ),
    client_errors.Lost: ("The connection to the server was lost.", _TRY_LATER),
    client_errors.NotTrusted: (
        "The connection to this server is not secure.",
        "Somebody may be in between. Try another network, or Tor.",
    ),
    # the server
    client_errors.Nonsense: (
        "The answer does not come from a server of this kind.",
        "Check the address. Another network or Tor may help: something may be in between.",
    ),
    client_errors.TooMuchWork: (
        "The server asks for more work than a server of this kind does.",
        "Check the address. Something may be in between: try another network, or Tor.",
    ),
    crypto_errors.ForeignService: (
        "This server does not belong to the fingerprint you gave.",
        _TELL_TEAM,
    ),
    crypto_errors.ForeignOrigin: (
        "The team does not name this address as one of its own.",
        _TELL_TEAM,
    ),
    crypto_errors.Expired: (
        "The team's directory is not valid today, so nothing is sealed to it.",
        "Check this device's date, or try again in a few days.",
    ),
    crypto_errors.UnsignedKeyAsked: (
        "The server asks for a key that the team has not signed.",
        "Try again later. If it stays so, use another way to the team.",
    ),
    crypto_errors.Contested: (
        "Two different messages of the team claim one place, so nobody can be answered safely.",
        "Run check to see them; tell the team in another way if you can.",
    ),
    crypto_errors.RolledBack: (
        "The server shows an older state than it did a moment ago.",
        "Run check, and try again later or from another network.",
    ),
    crypto_errors.ProtocolError: (
        "What the server gave as the team's directory is not signed by the team.",
        _TELL_TEAM,
    ),
}

FAULTS: Final[dict[Fault, tuple[str, str]]] = {
    Fault.TOO_LARGE: ("This is larger than the server takes.", "Send less at once."),
    Fault.FILES_DIFFER: (
        "The server does not hold the files as they were sent.",
        "Send again.",
    ),
    Fault.EXPIRED_DIRECTORY: (
        "The server says that the team's directory has expired, and takes no new report.",
        "By this device's date it has not: the server's may be wrong. Try again in a few days, or "
        "in another way.",
    ),
    Fault.TOO_MANY_UNREAD: (
        "The team has not read your last messages yet.",
        "Try again later.",
    ),
    Fault.WORK_NEEDED: (
        "The server is too busy, and asked for more and more work.",
        "Try again in an hour or so.",
    ),
    Fault.FULL: (
        "The server is full and takes no new report today.",
        "A mailbox you have can be read and answered. Try again tomorrow, or in another way.",
    ),
    Fault.BUSY: ("The server is busy.", "Try again in a few minutes."),
    Fault.FAILED: ("The server failed.", "Try again later."),
}
OTHER_FAULT: Final = ("The server refused this.", "Try again later.")

UNKNOWN_REPORT: Final = Explained(
    "The connection broke at the last moment. It is not known whether your report was stored.",
    "Nothing is lost: keep the words above and run check with them later. If they open no "
    "mailbox, send again.",
)
UNKNOWN_MESSAGE: Final = Explained(
    "The connection broke at the last moment. It is not known whether your message was stored.",
    "Nothing is lost: run check later and look at the days of your messages before you send again.",
)
UNKNOWN_CLOSING: Final = Explained(
    "The connection broke at the last moment. It is not known whether the mailbox is closed.",
    "Run close again: where it says that no mailbox opens with these words, it is closed.",
)
BUG: Final = Explained(
    "This program failed. That is its fault and not yours.",
    "Nothing you wrote is in this message. Try again; if it happens again, tell the team.",
)
STOPPED: Final = Explained("Stopped. Nothing was sent.", "Send again whenever you like.")
STOPPED_FILES: Final = Explained(
    "Stopped. What you wrote was not sent, and the files were taken back.",
    "What could not be taken back, the server deletes within an hour. Send again when you like.",
)
STOPPED_UNCHANGED: Final = Explained("Stopped. Nothing was changed.", "The mailbox is as it was.")
STOPPED_DELETING: Final = Explained(
    "Stopped. Some of the team's messages may be deleted.", "Run it again to delete the rest."
)
STOPPED_READING: Final = Explained("Stopped.", "Nothing was changed. Run it again when you like.")
BAD_ROOT: Final = "--root is the team's fingerprint: 32 letters and digits, as on a poster."
BOTH_HANDLINGS: Final = "--strip-metadata and --keep-metadata cannot go together."
BAD_FORCE: Final = "--force is a name such as west-mercia: small letters, digits and hyphens."
USAGE_HINT: Final = "{command} --help says what it takes."


def shown_to(visitors: list[str]) -> str:
    """Who was shown a difference; nothing for what everybody is shown."""
    return f" (shown to: {'; '.join(visitors)})" if visitors else ""


def seconds(number: float) -> str:
    """A pause as people say it."""
    return "1 second" if number <= 1 else f"{number:.0f} seconds"
