"""Every route there is: method, path, for whom, and what does it. A test compares it with the
router. A ``GET`` changes nothing, except that a one-time key is used up, and what was typed when it
had locked is shown once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from inbox_ui.pages import (
    admitting,
    assessing,
    bundles,
    case,
    concerns,
    drafting,
    entry,
    escalating,
    exporting,
    figures,
    files,
    handling,
    inbox,
    keeping,
    links,
    log,
    looking,
    marks,
    mentioned,
    people,
    phone,
    questions,
    ready,
    redacting,
    reports,
    sealing,
    search,
    subject,
    team,
    writing,
)
from inbox_ui.pages.answers import Answer
from inbox_ui.pages.call import Call
from inbox_ui.pages.gate import Access


@dataclass(frozen=True)
class Route:
    """One route. ``active`` says that asking it means that somebody is there, so that the vault
    stays unlocked. ``script`` says that a script asks it, so that no answer becomes a page."""

    method: str
    path: str
    access: Access
    handler: Callable[[Call], Awaitable[Answer]]
    active: bool = True
    script: bool = False


_CASE: Final = "/case/{case:[a-z2-7]{4,52}}"
_FILE: Final = _CASE + "/file/{chain:reporter|team}/{seq:[0-9]{1,9}}/{number:[0-9]{1,3}}"
_REDACT: Final = _FILE + "/redact/{picture:[0-9]{1,2}}"
_ACT: Final = _CASE + "/do/{act:assign|conclude|hold|unhold|request|release|refuse|let-go}"
_DRAFT: Final = _CASE + "/draft/{draft:[a-z2-7]{32}}"
_QUESTION: Final = _CASE + "/question/{question:[a-z2-7]{26}}"
_REPORT: Final = _CASE + "/report/{ref:IR-[A-Z2-7]{10}}"
_MENTIONED: Final = _CASE + "/mentioned/{of:unit|chief|name}/{said:proposed|agreed|withdrawn}"
_SAID: Final = "/subject-access/{said:proposed|agreed|withdrawn}"
_MEMBER: Final = "/people/{member:[a-z2-7]{32}}"
_AMEND: Final = _MEMBER + "/{change:suspend|resume|remove|duties}"
_QUEUE: Final = "/queue/{queue:[a-z]{1,10}}/{page:[0-9]{1,6}}"

ANYONE, BROWSER, ANALYST = Access.ANYONE, Access.BROWSER, Access.ANALYST

ROUTES: Final = (
    Route("GET", "/key/{key:[A-Za-z0-9_-]{1,100}}", ANYONE, entry.come_in),
    Route("GET", "/assets/{asset:[a-z0-9.-]{1,60}}", ANYONE, entry.get_asset, active=False),
    Route("POST", "/unlock", BROWSER, entry.unlock),
    Route("POST", "/lock", BROWSER, entry.lock),
    Route("GET", "/answer/{ticket:[A-Za-z0-9_-]{1,40}}", BROWSER, entry.show_answer),
    Route("GET", "/now", ANALYST, entry.tell_now, active=False, script=True),
    Route("POST", "/here", ANALYST, entry.say_here, script=True),
    Route("POST", "/fetch", ANALYST, entry.fetch),
    Route("GET", "/", ANALYST, inbox.show_new),
    Route("GET", _QUEUE, ANALYST, inbox.show_queue),
    Route("POST", "/find", ANALYST, inbox.find),
    Route("POST", "/filters/use", ANALYST, inbox.use_filter),
    Route("POST", "/filters/keep", ANALYST, inbox.keep_filter),
    Route("POST", "/filters/drop", ANALYST, inbox.drop_filter),
    Route("GET", "/search", ANALYST, search.show_search),
    Route("GET", "/search/{page:[0-9]{1,4}}", ANALYST, search.show_search),
    Route("POST", "/search", ANALYST, search.search),
    Route("POST", "/search/now", ANALYST, search.search_now, script=True),
    Route("GET", "/keys", ANALYST, inbox.show_keys),
    Route("POST", "/keys", ANALYST, inbox.set_keys),
    Route("GET", _CASE, ANALYST, case.show_case),
    Route("POST", f"{_CASE}/acknowledge", ANALYST, case.acknowledge),
    Route("POST", f"{_CASE}/preview", ANALYST, writing.preview),
    Route("POST", f"{_CASE}/change", ANALYST, writing.change),
    Route("POST", f"{_CASE}/reply", ANALYST, writing.reply),
    Route("POST", f"{_CASE}/note", ANALYST, writing.note),
    Route("POST", f"{_CASE}/fill", ANALYST, drafting.fill),
    Route("GET", _DRAFT, ANALYST, drafting.show_draft),
    Route("GET", f"{_DRAFT}/change", ANALYST, drafting.change_draft),
    Route("POST", _DRAFT + "/{step:approve|return|withdraw|send}", ANALYST, drafting.decide),
    Route("GET", f"{_CASE}/questions", ANALYST, questions.show_questions),
    Route("POST", f"{_CASE}/questions", ANALYST, questions.add_question),
    Route("POST", _QUESTION, ANALYST, questions.mark_question),
    Route("GET", _FILE, ANALYST, files.show_file),
    Route("POST", f"{_FILE}/confirm", ANALYST, files.confirm_save),
    Route("POST", _FILE, ANALYST, files.save_file),
    Route("GET", f"{_FILE}/look", ANALYST, looking.show_look),
    Route("POST", f"{_FILE}/look", ANALYST, looking.look),
    Route("GET", f"{_FILE}/look/{{picture:[0-9]{{1,2}}}}", ANALYST, looking.show_picture),
    Route("GET", _REDACT, ANALYST, redacting.show),
    Route("POST", _REDACT, ANALYST, redacting.change),
    Route("GET", f"{_REDACT}/shown", ANALYST, redacting.show_picture),
    Route("POST", f"{_REDACT}/confirm", ANALYST, redacting.confirm_save),
    Route("POST", f"{_REDACT}/save", ANALYST, redacting.save_copy),
    Route("GET", f"{_CASE}/assess", ANALYST, assessing.ask),
    Route("POST", f"{_CASE}/assess", ANALYST, assessing.assess),
    Route("POST", f"{_CASE}/signpost", ANALYST, assessing.prefill),
    Route("POST", f"{_CASE}/escalate", ANALYST, escalating.escalate),
    Route("GET", f"{_CASE}/risk", ANALYST, escalating.show),
    Route("POST", f"{_CASE}/risk", ANALYST, escalating.write),
    Route("POST", f"{_CASE}/risk/check", ANALYST, escalating.check),
    Route("GET", f"{_CASE}/history", ANALYST, log.show_history),
    Route("GET", f"{_CASE}/export", ANALYST, exporting.show_export),
    Route("POST", f"{_CASE}/export", ANALYST, exporting.export),
    Route("GET", f"{_CASE}/contact", ANALYST, handling.show_contact),
    Route("GET", f"{_CASE}/marks", ANALYST, marks.show_marks),
    Route("POST", f"{_CASE}/marks", ANALYST, marks.decide),
    Route("POST", f"{_CASE}/marks/add", ANALYST, marks.add),
    Route("GET", f"{_CASE}/links", ANALYST, links.show_links),
    Route("POST", f"{_CASE}/links/confirm", ANALYST, links.confirm),
    Route("POST", f"{_CASE}/links/change", ANALYST, links.change),
    Route("POST", f"{_CASE}/links", ANALYST, links.do),
    Route("GET", _ACT, ANALYST, handling.ask),
    Route("POST", f"{_ACT}/confirm", ANALYST, handling.confirm),
    Route("POST", f"{_ACT}/change", ANALYST, handling.change),
    Route("POST", _ACT, ANALYST, handling.do),
    Route("GET", f"{_CASE}/reports", ANALYST, reports.show_reports),
    Route("GET", f"{_CASE}/report", ANALYST, reports.write),
    Route("POST", f"{_CASE}/report", ANALYST, reports.keep),
    Route("POST", f"{_CASE}/report/answer", ANALYST, sealing.take_answer),
    Route("POST", _MENTIONED, ANALYST, mentioned.decide),
    Route("GET", _REPORT, ANALYST, reports.write),
    Route("POST", _REPORT, ANALYST, reports.keep),
    Route("POST", f"{_REPORT}/read", ANALYST, reports.read),
    Route("POST", f"{_REPORT}/consent", ANALYST, reports.consent),
    Route("GET", f"{_REPORT}/withdraw", ANALYST, reports.ask_withdraw),
    Route("POST", f"{_REPORT}/withdraw", ANALYST, reports.withdraw),
    Route("POST", f"{_REPORT}/send", ANALYST, sealing.send),
    Route("GET", "/phone", ANALYST, phone.show),
    Route("POST", "/phone/begin", ANALYST, phone.begin),
    Route("POST", "/phone/ask", ANALYST, phone.ask),
    Route("POST", "/phone/write", ANALYST, phone.write),
    Route("POST", "/phone/listen", ANALYST, phone.listen),
    Route("POST", "/phone/tell", ANALYST, phone.tell),
    Route("POST", "/phone/hear", ANALYST, phone.hear),
    Route("POST", "/phone/open", ANALYST, phone.open_mailbox),
    Route("POST", "/phone/look", ANALYST, phone.look_again),
    Route("POST", "/phone/withdraw", ANALYST, phone.withdraw),
    Route("POST", "/phone/end", ANALYST, phone.end),
    Route("GET", "/people", ANALYST, people.show_people),
    Route("GET", "/people/add", ANALYST, admitting.show_add),
    Route("POST", "/people/add", ANALYST, admitting.look),
    Route("POST", "/people/add/compare", ANALYST, admitting.compare),
    Route("POST", "/people/add/change", ANALYST, admitting.change),
    Route("POST", "/people/add/certify", ANALYST, admitting.certify),
    Route("POST", "/people/add/take", ANALYST, admitting.take),
    Route("GET", _MEMBER, ANALYST, people.show_member),
    Route("POST", f"{_AMEND}/confirm", ANALYST, people.confirm),
    Route("POST", _AMEND, ANALYST, people.amend),
    Route("GET", "/audit", ANALYST, log.show_audit),
    Route("POST", "/audit", ANALYST, log.audit),
    Route("GET", "/figures", ANALYST, figures.show_figures),
    Route("GET", "/figures/oversight", ANALYST, figures.show_oversight),
    Route("POST", "/figures/oversight", ANALYST, figures.give),
    Route("GET", figures.ADDRESS, ANALYST, figures.show_paper),
    Route("POST", figures.ADDRESS, ANALYST, figures.write_sheet),
    Route("GET", "/ready", ANALYST, ready.show_ready),
    Route("GET", "/retention", ANALYST, keeping.show_retention),
    Route("GET", "/subject-access", ANALYST, subject.show_request),
    Route("POST", "/subject-access", ANALYST, subject.look),
    Route("POST", "/subject-access/answer", ANALYST, subject.write_answer),
    Route("POST", _SAID, ANALYST, subject.decide),
    Route("GET", "/interests", ANALYST, concerns.show_interests),
    Route("POST", "/interests/declare", ANALYST, concerns.declare),
    Route("POST", "/interests/withdraw", ANALYST, concerns.withdraw),
    Route("GET", "/bundles", ANALYST, bundles.show_bundles),
    Route("POST", "/bundles/courier", ANALYST, bundles.make_courier_pass),
    Route("POST", "/bundles/export", ANALYST, bundles.write_bundle),
    Route("POST", "/bundles/import", ANALYST, bundles.read_bundle),
    Route("GET", "/team", ANALYST, team.show_team),
    Route("POST", "/team/renew", ANALYST, team.renew),
    Route("POST", "/team/backup", ANALYST, team.make_backup),
)
