"""A server that follows no rule, against a team's workstations (docs/protocol.md §7, §12).

It forges, swaps, drops, replays, reorders, rolls back and mixes what the routes of the team give,
and answers each of them with a hundred kinds of garbage. Each time a person is told, and when the
server is honest again nothing is lost and nothing that was made up has stayed.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from crypto.chains import Fault as ChainFault
from crypto.documents import Conclusion
from crypto.envelope import Chain
from crypto.errors import ProtocolError, RolledBack
from crypto.files import FileManifest
from crypto.groups import Grant, ReceivingSecret, named_grant, sign_grant, sign_receiving
from crypto.keys import AnalystSecret, GroupSecret, MailboxSecret
from crypto.reporter import Draft
from crypto.roster import read_roster, sign_roster
from dropbox.client.errors import ClientError
from dropbox.client.retry import NO_PATIENCE
from dropbox.client.service import Caller, Service
from dropbox.client.source import Source
from dropbox.client.transport import Answer
from dropbox.client.upload import upload
from dropbox.wire import FAULTS, MARK, Fault, Grants, Papers, Refusal, pack
from inbox_ui import assigning, casework, founding, membership, papertrail, publishing, rostering
from inbox_ui.errors import (
    BadGrant,
    ForgedKey,
    InboxError,
    Lagging,
    OldKey,
    OldRoster,
)
from inbox_ui.line import Line
from inbox_ui.receiving import known_keys
from inbox_ui.saving import save_into
from inbox_ui.summary import State
from inbox_ui.vault import Vault
from tests.garbage import garbage
from tests.inbox_ui.conftest import ORIGIN, Clock, Desk, Writer
from tests.inbox_ui.kept import Kept
from tests.inbox_ui.staff import PUBLISHER, Staff, held
from tests.inbox_ui.team import id_of
from tests.simulated_team import Given
from tests.simulator import Asked, Simulator

FILE = secrets.token_bytes(70_000)
T = TypeVar("T")


@pytest.fixture
def staff(desk: Desk, clock: Clock, kept: Kept) -> Iterator[Staff]:
    """The founder and Ben, who both read; Ann's case is theirs, Bea's is nobody's yet."""
    staff = Staff(desk, clock)

    def make() -> None:
        staff.hire("Ben").sync()
        _settle(staff)

    staff.kept(kept, "staff", make)
    yield staff
    staff.close()


@pytest.fixture
def ann(staff: Staff, kept: Kept) -> Writer:
    def make() -> MailboxSecret:
        writer = staff.write("Of Ann.")
        _settle(staff)
        handlers = frozenset(map(id_of, _desks(staff)))
        assigning.assign(staff.first.station, staff.first.only(), handlers, "Ours.")
        _settle(staff)
        return writer.secret

    return Writer(staff.server, staff.kept(kept, "ann", make))


def _desks(staff: Staff) -> tuple[Desk, Desk]:
    return staff.first, staff.others["Ben"]


def _settle(staff: Staff) -> None:
    """Everybody syncs with a server that is honest."""
    for _ in range(3):
        for desk in _desks(staff):
            outcome = desk.sync()
            assert outcome.troubles == [], outcome.troubles


def _told(desk: Desk) -> list[Exception]:
    """What a person is told of one sync."""
    try:
        return desk.sync().troubles
    except (ClientError, ProtocolError, InboxError) as error:
        return [error]


@dataclass
class Lie:
    """In the place of the server's answer to one route. Nothing is carried out."""

    server: Simulator
    method: str
    path: str
    answer: Callable[[Asked], Answer]
    told: int = 0

    def __enter__(self) -> "Lie":
        honest = self.server.ask

        def ask(asked: Asked) -> Answer:
            if asked.method != self.method or not asked.path.startswith(f"/api/{self.path}"):
                return honest(asked)
            if self.method == "POST" and asked.path != f"/api/{self.path}":
                return honest(asked)  # grants is not grants/opened
            self.told += 1
            self.server.log.append(asked)
            return self.answer(asked)

        self.server.ask = ask  # type: ignore[method-assign]
        self._honest = honest
        return self

    def __exit__(self, *_: object) -> None:
        self.server.ask = self._honest  # type: ignore[method-assign]


