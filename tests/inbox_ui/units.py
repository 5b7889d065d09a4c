"""Invented receiving units, listed by the first analyst of a team."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from inbox_ui import recipients, unit_file
from inbox_ui.recipients import Wished
from inbox_ui.unit_file import UnitFile
from inbox_ui.work.packages import Delivery
from inbox_ui.work.units import Kind, Units
from tests.inbox_ui.conftest import TODAY, Desk

CCU = "northmarch-ccu"
FORCE = "demo-northmarch"


@dataclass
class AUnit:
    """A unit with its file open in memory, on the day ``today``."""

    file: UnitFile
    folder: Path
    today: date = TODAY

    def open(self, data: bytes) -> Delivery:
        source = self.folder / "package"
        source.write_bytes(data)
        self.file, delivery = unit_file.open_package(self.file, source, self.today)
        return delivery

    def answer(self, ref: str, says: Any, text: str = "") -> bytes:
        rest = (text, self.today, secrets.token_bytes)
        self.file, data = unit_file.answer(self.file, ref, says, *rest)
        return data


def a_unit(desk: Desk, folder: Path, name: str = "Northmarch CCU") -> AUnit:
    root = desk.station.seen.directory.root_card.fingerprint
    made = unit_file.begin(desk.folder.directory, root, name, secrets.token_bytes)
    folder.mkdir(exist_ok=True)
    return AUnit(made, folder, desk.clock())


def list_unit(desk: Desk, unit: AUnit, **changes: Any) -> Units:
    """The list with ``unit`` as the CCU of the invented force, or with ``changes``."""
    said = {
        "id": CCU,
        "name": unit.file.name,
        "kind": Kind.COUNTER_CORRUPTION,
        "force": FORCE,
        "until": desk.clock() + timedelta(days=90),
        "routes": (FORCE,),
        "alternate": (),
        "people": (),
        **changes,
    }
    card = unit.file.unit.keys.card
    _, listed = recipients.plan(desk.station, desk.folder, card, Wished(**said), unit.file.name)
    recipients.put(desk.station, desk.folder, listed)
    return recipients.units_of(desk.station, desk.folder)
