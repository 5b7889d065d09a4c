"""``recipients``: the team's list of units. ``recipient``: what a receiving unit does."""

import functools
import secrets
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from dropbox.client.terminal import visible, visible_line
from inbox_ui import console, durable, options, people_words, recipients, unit_file
from inbox_ui import release_words as words
from inbox_ui.folder import FOLDER_MODE
from inbox_ui.options import Place
from inbox_ui.recipients import Wished
from inbox_ui.texts import read_text
from inbox_ui.work.intelligence import Says
from inbox_ui.work.paper import sections
from inbox_ui.work.release_words import UNIT_KINDS
from inbox_ui.work.units import Kind, Unit, Units

F = TypeVar("F", bound=Callable[..., Any])

_DAYS: Final = 180
"""Days for which a key is listed unless somebody says otherwise."""


@click.group("recipients")
def recipients_group() -> None:
    """The units that reports are released to: a list that a publisher signs."""


@recipients_group.command("list")
@options.place_options
def list_units(place: Place) -> None:
    """Who is on the list, for which forces, and until when."""
    with place.open() as station:
        units = recipients.units_of(station, place.folder)
        console.print_result("\n".join(_lines(units, station.today())))


def _said(command: F) -> F:
    """What a publisher says of a unit, given to the command as one ``said``."""

    @functools.wraps(command)
    def with_said(
        unit: str,
        name: str | None,
        kind: str | None,
        force: str | None,
        until: date | None,
        routes: tuple[str, ...],
        alternate: tuple[str, ...],
        people: tuple[str, ...],
        **rest: Any,
    ) -> Any:
        until = until or options.today() + timedelta(days=_DAYS)
        said = Wished(
            unit,
            name,
            Kind(kind) if kind else None,
            force,
            until,
            routes or None,
            alternate or None,
            people or None,
        )
        return command(said=said, **rest)

    kinds = click.Choice([each.value for each in Kind])
    chosen = (
        click.option("--id", "unit", required=True, metavar="ID", help="A short name of ours."),
        click.option("--name", metavar="NAME", help="What it is called; else as its card says."),
        click.option("--kind", type=kinds, help="What it is. A new unit needs it."),
        click.option("--force", metavar="ID", help="The force it is of, if of one."),
        click.option(
            "--until", callback=options.read_day, metavar="DAY", help="The key's last day."
        ),
        _many("--route", "routes", "FORCE", "A force it is there for."),
        _many("--alternate-for", "alternate", "FORCE", "A force whose own unit it stands in for."),
        _many("--person", "people", "NAME", "Somebody who works there."),
    )
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(chosen), with_said)  # type: ignore[return-value]


def _many(option: str, name: str, metavar: str, said: str) -> Callable[[F], F]:
    return click.option(option, name, multiple=True, metavar=metavar, help=f"{said} Repeatable.")


@recipients_group.command("add")
@options.place_options
@click.argument("card", metavar="CARD", type=options.FILE)
@click.option("--fingerprint", required=True, metavar="TYPED", help="As the unit read it out.")
@_said
@options.yes
def add_unit(place: Place, card: Path, fingerprint: str, said: Wished, yes: bool) -> None:
    """Put a unit on the list, or its new card in the place of the old one. What is not said of a
    unit that is on the list stays as it is."""
    given = recipients.read_unit_card(card, fingerprint)
    with place.open() as station:
        before, unit = recipients.plan(station, place.folder, given.subject, said, given.name)
        console.ask_yes(_ask(before, unit), yes, place.silent)
        recipients.put(station, place.folder, unit)
    console.say(words.LISTED.format(path=place.folder.recipients))


