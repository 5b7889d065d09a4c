"""The commands for what is written to reporters: replies, drafts, forces' questions, wordings."""

from datetime import date
from typing import Final

import click

from dropbox.client.terminal import visible
from inbox_ui import asking_shown, casework, console, meeting, options, words
from inbox_ui.errors import BadText, NoTemplate
from inbox_ui.options import Place
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.texts import read_text
from inbox_ui.work import asking, questions
from inbox_ui.work.asking import Wording
from inbox_ui.work.correspondence import REASON, Outcome
from inbox_ui.work.inquiries import questions_of
from inbox_ui.work.onlookers import may_be_read
from inbox_ui.work.policy import Policy, Second, read_policy
from inbox_ui.work.questions import Asked
from inbox_ui.work.templates import find_template
from inbox_ui.work.words import ONLOOKERS

_why = click.option(
    "--why-file", metavar="FILE", help="Why it is right although the guard flags it."
)
_draft = click.argument("draft_name", metavar="DRAFT")


@click.command()
@options.place_options
@options.case
@options.text_file
@options.language
@_why
@options.offline
def reply(
    place: Place,
    case_name: str,
    text_file: str,
    language: str,
    why_file: str | None,
    offline: bool,
) -> None:
    """Write to the reporter; it also says what of theirs was read."""
    wording = _read_wording(text_file, language, why_file)
    with place.open() as station:
        station.refresh(console.tell_folding)
        read = casework.newest_read(station, case_name)
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        _tell_findings(station, summary, wording)
        asking.reply(station, summary, wording, read)
        meeting.deliver(place, station, summary, offline=offline, there=there)
        meeting.tell_newer(station, summary, read)


# -- drafts -------------------------------------------------------------------------------------


@click.group()
def draft() -> None:
    """Replies that somebody else reads before they go out."""


@draft.command("list")
@options.place_options
@options.case
@options.offline
def list_drafts(place: Place, case_name: str, offline: bool) -> None:
    """The drafts of a case, each with its name. Another text is another name."""
    with place.open() as station:
        meeting.look(place, station, offline)
        case = station.open_case(station.case(case_name))
        console.print_result(asking_shown.drafts_text(asking.drafts(station, case), station.roster))


@draft.command("write")
@options.place_options
@options.case
@options.text_file
@options.language
@click.option("--change", metavar="DRAFT", default="", help="Another version of this draft.")
@_why
@options.offline
def write_draft(
    place: Place,
    case_name: str,
    text_file: str,
    language: str,
    change: str,
    why_file: str | None,
    offline: bool,
) -> None:
    """Write a draft, or change one: then it has to be approved anew."""
    wording = _read_wording(text_file, language, why_file)
    with place.open() as station:
        station.refresh(console.tell_folding)
        read = casework.newest_read(station, case_name)
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        _tell_findings(station, summary, wording)
        name = asking.write_draft(station, summary, wording, read, change)
        console.print_result(name)
        meeting.deliver(place, station, summary, offline=offline, there=there)


@draft.command("withdraw")
@options.place_options
@options.case
@_draft
@options.offline
def withdraw_draft(place: Place, case_name: str, draft_name: str, offline: bool) -> None:
    """End a draft. Nobody can send it any more."""
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        asking.withdraw_draft(station, summary, draft_name)
        meeting.deliver(place, station, summary, offline=offline, there=there)


@draft.command("send")
@options.place_options
@options.case
@_draft
@options.offline
def send_draft(place: Place, case_name: str, draft_name: str, offline: bool) -> None:
    """Send a draft that somebody else has approved."""
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        asking.send_draft(station, summary, draft_name)
        meeting.deliver(place, station, summary, offline=offline, there=there)


@click.command()
@options.place_options
@options.case
@_draft
@click.option("--send-back", is_flag=True, help="Do not approve it. Say why.")
@click.option("--text-file", metavar="FILE", help="A remark for its author. - reads a pipe.")
@options.offline
def approve(
    place: Place,
    case_name: str,
    draft_name: str,
    send_back: bool,
    text_file: str | None,
    offline: bool,
) -> None:
    """As its second reader: approve a draft of a colleague's."""
    remark = _read_reason(text_file)
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        asking.approve_draft(station, summary, draft_name, remark, approved=not send_back)
        meeting.deliver(place, station, summary, offline=offline, there=there)


