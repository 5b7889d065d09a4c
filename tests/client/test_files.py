"""Files on their way up and down: what is refused, taken back, and never left behind (P12)."""

# ruff: noqa: ASYNC110, ASYNC240 - a test may poll, and touch a file between two requests

import asyncio
import os
import secrets
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto.constants import PART
from crypto.errors import ProtocolError
from crypto.files import FileManifest, file_hash, part_hash
from crypto.passphrase import mailbox_secret
from dropbox.client.download import download
from dropbox.client.errors import (
    CannotSave,
    ChangedWhileSending,
    ClientError,
    EmptyFile,
    FileTooLarge,
    Lost,
    NotAFile,
    Refused,
    Unreadable,
)
from dropbox.client.retry import Event, Moving, Patience
from dropbox.client.service import Caller, Service
from dropbox.client.source import Source
from dropbox.client.upload import upload
from dropbox.client.wordlist import word_list
from tests.client.simulator import Asked, Simulator
from tests.client.team import ORIGIN, Team

SIZES = [1, 16 * 1024, 16 * 1024 + 1, PART - 1, PART, PART + 1, 3 * PART, 5 * PART + 7]


@pytest.fixture(scope="module")
def caller() -> tuple[Team, Caller]:
    team = Team()
    words = word_list().generate(secrets.token_bytes)
    return team, Caller(mailbox_secret(words, team.service).keys, team.service)


@pytest.fixture
def server(caller: tuple[Team, Caller]) -> Simulator:
    return Simulator(caller[0])


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def service(caller: tuple[Team, Caller], server: Simulator, events: list[Event]) -> Service:
    quick = Patience((0,) * 5, lambda _: asyncio.sleep(0))
    return Service(server, ORIGIN, caller[1], patience=quick, tell=events.append)


async def sent(service: Service, path: Path, data: bytes) -> FileManifest:
    path.write_bytes(data)
    with Source(path) as source:
        return await upload(service, source, secrets.token_bytes)


@pytest.mark.parametrize("size", SIZES)
async def test_up_and_down_again(
    service: Service, server: Simulator, events: list[Event], tmp_path: Path, size: int
) -> None:
    data = secrets.token_bytes(size)
    manifest = await sent(service, tmp_path / "plan.txt", data)
    held = server.files[manifest.id].held
    assert manifest.hash == file_hash(part_hash(held[each]) for each in range(manifest.parts))
    assert (manifest.name, manifest.type, manifest.size) == ("plan.txt", "text/plain", size)
    path = await download(service, manifest, tmp_path)
    assert path == tmp_path / "plan (2).txt"
    assert path.read_bytes() == data
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(os.listdir(tmp_path)) == ["plan (2).txt", "plan.txt"]
    moved = [event for event in events if isinstance(event, Moving)]
    assert len(moved) == 2 * manifest.parts, "each part is told once up and once down"
    assert moved[-1].done == moved[-1].total == manifest.padded


async def test_four_parts_are_on_their_way_at_once_and_no_more(
    service: Service, server: Simulator, tmp_path: Path
) -> None:
    now, most = 0, 0
    ask = server.request

    async def request(*args: object, **rest: object) -> object:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.1)
        try:
            return await ask(*args, **rest)  # type: ignore[arg-type]
        finally:
            now -= 1

    server.request = request  # type: ignore[assignment, method-assign]
    manifest = await sent(service, tmp_path / "a", bytes(12 * PART))
    assert most == 4
    most = 0
    await download(service, manifest, tmp_path)
    assert most == 4


# -- what cannot be sent ------------------------------------------------------------------------


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        Source(tmp_path / "none")


def test_a_name_that_cannot_be_one() -> None:
    with pytest.raises(Unreadable):
        Source(Path("a\x00b"))


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(EmptyFile):
        Source(tmp_path / "a")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(NotAFile):
        Source(tmp_path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotAFile):
        Source(tmp_path / "pipe")


def test_a_device() -> None:
    with pytest.raises(NotAFile):
        Source(Path("/dev/zero"))


def test_too_large_is_known_before_a_byte_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        file.truncate(2**31 + 1)
    with pytest.raises(FileTooLarge):
        Source(tmp_path / "a")


@pytest.mark.parametrize("error", [PermissionError, InterruptedError, OSError])
def test_an_unreadable_file(tmp_path: Path, monkeypatch: Any, error: type[OSError]) -> None:
    def refuse(*_: object) -> int:
        raise error

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(Unreadable):
        Source(tmp_path / "a")


def test_nothing_stays_open_after_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        with pytest.raises(EmptyFile):
            Source(tmp_path / "a")
    assert len(os.listdir("/proc/self/fd")) == before


# -- files that change --------------------------------------------------------------------------


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def shrink(path: Path) -> None:
    os.truncate(path, 10)


