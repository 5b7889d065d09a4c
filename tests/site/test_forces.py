"""The forces: a data file whose ids stay, whose days are in order, whose successors exist."""

from datetime import date

import pytest

from dropbox.site import forces
from dropbox.site.forces import force_name, offered_forces, read_force, read_forces
from dropbox.site.support import read_bodies

IDS = tuple(
    """
    avon-and-somerset bedfordshire cambridgeshire cheshire city-of-london cleveland cumbria
    derbyshire devon-and-cornwall dorset durham dyfed-powys essex gloucestershire
    greater-manchester gwent hampshire hertfordshire humberside kent lancashire leicestershire
    lincolnshire merseyside metropolitan norfolk north-wales north-yorkshire northamptonshire
    northumbria nottinghamshire south-wales south-yorkshire staffordshire suffolk surrey sussex
    thames-valley warwickshire west-mercia west-midlands west-yorkshire wiltshire police-scotland
    northern-ireland btp mdp cnc nca other-police-body multiple former-force unknown
    demo-northmarch demo-wessendale demo-calder demo-hallin
    """.split()  # noqa: SIM905 - one id after another
)
"""Every id there ever was: a report may hold any of them, so none is taken out or changed."""


def row(**changed: object) -> dict[str, object]:
    return {"id": "x", "names": {"en": "X"}, "aliases": [], "nation": "England",
            "kind": "territorial", "oversight": [], "scope": "in", "valid_from": None,
            "valid_to": None, "successors": []} | changed  # fmt: skip


def test_no_id_is_ever_lost_and_each_is_there_once() -> None:
    there = [each.id for each in read_forces()]
    assert set(IDS) <= set(there)
    assert len(there) == len(set(there))


def test_every_force_is_whole() -> None:
    watching = {each.id for each in read_bodies() if each.kind == "oversight"}
    for each in read_forces():
        assert set(each.oversight) <= watching
        assert each.scope in {"in", "triage", "confirm"}
        assert all(each.names.values())
        assert each.oversight or each.kind in {"virtual", "other"}


def test_days_are_in_order_and_successors_exist() -> None:
    there = {each.id: each for each in read_forces()}
    for each in read_forces():
        if each.valid_from and each.valid_to:
            assert each.valid_from <= each.valid_to
        assert set(each.successors) <= set(there) - {each.id}
        assert not each.successors or each.valid_to, "what goes on has no successor"
        for successor in each.successors:
            begun = there[successor].valid_from
            assert begun is None or begun > each.valid_to  # type: ignore[operator]


def test_the_welsh_forces_have_their_welsh_names() -> None:
    named = {each.id: each.name_in("cy") for each in read_forces() if each.nation == "Wales"}
    assert named == {
        "dyfed-powys": "Heddlu Dyfed-Powys",
        "gwent": "Heddlu Gwent",
        "north-wales": "Heddlu Gogledd Cymru",
        "south-wales": "Heddlu De Cymru",
    }
    assert force_name("gwent") == "Gwent Police"


def test_demo_forces_are_offered_only_in_a_demo() -> None:
    shown = [each.id for each in offered_forces(demo=False)]
    assert not any(each.startswith("demo-") for each in shown)
    assert {"unknown", "multiple", "former-force"} <= set(shown)
    demo = set(offered_forces(demo=True)) - set(offered_forces(demo=False))
    assert {each.kind for each in demo} == {"demo"}
    assert len(demo) == 4
    assert all(name.startswith("DEMO") for each in demo for name in each.names.values())


def test_a_force_is_there_from_its_first_day_to_its_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a page that is the same on every day offers it for good."""
    force = read_force(row(valid_from="2013-04-01", valid_to="2027-03-31", successors=["kent"]))
    assert [force.is_there(date.fromisoformat(day)) for day in
            ("2013-03-31", "2013-04-01", "2027-03-31", "2027-04-01")
            ] == [False, True, True, False]  # fmt: skip
    monkeypatch.setattr(forces, "read_forces", lambda: (force,))
    assert offered_forces(demo=False) == (force,)
    assert offered_forces(date(2027, 4, 1), demo=False) == ()


@pytest.mark.parametrize(
    "wrong", [{"valid_to": "soon"}, {"names": {}}, {"names": {"cy": "X"}}, {"colour": "blue"}]
)
def test_a_wrong_row_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_force(row(**wrong))


def test_every_id_fits_a_report() -> None:
    assert all(each.id.replace("-", "").isalnum() and each.id.isascii() for each in read_forces())
