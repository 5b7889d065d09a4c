"""What is taken, what is refused, and what is answered as the first time (docs/protocol.md §9)."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crypto.constants import LARGEST_BODY, WRAP
from crypto.directory import LIMITS
from crypto.envelope import Chain, Envelope
from dropbox import wire
from dropbox.wire import Fault
from tests.dropbox.server import Server
from tests.dropbox.team import Team, today
from tests.dropbox.wiretap import (
    Person,
    Sealed,
    analyst,
    handed,
    handing,
    parcel,
    publisher,
    reporter,
    seal,
)

pytestmark = pytest.mark.statements


@pytest.fixture
def someone(server: Server) -> Person:
    return reporter(server.wire(), server.team).log_in()


@pytest.fixture
def colleague(server: Server) -> Person:
    return analyst(server.wire(), server.team).log_in()


def first(person: Person, **how: object) -> Sealed:
    """The first envelope of a reporter's chain."""
    return seal(person.address, (person.team.intake.keys.card.id,), **how)


def to_reporter(mailbox: bytes, use: bytes | None = None, after: Sealed | None = None) -> Sealed:
    recipients = (mailbox, use or secrets.token_bytes(32))
    return seal(mailbox, recipients, Chain.TEAM, after, use=use)


def in_case(mailbox: bytes, after: Sealed | None = None) -> Sealed:
    return seal(mailbox, (secrets.token_bytes(32),), Chain.CASE, after)


def refused(reply: object, fault: Fault) -> bool:
    return (reply.status, reply.fault) == (wire.FAULTS[fault][0], fault)  # type: ignore[attr-defined]


def test_a_receipt_names_the_ids_and_the_day(someone: Person) -> None:
    report = first(someone)
    receipt = someone.submit(report).read(wire.Receipt)
    assert (receipt.ids, receipt.day) == ((report.id,), today())


def test_the_same_envelope_again_is_answered_as_the_first_time_and_keeps_its_wraps(
    someone: Person, colleague: Person, server: Server
) -> None:
    report = first(someone)
    receipt = someone.submit(report)
    other_wraps = replace(report, wraps=(secrets.token_bytes(WRAP),))
    assert someone.submit(other_wraps).body == receipt.body
    page, blobs = feed_from_start(colleague)
    assert [e.body_hash for e in page.entries].count(entry_hash(report)) == 1
    assert report.wraps[0] in blobs
    assert other_wraps.wraps[0] not in blobs


def test_an_old_envelope_is_answered_although_its_group_may_no_longer_be_used(
    someone: Person, colleague: Person
) -> None:
    report = first(someone)
    receipt = someone.submit(report)
    assert colleague.assign(handing(someone.address, [colleague.address], bytes(32))).status == 200
    assert someone.submit(report).body == receipt.body


def test_one_envelope_sent_many_times_at_once_is_stored_once(
    server: Server, someone: Person
) -> None:
    report = parcel(first(someone))

    def send(_: int) -> bytes:
        copy = replace(someone, wire=server.wire())
        return copy.ask("POST", "/api/envelopes", report).body

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(send, range(16)))) == 1
    assert len(someone.ask("GET", "/api/mailbox/0").page()[0].entries) == 1


def test_two_envelopes_for_one_place_at_once_have_one_winner(
    server: Server, someone: Person
) -> None:
    def send(_: int) -> int:
        return replace(someone, wire=server.wire()).submit(first(someone)).status

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(send, range(8)))
    assert sorted(statuses) == [200] + [412] * 7


def test_a_taken_place_is_refused(someone: Person) -> None:
    assert someone.submit(first(someone)).status == 200
    assert refused(someone.submit(first(someone)), Fault.PLACE_TAKEN)


@pytest.mark.parametrize("known", [False, True])
def test_an_envelope_without_the_one_before_it_is_refused(someone: Person, known: bool) -> None:
    report, other = first(someone), first(someone)
    if known:
        assert someone.submit(report).status == 200
    group = (someone.team.intake.keys.card.id,)
    assert refused(someone.submit(seal(someone.address, group, after=other)), Fault.PLACE_TAKEN)
    second = seal(someone.address, group, after=report)
    third = seal(someone.address, group, after=second)
    assert refused(someone.submit(third), Fault.PLACE_TAKEN)