# -- what forces asked --------------------------------------------------------------------------


@click.group("questions")
def force_questions() -> None:
    """What forces asked. Only you put it to the reporter, in words of your own."""


@force_questions.command("list")
@options.place_options
@options.case
@options.offline
def list_questions(place: Place, case_name: str, offline: bool) -> None:
    """The questions of a case, each with its name."""
    with place.open() as station:
        meeting.look(place, station, offline)
        case = station.open_case(station.case(case_name))
        console.print_result(asking_shown.questions_text(questions_of(case)))


@force_questions.command("add")
@options.place_options
@options.case
@click.option("--body", required=True, metavar="WHO", help="The force and its unit.")
@click.option(
    "--day", required=True, callback=options.read_day, metavar="DAY", help="When it asked."
)
@options.text_file
@options.offline
def add_question(
    place: Place, case_name: str, body: str, day: date, text_file: str, offline: bool
) -> None:
    """Enter what a force asked, as it asked it."""
    text = _read_reason(text_file)
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        console.print_result(questions.add_question(station, summary, Asked(body, day, text)))
        meeting.deliver(place, station, summary, offline=offline, there=there)


@force_questions.command("mark")
@options.place_options
@options.case
@click.argument("question", metavar="QUESTION")
@click.option(
    "--as",
    "outcome",
    required=True,
    type=click.Choice([each.value for each in Outcome]),
    help="What became of it.",
)
@click.option("--text-file", metavar="FILE", help="A remark, or why it is declined.")
@options.offline
def mark_question(
    place: Place,
    case_name: str,
    question: str,
    outcome: str,
    text_file: str | None,
    offline: bool,
) -> None:
    """Say what became of a question."""
    remark = _read_reason(text_file)
    with place.open() as station:
        there = meeting.look(place, station, offline)
        summary = station.case(case_name)
        questions.mark_question(station, summary, question, Outcome(outcome), remark)
        meeting.deliver(place, station, summary, offline=offline, there=there)


# -- wordings and policy ------------------------------------------------------------------------


@click.command("templates")
@click.argument("name", metavar="NAME", required=False)
@options.language
def list_templates(name: str | None, language: str) -> None:
    """The wordings there are, or one of them, to begin a reply from."""
    if name is None:
        console.print_result(asking_shown.templates_text())
        return
    template = find_template(name)
    if template is None:
        raise NoTemplate(name)
    console.print_result(template.wording[language])
    reviewed = template.reviewed[language]
    console.say(words.WORDING_REVIEWED.format(reviewed=reviewed))


@click.command("asking")
@options.place_options
@click.option(
    "--second-reader",
    type=click.Choice([each.value for each in Second]),
    help="When somebody else reads a reply before it goes out.",
)
@click.option(
    "--turns",
    type=click.IntRange(1, 100),
    help="From how many turns on asking again may be tasking.",
)
def set_policy(place: Place, second_reader: str | None, turns: int | None) -> None:
    """The policy of this workstation for what is asked of reporters; changes it, or shows it."""
    place.folder.check()
    policy = read_policy(place.folder.asking)
    if second_reader is not None or turns is not None:
        second = policy.second_reader if second_reader is None else Second(second_reader)
        policy = Policy(second, policy.turns if turns is None else turns)
        policy.save(place.folder.asking)
    console.print_result(
        words.ASKING_POLICY.format(
            second=words.SECOND_READER[policy.second_reader], turns=policy.turns
        )
    )


def _read_wording(text_file: str, language: str, why_file: str | None) -> Wording:
    return Wording(read_text(text_file), language, _read_reason(why_file))


def _read_reason(file: str | None) -> str:
    if file is None:
        return ""
    text = read_text(file)
    if len(text) > REASON:
        raise BadText(file)
    return text


def _tell_findings(station: Station, summary: Summary, wording: Wording) -> None:
    """Say what speaks against it, before anything is done."""
    case = station.open_case(summary)
    if may_be_read(case):
        console.say(ONLOOKERS)
    checked = asking.check_reply(station, case, wording.text)
    for each in asking_shown.checked_lines(checked):
        console.say(visible(each))


COMMANDS: Final = (reply, draft, approve, force_questions, list_templates, set_policy)
