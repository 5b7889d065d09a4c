"""One mailbox fetched whole: stubs that are given now, wraps that were added (§9)."""

from dropbox.client.service import Service
from inbox_ui.station import Station


async def fetch_case(station: Station, service: Service, mailbox: bytes) -> None:
    """Every page of it into the archive; how far the feed was fetched stays as it is."""
    after = 0
    while True:
        page = await service.case_page(mailbox, after)
        station.archive.mend(page.entries)
        if not page.more:
            return
        after = page.entries[-1].position