def test_a_group_that_is_not_the_intake_is_refused_for_a_new_report(someone: Person) -> None:
    intake, other = someone.team.intake.keys.card.id, secrets.token_bytes(32)
    for recipients in ((other,), (intake, other), (other, intake), (intake, intake)):
        assert refused(someone.submit(seal(someone.address, recipients)), Fault.OTHER_GROUP)


def test_after_a_case_group_wrote_only_that_group_is_taken(
    someone: Person, colleague: Person
) -> None:
    intake, case = someone.team.intake.keys.card.id, secrets.token_bytes(32)
    report = first(someone)
    assert someone.submit(report).status == 200
    handover = to_reporter(someone.address, case)
    assert colleague.assign(handed(handover, [colleague.address])).status == 200
    message = seal(someone.address, (intake,), after=report)
    assert refused(someone.submit(message), Fault.OTHER_GROUP)
    rewrapped = replace(message, recipients=(case,))
    assert someone.submit(rewrapped).status == 200
    assert someone.ask("GET", "/api/mailbox/0").page()[0].use == case
    closing = to_reporter(someone.address, None, after=handover)
    assert colleague.submit(closing).status == 200
    again = seal(someone.address, (intake,), after=message)
    assert someone.submit(again).status == 200


def test_too_many_unread_are_refused_until_an_analyst_has_fetched(
    make_server: Callable[..., Server],
) -> None:
    team = Team(limits=replace(LIMITS, unread=3))
    server = make_server(team)
    person = reporter(server.wire(), team).log_in()
    last: Sealed | None = None
    for _ in range(3):
        last = seal(person.address, (team.intake.keys.card.id,), after=last)
        assert person.submit(last).status == 200
    after = seal(person.address, (team.intake.keys.card.id,), after=last)
    assert refused(person.submit(after), Fault.TOO_MANY_UNREAD)
    reader = analyst(server.wire(), team).log_in()
    reader.ask("GET", "/api/feed/0")
    assert refused(person.submit(after), Fault.TOO_MANY_UNREAD)
    reader.ask("GET", "/api/feed/1")
    assert person.submit(after).status == 200


@pytest.mark.parametrize(
    "directory",
    [
        {"issued": today() - timedelta(days=20), "days": 14},
        {"issued": today(), "publisher_last": today() - timedelta(days=1)},
    ],
    ids=["directory", "publisher's certificate"],
)
def test_an_expired_directory_takes_no_new_report_yet_everything_else(
    make_server: Callable[..., Server], directory: dict[str, object]
) -> None:
    server = make_server(directory=directory)
    person = reporter(server.wire(), server.team).log_in()
    reader = analyst(server.wire(), server.team).log_in()
    assert refused(person.submit(first(person)), Fault.EXPIRED_DIRECTORY)
    assert person.ask("GET", "/api/mailbox/0").status == 200
    assert reader.ask("GET", "/api/feed/0").status == 200
    assert person.ask("GET", "/api/directory").status == 200
    assert (
        publisher(server.wire(), server.team)
        .log_in()
        .ask("POST", "/api/directory", server.team.directory())
        .status
        == 204
    )
    assert person.submit(first(person)).status == 200


