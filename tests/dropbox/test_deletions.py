"""What a mailbox deletes, and a mailbox that is closed for good (docs/protocol.md §5, §9)."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, update

from crypto.constants import WRAP
from crypto.directory import LIMITS
from crypto.envelope import Chain
from crypto.keys import MailboxSecret
from dropbox import wire
from dropbox.api.mailboxes import read_submission
from dropbox.store.batch import apply
from dropbox.store.ground import Shelf
from dropbox.store.jobs import Caller, Delete, Submit
from dropbox.store.refused import Refused
from dropbox.store.schema import envelopes, mailboxes, wraps
from dropbox.wire import Fault, Role
from tests.dropbox.past import ago, contents, do, in_store, report, submitted
from tests.dropbox.rows import in_database
from tests.dropbox.server import Server, make_data, run
from tests.dropbox.team import Team
from tests.dropbox.test_operation_purge import traces
from tests.dropbox.test_submissions import first, in_case, refused, to_reporter
from tests.dropbox.wiretap import (
    Person,
    Sealed,
    analyst,
    handed,
    parcel,
    path_id,
    reporter,
    seal,
)

pytestmark = pytest.mark.statements

SIGNATURE = secrets.token_bytes(64)
"""The server cannot tell it from a right one."""


@pytest.fixture
def someone(server: Server) -> Person:
    person = reporter(server.wire(), server.team).log_in()
    assert person.submit(first(person)).status == 200
    return person


@pytest.fixture
def colleague(server: Server) -> Person:
    return analyst(server.wire(), server.team).log_in()


def deletion(*sealed: Sealed, signature: bytes = SIGNATURE) -> bytes:
    return wire.Deletions(
        tuple(wire.Deletion(each.envelope.header.seq, each.id, signature) for each in sealed)
    ).to_bytes()


def delete(person: Person, *sealed: Sealed, signature: bytes = SIGNATURE) -> int:
    return person.ask("POST", "/api/deletions", deletion(*sealed, signature=signature)).status


def replies(
    person: Person, colleague: Person, count: int, use: bytes | None = None
) -> list[Sealed]:
    """A chain of the team's, in the mailbox."""
    return chain(person, colleague, [use] * count)


def chain(person: Person, colleague: Person, uses: list[bytes | None]) -> list[Sealed]:
    """Envelopes of the team in which these groups are in use, one after another."""
    sent: list[Sealed] = []
    entry: Sealed | None = None
    before: bytes | None = None
    for use in uses:
        sent.append(to_reporter(person.address, use, after=sent[-1] if sent else None))
        if use in {None, before}:
            assert colleague.submit(sent[-1]).status == 200
        else:
            handing = handed(sent[-1], [colleague.address], after=entry)
            assert colleague.assign(handing).status == 200
            entry = handing.assigned
        before = use
    return sent


def mailbox(person: Person) -> list[wire.Entry]:
    """The team's envelopes as the mailbox is given them."""
    return list(person.ask("GET", "/api/mailbox/0").page()[0].entries[1:])


def feed(colleague: Person, person: Person) -> list[wire.Entry]:
    found: list[wire.Entry] = []
    after, more = 0, True
    while more:
        page, _ = colleague.ask("GET", f"/api/feed/{after}").page()
        found += [each for each in page.entries if each.mailbox == person.address]
        after, more = page.entries[-1].position if page.entries else after, page.more
    return found


# -- deleting -----------------------------------------------------------------------------------


def test_a_deleted_reply_leaves_a_stub_and_the_signature_for_both_sides(
    someone: Person, colleague: Person
) -> None:
    one, _ = replies(someone, colleague, 2)
    last = feed(colleague, someone)[-1].position
    assert delete(someone, one) == 204
    first_, second = mailbox(someone)
    assert (first_.has_body, first_.wraps, first_.deleted) == (False, (), SIGNATURE)
    assert (second.has_body, second.deleted) == (True, None)
    _, blobs = someone.ask("GET", "/api/mailbox/0").page()
    assert one.envelope.header.to_bytes() in blobs
    assert one.envelope.body not in blobs
    *_, given = feed(colleague, someone)
    assert (given.has_body, given.wraps, given.deleted) == (False, (), SIGNATURE)
    assert given.position > last, "so a workstation that has fetched the reply learns of it"
    assert len(feed(colleague, someone)) == 3


