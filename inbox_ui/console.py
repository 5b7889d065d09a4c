"""What is said while a command runs, on stderr; questions; and results, on stdout."""

import getpass
import sys
from pathlib import Path

import click

from dropbox.client.errors import Refused
from dropbox.client.retry import Event, Moving, Waiting
from dropbox.client.terminal import visible_line
from inbox_ui import people_words, words
from inbox_ui.errors import (
    BadPassphraseFile,
    NotAShare,
    NotAsked,
    NoTerminal,
    NotOnScreen,
    PassphrasesDiffer,
)
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.shares import RootShare, read_share
from inbox_ui.words import Explained

_LARGEST_PASSPHRASE = 4096
_WORDS_IN_A_ROW = 3


def say(text: str) -> None:
    """One or more lines, on stderr."""
    click.echo(text, err=True)


def fail(explained: Explained) -> None:
    """The two lines of an error."""
    say(f"error: {explained.error}\nhint: {explained.hint}")


def warn(error: Exception) -> None:
    """The two lines of something a person has to know, though the command goes on."""
    explained = words.explain(error)
    say(words.TROUBLE.format(error=explained.error, hint=explained.hint))


def print_result(text: str) -> None:
    """A result, on stdout, delivered before the command goes on."""
    click.echo(text)
    sys.stdout.flush()


def tell(event: Event) -> None:
    """A ``Tell`` for the client library."""
    if isinstance(event, Waiting):
        sentence = words.BUSY if isinstance(event.error, Refused) else words.WAITING
        say(sentence.format(seconds=words.seconds(event.seconds)))
    elif isinstance(event, Moving) and event.done == event.total:
        say(words.FILE_DONE.format(name=visible_line(event.name)))


def tell_page(page: int, new: int) -> None:
    """Progress of a sync."""
    if new:
        say(words.PAGE.format(page=page, new=new))


def tell_folding(done: int, of: int) -> None:
    """Progress of opening, where there is enough of it to wait for."""
    if of >= 1000:
        say(words.FOLDING.format(done=done, of=of))


def ask_yes(question: str, yes: bool, silent: bool) -> None:
    """Go on if the answer is yes. Raises ``NotAsked`` where nobody can be asked, ``Abort`` for no.

    ``yes`` answers it; ``silent`` says that nothing may be asked.
    """
    if yes:
        return
    if silent or not sys.stdin.isatty():
        raise NotAsked(question)
    if not click.confirm(question, err=True):
        raise click.Abort


def read_passphrase(file: Path | None) -> VaultPassphrase:
    """The passphrase from ``file``, or asked for. Raises ``BadPassphraseFile``, ``NoTerminal``."""
    return VaultPassphrase(_from_file(file) if file else _ask(words.ASK_OLD))


def read_root_passphrase(file: Path | None) -> VaultPassphrase:
    """That of the root's file, which may be another. Raises as :func:`read_passphrase`."""
    return VaultPassphrase(_from_file(file) if file else _ask(words.ASK_ROOT))


def read_courier_passphrase(file: Path | None) -> VaultPassphrase:
    """That of a courier pass. Raises as :func:`read_passphrase`."""
    return VaultPassphrase(_from_file(file) if file else _ask(words.ASK_COURIER))


def read_new_passphrase(file: Path | None) -> VaultPassphrase:
    """A new one, strong enough, from ``file`` or typed twice.

    Raises as :func:`read_passphrase`, ``WeakPassphrase``, ``PassphrasesDiffer``.
    """
    if file is not None:
        passphrase = VaultPassphrase(_from_file(file))
        passphrase.check_strength()
        return passphrase
    passphrase = VaultPassphrase(_ask(words.ASK_NEW))
    passphrase.check_strength()
    if VaultPassphrase(_ask(words.ASK_AGAIN)) != passphrase:
        raise PassphrasesDiffer
    return passphrase


def ask_shares() -> tuple[RootShare, ...]:
    """Shares of the root, typed one after another until there are enough, or Enter alone.

    One with a fault is named, by the places of its words, and asked for again. Raises
    ``NotOnScreen`` where there is no terminal.
    """
    found: list[RootShare] = []
    while not found or len(found) < found[0].needed:
        number = len(found) + 1
        try:
            typed = _ask(people_words.ASK_SHARE.format(number=number))
        except NoTerminal:
            raise NotOnScreen from None
        if not typed.strip():
            break
        try:
            share = read_share(typed, people_words.TYPED)
        except NotAShare as error:
            warn(error)
            continue
        found.append(share)
        taken = {"number": share.number, "given": number, "needed": share.needed}
        say(people_words.SHARE_TAKEN.format(**taken))
    return tuple(found)


def show_share(share: RootShare, of: int) -> None:
    """One share on the screen, its words numbered; gone when somebody says it is written down."""
    print_result(people_words.SHARE_HEAD.format(number=share.number, of=of, needed=share.needed))
    rows = [f"{place:2} {word:10}" for place, word in enumerate(share.words.split(), 1)]
    for start in range(0, len(rows), _WORDS_IN_A_ROW):
        print_result("  ".join(rows[start : start + _WORDS_IN_A_ROW]))
    click.prompt(people_words.SHARE_NEXT, default="", show_default=False, prompt_suffix=": ")
    click.clear()


def has_screen() -> bool:
    """Whether a person looks at what is printed, and can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _from_file(file: Path) -> str:
    """What is in ``file`` without the newline at its end."""
    try:
        with file.open("rb") as opened:
            text = opened.read(_LARGEST_PASSPHRASE + 1).decode()
    except (OSError, ValueError):
        raise BadPassphraseFile(file) from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text or len(text) > _LARGEST_PASSPHRASE:
        raise BadPassphraseFile(file)
    return text


def _ask(question: str) -> str:
    """Ask at the terminal itself: stdin may be a text. Never with an echo."""
    try:
        Path("/dev/tty").open("rb").close()
    except OSError:
        raise NoTerminal from None
    return getpass.getpass(question)
