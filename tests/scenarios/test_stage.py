"""The stage itself: what the scenarios rely on is there, and what they look for would be found."""

import pytest

from deploy.demo.corpus import SCENARIOS
from tests.scenarios.people import EWA, NOOR, SAM, TOMOS
from tests.scenarios.stage import Stage

pytestmark = pytest.mark.long

SAID = SCENARIOS[0].text


def test_a_report_reaches_its_handler_and_nobody_else(stage: Stage) -> None:
    reporter = stage.report(SCENARIOS[0])
    stage.run(NOOR, "sync")
    stage.give(reporter.case, TOMOS)
    assert stage.show(TOMOS, reporter.case)[0]["text"] == SAID
    for each in (EWA, SAM):
        assert not any(line["text"] for line in stage.show(each, reporter.case))
    assert stage.queue(TOMOS, "mine") == [reporter.case]


def test_days_pass_for_the_server_and_for_everybody(stage: Stage) -> None:
    stage.go(days=16)
    reporter = stage.report(SCENARIOS[1])
    stage.run(TOMOS, "sync")
    stage.run(TOMOS, "reply", reporter.case, text="DEMO. Thank you.")
    assert reporter.look() == ["DEMO. Thank you."]


def test_what_is_left_behind_would_be_found(stage: Stage) -> None:
    assert stage.traces(SAID) == {}
    (stage.logs / "leak").write_text(SAID)
    assert stage.traces(SAID) == {"logs": {SAID}}