def test_a_deletion_again_changes_nothing(someone: Person, colleague: Person) -> None:
    one, two = replies(someone, colleague, 2)
    assert delete(someone, one) == 204
    before = feed(colleague, someone)
    assert delete(someone, one) == 204
    assert delete(someone, one, signature=secrets.token_bytes(64)) == 204
    assert feed(colleague, someone) == before
    assert delete(someone, one, two) == 204
    assert [each.deleted for each in mailbox(someone)] == [SIGNATURE, SIGNATURE]


def test_the_reply_sent_again_after_its_deletion_is_not_stored_again(
    someone: Person, colleague: Person
) -> None:
    (one,) = replies(someone, colleague, 1)
    assert delete(someone, one) == 204
    assert colleague.submit(one).status == 200
    assert [each.has_body for each in mailbox(someone)] == [False]


def test_the_chain_goes_on_behind_a_stub(someone: Person, colleague: Person) -> None:
    (one,) = replies(someone, colleague, 1)
    assert delete(someone, one) == 204
    assert colleague.submit(to_reporter(someone.address, after=one)).status == 200
    assert [each.has_body for each in mailbox(someone)] == [False, True]


def test_what_is_not_the_callers_is_not_deleted(
    server: Server, someone: Person, colleague: Person
) -> None:
    (one,) = replies(someone, colleague, 1)
    other = reporter(server.wire(), server.team).log_in()
    assert delete(other, one) == 404, "a stranger"
    assert other.submit(first(other)).status == 200
    (theirs,) = replies(other, colleague, 1)
    assert delete(other, one) == 404, "the same place of another mailbox"
    assert delete(someone, theirs) == 404
    assert [each.has_body for each in mailbox(someone) + mailbox(other)] == [True, True]


def test_what_is_not_there_or_not_of_the_team_is_not_deleted(
    someone: Person, colleague: Person
) -> None:
    sent = first(someone)
    assert refused(someone.submit(sent), Fault.PLACE_TAKEN)
    (one,) = replies(someone, colleague, 1)
    report_id = someone.ask("GET", "/api/mailbox/0").page()[0].entries[0]
    assert not report_id.has_body
    note = in_case(someone.address)
    assert colleague.submit(note).status == 200
    unknown = to_reporter(someone.address, after=one)
    for each in (sent, note, unknown):
        assert delete(someone, each) == 404
    assert delete(someone, one, unknown) == 404, "all or none"
    assert [each.has_body for each in mailbox(someone)] == [True]
    assert feed(colleague, someone)[0].has_body


def test_a_report_of_ones_own_is_not_deleted(server: Server, colleague: Person) -> None:
    person = reporter(server.wire(), server.team).log_in()
    sent = first(person)
    assert person.submit(sent).status == 200
    assert delete(person, sent) == 404
    assert feed(colleague, person)[0].has_body


def test_where_the_group_in_use_changes_nothing_is_deleted(
    someone: Person, colleague: Person
) -> None:
    """A handover, the next one, a closing: without them nobody knows who has the case."""
    one, two = secrets.token_bytes(32), secrets.token_bytes(32)
    sent = chain(someone, colleague, [None, one, one, two, two, None, None])
    for place in (1, 3, 5):
        assert delete(someone, sent[place]) == 403
    assert delete(someone, *sent) == 403, "all or none"
    assert all(each.has_body for each in mailbox(someone))
    assert delete(someone, sent[0], sent[2], sent[4], sent[6]) == 204
    assert [each.has_body for each in mailbox(someone)] == [
        False, True, False, True, False, True, False,
    ]  # fmt: skip
    assert delete(someone, sent[1]) == 403, "also when the one before it is a stub"


def test_the_first_envelope_of_a_case_group_is_a_handover(
    someone: Person, colleague: Person
) -> None:
    one, two = replies(someone, colleague, 2, secrets.token_bytes(32))
    assert delete(someone, one) == 403
    assert delete(someone, two) == 204
    assert someone.ask("GET", "/api/mailbox/0").page()[0].use == one.use


