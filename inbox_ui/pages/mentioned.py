"""That something which keeps a case from a unit is only mentioned in it: said by one, agreed to by
another, each with a reason."""

from inbox_ui import recipients
from inbox_ui.pages import words as page_words
from inbox_ui.pages.answers import Answer, Goto
from inbox_ui.pages.call import Call
from inbox_ui.pages.reports import show_wrong
from inbox_ui.station import Station
from inbox_ui.work import setting_aside
from inbox_ui.work.access import Step
from inbox_ui.work.mentions import LONGEST, Mentioned


async def decide(call: Call) -> Answer:
    """Propose it, agree to it, or take it back."""
    form, step, folder = call.form, Step(call.path["said"]), call.sitting.plan.place.folder
    reason, name, of = form.text("reason"), call.path["case"], Mentioned(call.path["of"])
    mentioned = (form.line("unit"), of, form.line("whom"))
    if not reason.strip() or len(reason) > LONGEST:
        said = page_words.too_long(reason) if reason.strip() else page_words.SAY_WHY
        return await show_wrong(call, form.line("field"), said)

    def act(station: Station) -> None:
        summary, units = station.case(name), recipients.units_of(station, folder)
        setting_aside.say(station, summary, units, mentioned, step, reason)

    await call.write_once(act)
    return Goto(f"/case/{name}/reports")
