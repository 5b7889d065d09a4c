"""The mailbox: opened with the words, read, answered, emptied, closed (docs/protocol.md §10)."""

import re
from collections.abc import Sequence
from typing import Any

from crypto.directory import Directory
from crypto.documents import Sealed
from crypto.errors import ProtocolError, UnknownWord, WrongNumberOfWords
from crypto.opening import State
from crypto.passphrase import mailbox_secret
from crypto.reporter import Conversation, Draft
from dropbox.client.errors import ClientError, Refused
from dropbox.client.wordlist import word_list
from dropbox.plain import words
from dropbox.plain.answers import MAILBOX, NEWS, Cookie, Page, elsewhere
from dropbox.plain.call import Call
from dropbox.plain.forms import LARGEST_FIELDS, Fields, Form
from dropbox.plain.seals import Sitting
from dropbox.plain.showing import show
from dropbox.plain.uploads import largest_form, lose_files, receive_files
from dropbox.plain.written import Problem, answer_languages, chosen_language
from dropbox.site.languages import Language
from dropbox.wire import Fault

DOOR = "open"
WRONG = "wrong"
INSIDE = "mailbox"
DONE = ("sent", "deleted", "withdrawn")
"""What a page behind a form says was done: the last part of its path."""
_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)


class NoMailbox(Exception):
    """Nothing opens: never used, closed and purged look the same."""


# -- the way in -----------------------------------------------------------------------------------


async def show_door(call: Call) -> Page:
    """``GET /plain/open``: asks for the words, and says what was wrong with those before."""
    directory = await call.visit.arrive()
    told = call.news(WRONG)
    page = call.page("open.html", directory, problems=[("words", told[1])] if told else ())
    if told:
        page.forget(NEWS)
    return page


async def open_mailbox(call: Call) -> Page:
    """``POST /plain/open``: the words become a cookie, whatever they open."""
    directory = await call.visit.arrive()
    fields = await Form.of(call.request, LARGEST_FIELDS).fields()
    typed, say = fields.text("words"), call.language.say
    try:
        if not typed.strip():
            raise WrongNumberOfWords(0)
        passphrase = word_list().read(typed)
    except UnknownWord as error:
        nearest = say(words.OR).join(f"“{each}”" for each in error.nearest)
        sentence = words.WORD_NEAREST if nearest else words.WORD_UNKNOWN
        problem = say(sentence, word=error.word[:40], nearest=nearest)
        return call.send_on(DOOR, WRONG, problem)
    except WrongNumberOfWords as error:
        sentence = words.WORDS_COUNT if error.count else words.WORDS_MISSING
        problem = say(sentence, count=error.count)
        return call.send_on(DOOR, WRONG, problem)
    secret = mailbox_secret(passphrase, directory.service)
    return call.keep(call.go(INSIDE), call.plan.seals.begin(secret, call.now))


async def leave(call: Call) -> Page:
    """``GET /plain/leave``: the browser forgets, and is somewhere else."""
    page = elsewhere(call.plan.exit_url)
    page.forget(MAILBOX, NEWS)
    page.clear()
    return page


# -- the mailbox ----------------------------------------------------------------------------------


async def show_mailbox(call: Call) -> Page:
    """``GET /plain/mailbox`` and ``GET /plain/mailbox/{done}``."""
    done = call.request.path.rpartition("/")[2]
    box = await _enter(call)
    return box.page("mailbox.html", done=done, fields=Fields(), problems=())


async def take_answer(call: Call) -> Page:
    """``POST /plain/answer``: one message, stored once, however often the form is sent."""
    box = await _enter(call)
    limits = box.directory.limits
    form = Form.of(call.request, largest_form(limits))
    fields = await form.fields()
    text = fields.text("text").strip("\n")
    problems = _answer_problems(box, fields, text, call.language)
    if problems:
        problems += await lose_files(form, call.language)
        return box.page("mailbox.html", done="", fields=fields, problems=problems)
    files, problems = await receive_files(call, form, limits)
    if not problems and not text.strip() and not files:
        problems = [("text", call.language.say(words.ANSWER_MISSING))]
    if problems:
        return box.page("mailbox.html", done="", fields=fields, problems=problems)
    language = chosen_language(fields, call.language)
    draft = Draft(text, language, Sealed.ON_ARRIVAL, files=files)
    try:
        await call.visit.answer(draft, box.conversation, behind=False)
    except Refused as error:
        await call.visit.drop(files)
        if error.fault is not Fault.PLACE_TAKEN:
            raise
        return await _arrived_meanwhile(call, fields)
    except (ClientError, ProtocolError):
        await call.visit.drop(files)
        raise
    return box.keep(call.go(f"{INSIDE}/sent"))


