"""Pages that are the same for everybody, but for the team's name."""

from dropbox.plain.answers import Page
from dropbox.plain.call import Call


async def show_welcome(call: Call) -> Page:
    """``GET /plain/``: what this is, and what to think of first."""
    return call.page("welcome.html", await call.visit.arrive())


async def show_limits(call: Call) -> Page:
    """``GET /plain/limits``: what can and what cannot be protected."""
    directory = await call.visit.arrive()
    return call.page("limits.html", directory, fingerprint=directory.root_card.fingerprint)
