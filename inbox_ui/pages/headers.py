"""What every answer carries, whatever it is."""

from typing import Final

from aiohttp import web

HTML: Final = "text/html; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)

_NOTHING: Final = (
    "accelerometer", "autoplay", "camera", "clipboard-read", "display-capture",
    "fullscreen", "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi",
    "payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb",
)  # fmt: skip

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: browsers then send `Origin: null` with our own forms, and the gate could
    # not tell them from others'. No page links to anywhere else.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": ", ".join(f"{each}=()" for each in _NOTHING),
    "X-Frame-Options": "DENY",
}
"""Sent with every status."""


class Response(web.Response):
    """An answer with the fixed headers, and without ``Server`` and ``Date``."""

    def __init__(self, status: int, body: bytes, content_type: str = HTML) -> None:
        super().__init__(status=status, body=body, headers=HEADERS)
        self.headers["Content-Type"] = content_type

    async def _prepare_headers(self) -> None:
        """Take back what aiohttp adds on its own; there is no public place to do so."""
        await super()._prepare_headers()
        self.headers.popall("Server", None)
        self.headers.popall("Date", None)
