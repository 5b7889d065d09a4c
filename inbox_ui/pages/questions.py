"""What forces asked in a case: entered, listed, and marked with what became of it."""

from dataclasses import dataclass, field, replace

from inbox_ui.errors import NeedsReason
from inbox_ui.pages import words
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.asked import QuestionRow, question_row
from inbox_ui.pages.call import Call
from inbox_ui.station import Station
from inbox_ui.work import questions
from inbox_ui.work.correspondence import LINE, REASON, Outcome
from inbox_ui.work.inquiries import questions_of


@dataclass(frozen=True)
class Questions:
    """The questions of a case, and what was typed. ``marked`` is the one an error is about."""

    case: str
    rows: tuple[QuestionRow, ...]
    body: str = field(default="", repr=False)
    day: str = ""
    text: str = field(default="", repr=False)
    remark: str = field(default="", repr=False)
    marked: str = ""
    outcome: str = ""
    errors: tuple[tuple[str, str], ...] = ()


async def show_questions(call: Call) -> Answer:
    """The questions."""
    return await _page(call, Questions("", ()))


async def add_question(call: Call) -> Answer:
    """Enter one."""
    form, name = call.form, call.path["case"]
    body, text, day = form.line("body"), form.text("question"), form.day("day")
    errors = []
    if not body or len(body) > LINE:
        errors.append(("body", words.NO_BODY))
    if day is None:
        errors.append(("day", words.NO_DAY))
    if not text.strip():
        errors.append(("question", words.EMPTY))
    elif len(text) > REASON:
        errors.append(("question", words.too_long(text)))
    if errors or day is None:
        typed = Questions("", (), body, form.line("day"), text, errors=tuple(errors))
        return await _page(call, typed)
    await call.write_once(lambda station: _add(station, name, questions.Asked(body, day, text)))
    return Goto(f"/case/{name}/questions")


async def mark_question(call: Call) -> Answer:
    """Say what became of one."""
    name, called, remark = call.path["case"], call.path["question"], call.form.text("remark")
    chosen = call.form.line("outcome")
    typed = Questions("", (), remark=remark, marked=called, outcome=chosen)
    if chosen not in set(Outcome):
        return await _page(call, replace(typed, errors=((f"outcome-{called}", words.CHOOSE),)))
    if len(remark) > REASON:
        wrong = ((f"remark-{called}", words.too_long(remark)),)
        return await _page(call, replace(typed, errors=wrong))

    def act(station: Station) -> None:
        summary = station.case(name)
        questions.mark_question(station, summary, called, Outcome(chosen), remark)

    try:
        await call.write_once(act)
    except NeedsReason:
        wrong = ((f"remark-{called}", words.SAY_WHY),)
        return await _page(call, replace(typed, errors=wrong))
    return Goto(f"/case/{name}/questions")


def _add(station: Station, name: str, asked: questions.Asked) -> None:
    questions.add_question(station, station.case(name), asked)


async def _page(call: Call, typed: Questions) -> Page:
    name = call.path["case"]

    def look(station: Station) -> Questions:
        summary = station.case(name)
        rows = tuple(map(question_row, questions_of(station.open_case(summary))))
        return replace(typed, case=summary.name, rows=rows)

    return Page("questions.html", await call.at_desk(look), 400 if typed.errors else 200)
