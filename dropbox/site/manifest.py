"""The manifest: every file of the static site with its hash, and the one policy of its pages.

    {"default_csp": "default-src 'none'; …", "files": {"/": "<SHA-256>", "/assets/site.css": …}}

One form (docs/protocol.md §6): members and paths in rising order, hashes as unpadded base64url, so
that it is at once the canonical JSON (RFC 8785) that WEBCAT hashes. The directory that a publisher
signs names its hash; whoever trusts the directory can hold every file of the site against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from crypto.encoding import Bytes, Document, Matching, Text, member
from crypto.errors import NotCanonical
from crypto.files import file_hash, part_hash

PATH: Final = "/manifest.json"
"""Where the site has its manifest. It is not in itself."""
MOST_FILES: Final = 1000
_SITE_PATH: Final = Matching(r"(/[a-z0-9-]+)*/([a-z0-9-]+(\.[a-z]+)?)?")
"""Small letters, digits and hyphens: one spelling on every disk, and none that climbs."""
_SHA256: Final = Bytes(32)

Files = Mapping[str, bytes]
"""Path → what is served there; the manifest's own path is not among them."""


@dataclass(frozen=True, slots=True)
class FileHashes:
    """A member that maps paths to hashes. In Python a tuple of pairs, in JSON an object."""

    def write(self, value: tuple[tuple[str, bytes], ...]) -> dict[str, str]:
        """See :class:`crypto.encoding.Codec`."""
        if type(value) is not tuple or len(value) > MOST_FILES:
            raise NotCanonical
        _check_order([path for path, _ in value])
        return {_SITE_PATH.write(path): _SHA256.write(digest) for path, digest in value}

    def read(self, value: Any) -> tuple[tuple[str, bytes], ...]:
        """See :class:`crypto.encoding.Codec`."""
        if not isinstance(value, dict) or len(value) > MOST_FILES:
            raise NotCanonical
        _check_order([*value])
        return tuple(
            (_SITE_PATH.read(path), _SHA256.read(digest)) for path, digest in value.items()
        )


@dataclass(frozen=True)
class Manifest(Document):
    """What the site is. Made by :func:`describe`, read by ``Manifest.from_bytes``."""

    default_csp: str = member(Text(2000, least=1))
    files: tuple[tuple[str, bytes], ...] = member(FileHashes())

    @property
    def hashes(self) -> Mapping[str, bytes]:
        """Path → SHA-256, 32 bytes."""
        return MappingProxyType(dict(self.files))

    def differing(self, files: Files) -> list[str]:
        """The paths at which ``files`` are not these files, in order: other, missing or more."""
        return differing(self.hashes, hash_files(files))


def describe(files: Files, policy: str) -> Manifest:
    """The manifest of a site. Raises ``NotCanonical`` for a path that no site has."""
    return Manifest(policy, tuple(sorted(hash_files(files).items())))


def site_hash(manifest: bytes) -> bytes:
    """What a directory names (32 bytes): the manifest's hash as a file of one part.

    ``crypto.directory.NO_SITE`` is that of a file of none.
    """
    return file_hash([part_hash(manifest)])


def hash_files(files: Files) -> dict[str, bytes]:
    """Path → SHA-256."""
    return {path: sha256(body).digest() for path, body in files.items()}


def differing(some: Mapping[str, bytes], others: Mapping[str, bytes]) -> list[str]:
    """The paths that have not the same hash in both, in order."""
    return sorted(path for path in {*some, *others} if some.get(path) != others.get(path))


def beside(directory: Path) -> Path:
    """Where the manifest of a directory's site lies, beside the directory's file."""
    return directory.with_name(f"{directory.name}.manifest.json")


def _check_order(paths: list[str]) -> None:
    if any(not left < right for left, right in pairwise(paths)):
        raise NotCanonical
