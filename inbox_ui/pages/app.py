"""The routes as a web application. Every answer goes out through one middleware: checked, headed,
and in fixed sentences where something is wrong. No form is answered with a page: see the shelf."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment

from crypto.errors import ProtocolError
from dropbox.client.errors import Away, ClientError
from dropbox.site.assets import Asset
from dropbox.site.rendering import make_environment
from inbox_ui import errors
from inbox_ui.pages import words
from inbox_ui.pages.answers import Answer, Data, Failed, Goto, Page
from inbox_ui.pages.call import Call, Locked
from inbox_ui.pages.entry import Unlock
from inbox_ui.pages.forms import LARGEST, Form, read_form
from inbox_ui.pages.frame import make_frame
from inbox_ui.pages.gate import Access, Kept, NoCookie, check
from inbox_ui.pages.headers import Response
from inbox_ui.pages.routes import ROUTES, Route
from inbox_ui.pages.sitting import Sitting
from inbox_ui.station import Station
from inbox_ui.words import BUG

TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_STATUS: Final[dict[type[Exception], int]] = {
    errors.UnknownCase: 404,
    errors.ShortCaseName: 404,
    errors.AmbiguousCase: 404,
    errors.NoSuchFile: 404,
    errors.UnknownMember: 404,
    errors.Busy: 503,
    errors.RosterKept: 503,
    errors.NotFresh: 503,
    errors.PersonError: 400,
    Away: 503,
}
_OURS: Final = 500
_TYPED: Final = ("text", "note", "question", "remark")
"""Fields with words of the analyst's, which are shown once when the vault has locked."""
_AGAIN: Final = 307

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(sitting: Sitting, assets: Mapping[str, Asset]) -> web.Application:
    """The application of one sitting."""
    pages = Pages(sitting, assets, make_environment(TEMPLATES))
    app = web.Application(client_max_size=LARGEST, middlewares=[pages.guard])
    for route in ROUTES:
        app.router.add_route(route.method, route.path, pages.handler_of(route))
    return app


class Pages:
    """Asks the gate, calls the handler, and renders what it gives."""

    def __init__(
        self, sitting: Sitting, assets: Mapping[str, Asset], environment: Environment
    ) -> None:
        self._sitting: Final = sitting
        self._assets: Final = assets
        self._environment: Final = environment
        self._routes: dict[Any, Route] = {}

    def handler_of(self, route: Route) -> Handler:
        """What the router calls for ``route``, once the gate has let the request in."""

        async def handler(request: web.Request) -> web.StreamResponse:
            return await self._answer(request, route)

        self._routes[handler] = route
        return handler

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The outermost: whatever happens, a fixed sentence and never an exception's text."""
        route = self._routes.get(request.match_info.handler)
        try:
            check(request, self._sitting.door, route.access if route else Access.BROWSER)
            if route and self._sitting.over:
                return self._send_on(request)
            return await handler(request)
        except NoCookie as kept:  # a form of ours, from before this start: "/" says the same
            return self._refuse(kept) if request.method != "POST" else self._redirect(Goto("/"))
        except Kept as kept:
            return self._refuse(kept)
        except web.HTTPException as error:  # of the router: no such path, or not this method
            return self._refuse(Kept(error.status, words.NOT_THERE))
        except asyncio.CancelledError:
            raise
        except Exception:  # noqa: BLE001 - the outermost one; what it says could hold a report
            return self._fail_ours(request)

    async def _answer(self, request: web.Request, route: Route) -> web.StreamResponse:
        form = Form()
        try:
            if request.method == "POST":
                form = await read_form(request)
            call = Call(self._sitting, request.match_info, self._assets, form)
            if route.access is Access.ANALYST and self._sitting.unlocked is None:
                raise Locked  # (5) of the gate
            if route.active:
                self._sitting.touch()
            answer = await route.handler(call)
        except Locked:
            back = request.path if request.method == "GET" else form.line("back")
            kept = next(filter(None, map(form.text, _TYPED)), "")
            answer = Page("unlock.html", Unlock(back, "", kept), 403)
        except Failed as failed:
            answer = Page("failed.html", failed.explained, failed.status)
        except (errors.InboxError, ClientError, ProtocolError) as error:
            status = next((_STATUS[each] for each in type(error).__mro__ if each in _STATUS), _OURS)
            answer = Page("failed.html", words.explain(error), status)
        if isinstance(answer, Page) and request.method == "POST" and not route.script:
            answer = self._shelve(answer)
        return await self._respond(answer, request.path)

    def _shelve(self, page: Page) -> Goto:
        """Where ``page`` is from now on. Nothing stays for long while it is locked."""
        return Goto(self._sitting.shelf.put(page, once=self._sitting.unlocked is None))

    async def _respond(self, answer: Answer, path: str) -> web.StreamResponse:
        if isinstance(answer, Goto):
            return self._redirect(answer)
        if isinstance(answer, Data):
            return Response(200, answer.body, answer.content_type)
        text = await self._render(answer, path)
        return Response(answer.status, text.encode())

    async def _render(self, page: Page, path: str) -> str:
        """The page, made at the desk where there is one: a long thread takes its time."""
        unlocked = self._sitting.unlocked
        template = self._environment.get_template(page.template)
        if unlocked is None or page.template == "unlock.html":
            return await asyncio.to_thread(partial(template.render, view=page.view))

        def render(station: Station) -> str:
            frame = make_frame(self._sitting, unlocked, station, path, page.ticket)
            if not page.fresh:
                frame = replace(frame, stamp="")  # its script takes what may have changed anew
            return template.render(view=page.view, frame=frame)

        return await unlocked.desk.do(render)

    def _send_on(self, request: web.Request) -> web.StreamResponse:
        """To the process that follows this one: the same request, on another connection. Its path
        is made anew from the route: what was sent could name another host."""
        resource = request.match_info.route.resource
        assert resource is not None
        response = Response(_AGAIN, b"")
        response.headers["Location"] = resource.url_for(**request.match_info).raw_path
        response.force_close()
        return response

    def _redirect(self, goto: Goto) -> web.StreamResponse:
        response = Response(303, b"")
        response.headers["Location"] = goto.path
        if goto.cookie:
            door = self._sitting.door
            response.set_cookie(
                door.cookie_name, door.cookie, path="/", httponly=True, samesite="Strict"
            )
        return response

    def _fail_ours(self, request: web.Request) -> web.StreamResponse:
        kept = Kept(_OURS, BUG.error)
        if request.method == "POST":
            return self._redirect(self._shelve(Page("kept.html", kept, _OURS)))
        return self._refuse(kept)

    def _refuse(self, kept: Kept) -> web.StreamResponse:
        text = self._environment.get_template("kept.html").render(view=kept)
        return Response(kept.status, text.encode())
