"""The stage that scenarios are played on: real programs, a real server, a real browser.

    stage.report(scenario)                    somebody reports; a ``Reporter`` with her seven words
    stage.run(TOMOS, "assess", case, …)       a command of somebody's, to its end
    stage.refuse(TOMOS, "reply", case, …)     one that has to be refused; what it says
    stage.page(EWA)                           her pages in Chromium, unlocked
    stage.release(case, report, CALDER)       written, read, agreed to by a second person, sent
    stage.unit(CALDER)                        the unit that receives: ``open`` and ``answer``
    stage.go(days=16)                         days pass for everybody

One server and one team play all scenarios of a module: whoever plays leaves other cases alone.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from playwright.sync_api import Browser

from crypto.casefile import case_name
from crypto.directory import Directory
from crypto.passphrase import Passphrase, mailbox_secret
from crypto.signed import split
from deploy.demo.corpus import Lane, Scenario
from deploy.demo.forms import send_form
from dropbox.settings import FILE_NAME
from inbox_ui.work.intelligence import CONDITIONS
from inbox_ui.work.release_words import SIGNS
from inbox_ui.work.sanitising import RUN
from tests.browser.apart import apart
from tests.browser.reporter import Writer
from tests.browser.workstation import Visitor, come_in, unlock
from tests.dropbox.server import Server, free_port
from tests.dropbox.server import run as run_server
from tests.dropbox.team import Team
from tests.processes import found_in_folder
from tests.scenarios import programs
from tests.scenarios.people import INTEREST, JOINING, NOOR, SAM, STAFF, UNITS, Person, UnitOf
from tests.scenarios.programs import Ran, Serving

PASSPHRASE = "five invented words for nobody"
_DAY = 86_400
_RENEWED = 6
"""Days after which somebody has to sync, so that no directory runs out."""


class Stage:
    """The team, its server and its units, in one folder. A context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.clock = folder / "clock"
        self.clock.write_text("0")
        self.days = 0
        self._passphrase = folder / "passphrase"
        self._passphrase.write_text(PASSPHRASE)
        self._passphrase.chmod(0o600)
        self._port = free_port()
        self.origin = f"http://127.0.0.1:{self._port}"
        self._serving: dict[Person, Serving] = {}
        self._seats: dict[Person, Visitor] = {}
        self.browser: Browser | None = None
        made = json.loads(
            self.run(
                NOOR, "init", "--team", "DEMO Reporting Charity", "--label", NOOR.label,
                "--origin", self.origin, "--json",
            ).out
        )  # fmt: skip
        self.root, self._directory = made["root"], Path(made["directory"])
        self._begin_server()

    def _begin_server(self) -> None:
        where = ("--data", self.data, "--origin", self.origin, "--database", "sqlite")
        done = apart(lambda: run_server("init", *where, "--directory", self._directory))
        assert done.returncode == 0, done.stderr
        settings = self.data / FILE_NAME
        settings.write_text(settings.read_text() + "most_work = 0\n")  # see make_data

    def __enter__(self) -> "Stage":
        self._server = Server(self.data, Team(), port=self._port, clock=self.clock)
        self._server.__enter__()
        try:
            self._come_together()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for visitor in self._seats.values():
            visitor.context.close()
        for serving in self._serving.values():
            serving.stop()
        self._server.stop()

    def _come_together(self) -> None:
        """The others join, the units are listed, and everybody has the list."""
        for person in JOINING:
            self._join(person)
        for each in UNITS:
            self._list(each)
        for _ in range(2):
            self.sync()
        for person in (each for each in JOINING if "analyst" in each.duties):
            self.run(person, "recipients", "take", self.vault(NOOR) / "recipients.signed")
        self.run(SAM, "interests", "--declare", INTEREST)

    def _join(self, person: Person) -> None:
        pinned = ("--team-directory", self._directory, "--root", self.root, "--server", self.origin)
        asked = json.loads(self.run(person, "join", *pinned, "--json").out)
        admission = self.folder / f"{person.key}.admission"
        duties = [argument for each in person.duties for argument in ("--duty", each)]
        admitted = self.call(
            "admit", asked["request"], "--fingerprint", asked["fingerprint"],
            "--root-file", self.folder / f"{NOOR.key}.root",
            "--root-passphrase-file", self._passphrase,
            "--label", person.label, *duties, "--out", admission,
            "--intake" if person.intake else "--no-intake",
        )  # fmt: skip
        assert admitted.code == 0, admitted.err
        self.run(NOOR, "roster", "add", admission, "--yes")
        self.run(person, "join", "--admission", admission)
        self.run(person, "sync")

    def _list(self, unit: UnitOf) -> None:
        fingerprint = self.unit(unit).begin()
        card = ("--fingerprint", fingerprint, "--id", unit.id, *unit.said, "--yes")
        self.run(NOOR, "recipients", "add", self.unit(unit).card, *card)

    # -- the team -------------------------------------------------------------------------------

    def vault(self, person: Person) -> Path:
        return self.folder / person.key

    def run(self, person: Person, *command: str | Path, text: str = "") -> Ran:
        """A command of ``person``'s, which has to succeed. ``text`` is its text."""
        done = self._try(person, *command, text=text)
        assert done.code == 0, (command, done.err)
        return done

    def refuse(self, person: Person, *command: str | Path, text: str = "") -> str:
        """What a command says on stderr that has to be refused."""
        done = self._try(person, *command, text=text)
        assert done.code == 1, (command, done)
        return done.err

    def _try(self, person: Person, *command: str | Path, text: str) -> Ran:
        texts = ("--text-file", "-") if text else ()
        opens = ("--vault", self.vault(person), "--passphrase-file", self._passphrase)
        return self.call(*command, *texts, *opens, text=text)

    def call(self, *arguments: str | Path, text: str = "") -> Ran:
        """``dropbox-inbox``, whoever it is that runs it."""
        return programs.run("dropbox-inbox", *arguments, clock=self.clock, text=text)

    def show(self, person: Person, case: str) -> list[dict[str, Any]]:
        """What a case says to ``person``, as ``show`` prints it for programs."""
        messages = json.loads(self.run(person, "show", case, "--json").out)["messages"]
        return list(messages)

    def queue(self, person: Person, queue: str) -> list[str]:
        """The cases of one of the lists, by their names, the most urgent first."""
        listed = json.loads(self.run(person, "list", "--queue", queue, "--json").out)
        return [each["case"] for each in listed]

    def sync(self, *people: Person) -> None:
        for each in people or STAFF:
            self.run(each, "sync")

    def give(self, case: str, *handlers: Person) -> None:
        """The supervisor gives a case to ``handlers``, who have it afterwards."""
        labels = (each.label for each in handlers)
        self.run(NOOR, "assign", case, *labels, "--yes", text="DEMO. Yours.")
        self.sync(*handlers)

    def go(self, days: int) -> None:
        """Days pass, for the server and for everybody; all sync about once a week."""
        while days > 0:
            step = min(days, _RENEWED)
            self.days += step
            self.clock.write_text(str(self.days * _DAY))
            days -= step
            self.sync()

    def write(self, name: str, content: str | bytes) -> Path:
        """A file for a command, below the folder."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    # -- pages ----------------------------------------------------------------------------------

    def page(self, person: Person) -> Visitor:
        """The pages of ``person``, unlocked, in a browser of its own; the same one again."""
        assert self.browser is not None, "ask for the fixture `pages`"
        if person not in self._serving:
            started = len(list(self.logs.glob(f"serve-{person.key}-*")))  # again after `leave`
            folder = self.logs / f"serve-{person.key}-{started}"
            arguments = ("--vault", self.vault(person), "--pause", "2", "--lock-after", "86400")
            self._serving[person] = Serving(folder, arguments, self.clock).start()
        if person not in self._seats:
            visitor = come_in(self.browser, self._serving[person])  # type: ignore[arg-type]
            visitor.page.set_default_timeout(120_000)
            unlock(visitor.page)
            self._seats[person] = visitor
        return self._seats[person]

    def leave(self) -> None:
        """Nobody looks any more: browsers and their programs end."""
        while self._seats:
            self._seats.popitem()[1].context.close()
        while self._serving:
            self._serving.popitem()[1].stop()

    # -- reporters ------------------------------------------------------------------------------

    def report(self, scenario: Scenario) -> "Reporter":
        """Somebody reports in the scenario's way."""
        if scenario.lane is Lane.PLAIN:
            return Reporter(self, apart(lambda: send_form(self.origin, scenario)))
        about = ["--category", scenario.category, "--language", scenario.language]
        for force in scenario.forces:
            about += ["--force", force]
        for each in scenario.attachments:
            about += ["--attach", str(self.write(each.name, each.content)), "--keep-metadata"]
        sent = self._report("send", *about, "--text-file", "-", text=scenario.text)
        for each in scenario.attachments:
            (self.folder / each.name).unlink()
        return Reporter(self, sent.out.strip())

    def writer(self, **how: Any) -> Writer:
        """Somebody with a browser and scripts, at the reporters' site. Close her ``context``."""
        assert self.browser is not None, "ask for the fixture `pages`"
        place = SimpleNamespace(server=SimpleNamespace(url=self.origin))
        return Writer(self.browser, place, **how)  # type: ignore[arg-type]

    def _report(self, command: str, *arguments: str, text: str = "") -> Ran:
        where = ("--server", self.origin, "--root", self.root)
        done = programs.run(
            "dropbox-report", command, *where, *arguments, clock=self.clock, text=text
        )
        assert done.code == 0, done.err
        return done

    @cached_property
    def _service(self) -> bytes:
        return Directory.from_bytes(split(self._directory.read_bytes())[1]).service

    # -- intelligence ---------------------------------------------------------------------------

    def draft(self, person: Person, case: str, *, ref: str = "", **changes: Any) -> "Kept":
        """A version of an intelligence report, with ``changes`` to its form (see ``keep``)."""
        form = self.folder / "form"
        which = ("--ref", ref) if ref else ()
        self.run(person, "intelligence", "form", case, *which, "--out", form, "--yes")
        said = json.loads(form.read_text())
        for name in ("pool", "not_before"):
            if name in changes:
                said[name] = changes.pop(name)
        said["report"].update(changes)
        form.write_text(json.dumps(said))
        kept = self.run(person, "intelligence", "keep", case, form)
        form.unlink()
        signs = [line for line in kept.err.splitlines() if any(map(line.count, SIGNS.values()))]
        return Kept(said["report"]["ref"], "\n".join(signs))

    def agree(self, case: str, ref: str, author: Person, second: Person) -> None:
        """Both go through the whole checklist, and the second agrees."""
        for each in (author, second):
            self.run(each, "intelligence", "read", case, ref, "--all")
        self.run(second, "intelligence", "consent", case, ref)

    def send(self, person: Person, case: str, ref: str) -> list[Path]:
        """Seal a report to its units: the packages."""
        out = self.folder / "packages"
        sent = self.run(person, "intelligence", "send", case, ref, "--into", out)
        return [Path(line) for line in sent.out.splitlines()]

    def pass_on(self, case: str, ref: str, author: Person, second: Person) -> Path:
        """Both agree, and the author seals it to its one unit: the package."""
        self.agree(case, ref, author, second)
        [package] = self.send(author, case, ref)
        return package

    def take(self, person: Person, case: str, answer: Path) -> str:
        """Take in what a unit answered; what it says."""
        return self.run(person, "intelligence", "answer", case, answer).out

    def unit(self, unit: UnitOf) -> "Unit":
        return Unit(self, unit, self.folder / f"unit-{unit.id}")

    # -- what is left behind --------------------------------------------------------------------

    def traces(self, *needles: str) -> dict[str, set[str]]:
        """Where any of ``needles`` lies open: by place, which of them. Nothing, if all is well.

        Looked into are what the units have, what the server has on its disk, the vaults, and
        everything that a program which serves has said. A control is found first.
        """
        control = "CONTROL that can be found"
        (self.logs / "control").write_text(control)
        for name in ("stdout", "stderr"):
            said = self.data.with_name(f"{self.data.name}.{name}")
            with suppress(FileNotFoundError):
                (self.logs / f"server.{name}").write_bytes(said.read_bytes())
        assert found_in_folder(self.logs, [control]) == {control}
        places = [self.logs, self.data, *map(self.vault, STAFF)]
        places += [self.unit(each).folder for each in UNITS]
        found = {each.name: found_in_folder(each, needles) for each in places}
        return {name: each for name, each in found.items() if each}


