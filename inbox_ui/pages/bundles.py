"""A workstation without a network: the courier pass, and bundles that go out and come in.

A bundle can take its time, so it is written and read beside the pages; what came of it is shown
when it is done.
"""

import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from inbox_ui import durable
from inbox_ui.carried import Round
from inbox_ui.courier import make_pass, seal_pass
from inbox_ui.errors import AlreadyThere, InboxError, NoCourier, NoServer, WeakPassphrase
from inbox_ui.pages import choosing, words
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.choosing import Choice
from inbox_ui.pages.courier import SAYABLE
from inbox_ui.pages.sitting import Errand
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.settings import read_settings
from inbox_ui.station import Station


@dataclass(frozen=True)
class Bundles:
    """How far carrying has come; ``round`` is ``None`` where no pass was made.

    ``goal`` and ``pass_goal`` are files to make, ``made`` is one that was. ``wrong``: a field of
    these forms, and what to say there.
    """

    round: Round | None
    errand: Errand | None
    troubles: tuple[str, ...]
    choice: Choice
    goal: str
    pass_goal: str
    made: str = ""
    wrong: tuple[str, str] | None = None


async def show_bundles(call: Call) -> Answer:
    """The page."""
    return await _page(call)


async def make_courier_pass(call: Call) -> Answer:
    """A pass for the machine that carries. No file is replaced."""
    goal, ticket = call.form.whole_path("pass"), call.form.line("ticket")
    if call.unlocked.has_spent(ticket):
        return Goto("/bundles")
    if wrong := await _wrong_pass(call):
        return await _page(call, wrong=wrong)
    assert goal is not None
    place, typed = call.sitting.plan.place, VaultPassphrase(call.form.secret("new"))
    origin = place.server or read_settings(place.folder.settings).server
    if origin is None:
        raise NoServer

    def act(station: Station) -> None:
        made = make_pass(station.vault, origin, secrets.token_bytes)
        choosing.prepare(goal, place.folder.default_carried)
        durable.create(goal, seal_pass(made, typed, secrets.token_bytes))
        station.archive.carried.begin(made.number, origin)

    if not call.unlocked.spend(ticket):
        return Goto("/bundles")
    try:
        await call.at_desk(act)
    except InboxError as error:
        call.unlocked.give_back(ticket)
        return await _page(call, wrong=("pass", words.say(error)))
    return await _page(call, made=str(goal))


async def write_bundle(call: Call) -> Answer:
    """Write what is to go out. No file is replaced."""
    goal = call.form.whole_path("goal")
    if goal is None:
        return await _page(call, wrong=("goal", words.NOT_ABSOLUTE))
    if goal.exists():
        return await _page(call, wrong=("goal", words.say(AlreadyThere(goal))))
    return await _begin(call, Errand("export", goal))


async def read_bundle(call: Call) -> Answer:
    """Take in what came back."""
    source = choosing.read_choice(call.form)
    if source is None:
        return await _page(call, wrong=("other", choosing.find_wrong(call.form)))
    return await _begin(call, Errand("import", source))


async def _begin(call: Call, errand: Errand) -> Answer:
    unlocked = call.unlocked
    if unlocked.errand is not None and not unlocked.errand.ended:
        return await _page(call, wrong=("goal", words.ERRAND))
    if unlocked.spend(call.form.line("ticket")):
        unlocked.errand = errand
        await unlocked.wait_a_while(unlocked.go_on(_run(call, errand)))
    return Goto("/bundles")


async def _run(call: Call, errand: Errand) -> None:
    courier = call.unlocked.courier
    try:
        if errand.what == "import":
            errand.imported = await courier.read_bundle(errand.path)
        else:
            choosing.prepare(errand.path, call.sitting.plan.place.folder.default_carried)
            errand.exported = await courier.write_bundle(errand.path)
    except SAYABLE as error:
        errand.failed = words.explain(error)


async def _wrong_pass(call: Call) -> tuple[str, str] | None:
    form = call.form
    if form.whole_path("pass") is None:
        return "pass", words.NOT_ABSOLUTE
    try:
        VaultPassphrase(form.secret("new")).check_strength()
    except WeakPassphrase as weak:
        return "new", words.say(weak)
    if form.secret("new") != form.secret("again"):
        return "again", words.NOT_THE_SAME
    if form.line("sure") != "yes" and await call.at_desk(_round) is not None:
        return "sure", words.NOT_SURE
    return None


def _round(station: Station) -> Round | None:
    try:
        return station.archive.carried.round()
    except NoCourier:
        return None


async def _page(call: Call, made: str = "", wrong: tuple[str, str] | None = None) -> Page:
    folder, errand = call.sitting.plan.place.folder.default_carried, call.unlocked.errand
    choice = choosing.offer(folder, call.form)
    if wrong is not None and wrong[0] == "other":
        choice = replace(choice, error=wrong[1])
    found = await call.at_desk(_round)
    number = found.written + 1 if found is not None else 1
    troubles: tuple[str, ...] = ()
    if errand is not None and errand.imported is not None:
        troubles = tuple(map(words.say, errand.imported.outcome.troubles))
    view = Bundles(
        found,
        errand,
        troubles,
        choice,
        call.form.line("goal") or str(folder / f"out-{number}"),
        call.form.line("pass") or str(_free(folder / "pass")),
        made,
        wrong,
    )
    return Page("bundles.html", view, 400 if wrong else 200)


def _free(path: Path) -> Path:
    """``path``, or the next name of its kind that is not taken."""
    names = (path, *(path.with_name(f"{path.name}-{number}") for number in range(2, 100)))
    return next((each for each in names if not each.exists()), path)