def _ask(before: Unit | None, unit: Unit) -> str:
    """What a publisher is asked: with all that would be different of a unit that is listed."""
    question = words.ASK_LIST.format(name=visible_line(unit.name), day=unit.until)
    if before is None:
        return question
    lines = [words.NEW_KEY] if before.card != unit.card else []
    lines += [
        words.CHANGES[name].format(before=_told(before, name), now=_told(unit, name))
        for name in words.CHANGES
        if getattr(before, name) != getattr(unit, name)
    ]
    same = [words.STAYS[name].format(now=_told(unit, name)) for name in words.STAYS]
    return "\n".join([words.ON_THE_LIST.format(unit=unit.id), *lines, *same, question])


def _told(unit: Unit, name: str) -> str:
    """A member of a unit in a line."""
    value = getattr(unit, name)
    if isinstance(value, Kind):
        return UNIT_KINDS[value]
    each = ", ".join(value) if isinstance(value, tuple) else str(value)
    return visible_line(each) or words.NOBODY


@recipients_group.command("people")
@options.place_options
@click.argument("unit", metavar="ID")
@_many("--add", "add", "NAME", "Somebody who works there.")
@_many("--remove", "remove", "NAME", "Somebody who works there no more.")
def change_people(place: Place, unit: str, add: tuple[str, ...], remove: tuple[str, ...]) -> None:
    """Say who works at a unit, without its card: what names one of them does not go there."""
    if not (add or remove):
        raise click.UsageError(words.WHO_CHANGES)
    with place.open() as station:
        changed = recipients.change_people(station, place.folder, unit, add, remove)
    console.print_result(words.PEOPLE.format(names=_told(changed, "people")))
    console.say(words.LISTED.format(path=place.folder.recipients))


@recipients_group.command("remove")
@options.place_options
@click.argument("unit", metavar="ID")
def remove_unit(place: Place, unit: str) -> None:
    """Take a unit off the list: nothing is sealed to it any more, and no answer of it is taken."""
    with place.open() as station:
        recipients.remove(station, place.folder, unit)
    console.say(words.LISTED.format(path=place.folder.recipients))


@recipients_group.command("renew")
@options.place_options
def renew_list(place: Place) -> None:
    """Sign the same list anew. The keys on it end when they did."""
    with place.open() as station:
        units = recipients.change(station, place.folder, lambda units: units)
    console.say(words.RENEWED.format(day=units.expires))
    console.say(words.LISTED.format(path=place.folder.recipients))


@recipients_group.command("take")
@options.place_options
@click.argument("source", metavar="FILE", type=options.FILE)
def take_list(place: Place, source: Path) -> None:
    """Take in the list that a publisher has made elsewhere. An older one is refused."""
    with place.open() as station:
        units = recipients.take(station, place.folder, source)
        console.print_result("\n".join(_lines(units, station.today())))


def _lines(units: Units, today: date) -> list[str]:
    head = words.LIST_HEAD.format(seq=units.seq, day=units.expires)
    return [head, *(_line(each, today) for each in units.units)]


def _line(unit: Unit, today: date) -> str:
    state = words.UNTIL.format(day=unit.until) if today <= unit.until else words.RUN_OUT
    parts = [
        unit.id,
        visible_line(unit.name),
        UNIT_KINDS[unit.kind],
        state,
        people_words.spell(unit.subject.fingerprint),
    ]
    if unit.routes:
        parts.append(words.ROUTES.format(forces=", ".join(unit.routes)))
    if unit.alternate:
        parts.append(words.STANDS_IN.format(forces=", ".join(unit.alternate)))
    if unit.people:
        parts.append(words.PEOPLE.format(names=_told(unit, "people")))
    return "  ".join(parts)


# -- the receiving unit -------------------------------------------------------------------------

_unit = click.option(
    "--unit", "unit", required=True, type=options.FILE, metavar="FILE", help="The unit's key."
)
_passphrase = click.option(
    "--passphrase-file",
    type=options.FILE,
    metavar="FILE",
    help="A file with the passphrase. Then nothing is asked.",
)


@click.group()
def recipient() -> None:
    """For a unit that receives reports. It needs no vault and no server."""


