"""Files of a report: what is said of each, what is asked, and what arrives with the team."""

import asyncio
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from crypto.documents import Message, Report
from crypto.envelope import Chain
from crypto.files import FileManifest
from dropbox.client.download import download
from dropbox.client.metadata.inspecting import inspect
from dropbox.client.source import Source
from tests.report.conftest import Place, Ran, refused
from tests.report.test_at_a_terminal import at_a_terminal
from tests.samples import archive, samples

WordsFile = Callable[[str], Path]
CONTENT = {each.name: each.content for each in samples()}


@pytest.fixture
def files(tmp_path: Path) -> Callable[[str], Path]:
    def write(name: str) -> Path:
        (path := tmp_path / name).write_bytes(CONTENT[name])
        return path

    return write


def send(place: Place, *files: Path, more: tuple[str, ...] = ()) -> Ran:
    attached = [argument for file in files for argument in ("--attach", str(file))]
    return place.run("send", "--text-file", "-", *attached, *more, text="Hello.")


async def arrived(place: Place, words: str, folder: Path) -> dict[str, bytes]:
    """The files of the newest message, as the team gets them."""
    payload = (await place.case(words)).of(Chain.REPORTER)[-1].payload
    assert isinstance(payload, Report | Message)
    return {each.name: await fetched(place, each, folder) for each in payload.files}


async def fetched(place: Place, file: FileManifest, folder: Path) -> bytes:
    service = place.analyst_service()
    path = await download(service, file, folder)
    await service.close()
    return path.read_bytes()


# -- nobody to ask ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["overtime_Q3.xlsx", "IMG_2231.jpg", "scan.pdf", "order.eml"])
def test_what_would_be_asked_is_refused_where_nobody_is_there(
    place: Place, files: Callable[[str], Path], name: str
) -> None:
    ran = send(place, files("note.txt"), files(name))
    refused(ran, 1, name, "Nothing was sent", "--strip-metadata", "--keep-metadata")


def test_a_rota_says_who_made_it_before_anything_is_sent(
    place: Place, files: Callable[[str], Path]
) -> None:
    err = send(place, files("overtime_Q3.xlsx")).err
    for said in ("Who made it: J.Penhallow", "Who saved or printed it last: R. Quill"):
        assert said in err
    assert "A hidden sheet: staff numbers" in err


def test_a_photograph_says_where_it_was_taken(place: Place, files: Callable[[str], Path]) -> None:
    err = send(place, files("IMG_2231.jpg")).err
    assert "Where it was made: 51.50722, -0.12750" in err
    assert "Invented" in err


def test_a_file_that_says_nothing_is_sent_unasked(
    place: Place, files: Callable[[str], Path]
) -> None:
    ran = send(place, files("note.txt"), files("noise.bin"), files("plain.png"))
    assert ran.code == 0, ran.err
    assert "note.txt: we found nothing" in ran.err
    assert "noise.bin: we cannot look into this" in ran.err
    assert "faint dots" in ran.err


# -- options ------------------------------------------------------------------------------------


async def test_stripped_files_arrive_without_what_they_said(
    place: Place, files: Callable[[str], Path], tmp_path: Path
) -> None:
    names = ("IMG_2231.jpg", "talkative.png", "talkative.webp", "everything.pdf", "note.txt")
    paths = [files(name) for name in names]
    ran = await asyncio.to_thread(send, place, *paths, more=("--strip-metadata",))
    assert ran.code == 0, ran.err
    got = await arrived(place, ran.out.strip(), tmp_path)
    assert sorted(got) == sorted(names)
    for name, content in got.items():
        assert inspect(BytesIO(content)).findings == (), name
    assert got["note.txt"] == CONTENT["note.txt"]
    assert [path.read_bytes() for path in paths] == [CONTENT[name] for name in names]


async def test_what_has_no_name_for_us_does_not_arrive_either(
    place: Place, files: Callable[[str], Path], tmp_path: Path
) -> None:
    names = ("standard.jpg", "standard.png", "plain.pdf")
    clean = {name: inspect(BytesIO(CONTENT[name])) for name in names}
    assert not [name for name in names if clean[name].findings]
    assert not [name for name in names if clean[name].stripped == CONTENT[name]]
    paths = [files(name) for name in names]
    ran = await asyncio.to_thread(send, place, *paths, more=("--strip-metadata",))
    assert ran.code == 0, ran.err
    got = await arrived(place, ran.out.strip(), tmp_path)
    assert got == {name: clean[name].stripped for name in names}


