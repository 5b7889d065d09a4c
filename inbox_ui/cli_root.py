"""``root``: the root's secret as shares for paper, and the proof that they work."""

import secrets
from pathlib import Path

import click

from inbox_ui import console, durable, options, people_words
from inbox_ui.errors import NotOnScreen
from inbox_ui.joining import typed_fingerprint
from inbox_ui.root_options import read_shares, root_passphrase_file, share_files
from inbox_ui.shares import LEAST_NEEDED, MOST, RootShare, join_shares, split_root
from inbox_ui.vault import read_root, write_root

_FOLDER_MODE = 0o700

root_file = click.option(
    "--root-file", required=True, type=options.FILE, metavar="FILE", help="The root's file."
)
fingerprint = click.option(
    "--root",
    required=True,
    metavar="FINGERPRINT",
    help="The root's fingerprint, as on the posters.",
)


@click.group()
def root() -> None:
    """Keep the root's secret as shares on paper."""


@root.command()
@root_file
@root_passphrase_file
@click.option(
    "--shares",
    "of",
    required=True,
    type=click.IntRange(LEAST_NEEDED, MOST),
    help="How many to make.",
)
@click.option(
    "--needed",
    required=True,
    type=click.IntRange(LEAST_NEEDED, MOST),
    help="How many of them give the root.",
)
@click.option(
    "--into",
    type=options.FILE,
    metavar="DIR",
    help="One file for each, in this new folder, instead of the screen.",
)
def split(
    root_file: Path, root_passphrase_file: Path | None, of: int, needed: int, into: Path | None
) -> None:
    """Make the shares of the root, and show them one by one."""
    if needed > of:
        raise click.UsageError(people_words.NEEDED_OF)
    if into is None and not console.has_screen():
        raise NotOnScreen
    secret = read_root(root_file, console.read_root_passphrase(root_passphrase_file))
    shares = split_root(secret, needed, of)
    if into is None:
        for each in shares:
            console.show_share(each, of)
    else:
        _write(shares, into)
        console.say(people_words.SPLIT_FILES.format(folder=into))
    console.say(people_words.SPLIT.format(of=of, needed=needed))


def _write(shares: tuple[RootShare, ...], folder: Path) -> None:
    with durable.telling(folder):
        folder.mkdir(mode=_FOLDER_MODE)
    for each in shares:
        name = people_words.SHARE_FILE.format(number=each.number, of=len(shares))
        durable.create(folder / name, f"{each.words}\n".encode())


@root.command()
@fingerprint
@share_files
def rehearse(root: str, share_files: tuple[Path, ...]) -> None:
    """Prove that shares give the root. Nothing is written."""
    pinned = typed_fingerprint(root)
    shares = read_shares(share_files)
    found = join_shares(shares, pinned).keys.card.fingerprint
    console.print_result(people_words.REHEARSED.format(given=len(shares), root=found))


@root.command("join-shares")
@fingerprint
@share_files
@click.option(
    "--out", required=True, type=options.FILE, metavar="FILE", help="The new file of the root."
)
@click.option(
    "--new-passphrase-file", type=options.FILE, metavar="FILE", help="A file with its passphrase."
)
def join_root(
    root: str, share_files: tuple[Path, ...], out: Path, new_passphrase_file: Path | None
) -> None:
    """Make the root's file again from shares."""
    secret = join_shares(read_shares(share_files), typed_fingerprint(root))
    passphrase = console.read_new_passphrase(new_passphrase_file)
    write_root(out, secret, passphrase, secrets.token_bytes)
    console.say(people_words.JOINED.format(path=out))


@root.command()
@root_file
@root_passphrase_file
@share_files
@options.yes
def remove(
    root_file: Path, root_passphrase_file: Path | None, share_files: tuple[Path, ...], yes: bool
) -> None:
    """Delete the root's file, once shares were seen to give what is in it."""
    secret = read_root(root_file, console.read_root_passphrase(root_passphrase_file))
    join_shares(read_shares(share_files), secret.keys.card.id)
    console.ask_yes(
        people_words.ASK_REMOVE.format(path=root_file), yes, root_passphrase_file is not None
    )
    durable.remove(root_file)
    console.say(people_words.ROOT_REMOVED.format(path=root_file))