@pytest.mark.parametrize(
    "places",
    [[], [1, 1], [2, 1], list(range(wire.DELETIONS_PER_REQUEST + 1))],
    ids=["none", "one twice", "falling", "too many"],
)
def test_a_list_that_is_not_one_is_refused(someone: Person, places: list[int]) -> None:
    listed = [wire.Deletion(each, bytes(32), bytes(64)).to_bytes().decode() for each in places]
    body = f'{{"deletions":[{",".join(listed)}]}}'.encode()
    assert someone.ask("POST", "/api/deletions", body).status == 400


def test_the_longest_list_is_taken(someone: Person) -> None:
    listed = tuple(
        wire.Deletion(wire.LARGEST_SEQ - 999 + each, bytes(32), bytes(64))
        for each in range(wire.DELETIONS_PER_REQUEST)
    )
    body = wire.Deletions(listed).to_bytes()
    assert len(body) <= wire.LARGEST_SMALL
    assert someone.ask("POST", "/api/deletions", body).status == 404


def test_the_team_does_not_delete_in_the_mailboxs_name(someone: Person, colleague: Person) -> None:
    (one,) = replies(someone, colleague, 1)
    assert delete(colleague, one) == 403
    assert colleague.ask("POST", "/api/closing", parcel(one)).status == 403


def test_one_reply_deleted_many_times_at_once_is_deleted_once(
    server: Server, someone: Person, colleague: Person
) -> None:
    sent = replies(someone, colleague, 3)

    def work(number: int) -> int:
        copy = replace(someone, wire=server.wire())
        return delete(copy, *sent, signature=bytes([number]) * 64)

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(work, range(16))) == {204}
    assert len({each.deleted for each in mailbox(someone)}) == 1
    assert len(feed(colleague, someone)) == 4


# -- closing ------------------------------------------------------------------------------------


@pytest.fixture
def open_(server: Server) -> "Open":
    return Open(server)


class Open:
    """A mailbox with a report, a file, and replies; ``closing`` would close it."""

    def __init__(self, server: Server, use: bytes | None = None) -> None:
        self.server = server
        self.person = reporter(server.wire(), server.team).log_in()
        self.colleague = analyst(server.wire(), server.team).log_in()
        self.claim = self.person.send_file(bytes(100))
        self.report = first(self.person, files=(self.claim,))
        assert self.person.submit(self.report).status == 200
        group = use or server.team.intake.keys.card.id
        self.closing = seal(self.person.address, (group,), after=self.report)
        self.replies = replies(self.person, self.colleague, 2, use)

    def close(self, sealed: Sealed | None = None) -> object:
        return self.person.ask("POST", "/api/closing", parcel(sealed or self.closing))


@pytest.mark.parametrize("use", [None, secrets.token_bytes(32)], ids=["intake", "a case group"])
def test_a_closed_mailbox_is_an_unknown_address_to_its_owner(
    server: Server, use: bytes | None
) -> None:
    opened = Open(server, use)
    assert opened.close().read(wire.Receipt).ids == (opened.closing.id,)  # type: ignore[attr-defined]
    stranger = reporter(server.wire(), server.team).log_in()
    again = Person(server.wire(), server.team, opened.person.secret).log_in()
    file = path_id(opened.claim.file)
    for path in ("/api/mailbox/0", "/api/mailbox/1", f"/api/files/{file}", f"/api/files/{file}/0"):
        pages = [each.ask("GET", path) for each in (stranger, opened.person, again)]
        assert len({(each.status, each.body) for each in pages}) == 1, path
    start = wire.FileStart(opened.claim.file, 1).to_bytes()
    for method, path, body in (
        ("POST", "/api/files", start),
        ("PUT", f"/api/files/{file}/0", bytes(100)),
        ("DELETE", f"/api/files/{file}", None),
        ("POST", "/api/deletions", deletion(*opened.replies)),
    ):
        answers = [each.ask(method, path, body) for each in (stranger, again)]
        assert len({(each.status, each.body) for each in answers}) == 1, path