def _says(body: bytes) -> Callable[[Asked], Answer]:
    return lambda asked: Answer(200, body)


def _papers(*signed: bytes) -> Callable[[Asked], Answer]:
    return _says(pack(Papers(len(signed)).to_bytes(), signed))


def _grants(*given: tuple[bytes, bytes | None]) -> Callable[[Asked], Answer]:
    document = Grants(tuple(mailbox for _, mailbox in given))
    return _says(pack(document.to_bytes(), [signed for signed, _ in given]))


# -- a hundred kinds of garbage for every route -------------------------------------------------


Work = Callable[[Staff, Writer], None]


def _nothing(staff: Staff, ann: Writer) -> None:
    pass


def _lacks_a_grant(staff: Staff, ann: Writer) -> None:
    """The founder does not know that Ben has the group."""
    ring = staff.first.station.archive.ring
    ring.forget_holders(staff.server.directory.intake_card.id)


def _has_one_waiting(staff: Staff, ann: Writer) -> None:
    """A grant of a group that the founder has already: to be deleted at the server."""
    group = next(iter(held(staff.first).intake_groups.values()))
    _wait(staff, group, None)


def _is_granted_a_case(staff: Staff, ann: Writer) -> None:
    """A grant that opens no case: its mailbox is fetched all the same."""
    _wait(staff, GroupSecret.generate(secrets.token_bytes), ann.address)


def _wait(staff: Staff, group: GroupSecret, mailbox: bytes | None) -> None:
    first, ben = _desks(staff)
    signed = _grant(ben, first, group)
    staff.server.team.grants = [Given(id_of(first), group.keys.card.id, mailbox, signed)]


def _grant(granter: Desk, to: Desk, group: GroupSecret) -> bytes:
    key = known_keys(granter.station)[id_of(to)]
    own, service = held(granter).analyst_secret.keys, granter.server.service
    return sign_grant(group, key, own, service, secrets.token_bytes)


def _is_to_be_assigned(staff: Staff, ann: Writer) -> None:
    """Ann's case gets a new group, and its assignment waits."""
    station = staff.first.station
    if not station.archive.outbox.items():
        case, both = staff.first.only(), frozenset(map(id_of, _desks(staff)))
        assigning.assign(station, case, both, "Again.", anew=True)


def _has_to_tell(staff: Staff, ann: Writer) -> None:
    """An erasure of which the server was not told."""
    from crypto.groups import sign_erased

    station, group = staff.first.station, secrets.token_bytes(32)
    own = station.vault.analyst_secret.keys
    signed = sign_erased(group, staff.clock(), own, station.vault.service)
    station.archive.ring.begin_erasure(group, signed)


def _has_a_straggler(staff: Staff, ann: Writer) -> None:
    """What Ann sealed before she heard of the case group, and sent behind it."""
    [group] = held(staff.first).case_groups
    ours = [row for row in staff.server.rows if row.chain == Chain.REPORTER]
    if all(row.wraps.keys() == {group} for row in ours):
        before = replace(ann.read(), case_card=None)
        staff.server.put(ann.core.message(Draft("Late."), before, staff.clock()))


def _has_a_note(staff: Staff, ann: Writer) -> None:
    """It waits for the server to have it."""
    station = staff.first.station
    if not station.archive.outbox.items():
        casework.note(station, staff.first.only(), "To be looked at.")


def _knows_a_mark(staff: Staff, ann: Writer) -> None:
    """A mailbox that this server has forgotten was purged."""
    staff.first.station.archive.purged.keep({bytes(MARK)})


def _has_a_roster(staff: Staff, ann: Writer) -> None:
    """Signed here, and not at the server yet."""
    station = staff.first.station
    if station.archive.rosters.unpublished(station.seen.directory) is None:
        rostering.sign_next(station, lambda roster: roster)


