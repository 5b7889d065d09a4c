"""A mailbox deletes replies, takes contact details back, and closes for good."""

import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto import errors as crypto_errors
from crypto.envelope import Chain
from crypto.opening import State
from crypto.reporter import Draft
from dropbox.client.errors import ClientError, Gone, Lost, NotDeleted, Refused, Unknown
from dropbox.client.transport import Answer
from dropbox.client.visit import Stage, Visit
from dropbox.client.wordlist import word_list
from dropbox.wire import DELETIONS_PER_REQUEST, Deletions, Fault
from tests.client.simulator import Asked, Simulator
from tests.client.team import Correspondent, Team
from tests.client.test_visit import WORDS, opened, visiting


@pytest.fixture(scope="module")
def team() -> Team:
    return Team()


@pytest.fixture
def server(team: Team) -> Simulator:
    return Simulator(team)


async def begin(server: Simulator, visit: Visit, *replies: str) -> Correspondent:
    """A mailbox with a report in it and these replies."""
    await visit.report(Draft("first"))
    correspondent = Correspondent(server.team, visit._reporter.card)
    server.put(*map(correspondent.reply, replies))
    return correspondent


def asked(server: Simulator, path: str) -> list[Asked]:
    return [each for each in server.log if each.path == path]


# -- deleting -----------------------------------------------------------------------------------


async def test_replies_are_deleted_one_by_one_and_all_at_once(server: Simulator) -> None:
    async with visiting(server) as visit:
        correspondent = await begin(server, visit, "one", "two", "three")
        server.put(correspondent.receipt())
        before = await visit.read()
        one = before.items[1].id
        after = await visit.delete(before, [one])
        assert [each.state for each in after.items].count(State.DELETED) == 1
        assert after.items[1].state is State.DELETED
        assert one not in after.deletable
        after = await visit.delete(after)
        assert {each.state for each in after.items} == {State.DELETED}
        assert (after.team_alarms, after.deletable) == ((), ())
        await visit.answer(Draft("I go on."), after)
    assert all(not row.wraps for row in server.rows if row.envelope.header.chain is Chain.TEAM)


async def test_deleting_again_or_nothing_asks_for_nothing(server: Simulator) -> None:
    async with visiting(server) as visit:
        await begin(server, visit, "one")
        before = await visit.read()
        after = await visit.delete(before)
        assert await visit.delete(after) == after
        assert await visit.delete(after, [after.items[0].id]) == after
        assert len(asked(server, "/api/deletions")) == 1
        assert (await visit.delete(before)).items == after.items, "an old page: nothing changes"


@pytest.mark.parametrize("when", ["cut", "cut_after"])
async def test_a_lost_answer_deletes_once_and_says_so(server: Simulator, when: str) -> None:
    lost: list[Asked] = []

    def cut(_: int, each: Asked) -> ClientError | None:
        if each.path != "/api/deletions" or lost:
            return None
        lost.append(each)
        return Lost()

    async with visiting(server) as visit:
        await begin(server, visit, "one", "two")
        setattr(server, when, cut)
        after = await visit.delete(await visit.read())
    assert {each.state for each in after.items} == {State.DELETED}
    first, second = asked(server, "/api/deletions")
    assert first.body == second.body


async def test_what_says_who_has_the_case_is_not_deleted(server: Simulator) -> None:
    async with visiting(server) as visit:
        correspondent = await begin(server, visit, "one")
        server.put(correspondent.hand_over(), correspondent.reply("two"))
        server.put(correspondent.closing(), correspondent.reply("three"))
        before = await visit.read()
        for number in (1, 3):
            with pytest.raises(crypto_errors.NotDeletable):
                await visit.delete(before, [before.items[0].id, before.items[number].id])
        with pytest.raises(crypto_errors.NotDeletable):
            await visit.delete(before, [secrets.token_bytes(32)])
        assert asked(server, "/api/deletions") == []
        after = await visit.delete(before)
    states = [each.state for each in after.items]
    assert states == [State.DELETED, State.SHOWN, State.DELETED, State.SHOWN, State.DELETED]