def test_the_team_keeps_what_she_sent_and_is_given_stubs_of_what_it_wrote(open_: Open) -> None:
    assert open_.close().status == 200  # type: ignore[attr-defined]
    given = feed(open_.colleague, open_.person)
    assert [(each.has_body, len(each.wraps)) for each in given] == [
        (True, 1), (False, 0), (False, 0), (True, 1),
    ]  # fmt: skip
    part = open_.colleague.ask("GET", f"/api/files/{path_id(open_.claim.file)}/0")
    assert (part.status, part.body) == (200, bytes(100))


def test_nothing_more_is_taken_under_a_closed_mailbox_but_notes(open_: Open) -> None:
    person, colleague = open_.person, open_.colleague
    assert open_.close().status == 200  # type: ignore[attr-defined]
    intake = (person.team.intake.keys.card.id,)
    for sealed in (first(person), seal(person.address, intake, after=open_.closing)):
        assert refused(person.submit(sealed), Fault.PLACE_TAKEN)
        assert refused(open_.close(sealed), Fault.PLACE_TAKEN)
    note = in_case(person.address)
    reply = to_reporter(person.address, after=open_.replies[-1])
    assert refused(colleague.submit(reply), Fault.PLACE_TAKEN)
    assert refused(colleague.submit(reply, note), Fault.PLACE_TAKEN)
    assert colleague.submit(note).status == 200
    assert colleague.submit(in_case(person.address, after=note)).status == 200
    assert len(feed(colleague, person)) == 6


def test_a_closing_whose_answer_was_lost_is_answered_as_the_first_time(open_: Open) -> None:
    receipt = open_.close()
    again = Person(open_.server.wire(), open_.person.team, open_.person.secret).log_in()
    for _ in range(2):
        answer = again.ask("POST", "/api/closing", parcel(open_.closing))
        assert (answer.status, answer.body) == (200, receipt.body)  # type: ignore[attr-defined]
    other_wraps = replace(open_.closing, wraps=(secrets.token_bytes(WRAP),))
    assert again.ask("POST", "/api/closing", parcel(other_wraps)).body == receipt.body  # type: ignore[attr-defined]
    assert refused(again.submit(first(again)), Fault.PLACE_TAKEN)


def test_what_is_refused_closes_nothing(server: Server, open_: Open) -> None:
    """Both or neither: another's envelope, a taken place, a wrong group, files not there."""
    person = open_.person
    other, intake = first(reporter(server.wire(), server.team)), person.team.intake.keys.card.id
    claim = wire.FileClaim(secrets.token_bytes(32), 1, secrets.token_bytes(32))
    wrong = replace(open_.closing, recipients=(secrets.token_bytes(32),))
    assert refused(open_.close(other), Fault.REFUSED)
    assert refused(open_.close(to_reporter(person.address)), Fault.REFUSED)
    assert refused(open_.close(first(person)), Fault.PLACE_TAKEN)
    assert refused(open_.close(wrong), Fault.OTHER_GROUP)
    with_file = seal(person.address, (intake,), after=open_.report, files=(claim,))
    assert refused(open_.close(with_file), Fault.FILES_DIFFER)
    two = person.ask("POST", "/api/closing", parcel(open_.closing, open_.closing))
    assert two.status in {400, 403}
    assert person.ask("POST", "/api/closing", b"x").status == 400
    assert [each.has_body for each in mailbox(person)] == [True, True]
    assert person.submit(open_.closing).status == 200, "as a message it closes nothing"
    assert len(mailbox(person)) == 3


def test_an_envelope_that_is_there_already_closes_all_the_same(open_: Open) -> None:
    assert open_.person.submit(open_.closing).status == 200
    assert open_.close().status == 200  # type: ignore[attr-defined]
    assert open_.person.ask("GET", "/api/mailbox/0").page()[0].entries == ()


def test_an_empty_mailbox_is_not_closed(server: Server) -> None:
    stranger = reporter(server.wire(), server.team).log_in()
    sealed = first(stranger)
    answer = stranger.ask("POST", "/api/closing", parcel(sealed))
    assert refused(answer, Fault.PLACE_TAKEN)
    assert stranger.submit(sealed).status == 200, "nothing was left of it"


