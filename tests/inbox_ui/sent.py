"""Reports with files, sent to a real server under any name and with any bytes."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import replace

from crypto.directory import Directory
from crypto.keys import MailboxSecret
from crypto.reporter import Draft, Reporter
from crypto.signed import split
from dropbox.client.directory import fetch
from dropbox.client.http import HttpTransport
from dropbox.client.origins import read_origin
from dropbox.client.service import Caller, Service
from dropbox.client.source import Source
from dropbox.client.upload import upload
from inbox_ui.options import today
from tests.inbox_ui.test_processes import Office


def send_files(office: Office, files: Sequence[tuple[str, bytes]]) -> None:
    """A report with files under names that no file system would let somebody have."""

    async def send() -> None:
        transport = HttpTransport(read_origin(office.url, through_proxy=False))
        try:
            pinned = Service(transport, office.url)
            signed = (office.folder / "vault" / "directory.signed").read_bytes()
            root = Directory.from_bytes(split(signed)[1]).service
            published = await fetch(pinned, root, office.url)
            secret = MailboxSecret.generate(secrets.token_bytes)
            service = Service(
                transport, office.url, Caller(secret.keys, published.directory.service)
            )
            path, manifests = office.folder / "source", []
            for name, content in files:
                path.write_bytes(content)
                with Source(path) as source:
                    manifest = await upload(service, source, secrets.token_bytes)
                manifests.append(replace(manifest, name=name))
            path.unlink()
            reporter = Reporter(secret, published.directory, secrets.token_bytes)
            report = reporter.report(Draft("Files.", files=tuple(manifests)), today())
            await service.submit((report,))
        finally:
            await transport.close()

    asyncio.run(send())
