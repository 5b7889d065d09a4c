"""Every word that ``dropbox-server`` says, in one place.

``say`` prints a fixed sentence on stderr. The server has no logging besides: a sentence that is
written here cannot quote a request.
"""

import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a command could not be done, and what to do about it."""

    error: str
    hint: str


# -- while it serves ----------------------------------------------------------------------------

REQUEST_FAILED: Final = "a request failed inside the server; nothing was confirmed"
WRITER_FAILED: Final = "the database could not be written; this worker ends"
LOOP_FAILED: Final = "something failed outside of any request"
DATABASE_LOST: Final = "the database cannot be reached; whoever writes is asked to come again"
DATABASE_BACK: Final = "the database is there again"
WORKER_DIED: Final = "a worker ended unexpectedly; a new one is started"
SITE_CHANGED: Final = "the pages are those of the newest directory from now on"
SITE_UNSIGNED: Final = (
    "the newest directory signs other pages than this version builds; the ones before are shown: "
    "install the workstation's version here, or there: dropbox-inbox sign-site"
)
SITE_NOT_KEPT: Final = "the pages are served but cannot be written into the data directory"
STOPPING: Final = "stopping: requests under way are finished first"


def say(sentence: str) -> None:
    """One line on stderr; where nobody listens any more, none."""
    with suppress(OSError):
        print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - this is where words go out


def ready(url: str) -> str:
    """The first line on stdout."""
    return f"ready {url}"


def site_is_older(differs: str) -> str:
    """Said when it starts: the pages are signed, and of another version."""
    return (
        f"the signed pages of another version are shown; this one differs first at "
        f"{differs or 'the policy of all pages'}: on a publisher's workstation of this version: "
        "dropbox-inbox sign-site"
    )


# -- troubles -----------------------------------------------------------------------------------

NO_DATA: Final = Trouble(
    "There is no server in this directory.",
    "Make one with: dropbox-server init --data DIR --directory FILE --origin URL",
)
DATA_EXISTS: Final = Trouble(
    "There already is a server in this directory.",
    "Choose another --data, or use: dropbox-server publish FILE",
)
DATA_UNUSABLE: Final = Trouble(
    "The data directory cannot be made or used.",
    "It has to be a directory that this user owns, on a disk with space.",
)
DATA_OPEN: Final = Trouble(
    "The data directory or its settings can be used by other users.",
    "Run: chmod 700 DIR; chmod 600 DIR/settings.toml",
)
SETTINGS_WRONG: Final = Trouble(
    "The settings file is damaged.",
    "Put it right, or make the server anew and restore its backup.",
)
SETTINGS_UNKNOWN: Final = Trouble(
    "The settings file has a key that this version does not know.",
    "Remove it, or use the version that wrote it.",
)
DIRECTORY_UNREADABLE: Final = Trouble(
    "The directory file cannot be read.",
    "Give the directory.signed that dropbox-inbox wrote.",
)
DIRECTORY_WRONG: Final = Trouble(
    "The directory file is damaged, or is not signed by its publisher.",
    "Fetch it from the workstation again.",
)
DIRECTORY_FOREIGN: Final = Trouble(
    "The directory is of another service.",
    "Compare the root fingerprint with the one the team gave you.",
)
DIRECTORY_OLD: Final = Trouble(
    "The directory does not follow the one this server has.",
    "Publish the newest one the workstation has signed.",
)
DIRECTORY_AHEAD: Final = Trouble(
    "The directory is of a day that has not come: nobody could write until then.",
    "Compare the dates of this machine and of the workstation, and sign it anew on the right day.",
)
ORIGIN_FOREIGN: Final = Trouble(
    "The signed directory does not name this origin.",
    "Add it on the workstation: dropbox-inbox directory --origin URL",
)
DATABASE_FOREIGN: Final = Trouble(
    "This is not a database that can be used.",
    "Leave --database out for SQLite in the data directory, or give it as "
    "postgresql://USER@HOST/NAME or postgresql:///NAME?host=/run/postgresql",
)
DATABASE_PASSWORD: Final = Trouble(
    "A password has no place in --database: everybody on the machine can read command lines.",
    "Put it into a file of mode 0600 and give it to init: --database-password-file FILE",
)
PASSWORD_FILE_WRONG: Final = Trouble(
    "The file with the database's password is not one line that only this user can read.",
    "Write the password into it, as its only line, and run: chmod 600 FILE",
)
DATABASE_WRONG: Final = Trouble(
    "The database is not there, or cannot be opened.",
    "Look whether the disk is there and the file is yours, or restore the newest backup.",
)
DATABASE_NONE: Final = Trouble(
    "There is no server's data in this database.",
    "Compare --database with what init was told, or restore the newest backup.",
)
DATABASE_AWAY: Final = Trouble(
    "The database server cannot be reached, or does not let us in.",
    "Look whether it runs, and at --database, the password file and, over a network, its "
    "certificate (sslrootcert).",
)
DATABASE_UNSAFE: Final = Trouble(
    "The database server may lose what it has committed, or is older than PostgreSQL 13.",
    "Set fsync and full_page_writes to on in its settings.",
)
DATABASE_OCCUPIED: Final = Trouble(
    "The database is not empty.",
    "Make a new one for this server alone, or use: dropbox-server publish FILE",
)
DATABASE_IN_USE: Final = Trouble(
    "Something else is using the database.",
    "Stop every server that uses it, and try again. Nothing was changed.",
)
DATABASE_BUSY: Final = Trouble(
    "The database is busy with something else.",
    "Try again in a moment.",
)
DATABASE_FULL: Final = Trouble(
    "There is no space left for the database.",
    "Make room and try again. Nothing was changed.",
)
DATABASE_OLDER: Final = Trouble(
    "The database was made by an older version.",
    "Stop every server that uses it, then run: dropbox-server upgrade",
)
DATABASE_NEWER: Final = Trouble(
    "The database was made or upgraded by a newer version.",
    "Use that version. To go back, restore the backup that its upgrade made: "
    "dropbox-server restore FILE",
)
DATABASE_UNREADABLE: Final = Trouble(
    "The database file is damaged so badly that it cannot be read.",
    "Restore the newest backup.",
)
NOT_BUILT: Final = Trouble(
    "The style sheet of the pages has not been built.",
    "In a checkout of the source, run: make setup",
)
EXIT_WRONG: Final = Trouble(
    "exit_url in the settings file is not the address of a page with https.",
    "Give a page that says nothing about whoever reads it, such as https://www.bbc.co.uk/weather",
)
KEY_WRONG: Final = Trouble(
    "The runtime key is not a file of exactly 32 bytes that only this user can read.",
    "Make one on a memory file system: head -c 32 /dev/urandom > /run/dropbox.key; chmod 600 …",
)
KEY_INSIDE: Final = Trouble(
    "The runtime key must not be in the data directory.",
    "Keep it on a memory file system such as /run, new at every boot.",
)
SOCKET_WRONG: Final = Trouble(
    "The address cannot be listened on.",
    "Something else may use it: choose another --port or --unix.",
)
WORKERS_DIE: Final = Trouble(
    "The workers end before they are ready.",
    "Run: dropbox-server check",
)
DAMAGE_FOUND: Final = Trouble(
    "Something is damaged.",
    "Keep this copy, restore the newest backup beside it, and compare.",
)

DIRECTORY_DAMAGED: Final = Trouble(
    "The team's directory in the database is damaged.",
    "Run: dropbox-server check. Keep this copy, restore the newest backup beside it, and compare.",
)
PARTS_UNUSABLE: Final = Trouble(
    "The folder parts in the data directory is missing, or cannot be read and written.",
    "Look whether its disk is there and the folder is yours, or restore the newest backup.",
)
SITE_OTHER: Final = Trouble(
    "The directory signs other pages than this version builds.",
    "Install the same version here and on the workstation, or there: dropbox-inbox sign-site",
)
UNEXPECTED: Final = Trouble(
    "Something happened that this program does not know of.",
    "Nothing is said of it here: it could quote what is stored. Run: dropbox-server check",
)
USAGE_HINT: Final = "{command} --help says what it takes."

DIRECTORY_EXPIRED: Final = Trouble(
    "The team's directory has expired: no new report is taken until there is a newer one.",
    "On a publisher's workstation: dropbox-inbox sync. Mailboxes are read and answered meanwhile.",
)
DIRECTORY_EARLY: Final = Trouble(
    "The team's directory was signed on a day that has not come yet on this machine.",
    "Put the clock right: until then no new report is taken.",
)
DISK_NEARLY_FULL: Final = Trouble(
    "The disk is nearly full: new reports are refused soon, or already.",
    "Make room on the disk of the data directory, or run: dropbox-server purge",
)
COMMAND_RUNNING: Final = Trouble(
    "Another command is at work on this server, or on this file.",
    "Wait until it has ended, then try again.",
)
BACKUP_EXISTS: Final = Trouble(
    "There already is a file of this name.",
    "Choose another name, or give --yes to replace it.",
)
BACKUP_UNWRITABLE: Final = Trouble(
    "The backup cannot be written. Nothing of it is left.",
    "The folder has to be there, be writable and have room for all that is stored.",
)
BACKUP_NOT_WHOLE: Final = Trouble(
    "Something that is stored is damaged or cannot be read. No backup was made.",
    "Run: dropbox-server check. Keep the backups that you have.",
)
BACKUP_UNREADABLE: Final = Trouble(
    "The backup cannot be read.",
    "Give a file that dropbox-server backup wrote and that this user can read.",
)
BACKUP_FOREIGN: Final = Trouble(
    "This is no backup of a server.",
    "Give a file that dropbox-server backup wrote.",
)
BACKUP_DAMAGED: Final = Trouble(
    "The backup is damaged: it is not as it was written. Nothing was restored.",
    "Copy it again from where it was kept, or restore an older one.",
)
BACKUP_WRONG: Final = Trouble(
    "What the backup holds does not match its own hashes. Nothing was restored.",
    "Restore an older one.",
)
BACKUP_NEWER: Final = Trouble(
    "The backup was made by a newer version. Nothing was restored.",
    "Restore it with that version.",
)
RESTORE_OCCUPIED: Final = Trouble(
    "There is something in this place already; a backup is restored into an empty one only.",
    "Choose another --data, and with --database a database without tables.",
)
PURGE_DAY: Final = Trouble(
    "The team's directory is not valid today. The clock may be wrong, so nothing was purged.",
    "Compare the clock with another one. Where it is right, give --yes.",
)
PURGE_KEPT: Final = Trouble(
    "Some mailboxes are due and were kept: no workstation has fetched a report in them.",
    "On a workstation: dropbox-inbox sync. Then purge again. --yes deletes them unread, for good.",
)
PURGE_REMAINS: Final = Trouble(
    "The rows are deleted, but the database still holds their bytes: it is being read.",
    "Run it again when no backup or check is at work.",
)

# -- results and help ---------------------------------------------------------------------------

HELP: Final = "The server of a sealed drop-box: it stores what only the team can open."
HELP_INIT: Final = "Make the database of a new server."
HELP_SERVE: Final = "Serve until stopped. The first line on stdout is: ready URL"
HELP_CHECK: Final = "Hold every row and every file part against its hash."
HELP_PUBLISH: Final = "Take a newer signed directory from a file."
HELP_STATUS: Final = "Say what needs attention; exit 1 where it is needed now."
HELP_BACKUP: Final = "Write all that is stored into one file, while the server goes on."
HELP_RESTORE: Final = "Make a server from a backup, in an empty place."
HELP_PURGE: Final = "Delete what was kept for long enough, and its traces in the database."
HELP_UPGRADE: Final = "Bring the database of an older version to this one, after a backup."
HELP_UPGRADE_BACKUP: Final = "Where the backup goes; left out: into the data directory."
HELP_YES_BACKUP: Final = "Replace a file of this name."
HELP_YES_PURGE: Final = (
    "Purge even what nobody has fetched, and on a day on which the directory is not valid."
)
HELP_DRY_RUN: Final = "Only say how much would be deleted."
HELP_REWRITE: Final = (
    "With PostgreSQL, write its tables anew, so that no deleted row is left in their files. It "
    "needs as much room again, and nothing is stored meanwhile."
)
HELP_DATA: Final = "The server's data directory."
HELP_DATABASE: Final = (
    "Where the database is: sqlite, in the data directory, or postgresql://USER@HOST/NAME. "
    "init remembers it."
)
HELP_DATABASE_FILE: Final = (
    "A file of mode 0600 with the password to the database. init remembers where it is."
)
HELP_DIRECTORY: Final = "The signed directory that the workstation wrote."
HELP_ORIGIN: Final = "An address the server is reached at, as a browser shows it. Can be repeated."
HELP_HOST: Final = "The address to listen on."
HELP_PORT: Final = "The port to listen on; 0 takes a free one."
HELP_UNIX: Final = "Listen on this unix socket instead."
HELP_WORKERS: Final = "How many worker processes."
HELP_KEY: Final = "32 bytes on a memory file system, for several servers over one database."
HELP_JSON: Final = "Write the result as JSON."


def made(data: str, fingerprint: str) -> str:
    """What ``init`` prints."""
    return f"The server's data is in {data}\nThe team's root fingerprint is {fingerprint}"


def published(seq: int) -> str:
    """What ``publish`` prints."""
    return f"Directory {seq} is served from now on."


def warning(trouble: Trouble) -> str:
    """The two lines of what an operator has to know, though the command was done."""
    return f"warning: {trouble.error}\nhint: {trouble.hint}"


def site_other(differs: str) -> Trouble:
    """The trouble of a site that this version does not build, with the first file that differs."""
    if not differs:
        return SITE_OTHER
    return Trouble(f"{SITE_OTHER.error} The first that differs: {differs}", SITE_OTHER.hint)


def upgraded(counts: dict[str, int], backup: str) -> str:
    """What ``upgrade`` prints."""
    return (
        f"{sound(counts)}\nThe database has the form of this version now.\n"
        f"The backup of before is {backup}: delete it once the server runs well."
    )


def sound(counts: dict[str, int]) -> str:
    """What ``check`` prints when nothing is wrong."""
    counted = ", ".join(f"{number} {name}" for name, number in counts.items())
    return f"Nothing is damaged: {counted}."


def orphan(part: str) -> str:
    """A line of ``check``: no damage."""
    return f"parts/{part}: no row names it (it is on its way in, or the server will remove it)"


VALIDITIES: Final = {
    "good": "The directory is good for {days} more days.",
    "renew": "The directory is good for {days} more days: a workstation should renew it.",
    "expired": "The directory HAS EXPIRED. No new report is taken.",
    "early": "The directory's first day has not come yet on this machine: the clock is wrong.",
}
FORMS: Final = {
    "NONE": DATABASE_NONE,
    "OLDER": DATABASE_OLDER,
    "NEWER": DATABASE_NEWER,
    "UNSAFE": DATABASE_UNSAFE,
}
UPGRADE_NOTHING: Final = "There is nothing to do: the database has the form of this version."
SCHEMA_CURRENT: Final = "The database has the form of this version."


def unfetched(number: str) -> str:
    """A line of ``status``: ``0``, ``1-9`` or ``10+``."""
    return f"Reporters' messages that no workstation has fetched: {number}"


def free(percent: int) -> str:
    """A line of ``status``."""
    return f"Free on the disk of the data directory: {percent} % or more"


def progress(done: int, of: int) -> str:
    """On stderr, now and then."""
    return f"{done} of {of} rows"


def backed_up(file: str, counts: dict[str, int]) -> str:
    """What ``backup`` prints."""
    return (
        f"{counted(counts)} are in {file}\n"
        "Not in it: sessions, how far each workstation has fetched, unfinished files, and "
        "settings other than the origins."
    )


def restored(data: str, counts: dict[str, int]) -> str:
    """What ``restore`` prints."""
    return (
        f"The server's data is in {data}: {counted(counts)}.\n"
        "What the backup holds as purged stays purged. What was purged after it was made is here "
        "again. It is purged again at the first sync of a workstation that has synced since that "
        "purge, or at the next purge here. What a reporter deleted is here until it is deleted "
        "again.\n"
        "Everything counts as not fetched until a workstation has synced. Serve it with a new "
        "runtime key, if with any."
    )


def due(mailboxes: int, unfetched: int, files: int) -> str:
    """What ``purge --dry-run`` prints."""
    return (
        f"Due: {mailboxes} mailboxes, {files} unfinished files.\n"
        f"Due, and kept without --yes, because nobody has fetched a report in them: {unfetched}"
    )


def purged(mailboxes: int, files: int) -> str:
    """What ``purge`` prints."""
    return f"Purged: {mailboxes} mailboxes, {files} unfinished files."


def counted(counts: dict[str, int]) -> str:
    """How many of each kind."""
    return ", ".join(f"{number} {name}" for name, number in counts.items())