def test_an_office_file_that_seems_clean_is_not_sent_as_if_it_were(
    place: Place, tmp_path: Path
) -> None:
    path = tmp_path / "empty.docx"
    path.write_bytes(archive(**{"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}))
    assert inspect(BytesIO(path.read_bytes())).findings == ()
    refused(send(place, path, more=("--strip-metadata",)), 1, path.name, "cannot be taken out")


@pytest.mark.parametrize("name", ["overtime_Q3.xlsx", "film.mov", "noise.bin", "old.doc"])
def test_what_cannot_be_stripped_is_not_sent_as_if_it_were(
    place: Place, files: Callable[[str], Path], name: str
) -> None:
    ran = send(place, files("plain.jpg"), files(name), more=("--strip-metadata",))
    refused(ran, 1, name, "cannot be taken out", "describe it")


@pytest.mark.parametrize("option", ["--keep-metadata", "--yes"])
async def test_a_file_is_evidence_and_arrives_as_it_is(
    place: Place, files: Callable[[str], Path], tmp_path: Path, option: str
) -> None:
    path = files("IMG_2231.jpg")
    ran = await asyncio.to_thread(send, place, path, more=(option,))
    assert ran.code == 0, ran.err
    assert "sent as it is" in ran.err
    (folder := tmp_path / option).mkdir()
    got = await arrived(place, ran.out.strip(), folder)
    assert got == {"IMG_2231.jpg": CONTENT["IMG_2231.jpg"]}


def test_both_options_are_wrong_usage(place: Place, files: Callable[[str], Path]) -> None:
    both = ("--strip-metadata", "--keep-metadata")
    refused(send(place, files("note.txt"), more=both), 2, "cannot go together")


async def test_a_reply_does_the_same(
    place: Place, files: Callable[[str], Path], words_file: WordsFile, tmp_path: Path
) -> None:
    words = await asyncio.to_thread(place.send)
    attach = ("--attach", files("IMG_2231.jpg"), "--passphrase-file", words_file(words))
    ran = await asyncio.to_thread(place.run, "reply", *attach)
    refused(ran, 1, "IMG_2231.jpg", "--strip-metadata")
    ran = await asyncio.to_thread(place.run, "reply", *attach, "--strip-metadata")
    assert ran.code == 0, ran.err
    [content] = (await arrived(place, words, tmp_path)).values()
    assert inspect(BytesIO(content)).findings == ()


# -- somebody to ask ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "answer", "sent"),
    [
        ("IMG_2231.jpg", "w", "without"),
        ("IMG_2231.jpg", "a", "as it is"),
        ("IMG_2231.jpg", "l", "left out"),
        ("overtime_Q3.xlsx", "w\na", "as it is"),
        ("overtime_Q3.xlsx", "l", "left out"),
    ],
)
async def test_whoever_sends_decides(
    place: Place,
    files: Callable[[str], Path],
    tmp_path: Path,
    name: str,
    answer: str,
    sent: str,
) -> None:
    (text := tmp_path / "text").write_text("Hello.")
    arguments = ["send", *place.options, "--text-file", str(text), "--attach", str(files(name))]
    lines = {"leave it out": f"{answer}\n"}
    code, shown = await asyncio.to_thread(at_a_terminal, arguments, lines)
    assert code == 0, shown
    assert sent in shown
    got = await arrived(place, shown.splitlines()[-1].strip(), tmp_path)
    if sent == "left out":
        assert got == {}
    elif sent == "as it is":
        assert got[name] == CONTENT[name]
    else:
        assert inspect(BytesIO(got[name])).findings == ()


def test_a_report_of_nothing_but_a_file_that_is_left_out_is_not_sent(
    place: Place, files: Callable[[str], Path]
) -> None:
    arguments = ["send", *place.options, "--attach", str(files("scan.pdf"))]
    code, shown = at_a_terminal(arguments, {"leave it out": "l\n"})
    assert code == 1
    assert "nothing to send" in shown


# -- nothing on the disk ------------------------------------------------------------------------


def test_a_rewritten_file_is_held_in_memory_alone(tmp_path: Path) -> None:
    content = b"r" * 3_000_000
    before = set(tmp_path.iterdir())
    with Source(tmp_path / "photo.jpg", content=content) as source:
        assert source.size == len(content)
        parts = [source.next_part() for _ in range(3)]
        source.check_unchanged()
        assert b"".join(parts) == content
    assert set(tmp_path.iterdir()) == before