def _has_a_directory(staff: Staff, ann: Writer) -> None:
    """Signed here, and not at the server yet."""
    station = staff.first.station
    if station.archive.directories.unpublished(station.vault.service) is None:
        publishing.sign_next(station)


ROUTES: list[tuple[str, str, Work]] = [
    ("GET", "directory", _nothing),
    ("POST", "challenge", _nothing),
    ("POST", "session", _nothing),
    ("GET", "roster", _nothing),
    ("POST", "roster", _has_a_roster),
    ("POST", "directory", _has_a_directory),
    ("GET", "feed", _nothing),
    ("GET", "receiving", _nothing),
    ("POST", "receiving", _nothing),
    ("GET", "grants", _has_one_waiting),
    ("POST", "grants", _lacks_a_grant),
    ("POST", "grants/opened", _has_one_waiting),
    ("GET", "case", _is_granted_a_case),
    ("POST", "envelopes", _has_a_note),
    ("POST", "assignments", _is_to_be_assigned),
    ("POST", "wraps", _has_a_straggler),
    ("POST", "unwrapping", _has_a_straggler),
    ("GET", "purged", _nothing),
    ("POST", "purged", _knows_a_mark),
    ("POST", "erased", _has_to_tell),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "path", "work"), ROUTES, ids=[f"{method}-{path}" for method, path, _ in ROUTES]
)
@pytest.mark.sampled(2)
def test_a_hundred_kinds_of_garbage_are_named_and_cost_nothing(
    staff: Staff, ann: Writer, method: str, path: str, work: Work
) -> None:
    work(staff, ann)
    honest: list[bytes] = [b""]
    if method == "GET" or path in ("challenge", "session"):
        before = staff.server.answered

        def overhear(asked: Asked, answer: Answer) -> Answer:
            if asked.method == method and asked.path.startswith(f"/api/{path}"):
                honest.append(answer.body)
            return before(asked, answer)

        staff.server.answered = overhear
        _told(staff.first)
        staff.server.answered = before
        assert honest[-1]
    for answer in garbage(honest[-1]):
        work(staff, ann)
        with Lie(staff.server, method, path, lambda asked, answer=answer: answer) as lie:  # type: ignore[misc]
            told = _told(staff.first)
        assert lie.told, "the route was not asked"
        assert told, (answer.status, answer.body[:40])
    _is_as_before(staff, ann)


@pytest.mark.slow
def test_a_hundred_kinds_of_garbage_for_a_purge_are_named_and_destroy_nothing(
    staff: Staff, ann: Writer
) -> None:
    """But for a plain refusal, behind which the case is over all the same (``purging``)."""
    first = staff.first
    first.station.archive.outbox.put(first.station.analyst.receipt(first.open().file))
    _settle(staff)
    assigning.conclude(first.station, first.only(), Conclusion.OTHER, staff.clock(), "Over.")
    _settle(staff)
    staff.clock.go(8)  # a week, so that all have heard of it, and a day
    staff.server.today = staff.clock()
    for answer in garbage(b""):
        if answer.status != FAULTS[Fault.REFUSED][0]:
            with Lie(staff.server, "POST", "purging", lambda asked, answer=answer: answer) as lie:  # type: ignore[misc]
                told = _told(first)
            assert lie.told
            assert told, (answer.status, answer.body[:40])
            assert "Of Ann." in first.texts()
    _settle(staff)
    for desk in _desks(staff):
        assert (desk.cases(), held(desk).cases) == ([], ())
    assert [row for row in staff.server.rows if row.mailbox == ann.address] == []


@pytest.mark.slow
def test_a_hundred_kinds_of_garbage_for_what_was_erased_are_named_to_whoever_audits(
    staff: Staff, ann: Writer
) -> None:
    """The log asks for it, and no sync does."""
    _has_to_tell(staff, ann)
    _told(staff.first)
    honest = _asked(staff, papertrail.ask).erased
    assert honest
    for answer in garbage(pack(Papers(len(honest)).to_bytes(), honest)):
        with (
            Lie(staff.server, "GET", "erased", lambda asked, answer=answer: answer) as lie,  # type: ignore[misc]
            pytest.raises((ClientError, ProtocolError)),
        ):
            _asked(staff, papertrail.ask)
        assert lie.told
    _is_as_before(staff, ann)


