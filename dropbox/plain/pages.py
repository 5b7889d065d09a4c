"""Pages that are the same for everybody, but for the team's name."""

from dropbox.plain.answers import Page
from dropbox.plain.call import Call
from dropbox.site.questions import CATEGORIES


async def show_welcome(call: Call) -> Page:
    """``GET /plain/``: what this is, and what to think of first."""
    return call.page("welcome.html", await call.visit.arrive())


async def show_limits(call: Call) -> Page:
    """``GET /plain/limits``: what can and what cannot be protected."""
    return call.page("limits.html", await call.visit.arrive())


async def show_what(call: Call) -> Page:
    """``GET /plain/what``: what belongs here, and where everything else does."""
    return call.page("what.html", await call.visit.arrive(), categories=CATEGORIES)
