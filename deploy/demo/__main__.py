"""A whole service to look at: invented people report, a team answers, and then it is yours to try.

Everything is a real program in a process of its own, on loopback, in a folder that is removed at
the end. ``--once`` ends when everything has been shown, for a machine where nobody looks.
"""

import signal
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import monotonic

from deploy.demo import casework, staff
from deploy.demo.corpus import ANSWER, REPLIES, SCENARIOS, Scenario
from deploy.demo.ports import free_row
from deploy.demo.programs import Failed, together
from deploy.demo.service import Service
from deploy.demo.staff import STAFF, Person
from deploy.demo.team import PASSPHRASE, Team
from deploy.demo.traces import disk_report
from deploy.demo.tries import what_to_try

FIRST_PORT = 8700
PORTS = 1 + len(STAFF)


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
    """A team, its reports, what became of them, what the disk holds; then it is yours."""
    ports = free_row(FIRST_PORT, PORTS)
    origin = f"http://127.0.0.1:{ports[0]}"
    step("A team makes its keys, and a server that has none of them")
    team = Team(folder, origin)
    service = Service(folder, origin, team.root, team.directory)
    with service.serve():
        words = begin(team, service)
        step("What lies on the server's disk")
        print(disk_report(service.data, needles(words)))
        with team.serve(ports[1:]) as pages:
            show_addresses(origin, team, pages)
            show_words(words)
            show_tries({name: service.case_of(each) for name, each in words.items()})
            say("Press Ctrl-C to end it all. Nothing is kept.")
            if not once:
                signal.pause()


def begin(team: Team, service: Service) -> dict[str, str]:
    """Everything that happened before you came. Every scenario's seven words."""
    step("Four more people join the team")
    team.come_together(say)
    step(f"{len(SCENARIOS)} people report")
    words = dict(together(partial(send, service, each) for each in SCENARIOS))
    step("The team fetches them, shares the work out, and does it")
    team.work(service, words, say)
    return words


def send(service: Service, scenario: Scenario) -> tuple[str, str]:
    """Send one scenario in its way; its name and its seven words."""
    before = monotonic()
    words = service.send(scenario)
    seconds = monotonic() - before
    say(f"{scenario.name}  {scenario.title} ({scenario.lane.value}, {seconds:.1f} s)")
    return scenario.name, words


def show_addresses(origin: str, team: Team, pages: dict[Person, str]) -> None:
    """Where to look, and who one is there."""
    step("Now it is yours")
    say(f"Somebody who reports: {origin}/")
    say(f"   The root fingerprint, as on a poster: {team.root}")
    say("")
    say("The team. All five open in one browser, side by side, each address once.")
    say(f"Everybody's passphrase: {PASSPHRASE}")
    for person, address in pages.items():
        say("")
        say(f"{person.role}: {address}")
        say(f"   {person.label}: {person.can}")
        say(f"   vault: {team.of(person).vault}")


def show_words(words: dict[str, str]) -> None:
    """With which words a reporter comes back to an answer."""
    say("")
    say("The seven words of a mailbox in which there is an answer:")
    for name in REPLIES:
        say(f"   {name}  {words[name]}")


def show_tries(case: dict[str, str]) -> None:
    """What a stranger may want to see first."""
    say("")
    say("What to try:")
    for number, text in enumerate(what_to_try(case), 1):
        first, *more = text.splitlines()
        say(f"{number:>3}. {first}")
        for line in more:
            say(f"     {line}")


def needles(words: dict[str, str]) -> list[str]:
    """Everything that must not be on the server's disk."""
    return [
        *(line for scenario in SCENARIOS for line in secrets_of(scenario)),
        *words.values(),
        *REPLIES.values(),
        ANSWER,
        PASSPHRASE,
        *(each.why for each in staff.ASSIGNED),
        *(staff.CONCLUDED_WHY, staff.HELD_WHY, staff.INTEREST),
        *casework_texts(),
    ]


def secrets_of(scenario: Scenario) -> Iterator[str]:
    """What a scenario must leave no trace of."""
    yield scenario.text
    yield from (attachment.name for attachment in scenario.attachments)
    yield from (answer for _, answer in scenario.answers if " " in answer)
    if scenario.contact:
        yield scenario.contact


def casework_texts() -> Iterator[str]:
    """What the team wrote about the cases."""
    for assessed in (casework.SIGNPOSTED, casework.RELEASED, *casework.ASSESSED):
        yield assessed.remark
        yield from (line.partition(", ")[2] for line in assessed.thrive.splitlines())
    for reported in (casework.SANITISED, casework.BLOCKED):
        yield from (text for text, _ in reported.items)
        yield reported.risk
    yield from (line.partition(": ")[2] for line in casework.ESCALATION.splitlines())
    yield from (casework.DRAFT, casework.UNIT_ASKED, casework.INSTEAD)
    yield from (why for _, _, why in casework.LINKED)
    yield from (casework.AGREED, casework.OUTCOME)


def step(title: str) -> None:
    """A heading."""
    print(f"\n== {title}", flush=True)


def say(line: str) -> None:
    """One line under a heading."""
    print(f"   {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
