"""A case's log as a file: what a third party takes from it, and what nobody can slip in (P24)."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from crypto import export as exports
from crypto.certificates import CertificateRole
from crypto.chains import Alarm, Fault, Stored
from crypto.constants import HEADER, ID, SIGNATURE, Tag
from crypto.documents import Assigned, Note, Sent, Words
from crypto.envelope import Chain, Place, seal
from crypto.errors import (
    ForeignAuthor,
    ForeignService,
    Malformed,
    NotCanonical,
    ProtocolError,
    WrongLength,
    WrongPlace,
    WrongSignature,
)
from crypto.export import (
    Export,
    Proof,
    Row,
    Statement,
    Verified,
    read_export,
    row_of,
    sign_export,
    verify_export,
)
from crypto.keys import AnalystSecret, GroupSecret, Keys
from crypto.opening import State
from crypto.roster import Duty, Former, Member, Roster, sign_roster, supervisors_of
from tests.crypto.test_assigning import assign, group, ids
from tests.crypto.world import EPOCH, TODAY, Mailbox, Service, flipped, secret, store, stream

DUTIES = {"Cedar": (Duty.SUPERVISOR,), "Damson": (Duty.CUSTODIAN,)}
LABELS = ("Alder", "Birch", "Cedar", "Damson")
SECRET_WORDS = "Invented words that no export may hold."


def signed_roster(service: Service, **duties: tuple[Duty, ...]) -> bytes:
    """Four people of the service, with their duties."""
    members = [
        Member(
            each.keys.card.to_bytes(),
            service.certificate(each, CertificateRole.ANALYST),
            name,
            duties.get(name, DUTIES.get(name, (Duty.ANALYST,))),
            intake=False,
            suspended=False,
        )
        for name, each in zip(LABELS, service.people, strict=True)
    ]
    roster = Roster(
        service=service.id,
        publisher=service.certificate(service.publisher),
        seq=1,
        issued=TODAY,
        expires=TODAY + timedelta(days=14),
        members=tuple(sorted(members, key=lambda each: each.to_json()["card"])),
        former=(),
        supervisors=supervisors_of(members),
        previous=bytes(ID),
    )
    return sign_roster(roster, service.publisher.keys)


def written(service: Service) -> Mailbox:
    """A report, a note, a reply with its entry, a second note by a colleague."""
    box = Mailbox(service)
    box.report()
    box.post(service.team().note(box.file(), SECRET_WORDS))
    box.post(*service.team(name="a reply").reply(box.file(), "An answer.", "en"))
    colleague = service.team(analyst=service.colleague, name="a colleague")
    box.post(colleague.note(box.file(), SECRET_WORDS))
    return box


def keyring(service: Service) -> dict[bytes, Keys]:
    group = service.intake[EPOCH].keys
    return {group.card.id: group}


def rows_of(box: Mailbox) -> tuple[Row, ...]:
    stored = [each for chain in Chain for each in box.rows[chain]]
    return in_order(row_of(each, keyring(box.service)) for each in stored)


def in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: row.place))


def made(box: Mailbox, **changes: object) -> Export:
    service = box.service
    statement = Statement("export", service.analyst.keys.card.id, box.address, TODAY)
    export = Export(statement, service.signed(), signed_roster(service), rows_of(box))
    return replace(export, **changes)  # type: ignore[arg-type]


def sealed(export: Export, service: Service, exporter: AnalystSecret | None = None) -> bytes:
    return sign_export(export, (exporter or service.analyst).keys, service.id)


@pytest.fixture(scope="module")
def box(service: Service) -> Mailbox:
    return written(service)


@pytest.fixture
def again(box: Mailbox) -> Callable[..., Verified]:
    """What a handler brings about who alters an export and signs it anew."""

    def sign_anew(*rows: Row, **changes: object) -> Verified:
        export = made(box, **changes)
        export = replace(export, rows=rows) if rows else export
        return verify_export(sealed(export, box.service), box.service.id)

    return sign_anew


def without(rows: tuple[Row, ...], chain: Chain, seq: int) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.place[:2] != (chain, seq))


# -- what it proves -----------------------------------------------------------------------------


def test_who_knows_the_fingerprint_alone_reads_the_log(box: Mailbox, service: Service) -> None:
    found = verify_export(sealed(made(box), service), service.id[:20])
    assert found.is_whole
    kinds = [type(entry.payload) for entry in found.case]
    assert kinds == [Note, Sent, Note]
    labels = [found.roster.label(entry.payload.author) for entry in found.case if entry.payload]
    assert labels == ["Alder", "Alder", "Birch"]
    assert [entry.id for entry in found.case] == [each.id for each in box.rows[Chain.CASE]]
    assert [len(found.chains[chain].entries) for chain in Chain] == [1, 1, 3]
    assert found.statement.mailbox == box.address


def test_no_word_of_anybody_is_in_it(box: Mailbox, service: Service) -> None:
    data = sealed(made(box), service)
    file = box.file()
    assert [entry.words for entry in file.of(Chain.CASE)] == [SECRET_WORDS, "", SECRET_WORDS]
    for hidden in (SECRET_WORDS, "An answer.", "An invented report."):
        assert hidden.encode() not in data
    for row in box.rows[Chain.CASE]:
        assert row.body is not None
        assert row.body not in data


def test_the_words_can_be_shown_later_and_held_against_it(
    box: Mailbox, again: Callable[..., Verified]
) -> None:
    entry = again().case[0]
    assert isinstance(entry.payload, Note)
    assert Words(bytes(32), SECRET_WORDS).hash != entry.payload.words  # without its salt
    content = exports.open_sealed(box.rows[Chain.CASE][0], keyring(box.service))
    assert Words.from_bytes(content.words or b"").hash == entry.payload.words


# -- without the exporter's key -----------------------------------------------------------------


def test_a_changed_byte_anywhere_is_refused(box: Mailbox, service: Service) -> None:
    data = sealed(made(box), service)
    for index in {*range(0, len(data), 61), *range(SIGNATURE + 8 + 200)}:
        with pytest.raises(ProtocolError):
            verify_export(flipped(data, index, index % 8), service.id)


def test_a_cut_or_longer_file_is_refused(box: Mailbox, service: Service) -> None:
    data = sealed(made(box), service)
    for length in range(0, len(data), 401):
        with pytest.raises(ProtocolError):
            verify_export(data[:length], service.id)
    for more in (b"\0", bytes(8), (5).to_bytes(8, "little") + b"words", data[SIGNATURE:]):
        with pytest.raises(ProtocolError):
            verify_export(data + more, service.id)


def test_rows_cannot_be_taken_out_by_another(box: Mailbox, service: Service) -> None:
    export = made(box)
    signature = sealed(export, service)[:SIGNATURE]
    for row in export.rows:
        less = replace(export, rows=tuple(each for each in export.rows if each != row))
        with pytest.raises(WrongSignature):
            verify_export(signature + sealed(less, service)[SIGNATURE:], service.id)


# -- by the exporter ----------------------------------------------------------------------------


@pytest.mark.parametrize("seq", [0, 1])
def test_an_entry_that_the_exporter_left_out_shows(
    box: Mailbox, again: Callable[..., Verified], seq: int
) -> None:
    found = again(*without(made(box).rows, Chain.CASE, seq))
    assert (Chain.CASE, Alarm(Fault.MISSING, seq)) in found.alarms
    assert not found.is_whole


def test_an_entry_whose_content_was_left_out_shows(
    box: Mailbox, again: Callable[..., Verified]
) -> None:
    rows = made(box).rows
    found = again(*(replace(row, proof=None) if row is rows[-2] else row for row in rows))
    assert [entry.state for entry in found.case] == [State.SHOWN, State.MISSING, State.SHOWN]
    assert not found.is_whole


def test_a_team_envelope_that_was_left_out_shows(
    box: Mailbox, again: Callable[..., Verified]
) -> None:
    found = again(*without(made(box).rows, Chain.TEAM, 0))
    assert found.alarms == ((Chain.CASE, Alarm(Fault.UNKNOWN_MARK, 1)),)
    assert not found.is_whole


def test_rows_in_another_order_or_twice_are_refused(
    box: Mailbox, again: Callable[..., Verified]
) -> None:
    rows = made(box).rows
    for changed in ((*rows[1:], rows[0]), (*rows, rows[-1]), tuple(reversed(rows))):
        with pytest.raises(NotCanonical):
            again(*changed)


def test_entries_that_changed_places_show(box: Mailbox, again: Callable[..., Verified]) -> None:
    rows = made(box).rows
    first, last = rows[-3].parsed, rows[-1].parsed
    swapped = (
        replace(rows[-1], header=replace(last, seq=0, prev=first.prev).to_bytes()),
        replace(rows[-3], header=replace(first, seq=2, prev=last.prev).to_bytes()),
    )
    found = again(*in_order((*rows[:-3], rows[-2], *swapped)))
    assert [type(entry.problem) for entry in found.case] == [
        WrongSignature,
        type(None),
        WrongSignature,
    ]
    assert (Chain.CASE, Alarm(Fault.BROKEN_LINK, 1)) in found.alarms


def test_words_find_no_place_in_it(box: Mailbox, again: Callable[..., Verified]) -> None:
    rows = made(box).rows
    note = rows[-1]
    assert note.proof is not None
    words = Words(bytes(32), SECRET_WORDS).to_bytes()
    for payload in (note.proof.payload + words, note.proof.payload[:-1] + b',"text":"words"}'):
        changed = replace(note, proof=replace(note.proof, payload=payload))
        found = again(*rows[:-1], changed)
        assert isinstance(found.case[-1].problem, NotCanonical)
        assert not found.is_whole
    team = next(row for row in rows if row.parsed.chain is Chain.TEAM)
    with pytest.raises(NotCanonical):
        again(*(replace(row, proof=note.proof) if row is team else row for row in rows))
    with pytest.raises(NotCanonical):
        Statement.from_bytes(made(box).statement.to_bytes()[:-1] + b',"text":"words"}')


def test_an_altered_payload_or_header_is_not_what_its_author_signed(
    box: Mailbox, again: Callable[..., Verified]
) -> None:
    rows = made(box).rows
    note = rows[-1]
    assert note.proof is not None
    other = Note.from_bytes(note.proof.payload)
    payload = replace(other, words=bytes(32)).to_bytes()
    header = replace(note.parsed, recipient=bytes(32)).to_bytes()
    for changed in (replace(note, proof=replace(note.proof, payload=payload)),
                    replace(note, header=header)):  # fmt: skip
        found = again(*rows[:-1], changed)
        assert isinstance(found.case[-1].problem, WrongSignature)


def test_an_entry_by_nobody_of_the_team_proves_nothing(service: Service) -> None:
    box = written(service)
    stranger = secret(AnalystSecret, "a stranger")
    words = Words(bytes(32), "Not of the team.")
    note = Note("note", stranger.keys.card.id, words.hash)
    group = service.intake[EPOCH].keys
    place = replace(box.place(Chain.CASE), recipient=group.card.id)
    envelope, cek = seal(
        place, note.to_bytes(), words.to_bytes(), stranger.keys, service.id, stream("stranger")
    )
    box.rows[Chain.CASE].append(store(envelope, cek, (group.card,)))
    found = verify_export(sealed(made(box), service), service.id)
    assert isinstance(found.case[-1].problem, ForeignAuthor)
    assert not found.is_whole


def test_what_opens_for_no_key_is_a_stub_and_shows(service: Service) -> None:
    box = written(service)
    box.rows[Chain.CASE][1] = replace(box.rows[Chain.CASE][1], wraps={})
    found = verify_export(sealed(made(box), service), service.id)
    assert found.case[1].state is State.MISSING
    assert not found.is_whole


def test_an_envelope_that_holds_no_payload_is_a_stub(service: Service) -> None:
    group = service.intake[EPOCH].keys
    place = Place(Chain.CASE, 0, bytes(32), group.card.id, bytes(32))
    envelope, cek = seal(place, b"", b"{}", service.analyst.keys, service.id, stream("empty"))
    row = row_of(store(envelope, cek, (group.card,)), {group.card.id: group})
    assert row.proof is None
    assert Row.from_bytes(row.to_bytes()) == row


def test_a_reply_behind_the_teams_back_shows(service: Service) -> None:
    box = written(service)
    behind = box.say(service.intake[EPOCH])
    found = verify_export(sealed(made(box), service), service.id)
    assert found.unannounced == (behind.id,)
    assert not found.is_whole


def test_a_fork_shows(box: Mailbox, service: Service) -> None:
    fork = Mailbox(service)
    fork.rows = {chain: list(rows) for chain, rows in box.rows.items()}
    place: list[Stored] = fork.rows[Chain.CASE]
    last = place.pop()
    fork.post(service.team(name="the other side").note(fork.file(), "Another note."))
    place.append(last)
    found = verify_export(sealed(made(fork), service), service.id)
    assert found.alarms == ((Chain.CASE, Alarm(Fault.FORK, 2)),)


# -- who handles it -----------------------------------------------------------------------------


def handled(service: Service) -> Mailbox:
    """Assigned to the colleague, who writes; then to the colleague and the analyst."""
    box = Mailbox(service)
    box.report()
    assign(box, group(1), ids(service.colleague))
    handler = service.team(group(1), analyst=service.colleague)
    box.post(*handler.reply(box.file(handler), "An answer.", "en"))
    supervisor = service.team(group(1), analyst=service.supervisor, name="a supervisor")
    assign(box, group(2), ids(service.colleague, service.analyst), supervisor)
    return box


def held(*groups: GroupSecret) -> dict[bytes, Keys]:
    return {each.keys.card.id: each.keys for each in groups}


def by(exporter: AnalystSecret, box: Mailbox, *groups: GroupSecret) -> bytes:
    stored = [each for chain in Chain for each in box.rows[chain]]
    rows = in_order(row_of(each, held(*groups)) for each in stored)
    statement = Statement("export", exporter.keys.card.id, box.address, TODAY)
    return sealed(made(box, statement=statement, rows=rows), box.service, exporter)


def test_a_handler_exports_a_case_that_changed_hands(service: Service) -> None:
    data = by(service.analyst, handled(service), group(2))
    found = verify_export(data, service.id)
    assert found.is_whole
    assert [type(each.payload) for each in found.case] == [Assigned, Sent, Assigned]
    assert found.handling.handlers == ids(service.colleague, service.analyst)
    assert found.handling.number == 2


def test_who_does_not_handle_a_case_exports_none(service: Service) -> None:
    box = handled(service)
    with pytest.raises(ForeignAuthor):
        verify_export(by(service.supervisor, box, group(2)), service.id)


def test_a_note_of_somebody_who_was_removed_counts_for_nothing_and_shows(service: Service) -> None:
    box = handled(service)
    team = service.team(group(2), name="removing")
    assign(box, group(3), ids(service.analyst), team)
    words = Words(bytes(32), "I go on.")
    note = Note("note", service.colleague.keys.card.id, words.hash)
    place = replace(box.place(Chain.CASE), recipient=group(3).keys.card.id)
    envelope, cek = seal(
        place,
        note.to_bytes(),
        words.to_bytes(),
        service.colleague.keys,
        service.id,
        stream("I go on"),
    )
    box.rows[Chain.CASE].append(store(envelope, cek, (group(3).keys.card,)))
    found = verify_export(by(service.analyst, box, group(3)), service.id)
    assert isinstance(found.case[-1].problem, ForeignAuthor)
    assert not found.is_whole
    assert found.handling.handlers == ids(service.analyst)


def test_an_entry_for_a_group_that_nobody_assigned_shows(
    box: Mailbox, again: Callable[..., Verified], service: Service
) -> None:
    rows = made(box).rows
    note = Note("note", service.analyst.keys.card.id, bytes(32)).to_bytes()
    header = replace(rows[-1].parsed, recipient=group(9).keys.card.id).to_bytes()
    signature = service.analyst.keys.sign(Tag.SIGN_CASE, service.id, header, note)
    found = again(*rows[:-1], replace(rows[-1], header=header, proof=Proof(signature, note)))
    assert isinstance(found.case[-1].problem, WrongPlace)


def test_at_a_fork_no_side_changes_the_handlers(service: Service) -> None:
    box = Mailbox(service)
    box.report()
    before = {chain: list(rows) for chain, rows in box.rows.items()}
    assign(box, group(1), ids(service.analyst))
    [one] = box.rows[Chain.CASE]
    fork = Mailbox(service)
    fork.rows = {**before, Chain.CASE: []}
    assign(fork, group(7), ids(service.colleague))
    fork.rows[Chain.CASE].append(one)
    fork.rows[Chain.TEAM] += box.rows[Chain.TEAM]
    found = verify_export(by(service.analyst, fork, group(1), group(7)), service.id)
    assert found.handling.handlers == frozenset()
    assert (Chain.CASE, Alarm(Fault.FORK, 0)) in found.alarms


# -- whose it is --------------------------------------------------------------------------------


def test_another_teams_is_refused(box: Mailbox, service: Service, elsewhere: Service) -> None:
    data = sealed(made(box), service)
    for root in (elsewhere.id, elsewhere.id[:20], service.id[:19], b""):
        with pytest.raises(ForeignService):
            verify_export(data, root)


def test_another_teams_papers_and_entries_are_refused(
    box: Mailbox, service: Service, elsewhere: Service, again: Callable[..., Verified]
) -> None:
    with pytest.raises(ForeignService):
        again(roster=signed_roster(elsewhere))
    with pytest.raises(ForeignService):
        again(directory=elsewhere.signed())
    theirs = Mailbox(elsewhere)
    theirs.report()
    theirs.post(elsewhere.team().note(theirs.file(), "A note elsewhere."))
    assert theirs.address == box.address  # invented people come to both teams
    found = again(*without(rows_of(theirs), Chain.TEAM, 0))
    assert isinstance(found.case[0].problem, ForeignAuthor)


def test_a_row_of_another_mailbox_is_refused(
    box: Mailbox, service: Service, again: Callable[..., Verified]
) -> None:
    other = Mailbox(service, "ben")
    row = row_of(other.report(), {})
    with pytest.raises(WrongPlace):
        again(*in_order((*made(box).rows, replace(row, header=with_seq(row, 7)))))


def with_seq(row: Row, seq: int) -> bytes:
    return replace(row.parsed, seq=seq, prev=bytes(31) + b"\1").to_bytes()


def test_only_who_may_read_exports(box: Mailbox, service: Service) -> None:
    export = made(box)
    stranger = secret(AnalystSecret, "a stranger")
    theirs = replace(export.statement, exporter=stranger.keys.card.id)
    with pytest.raises(ForeignAuthor):
        verify_export(sealed(replace(export, statement=theirs), service, stranger), service.id)
    auditors = signed_roster(service, Alder=(Duty.AUDITOR,))
    with pytest.raises(ForeignAuthor):
        verify_export(sealed(replace(export, roster=auditors), service), service.id)
    with pytest.raises(WrongSignature):
        verify_export(sealed(export, service, service.colleague), service.id)


def test_who_left_signs_no_export_and_stays_in_the_log(box: Mailbox, service: Service) -> None:
    card = service.analyst.keys.card
    roster = Roster.from_bytes(signed_roster(service)[SIGNATURE:])
    left = replace(
        roster,
        seq=2,
        members=tuple(each for each in roster.members if each.id != card.id),
        former=(Former(card.id, card.sign, "Alder", TODAY, lost=True),),
    )
    export = made(box, roster=sign_roster(left, service.publisher.keys))
    with pytest.raises(ForeignAuthor):
        verify_export(sealed(export, service), service.id)
    colleague = replace(export.statement, exporter=service.colleague.keys.card.id)
    data = sealed(replace(export, statement=colleague), service, service.colleague)
    found = verify_export(data, service.id)
    assert found.is_whole
    assert found.roster.label(card.id) == "Alder"


# -- its form -----------------------------------------------------------------------------------


def test_what_was_written_is_what_is_read(box: Mailbox, service: Service) -> None:
    export = made(box)
    data = sealed(export, service)
    assert read_export(data) == (data[:SIGNATURE], export)


def test_parts_that_are_missing_are_missed(box: Mailbox) -> None:
    parts = made(box).parts
    for count in range(3):
        with pytest.raises(WrongLength):
            Export.from_parts(parts[:count])
    assert Export.from_parts(parts[:3]).rows == ()


def test_a_row_that_is_none_is_refused(box: Mailbox) -> None:
    whole = made(box).rows[-1].to_bytes()
    stub = HEADER + ID + 10
    for length in (0, HEADER, stub - 1, stub + 1, stub + SIGNATURE):
        with pytest.raises(Malformed):
            Row.from_bytes(whole[:length])
    for day in (b"2026-02-30", b"20260302  ", b"2026-03-\xff2"):
        with pytest.raises(NotCanonical):
            Row.from_bytes(whole[: HEADER + ID] + day + whole[stub:])


def test_an_export_has_a_largest_size(
    box: Mailbox, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = sealed(made(box), service)
    monkeypatch.setattr(exports, "LARGEST_EXPORT", len(data) - 1)
    with pytest.raises(WrongLength):
        verify_export(data, service.id)
    with pytest.raises(WrongLength):
        sealed(made(box), service)
