"""``dropbox-report`` where a person sits: hidden words, a bar, Ctrl-C."""

import asyncio
import contextlib
import os
import pty
import secrets
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from crypto.envelope import Chain
from crypto.keys import GroupSecret
from tests.report.conftest import PROGRAM, Place, refused


def at_a_terminal(arguments: list[str], lines: dict[str, str]) -> tuple[int, str]:
    """The command at a terminal of its own; each line is typed when its key has been shown."""
    lines = dict(lines)
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(PROGRAM[0], [*PROGRAM, *arguments])
    shown = ""
    with contextlib.suppress(OSError):  # EIO: the other side has ended
        while data := os.read(terminal, 4096):
            shown += data.decode()
            for key in [key for key in lines if key in shown]:
                os.write(terminal, lines.pop(key).encode())
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown


def test_words_typed_at_a_terminal_are_not_shown(place: Place) -> None:
    words = place.send()
    code, shown = at_a_terminal(["check", *place.options], {"seven words": f"{words}\n"})
    assert code == 0, shown
    assert "not written yet" in shown
    assert words not in shown


async def test_a_mailbox_that_is_not_whole_is_answered_only_after_asking(
    place: Place, words_file: Callable[[str], Path]
) -> None:
    words = place.send()
    stranger = replace(place.team, intake=GroupSecret.generate(secrets.token_bytes))
    team = replace(place.correspondent(words), team=stranger)  # its group is listed nowhere
    await place.post(team.reply("Tell me your name."))
    file = words_file(words)
    ran = place.run("check", "--passphrase-file", file)
    assert ran.code == 1
    assert "cannot be trusted and is not shown" in ran.out
    assert "Tell me your name" not in ran.out
    assert "not whole" in ran.error
    answer = ["reply", *place.options, "--text-file", __file__]
    with_file = ("reply", "--text-file", __file__, "--passphrase-file", file)
    refused(place.run(*with_file), 1, "--yes", "Nothing was sent")
    for typed, code in (("n", 1), ("y", 0)):
        lines = {"seven words": f"{words}\n", "[y/N]": f"{typed}\n"}
        ended, shown = await asyncio.to_thread(at_a_terminal, answer, lines)
        assert ended == code, shown
        assert "Send your answer all the same?" in shown
    assert len((await place.case(words)).of(Chain.REPORTER)) == 2
    ran = place.run(*with_file, "--yes")
    assert ran.code == 0, ran.err


def test_ctrl_c_while_it_starts_is_no_crash(place: Place) -> None:
    for delay in (0.05, 0.15, 0.3, 0.5):
        process = subprocess.Popen(
            [*PROGRAM, "check", *place.options], stderr=subprocess.PIPE, start_new_session=True
        )
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=180)
        assert b"commands.py" not in err
        assert process.returncode != 0


def test_a_bar_is_drawn_where_somebody_watches(place: Place, tmp_path: Path) -> None:
    (path := tmp_path / "film.mp4").write_bytes(bytes(3_000_000))
    options = ["send", *place.options, "--text-file", str(path.with_suffix(".txt"))]
    path.with_suffix(".txt").write_text("hello")
    code, shown = at_a_terminal([*options, "--attach", str(path)], {})
    assert code == 0, shown
    assert "film.mp4" in shown
    assert "100%" in shown
    assert "100%" not in place.run(*options[:1], *options[-2:], "--attach", path).err