@pytest.mark.slow
def test_a_hundred_kinds_of_garbage_for_a_file_are_named_and_save_nothing(
    staff: Staff, ann: Writer, tmp_path: Path
) -> None:
    manifest, into = _attached(staff, ann, tmp_path), tmp_path / "into"
    [file] = staff.server.files.values()
    saved = _asked(staff, lambda service: save_into(service, manifest, into))
    assert saved.read_bytes() == FILE
    saved.unlink()
    for answer in garbage(file.held[0]):
        with (
            Lie(staff.server, "GET", "files", lambda asked, answer=answer: answer) as lie,  # type: ignore[misc]
            pytest.raises((ClientError, ProtocolError)),
        ):
            _asked(staff, lambda service: save_into(service, manifest, into))
        assert lie.told
        assert list(into.iterdir()) == []
    assert _asked(staff, lambda service: save_into(service, manifest, into)).exists()


@pytest.mark.slow
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_hundred_kinds_of_garbage_for_an_analysts_upload_are_named_and_nothing_stays(
    staff: Staff, ann: Writer, tmp_path: Path, method: str
) -> None:
    """The library sends a file for an analyst as it does for a reporter."""
    send = _sends_a_file(tmp_path)
    for answer in garbage(b""):
        with (
            Lie(staff.server, method, "files", lambda asked, answer=answer: answer) as lie,  # type: ignore[misc]
            pytest.raises((ClientError, ProtocolError)),
        ):
            _asked(staff, send)
        assert lie.told
        assert staff.server.files == {}, "what was begun is taken back"
    manifest = _asked(staff, send)
    assert list(staff.server.files) == [manifest.id]
    _is_as_before(staff, ann)


def _attached(staff: Staff, ann: Writer, folder: Path) -> FileManifest:
    """A message of Ann's with a file."""
    caller = Caller(ann.secret.keys, staff.server.service)
    service = Service(staff.server.transport(), ORIGIN, caller, patience=NO_PATIENCE)
    manifest = replace(asyncio.run(_sends_a_file(folder)(service)), name="minutes.txt")
    draft = Draft("See the file.", files=(manifest,))
    staff.server.put(ann.core.message(draft, ann.read(), staff.clock()))
    _settle(staff)
    return manifest


def _sends_a_file(folder: Path) -> Callable[[Service], Coroutine[Any, Any, FileManifest]]:
    (folder / "source").write_bytes(FILE)

    async def send(service: Service) -> FileManifest:
        with Source(folder / "source") as source:
            return await upload(service, source, secrets.token_bytes)

    return send


def _asked(staff: Staff, ask: Callable[[Service], Coroutine[Any, Any, T]]) -> T:
    """What the founder asks of the server beside a sync."""

    async def answer() -> T:
        line = Line(staff.server.transport(), ORIGIN, NO_PATIENCE)
        async with line.as_analyst(staff.first.station.vault) as service:
            return await ask(service)

    return asyncio.run(answer())


def _is_as_before(staff: Staff, ann: Writer) -> None:
    """With an honest server nothing is lost, and nothing stays to be said."""
    staff.server.team.grants = []
    for desk in _desks(staff):
        _told(desk)
    _settle(staff)
    ann.write("Afterwards.")
    _settle(staff)
    for desk in _desks(staff):
        assert [text for text in desk.texts() if text in ("Of Ann.", "Afterwards.")] == [
            "Of Ann.",
            "Afterwards.",
        ]
        assert desk.only().is_whole
        assert desk.open().file.handlers == set(map(id_of, _desks(staff)))
        assert desk.station.roster is not None
        assert {each.label for each in desk.station.roster.members} == {
            founding.FIRST_LABEL,
            "Ben",
        }


