"""``dropbox-report delete``, ``withdraw`` and ``close``, against a running server."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from crypto.documents import Closed, ContactWithdrawn
from crypto.envelope import Chain
from crypto.opening import State
from tests.report.conftest import Place, Ran, refused
from tests.report.test_at_a_terminal import at_a_terminal

Write = Callable[[str], Path]


async def opened(place: Place, text: str = "A reply.") -> str:
    """The words of a mailbox with a reply in it."""
    words = place.send()
    await place.post(place.correspondent(words).reply(text))
    return words


async def test_replies_are_deleted_and_the_team_sees_who_did_it(
    place: Place, words_file: Write
) -> None:
    words = await opened(place)
    file = words_file(words)
    ran = place.run("delete", "--passphrase-file", file, "--yes")
    assert (ran.code, ran.out) == (0, "Deleted, messages of the team: 1\n"), ran.err
    again = place.run("delete", "--passphrase-file", file, "--yes")
    assert (again.code, again.out) == (0, "There is nothing to delete.\n")
    checked = place.run("check", "--passphrase-file", file)
    assert checked.code == 0, checked.err
    assert "It was deleted" in checked.out
    assert "A reply." not in checked.out
    (entry,) = (await place.case(words)).of(Chain.TEAM)
    assert (entry.state, entry.erased) == (State.DELETED, True)
    answered = place.run("reply", "--text-file", "-", "--passphrase-file", file, text="More.")
    assert answered.code == 0, answered.err


async def test_contact_details_are_taken_back(place: Place, words_file: Write) -> None:
    words = await opened(place)
    ran = place.run("withdraw", "--passphrase-file", words_file(words), "--yes")
    assert ran.code == 0, ran.err
    (*_, last) = (await place.case(words)).of(Chain.REPORTER)
    assert isinstance(last.payload, ContactWithdrawn)


async def test_a_closed_mailbox_opens_nothing_and_the_team_is_told(
    place: Place, words_file: Write
) -> None:
    words = await opened(place)
    file = words_file(words)
    ran = place.run("close", "--passphrase-file", file, "--yes")
    assert ran.code == 0, ran.err
    assert "closed" in ran.out
    for command in ("check", "delete", "withdraw", "close"):
        more = [] if command == "check" else ["--yes"]
        refused(place.run(command, "--passphrase-file", file, *more), 1, "No mailbox opens")
    case = await place.case(words)
    assert case.closed
    assert isinstance(case.of(Chain.REPORTER)[-1].payload, Closed)
    assert [entry.state for entry in case.of(Chain.TEAM)] == [State.DELETED]


@pytest.mark.parametrize("command", ["delete", "withdraw", "close"])
def test_nothing_is_done_where_nobody_can_be_asked(
    run_here: Callable[..., Ran], words_file: Write, command: str
) -> None:
    """Refused before anything is read or connected: there is no such server."""
    server = ["--server", "http://127.0.0.1:1", "--root", "A" * 32]
    ran = run_here(command, *server, "--passphrase-file", words_file("seven words"))
    refused(ran, 1, "--yes", "Nothing was changed")


async def test_at_a_terminal_it_asks_and_closing_asks_twice(
    place: Place, words_file: Write
) -> None:
    words = await opened(place)
    for answers in ({"for good?": "n\n"}, {"for good?": "y\n", "or by anybody": "n\n"}):
        lines = {"seven words": f"{words}\n", **answers}
        code, shown = await asyncio.to_thread(at_a_terminal, ["close", *place.options], lines)
        assert code == 1, shown
        assert "Nothing was changed" in shown
    code, shown = await asyncio.to_thread(
        at_a_terminal, ["delete", *place.options], {"cannot be undone": "n\n"}
    )
    assert (code, "Nothing was changed" in shown) == (1, True)
    assert place.run("check", "--passphrase-file", words_file(words)).code == 0
    lines = {"seven words": f"{words}\n", "for good?": "y\n", "or by anybody": "y\n"}
    code, shown = await asyncio.to_thread(at_a_terminal, ["close", *place.options], lines)
    assert code == 0, shown
    assert words not in shown
