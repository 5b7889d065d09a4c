"""The Content-Security-Policy of the static site: one constant, for every file of it.

Nothing but our own files; no inline script or style; no form, so that what somebody types can
leave a page only by a script that has sealed it; compiled WebAssembly for libsodium, and no
``'unsafe-eval'``. With Trusted Types a text can become neither markup nor script; the one policy
they allow, ``worker``, is for the address of the module worker (docs/decisions/0007).
"""

from typing import Final

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
