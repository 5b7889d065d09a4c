"""Assessing, a risk to life and filters from the command line, without a server."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from crypto.reporter import Draft
from tests import nursery
from tests.cheap import INBOX
from tests.inbox_ui.served import PASSPHRASE, Shop
from tests.inbox_ui.test_processes import Office

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("shop")
    shop = Shop(folder)
    shop.report(Draft("He is at Wessendale.", forces=("demo-wessendale",)))
    vault = shop.close().vault
    words = folder / "words"
    words.write_text(PASSPHRASE + "\n")

    def ran(command: str, *more: str | Path) -> subprocess.CompletedProcess[str]:
        place = () if command == "signposts" else ("--vault", vault, "--passphrase-file", words)
        line = [*INBOX, command, *map(str, (*place, *more))]
        return nursery.run(nursery.INBOX, line)

    return ran


@pytest.fixture(scope="module")
def case(run: Run) -> str:
    [found] = json.loads(run("list", "--offline", "--json").stdout)
    return str(found["case"])


def test_an_assessment_is_kept_and_what_is_not_given_stays(
    run: Run, case: str, tmp_path: Path
) -> None:
    file = tmp_path / "thrive"
    file.write_text("threat: high, a gun\n")
    first = run("assess", case, "--thrive-file", file, "--stage", "awaiting force", "--offline")
    assert first.returncode == 0, first.stderr
    assert run("assess", case, "--scope", "partly", "--offline").returncode == 0
    shown = run("assess", case, "--offline").stdout
    assert shown.count("Threat, high: a gun") == 2
    assert "Changed, Scope: not decided → partly for this service" in shown
    assert case in run("list", "--offline", "--queue", "force").stdout


def test_a_level_without_a_reason_is_refused(run: Run, case: str, tmp_path: Path) -> None:
    file = tmp_path / "thrive"
    file.write_text("threat: high\n")
    refused = run("assess", case, "--thrive-file", file, "--offline")
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr


def test_a_risk_to_life_is_written_with_nothing_and_says_whom_not_to_ring(
    run: Run, case: str, tmp_path: Path
) -> None:
    first = run("escalate", case, "--offline")
    assert first.returncode == 0, first.stderr
    assert "Do not ring the control room of DEMO: Wessendale Police" in first.stderr
    assert "RISK TO LIFE" in run("list", "--offline", "--queue", "risk").stdout
    assert run("escalate", case, "--over", "--offline").returncode != 0
    file = tmp_path / "said"
    file.write_text("danger: His brother is at Northmarch.\ncalled: Northmarch control room\n")
    told = run("escalate", case, "--text-file", file, "--offline")
    assert "Do not ring the control room of DEMO: Northmarch Constabulary" in told.stderr
    file.write_text("called: PSD of Port Calder\nsaid: She is safe.\n")
    assert run("escalate", case, "--over", "--text-file", file, "--offline").returncode == 0
    assert case not in run("list", "--offline", "--queue", "risk").stdout


def test_a_filter_is_kept_and_used(run: Run, case: str) -> None:
    kept = run("filters", "--keep", "Mine", "--queue", "new", "--find", "wessendale")
    assert kept.returncode == 0, kept.stderr
    assert run("filters").stdout == "Mine: new wessendale\n"
    assert case in run("list", "--offline", "--filter", "Mine").stdout
    assert run("list", "--offline", "--filter", "None").returncode != 0
    assert run("filters", "--drop", "Mine").returncode == 0


def test_signposts_need_no_vault(run: Run) -> None:
    assert "complaint: " in run("signposts").stdout
    assert "Diolch" in run("signposts", "complaint", "--language", "cy").stdout
    assert run("signposts", "nothing").returncode != 0


def test_a_risk_is_not_ended_before_what_the_reporter_wrote_since_was_read(tmp_path: Path) -> None:
    office = Office(tmp_path)
    with office.serve():
        sent = office.report("send", "--text-file", office.write("text", "He has a gun."))
        words = office.write("words", sent.stdout)
        [case] = json.loads(office.inbox("list", "--json").stdout)
        assert office.inbox("escalate", case["case"]).returncode == 0
        more = office.write("more", "He is back.")
        office.report("reply", "--passphrase-file", words, "--text-file", more)
        over = (
            "escalate",
            case["case"],
            "--over",
            "--text-file",
            office.write("o", "said: All well"),
        )
        refused = office.inbox(*over)
        assert (refused.returncode, "has written since" in refused.stderr) == (1, True)
        assert office.inbox(*over).returncode == 0  # it is here now