async def test_after_deleting_all_she_still_seals_to_whoever_has_the_case(
    server: Simulator,
) -> None:
    async with visiting(server) as visit:
        correspondent = await begin(server, visit)
        server.put(correspondent.hand_over(), correspondent.reply("two"))
        after = await visit.delete(await visit.read())
        await visit.answer(Draft("to the handlers"), after)
    assert correspondent.group is not None
    assert set(server.rows[-1].wraps) == {correspondent.group.keys.card.id}


async def test_what_does_not_open_is_not_deleted(server: Simulator) -> None:
    """It could be the handover."""
    async with visiting(server) as visit:
        await begin(server, visit, "one", "two")
        sealed = server.rows[1].envelope.body
        server.spoil = lambda _, answer: replace(
            answer, body=answer.body.replace(sealed, secrets.token_bytes(len(sealed)))
        )
        before = await visit.read()
        assert before.items[0].state is State.QUARANTINED
        assert before.deletable == (before.items[1].id,)
        with pytest.raises(crypto_errors.NotDeletable):
            await visit.delete(before, [before.items[0].id])


async def test_a_reply_that_comes_meanwhile_is_kept(server: Simulator) -> None:
    async with visiting(server) as visit:
        correspondent = await begin(server, visit, "one")
        before = await visit.read()
        server.put(correspondent.reply("two"))
        after = await visit.delete(before)
    assert [each.state for each in after.items] == [State.DELETED, State.SHOWN]


async def test_a_server_that_only_says_it_deleted_is_told_from_one_that_did(
    server: Simulator,
) -> None:
    async with visiting(server) as visit:
        await begin(server, visit, "one")
        server.delete = lambda *_: Answer(204, b"")  # type: ignore[method-assign]
        with pytest.raises(NotDeleted):
            await visit.delete(await visit.read())


async def test_a_server_that_loses_the_signature_is_noticed(server: Simulator) -> None:
    async with visiting(server) as visit:
        await begin(server, visit, "one")

        def delete(address: bytes, _: Deletions) -> Answer:
            at = server.rows.index(server.chain(address, Chain.TEAM)[0])
            server.rows[at] = replace(server.rows[at], wraps={}, deleted=bytes(64))
            return Answer(204, b"")

        server.delete = delete  # type: ignore[method-assign]
        with pytest.raises(NotDeleted):
            await visit.delete(await visit.read())
        [item] = (await visit.read()).items
        assert item.state is State.MISSING


async def test_more_than_fits_is_deleted_in_several_requests(server: Simulator) -> None:
    async with visiting(server) as visit:
        await begin(server, visit, *(["word"] * (DELETIONS_PER_REQUEST + 1)))
        after = await visit.delete(await visit.read())
    assert after.deletable == ()
    sizes = [len(Deletions.from_bytes(each.body).deletions) for each in server.log if _asks(each)]
    assert sizes == [DELETIONS_PER_REQUEST, 1]


def _asks(each: Asked) -> bool:
    return each.path == "/api/deletions"


# -- taking contact details back ----------------------------------------------------------------


async def test_contact_details_are_taken_back(server: Simulator) -> None:
    async with visiting(server) as visit:
        await begin(server, visit, "one")
        await visit.withdraw_contact(await visit.read())
        assert visit.stage is Stage.STORED
    assert opened(server, server.team.intake, 2).kind == "contact-withdrawn"


async def test_it_is_signed_anew_where_somebody_else_was_quicker(server: Simulator) -> None:
    async with visiting(server) as visit:
        await begin(server, visit)
        before = await visit.read()
        async with visiting(server) as other:
            await other.answer(Draft("elsewhere"), await other.read())
        await visit.withdraw_contact(before)
    assert [row.envelope.header.seq for row in server.rows] == [0, 1, 2]


# -- closing ------------------------------------------------------------------------------------


async def test_a_closed_mailbox_looks_as_if_it_had_never_been(server: Simulator) -> None:
    async with visiting(server) as visit:
        await begin(server, visit, "one")
        receipt = await visit.close_for_good(await visit.read())
        assert visit.stage is Stage.STORED
    assert opened(server, server.team.intake, 1).kind == "closed"
    assert receipt.ids == (server.rows[1].envelope.id,)
    pages = []
    for words in (WORDS, word_list().generate(secrets.token_bytes)):
        server.log.clear()
        server.spoil = lambda each, answer: pages.append(answer.body) or answer  # type: ignore[func-returns-value]
        async with visiting(server, words) as visit:
            assert (await visit.read()).empty
    half = len(pages) // 2
    assert pages[half - 2] == pages[-2], "the page of the closed one and of an unknown one"