def _answer_problems(box: "_Box", fields: Fields, text: str, language: Language) -> list[Problem]:
    if fields.line("place") != str(box.conversation.next_seq):
        return [("text", language.say(words.ARRIVED_MEANWHILE))]
    most = box.directory.limits.text_characters
    if len(text) > most:
        return [("text", language.say(words.TOO_LONG, length=len(text), most=most))]
    return []


async def _arrived_meanwhile(call: Call, fields: Fields) -> Page:
    box = await _enter(call)
    problems = [("text", call.language.say(words.ARRIVED_MEANWHILE))]
    return box.page("mailbox.html", done="", fields=fields, problems=problems)


# -- what cannot be undone ------------------------------------------------------------------------


async def ask_deletion(call: Call) -> Page:
    """``GET /plain/delete``: which messages."""
    return (await _enter(call)).page("delete.html", problems=())


async def delete(call: Call) -> Page:
    """``POST /plain/delete``: the chosen messages of the team, or all."""
    box = await _enter(call)
    fields = await Form.of(call.request, LARGEST_FIELDS).fields()
    chosen, say = set(fields.chosen("message")), call.language.say
    if "all" in chosen:  # of those that the page showed: what came since has not been read
        shown = fields.line("shown")
        chosen |= {str(each + 1) for each in range(int(shown) if _NUMBER.fullmatch(shown) else 0)}
    named = [entry for entry in box.conversation.items if str(entry.seq + 1) in chosen]
    ids = {entry.id for entry in named} & set(box.conversation.deletable)
    if not ids and not any(entry.state is State.DELETED for entry in named):
        return box.page("delete.html", problems=[("message", say(words.NOTHING_CHOSEN))])
    if ids:  # else the form was sent twice
        await call.visit.delete(box.conversation, ids)
    return box.keep(call.go(f"{INSIDE}/deleted"))


async def ask_withdrawal(call: Call) -> Page:
    """``GET /plain/withdraw``: whether contact details shall be taken back."""
    return (await _enter(call)).page("withdraw.html", problems=())


async def withdraw(call: Call) -> Page:
    """``POST /plain/withdraw``: the team may not use them any more."""
    box = await _enter(call)
    await Form.of(call.request, LARGEST_FIELDS).fields()
    await call.visit.withdraw_contact(box.conversation)
    return box.keep(call.go(f"{INSIDE}/withdrawn"))


async def ask_closing(call: Call) -> Page:
    """``GET /plain/close``: whether the mailbox shall end."""
    return (await _enter(call)).page("close.html", problems=())


async def close(call: Call) -> Page:
    """``POST /plain/close``: for good, once it is asked for a second time."""
    box = await _enter(call)
    fields = await Form.of(call.request, LARGEST_FIELDS).fields()
    if not fields.line("sure"):
        return box.page("close.html", problems=[("sure", call.language.say(words.NOT_SURE))])
    await call.visit.close_for_good(box.conversation)
    page = call.page("closed.html", box.directory)
    page.forget(MAILBOX, NEWS)
    return page


# -- what they share ------------------------------------------------------------------------------


class _Box:
    """An open mailbox: whose it is, and what lies in it now."""

    def __init__(
        self,
        call: Call,
        directory: Directory,
        cookie: Cookie,
        sitting: Sitting,
        conversation: Conversation,
    ) -> None:
        self.directory = directory
        self.conversation = conversation
        self._call = call
        self._cookie = cookie
        self._sitting = sitting

    def keep(self, page: Page) -> Page:
        """The page, with the cookie good for another 15 minutes."""
        return self._call.keep(page, self._sitting, self._cookie)

    def page(self, template: str, *, problems: Sequence[Problem], **values: Any) -> Page:
        """A page of this mailbox."""
        return self.keep(
            self._call.page(
                template,
                self.directory,
                mailbox=show(self.conversation, self._call.language),
                place=self.conversation.next_seq,
                takes_answers=self._takes_answers,
                languages=answer_languages(),
                limits=self.directory.limits,
                problems=problems,
                **values,
            )
        )

    @property
    def _takes_answers(self) -> bool:
        has_group = self.conversation.case_card is not None
        return not self.conversation.contested and (has_group or not self._call.visit.expired)


async def _enter(call: Call) -> _Box:
    """The mailbox of the cookie. Raises ``LoggedOut``, or ``NoMailbox`` where nothing is."""
    cookie, sitting = call.sitting()
    directory = await call.visit.arrive()
    call.visit.resume(sitting.secret)
    conversation = await call.visit.read()
    if conversation.empty and not show(conversation, call.language).alarms:
        raise NoMailbox
    return _Box(call, directory, cookie, sitting, conversation)
