"""Every sentence about a file that was looked at. ``{value}`` is a number, or a word from here."""

from typing import Final

from dropbox.client.terminal import visible_line
from inbox_ui.preview.jail import Wall
from inbox_ui.preview.sight import Failure, Kind, Listed, Note, Part

KINDS: Final[dict[Kind, str]] = {
    Kind.JPEG: "a picture (JPEG)",
    Kind.PNG: "a picture (PNG)",
    Kind.GIF: "a picture (GIF)",
    Kind.WEBP: "a picture (WebP)",
    Kind.TIFF: "a picture (TIFF)",
    Kind.BMP: "a picture (BMP)",
    Kind.HEIC: "a picture (HEIC or AVIF)",
    Kind.PDF: "a PDF document",
    Kind.TEXT: "plain text",
    Kind.MAIL: "an e-mail",
    Kind.OFFICE: "an office document",
    Kind.OLD_OFFICE: "an office document of the old kind, or a saved Outlook message",
    Kind.RTF: "a rich text document",
    Kind.ARCHIVE: "a ZIP archive",
    Kind.OTHER_ARCHIVE: "a packed file",
    Kind.SOUND: "a sound",
    Kind.FILM: "a film or a sound",
    Kind.HTML: "a web page",
    Kind.SVG: "a drawing that can hold programs (SVG)",
    Kind.SCRIPT: "a script: instructions for a computer",
    Kind.PROGRAM: "a program",
    Kind.SHORTCUT: "a shortcut: it opens something else",
    Kind.EMPTY: "empty: there is not one byte in it",
    Kind.UNKNOWN: "of a kind that is not known here",
}

NOTES: Final[dict[Note, str]] = {
    Note.TWO_KINDS: (
        "It is two things at once: it can also be read as {value}. Files are made so to get past a "
        "check. Do not pass it on."
    ),
    Note.ONLY_SAVE: "Sounds and films are not played here. It can only be saved.",
    Note.NOT_SHOWN: "It can hold instructions for a computer, so it is not shown as it is meant.",
    Note.NO_READER: "Nothing here shows this kind.",
    Note.LISTED: "Nothing of it is unpacked. The names of what is in it are listed.",
    Note.DAMAGED: "Something in it cannot be read: it is damaged, or made to mislead.",
    Note.LOCKED: "It is locked with a password. Nothing of it can be shown.",
    Note.TOO_MANY_PIXELS: "It is {value} pixels large. That is more than is opened here.",
    Note.NO_MEMORY: "It needs more memory than a file is given here. It can be made to do so.",
    Note.BOMB: (
        "A bomb: it says that it unpacks to {value} bytes, which fills a disk. It is not unpacked."
    ),
    Note.OVERLAP: "A bomb: parts of it lie over each other. It is not unpacked.",
    Note.LIES: "It contradicts itself about how large its parts are: it is made to mislead.",
    Note.DDE: "It asks another program for something when it is opened, or starts one (DDE).",
    Note.PROGRAMS: "By their names, files in it are programs, or act as ones. Open none of them.",
    Note.NESTED: "By their names, files in it are archives again: these can hide anything.",
    Note.MACROS: "It holds macros: programs that run when it is opened.",
    Note.OUTSIDE: "Names in it lead out of the folder in which it is unpacked.",
    Note.EMBEDDED: "Other files are hidden in it.",
    Note.SCRIPTS: "It holds scripts. They were not run.",
    Note.FORM: "It is a form. What was filled in may not be shown.",
    Note.LEADS_OUT: (
        "It loads something from elsewhere, or opens a file, when it is opened. Somebody can see "
        "there that it was opened."
    ),
    Note.LOCKED_MEMBERS: "Some of what is in it is locked with a password.",
    Note.MORE_PICTURES: "It holds {value} pictures. The first is shown.",
    Note.SMALLER: "It is {value} pixels large, and shown smaller.",
    Note.PAGES: "It has {value} page(s).",
    Note.CUT: "There is more text than is shown.",
    Note.MORE_NAMES: "There are more names than are listed.",
    Note.CUT_OFF: "It has more in it than is looked through here: something may not be named.",
    Note.ENCODING: "Nothing says how its letters are written: some may be wrong.",
    Note.BAD_PAGE: "Page {value} cannot be read.",
    Note.NOT_SEARCHED: "Nothing here can look for hidden data in this kind of file.",
    Note.NO_COPY: "A cleaned copy cannot be made of it.",
}

FAILURES: Final[dict[Failure, str]] = {
    Failure.NOT_STARTED: (
        "The process that reads a file could not be started: this machine has no room for it now. "
        "Nothing was read. Try again when less is running."
    ),
    Failure.NO_JAIL: (
        "This machine cannot shut a file in so that it does no harm: its kernel lets no process "
        "forbid itself calls (seccomp), or limit itself. So no file is looked at here."
    ),
    Failure.TOO_LARGE: "It is too large to be looked at here: 64 MiB fit. It can only be saved.",
    Failure.TOO_LATE: "It took too long and was stopped. A file can be made to do so.",
    Failure.ENDED: "Reading it broke the process that read it, or took more than it was given. "
    "Nothing else was harmed. A file can be made to do so: treat it as an attack.",
    Failure.GARBLED: "What read it was taken over, or is broken. It was stopped, and nothing else "
    "was harmed. Treat it as an attack.",
}
PARTS: Final[dict[Part, str]] = {
    Part.TEXT: "What is written in it",
    Part.PAGE: "Words of this page",
    Part.HEADERS: "The fields of the e-mail",
    Part.BODY: "The text of the e-mail",
    Part.SOURCE: "The web page in the e-mail, as its source",
}
NAMES: Final[dict[Listed, str]] = {
    Listed.ACTION: "What it does without being asked, which is not done here",
    Listed.LINK: "Addresses in it, which are never opened",
    Listed.MEMBER: "Files in it, by name",
    Listed.ATTACHMENT: "What is attached, by name",
}
NOT_SEARCHED: Final = (
    "It could not be searched for what it hides. That nothing is listed does not mean that there "
    "is nothing."
)
TELLS: Final = (
    "Names and telephone numbers, also at the top of a chat, in a reply that is quoted, in a link.",
    "The clock, the battery, the signal and the network's name; days and hours beside messages.",
    "Which words stand on which side: that says whose phone it is.",
    "Ticks, reactions, what is unread, what was typed and not sent.",
    "Pictures of people, groups and rooms, and the wallpaper behind them.",
    "Notifications of other programs, and what a keyboard proposes.",
    "The language, the kind and the settings of the phone.",
    "Where the picture was cut, and how large it is: that can say which phone made it.",
)
"""What gives a source away in a screenshot."""
BOX_NUMBERS: Final = "Give four whole numbers of pixels, like 120, or per cent, like 12.5%."
BOX_EMPTY: Final = (
    "There is nothing in that part: its right edge has to be right of its left edge, and its "
    "bottom edge below its top edge."
)
BOX_OUTSIDE: Final = "That part lies outside of the picture."
TOO_MANY_BOXES: Final = "No more parts can be blacked out in one picture. Take some away."
NO_PICTURE: Final = "It has no such page, or nothing here shows it as a picture."
NO_BOX: Final = "No part is black, so there is no redacted copy."
MISSING: Final[dict[Wall, str]] = {
    Wall.FILES: "this machine's kernel is too old for Landlock",
    Wall.NAMESPACES: "this machine lets no process leave its namespaces",
}


def note(note: Note, value: str) -> str:
    """The sentence."""
    said = KINDS[Kind(value)] if note is Note.TWO_KINDS else visible_line(value)
    return NOTES[note].format(value=said)