@pytest.mark.parametrize("when", ["cut", "cut_after"])
async def test_a_closing_whose_answer_was_lost_is_sent_again_as_it_was(
    server: Simulator, when: str
) -> None:
    lost: list[Asked] = []

    def cut(_: int, each: Asked) -> ClientError | None:
        if each.path != "/api/closing" or len(lost) > 2:
            return None
        lost.append(each)
        return Lost()

    async with visiting(server) as visit:
        await begin(server, visit, "one")
        setattr(server, when, cut)
        receipt = await visit.close_for_good(await visit.read())
    assert receipt.ids == (server.rows[-1].envelope.id,)
    assert len({each.body for each in asked(server, "/api/closing")}) == 1
    assert len(server.rows) == 2


async def test_a_closing_that_may_have_been_stored_is_said_to_be_unknown(
    server: Simulator,
) -> None:
    server.cut_after = lambda _, each: Lost() if each.path == "/api/closing" else None
    async with visiting(server) as visit:
        await begin(server, visit)
        with pytest.raises(Unknown):
            await visit.close_for_good(await visit.read())
        assert visit.stage is Stage.SENDING
        assert (await visit.read()).empty


async def test_a_server_that_says_closed_and_shows_old_data_is_noticed(
    server: Simulator,
) -> None:
    async with visiting(server) as visit:
        await begin(server, visit, "one")
        before = await visit.read()
        close = server.close_mailbox

        def pretend(address: bytes, body: bytes) -> Answer:
            answer = close(address, body)
            server.closed.clear()
            return answer

        server.close_mailbox = pretend  # type: ignore[method-assign]
        with pytest.raises(NotDeleted):
            await visit.close_for_good(before)


@pytest.mark.parametrize(
    "do",
    [
        lambda visit, before: visit.answer(Draft("more"), before),
        lambda visit, before: visit.withdraw_contact(before),
        lambda visit, before: visit.delete(before),
        lambda visit, before: visit.close_for_good(before),
    ],
    ids=["answer", "withdraw", "delete", "close"],
)
async def test_what_is_done_after_somebody_else_closed_it_finds_it_gone(
    server: Simulator, do: Callable[[Visit, object], object]
) -> None:
    async with visiting(server) as visit:
        await begin(server, visit, "one")
        before = await visit.read()
        async with visiting(server) as other:
            await other.close_for_good(await other.read())
        with pytest.raises(Gone):
            await do(visit, before)  # type: ignore[misc]
    assert len(server.rows) == 2


async def test_nothing_begins_again_under_the_words(server: Simulator) -> None:
    async with visiting(server) as visit:
        await begin(server, visit)
        await visit.close_for_good(await visit.read())
        with pytest.raises(Refused) as refused:
            await visit.report(Draft("again"))
    assert refused.value.fault is Fault.PLACE_TAKEN


async def test_an_empty_mailbox_has_nothing_to_close_or_to_take_back(server: Simulator) -> None:
    async with visiting(server) as visit:
        empty = await visit.read()
        with pytest.raises(crypto_errors.NothingHere):
            await visit.close_for_good(empty)
        with pytest.raises(crypto_errors.NothingHere):
            await visit.withdraw_contact(empty)
        assert await visit.delete(empty) == empty
    assert server.rows == []
    assert not any(each.path in {"/api/closing", "/api/envelopes"} for each in server.log)


async def test_a_contested_mailbox_is_not_closed_to_a_group_of_the_servers_choice(
    server: Simulator,
) -> None:
    async with visiting(server) as visit:
        correspondent = await begin(server, visit)
        server.put(correspondent.reply("one"))
        fork = Correspondent(server.team, visit._reporter.card)
        server.put(fork.reply("two"))
        with pytest.raises(crypto_errors.Contested):
            await visit.close_for_good(await visit.read())
    assert asked(server, "/api/closing") == []
