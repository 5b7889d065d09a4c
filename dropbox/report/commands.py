"""The commands of ``dropbox-report``: each reads what it was given, makes one visit, and says
what came of it."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from crypto.documents import Category
from crypto.errors import NothingToSend, ProtocolError
from crypto.files import FileManifest
from crypto.passphrase import Passphrase
from crypto.reporter import Draft
from dropbox.client.errors import ClientError
from dropbox.client.source import Source
from dropbox.client.terminal import visible_line
from dropbox.client.visit import Stage, Visit
from dropbox.report import options, words
from dropbox.report.answers import Found, as_json, as_text, files_of
from dropbox.report.attaching import Handling, choose, settle
from dropbox.report.console import Console, print_result, print_words
from dropbox.report.ending import close, delete, withdraw
from dropbox.report.explaining import explain_unsent
from dropbox.report.failures import (
    BadText,
    CannotStrip,
    FilesNotSaved,
    NotAsked,
    NotWhole,
    SaysTooMuch,
    Stopped,
)
from dropbox.report.opening import open_mailbox
from dropbox.report.places import (
    Server,
    new_words,
    open_sources,
    read_text,
    read_words,
    use_folder,
)
from dropbox.report.running import run
from dropbox.report.verify import verify
from dropbox.wire import Receipt


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sealed-dropbox", message="%(prog)s %(version)s")
def report() -> None:
    """Write to the team behind a sealed drop-box, and read its answers."""


# -- send ---------------------------------------------------------------------------------------


@report.command()
@options.server_options
@options.text_file
@options.attach_options
@options.category
@options.force
@options.language
@options.yes
def send(
    server: Server,
    text_file: str | None,
    attach: tuple[Path, ...],
    handling: Handling,
    categories: tuple[Category, ...],
    forces: tuple[str, ...],
    language: str,
    yes: bool,
) -> None:
    """Send a new report. Prints seven words, the only way to its answers."""
    with ExitStack() as stack:
        console = stack.enter_context(Console())
        chosen = settle(handling, yes=yes, may_ask=sys.stdin.isatty())
        text, sources = _read(text_file, attach, chosen, console, stack)
        draft = Draft(text, language, categories=categories, forces=forces)
        passphrase = new_words()
        visit = server.visit(console.tell)
        try:
            run(_send(visit, passphrase, draft, sources))
        except BaseException as error:
            if visit.stage is Stage.SENDING:
                console.say(words.MAYBE_STORED)
                print_words(passphrase)
                raise Stopped(words.UNKNOWN_REPORT) from error
            if visit.receipt is None:  # else only the leaving failed
                raise explain_unsent(error, visit.stage) from error
        console.say(words.STORED)
        console.say(words.KEPT_DAYS.format(days=visit.directory.limits.days_unused))
        print_words(passphrase)


async def _send(
    visit: Visit, passphrase: Passphrase, draft: Draft, sources: Sequence[Source]
) -> None:
    async with visit:
        await visit.enter(passphrase)
        await visit.report(draft, sources)


# -- check --------------------------------------------------------------------------------------


@report.command()
@options.server_options
@options.passphrase_file
@options.save_files
@options.json_output
def check(
    server: Server, passphrase_file: Path | None, save_files: Path | None, json_output: bool
) -> None:
    """Read the team's answers."""
    with Console() as console:
        passphrase = read_words(passphrase_file)
        use_folder(save_files)
        visit = server.visit(console.tell)
        try:
            found, all_saved = run(_check(visit, passphrase, save_files, console))
        except KeyboardInterrupt:
            raise Stopped(words.STOPPED_READING) from None
        print_result(as_json(found) if json_output else as_text(found))
        if not found.is_whole:
            raise NotWhole
        if not all_saved:
            raise FilesNotSaved


