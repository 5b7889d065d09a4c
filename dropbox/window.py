"""What a worker shows to everybody alike: the signed site, and nothing where none is signed.

Every answer is the same whatever the browser, its language or its cookies are: only
``Accept-Encoding`` decides between a file and its compressed copies.
"""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from aiohttp import hdrs, web

from crypto.directory import Directory
from dropbox.api.answers import Answer
from dropbox.site.assets import Asset
from dropbox.site.builder import content_type
from dropbox.site.choice import State, choose
from dropbox.site.packing import IDENTITY, Packed
from dropbox.site.storage import PackedSite, SiteFolder
from dropbox.words import SITE_CHANGED, SITE_NOT_KEPT, SITE_UNSIGNED, say

FIRST_PAGE: Final = "/plain/"
"""Where ``GET /`` leads as long as there is no site."""


class Window:
    """The site of one worker. ``signed`` is the hash in the directory it was chosen under;
    ``keeps``: whether a new one is written into ``folder``, which one worker does for all."""

    def __init__(
        self,
        site: PackedSite | None,
        signed: bytes,
        assets: Mapping[str, Asset],
        folder: SiteFolder,
        *,
        keeps: bool = False,
    ) -> None:
        self._site = site
        self._signed = signed
        self._assets: Final = assets
        self._folder: Final = folder
        self._keeps: Final = keeps
        self._bare: Final = MappingProxyType(
            {path: Packed(asset.body, MappingProxyType({})) for path, asset in assets.items()}
        )

    def find(self, path: str) -> Packed | None:
        """What is shown at ``path``."""
        return (self._bare if self._site is None else self._site.files).get(path)

    async def show(self, request: web.Request) -> web.StreamResponse:
        """``GET`` and ``HEAD`` of a file. Raises ``HTTPNotFound``."""
        packed = self.find(request.raw_path)
        if packed is None:
            if request.raw_path == "/" and self._site is None:
                return _lead_on()
            raise web.HTTPNotFound
        accepted = ",".join(request.headers.getall(hdrs.ACCEPT_ENCODING, []))
        encoding, body = packed.choose(accepted)
        answer = Answer(200, body, content_type(request.raw_path))
        answer.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        if encoding != IDENTITY:
            answer.headers[hdrs.CONTENT_ENCODING] = encoding
        if self._site is not None:
            answer.headers[hdrs.CONTENT_SECURITY_POLICY] = self._site.policy
        return answer

    async def follow(self, directory: Directory) -> None:
        """Show what the newest directory's publisher signed, from now on."""
        if directory.site == self._signed:
            return
        before = self._site
        choice = await asyncio.to_thread(choose, directory, self._assets, self._folder, before)
        self._site, self._signed = choice.site, directory.site
        if self._keeps:
            say(SITE_UNSIGNED if choice.state is State.UNSIGNED else SITE_CHANGED)
        if self._keeps and choice.site is not None and choice.is_new:
            await asyncio.to_thread(keep, self._folder, choice.site)


def keep(folder: SiteFolder, site: PackedSite) -> None:
    """Write a site that is signed, and remove those before it; a full disk is only said."""
    try:
        folder.write(site)
        folder.keep_only(site.hash)
    except OSError:
        say(SITE_NOT_KEPT)


def _lead_on() -> Answer:
    answer = Answer(303)
    answer.headers[hdrs.LOCATION] = FIRST_PAGE
    return answer
