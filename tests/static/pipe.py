"""The twin, run by node at the other end of a pipe."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from crypto.chains import Stored
from tests.vectors.case import b64

ROOT = Path(__file__).parent.parent.parent
NODE = ("sh", "static/node.sh", "node")


class Refused(Exception):
    """The twin refused; ``name`` is that of its error."""

    def __init__(self, name: str, trace: str) -> None:
        super().__init__(trace)
        self.name = name


class Twin:
    """One process of node, asked one line at a time."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            (*NODE, "tests/static/twin.js"),
            cwd=ROOT,
            env={"PATH": _path(), "PYTHON": sys.executable},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def ask(self, action: str, **given: Any) -> Any:
        """What the twin gives. Raises ``Refused``."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": action, **given}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "refuses" in answer:
            raise Refused(answer["refuses"], answer["message"])
        return answer["gives"]


def row(stored: Stored) -> dict[str, Any]:
    """An envelope as a server gives it, as the vectors write it."""
    return {
        "header": b64(stored.header),
        "hash_of_body": b64(stored.hash_of_body),
        "body": None if stored.body is None else b64(stored.body),
        "wraps": {b64(card): b64(wrapped) for card, wrapped in stored.wraps.items()},
        "day": stored.day.isoformat(),
        "deleted": None if stored.deleted is None else b64(stored.deleted),
    }


def _path() -> str:
    return f"{ROOT / '.venv/bin'}:{os.environ.get('PATH', '')}"