def touch(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def overwrite_and_hide_it(path: Path) -> None:
    """Another content of the same size under the same date."""
    before = path.stat()
    with path.open("r+b") as file:
        file.write(b"other")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("change", [grow, shrink, touch, overwrite_and_hide_it])
@pytest.mark.parametrize("at", [0, 2])
async def test_a_file_that_changes_while_it_is_sent_is_refused_and_taken_back(
    service: Service, server: Simulator, tmp_path: Path, change: Callable[[Path], None], at: int
) -> None:
    path = tmp_path / "a"
    puts = 0

    def cut(_: int, asked: Asked) -> None:
        nonlocal puts
        puts += asked.method == "PUT"
        if asked.method == "PUT" and puts == at + 1:
            change(path)

    server.cut = cut  # type: ignore[assignment]
    with pytest.raises(ChangedWhileSending):
        await sent(service, path, bytes(8 * PART))
    assert server.files == {}


async def test_an_interrupted_upload_is_taken_back(
    service: Service, server: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(bytes(8 * PART))
    with Source(tmp_path / "a") as source:
        task = asyncio.create_task(upload(service, source, secrets.token_bytes))
        while not any(asked.method == "PUT" for asked in server.log):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert server.files == {}


async def test_giving_up_leaves_nothing_running(
    service: Service, server: Simulator, tmp_path: Path
) -> None:
    server.cut = lambda _, asked: Lost() if asked.method == "PUT" else None
    before = threading.active_count(), len(asyncio.all_tasks())
    with pytest.raises(Lost):
        await sent(service, tmp_path / "a", bytes(8 * PART))
    assert len(asyncio.all_tasks()) == before[1]
    assert server.files == {}


# -- files that are not what was sent -----------------------------------------------------------

Damage = Callable[[dict[int, bytes]], None]


def drop_last(held: dict[int, bytes]) -> None:
    held[max(held)] = b""


def swap(held: dict[int, bytes]) -> None:
    held[0], held[1] = held[1], held[0]


def repeat(held: dict[int, bytes]) -> None:
    held[1] = held[0]


def flip(held: dict[int, bytes]) -> None:
    held[1] = held[1][:-1] + bytes([held[1][-1] ^ 1])


def cut_short(held: dict[int, bytes]) -> None:
    held[0] = held[0][:-1]


def lengthen(held: dict[int, bytes]) -> None:
    held[2] += b"\0"


@pytest.mark.parametrize("damage", [drop_last, swap, repeat, flip, cut_short, lengthen])
async def test_nothing_of_a_damaged_file_is_left(
    service: Service, server: Simulator, tmp_path: Path, damage: Damage
) -> None:
    manifest = await sent(service, tmp_path / "a", secrets.token_bytes(2 * PART + 100_000))
    damage(server.files[manifest.id].held)
    (folder := tmp_path / "saved").mkdir()
    with pytest.raises((ProtocolError, ClientError)):
        await download(service, manifest, folder)
    assert os.listdir(folder) == []


async def test_a_manifest_with_another_hash_is_refused_at_the_end(
    service: Service, tmp_path: Path
) -> None:
    manifest = await sent(service, tmp_path / "a", bytes(2 * PART))
    (folder := tmp_path / "saved").mkdir()
    with pytest.raises(ProtocolError):
        await download(service, replace(manifest, hash=bytes(32)), folder)
    assert os.listdir(folder) == []


async def test_the_part_of_another_file_is_refused(
    service: Service, server: Simulator, tmp_path: Path
) -> None:
    one = await sent(service, tmp_path / "a", bytes(3 * PART))
    two = await sent(service, tmp_path / "b", bytes(3 * PART))
    server.files[one.id].held[1] = server.files[two.id].held[1]
    with pytest.raises(ProtocolError):
        await download(service, one, tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


async def test_a_part_the_server_does_not_have(
    service: Service, server: Simulator, tmp_path: Path
) -> None:
    manifest = await sent(service, tmp_path / "a", bytes(3 * PART))
    server.files.clear()
    with pytest.raises(Refused):
        await download(service, manifest, tmp_path)
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a\nb", "CON", ""])
async def test_a_hostile_name_stays_in_its_folder(
    service: Service, tmp_path: Path, name: str
) -> None:
    manifest = replace(await sent(service, tmp_path / "a", b"a"), name=name)
    (folder := tmp_path / "saved").mkdir()
    path = await download(service, manifest, folder)
    assert path.parent == folder
    assert path.read_bytes() == b"a"


async def test_a_symbolic_link_in_the_place_of_a_file_is_not_followed(
    service: Service, tmp_path: Path
) -> None:
    manifest = await sent(service, tmp_path / "a", b"new")
    (folder := tmp_path / "saved").mkdir()
    (victim := tmp_path / "victim").write_bytes(b"old")
    (folder / "a").symlink_to(victim)
    path = await download(service, manifest, folder)
    assert path.name == "a (2)"
    assert victim.read_bytes() == b"old"


async def test_a_folder_that_is_not_there(service: Service, tmp_path: Path) -> None:
    manifest = await sent(service, tmp_path / "a", b"a")
    with pytest.raises(CannotSave):
        await download(service, manifest, tmp_path / "none")


async def test_an_interrupted_download_leaves_nothing(
    service: Service, server: Simulator, tmp_path: Path
) -> None:
    manifest = await sent(service, tmp_path / "a", bytes(20 * PART))
    (folder := tmp_path / "saved").mkdir()
    task = asyncio.create_task(download(service, manifest, folder))
    while not any(folder.iterdir()):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert os.listdir(folder) == []
