"""Each measurement runs in a tiny form and gives the rows that ``results.json`` is made of."""

import json
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench import corpus, servers
from bench.budgets import BUDGETS
from bench.postgresql import named
from bench.scale import FULL, NORMAL, TINY, chosen
from bench.soak import soak
from crypto import constants
from inbox_ui import sealed
from tests.needs import needs

WRITES = {
    "reports": 3,
    "growth": 4,
    "backups": 5,
    "transfers": 6,
    "postgresql": 18,
    "opening": 3,
    "sealing": 3,
    "inbox": 2,
    "workstation": 2,
    "dashboard": 2,
    "previews": 3,
    "search": 4,
    "assigning": 3,
    "catching_up": 5,
    "joining": 2,
    "floods": 6,
    "plain": 4,
    "pages": 5,
}


EACH_TIME = ("reports", "opening", "sealing", "assigning", "joining")
"""Of the server, of the workstation and of the browser; the others are ``long``."""


def _marks(name: str) -> list[pytest.MarkDecorator]:
    own = [pytest.mark.postgresql] if name == "postgresql" else []
    return own if name in EACH_TIME else [*own, pytest.mark.long]


NAMES = [pytest.param(name, marks=_marks(name)) for name in bench.MEASURES]


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(servers, "BUILD", tmp_path)
    monkeypatch.setattr(corpus, "BUILD", tmp_path)


@pytest.fixture(autouse=True)
def _at_full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs that are measured open the vaults that are made here."""
    for name in ("VAULT_ARGON2_OPERATIONS", "VAULT_ARGON2_MEMORY"):
        monkeypatch.setattr(sealed, name, getattr(constants, name))


@pytest.mark.parametrize("name", NAMES)
def test_each_measurement_writes_its_rows_and_leaves_no_folder(name: str, tmp_path: Path) -> None:
    if name == "postgresql":
        needs("postgresql")
    if name == "sealing":
        needs("chromium")
    path = tmp_path / "results.json"
    results = bench.measure_all(TINY, [name])
    bench.write(results, path)
    rows = json.loads(path.read_text("utf-8"))
    assert len(rows) == WRITES[name]
    assert {result.budget for result in results} <= {*BUDGETS, *map(named, BUDGETS)}
    for row in rows:
        assert list(row) == ["name", "value", "unit", "budget", "met"]
        assert isinstance(row["value"], int | float)
        assert row["value"] >= 0
        assert row["budget"] is None or isinstance(row["budget"], int | float)
        assert isinstance(row["met"], bool)
    assert list(tmp_path.glob("run-*")) == []


def test_every_budget_is_measured_by_one_module_and_named_once() -> None:
    assert sum(WRITES.values()) - WRITES["postgresql"] == len(BUDGETS)
    assert len({budget.name for budget in BUDGETS}) == len(BUDGETS)


@pytest.mark.slow
def test_the_inbox_is_kept_for_the_next_run(tmp_path: Path) -> None:
    first = corpus.seen_archive(TINY.inbox)
    made = first.archive.stat().st_mtime_ns
    assert corpus.seen_archive(TINY.inbox) == first
    assert first.archive.stat().st_mtime_ns == made
    assert first.path.is_relative_to(tmp_path)


def test_full_asks_for_a_million_mailboxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FULL", raising=False)
    assert chosen() == NORMAL
    monkeypatch.setenv("FULL", "1")
    assert chosen() == FULL
    assert (NORMAL.many, FULL.many) == (100_000, 1_000_000)


@pytest.mark.slow
async def test_a_round_of_the_soak_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await soak(1, 2.0, tmp_path)
    said = capsys.readouterr().out
    assert said.startswith("round 1 of 1: ")
    assert not said.startswith("round 1 of 1: 0 receipts")