# -- rosters ------------------------------------------------------------------------------------


def _signed_by(staff: Staff, vault: Vault) -> bytes:
    roster = read_roster(staff.server.roster or b"", staff.server.directory)
    return sign_roster(replace(roster, seq=roster.seq + 1), vault.analyst_secret.keys)


def _other_team(clock: Clock) -> founding.Team:
    return founding.found("Another Team", [ORIGIN], clock(), secrets.token_bytes)


def _forged_roster(staff: Staff) -> bytes:
    return _signed_by(staff, held(staff.others["Ben"]))


def _altered_roster(staff: Staff) -> bytes:
    signed = staff.server.roster or b""
    return signed.replace(b'"intake":true', b'"intake":false', 1)


def _rolled_back_roster(staff: Staff) -> bytes:
    return staff.first.station.archive.rosters.published_after(0)[0]


def _foreign_roster(staff: Staff) -> bytes:
    return _other_team(staff.clock).roster


@pytest.mark.parametrize(
    "made", [_forged_roster, _altered_roster, _rolled_back_roster, _foreign_roster]
)
def test_a_roster_that_is_not_the_teams_newest_is_named_and_changes_nobody(
    staff: Staff, ann: Writer, made: Callable[[Staff], bytes]
) -> None:
    false = made(staff)
    for desk in _desks(staff):
        seen = desk.station.archive.rosters.newest_signed()
        with Lie(staff.server, "GET", "roster", _says(false)):
            assert _told(desk)
        assert desk.station.archive.rosters.newest_signed() == seen
    _is_as_before(staff, ann)


def test_a_roster_that_is_kept_back_is_given_to_the_server_again(staff: Staff, ann: Writer) -> None:
    """A removed member does not come back with an older roster."""
    older = staff.server.roster
    staff.hire("Cy", PUBLISHER)
    newer = staff.server.roster
    _settle(staff)
    staff.server.roster = older
    assert any(isinstance(each, OldRoster) for each in _told(staff.others["Ben"]))
    staff.first.sync()
    assert staff.server.roster == newer


def test_a_directory_of_another_team_or_of_before_is_refused_and_costs_nothing(
    staff: Staff, ann: Writer
) -> None:
    older = staff.server.signed
    staff.go(31, *_desks(staff))
    newest = staff.server.signed
    assert newest != older
    for false in (older, _other_team(staff.clock).directory):
        for desk in _desks(staff):
            with Lie(staff.server, "GET", "directory", _says(false)):
                assert _told(desk)
            assert desk.station.seen.signed == newest
    with Lie(staff.server, "GET", "directory", _says(older)), pytest.raises(RolledBack):
        staff.first.sync()
    _is_as_before(staff, ann)


# -- receiving keys -----------------------------------------------------------------------------


def _receiving(staff: Staff, who: AnalystSecret, number: int) -> bytes:
    pair = ReceivingSecret.generate(secrets.token_bytes)
    return sign_receiving(pair, number, who.keys, staff.server.service)


def test_no_made_up_receiving_key_is_granted_to(staff: Staff, ann: Writer) -> None:
    first, ben = _desks(staff)
    theirs, own = held(ben).analyst_secret, held(first).analyst_secret
    stranger = AnalystSecret.generate(secrets.token_bytes)
    honest = staff.server.team.receiving[id_of(ben)][1]
    forged = _receiving(staff, stranger, 9)
    altered = honest[:64] + honest[64:].replace(b'"number":1', b'"number":8')
    beside = _receiving(staff, theirs, 1)
    before = known_keys(first.station)[id_of(ben)]
    lies: list[tuple[Sequence[bytes], type[Exception]]] = [
        ([forged], ForgedKey),
        ([altered], ForgedKey),
        ([honest[64:] + honest[:64]], ForgedKey),
        ([beside], OldKey),
        ([honest, honest, beside, forged], OldKey),
    ]
    for papers, kind in lies:
        first.station.archive.ring.forget_holders(staff.server.directory.intake_card.id)
        with Lie(staff.server, "GET", "receiving", _papers(*papers)):
            assert any(isinstance(each, kind) for each in _told(first)), kind
        assert known_keys(first.station)[id_of(ben)] == before
        for given in staff.server.team.grants:
            assert named_grant(given.signed).receiving == before.key.id
    assert own != theirs
    _is_as_before(staff, ann)