def test_nobody_is_kept_in_by_what_the_team_has_not_read(
    make_server: Callable[..., Server],
) -> None:
    server = make_server(Team(limits=replace(LIMITS, unread=1)))
    person = reporter(server.wire(), server.team).log_in()
    sent = first(person)
    assert person.submit(sent).status == 200
    message = seal(person.address, (server.team.intake.keys.card.id,), after=sent)
    assert refused(person.submit(message), Fault.TOO_MANY_UNREAD)
    assert person.ask("POST", "/api/closing", parcel(message)).status == 200


@pytest.mark.parametrize("closing_first", [True, False])
def test_a_reply_in_the_same_commit_does_not_outlive_the_closing(
    tmp_path: Path, new_database: Callable[[], str], closing_first: bool
) -> None:
    team = Team()
    data = make_data(tmp_path / "data", team, database=new_database())
    sent = report(data, team)
    address = sent.envelope.header.mailbox
    closing = seal(address, (team.intake.keys.card.id,), after=sent)
    close = replace(submitted(address, closing), closing=True)
    reply = submitted(secrets.token_bytes(32), to_reporter(address), Role.ANALYST)
    jobs = [close, reply] if closing_first else [reply, close]
    outcomes = in_store(data, lambda each: apply(each, Shelf(), ago(0), jobs))
    assert [isinstance(each, Refused) for each in outcomes] == [False, closing_first]
    bodies = in_store(
        data,
        lambda each: each.scalars(
            select(envelopes.c.body).where(envelopes.c.chain == Chain.TEAM.value)
        ).all(),
    )
    assert list(bodies) == ([] if closing_first else [None])
    assert run("check", "--data", data).returncode == 0


def test_closing_once_among_many_at_once(server: Server, open_: Open) -> None:
    person, colleague = open_.person, open_.colleague
    intake = (person.team.intake.keys.card.id,)

    def work(number: int) -> tuple[int, bytes]:
        if number % 2:
            after = to_reporter(person.address, after=open_.replies[-1])
            answer = replace(colleague, wire=server.wire()).submit(after)
            return (answer.status, b"")
        sealed = seal(person.address, intake, after=open_.report)
        answer = replace(person, wire=server.wire()).ask("POST", "/api/closing", parcel(sealed))
        return (answer.status, sealed.id)

    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(work, range(16)))
    assert len([1 for status, id_ in said if id_ and status == 200]) == 1
    given = feed(colleague, person)
    stubs = [each for each in given if not each.has_body]
    assert len(given) - len(stubs) == 2, "the report and one closing"
    assert person.ask("GET", "/api/mailbox/0").page()[0].entries == ()


# -- what is left -------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["deleting", "closing"])
def test_no_byte_of_what_was_deleted_stays_in_database_log_or_parts(
    tmp_path: Path, wait_until: Callable[..., None], way: str
) -> None:
    """While the server goes on: its next sweep sees to the log and to the files."""
    team = Team()
    (clock := tmp_path / "clock").write_text("0")
    data = make_data(tmp_path / "data", team)
    with Server(data, team, workers=2, clock=clock) as server:
        insider = analyst(server.wire(), team).log_in()
        people = [reporter(server.wire(), team).log_in() for _ in range(6)]
        sent, gone = {}, []
        for person in people:
            sent[person.address] = first(person)
            assert person.submit(sent[person.address]).status == 200
            claim = insider.send_file(secrets.token_bytes(5000))
            recipients = (person.address, secrets.token_bytes(32))
            reply = seal(person.address, recipients, Chain.TEAM, files=(claim,))
            assert insider.submit(reply).status == 200
            gone.append(reply)

        def left() -> int:
            """The ids and headers stay, so that the chain links: here are only the words."""
            content = b"\0".join(each.read_bytes() for each in data.rglob("*") if each.is_file())
            needles = [
                blob[at : at + 24]
                for each in gone
                for blob in (each.envelope.body, *each.wraps)
                for at in range(0, len(blob) - 24, 1000)
            ]
            return sum(each in content for each in needles)

        assert left() >= 6 * (16 + 2), "the control: what is scanned for is there"
        assert traces([data], gone) > 0
        for person, reply in zip(people, gone, strict=True):
            if way == "deleting":
                assert delete(person, reply) == 204
            else:
                after = sent[person.address]
                closing = seal(person.address, (team.intake.keys.card.id,), after=after)
                assert person.ask("POST", "/api/closing", parcel(closing)).status == 200
        wait_until(lambda: left() == 0, 20)
        wait_until(lambda: not [each for each in (data / "parts").rglob("*") if each.is_file()], 20)
    assert run("check", "--data", data).returncode == 0


