"""Both ends of joining a team (docs/protocol.md §6): the new workstation, and the root holder.

    new workstation   begin → request      carried to the root holder, its fingerprint read out
    root holder       admit → admission    needs the root and nothing else: no vault, no network
    new workstation   finish               puts the certificates into its vault

Every paper that is carried is verified before anything of it is used or shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from crypto.directory import read_directory
from crypto.errors import Expired, ForeignService, Malformed, NotCanonical, ProtocolError
from crypto.joining import (
    LARGEST_PAPER,
    Admission,
    JoinRequest,
    Terms,
    admit,
    certificates,
    read_admission,
    read_request,
    sign_request,
)
from crypto.keys import AnalystSecret, Card, RootSecret, read_fingerprint
from crypto.primitives import RandomBytes
from crypto.roster import Duty
from dropbox.wire import LARGEST_DIRECTORY
from inbox_ui import durable
from inbox_ui.archive import Archive
from inbox_ui.errors import (
    BadPaper,
    ExpiredPaper,
    ForeignAdmission,
    ForeignPaper,
    NotAFingerprint,
    WrongFingerprint,
)
from inbox_ui.folder import Folder
from inbox_ui.founding import making
from inbox_ui.keeper import Keeper
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.settings import Settings
from inbox_ui.vault import Vault, write_vault


@dataclass(frozen=True)
class Wishes:
    """What a request asks for; the root holder decides."""

    label: str
    duties: tuple[Duty, ...]


# -- the new workstation ------------------------------------------------------------------------


def begin(
    folder: Folder,
    directory: Path,
    root: str,
    settings: Settings,
    passphrase: VaultPassphrase,
    random_bytes: RandomBytes,
) -> Vault:
    """A new vault without certificates, in ``folder``, for the team of a signed directory's file.

    ``root`` is the fingerprint as it was typed; the directory has to be of that root and to name
    the server of ``settings``. Raises ``NotAFingerprint``, ``ForeignPaper``, ``BadPaper``,
    ``ForeignOrigin``, ``AlreadyThere``, ``CannotWrite`` or ``NoSpace``.
    """
    pinned, signed = typed_fingerprint(root), _read(directory, LARGEST_DIRECTORY)
    with judging(directory):
        team = read_directory(signed, pinned)
    assert settings.server is not None
    team.check_origin(settings.server)
    analyst = AnalystSecret.generate(random_bytes)
    vault = Vault(team.service, analyst.expose(), b"", None, ())
    with making(folder) as new:
        write_vault(new.vault, vault, passphrase, random_bytes)
        settings.save(new.settings)
        with Archive.create(new.archive) as archive:
            archive.directories.remember(signed)
    return vault


def ask(vault: Vault, wishes: Wishes, out: Path) -> Card:
    """Write a request of the vault's analyst to ``out``; the card whose fingerprint is read out.

    Raises ``NotCanonical`` for a label no roster can hold, ``CannotWrite`` or ``NoSpace``.
    """
    secret = vault.analyst_secret
    durable.replace(out, sign_request(secret, vault.service, wishes.label, wishes.duties))
    return secret.keys.card


def finish(
    folder: Folder,
    passphrase: VaultPassphrase,
    paper: Path,
    today: date,
    random_bytes: RandomBytes,
) -> Admission:
    """Put an admission's certificates into the vault in ``folder``.

    The order: (1) the root's signature and its certificates (2) this vault's own card (3) the days.
    Raises ``BadPaper``, ``ForeignPaper``, ``ForeignAdmission``, ``ExpiredPaper``, or as
    ``read_vault``; then nothing was changed.
    """
    keeper = Keeper(folder, passphrase, random_bytes)
    vault = keeper.vault
    with Archive(folder.archive) as archive:
        root = archive.directories.newest(vault.service).directory.root_card
    admission = read_paper(paper, root)  # (1)
    if admission.admitted.subject != vault.analyst_secret.keys.card:
        raise ForeignAdmission(paper)  # (2)
    check_days(admission, root, today, paper)  # (3)
    certificate, publisher = admission.admitted.certificate, admission.publisher
    keeper.update(lambda held: replace(held, certificate=certificate, publisher=publisher))
    return admission


# -- the root holder ----------------------------------------------------------------------------


def check_request(paper: Path, typed: str, root: Card) -> JoinRequest:
    """The request in ``paper``, once the ``typed`` fingerprint was found to be its card's.

    Raises ``NotAFingerprint``, ``BadPaper``, ``ForeignPaper`` or ``WrongFingerprint``.
    """
    read_out = typed_fingerprint(typed)
    with judging(paper):
        request = read_request(_read(paper, LARGEST_PAPER), root.id)
    if not request.subject.id.startswith(read_out):
        raise WrongFingerprint(paper)
    return request


def write_admission(request: JoinRequest, terms: Terms, root: RootSecret, out: Path) -> None:
    """Certify who asks, and write the admission to ``out``.

    Raises ``NotCanonical`` for terms no roster can hold, ``CannotWrite`` or ``NoSpace``.
    """
    durable.replace(out, admit(request.subject, terms, root))


# -- papers -------------------------------------------------------------------------------------


def read_paper(paper: Path, root: Card) -> Admission:
    """The verified admission in ``paper``. Raises ``BadPaper`` or ``ForeignPaper``."""
    with judging(paper):
        return read_admission(_read(paper, LARGEST_PAPER), root)


def read_either(paper: Path, root: Card) -> JoinRequest | Admission:
    """The verified request or admission in ``paper``. Raises ``BadPaper`` or ``ForeignPaper``."""
    with judging(paper):
        data = _read(paper, LARGEST_PAPER)
        try:
            return read_request(data, root.id)
        except Malformed:
            return read_admission(data, root)


def check_days(admission: Admission, root: Card, today: date, paper: Path) -> None:
    """Raise ``ExpiredPaper`` unless all certificates of an admission are valid ``today``."""
    try:
        for each in certificates(admission, root):
            each.check_day(today)
    except Expired:
        raise ExpiredPaper(paper) from None


def typed_fingerprint(text: str) -> bytes:
    """The 20 bytes of a typed fingerprint. Raises ``NotAFingerprint``."""
    try:
        return read_fingerprint(text)
    except NotCanonical:
        raise NotAFingerprint from None


@contextmanager
def judging(paper: Path) -> Iterator[None]:
    """Name the file of a paper that does not verify. Raises ``ForeignPaper`` or ``BadPaper``."""
    try:
        yield
    except ForeignService:
        raise ForeignPaper(paper) from None
    except ProtocolError:
        raise BadPaper(paper) from None


def _read(path: Path, largest: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError:
        raise BadPaper(path) from None
    if len(data) > largest:
        raise BadPaper(path)
    return data
