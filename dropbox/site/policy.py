"""What every answer says of itself, and the one Content-Security-Policy of the static site.

Nothing but our own files; no inline script or style; no form, so that what somebody types can
leave a page only by a script that has sealed it; compiled WebAssembly for libsodium, and no
``'unsafe-eval'``. With Trusted Types a text can become neither markup nor script; the one policy
they allow, ``worker``, is for the address of the module worker (docs/decisions/0007).
"""

from typing import Final

FIXED_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
    "payment=(), usb=()",
}
"""On every answer of the server; a page has a policy of its own in the place of this one."""

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types worker",
    )
)
"""For every file of the site."""