async def _check(
    visit: Visit, passphrase: Passphrase, folder: Path | None, console: Console
) -> tuple[Found, bool]:
    """What was found, and whether every file that was asked for is saved."""
    async with visit:
        conversation = await open_mailbox(visit, passphrase)
        files = [file for item in conversation.items for file in files_of(item)]
        saved = {} if folder is None else await _save(visit, files, folder, console)
        all_saved = folder is None or len(saved) == len(files)
        return Found(conversation, visit.directory, visit.expired, saved), all_saved


async def _save(
    visit: Visit, files: Sequence[FileManifest], folder: Path, console: Console
) -> dict[bytes, Path]:
    """Where each file that could be saved lies now, by its id. The others are named."""
    saved: dict[bytes, Path] = {}
    for file in files:
        try:
            saved[file.id] = await visit.save(file, folder)
        except (ProtocolError, ClientError) as error:
            name = visible_line(file.name)
            console.say(words.FILE_NOT_SAVED.format(name=name, problem=error.sentence))
    return saved


# -- reply --------------------------------------------------------------------------------------


@report.command()
@options.server_options
@options.passphrase_file
@options.text_file
@options.attach_options
@options.language
@options.yes
def reply(
    server: Server,
    passphrase_file: Path | None,
    text_file: str | None,
    attach: tuple[Path, ...],
    handling: Handling,
    language: str,
    yes: bool,
) -> None:
    """Send the team another message."""
    with ExitStack() as stack:
        console = stack.enter_context(Console())
        may_ask = passphrase_file is None and sys.stdin.isatty()
        chosen = settle(handling, yes=yes, may_ask=may_ask)
        text, sources = _read(text_file, attach, chosen, console, stack)
        passphrase = read_words(passphrase_file)
        draft = Draft(text, language)
        try:
            receipt = _reply_once(server, passphrase, draft, sources, console, yes)
        except NotWhole:
            if passphrase_file is not None:
                raise explain_unsent(NotAsked(), Stage.NOTHING_SENT) from None
            if not click.confirm(words.ASK_ANYWAY, err=True):
                raise Stopped(words.STOPPED) from None
            receipt = _reply_once(server, passphrase, draft, sources, console, True)
        print_result(words.SENT.format(day=receipt.day))


def _reply_once(
    server: Server,
    passphrase: Passphrase,
    draft: Draft,
    sources: Sequence[Source],
    console: Console,
    anyway: bool,
) -> Receipt:
    visit = server.visit(console.tell)
    try:
        return run(_reply(visit, passphrase, draft, sources, anyway))
    except BaseException as error:
        if visit.receipt is not None:  # only the leaving failed
            return visit.receipt
        if visit.stage is Stage.SENDING:
            raise Stopped(words.UNKNOWN_MESSAGE) from error
        if isinstance(error, NotWhole):
            raise
        raise explain_unsent(error, visit.stage) from error


async def _reply(
    visit: Visit, passphrase: Passphrase, draft: Draft, sources: Sequence[Source], anyway: bool
) -> Receipt:
    async with visit:
        conversation = await open_mailbox(visit, passphrase)
        whole = Found(conversation, visit.directory, visit.expired).is_whole
        if not whole and not anyway:
            raise NotWhole
        return await visit.answer(draft, conversation, sources)


# -- what they share ----------------------------------------------------------------------------


def _read(
    text_file: str | None,
    attach: tuple[Path, ...],
    handling: Handling,
    console: Console,
    stack: ExitStack,
) -> tuple[str, list[Source]]:
    """The text and the open files, all of them fit to be sent; and the warnings before them."""
    console.say(words.BEFORE_SENDING)
    if attach:
        console.say(words.BEFORE_FILES)
    try:
        sources = choose(open_sources(attach, stack), handling, console, stack)
        if text_file == "-" and sys.stdin.isatty():
            console.say(words.TYPE_TEXT)
        text = read_text(text_file)
        if not text.strip() and not sources:
            raise NothingToSend
    except (ClientError, ProtocolError, BadText, SaysTooMuch, CannotStrip) as error:
        raise explain_unsent(error, Stage.NOTHING_SENT) from error
    return text, sources


for _command in (delete, withdraw, close, verify):
    report.add_command(_command)