# -- grants -------------------------------------------------------------------------------------


def _grant_lies(staff: Staff, ann: Writer) -> list[tuple[bytes, bytes | None]]:
    """Grants to the founder of which none is what it says."""
    first, ben = _desks(staff)
    intake = next(iter(held(ben).intake_groups.values()))
    [case] = held(ben).case_groups.values()
    foreign = GroupSecret.generate(secrets.token_bytes)
    honest = _grant(ben, first, foreign)
    grant = Grant.from_bytes(honest[64:])
    renamed = replace(grant, group=secrets.token_bytes(32))
    keys = held(ben).analyst_secret.keys
    from crypto.constants import Tag
    from crypto.signed import sign_document

    def signed(document: Grant) -> bytes:
        return sign_document(document, Tag.SIGN_GRANT, keys, staff.server.service)

    assert {intake, case}
    return [
        (honest, ann.address),  # a group that nobody certified for this case
        (honest, secrets.token_bytes(32)),  # nor for a case that there is not
        (honest[:-9] + bytes(9), None),
        (bytes(64) + honest[64:], None),
        (signed(renamed), None),
        (signed(replace(grant, analyst=id_of(ben))), None),
        (signed(replace(grant, receiving=secrets.token_bytes(32))), None),
        (signed(replace(grant, granter=secrets.token_bytes(32))), None),
        (signed(replace(grant, wrapped=secrets.token_bytes(1184))), None),
    ]


def test_no_made_up_grant_comes_into_a_vault_and_each_is_named(staff: Staff, ann: Writer) -> None:
    first = staff.first
    before = held(first)
    for lie in _grant_lies(staff, ann):
        with Lie(staff.server, "GET", "grants", _grants(lie)):
            told = _told(first)
        assert any(isinstance(each, BadGrant) for each in told) or told, lie
        assert held(first) == before
    _is_as_before(staff, ann)


def test_a_group_that_only_a_colleague_made_up_is_never_an_intake_group(
    staff: Staff, ann: Writer
) -> None:
    """Well signed, by a reader who may grant; no directory names the group."""
    first, ben = _desks(staff)
    with Lie(
        staff.server, "GET", "grants",
        _grants((_grant(ben, first, GroupSecret.generate(secrets.token_bytes)), None)),
    ):  # fmt: skip
        _told(first)
    assert len(held(first).intake) == 1
    _is_as_before(staff, ann)


def test_a_grant_that_is_given_again_and_again_changes_nothing(staff: Staff, ann: Writer) -> None:
    first, ben = _desks(staff)
    [case] = held(ben).case_groups.values()
    again = (_grant(ben, first, case), ann.address)
    before = held(first)
    with Lie(staff.server, "GET", "grants", _grants(*[again] * 5)):
        assert _told(first) == []
    assert held(first) == before
    _is_as_before(staff, ann)


# -- cases --------------------------------------------------------------------------------------


def test_another_mailboxes_rows_for_a_case_are_refused(staff: Staff, ann: Writer) -> None:
    bea = staff.write("Of Bea.")
    _settle(staff)
    _is_granted_a_case(staff, ann)
    real = staff.server._case

    def swapped(analyst: bytes, mailbox: bytes, after: int) -> Answer:
        return real(analyst, bea.address if mailbox == ann.address else mailbox, after)

    staff.server._case = swapped  # type: ignore[method-assign]
    assert _told(staff.first)
    staff.server._case = real  # type: ignore[method-assign]
    staff.server.team.grants = []
    for desk in _desks(staff):
        assert sorted(text for case in desk.cases() for text in desk.texts(case) if text) == [
            "Of Ann.", "Of Bea.", "Ours.",
        ]  # fmt: skip


