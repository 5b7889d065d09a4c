"""The team of the demo: how it came together, and what it did before you came."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from deploy.demo import staff
from deploy.demo.casework import RECEIVERS
from deploy.demo.corpus import ANSWER, REPLIES
from deploy.demo.handling import Handling
from deploy.demo.programs import running, together
from deploy.demo.service import Service
from deploy.demo.staff import JOINING, STAFF, SUPERVISOR, Person
from deploy.demo.unit import Unit
from deploy.demo.workstation import Workstation

PASSPHRASE = "demo demo demo demo demo passphrase"  # noqa: S105 - printed, and good for nothing
"""Everybody's: of the demo only."""
NAME = "DEMO Reporting Charity"

Say = Callable[[str], None]


class Team:
    """Everybody's workstations in ``folder``, for the server at ``origin``, and the units."""

    def __init__(self, folder: Path, origin: str) -> None:
        passphrase = folder / "passphrase"
        passphrase.touch(mode=0o600)
        passphrase.write_text(PASSPHRASE)
        self._at = {each: Workstation(each, folder, origin, passphrase) for each in STAFF}
        self._units = {each.key: Unit(each, folder, passphrase) for each in RECEIVERS}
        self.root, self.directory = self.of(SUPERVISOR).begin_team(NAME)

    def of(self, person: Person) -> Workstation:
        """The workstation of ``person``."""
        return self._at[person]

    def come_together(self, say: Say) -> None:
        """The others join: asked, admitted by the root holder, taken into the roster."""
        supervisor = self.of(SUPERVISOR)
        say(f"{SUPERVISOR.label}  began the team: {SUPERVISOR.role.lower()} and publisher")

        def ask(person: Person) -> None:
            self.of(person).ask_to_join(self.root, self.directory)
            say(f"{person.label}  read the fingerprint out, and the root holder admitted them")

        def finish(person: Person) -> None:
            self.of(person).finish_joining()
            say(f"{person.label}  is of the team: {person.role}")

        sync = partial(supervisor.do, "sync")  # gives the server the first roster
        together([sync, *(partial(ask, each) for each in JOINING)])
        for each in JOINING:
            supervisor.do("roster add", str(self.of(each).admission), "--yes")
        together(partial(finish, each) for each in JOINING)

    def work(self, service: Service, words: dict[str, str], say: Say) -> None:
        """Ask some, give cases to handlers, and do the casework."""
        case = {name: service.case_of(each) for name, each in words.items()}
        supervisor = self.of(SUPERVISOR)
        supervisor.do("sync")
        for name, text in REPLIES.items():
            supervisor.do("reply", case[name], "--offline", text=text)
            say(f"{name}  is case {case[name]}, and was asked something")
        supervisor.do("sync")  # questions come back before their cases are given away
        for each in staff.ASSIGNED:
            labels = (person.label for person in each.handlers)
            supervisor.do(
                "assign", case[each.scenario], *labels, "--offline", "--yes", text=each.why
            )
            roles = " and ".join(person.role for person in each.handlers)
            say(f"{each.scenario}  is case {case[each.scenario]}, given to {roles}")
        supervisor.do("sync")
        say(f"S01  sees this:\n{service.check(words['S01'])}")
        service.reply(words["S01"], ANSWER)
        say("S01  has answered")
        Handling(self._at, self._units, case, say).play(self._begin_unit)

    def _begin_unit(self, unit: Unit) -> str:
        return unit.begin(self.root, self.directory)

    @contextmanager
    def serve(self, ports: range) -> Iterator[dict[Person, str]]:
        """Everybody's pages: their addresses, each of which holds a key that is good once."""
        commands = [self.of(each).serving(port) for each, port in zip(STAFF, ports, strict=True)]
        with running(*commands) as addresses:
            yield dict(zip(STAFF, addresses, strict=True))
