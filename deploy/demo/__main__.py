"""Play the round trip with the real programs, each as its own process, in a folder of its own."""

import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from deploy.demo.corpus import ANSWER, QUESTION, SCENARIOS, Scenario
from deploy.demo.programs import Failed, Programs
from deploy.demo.traces import disk_report

TEAM = "DEMO Reporting Charity"
ANALYST_WORDS = "demo demo demo demo demo passphrase"
FIRST_PORT = 8700


def main() -> int:
    """Run the demo; 0 if everything it shows is true."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory(prefix="dropbox-demo-") as folder:
            play(Path(folder))
    except KeyboardInterrupt:
        say("Stopped. Every process has ended and the folder is removed.")
        return 1
    except Failed as failed:
        print(f"error: {failed}", file=sys.stderr)
        return 1
    return 0


def play(folder: Path) -> None:
    """The whole round trip."""
    origin = f"http://127.0.0.1:{free_port(FIRST_PORT)}"
    programs = Programs(folder, origin, ANALYST_WORDS)
    step("The team makes its keys, and a server that has none of them")
    root = programs.init_team(TEAM)
    say(f"root fingerprint, as on a poster: {root}")
    programs.init_server()
    with programs.serve() as address:
        say(f"the server is at {address}")
        words = send_all(programs)
        step("The team fetches and lists them at its workstation")
        print(programs.inbox("list"))
        answer_first(programs, words["S01"])
        step("What lies on the server's disk")
        print(disk_report(folder / "server", needles(words)))
    step("Done. The server has ended and the folder is removed")


def send_all(programs: Programs) -> dict[str, str]:
    """Send every scenario; its seven words by its name."""
    step(f"{len(SCENARIOS)} people report, each sealed on their own machine")
    words = {}
    for scenario in SCENARIOS:
        before = monotonic()
        words[scenario.name] = programs.send(scenario)
        seconds = monotonic() - before
        say(f"{scenario.name} {scenario.title}: {words[scenario.name]} ({seconds:.1f} s)")
    return words


def answer_first(programs: Programs, words: str) -> None:
    """Answer the first report, read the answer as its reporter, and answer back."""
    case = programs.find_case(SCENARIOS[0].text)
    step(f"An analyst opens case {case}")
    print(programs.inbox("show", case))
    step("and asks a question")
    programs.inbox_text("reply", case, QUESTION)
    step("The reporter comes back with the seven words")
    print(programs.check(words))
    step("and answers")
    programs.reply(words, ANSWER)
    print(programs.inbox("show", case))


def needles(words: dict[str, str]) -> list[str]:
    """Everything that must not be on the server's disk."""
    return [
        *(line for scenario in SCENARIOS for line in secrets_of(scenario)),
        *words.values(),
        QUESTION,
        ANSWER,
        ANALYST_WORDS,
    ]


def secrets_of(scenario: Scenario) -> Iterator[str]:
    """What a scenario must leave no trace of."""
    yield scenario.text
    yield from (attachment.name for attachment in scenario.attachments)


def free_port(first: int) -> int:
    """The first free port from ``first`` on."""
    for port in range(first, first + 200, 2):
        with closing_socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Failed("no port is free")


@contextmanager
def closing_socket() -> Iterator[socket.socket]:
    """A socket that is closed again."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        yield probe


def step(title: str) -> None:
    """A heading."""
    print(f"\n== {title}", flush=True)


def say(line: str) -> None:
    """One line under a heading."""
    print(f"   {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
