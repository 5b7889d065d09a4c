"""A workstation's archive with many cases, all of them seen before.

Every envelope is sealed by a reporter of its own and put into the archive as the rows of one that
came from a server; then the workstation folds them all. It takes minutes, so the folder is kept
under ``build/`` and used again until the code that makes it changes.
"""

import random
import secrets
import shutil
from collections.abc import Iterable
from functools import partial
from hashlib import blake2b
from itertools import islice
from multiprocessing import get_context
from os import cpu_count
from typing import Final

from sqlalchemy import create_engine, insert, update

from bench.servers import BUILD, ROOT
from bench.team import Team, report, today
from crypto.directory import Directory
from crypto.envelope import body_hash
from crypto.keys import MailboxSecret
from crypto.reporter import Draft
from dropbox.client.listing import Listed
from inbox_ui import schema
from inbox_ui.folder import Folder
from inbox_ui.founding import settle
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.rows import columns_of
from inbox_ui.settings import Settings
from inbox_ui.station import Station

PASSPHRASE: Final = VaultPassphrase("invented words for an invented team")
_PAGE: Final = 200
_WORDS: Final = 60
_VOCABULARY: Final = 50_000
_RARITY: Final = 0.4
_SYLLABLES: Final = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri"]


def seen_archive(envelopes: int) -> Folder:
    """The workstation's folder, made if there is none that this code made."""
    wanted = Folder(BUILD / f"inbox-{envelopes}-{_code()}" / "vault")
    if not wanted.path.exists():
        for old in BUILD.glob(f"inbox-{envelopes}-*"):
            shutil.rmtree(old)
        unfinished = BUILD / f"unfinished-inbox-{envelopes}"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        _make(Folder(unfinished / "vault"), envelopes)
        unfinished.rename(wanted.path.parent)
    return wanted


def _code() -> str:
    """Changes with everything that decides what an archive looks like."""
    digest = blake2b(digest_size=6)
    for package in ("crypto", "inbox_ui"):
        for path in sorted((ROOT / package).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _make(folder: Folder, envelopes: int) -> None:
    team = Team.found()
    root = folder.default_root
    settle(team.founded, folder, root, Settings(None, None), PASSPHRASE, secrets.token_bytes)
    with get_context("spawn").Pool(cpu_count()) as pool:
        seal = partial(_seal, team.directory)
        _store(folder, pool.imap(seal, range(1, envelopes + 1), chunksize=_PAGE))
    with Station.open(folder, PASSPHRASE, secrets.token_bytes, today) as station:
        station.refresh()
        assert len(station.casebook.cases()) == envelopes


def words_of(position: int) -> list[str]:
    """The words of one text, always the same ones: few of them frequent and most of them rare."""
    chance = random.Random(position)
    return [_word(int(chance.paretovariate(_RARITY))) for _ in range(_WORDS)]


def _word(number: int) -> str:
    """The invented word with this number: 1 is the most frequent."""
    return f"{_SYLLABLES[number % 13]}{_SYLLABLES[number // 13 % 13]}{number % _VOCABULARY:x}"


def _store(folder: Folder, envelopes: Iterable[Listed]) -> None:
    """The rows that ``Archive.store`` writes of pages that hold new mailboxes alone. Not synced."""
    engine = create_engine(f"sqlite:///{folder.archive}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        rest = iter(envelopes)
        while page := list(islice(rest, _PAGE)):
            boxes = [{"id": each.position, "address": each.mailbox, "changed": 1} for each in page]
            rows = [{"mailbox": each.position, **columns_of(each)} for each in page]
            connection.execute(insert(schema.mailboxes), boxes)
            connection.execute(insert(schema.envelopes), rows)
            reached = {"cursor": page[-1].position, "changes": 1}
            connection.execute(update(schema.progress).values(reached))
            connection.commit()
    engine.dispose()


def _seal(directory: Directory, position: int) -> Listed:
    draft = Draft(" ".join(words_of(position)))
    outgoing = report(directory, MailboxSecret.generate(secrets.token_bytes), draft)
    header, body = outgoing.envelope.header, outgoing.envelope.body
    return Listed(
        position,
        header.mailbox,
        today(),
        header.to_bytes(),
        body_hash(body),
        body,
        dict(outgoing.wraps),
        (),
        None,
        None,
    )
