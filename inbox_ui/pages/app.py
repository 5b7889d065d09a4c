"""The routes as a web application. Every answer goes out through one middleware: checked, headed,
and in fixed sentences where something is wrong."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
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
from inbox_ui.pages.frame import Frame, make_frame
from inbox_ui.pages.gate import Access, Kept, check
from inbox_ui.pages.headers import Response
from inbox_ui.pages.routes import ROUTES, Route
from inbox_ui.pages.sitting import Sitting, Unlocked
from inbox_ui.station import Station
from inbox_ui.words import BUG, Explained

TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_STATUS: Final[dict[type[Exception], int]] = {
    errors.UnknownCase: 404,
    errors.ShortCaseName: 404,
    errors.AmbiguousCase: 404,
    errors.NoSuchFile: 404,
    errors.Busy: 503,
    errors.PersonError: 400,
    Away: 503,
}
_OURS: Final = 500
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
            return self._send_on(request) if self._sitting.over else await handler(request)
        except Kept as kept:
            return self._refuse(kept)
        except web.HTTPException as error:  # of the router: no such path, or not this method
            return self._refuse(Kept(error.status, words.NOT_THERE))
        except asyncio.CancelledError:
            raise
        except Exception:  # noqa: BLE001 - the outermost one; what it says could hold a report
            return self._refuse(Kept(_OURS, BUG.error))

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
            return await self._respond(await route.handler(call), request.path)
        except Locked:
            back = request.path if request.method == "GET" else form.line("back")
            kept = form.text("text") or form.text("note")
            return await self._respond(Page("unlock.html", Unlock(back, "", kept), 403), "")
        except Failed as failed:
            return await self._fail(failed.status, failed.explained)
        except (errors.InboxError, ClientError, ProtocolError) as error:
            status = next((_STATUS[each] for each in type(error).__mro__ if each in _STATUS), _OURS)
            return await self._fail(status, words.explain(error))

    async def _fail(self, status: int, explained: Explained) -> web.StreamResponse:
        return await self._respond(Page("failed.html", explained, status), "/")

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
        frame = partial(self._frame, unlocked, path)
        return await unlocked.desk.do(
            lambda station: template.render(view=page.view, frame=frame(station))
        )

    def _frame(self, unlocked: Unlocked, path: str, station: Station) -> Frame:
        return make_frame(self._sitting, unlocked, station, path)

    def _send_on(self, request: web.Request) -> web.StreamResponse:
        """To the process that follows this one: the same request, on another connection."""
        response = Response(_AGAIN, b"")
        response.headers["Location"] = request.path
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

    def _refuse(self, kept: Kept) -> web.StreamResponse:
        text = self._environment.get_template("kept.html").render(view=kept)
        return Response(kept.status, text.encode())
