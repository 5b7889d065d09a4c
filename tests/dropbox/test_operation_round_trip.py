"""A lost server, its restored backup, and the people on both sides of it, by their commands."""

import json
from collections.abc import Callable
from pathlib import Path

from tests import nursery
from tests.cheap import INBOX
from tests.dropbox.server import Server, run
from tests.dropbox.team import Team
from tests.test_round_trip import House, forked


def test_both_sides_go_on_where_a_restored_server_is(
    tmp_path: Path, new_database: Callable[[], str]
) -> None:
    """The workstation has synced past the backup; what comes after the restore reaches it too."""
    house = House(tmp_path, "sqlite", forked)
    server = Server(house.data, Team(), port=house.port)
    with server:
        text = house.write("text", "An invented report.")
        house.write("words", house.report("send", "--text-file", text))
        [case] = json.loads(house.inbox("list", "--json"))
        answer = house.write("answer", "An invented answer.")
        house.inbox("reply", case["case"], "--text-file", answer)
        read = read_answers(house)
        assert [each["text"] for each in read if each["kind"] == "reply"] == ["An invented answer."]
        backup = tmp_path / "server.backup"
        done = run("backup", "--data", house.data, backup)
        assert done.returncode == 0, done.stderr
        for number in range(3):  # stored after the backup, fetched, and lost with the server
            lost = house.write("lost", f"An invented report that is lost, {number}.")
            house.report("send", "--text-file", lost)
        house.inbox("sync")
    data = tmp_path / "restored"
    done = run("restore", "--data", data, "--database", new_database(), backup)
    assert done.returncode == 0, done.stderr
    with Server(data, Team(), port=house.port):
        assert read_answers(house) == read
        listed = json.loads(house.inbox("list", "--offline", "--json"))
        assert len(listed) == 4
        again = house.write("again", "An invented report to the restored server.")
        house.report("send", "--text-file", again)
        more = house.write("more", "An invented second message.")
        house.report("reply", "--text-file", more, "--passphrase-file", str(tmp_path / "words"))
        sync_in_doubt(house)
        listed = json.loads(house.inbox("list", "--offline", "--json"))
        assert len(listed) == 5
        shown = json.loads(house.inbox("show", case["case"], "--offline", "--json"))
        texts = [each["text"] for each in shown["messages"]]
        assert "An invented second message." in texts


def sync_in_doubt(house: House) -> None:
    """Everything is fetched, and the person is told that the server has lost what it gave."""
    done = nursery.run(
        nursery.INBOX,
        [
            *(*INBOX, "sync", "--vault", str(house.folder / "vault"), "--server", house.origin),
            *("--passphrase-file", str(house.folder / "passphrase")),
        ],
    )
    assert done.returncode == 0, done.stderr
    assert "warning: The server no longer has" in done.stderr


def read_answers(house: House) -> list[dict[str, object]]:
    words = str(house.folder / "words")
    found = json.loads(house.report("check", "--json", "--passphrase-file", words))
    messages: list[dict[str, object]] = found["messages"]
    return messages
