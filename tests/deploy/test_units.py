"""The systemd units: they load, they are closed, they call commands that there are (T05, T96)."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.tools import DEPLOY, need

UNITS = DEPLOY / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("dropbox-*.service"))
TIMERS = sorted(path.name for path in UNITS.glob("dropbox-*.timer"))
MOST_EXPOSED = 2.0
PROGRAM = "/opt/sealed-dropbox/bin/dropbox-server"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units as an operator installs them, with a program that is there."""
    folder = tmp_path_factory.mktemp("units") / "system"
    shutil.copytree(UNITS, folder)
    for path in folder.glob("*.service"):
        text = path.read_text()
        assert PROGRAM in text
        path.write_text(text.replace(PROGRAM, "/usr/bin/true"))
    return folder


def analyze(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [need("systemd-analyze", "systemd"), "--no-pager", *arguments],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:", "SYSTEMD_COLORS": "0"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def exposure(folder: Path, service: str) -> float:
    """What ``systemd-analyze security`` says, from 0 (closed) to 10."""
    done = analyze(folder, "security", "--offline=true", str(folder / service))
    found = re.search(r"Overall exposure level for .*: ([0-9.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    return float(found[1])


def settings(*paths: Path) -> Iterator[tuple[str, str]]:
    """Every ``key=value`` of the files, in their order."""
    for path in paths:
        for line in path.read_text().splitlines():
            if line and line[0] not in "#[":
                key, _, value = line.partition("=")
                yield key, value


@pytest.mark.parametrize("unit", [*SERVICES, *TIMERS])
def test_systemd_reads_every_unit_without_a_word(folder: Path, unit: str) -> None:
    done = analyze(folder, "verify", "--man=no", "--recursive-errors=one", str(folder / unit))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_unit_that_is_wrong_would_be_found(folder: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "dropbox-wrong.service"
    wrong.write_text("[Service]\nExecStart=/usr/bin/true\nNoNewPriviledges=yes\n")
    done = analyze(folder, "verify", "--man=no", str(wrong))
    assert "NoNewPriviledges" in done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_the_sandbox_is_closed(folder: Path, service: str) -> None:
    assert exposure(folder, service) <= MOST_EXPOSED


def test_without_the_sandbox_the_number_would_be_high(folder: Path, tmp_path: Path) -> None:
    bare = tmp_path / "system"
    shutil.copytree(folder, bare)
    shutil.rmtree(bare / "dropbox-.service.d")
    assert exposure(bare, "dropbox-server.service") > MOST_EXPOSED


def test_what_keeps_memory_off_the_disk_and_the_network_away_is_set() -> None:
    found = dict(settings(UNITS / "dropbox-.service.d/10-sandbox.conf"))
    assert found["LimitCORE"] == "0"
    assert found["MemorySwapMax"] == "0"
    assert found["PrivateNetwork"] == "yes"
    assert found["RestrictAddressFamilies"] == "AF_UNIX"
    assert found["ProtectProc"] == "invisible"
    assert found["StateDirectoryMode"] == "0700"
    assert found["UMask"] == "0077"


def test_what_can_be_written_cannot_be_executed() -> None:
    """``NoExecPaths=/`` leaves out the folders that systemd itself makes writable (tried)."""
    common = dict(settings(UNITS / "dropbox-.service.d/10-sandbox.conf"))
    closed = common["NoExecPaths"].split()
    for service in SERVICES:
        for key, value in [*common.items(), *settings(UNITS / service)]:
            if key in {"StateDirectory", "RuntimeDirectory"}:
                above = "/var/lib" if key == "StateDirectory" else "/run"
                assert {f"-{above}/{name}" for name in value.split()} <= set(closed), service


@pytest.mark.parametrize(
    ("swaps", "starts"),
    [("", True), ("/dev/sda2 partition 8388604 0 -2\n", False)],
)
def test_the_server_refuses_to_start_with_swap(tmp_path: Path, swaps: str, starts: bool) -> None:
    line = next(
        value for key, value in settings(UNITS / "dropbox-server.service") if key == "ExecStartPre"
    )
    proc = tmp_path / "swaps"
    proc.write_text("Filename Type Size Used Priority\n" + swaps)
    script = re.fullmatch(r"\+/usr/bin/awk '(.*)' /proc/swaps", line)
    assert script
    done = subprocess.run(["awk", script[1], str(proc)], check=False, timeout=10)
    assert (done.returncode == 0) is starts


@pytest.mark.parametrize(
    ("days", "alarm"), [(14, False), (10, False), (5, False), (4, True), (0, True)]
)
def test_a_directory_that_nobody_renews_is_an_alarm(days: int, alarm: bool) -> None:
    text = (UNITS / "dropbox-status.service").read_text()
    pattern = re.search(r'grep -Eq "(.*)"', text)
    assert pattern
    said = json.dumps({"directory": {"seq": 4, "days_left": days, "validity": "good"}})
    assert bool(re.search(pattern[1], said)) is alarm


def test_every_unit_calls_a_command_there_is_or_that_the_page_names() -> None:
    page = (DEPLOY.parent / "docs/operating.md").read_text()
    for service in SERVICES:
        text = (UNITS / service).read_text()
        for command in re.findall(rf"{PROGRAM} (\w+)", text):
            assert f"dropbox-server {command}" in page, (service, command)


def test_stopping_leaves_the_children_longer_than_they_take() -> None:
    from dropbox.limits import KILL_SECONDS

    found = dict(settings(UNITS / "dropbox-server.service"))
    assert found["KillMode"] == "mixed"
    assert int(found["TimeoutStopSec"].removesuffix("s")) > KILL_SECONDS


@pytest.mark.parametrize(
    "option", sorted((DEPLOY / "options").glob("*.conf")), ids=lambda o: o.stem
)
def test_every_option_can_be_added(folder: Path, tmp_path: Path, option: Path) -> None:
    with_option = tmp_path / "system"
    shutil.copytree(folder, with_option)
    drop_ins = with_option / "dropbox-server.service.d"
    drop_ins.mkdir()
    shutil.copy(option, drop_ins)
    unit = str(with_option / "dropbox-server.service")
    done = analyze(with_option, "verify", "--man=no", "--recursive-errors=one", unit)
    assert (done.returncode, done.stderr) == (0, "")
    assert exposure(with_option, "dropbox-server.service") <= MOST_EXPOSED


def test_the_user_of_the_units_is_made(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    file = DEPLOY / "sysusers/sealed-dropbox.conf"
    done = subprocess.run(
        [need("systemd-sysusers", "systemd"), f"--root={tmp_path}", "--dry-run", str(file)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = dict(settings(UNITS / "dropbox-.service.d/10-sandbox.conf"))
    assert f"Creating user '{found['User']}'" in done.stderr
    assert f"Creating group '{found['Group']}'" in done.stderr
