"""A reporter's visit, against a server in memory: what is stored, what is refused."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import pytest

from crypto import errors as crypto_errors
from crypto.documents import Link, Report, read_payload
from crypto.envelope import Chain, open_content
from crypto.keys import GroupSecret
from crypto.opening import State
from crypto.passphrase import Passphrase
from crypto.reporter import Draft
from crypto.wrapping import WrapKind, unwrap
from dropbox.client.errors import ClientError, Lost, NotReached, Refused, Unknown
from dropbox.client.retry import Patience
from dropbox.client.source import Source
from dropbox.client.transport import Answer
from dropbox.client.visit import Stage, Visit
from dropbox.client.wordlist import word_list
from dropbox.wire import LARGEST_PART, Fault
from tests.client.simulator import Asked, No, Simulator
from tests.client.team import ORIGIN, TODAY, Correspondent, Team


async def no_pause(_: float) -> None:
    await asyncio.sleep(0)


QUICK = Patience((1,) * 7, no_pause)
WORDS = word_list().generate(secrets.token_bytes)


@pytest.fixture(scope="module")
def team() -> Team:
    return Team()


@pytest.fixture
def server(team: Team) -> Simulator:
    return Simulator(team)


@asynccontextmanager
async def visiting(
    server: Simulator,
    words: Passphrase = WORDS,
    root: bytes | None = None,
    today: date = TODAY,
    origin: str = ORIGIN,
) -> AsyncIterator[Visit]:
    async with Visit(
        server,
        origin,
        root or server.team.service,
        random_bytes=secrets.token_bytes,
        today=lambda: today,
        patience=QUICK,
    ) as visit:
        await visit.enter(words)
        yield visit


def opened(server: Simulator, group: GroupSecret, seq: int = 0) -> Report:
    """What the newest report says to the holder of ``group``."""
    row = server.rows[seq]
    wrap = row.wraps[group.keys.card.id]
    cek = unwrap(wrap, WrapKind.ENVELOPE, (row.envelope.id,), group.keys)
    return cast(Report, read_payload(Chain.REPORTER, open_content(row.envelope, cek).payload))


async def test_a_report_arrives_and_an_answer_comes_back(server: Simulator) -> None:
    async with visiting(server) as visit:
        receipt = await visit.report(Draft("It happens on Tuesdays."))
        assert visit.stage is Stage.STORED
        card = visit._reporter.card
    assert receipt.ids == (server.rows[0].envelope.id,)
    assert opened(server, server.team.intake).text == "It happens on Tuesdays."
    server.put(Correspondent(server.team, card).reply("Which?", ack=Link(0, receipt.ids[0])))
    async with visiting(server) as visit:
        conversation = await visit.read()
        assert [item.payload.text for item in conversation.items] == ["Which?"]  # type: ignore[union-attr]
        await visit.answer(Draft("The first."), conversation)
    assert len(server.chain(card.id, Chain.REPORTER)) == 2
    assert not server.sessions, "every visit logs out"


async def test_the_same_words_under_another_root_are_another_mailbox(server: Simulator) -> None:
    other = Simulator(Team())
    async with visiting(server) as one, visiting(other) as two:
        assert one._reporter.address != two._reporter.address


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(8))
async def test_a_connection_cut_at_any_request_stores_exactly_one_report(
    server: Simulator, tmp_path: Path, when: str, number: int
) -> None:
    def cut(each: int, _: Asked) -> ClientError | None:
        return Lost() if each == number else None

    setattr(server, "cut" if when == "before" else "cut_after", cut)
    (path := tmp_path / "plan.txt").write_bytes(b"x" * 3_000_000)
    async with visiting(server) as visit:
        with Source(path) as source:
            await visit.report(Draft("once"), [source])
    [row] = server.rows
    assert len(row.place.files) == 1
    assert all(file.bound for file in server.files.values())


async def test_a_part_sent_again_is_the_same_bytes(server: Simulator, tmp_path: Path) -> None:
    lost: set[str] = set()

    def cut_after(_: int, asked: Asked) -> ClientError | None:
        if asked.method == "PUT" and asked.path not in lost:
            lost.add(asked.path)
            return Lost()
        return None

    server.cut_after = cut_after
    (path := tmp_path / "a").write_bytes(secrets.token_bytes(5_000_000))
    async with visiting(server) as visit:
        with Source(path) as source:
            await visit.report(Draft(""), [source])
    puts = [(asked.path, asked.body) for asked in server.log if asked.method == "PUT"]
    assert len(puts) == 2 * len(set(puts)) == 2 * len({path for path, _ in puts})


async def test_an_unknown_outcome_is_said_to_be_unknown(server: Simulator) -> None:
    server.cut_after = lambda _, asked: Lost() if asked.path == "/api/envelopes" else None
    async with visiting(server) as visit:
        with pytest.raises(Unknown):
            await visit.report(Draft("once"))
        assert visit.stage is Stage.SENDING
    assert len(server.rows) == 1


async def test_never_reached_is_not_unknown(server: Simulator) -> None:
    server.cut = lambda _, asked: NotReached() if asked.path == "/api/envelopes" else None
    async with visiting(server) as visit:
        with pytest.raises(NotReached):
            await visit.report(Draft("once"))
        assert visit.stage is Stage.NOTHING_SENT


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.FULL, Refused),
        (Fault.BUSY, Refused),
        (Fault.FAILED, Unknown),
        (Fault.TOO_MANY_UNREAD, Refused),
    ],
)
async def test_a_refusal_is_told_from_a_doubt(
    server: Simulator, fault: Fault, error: type[Exception]
) -> None:
    async with visiting(server) as visit:
        server.submit = lambda *_: (_ for _ in ()).throw(No(fault))  # type: ignore[method-assign]
        with pytest.raises(error):
            await visit.report(Draft("once"))


async def test_a_receipt_for_another_envelope_is_no_receipt(server: Simulator) -> None:
    def spoil(asked: Asked, answer: Answer) -> Answer:
        if asked.path != "/api/envelopes":
            return answer
        return Answer(200, answer.body.replace(answer.body[9:20], b"A" * 11))

    server.spoil = spoil
    async with visiting(server) as visit:
        with pytest.raises(Unknown):
            await visit.report(Draft("once"))


async def test_a_session_that_ended_is_opened_again(server: Simulator, tmp_path: Path) -> None:
    def cut(number: int, asked: Asked) -> None:
        if asked.method == "PUT" and number % 2:
            server.sessions.clear()  # as after 15 minutes, or a restart of the server

    server.cut = cut  # type: ignore[assignment]
    (path := tmp_path / "a").write_bytes(bytes(3_000_000))
    async with visiting(server) as visit:
        with Source(path) as source:
            await visit.report(Draft(""), [source])
    assert len(server.rows) == 1


async def test_a_server_that_never_takes_a_session_is_not_asked_for_ever(
    server: Simulator,
) -> None:
    server.caller = lambda _: (_ for _ in ()).throw(No(Fault.NO_SESSION))  # type: ignore[method-assign]
    async with visiting(server) as visit:
        with pytest.raises(Refused):
            await visit.read()
    assert len(server.log) < 10


# -- which key is sealed to ---------------------------------------------------------------------


async def test_a_new_epoch_between_directory_and_report_is_wrapped_anew(
    server: Simulator,
) -> None:
    server.team = team = Team()
    server.signed = team.signed_directory()
    async with visiting(server) as visit:
        old = team.intake
        team.next_epoch()
        server.signed = team.signed_directory()
        await visit.report(Draft("hello"))
    [row] = server.rows
    assert set(row.wraps) == {team.intake.keys.card.id}
    assert row.envelope.header.recipient == old.keys.card.id, "the id stays, so the header does"
    assert opened(server, team.intake).text == "hello"


async def test_a_server_that_asks_for_an_unsigned_key_gets_nothing(server: Simulator) -> None:
    server.use = lambda _: bytes(32)  # type: ignore[method-assign]
    async with visiting(server) as visit:
        with pytest.raises(crypto_errors.UnsignedKeyAsked):
            await visit.report(Draft("hello"))
    recipients = {asked.body for asked in server.log if asked.path == "/api/envelopes"}
    assert len(recipients) == 1, "the same bytes, for the team's group and nobody else"
    assert server.rows == []


async def test_after_two_conflicts_it_stops(server: Simulator) -> None:
    server.team = team = Team()
    server.signed = team.signed_directory()

    def submit(*_: object) -> Answer:
        team.next_epoch()  # always one ahead of whoever asks
        server.signed = team.signed_directory()
        raise No(Fault.OTHER_GROUP)

    server.submit = submit  # type: ignore[method-assign]
    async with visiting(server) as visit:
        with pytest.raises(crypto_errors.UnsignedKeyAsked):
            await visit.report(Draft("hello"))
    assert sum(asked.path == "/api/envelopes" for asked in server.log) == 2


async def test_a_message_is_signed_anew_where_somebody_else_was_quicker(
    server: Simulator,
) -> None:
    async with visiting(server) as visit:
        await visit.report(Draft("first"))
        conversation = await visit.read()
        async with visiting(server) as other:
            await other.answer(Draft("second, elsewhere"), await other.read())
        await visit.answer(Draft("third"), conversation)
    assert [row.envelope.header.seq for row in server.rows] == [0, 1, 2]


# -- directories --------------------------------------------------------------------------------


async def test_directory_of_another_root(server: Simulator) -> None:
    with pytest.raises(crypto_errors.ForeignService):
        async with visiting(server, root=Team().service):
            pass
    assert len(server.log) == 1, "nothing is said to a server of somebody else"


async def test_directory_served_at_an_origin_it_does_not_name(server: Simulator) -> None:
    with pytest.raises(crypto_errors.ForeignOrigin):
        async with visiting(server, origin="http://127.0.0.1:9999"):
            pass
    assert len(server.log) == 1


async def test_directory_with_one_key_twice(server: Simulator) -> None:
    team = Team()
    team.contact = team.intake
    server.signed, server.team = team.signed_directory(), team
    with pytest.raises(crypto_errors.KeysAlike):
        async with visiting(server):
            pass


async def test_every_flipped_byte_of_the_directory_is_refused(server: Simulator) -> None:
    signed = server.signed
    for at in range(0, len(signed), 97):
        server.signed = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
        with pytest.raises(crypto_errors.ProtocolError):
            async with visiting(server):
                pass


async def test_expired_directory_seals_nothing_to_intake_and_reads_the_mailbox(
    server: Simulator, tmp_path: Path
) -> None:
    async with visiting(server) as visit:
        await visit.report(Draft("first"))
        card = visit._reporter.card
    correspondent = Correspondent(server.team, card)
    server.put(correspondent.reply("Hello"))
    late = TODAY + timedelta(days=30)
    server.log.clear()
    (path := tmp_path / "a").write_bytes(b"a")
    async with visiting(server, today=late) as visit:
        assert visit.expired
        conversation = await visit.read()
        assert len(conversation.items) == 1
        with Source(path) as source, pytest.raises(crypto_errors.Expired):
            await visit.answer(Draft("no"), conversation, [source])
        server.put(correspondent.hand_over())
        conversation = await visit.read()
        await visit.answer(Draft("yes"), conversation)  # a case group has no dates
    assert sum(asked.path.startswith("/api/files") for asked in server.log) == 0
    async with visiting(server, today=late) as visit:
        with pytest.raises(crypto_errors.Expired):
            await visit.report(Draft("no"))


# -- what is sent before anything is known to be right ------------------------------------------


@pytest.mark.parametrize("text", ["", " \n "])
async def test_nothing_to_send(server: Simulator, text: str) -> None:
    async with visiting(server) as visit:
        with pytest.raises(crypto_errors.NothingToSend):
            await visit.report(Draft(text))
    assert not any(asked.path == "/api/session" for asked in server.log)


async def test_more_than_the_directory_allows(server: Simulator, tmp_path: Path) -> None:
    (path := tmp_path / "a").write_bytes(b"a")
    async with visiting(server) as visit:
        with pytest.raises(crypto_errors.OverLimit):
            await visit.report(Draft("x" * 40_001))
        with Source(path) as source, pytest.raises(crypto_errors.OverLimit):
            await visit.report(Draft("x"), [source] * 21)
    assert not any(asked.path == "/api/session" for asked in server.log)


# -- sizes and patterns -------------------------------------------------------------------------


async def test_one_character_and_twelve_thousand_are_the_same_requests(team: Team) -> None:
    shapes = []
    for text in ("a", "b" * 12_000):
        server = Simulator(team)
        async with visiting(server) as visit:
            await visit.report(Draft(text))
        shapes.append([asked.shape for asked in server.log])
    assert shapes[0] == shapes[1]
    assert any(path == "/api/envelopes" for _, path, _ in shapes[0])


@pytest.mark.parametrize("page", [1, 2, 1000])
async def test_requests_do_not_depend_on_what_opens(team: Team, page: int) -> None:
    """P22: valid envelopes, damaged ones and a mix are asked for in the same way."""
    server = Simulator(team, page)
    async with visiting(server) as visit:
        await visit.report(Draft("first"))
        card = visit._reporter.card
    correspondent = Correspondent(team, card)
    server.put(*(correspondent.reply(f"{number}") for number in range(5)))
    logs, states = [], []
    for damaged in (set(), {0, 1, 2, 3, 4}, {0}, {4}, {1, 3}):

        def spoil(asked: Asked, answer: Answer, damaged: set[int] = damaged) -> Answer:
            if not asked.path.startswith("/api/mailbox/"):
                return answer
            body = answer.body
            for seq in damaged:
                sealed = server.chain(card.id, Chain.TEAM)[seq].envelope.body
                body = body.replace(sealed, secrets.token_bytes(len(sealed)))
            return Answer(200, body)

        server.log.clear()
        server.spoil = spoil
        async with visiting(server) as visit:
            conversation = await visit.read()
        logs.append([asked.shape for asked in server.log])
        states.append({item.seq for item in conversation.items if item.state is not State.SHOWN})
    assert states == [set(), {0, 1, 2, 3, 4}, {0}, {4}, {1, 3}]
    assert all(log == logs[0] for log in logs)
    assert sum(path.startswith("/api/mailbox") for _, path, _ in logs[0]) == -(-5 // page)


async def test_the_bytes_of_a_file_are_padded(server: Simulator, tmp_path: Path) -> None:
    for number, size in enumerate((1, 16 * 1024)):
        (path := tmp_path / f"{number}").write_bytes(b"a" * size)
        async with visiting(server, word_list().generate(secrets.token_bytes)) as visit:
            with Source(path) as source:
                await visit.report(Draft(""), [source])
    puts = [len(asked.body) for asked in server.log if asked.method == "PUT"]
    assert len(puts) == 2
    assert puts[0] == puts[1] < LARGEST_PART
