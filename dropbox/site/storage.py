"""The site's files in a server's data directory.

    DATA/site/<its hash, 64 hex digits>/manifest.json
                                        index.html  report.html  cy/index.html  assets/site.css  …
                                        report.html.br  report.html.gz  …

A site is there whole or not at all: it is written beside its place and then renamed. What is read
is held against the hash that names it, byte for byte and copy for copy.
"""

import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from crypto.errors import ProtocolError
from dropbox.site.builder import Site
from dropbox.site.manifest import PATH, Manifest, differing, site_hash
from dropbox.site.packing import BROTLI, GZIP, NotPacked, Packed, pack, unpack

NAME: Final = "site"
_ENDINGS: Final = {BROTLI: ".br", GZIP: ".gz"}
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LARGEST: Final = 8 * 1024 * 1024
"""Bytes that are read of a file, at most."""


class DamagedSite(Exception):
    """A file on the disk is not the one that the site's hash says. ``path``: which, or empty."""

    def __init__(self, path: str = "") -> None:
        super().__init__(path)
        self.path: Final = path


@dataclass(frozen=True, slots=True)
class PackedSite:
    """A site as it is served. ``hash`` is what a directory names."""

    hash: bytes
    policy: str
    files: Mapping[str, Packed] = field(repr=False)

    @classmethod
    def of(cls, site: Site, before: "PackedSite | None" = None) -> "PackedSite":
        """A site that was built. Takes seconds, less where most is as in the site ``before``."""
        known = {} if before is None else {each.body: each for each in before.files.values()}
        files = {path: known.get(body) or pack(body) for path, body in site.served.items()}
        return cls(site.hash, site.manifest.default_csp, MappingProxyType(files))

    @property
    def manifest(self) -> Manifest:
        """Its manifest."""
        return Manifest.from_bytes(self.files[PATH].body)


class SiteFolder:
    """``DATA/site``. Raises ``OSError`` where the disk fails."""

    def __init__(self, data: Path) -> None:
        self.path: Final = data / NAME

    def hashes(self) -> list[bytes]:
        """Which sites are there, the one that was written last coming first."""
        try:
            names = [each for each in self.path.iterdir() if _HASH.fullmatch(each.name)]
        except FileNotFoundError:
            return []
        names.sort(key=lambda each: (each.stat().st_mtime_ns, each.name), reverse=True)
        return [bytes.fromhex(each.name) for each in names]

    def read(self, wanted: bytes) -> PackedSite | None:
        """The site with this hash; ``None`` where it is not there. Raises ``DamagedSite``."""
        folder = self.path / wanted.hex()
        if not folder.is_dir():
            return None
        data = _read(folder / file_name(PATH), PATH)
        if site_hash(data) != wanted:
            raise DamagedSite(PATH)
        try:
            manifest = Manifest.from_bytes(data)
        except ProtocolError:
            raise DamagedSite(PATH) from None
        files = {path: _read_packed(folder, path) for path in (*manifest.hashes, PATH)}
        bodies = {path: packed.body for path, packed in files.items() if path != PATH}
        for path in manifest.differing(bodies):
            raise DamagedSite(path)
        return PackedSite(wanted, manifest.default_csp, MappingProxyType(files))

    def write(self, site: PackedSite) -> None:
        """Put a site there, whole, in the place of a damaged one too."""
        goal = self.path / site.hash.hex()
        self.path.mkdir(mode=0o700, exist_ok=True)
        unfinished = self.path / f"unfinished-{secrets.token_hex(8)}"
        try:
            unfinished.mkdir(mode=0o700)
            for path, packed in site.files.items():
                for name, body in _named(path, packed):
                    _write(unfinished / name, body)
            if goal.exists():
                goal.rename(self.path / f"unfinished-{secrets.token_hex(8)}")
            unfinished.rename(goal)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def keep_only(self, wanted: bytes) -> None:
        """Remove every other site, and what was not finished."""
        for each in self.path.iterdir():
            if each.name != wanted.hex():
                shutil.rmtree(each, ignore_errors=True)


def first_differing(some: Manifest, other: Manifest) -> str:
    """The first path at which two sites differ; empty where only their policies do."""
    return next(iter(differing(some.hashes, other.hashes)), "")


def file_name(path: str) -> str:
    """The file in which a path of the site lies: pages have no ending there."""
    if path.endswith("/"):
        return f"{path[1:]}index.html"
    return path[1:] if "." in path.rpartition("/")[2] else f"{path[1:]}.html"


def _named(path: str, packed: Packed) -> Iterator[tuple[str, bytes]]:
    name = file_name(path)
    yield name, packed.body
    for encoding, copy in packed.copies.items():
        yield f"{name}{_ENDINGS[encoding]}", copy


def _read_packed(folder: Path, path: str) -> Packed:
    file = folder / file_name(path)
    body = _read(file, path)
    copies = {}
    for encoding, ending in _ENDINGS.items():
        beside = file.with_name(f"{file.name}{ending}")
        if not beside.exists():
            continue
        copies[encoding] = _read(beside, path)
        try:
            same = unpack(copies[encoding], encoding, len(body)) == body
        except NotPacked:
            same = False
        if not same:
            raise DamagedSite(path)
    return Packed(body, MappingProxyType(copies))


def _read(file: Path, path: str) -> bytes:
    try:
        if file.is_symlink() or file.stat().st_size > _LARGEST:
            raise DamagedSite(path)
        return file.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise DamagedSite(path) from None


def _write(file: Path, body: bytes) -> None:
    """Not flushed to the disk: what a power cut leaves of it is refused when it is read."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(body)
