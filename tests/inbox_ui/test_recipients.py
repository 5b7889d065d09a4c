"""The list of units: signed by a publisher in office, never an older one; and a unit's own file."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from inbox_ui import recipients, unit_file
from inbox_ui.cli import inbox
from inbox_ui.errors import (
    AlreadyThere,
    BadUnit,
    NotACard,
    NotPublisher,
    NoUnits,
    OldUnits,
    UnknownUnit,
    WrongPassphrase,
)
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.work.unit_names import unit_names
from inbox_ui.work.units import read_units, sign_units
from tests.inbox_ui.conftest import PASSPHRASE, TODAY, Desk
from tests.inbox_ui.team import Colleagues
from tests.inbox_ui.units import CCU, FORCE, a_unit, list_unit


@pytest.fixture
def team(desk: Desk, make_desk: Callable[..., Desk]) -> Colleagues:
    colleagues = Colleagues(desk, make_desk)
    desk.sync()
    colleagues.join("bo")
    colleagues.sync()
    return colleagues


def test_a_colleague_takes_the_list_and_no_older_or_changed_one(
    team: Colleagues, desk: Desk, tmp_path: Path
) -> None:
    other, file = team.desks["bo"], tmp_path / "list"
    with pytest.raises(NoUnits):
        recipients.units_of(other.station, other.folder)
    list_unit(desk, a_unit(desk, tmp_path / "unit"))
    first = desk.folder.recipients.read_bytes()
    recipients.remove(desk.station, desk.folder, CCU)
    second = desk.folder.recipients.read_bytes()
    for each in (first, second, second):
        file.write_bytes(each)
        recipients.take(other.station, other.folder, file)
    for wrong in (first, second[:-1], second[:70] + b"x" + second[71:], b""):
        file.write_bytes(wrong)
        with pytest.raises(OldUnits):
            recipients.take(other.station, other.folder, file)
    assert recipients.units_of(other.station, other.folder).units == ()
    with pytest.raises(UnknownUnit):
        recipients.remove(desk.station, desk.folder, CCU)


def test_only_a_publisher_in_office_signs_a_list(
    team: Colleagues, desk: Desk, tmp_path: Path
) -> None:
    other, unit = team.desks["bo"], a_unit(desk, tmp_path / "unit")
    with pytest.raises(NotPublisher):
        list_unit(other, unit)
    units, seen = list_unit(desk, unit), desk.station.seen.directory
    forged = sign_units(replace(units, seq=2), other.station.vault.analyst_secret.keys)
    file = tmp_path / "forged"
    file.write_bytes(forged)
    with pytest.raises(OldUnits):
        recipients.take(other.station, other.folder, file)
    assert read_units(desk.folder.recipients.read_bytes(), seen, None) == units


def test_a_card_counts_only_with_the_fingerprint_that_was_read_out(
    desk: Desk, tmp_path: Path
) -> None:
    unit, path = a_unit(desk, tmp_path / "unit"), tmp_path / "card"
    path.write_bytes(unit_file.card_of(unit.file))
    right = unit.file.unit.keys.card.fingerprint
    assert recipients.read_unit_card(path, right).subject == unit.file.unit.keys.card
    wrong = ("a" if right[0] != "a" else "b") + right[1:]
    with pytest.raises(NotACard):
        recipients.read_unit_card(path, wrong)
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    with pytest.raises(NotACard):
        recipients.read_unit_card(path, right)


def test_an_id_stands_beside_a_name_only_where_units_look_alike(desk: Desk, tmp_path: Path) -> None:
    desk.sync()
    listed = (
        ("kent-psd", "Kent Police PSD", "kent"),
        ("ccu", "CCU", FORCE),
        ("ccu-too", "ＣCÚ.", FORCE),
        ("cyrillic", "\u0421\u0421U", "essex"),
        ("watchdog", "A wat\u202echdog", ""),
    )
    for number, (each, name, force) in enumerate(listed):
        unit = a_unit(desk, tmp_path / str(number))
        units = list_unit(desk, unit, id=each, name=name, force=force)
    assert unit_names(units) == {
        "kent-psd": "Kent Police PSD",
        "ccu": "CCU (DEMO: Northmarch Constabulary) [ccu]",
        "ccu-too": "ＣCÚ. (DEMO: Northmarch Constabulary) [ccu-too]",
        "cyrillic": "\u0421\u0421U (Essex Police) [cyrillic]",
        "watchdog": "A wat<U+202E>chdog",
    }
    assert unit_names(None) == {}


def test_no_key_is_listed_for_more_than_a_year(desk: Desk, tmp_path: Path) -> None:
    desk.sync()
    unit = a_unit(desk, tmp_path / "unit")
    for until in (TODAY + timedelta(days=367), TODAY - timedelta(days=1)):
        with pytest.raises(BadUnit):
            list_unit(desk, unit, until=until)
    list_unit(desk, unit, until=TODAY + timedelta(days=366))


def test_a_units_file_opens_with_its_passphrase_alone_and_replaces_none(
    desk: Desk, tmp_path: Path
) -> None:
    file, path = a_unit(desk, tmp_path / "unit").file, tmp_path / "key"
    unit_file.create(path, file, PASSPHRASE, secrets.token_bytes)
    assert unit_file.read(path, PASSPHRASE) == file
    assert file.secret not in path.read_bytes()
    with pytest.raises(WrongPassphrase):
        unit_file.read(path, VaultPassphrase("five other invented words here"))
    with pytest.raises(AlreadyThere):
        unit_file.create(path, file, PASSPHRASE, secrets.token_bytes)


def test_a_unit_begins_and_is_listed_by_commands(desk: Desk, tmp_path: Path) -> None:
    desk.sync()
    root, phrase = desk.station.seen.directory.root_card.fingerprint, tmp_path / "phrase"
    phrase.write_text(PASSPHRASE.expose().decode() + "\n")
    key, card = tmp_path / "key", tmp_path / "card"
    desk.close()

    def run(*arguments: str | Path) -> str:
        options = ("--passphrase-file", phrase)
        done = CliRunner().invoke(inbox, [*map(str, arguments), *map(str, options)])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    begun = ("--team-directory", desk.folder.directory, "--root", root, "--name", "A CCU")
    shown = run("recipient", "init", "--unit", key, *begun, "--out", card)
    assert run("recipient", "card", "--unit", key, "--out", card) == shown
    vault, said = ("--vault", desk.folder.path), ("--id", CCU, "--kind", "ccu", "--yes")
    run("recipients", "add", *vault, card, "--fingerprint", shown.strip(), *said)
    listed = run("recipients", "list", *vault)
    assert CCU in listed
    assert shown.strip() in listed


def test_a_new_key_keeps_what_is_known_of_a_unit_unless_it_is_said(
    desk: Desk, tmp_path: Path
) -> None:
    desk.sync()
    known = {"people": ("Petra Lomond",), "alternate": ("kent",)}
    list_unit(desk, a_unit(desk, tmp_path / "unit"), **known)
    new, path = a_unit(desk, tmp_path / "new", "Another name"), tmp_path / "card"
    path.write_bytes(unit_file.card_of(new.file))
    key, folder = new.file.unit.keys.card, desk.folder
    desk.close()
    command = ("recipients", "add", "--vault", str(folder.path), str(path), "--id", CCU)
    options = ("--fingerprint", key.fingerprint, "--route", "kent")
    phrase = tmp_path / "phrase"
    phrase.write_text(PASSPHRASE.expose().decode() + "\n")
    given = [*command, *options, "--passphrase-file", str(phrase)]
    asked = str(CliRunner().invoke(inbox, given).exception)
    for each in ("- a new key", "- for: demo-northmarch → kent", "Works there: Petra Lomond"):
        assert each in asked
    assert "- works there:" not in asked
    assert "- name:" not in asked
    CliRunner().invoke(inbox, [*given, "--yes"])
    unit = recipients.units_of(desk.station, folder).find(CCU)
    assert unit is not None
    assert unit.subject == key
    assert (unit.people, unit.alternate) == (("Petra Lomond",), ("kent",))
    assert (unit.routes, unit.name, unit.force) == (("kent",), "Northmarch CCU", "demo-northmarch")


def test_who_works_at_a_unit_is_changed_without_its_card(
    team: Colleagues, desk: Desk, tmp_path: Path
) -> None:
    first = list_unit(desk, a_unit(desk, tmp_path / "unit"), people=("Petra Lomond", "Alan Roe"))
    recipients.change_people(desk.station, desk.folder, CCU, ["Rowan Tait"], ["Alan Roe"])
    units = recipients.units_of(desk.station, desk.folder)
    assert units.seq == first.seq + 1
    [before], [unit] = first.units, units.units
    assert unit == replace(before, people=("Petra Lomond", "Rowan Tait"))
    for wrong in ("Alan Roe", "Petra"):
        with pytest.raises(UnknownUnit):
            recipients.change_people(desk.station, desk.folder, CCU, [], [wrong])
    with pytest.raises(BadUnit):
        recipients.change_people(desk.station, desk.folder, CCU, ["x" * 121], [])
    other = team.desks["bo"]
    recipients.take(other.station, other.folder, desk.folder.recipients)
    with pytest.raises(NotPublisher):
        recipients.change_people(other.station, other.folder, CCU, ["Rowan Tait"], [])


def test_the_list_shows_who_works_there(desk: Desk, tmp_path: Path) -> None:
    desk.sync()
    list_unit(desk, a_unit(desk, tmp_path / "unit"), people=("Petra Lomond",))
    phrase = tmp_path / "phrase"
    phrase.write_text(PASSPHRASE.expose().decode() + "\n")
    vault = str(desk.folder.path)
    desk.close()
    given = ["recipients", "list", "--vault", vault, "--passphrase-file", str(phrase)]
    assert "works there: Petra Lomond" in CliRunner().invoke(inbox, given).stdout
