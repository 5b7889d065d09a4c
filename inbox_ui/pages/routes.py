"""Every route there is: method, path, for whom, and what does it. A test compares it with the
router. A ``GET`` changes nothing, except that a one-time key is used up, and what was typed when it
had locked is shown once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from inbox_ui.pages import (
    admitting,
    bundles,
    case,
    concerns,
    entry,
    exporting,
    handling,
    inbox,
    log,
    people,
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
_ACT: Final = _CASE + "/do/{act:assign|conclude|hold|unhold|request|release|refuse}"
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
    Route("GET", "/keys", ANALYST, inbox.show_keys),
    Route("POST", "/keys", ANALYST, inbox.set_keys),
    Route("GET", _CASE, ANALYST, case.show_case),
    Route("POST", f"{_CASE}/acknowledge", ANALYST, case.acknowledge),
    Route("POST", f"{_CASE}/preview", ANALYST, writing.preview),
    Route("POST", f"{_CASE}/change", ANALYST, writing.change),
    Route("POST", f"{_CASE}/reply", ANALYST, writing.reply),
    Route("POST", f"{_CASE}/note", ANALYST, writing.note),
    Route("GET", _FILE, ANALYST, case.show_file),
    Route("POST", _FILE, ANALYST, case.save_file),
    Route("GET", f"{_CASE}/history", ANALYST, log.show_history),
    Route("GET", f"{_CASE}/export", ANALYST, exporting.show_export),
    Route("POST", f"{_CASE}/export", ANALYST, exporting.export),
    Route("GET", f"{_CASE}/contact", ANALYST, handling.show_contact),
    Route("GET", _ACT, ANALYST, handling.ask),
    Route("POST", f"{_ACT}/confirm", ANALYST, handling.confirm),
    Route("POST", f"{_ACT}/change", ANALYST, handling.change),
    Route("POST", _ACT, ANALYST, handling.do),
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
