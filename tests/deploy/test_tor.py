"""The onion service's configuration: Tor takes it, and it opens no port (T46)."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy.tools import DEPLOY, need, replaced

TORRC = DEPLOY / "tor/torrc"


def verify(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    folder.chmod(0o700)
    (folder / "torrc").write_text(text)
    (folder / "defaults").touch()
    files = ["-f", str(folder / "torrc"), "--defaults-torrc", str(folder / "defaults")]
    return subprocess.run(
        [need("tor", "tor"), "--verify-config", *files, "--DataDirectory", str(folder / "data")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def torrc(folder: Path) -> str:
    return replaced(TORRC.read_text(), key=("/var/lib/tor/dropbox", str(folder / "onion")))


def test_tor_takes_it(tmp_path: Path) -> None:
    said = subprocess.run(
        [need("tor", "tor"), "--version"], capture_output=True, text=True, timeout=30, check=True
    ).stdout
    version = re.search(r"Tor version (\d+)\.(\d+)\.(\d+)", said)
    assert version
    if tuple(map(int, version.groups())) < (0, 4, 8):
        pytest.skip("this Tor has no proof of work")
    done = verify(tmp_path, torrc(tmp_path))
    assert done.returncode == 0, done.stdout
    assert "Configuration was valid" in done.stdout


def test_a_line_that_tor_does_not_know_would_be_found(tmp_path: Path) -> None:
    assert verify(tmp_path, torrc(tmp_path) + "\nHiddenServiceProofOfWork 1\n").returncode != 0


def test_nothing_listens_and_no_circuit_is_told() -> None:
    lines = [line for line in TORRC.read_text().splitlines() if line and line[0] != "#"]
    for line in (
        "SocksPort 0",
        "ORPort 0",
        "ControlPort 0",
        "ControlSocket 0",
        "HiddenServiceExportCircuitID none",
    ):
        assert line in lines
    ports = [line for line in lines if line.startswith("HiddenServicePort")]
    assert ports == ["HiddenServicePort 80 unix:/run/dropbox/web.sock"]


def test_every_line_has_its_reason() -> None:
    for block in TORRC.read_text().strip().split("\n\n"):
        assert block.startswith("#"), block
