"""The report: the words come first, then everything in one form (docs/protocol.md §10)."""

import secrets
from collections.abc import Sequence
from datetime import date

from crypto.directory import Directory
from crypto.errors import OverLimit, ProtocolError
from crypto.passphrase import Passphrase, mailbox_secret
from crypto.reporter import Draft
from dropbox.client.errors import ClientError, Refused
from dropbox.client.wordlist import word_list
from dropbox.plain import words
from dropbox.plain.answers import Page
from dropbox.plain.call import Call
from dropbox.plain.forms import Fields, Form
from dropbox.plain.seals import NotOurs
from dropbox.plain.uploads import files_again, largest_form, lose_files, receive_files
from dropbox.plain.written import (
    Problem,
    answer_languages,
    find_problems,
    read_written,
)
from dropbox.site.builder import service_of
from dropbox.site.forces import offered_forces
from dropbox.site.questions import (
    ABOUT,
    ACCOUNT,
    DANGER,
    FORCE,
    HOW_MANY,
    LANGUAGE,
    SECOND_FORCE,
    TOPIC,
    TRACK,
)
from dropbox.wire import Fault

SENT = "sent"
ARRIVED = "arrived"
AGAIN = "again"


async def show_form(call: Call) -> Page:
    """``GET /plain/start``: seven new words, and the form."""
    directory = await call.visit.arrive()
    if call.visit.expired:
        return call.trouble(words.EXPIRED, 423)
    return _form_page(call, directory, _new_words(), Fields(), ())


async def take_report(call: Call) -> Page:
    """``POST /plain/start``: the report is sealed and stored, or the form is there again.

    (1) the fields (2) whose words (3) the files, sealed while they come (4) one envelope.
    """
    directory = await call.visit.arrive()
    form = Form.of(call.request, largest_form(directory.limits))
    fields = await form.fields()  # (1)
    if call.visit.expired:
        await form.drain()
        return call.trouble(words.EXPIRED, 423)
    written = read_written(fields, call.language, demo=service_of(directory).demo)
    problems = find_problems(fields, directory, call.language)
    try:
        passphrase = call.plan.seals.open_ticket(fields.text("ticket"))  # (2)
    except NotOurs:
        problems += await lose_files(form, call.language)
        return _form_page(call, directory, _new_words(), fields, problems, new_words=True)
    if problems:
        problems += await lose_files(form, call.language)
        return _form_page(call, directory, passphrase, fields, problems)
    call.visit.resume(mailbox_secret(passphrase, directory.service))
    files, problems = await receive_files(call, form, directory.limits)  # (3)
    draft = written.draft(files, call.visit.address, directory, secrets.token_bytes)
    if not problems and not draft.text.strip() and not files:
        problems = [("text", call.language.say(words.NO_TEXT))]
    if problems:
        return _form_page(call, directory, passphrase, fields, problems)
    try:
        return await _store(call, draft, danger=fields.line(DANGER.name))  # (4)
    except OverLimit:
        problems = [("text", call.language.say(words.ANSWERS_TOO_LONG))]
        problems += files_again(call.language) if files else []
        return _form_page(call, directory, passphrase, fields, problems)


async def _store(call: Call, draft: Draft, *, danger: str) -> Page:
    """Send the envelope. A place that is taken holds this very report, sent once more."""
    told = AGAIN, ""
    try:
        receipt = await call.visit.report(draft)
        told = (DANGER.name if danger == "yes" else ARRIVED), str(receipt.day)
    except (ClientError, ProtocolError) as error:
        await call.visit.drop(draft.files)
        if not isinstance(error, Refused) or error.fault is not Fault.PLACE_TAKEN:
            raise
    return call.send_on(SENT, *told)


async def show_sent(call: Call) -> Page:
    """``GET /plain/sent``: that the report has arrived, to whoever has just sent it."""
    directory = await call.visit.arrive()
    told = call.news(ARRIVED, AGAIN, DANGER.name)
    if told is None:
        return call.go("")
    kind, day = told
    return call.page(
        "sent.html",
        directory,
        day=date.fromisoformat(day) if day else None,
        danger=kind == DANGER.name,
        days_kept=directory.limits.days_unused,
    )


def _new_words() -> Passphrase:
    return word_list().generate(secrets.token_bytes)


def _form_page(
    call: Call,
    directory: Directory,
    passphrase: Passphrase,
    fields: Fields,
    problems: Sequence[Problem],
    *,
    new_words: bool = False,
) -> Page:
    spoken = call.language
    offered = offered_forces(demo=service_of(directory).demo)
    return call.page(
        "start.html",
        directory,
        words=passphrase.words,
        ticket=call.plan.seals.seal_ticket(passphrase),
        fields=fields,
        problems=problems,
        new_words=new_words,
        danger=DANGER,
        about=ABOUT,
        how_many=HOW_MANY,
        account=ACCOUNT,
        topic=TOPIC,
        forces=[
            ("", ""),
            *((each.id, each.name_in(spoken.code)) for each in offered),
        ],
        which_forces=(FORCE, SECOND_FORCE),
        answer_in=LANGUAGE,
        languages=answer_languages(),
        track=TRACK,
        limits=directory.limits,
    )
