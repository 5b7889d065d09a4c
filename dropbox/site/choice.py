"""Which site a server shows: the one that its directory's publisher signed, and no other.

(1) The signed site lies in the data directory. (2) This installation builds it. (3) Neither: the
one that was shown before goes on being shown, for an upgrade must not take the pages away, and
somebody is told. ``verify`` then says, rightly, that the pages are not the signed ones. After a
restart that is the last one that lies there and that some directory named: whoever can write
files there can make a site, and no publisher's signature.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from crypto.directory import NO_SITE, Directory
from dropbox.site.assets import Asset
from dropbox.site.builder import Site, build, service_of
from dropbox.site.storage import DamagedSite, PackedSite, SiteFolder, first_differing


class State(Enum):
    """How what is shown stands to what is signed and to what this installation builds."""

    NONE = auto()
    """The directory names no site."""
    BUILT = auto()
    """Signed, and what this installation builds."""
    KEPT = auto()
    """Signed, and of another version than this installation."""
    UNSIGNED = auto()
    """Another site is signed, which is not here and which this installation does not build."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to show. ``differs``: the first path at which this installation builds another file
    than the site that is shown. ``is_new``: not in the data directory yet."""

    state: State
    site: PackedSite | None
    differs: str = ""
    is_new: bool = False


def choose(
    directory: Directory,
    assets: Mapping[str, Asset],
    folder: SiteFolder,
    shown: PackedSite | None = None,
    named: Container[bytes] = frozenset(),
) -> Choice:
    """What to show under a verified directory, where ``shown`` was shown until now.

    ``named``: hashes of the sites that any directory named; of these alone an earlier one is taken
    where nothing was shown yet.

    Takes up to some seconds where a site is new.
    """
    if directory.site == NO_SITE:
        return Choice(State.NONE, None)
    built = build(service_of(directory), assets)
    kept = _read(folder, directory.site)  # (1)
    if kept is not None:
        if built.hash == kept.hash:
            return Choice(State.BUILT, kept)
        return Choice(State.KEPT, kept, first_differing(kept.manifest, built.manifest))
    if built.hash == directory.site:
        before = shown or _last(folder, named)
        return Choice(State.BUILT, PackedSite.of(built, before), is_new=True)  # (2)
    return _go_on(shown or _last(folder, named), built)  # (3)


def _go_on(before: PackedSite | None, built: Site) -> Choice:
    differs = first_differing(before.manifest, built.manifest) if before is not None else ""
    return Choice(State.UNSIGNED, before, differs)


def _last(folder: SiteFolder, named: Container[bytes]) -> PackedSite | None:
    """Of the sites that a directory named, the whole one that was written last."""
    try:
        found = (_read(folder, each) for each in folder.hashes() if each in named)
        return next((each for each in found if each is not None), None)
    except OSError:
        return None


def _read(folder: SiteFolder, wanted: bytes) -> PackedSite | None:
    """A damaged one is as none, and so is one that cannot be read: nothing of it is shown."""
    try:
        return folder.read(wanted)
    except (DamagedSite, OSError):
        return None