@recipient.command("init")
@_unit
@click.option(
    "--team-directory",
    type=options.FILE,
    required=True,
    metavar="FILE",
    help="The team's signed directory.",
)
@click.option("--root", required=True, metavar="FINGERPRINT", help="As on the team's posters.")
@click.option("--name", required=True, metavar="NAME", help="What the unit is called.")
@click.option("--out", type=options.FILE, required=True, metavar="FILE", help="For the card.")
@_passphrase
def begin_unit(
    unit: Path, team_directory: Path, root: str, name: str, out: Path, passphrase_file: Path | None
) -> None:
    """Make the unit's key, and the card for the team."""
    passphrase = console.read_new_passphrase(passphrase_file)
    made = unit_file.begin(team_directory, root, name, secrets.token_bytes)
    unit_file.create(unit, made, passphrase, secrets.token_bytes)
    _write_card(made, out)


@recipient.command("card")
@_unit
@click.option("--out", type=options.FILE, required=True, metavar="FILE", help="For the card.")
@_passphrase
def show_card(unit: Path, out: Path, passphrase_file: Path | None) -> None:
    """Write the card again, and print its fingerprint."""
    _write_card(unit_file.read(unit, console.read_passphrase(passphrase_file)), out)


def _write_card(file: unit_file.UnitFile, out: Path) -> None:
    durable.replace(out, unit_file.card_of(file))
    console.say(words.CARD_WRITTEN.format(path=out))
    console.print_result(people_words.spell(file.unit.keys.card.fingerprint))


@recipient.command("open")
@_unit
@click.argument("source", metavar="PACKAGE", type=options.FILE)
@click.option("--into", type=options.FILE, required=True, metavar="DIR", help="For the report.")
@_passphrase
def open_report(unit: Path, source: Path, into: Path, passphrase_file: Path | None) -> None:
    """Open a package: its report as JSON and PDF, once all of it was checked."""
    passphrase = console.read_passphrase(passphrase_file)
    file, delivery = unit_file.open_package(
        unit_file.read(unit, passphrase), source, options.today()
    )
    report = delivery.package.report
    with durable.telling(into):
        into.mkdir(mode=FOLDER_MODE, exist_ok=True)
    durable.replace(into / f"{report.ref}.json", report.to_bytes())
    durable.replace(into / f"{report.ref}.pdf", delivery.pdf)
    unit_file.write(unit, file, passphrase, secrets.token_bytes)
    for heading, lines in sections(report):
        console.print_result("\n".join([heading, *(f"  {visible(each)}" for each in lines)]))
    console.say(words.OPENED.format(ref=report.ref, folder=into))


@recipient.command("answer")
@_unit
@click.argument("ref", metavar="REF")
@click.option(
    "--says",
    type=click.Choice([each.value for each in Says]),
    default=Says.ACKNOWLEDGED.value,
    show_default=True,
    help="What it is.",
)
@click.option("--text-file", metavar="FILE", help="The text, in UTF-8; - reads a pipe.")
@click.option("--out", type=options.FILE, required=True, metavar="FILE", help="For the answer.")
@_passphrase
def answer_report(
    unit: Path, ref: str, says: str, text_file: str | None, out: Path, passphrase_file: Path | None
) -> None:
    """Write to the team: that you have it, what came of it, or a question."""
    kind = Says(says)
    if kind is not Says.ACKNOWLEDGED and text_file is None:
        raise click.UsageError(words.NEEDS_WORDS)
    text = read_text(text_file) if text_file is not None else ""
    passphrase = console.read_passphrase(passphrase_file)
    file, data = unit_file.answer(
        unit_file.read(unit, passphrase), ref, kind, text, options.today(), secrets.token_bytes
    )
    unit_file.write(unit, file, passphrase, secrets.token_bytes)
    durable.replace(out, data)
    console.say(words.ANSWER_WRITTEN.format(path=out))