@dataclass(frozen=True)
class Kept:
    """A version of an intelligence report. ``signs`` is what the program said was found in it."""

    ref: str
    signs: str


@dataclass
class Reporter:
    """Somebody who has reported, and has nothing but seven words."""

    stage: Stage
    words: str = field(repr=False)

    @property
    def case(self) -> str:
        """What the team calls her case."""
        secret = mailbox_secret(Passphrase(tuple(self.words.split())), self.stage._service)
        return case_name(secret.keys.card.id)

    def look(self) -> list[str]:
        """What the team has written to her."""
        read = json.loads(self._do("check", "--json").out)["messages"]
        return [each["text"] for each in read if each["kind"] == "reply"]

    def answer(self, text: str) -> None:
        self._do("reply", "--text-file", "-", text=text)

    def withdraw(self) -> None:
        """Take contact details back."""
        self._do("withdraw", "--yes")

    def _do(self, command: str, *arguments: str, text: str = "") -> Ran:
        file = self.stage.write("words", self.words)
        try:
            known = ("--passphrase-file", str(file))
            return self.stage._report(command, *known, *arguments, text=text)
        finally:
            file.unlink()


@dataclass(frozen=True)
class Unit:
    """A receiving unit. ``folder`` has everything that it has."""

    stage: Stage
    unit: UnitOf
    folder: Path

    def begin(self) -> str:
        """Make the key and the card; the fingerprint that is read out."""
        self.folder.mkdir()
        pinned = ("--team-directory", self.stage._directory, "--root", self.stage.root)
        return self._do(
            "init", *pinned, "--name", self.unit.name, "--out", self.card
        ).out.strip()  # fmt: skip

    @property
    def card(self) -> Path:
        return self.folder / "card"

    def open(self, package: Path) -> Mapping[str, Any]:
        """The report that is in a package, as the unit's JSON has it."""
        (self.folder / package.name).write_bytes(package.read_bytes())
        before = set(self.folder.rglob("*.json"))
        self._do("open", self.folder / package.name, "--into", self.folder / "reports")
        [new] = set(self.folder.rglob("*.json")) - before
        found: Mapping[str, Any] = json.loads(new.read_text("utf-8"))
        return found

    def answer(self, ref: str, says: str = "acknowledged", text: str = "") -> Path:
        """A sealed answer to the team: ``acknowledged``, ``outcome`` or ``question``."""
        out = self.folder / f"{ref}.answer"
        texts = ("--text-file", "-") if text else ()
        self._do("answer", ref, "--says", says, *texts, "--out", out, text=text)
        return out

    def _do(self, command: str, *arguments: str | Path, text: str = "") -> Ran:
        own = ("--unit", self.folder / "key", "--passphrase-file", self.stage._passphrase)
        done = self.stage.call("recipient", command, *arguments, *own, text=text)
        assert done.code == 0, (command, done.err)
        return done


def item(text: str, grade: str = "C", *, reason: str = "") -> dict[str, str]:
    """An item of information in a form, with the conditions that are preset."""
    return {
        "text": text,
        "information": grade,
        "reason": reason,
        "handling": "C",
        "conditions": CONDITIONS,
    }


def subject(name: str = "", **said: str) -> dict[str, str]:
    """Whom a report is about, in a form."""
    return {"name": name, "number": "", "role": "", "team": "", "force": "", **said}


def runs_of(*texts: str) -> set[str]:
    """Every run of so many of a reporter's words that nobody writes them twice by chance."""
    found = set()
    for text in texts:
        words = re.findall(r"\w+", text.lower())
        found |= {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    return found


def begin(folder: Path) -> Iterator[Stage]:
    """For a fixture: the stage, with everybody on it."""
    with Stage(folder) as stage:
        yield stage
