"""Whether a form was sent from a page of ours (docs/protocol.md §10).

No form carries a token that ages. Browsers say where a request comes from, and cannot be made to
say it wrongly by another page: in ``Sec-Fetch-Site``, and older ones in ``Origin`` alone.
"""

from collections.abc import Collection

from aiohttp import hdrs, web

from dropbox.store.refused import Refused
from dropbox.wire import Fault

SITE = "Sec-Fetch-Site"


def check_sender(request: web.BaseRequest, origins: Collection[str]) -> None:
    """Raise ``Refused`` unless everything that is said says: a page of ours. One has to be said."""
    sites = request.headers.getall(SITE, [])
    named = request.headers.getall(hdrs.ORIGIN, [])
    if not sites and not named:
        raise Refused(Fault.REFUSED)
    if any(each != "same-origin" for each in sites) or any(each not in origins for each in named):
        raise Refused(Fault.REFUSED)


def is_secure(request: web.BaseRequest, origins: Collection[str]) -> bool:
    """Whether a form came from a page with https; where no origin is named, whether all have it."""
    named = request.headers.get(hdrs.ORIGIN)
    return all(each.startswith("https:") for each in ([named] if named else origins))
