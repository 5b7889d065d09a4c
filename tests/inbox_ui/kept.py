"""A moment in the life of a team that is made once, and given to each test of a module anew.

Several workstations that have joined and synced take longer to make than most tests take. So what
lies in their folders and what their server has is kept when it is made for the first time, and
every other test has copies of it at workstations of its own: nothing that a test does is kept.
"""

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from tests.inbox_ui.conftest import Desk
from tests.simulator import Simulator

T = TypeVar("T")
_HOOKS = {"listed", "before", "answered"}
"""What a test may have done to its server before: it stays."""


@dataclass(frozen=True)
class Moment:
    """``made`` is what who made it gave back, and is changed by nobody."""

    day: date
    server: Simulator
    others: tuple[str, ...]
    made: Any


@dataclass
class Kept:
    """The moments of a module, in ``folder``."""

    folder: Path
    moments: dict[str, Moment] = field(default_factory=dict)

    def moment(
        self,
        name: str,
        first: Desk,
        others: dict[str, Desk],
        make_desk: Callable[[str], Desk],
        make: Callable[[], T],
    ) -> T:
        """What ``make`` gives, who makes everything at ``first`` and adds to ``others``.

        From the second time on it is not called, and all of it is there all the same.
        """
        if name not in self.moments:
            made = make()
            self._take(name, first, others, made)
            return made
        moment = self.moments[name]
        self._put(self.folder / name / "first", first)
        first.clock.day = moment.day
        server = copy.deepcopy(moment.server)
        for each in (*(one.name for one in fields(server)), "service"):
            if each not in _HOOKS:
                setattr(first.server, each, getattr(server, each))
        for each in moment.others:
            if each not in others:
                others[each] = make_desk(each)
            self._put(self.folder / name / each, others[each])
        return copy.copy(moment.made)

    def _take(self, name: str, first: Desk, others: dict[str, Desk], made: Any) -> None:
        for each, desk in {"first": first, **others}.items():
            desk.close()
            for goal, source in _places(self.folder / name / each, desk):
                _copy(source, goal)
        server = copy.deepcopy(first.server)
        self.moments[name] = Moment(first.clock(), server, tuple(others), made)

    def _put(self, source: Path, desk: Desk) -> None:
        desk.close()
        for kept, goal in _places(source, desk):
            shutil.rmtree(goal, ignore_errors=True)
            _copy(kept, goal)


def _places(folder: Path, desk: Desk) -> Iterator[tuple[Path, Path]]:
    """Where a copy lies, and what it is of: the vault's folder and the root's secret."""
    yield folder / "vault", desk.folder.path
    yield folder / "root", desk.folder.default_root


def _copy(source: Path, goal: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, goal)
    elif source.is_file():
        shutil.copy2(source, goal)
