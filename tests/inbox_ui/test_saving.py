"""Files out of a case: whole, checked, and never outside of the folder that was chosen (T30)."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.constants import PART
from crypto.envelope import Chain
from crypto.errors import FilesDiffer, ProtocolError
from crypto.files import FileManifest
from crypto.reporter import Draft
from dropbox.client.errors import CannotSave, ClientError
from dropbox.client.retry import NO_PATIENCE
from dropbox.client.service import Caller, Service
from dropbox.client.source import Source
from dropbox.client.terminal import visible_line
from dropbox.client.upload import upload
from inbox_ui import shown
from inbox_ui.errors import AlreadyThere, NoSuchFile
from inbox_ui.line import Line
from inbox_ui.saving import find_file, save_as, save_into
from tests.inbox_ui.conftest import ORIGIN, TODAY, Desk, Writer

CONTENT = secrets.token_bytes(PART + 70_000)


@pytest.fixture
def ann(desk: Desk, reporter: Callable[[], Writer]) -> Writer:
    return reporter()


def _send(desk: Desk, ann: Writer, tmp_path: Path, name: str = "minutes.txt") -> FileManifest:
    """A report with one file of that name, fetched."""
    (tmp_path / "source").write_bytes(CONTENT)
    caller = Caller(ann.secret.keys, desk.server.service)
    service = Service(desk.server.transport(), ORIGIN, caller, patience=NO_PATIENCE)

    async def send() -> FileManifest:
        with Source(tmp_path / "source") as source:
            return await upload(service, source, secrets.token_bytes)

    manifest = replace(asyncio.run(send()), name=name)
    desk.server.put(ann.core.report(Draft("See the file.", files=(manifest,)), TODAY))
    desk.sync()
    return manifest


def _save(desk: Desk, save: Callable[..., object], *arguments: object, **how: object) -> Path:
    async def fetch() -> Path:
        line = Line(desk.server.transport(), ORIGIN, NO_PATIENCE)
        async with line.as_analyst(desk.station.vault) as service:
            return await save(service, *arguments, **how)  # type: ignore[misc,no-any-return]

    return asyncio.run(fetch())


def test_a_file_is_found_by_its_place_and_saved_whole(
    desk: Desk, ann: Writer, tmp_path: Path
) -> None:
    _send(desk, ann, tmp_path)
    manifest = find_file(desk.open(), Chain.REPORTER, 0, 1)
    path = _save(desk, save_into, manifest, tmp_path / "into")
    assert path == tmp_path / "into" / "minutes.txt"
    assert path.read_bytes() == CONTENT
    assert path.stat().st_mode & 0o777 == 0o600
    again = _save(desk, save_into, manifest, tmp_path / "into")
    assert again != path
    assert len(list((tmp_path / "into").iterdir())) == 2


@pytest.mark.parametrize(("seq", "number"), [(0, 0), (0, 2), (1, 1), (99, 1)])
def test_a_file_that_is_not_there_is_named(
    desk: Desk, ann: Writer, tmp_path: Path, seq: int, number: int
) -> None:
    _send(desk, ann, tmp_path)
    with pytest.raises(NoSuchFile):
        find_file(desk.open(), Chain.REPORTER, seq, number)


@pytest.mark.parametrize(
    "name",
    [
        "../../outside",
        "..\\..\\outside",
        "/etc/outside",
        "C:\\outside",
        "a\x00b",
        "%2e%2e%2foutside",
        "x" * 255,
        "txt.\u202eexe",
        "con",
        "line\nbreak",
        "..",
        ".",
        "",
        ".bashrc",
        "-rf",
        "\x1b[31mred",
    ],
)
def test_a_hostile_name_stays_in_its_folder_and_is_harmless_to_show(
    desk: Desk, ann: Writer, tmp_path: Path, name: str
) -> None:
    manifest = _send(desk, ann, tmp_path, name)
    folder = tmp_path / "deep" / "into"
    folder.parent.mkdir()
    before = {path for path in tmp_path.rglob("*") if folder not in path.parents}
    path = _save(desk, save_into, manifest, folder)
    assert path.parent == folder
    assert [each.name for each in folder.iterdir()] == [path.name]
    assert path.name.isascii()
    assert not path.name.startswith(".")
    after = {path for path in tmp_path.rglob("*") if folder not in path.parents}
    assert after == before | {folder}
    text = shown.case_text(desk.only(), desk.open())
    assert visible_line(name) in text
    assert all(each.isprintable() or each == "\n" for each in text)


def test_a_path_that_was_chosen_is_used_and_nothing_is_replaced(
    desk: Desk, ann: Writer, tmp_path: Path
) -> None:
    manifest = _send(desk, ann, tmp_path, "../../outside")
    goal = tmp_path / "goal" / "chosen"
    goal.parent.mkdir()
    assert _save(desk, save_as, manifest, goal) == goal
    assert goal.read_bytes() == CONTENT
    goal.write_text("mine")
    with pytest.raises(AlreadyThere):
        _save(desk, save_as, manifest, goal)
    assert goal.read_text() == "mine"
    _save(desk, save_as, manifest, goal, replace=True)
    assert goal.read_bytes() == CONTENT
    assert [each.name for each in goal.parent.iterdir()] == ["chosen"]


def _missing(desk: Desk, file: bytes) -> None:
    del desk.server.files[file].held[1]


def _swapped(desk: Desk, file: bytes) -> None:
    held = desk.server.files[file].held
    held[0], held[1] = held[1], held[0]


def _foreign(desk: Desk, file: bytes) -> None:
    held = desk.server.files[file].held
    held[1] = secrets.token_bytes(len(held[1]))


def _repeated(desk: Desk, file: bytes) -> None:
    held = desk.server.files[file].held
    held[1] = held[0]


@pytest.mark.parametrize("spoil", [_missing, _swapped, _foreign, _repeated])
def test_a_file_whose_parts_are_not_right_leaves_nothing(
    desk: Desk, ann: Writer, tmp_path: Path, spoil: Callable[[Desk, bytes], None]
) -> None:
    manifest = _send(desk, ann, tmp_path)
    spoil(desk, manifest.id)
    into, goal = tmp_path / "into", tmp_path / "goal" / "chosen"
    goal.parent.mkdir()
    for save, place in ((save_into, into), (save_as, goal)):
        with pytest.raises((ProtocolError, ClientError)):
            _save(desk, save, manifest, place)
    assert list(into.iterdir()) == []
    assert list(goal.parent.iterdir()) == []


def test_a_manifest_of_another_file_does_not_match(desk: Desk, ann: Writer, tmp_path: Path) -> None:
    manifest = _send(desk, ann, tmp_path)
    with pytest.raises(FilesDiffer):
        _save(desk, save_into, replace(manifest, hash=bytes(32)), tmp_path / "into")
    assert list((tmp_path / "into").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(desk: Desk, ann: Writer, tmp_path: Path) -> None:
    manifest = _send(desk, ann, tmp_path)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises((AlreadyThere, CannotSave)):
        _save(desk, save_into, manifest, tmp_path / "file")
