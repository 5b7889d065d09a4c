"""The static site: a pure function from a directory and an installation to files.

The publisher's workstation builds it and signs the hash of its manifest; the server builds the
same bytes from its own installation. So nothing may go into it that differs between two machines:
no date, no host, no environment, nothing random.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final

from crypto.directory import Directory
from dropbox.client.wordlist import words_file
from dropbox.site.assets import CONTENT_TYPES, Asset, read_assets, reporters_assets
from dropbox.site.languages import read_languages
from dropbox.site.manifest import PATH, Files, Manifest, describe, site_hash
from dropbox.site.pages import PAGES, Service, address, render
from dropbox.site.policy import POLICY

HTML: Final = "text/html; charset=utf-8"
WORDS: Final = "/assets/words.txt"
"""The list of words, where ``static/js/wordlist.js`` looks for it."""


@dataclass(frozen=True)
class Site:
    """A whole site: its files, and the manifest that says what they are."""

    manifest: Manifest = field(repr=False)
    files: Files = field(repr=False)

    @cached_property
    def hash(self) -> bytes:
        """What a directory has to name for this site to be the signed one, 32 bytes."""
        return site_hash(self.manifest.to_bytes())

    @property
    def served(self) -> Files:
        """Path → bytes of everything that is served: the files, and the manifest."""
        return MappingProxyType({**self.files, PATH: self.manifest.to_bytes()})


def build(service: Service, assets: Mapping[str, Asset]) -> Site:
    """The site of ``service`` with the files of an installation."""
    pages = {
        address(page.path, language): render(page, language.code, service).encode()
        for page in PAGES
        for language in read_languages()
    }
    files = {path: asset.body for path, asset in reporters_assets(assets).items()}
    every = MappingProxyType({**pages, **files, WORDS: words_file()})
    return Site(describe(every, POLICY), every)


def build_for(directory: Directory) -> Site:
    """The site that this installation builds for a directory. Raises ``NotBuilt``."""
    return build(service_of(directory), read_assets())


def service_of(directory: Directory) -> Service:
    """What pages say of the service. Nothing of it changes when a directory is only renewed."""
    return Service(
        name=directory.name,
        fingerprint=directory.root_card.fingerprint,
        origins=directory.origins,
        demo=directory.name.startswith("DEMO"),
    )


def content_type(path: str) -> str:
    """What a file of the site is served as: a page unless its name has an ending."""
    _, dot, ending = path.rpartition("/")[2].rpartition(".")
    return CONTENT_TYPES[f".{ending}"] if dot else HTML
