"""The library against the real server: every route, as the workstation uses it."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.analyst import Rewrapped
from crypto.certificates import CertificateRole
from crypto.constants import PART, WRAP
from crypto.envelope import Chain
from crypto.errors import ProtocolError
from crypto.keys import GroupSecret, MailboxSecret
from crypto.outgoing import Outgoing
from crypto.reporter import Draft, Reporter
from dropbox.client.directory import fetch
from dropbox.client.errors import Refused
from dropbox.client.http import HttpTransport
from dropbox.client.origins import read_origin
from dropbox.client.service import Caller, Service
from dropbox.client.source import Source
from dropbox.client.upload import upload
from dropbox.wire import Fault, Role, Spot
from tests.client.team import Correspondent
from tests.dropbox.cast import age
from tests.dropbox.server import Server, free_port, make_data
from tests.dropbox.team import Papers, Team, today
from tests.dropbox.wiretap import Sealed, handing, seal


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    port = free_port()
    team = Team(origins=(f"http://127.0.0.1:{port}",))
    data = make_data(tmp_path_factory.mktemp("server") / "data", team)
    with Server(data, team, port=port) as running:
        yield running


def service(server: Server, caller: Caller | None = None) -> Service:
    return Service(HttpTransport(read_origin(server.url)), server.url, caller)


def analyst(server: Server) -> Service:
    team = server.team
    caller = Caller(team.analyst.keys, team.service, team.certificate(team.analyst))
    return service(server, caller)


def publisher(server: Server) -> Service:
    team = server.team
    certificate = team.certificate(team.publisher, CertificateRole.PUBLISHER)
    return service(server, Caller(team.publisher.keys, team.service, certificate))


async def new_mailbox(server: Server) -> tuple[Service, Reporter]:
    """A mailbox with its report."""
    secret = MailboxSecret.generate(secrets.token_bytes)
    client = service(server, Caller(secret.keys, server.team.service))
    published = await fetch(client, server.team.service, server.url)
    reporter = Reporter(secret, published.directory, secrets.token_bytes)
    await client.submit((reporter.report(Draft("hello"), today()),))
    return client, reporter


async def test_roles(server: Server) -> None:
    mailbox, _ = await new_mailbox(server)
    for client, role in (
        (mailbox, Role.MAILBOX),
        (analyst(server), Role.ANALYST),
        (publisher(server), Role.PUBLISHER),
    ):
        assert await client.log_in() is role
        await client.close()


async def test_a_newer_directory_is_published_and_publishing_it_again_is_no_error(
    server: Server,
) -> None:
    client = publisher(server)
    signed = server.team.directory()
    await client.publish(signed)
    await client.publish(signed)
    assert (await fetch(client, server.team.service, server.url)).signed == signed
    older = Team(origins=server.team.origins).directory()
    with pytest.raises(Refused):
        await client.publish(older)
    await client.close()


async def test_the_directory_is_held_against_the_pinned_root(server: Server) -> None:
    client = service(server)
    with pytest.raises(ProtocolError):
        await fetch(client, Team().service, server.url)
    await client.close()


async def test_the_feed_comes_in_the_order_of_the_commits(server: Server) -> None:
    client = analyst(server)
    before = [entry async for page in client.feed(0) for entry in page.entries]
    after = before[-1].position if before else 0
    boxes = [await new_mailbox(server) for _ in range(3)]
    pages = [page async for page in client.feed(after)]
    entries = [entry for page in pages for entry in page.entries]
    assert [entry.mailbox for entry in entries] == [reporter.address for _, reporter in boxes]
    assert all(entry.position > after for entry in entries)
    assert entries[0].stored.parse_envelope().header.chain is Chain.REPORTER
    assert not (await client.feed_page(entries[-1].position)).entries
    for each in (client, *(box for box, _ in boxes)):
        await each.close()


async def test_a_mailbox_of_many_pages_is_read_to_its_end(server: Server) -> None:
    mailbox, reporter = await new_mailbox(server)
    team = Correspondent(server.team, reporter.card)  # type: ignore[arg-type]
    client = analyst(server)
    texts = [secrets.token_hex(20_000)[:40_000] + str(number) for number in range(3)]
    for number in range(110):
        await client.submit((team.reply(texts[number % 3][-39_000:]),))
    listed = await mailbox.mailbox()
    conversation = reporter.read(
        [each.stored for each in listed if each.is_own],
        [each.stored for each in listed if not each.is_own],
    )
    assert [item.seq for item in conversation.items] == list(range(110))
    assert sum(each.is_own for each in listed) == 1, "the stubs come once"
    assert not conversation.team_alarms
    assert sum(len(each.body or b"") for each in listed) > 4 * 2**20, "more than one page"
    for each in (client, mailbox):
        await each.close()


async def test_the_parts_held_are_told(server: Server, tmp_path: Path) -> None:
    mailbox, _ = await new_mailbox(server)
    (tmp_path / "a").write_bytes(bytes(3 * PART))
    with Source(tmp_path / "a") as source:
        manifest = await upload(mailbox, source, secrets.token_bytes)
    state = await mailbox.file_state(manifest.id)
    assert (state.parts, state.held) == (manifest.parts, tuple(range(manifest.parts)))
    await mailbox.cancel_file(manifest.id)
    await mailbox.cancel_file(manifest.id)
    with pytest.raises(Refused) as refused:
        await mailbox.file_state(manifest.id)
    assert refused.value.fault is Fault.UNKNOWN
    await mailbox.close()


@pytest.mark.parametrize("call", ["feed", "publish"])
async def test_a_mailbox_may_not_do_what_the_team_does(server: Server, call: str) -> None:
    mailbox, _ = await new_mailbox(server)
    calls: dict[str, Callable[[], object]] = {
        "feed": lambda: mailbox.feed_page(0),
        "publish": lambda: mailbox.publish(server.team.directory()),
    }
    with pytest.raises(Refused) as refused:
        await calls[call]()  # type: ignore[misc]
    assert refused.value.fault is Fault.REFUSED
    await mailbox.close()


async def test_a_case_changes_hands_and_its_papers_go_round(server: Server) -> None:
    """Every call about the team; each of them again changes nothing."""
    team, client, boss = server.team, analyst(server), publisher(server)
    mailbox, reporter = await new_mailbox(server)
    assert await client.roster() is None
    me, group = team.analyst.keys.card.id, GroupSecret.generate(secrets.token_bytes)
    papers, case = Papers.of(team.analyst, team.service), group.keys.card.id
    new = [sent_as(each, group) for each in pair(reporter.address, team, case)]
    for _ in range(2):
        receipt = await client.assign(new[0], new[1], [me])
        assert receipt.ids == tuple(each.envelope.id for each in new)
    signed = team.roster(team.member(team.analyst))
    for _ in range(2):
        await boss.publish_roster(signed)
    with pytest.raises(Refused):
        await boss.publish_roster(Team(origins=team.origins).roster())
    assert await client.roster() == signed
    listing = await client.case_page(reporter.address, 0)
    report = listing.entries[0]
    wrapped = Rewrapped(
        Chain.REPORTER, 0, report.stored.parse_envelope().id, secrets.token_bytes(WRAP)
    )
    for _ in range(2):
        await client.rewrap(reporter.address, case, [wrapped])
        await client.unwrap(reporter.address, team.intake.keys.card.id)
    page = await client.case_page(reporter.address, report.position - 1)
    assert page.entries[0].wraps == {case: wrapped.wrap}
    for _ in range(2):
        await client.tell_receiving(papers.receiving)
        await client.tell_erased(papers.erased)
        await client.give_grants([(papers.grant, reporter.address)])
    assert await client.receiving() == (papers.receiving,)
    assert await client.erased() == (papers.erased,)
    assert await client.grants() == ((papers.grant, reporter.address),)
    await client.opened_grants([papers.group.keys.card.id, case])
    assert await client.grants() == ()
    seen = (
        Spot(int(Chain.REPORTER), 0, wrapped.id),
        Spot(int(Chain.CASE), 0, new[1].envelope.id),
    )
    with pytest.raises(Refused) as early:
        await client.purge(reporter.address, seen)
    assert early.value.fault is Fault.TOO_EARLY
    await asyncio.to_thread(age, server.data)
    for _ in range(2):
        await client.purge(reporter.address, seen)
    assert (await client.case_page(reporter.address, 0)).entries == ()
    for each in (client, boss, mailbox):
        await each.close()


def pair(mailbox: bytes, team: Team, case: bytes) -> tuple[Sealed, Sealed]:
    """A handover to a case group and its entry, as bytes that say nothing."""
    new = handing(mailbox, [bytes(32)], team.intake.keys.card.id)
    handover = seal(mailbox, (mailbox, case), Chain.TEAM, use=case)
    return handover, replace(new.assigned, recipients=(new.assigned.recipients[0], case))


def sent_as(sealed: Sealed, group: GroupSecret) -> Outgoing:
    wraps = tuple(zip(sealed.recipients, sealed.wraps, strict=True))
    return Outgoing(sealed.envelope, wraps, (), sealed.use, group.expose())
