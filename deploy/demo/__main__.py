"""A whole service to look at: invented people report, a team answers, and then it is yours to try.

Everything is a real program in a process of its own, on loopback, in a folder that is removed at
the end. ``--once`` ends when everything has been shown, for a machine where nobody looks.
"""

import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from deploy.demo.corpus import ANSWER, REPLIES, SCENARIOS, Lane, Scenario
from deploy.demo.forms import send_form
from deploy.demo.ports import free_pair
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
            play(Path(folder), once="--once" in sys.argv[1:])
    except KeyboardInterrupt:
        say("Stopped. Every process has ended and the folder is removed.")
    except Failed as failed:
        print(f"error: {failed}\nhint: run it again; if it stays, report it", file=sys.stderr)
        return 1
    return 0


def play(folder: Path, *, once: bool) -> None:
    """Twelve reports, some answers, what the disk holds; then both addresses, until Ctrl-C."""
    port, other = free_pair(FIRST_PORT)
    programs = Programs(folder, f"http://127.0.0.1:{port}", ANALYST_WORDS)
    step("A team makes its keys, and a server that has none of them")
    root = programs.init_team(TEAM)
    programs.init_server()
    with programs.serve() as address:
        words = send_all(programs, address)
        step("The team fetches them, and asks some of them something")
        answer(programs, words)
        step("What lies on the server's disk")
        print(disk_report(folder / "server", needles(words)))
        with programs.serve_inbox(other) as workstation:
            show_addresses(address, workstation, root, words)
            if not once:
                signal.pause()


def send_all(programs: Programs, origin: str) -> dict[str, str]:
    """Send every scenario in its way; its seven words by its name."""
    step(f"{len(SCENARIOS)} people report")
    words = {}
    for scenario in SCENARIOS:
        before = monotonic()
        if scenario.lane is Lane.PLAIN:
            words[scenario.name] = send_form(origin, scenario)
        else:
            words[scenario.name] = programs.send(scenario)
        seconds = monotonic() - before
        say(f"{scenario.name}  {scenario.title} ({scenario.lane.value}, {seconds:.1f} s)")
    return words


def answer(programs: Programs, words: dict[str, str]) -> None:
    """Ask, read the question as its reporter, and answer back."""
    for scenario in SCENARIOS:
        if scenario.name in REPLIES:
            case = programs.find_case(scenario.text)
            programs.inbox_text("reply", case, REPLIES[scenario.name])
            say(f"{scenario.name}  is case {case}, and was asked something")
    print(programs.check(words["S01"]))
    programs.reply(words["S01"], ANSWER)
    say("S01  has answered")


def show_addresses(origin: str, workstation: str, root: str, words: dict[str, str]) -> None:
    """Where to look, and with which words."""
    step("Now it is yours")
    say(f"Somebody who reports:  {origin}/")
    say(f"The team's analyst:    {workstation}")
    say(f"   their passphrase:   {ANALYST_WORDS}")
    say(f"The root fingerprint, as on a poster: {root}")
    say("The seven words of a mailbox in which there is an answer:")
    for name in REPLIES:
        say(f"   {name}  {words[name]}")
    say("Press Ctrl-C to end it all. Nothing is kept.")


def needles(words: dict[str, str]) -> list[str]:
    """Everything that must not be on the server's disk."""
    return [
        *(line for scenario in SCENARIOS for line in secrets_of(scenario)),
        *words.values(),
        *REPLIES.values(),
        ANSWER,
        ANALYST_WORDS,
    ]


def secrets_of(scenario: Scenario) -> Iterator[str]:
    """What a scenario must leave no trace of."""
    yield scenario.text
    yield from (attachment.name for attachment in scenario.attachments)
    yield from (answer for _, answer in scenario.answers if " " in answer)
    if scenario.contact:
        yield scenario.contact


def step(title: str) -> None:
    """A heading."""
    print(f"\n== {title}", flush=True)


def say(line: str) -> None:
    """One line under a heading."""
    print(f"   {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
