"""What a publisher signs of the static site: always what this installation builds.

Nothing that a server sent is ever signed, nor looked at here: the manifest of the site that is
signed now is the one this workstation wrote when it signed it.
"""

from dataclasses import dataclass
from pathlib import Path

from crypto.directory import NO_SITE, Directory
from crypto.errors import ProtocolError
from dropbox.site.assets import NotBuilt
from dropbox.site.builder import Site, build_for
from dropbox.site.manifest import Manifest, site_hash
from inbox_ui import durable
from inbox_ui.folder import Folder


@dataclass(frozen=True)
class Comparison:
    """The site that this installation builds, beside the one that is signed now.

    ``differing``: the paths that are other, new or gone, in order; ``None`` where the manifest of
    the signed one is not here.
    """

    built: Site
    is_signed: bool
    differing: tuple[str, ...] | None


def compare_site(directory: Directory, folder: Folder) -> Comparison:
    """The site of ``directory`` as this installation builds it. Raises ``NotBuilt``."""
    built = build_for(directory)
    if built.hash == directory.site:
        return Comparison(built, True, ())
    signed = _read_signed(folder.manifest, directory.site)
    differing = None if signed is None else tuple(signed.differing(built.files))
    return Comparison(built, False, differing)


def site_after(seen: Directory, following: Directory) -> bytes:
    """The hash that a directory names which was not asked to name another site.

    The one before; but where origins change, which pages may name, and this installation built what
    is signed, the same pages with the new origins. Raises ``NotBuilt``.
    """
    if following.origins == seen.origins or seen.site == NO_SITE:
        return seen.site
    return build_for(following).hash if build_for(seen).hash == seen.site else seen.site


def write_manifest(directory: Directory, folder: Folder) -> None:
    """Keep the manifest of what is signed, where this installation builds that.

    Raises ``CannotWrite`` or ``NoSpace``.
    """
    try:
        built = build_for(directory)
    except NotBuilt:
        return
    if built.hash == directory.site:
        durable.replace(folder.manifest, built.manifest.to_bytes())


def _read_signed(path: Path, signed: bytes) -> Manifest | None:
    try:
        data = path.read_bytes()
        return Manifest.from_bytes(data) if site_hash(data) == signed else None
    except (OSError, ProtocolError):
        return None