def test_a_case_group_is_written_to_under_an_expired_directory(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    server = make_server(clock=clock)
    person = reporter(server.wire(), server.team).log_in()
    report = first(person)
    assert person.submit(report).status == 200
    case = secrets.token_bytes(32)
    reader = analyst(server.wire(), server.team).log_in()
    handover = to_reporter(person.address, case)
    assert reader.assign(handed(handover, [reader.address])).status == 200
    clock.write_text(str(20 * 86400))
    person.log_in()
    message = seal(person.address, (case,), after=report)
    receipt = person.submit(message).read(wire.Receipt)
    assert receipt.day == today() + timedelta(days=20)
    assert person.submit(report).read(wire.Receipt).day == today()


def test_an_unknown_address_gets_an_empty_mailbox_and_leaves_no_row(
    server: Server, someone: Person, colleague: Person
) -> None:
    page, blobs = someone.ask("GET", "/api/mailbox/0").page()
    assert (page.use, page.entries, page.more, blobs) == (None, (), False, [])
    assert colleague.submit(to_reporter(someone.address)).fault is Fault.UNKNOWN
    assert colleague.submit(in_case(someone.address)).fault is Fault.UNKNOWN


def test_a_team_envelope_and_its_case_entry_are_stored_both_or_neither(
    someone: Person, colleague: Person
) -> None:
    assert someone.submit(first(someone)).status == 200
    team, case = to_reporter(someone.address), in_case(someone.address)
    orphan = in_case(someone.address, after=case)
    assert refused(colleague.submit(team, orphan), Fault.PLACE_TAKEN)
    assert len(someone.ask("GET", "/api/mailbox/0").page()[0].entries) == 1
    assert colleague.submit(team, case).read(wire.Receipt).ids == (team.id, case.id)
    # The place in the case chain was taken meanwhile: signed anew, with the same team envelope.
    assert colleague.submit(team, in_case(someone.address, after=case)).status == 200
    assert len(someone.ask("GET", "/api/mailbox/0").page()[0].entries) == 2


def test_pairs_that_do_not_belong_together_are_refused(
    server: Server, someone: Person, colleague: Person
) -> None:
    other = reporter(server.wire(), server.team).log_in()
    for person in (someone, other):
        assert person.submit(first(person)).status == 200
    a, b = someone.address, other.address
    pairs = [
        (in_case(a), to_reporter(a)),
        (to_reporter(a), to_reporter(a)),
        (in_case(a), in_case(a)),
        (to_reporter(a), in_case(b)),
    ]
    for pair in pairs:
        assert colleague.submit(*pair).status in {400, 412}
    assert len(someone.ask("GET", "/api/mailbox/0").page()[0].entries) == 1


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_team_envelope_has_two_wraps_the_mailbox_first(
    someone: Person, colleague: Person, count: int
) -> None:
    assert someone.submit(first(someone)).status == 200
    a, group = someone.address, secrets.token_bytes(32)
    recipients = (a, group, secrets.token_bytes(32))[:count]
    wrong = replace(
        seal(a, (a,), Chain.TEAM),
        recipients=recipients,
        wraps=tuple(secrets.token_bytes(WRAP) for _ in recipients),
    )
    assert refused(colleague.submit(wrong), Fault.MALFORMED)
    assert refused(colleague.submit(seal(a, (group, a), Chain.TEAM)), Fault.MALFORMED)
    assert refused(colleague.submit(seal(a, (a, a), Chain.TEAM)), Fault.MALFORMED)


def test_use_stands_beside_team_envelopes_alone(someone: Person, colleague: Person) -> None:
    group = secrets.token_bytes(32)
    assert refused(someone.submit(first(someone, use=group)), Fault.MALFORMED)
    assert someone.submit(first(someone)).status == 200
    entry = replace(in_case(someone.address), use=group)
    assert refused(colleague.submit(entry), Fault.MALFORMED)


def flipped(data: bytes, index: int) -> bytes:
    return data[:index] + bytes([data[index] ^ 0xFF]) + data[index + 1 :]


def test_parcels_in_any_other_form_are_refused(someone: Person) -> None:
    report = first(someone)
    good = parcel(report)
    document, (sealed, wrap) = wire.unpack(good)
    bad = [
        b"",
        good[:-1],
        good + b"\0",
        good + b"\0\0\0\0",
        wire.pack(document, [sealed]),
        wire.pack(document, [sealed, wrap, wrap]),
        wire.pack(document, [sealed, wrap[:-1]]),
        wire.pack(document, [sealed + b"\0", wrap]),
        wire.pack(document, [sealed[:200], wrap]),
        wire.pack(document, [flipped(sealed, 0), wrap]),  # version
        wire.pack(document, [flipped(sealed, 1), wrap]),  # chain
        wire.pack(document, [sealed[:134] + bytes(LARGEST_BODY + 1), wrap]),
        wire.pack(b'{"places":[]}', []),
        wire.pack(document.replace(b'":', b'": ', 1), [sealed, wrap]),
        wire.pack(b"\xef\xbb\xbf" + document, [sealed, wrap]),
        wire.pack(document[:-1] + b',"places":[]}', [sealed, wrap]),
        wire.pack(document.replace(b"null", b"NaN"), [sealed, wrap]),
        wire.pack(b"[" * 100_000, [sealed, wrap]),
    ]
    for body in bad:
        reply = someone.ask("POST", "/api/envelopes", body)
        assert refused(reply, Fault.MALFORMED), body[:100]
    assert someone.submit(report).status == 200


def test_the_largest_envelope_fits_and_comes_back_unchanged(
    someone: Person, colleague: Person
) -> None:
    assert someone.submit(first(someone)).status == 200
    team = to_reporter(someone.address)
    body = secrets.token_bytes(LARGEST_BODY)
    team = replace(team, envelope=Envelope(team.envelope.header, body))
    case = in_case(someone.address)
    case = replace(case, envelope=Envelope(case.envelope.header, body))
    assert colleague.submit(team, case).status == 200
    page, blobs = someone.ask("GET", "/api/mailbox/0").page()
    assert [entry.has_body for entry in page.entries] == [False, True]
    assert blobs == [blobs[0], team.envelope.header.to_bytes(), body, team.wraps[0]]


def feed_from_start(person: Person) -> tuple[wire.Page, list[bytes]]:
    """The whole feed: every page of it."""
    entries: list[wire.Entry] = []
    blobs: list[bytes] = []
    after, more = 0, True
    while more:
        page, page_blobs = person.ask("GET", f"/api/feed/{after}").page()
        entries += page.entries
        blobs += page_blobs
        after, more = (entries[-1].position if entries else 0), page.more
    return wire.Page(None, tuple(entries[-1000:]), False), blobs


def entry_hash(sealed: Sealed) -> bytes:
    from crypto.envelope import body_hash

    return body_hash(sealed.envelope.body)


def test_the_feed_gives_everything_once_in_commit_order_in_bounded_pages(
    make_server: Callable[..., Server],
) -> None:
    server = make_server()
    reader = analyst(server.wire(), server.team).log_in()
    sent = []
    for size in (LARGEST_BODY,) * 7:
        person = reporter(server.wire(), server.team).log_in()
        sent.append(first(person, size=size))
        assert person.submit(sent[-1]).status == 200
    seen: list[bytes] = []
    after, more, pages = 0, True, 0
    while more:
        reply = reader.ask("GET", f"/api/feed/{after}")
        assert len(reply.body) <= wire.LARGEST_PAGE
        page, _ = reply.page()
        assert [entry.position for entry in page.entries] == sorted(
            {entry.position for entry in page.entries}
        )
        seen += [entry.body_hash for entry in page.entries]
        after, more, pages = page.entries[-1].position, page.more, pages + 1
    assert seen == [entry_hash(each) for each in sent]
    assert pages == 2
    assert reader.ask("GET", f"/api/feed/{after}").page()[0].entries == ()


def test_a_mailbox_is_given_its_replies_and_the_stubs_of_what_it_sent(
    someone: Person, colleague: Person
) -> None:
    report = first(someone)
    assert someone.submit(report).status == 200
    one = to_reporter(someone.address)
    two = to_reporter(someone.address, after=one)
    assert colleague.submit(one, in_case(someone.address)).status == 200
    assert colleague.submit(two).status == 200
    page, blobs = someone.ask("GET", "/api/mailbox/0").page()
    assert [(entry.has_body, entry.wraps, entry.position) for entry in page.entries] == [
        (False, (), 0),
        (True, (someone.address,), 0),
        (True, (someone.address,), 0),
    ]
    stub = report.envelope.header.to_bytes()
    replies = [part for each in (one, two) for part in given(each)]
    assert blobs == [stub, *replies]
    later, blobs = someone.ask("GET", "/api/mailbox/1").page()
    assert (len(later.entries), blobs) == (1, given(two))


def given(sealed: Sealed) -> list[bytes]:
    return [sealed.envelope.header.to_bytes(), sealed.envelope.body, sealed.wraps[0]]