@pytest.fixture
def emptied(tmp_path: Path, new_database: Callable[[], str]) -> tuple[Path, Team, MailboxSecret]:
    """A server with a deleted reply in one mailbox and another mailbox that was closed."""
    team, secret = Team(), MailboxSecret.generate(secrets.token_bytes)
    data = make_data(tmp_path / "data", team, database=new_database())
    intake = (team.intake.keys.card.id,)
    for address, closes in ((secret.keys.card.id, True), (secrets.token_bytes(32), False)):
        sent, reply = seal(address, intake), to_reporter(address)
        do(data, [submitted(address, sent)])
        do(data, [submitted(secrets.token_bytes(32), reply, Role.ANALYST)])
        caller = Caller(address, Role.MAILBOX, secrets.token_bytes(32))
        if closes:
            parts = read_submission(parcel(seal(address, intake, after=sent)))
            do(data, [Submit(caller, parts, closing=True)])
        else:
            do(data, [Delete(caller, (wire.Deletion(0, reply.id, SIGNATURE),))])
    return data, team, secret


def test_a_backup_keeps_what_is_deleted_deleted_and_what_is_closed_closed(
    emptied: tuple[Path, Team, MailboxSecret], tmp_path: Path, new_database: Callable[[], str]
) -> None:
    data, team, secret = emptied
    assert run("check", "--data", data).returncode == 0
    assert run("backup", "--data", data, tmp_path / "b").returncode == 0
    again = tmp_path / "again"
    done = run("restore", "--data", again, "--database", new_database(), tmp_path / "b")
    assert done.returncode == 0, done.stderr
    assert contents(again) == contents(data)
    with Server(again, team) as server:
        person = Person(server.wire(), team, secret).log_in()
        stranger = reporter(server.wire(), team).log_in()
        pages = [each.ask("GET", "/api/mailbox/0").body for each in (person, stranger)]
        assert pages[0] == pages[1]
        assert refused(person.submit(first(person)), Fault.PLACE_TAKEN)
        page, _ = analyst(server.wire(), team).log_in().ask("GET", "/api/feed/0").page()
        (stub,) = (each for each in page.entries if each.deleted is not None)
        assert (stub.deleted, stub.has_body) == (SIGNATURE, False)


def _spoil(what: str) -> Callable[[Connection], None]:
    team = envelopes.c.chain == Chain.TEAM.value
    stubs = select(envelopes.c.position, envelopes.c.deleted).where(team)

    def work(connection: Connection) -> None:
        rows = connection.execute(stubs).all()
        deleted, emptied = (
            next(row.position for row in rows if (row.deleted is None) is not signed)
            for signed in (True, False)
        )
        changes = {
            "a signature lost": update(envelopes).values(deleted=None).where(team),
            "a report lost": update(envelopes).values(body=None).where(~team),
            "a signature at a report": update(envelopes).values(deleted=SIGNATURE).where(~team),
            "a closed mailbox open": update(mailboxes).values(closed=None),
            "closed by nothing": update(mailboxes).values(closed=7),
            "a wrap of a deleted one": insert(wraps).values(
                envelope=deleted, slot=0, recipient=bytes(32), wrap=bytes(WRAP)
            ),
            "a wrap of a closed one": insert(wraps).values(
                envelope=emptied, slot=0, recipient=bytes(32), wrap=bytes(WRAP)
            ),
        }
        connection.execute(changes[what])

    return work


@pytest.mark.parametrize(
    "what",
    [
        "a signature lost",
        "a report lost",
        "a signature at a report",
        "a closed mailbox open",
        "closed by nothing",
        "a wrap of a deleted one",
        "a wrap of a closed one",
    ],
)
def test_check_tells_a_deletion_from_damage(
    emptied: tuple[Path, Team, MailboxSecret], what: str
) -> None:
    data, _, _ = emptied
    in_database(data, _spoil(what))
    done = run("check", "--data", data)
    assert done.returncode == 1
    assert "damaged" in done.stderr