def test_wraps_that_are_swapped_or_dropped_lose_nothing_that_was_fetched(
    staff: Staff, ann: Writer
) -> None:
    ann.write("More of Ann.")
    _settle(staff)
    rows = list(staff.server.rows)
    ours = [row for row in rows if row.mailbox == ann.address and row.chain == Chain.REPORTER]
    one, other = ours[0], ours[1]
    for wraps in ({}, other.wraps, {next(iter(one.wraps)): secrets.token_bytes(1184)}):
        staff.server.rows = [replace(row, wraps=wraps) if row.id == one.id else row for row in rows]
        for desk in _desks(staff):
            desk.station.archive.start_again()
            _told(desk)
            assert [text for text in desk.texts() if text.startswith(("Of", "More"))] == [
                "Of Ann.", "More of Ann.",
            ]  # fmt: skip
    staff.server.rows = rows
    _is_as_before(staff, ann)


def test_an_assignment_that_is_dropped_by_half_is_an_alarm(
    staff: Staff, ann: Writer, make_desk: Callable[..., Desk]
) -> None:
    """A ``handover`` whose ``assigned`` is kept back: a group that nobody has announced."""
    late = staff.hire("Cy")
    staff.server.listed = lambda rows: [row for row in rows if row.chain != Chain.CASE]
    first, ben = _desks(staff)
    for desk in (late, first, ben, late):
        _told(desk)
    with late.station.archive._writing() as connection:
        for table in ("envelopes", "mailboxes", "snapshots"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    staff.server.team.handlers[ann.address] |= {id_of(late)}
    [case] = held(ben).case_groups.values()
    staff.server.team.grants.append(
        Given(id_of(late), case.keys.card.id, ann.address, _grant(ben, late, case))
    )
    late.station.archive.start_again()
    _told(late)
    alarms = [alarm.fault for _, alarm in late.open().file.alarms]
    assert ChainFault.UNANNOUNCED_GROUP in alarms
    staff.server.listed = lambda rows: rows


def test_a_server_of_an_older_backup_is_named_and_takes_nothing_away(
    staff: Staff, ann: Writer
) -> None:
    half = staff.server.rows[0].position
    ann.write("After the backup.")
    _settle(staff)
    staff.server.forget_after(half)
    staff.server.team.grants = []
    for desk in _desks(staff):
        assert any(isinstance(each, Lagging) for each in _told(desk))
        assert {"Of Ann.", "After the backup."} <= set(desk.texts())
        assert desk.open().file.handlers == set(map(id_of, _desks(staff)))
        assert held(desk).case_groups


def test_another_teams_mailboxes_among_ours_stay_shut_and_ours_are_whole(
    staff: Staff, ann: Writer
) -> None:
    team = _other_team(staff.clock)
    theirs = Simulator(team.directory, ORIGIN, staff.clock())
    Writer(theirs).write("Not for this team.")
    for row in theirs.rows:
        staff.server.add(row)
    for desk in _desks(staff):
        _told(desk)
        cases = desk.cases()
        assert len(cases) == 2
        [ours] = [case for case in cases if case.state != State.LOCKED]
        assert ours.is_whole
        assert "Of Ann." in desk.texts(ours)
        assert "Not for this team." not in [text for case in cases for text in desk.texts(case)]


def test_lies_about_members_change_no_vault(staff: Staff, ann: Writer) -> None:
    """Suspended by the server's word alone: refused there, and nothing is erased here."""
    ben = staff.others["Ben"]
    before = held(ben)
    with Lie(
        staff.server, "POST", "session",
        lambda asked: Answer(403, Refusal(Fault.REFUSED, "Go away.").to_bytes()),
    ):  # fmt: skip
        assert _told(ben)
    assert held(ben) == before
    assert "Of Ann." in ben.texts()
    assert membership.find(ben.station.roster, "Ben").suspended is False  # type: ignore[arg-type]
    _is_as_before(staff, ann)
