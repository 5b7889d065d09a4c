"""A workstation that is gone in the middle of something: one step later each time.

A step is a write of an archive that is about to be kept, a request on its way, its answer on the
way back, and a file before and behind it has its name. What only reads is no step: a process that
is gone then is gone at the step before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from dropbox.client.transport import Answer
from tests.simulator import Asked, Simulator


class Killed(BaseException):
    """The process is gone: nothing of it goes on."""


@dataclass
class Fuse:
    """``left`` steps until the process is gone; without one it stays."""

    left: int | None = None

    def step(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed

    @contextmanager
    def out(self) -> Iterator[None]:
        """What is done meanwhile is not stopped, and no step."""
        left, self.left = self.left, None
        yield
        self.left = left


@contextmanager
def laid(fuse: Fuse, server: Simulator) -> Iterator[Fuse]:
    """``fuse`` along all that this process writes, and all that it asks ``server``."""
    put, changes = Path.replace, dict[int, int]()

    def before_it_is_kept(connection: Connection) -> None:
        lower = connection.connection.dbapi_connection
        assert lower is not None
        if changes.get(id(lower), 0) != lower.total_changes:
            changes[id(lower)] = lower.total_changes
            fuse.step()

    def asked(asked: Asked) -> None:
        if asked.method != "GET":
            fuse.step()

    def answered(asked: Asked, answer: Answer) -> Answer:
        if asked.method != "GET":
            fuse.step()
        return answer

    def named(path: Path, goal: Path) -> Path:
        fuse.step()
        done = put(path, goal)
        fuse.step()
        return done

    server.before, server.answered = asked, answered
    event.listen(Engine, "commit", before_it_is_kept)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", named)
        yield fuse
    event.remove(Engine, "commit", before_it_is_kept)
