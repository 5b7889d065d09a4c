"""The static site, for the commands: made by ``init``, compared by ``publish``, checked."""

from collections.abc import Callable, Container, Iterator
from pathlib import Path

from crypto.directory import NO_SITE, Directory
from crypto.errors import ProtocolError
from dropbox.settings import Impossible
from dropbox.site.assets import NotBuilt, read_assets
from dropbox.site.builder import Site, build_for
from dropbox.site.choice import State, choose
from dropbox.site.manifest import Manifest, beside, site_hash
from dropbox.site.storage import DamagedSite, PackedSite, SiteFolder, first_differing
from dropbox.store.damage import Damage
from dropbox.words import NOT_BUILT, Trouble, site_other


def make_site(data: Path, directory: Directory, file: Path) -> None:
    """Write the site that ``directory`` signs into the data directory; nothing where it signs none.

    ``file`` is where the directory was: the manifest that the workstation put beside it can name
    what differs. Raises ``Impossible`` where this installation builds another, ``OSError``.
    """
    if directory.site == NO_SITE:
        return
    built = _build(directory)
    if built.hash != directory.site:
        raise Impossible(site_other(_first_differing(built, directory, file)))
    SiteFolder(data).write(PackedSite.of(built))


def compare_site(data: Path, directory: Directory, file: Path) -> Trouble | None:
    """What to say of a directory that is published by hand: nothing where the pages it signs are
    here or can be built. Raises ``Impossible``."""
    try:
        choice = choose(directory, read_assets(), SiteFolder(data))
    except NotBuilt:
        raise Impossible(NOT_BUILT) from None
    if choice.state is not State.UNSIGNED:
        return None
    return site_other(_first_differing(_build(directory), directory, file))


def check_site(data: Path, read_named: Callable[[], Container[bytes]]) -> Iterator[Damage]:
    """Every site in the data directory that is not, to the byte, what its hash says, or that no
    directory named, as ``read_named`` says when what is there was listed."""
    folder = SiteFolder(data)
    there = folder.hashes()
    if not there:
        return
    try:
        named = read_named()  # afterwards: a site is written once its directory is taken
    except ProtocolError:
        named = there  # the newest directory is damaged, which is said of it
    for each in there:
        if each not in named:
            yield Damage("site", each.hex()[:8], "no directory ever named it")
        try:
            folder.read(each)
        except DamagedSite as damaged:
            yield Damage("site", each.hex()[:8], f"{damaged.path} is not the file that was signed")


def _build(directory: Directory) -> Site:
    try:
        return build_for(directory)
    except NotBuilt:
        raise Impossible(NOT_BUILT) from None


def _first_differing(built: Site, directory: Directory, file: Path) -> str:
    """By the manifest beside the directory's file, if it is the signed one; else empty."""
    try:
        data = beside(file).read_bytes()
        if site_hash(data) != directory.site:
            return ""
        return first_differing(built.manifest, Manifest.from_bytes(data))
    except (OSError, ProtocolError):
        return ""
