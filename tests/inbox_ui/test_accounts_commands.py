"""The commands that account for the work, as they are typed."""

from collections.abc import Callable
from pathlib import Path

from crypto.export import verify_export
from inbox_ui import exporting
from tests.inbox_ui import test_commands
from tests.inbox_ui.conftest import Clock, Desk, Writer

Run = Callable[..., test_commands.Ran]
run = test_commands.run
NAME = "Rowan Tait"


def test_figures_and_answers_are_printed_written_and_refused(
    run: Run, desk: Desk, clock: Clock, tmp_path: Path
) -> None:
    for number in range(5):
        Writer(desk.server).write(f"Invented report {number}: {NAME} sells checks.")
    desk.sync()
    shown = run("figures", "show", "--offline")
    assert (shown.code, "All reports: 5" in shown.out) == (0, True)
    assert "1,988 of 2,878 (69%)" in shown.out
    sheet = tmp_path / "sheet.csv"
    months = ("--from", "2026-11", "--to", "2026-11")
    early = run("figures", "oversight", *months, "--csv", sheet, "--offline")
    assert (early.code, sheet.exists()) == (1, False)  # the month is not over
    clock.go(10)
    made = run("figures", "oversight", *months, "--csv", sheet, "--offline")
    assert made.code == 0
    assert sheet.read_bytes().startswith(b'"Table","Kind","Reports"\r\n')
    wider = run("figures", "oversight", "--from", "2026-10", "--to", "2026-11", "--offline")
    assert (wider.code, "error:" in wider.err, "hint:" in wider.err) == (1, True, True)
    found = run("subject-access", "find", *NAME.split(), "--offline")
    assert found.out.count("A reporter’s own words.") == 5
    assert "sells checks" not in found.out
    files = [tmp_path / "one", tmp_path / "other"]
    for name, path in zip((NAME, "Nobody Whatever"), files, strict=True):
        assert run("subject-access", "answer", name, "--out", path, "--offline").code == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    [station, case] = [desk.station, desk.cases()[0]]
    log = tmp_path / "log"
    log.write_bytes(exporting.make_export(station, case))
    root = verify_export(log.read_bytes(), station.vault.service).directory.root_card.fingerprint
    counted = run("figures", "audit", log, "--root", root, place=False)
    assert (counted.code, "cases of which there is a log  fewer than 5" in counted.out) == (0, True)
    assert "take one from the other" in counted.err
    log.write_bytes(log.read_bytes()[:-1])
    assert run("figures", "audit", log, "--root", root, place=False).code == 1
