"""What the server is compared with: aiohttp and nothing else, with the same settings.

    python -m bench.bare FOLDER        prints its port

``POST`` on any path reads the body and answers 204. ``PUT`` reads the body, writes it to a file of
its own in FOLDER and syncs it, in a thread, then answers 204.
"""

import asyncio
import os
import sys
from itertools import count
from pathlib import Path

from aiohttp import web

from dropbox.limits import BACKLOG, IDLE_SECONDS, READ_BUFFER
from dropbox.wire import LARGEST_PART

_numbers = count()


async def take(request: web.Request) -> web.Response:
    """Read the body."""
    await request.read()
    return web.Response(status=204)


async def keep(request: web.Request) -> web.Response:
    """Read the body and put it on the disk."""
    folder: Path = request.app["folder"]
    body = await request.read()
    await asyncio.to_thread(_write, folder / str(next(_numbers)), body)
    return web.Response(status=204)


def _write(path: Path, body: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        rest = memoryview(body)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def serve(folder: Path) -> None:
    """Serve until killed."""
    app = web.Application(client_max_size=LARGEST_PART)
    app["folder"] = folder
    app.router.add_post("/{path:.*}", take)
    app.router.add_put("/{path:.*}", keep)
    runner = web.AppRunner(
        app,
        access_log=None,
        auto_decompress=False,
        keepalive_timeout=IDLE_SECONDS,
        read_bufsize=READ_BUFFER,
    )
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=BACKLOG)
    await site.start()
    print(f"ready {site.name}:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
