"""The files of a form, sealed while they come in; and what to say of those that cannot be taken."""

from typing import Final

from crypto.directory import Limits
from crypto.files import FileManifest
from dropbox.client.errors import EmptyFile, FileTooLarge
from dropbox.client.terminal import visible_line
from dropbox.plain import words
from dropbox.plain.call import Call
from dropbox.plain.forms import LARGEST_FIELDS, Form
from dropbox.plain.written import Problem
from dropbox.site.languages import Language

MIB: Final = 1024 * 1024
LARGEST_FILE: Final = 100 * MIB
"""Bytes of one file without scripts: a browser sends all of it again where a connection breaks."""
FIELD: Final = "files"
"""The form's field for files, and the id that an error leads to."""


def largest_form(limits: Limits) -> int:
    """Bytes of the largest request with a form."""
    return limits.files * LARGEST_FILE + LARGEST_FIELDS


async def receive_files(
    call: Call, form: Form, limits: Limits
) -> tuple[tuple[FileManifest, ...], list[Problem]]:
    """Seal every file of the form and send it on; with a problem nothing more is kept.

    Raises ``Refused`` or ``ClientError``; what was sent until then is taken back.
    """
    say = call.language.say
    files: list[FileManifest] = []
    room = min(LARGEST_FILE, form.length)
    problems: list[Problem] = []
    try:
        async for upload in form.files():
            if len(files) == limits.files:
                problems.append((FIELD, say(words.TOO_MANY_FILES, most=limits.files)))
                break
            files.append(await call.visit.receive(upload.name, upload.chunks, room))
    except FileTooLarge as error:
        name, most = visible_line(error.path.name), LARGEST_FILE // MIB
        problems.append((FIELD, say(words.FILE_TOO_LARGE, name=name, most=most)))
    except EmptyFile as error:
        name = visible_line(error.path.name)
        problems.append((FIELD, say(words.FILE_EMPTY, name=name)))
    except BaseException:
        await call.visit.drop(files)
        raise
    if problems:
        await call.visit.drop(files)
        await form.drain()
        return (), problems
    return tuple(files), []


async def lose_files(form: Form, language: Language) -> list[Problem]:
    """Read on without keeping anything: the problem that they have to be chosen again, if any."""
    chosen = [upload.name async for upload in form.files()]
    return files_again(language) if chosen else []


def files_again(language: Language) -> list[Problem]:
    """That files have to be chosen once more."""
    return [(FIELD, language.say(words.FILES_AGAIN))]
