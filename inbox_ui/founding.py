"""How a team begins: a root, its first analyst, the first intake and contact group, and the first
roster (§3, §6)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from crypto.certificates import PUBLISHER_DAYS, CertificateRole, certify
from crypto.directory import (
    LIMITS,
    LONGEST_VALIDITY,
    NO_PREVIOUS,
    NO_SITE,
    Directory,
    IntakeGroup,
    sign_directory,
)
from crypto.keys import AnalystSecret, GroupSecret, RootSecret
from crypto.primitives import RandomBytes
from crypto.roster import (
    ROSTER_VALIDITY,
    Duty,
    Member,
    Roster,
    sign_roster,
    supervisors_of,
)
from dropbox.site.builder import build_for
from inbox_ui import durable
from inbox_ui.archive import Archive
from inbox_ui.errors import AlreadyThere, ForeignRoot
from inbox_ui.folder import FOLDER_MODE, Folder
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.settings import Settings
from inbox_ui.vault import IntakeSecret, Vault, write_root, write_vault

EPOCH_DAYS: Final = 30
"""How long an intake group is current."""
FIRST_LABEL: Final = "first analyst"
"""What colleagues call whoever began the team, unless another label is given."""
_FIRST_DUTIES: Final = (Duty.ANALYST, Duty.CUSTODIAN, Duty.PUBLISHER, Duty.SUPERVISOR)


@dataclass(frozen=True)
class Team:
    """What ``init`` makes, before anything of it is written."""

    root: RootSecret
    vault: Vault
    directory: bytes
    roster: bytes
    manifest: bytes
    """What the directory signs of the site: as this installation builds it."""

    @property
    def fingerprint(self) -> str:
        """The root's, as people compare it."""
        return self.root.keys.card.fingerprint


def found(
    name: str,
    origins: Sequence[str],
    today: date,
    random_bytes: RandomBytes,
    label: str = FIRST_LABEL,
) -> Team:
    """A new team called ``name``, reached at ``origins`` (as a browser serialises them).

    The root certifies the first analyst twice, as analyst and as publisher, for a year each.
    Raises ``NotCanonical`` for a name or origin no directory can hold or a ``label`` no roster can,
    ``NotBuilt``.
    """
    root, analyst = RootSecret.generate(random_bytes), AnalystSecret.generate(random_bytes)
    intake, contact = GroupSecret.generate(random_bytes), GroupSecret.generate(random_bytes)
    service = root.keys.card.id
    certificate, publisher = _certify(root, analyst, today)
    directory = Directory(
        service=service,
        root=root.keys.card.to_bytes(),
        publisher=publisher,
        name=name,
        origins=tuple(sorted(set(origins))),
        seq=1,
        issued=today,
        expires=today + LONGEST_VALIDITY,
        intake=IntakeGroup(
            intake.keys.card.to_bytes(), 1, today, today + timedelta(days=EPOCH_DAYS)
        ),
        past=(),
        contact=contact.keys.card.to_bytes(),
        limits=LIMITS,
        site=NO_SITE,
        previous=NO_PREVIOUS,
    )
    site = build_for(directory)
    directory = replace(directory, site=site.hash)
    groups = (IntakeSecret(1, intake.expose()),)
    vault = Vault(service, analyst.expose(), certificate, publisher, groups, (contact.expose(),))
    signed = sign_directory(directory, analyst.keys)
    roster = begin_roster(vault, today, today + ROSTER_VALIDITY, label)
    return Team(root, vault, signed, roster, site.manifest.to_bytes())


def begin_roster(vault: Vault, today: date, expires: date, label: str) -> bytes:
    """The signed first roster of a team of one, who does everything. ``vault`` is a publisher's.

    Raises ``NotCanonical`` for a label no roster can hold.
    """
    assert vault.publisher is not None
    keys = vault.analyst_secret.keys
    first = Member(
        keys.card.to_bytes(), vault.certificate, label, _FIRST_DUTIES, intake=True, suspended=False
    )
    roster = Roster(
        service=vault.service,
        publisher=vault.publisher,
        seq=1,
        issued=today,
        expires=expires,
        members=(first,),
        former=(),
        supervisors=supervisors_of((first,)),
        previous=NO_PREVIOUS,
    )
    return sign_roster(roster, keys)


def certify_anew(vault: Vault, root: RootSecret, today: date, name: str) -> Vault:
    """The vault with new certificates from the root: as analyst and as publisher, for a year each.

    Raises ``ForeignRoot``, with the ``name`` of its file, for the root of another service.
    """
    if root.keys.card.id != vault.service:
        raise ForeignRoot(name)
    certificate, publisher = _certify(root, vault.analyst_secret, today)
    return replace(vault, certificate=certificate, publisher=publisher)


def _certify(root: RootSecret, analyst: AnalystSecret, today: date) -> tuple[bytes, bytes]:
    days = (today, today + timedelta(days=PUBLISHER_DAYS))
    card, service = analyst.keys.card, root.keys.card.id
    return (
        certify(card, CertificateRole.ANALYST, days, root.keys, service),
        certify(card, CertificateRole.PUBLISHER, days, root.keys, service),
    )


def settle(
    team: Team,
    folder: Folder,
    root_file: Path,
    settings: Settings,
    passphrase: VaultPassphrase,
    random_bytes: RandomBytes,
) -> None:
    """Write everything of a new team. The folder is there last, whole or not at all.

    Raises ``AlreadyThere`` where a folder or a root's file is there, ``CannotWrite``, ``NoSpace``.
    """
    check_free(folder)
    if root_file.exists():
        raise AlreadyThere(root_file)
    with making(folder) as new:
        write_vault(new.vault, team.vault, passphrase, random_bytes)
        settings.save(new.settings)
        durable.create(new.directory, team.directory)
        durable.create(new.manifest, team.manifest)
        with Archive.create(new.archive) as archive:
            archive.directories.remember(team.directory)
            archive.rosters.prepare(team.roster)
        write_root(root_file, team.root, passphrase, random_bytes)


@contextmanager
def making(folder: Folder) -> Iterator[Folder]:
    """A new folder to fill. It takes the place of ``folder`` at the end, whole or not at all.

    Raises ``AlreadyThere`` where something is there, ``CannotWrite`` or ``NoSpace``.
    """
    check_free(folder)
    new = Folder(durable.beside(folder.path))
    with durable.telling(folder.path):
        new.path.mkdir(mode=FOLDER_MODE)
    try:
        yield new
        with durable.telling(folder.path):
            new.path.rename(folder.path)
            durable.sync_folder(folder.path.parent)
    except BaseException:
        remove_unfinished(new.path)
        raise


def check_free(folder: Folder) -> None:
    """Raise ``AlreadyThere`` unless ``folder`` is not there or empty."""
    path = folder.path
    if path.is_symlink() or (path.exists() and not (path.is_dir() and not any(path.iterdir()))):
        raise AlreadyThere(path)


def remove_unfinished(folder: Path) -> None:
    """Take away a folder that was not finished."""
    for each in folder.glob("*"):
        each.unlink(missing_ok=True)
    folder.rmdir()
