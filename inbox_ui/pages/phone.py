"""Taking a call: a report for a caller, the words read out and back, and one who rings again.

Every form is answered with a way to ``/phone``, which shows the call as it stands in memory: so no
address, no history and no answer that a browser keeps has anything of a caller's in it.
"""

from collections.abc import Awaitable
from dataclasses import replace
from typing import Final

from crypto.errors import UnknownWord, WrongNumberOfWords
from crypto.passphrase import Passphrase
from dropbox.client.wordlist import word_list
from inbox_ui.pages.answers import Answer, Failed, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.phone_call import PLACES, PhoneCall, Server, Stage
from inbox_ui.pages.phone_shown import show_mailbox, show_words, show_writing
from inbox_ui.station import Station
from inbox_ui.work import phone_words, telephone
from inbox_ui.work.telephone import may_take_calls

HERE: Final = Goto("/phone")
_LONGEST: Final = 1000
"""Characters of the seven words as they are typed; all of them have fewer than 70."""


async def show(call: Call) -> Answer:
    """The call as it stands, or what a call can be begun with."""
    if call.unlocked.phone is None:
        return Page("phone.html", await call.at_desk(_may))
    phone = replace(call.unlocked.phone)  # it may go on while the page is made
    if phone.stage is Stage.WRITING:
        view = await call.at_desk(lambda station: show_writing(station, phone))
        return Page("phone_report.html", view)
    if phone.stage is Stage.MAILBOX:
        view = await call.at_desk(lambda station: show_mailbox(station, phone))
        return Page("phone_mailbox.html", view)
    if phone.stage is Stage.ASKING:
        return Page("phone_open.html", await call.at_desk(lambda at: show_writing(at, phone)))
    places = {Stage.TELLING: PLACES, Stage.HEARING: phone.wrong}.get(phone.stage, ())
    return Page("phone_words.html", show_words(phone, places))


async def begin(call: Call) -> Answer:
    """Somebody rings: a new report."""
    return await _begin(call, Stage.WRITING)


async def ask(call: Call) -> Answer:
    """Somebody rings again."""
    return await _begin(call, Stage.ASKING)


# -- a report -------------------------------------------------------------------------------------


async def write(call: Call) -> Answer:
    """Keep what stands in the form, forget something of it, or send it."""
    phone = _go_on(call, Stage.WRITING, Stage.MAILBOX)
    if phone is None:
        return HERE
    phone.hold(telephone.read_spoken(call.form.text, call.form.chosen))
    left, phone.left = phone.left, ()
    if name := call.form.line("clear"):
        phone.hold(telephone.clear(phone.spoken, name))
        _say_forgotten(phone, phone_words.CLEARED)
    elif part := call.form.line("also"):
        _strike_part(phone, part, tuple(each for each, _ in left))
    elif call.form.line("strike") or call.form.line("slipped"):  # Enter says the same
        _strike(phone, call.form.line("slipped"))
    elif call.form.line("send"):
        await _send(call, phone)
    else:
        phone.news = (phone_words.KEPT,)
    return HERE


def _strike(phone: PhoneCall, slipped: str) -> None:
    if not slipped:
        phone.problems = [("slipped", phone_words.NOTHING_SLIPPED)]
        return
    spoken, struck, inside = telephone.strike(phone.spoken, slipped)
    phone.hold(spoken)
    if struck:
        _say_struck(phone, struck)
    phone.left = telephone.count_left(spoken, telephone.parts_of(slipped))
    if phone.left:
        phone.problems = [("slipped", phone_words.STILL_IN_PARTS)]
    elif inside:
        phone.problems = [("slipped", phone_words.STILL_INSIDE)]
    elif not struck:
        phone.problems = [("slipped", phone_words.NOWHERE)]


def _strike_part(phone: PhoneCall, part: str, parts: tuple[str, ...]) -> None:
    spoken, struck = telephone.strike_part(phone.spoken, part)
    phone.hold(spoken)
    phone.left = telephone.count_left(spoken, parts)
    if struck:
        _say_struck(phone, struck)
    else:
        phone.problems = [("slipped", phone_words.NOWHERE)]


def _say_struck(phone: PhoneCall, count: int) -> None:
    once = count == 1
    _say_forgotten(
        phone, phone_words.STRUCK_ONCE if once else phone_words.STRUCK.format(count=count)
    )


def _say_forgotten(phone: PhoneCall, sentence: str) -> None:
    phone.news = (sentence, phone_words.MAY_HAVE_GONE) if phone.doubt else (sentence,)


async def _send(call: Call, phone: PhoneCall) -> None:
    limits = await call.at_desk(lambda station: station.seen.directory.limits)
    if phone.stage is Stage.WRITING:
        phone.problems = telephone.find_problems(phone.spoken, limits)
        action = phone.report
    else:
        phone.problems = telephone.find_answer_problems(phone.spoken, limits)
        action = phone.answer
    if not phone.problems:
        await _wait(call, action(await _server(call)))


# -- the words ------------------------------------------------------------------------------------


async def listen(call: Call) -> Answer:
    """The words are written down: from now on they are not on the page."""
    phone = _go_on(call, Stage.TELLING)
    if phone is not None:
        phone.stage, phone.places, phone.wrong = Stage.HEARING, PLACES, ()
    return HERE


async def tell(call: Call) -> Answer:
    """Read all of them out once more."""
    phone = _go_on(call, Stage.HEARING)
    if phone is not None:
        phone.stage = Stage.TELLING
    return HERE


async def hear(call: Call) -> Answer:
    """What the caller read back, at the places that are still to be read back rightly."""
    phone = _go_on(call, Stage.HEARING)
    if phone is None:
        return HERE
    assert phone.passphrase is not None
    typed = {place: call.form.line(f"word-{place}") for place in phone.places}
    heard = {place: each for place, each in typed.items() if each}
    if not heard:
        phone.problems = [(f"word-{phone.places[0]}", phone_words.NOTHING_HEARD)]
        return HERE
    phone.wrong = telephone.compare(phone.passphrase, heard)
    phone.places = tuple(at for at in phone.places if at not in heard or at in phone.wrong)
    phone.problems = [(f"word-{at}", phone_words.WRONG.format(place=at)) for at in phone.wrong]
    if not phone.places:
        phone.stage = Stage.KNOWN
    return HERE


# -- one who rings again --------------------------------------------------------------------------


async def open_mailbox(call: Call) -> Answer:
    """The seven words, as the caller says them."""
    phone = _go_on(call, Stage.ASKING)
    if phone is None:
        return HERE
    phone.typed = call.form.line("words")[:_LONGEST]
    passphrase = _read_words(phone)
    if passphrase is not None:
        await _wait(call, phone.open(await _server(call), passphrase))
    return HERE


async def look_again(call: Call) -> Answer:
    """Whether something new has come."""
    phone = _go_on(call, Stage.MAILBOX)
    if phone is not None:
        await _wait(call, phone.look_again(await _server(call)))
    return HERE


async def withdraw(call: Call) -> Answer:
    """Contact details are taken back, once the caller is sure."""
    phone = _go_on(call, Stage.MAILBOX)
    if phone is None:
        return HERE
    if not call.form.line("sure"):
        phone.problems = [("sure", phone_words.SAY_WITHDRAW)]
        return HERE
    await _wait(call, phone.withdraw_contact(await _server(call)))
    return HERE


def _read_words(phone: PhoneCall) -> Passphrase | None:
    try:
        if not phone.typed:
            raise WrongNumberOfWords(0)
        return word_list().read(phone.typed)
    except UnknownWord as error:
        said = phone_words.NOT_A_WORD.format(word=error.word)
        if error.nearest:
            said += phone_words.NEAREST.format(nearest=phone_words.OR.join(error.nearest))
    except WrongNumberOfWords as error:
        count = phone_words.WORDS_COUNT.format(count=error.count)
        said = count if error.count else phone_words.NO_WORDS
    phone.problems = [("words", said)]
    return None


# -- the call -------------------------------------------------------------------------------------


async def end(call: Call) -> Answer:
    """End the call: nothing of it is left."""
    phone = _go_on(call, *Stage)
    if phone is None:
        return HERE
    if phone.unfinished and not call.form.line("sure-end"):
        phone.problems = [("sure-end", phone_words.SAY_END)]
        return HERE
    call.unlocked.phone = None
    return HERE


async def _begin(call: Call, stage: Stage) -> Answer:
    """Begin a call, unless one is going on."""
    if not await call.at_desk(_may):
        raise Failed(403, phone_words.NOT_YOURS)
    if call.unlocked.phone is None:
        call.unlocked.phone = PhoneCall(stage)
    return HERE


def _go_on(call: Call, *stages: Stage) -> PhoneCall | None:
    """The call that the form is of. ``None`` where the form is of an earlier turn, or something is
    under way: then nothing of it may be taken. Raises ``Failed`` where it has ended."""
    phone, form = call.unlocked.phone, call.form
    if phone is None or form.line("call") != phone.name:
        raise Failed(409, phone_words.CALL_OVER)
    if phone.busy:
        phone.news = (phone_words.UNDER_WAY,)
        return None
    if form.number("turn") != phone.turn or phone.stage not in stages:
        phone.news = (phone_words.STALE,)
        return None
    phone.begin_turn()
    return phone


async def _wait(call: Call, work: Awaitable[None]) -> None:
    """Do it, and wait for it a few seconds at most; the page says that it goes on."""
    unlocked = call.unlocked
    await unlocked.wait_a_while(unlocked.go_on(work))


async def _server(call: Call) -> Server:
    place = call.sitting.plan.place

    def look(station: Station) -> Server:
        return Server(place, station.vault.service, station.seen.directory.seq)

    return await call.at_desk(look)


def _may(station: Station) -> bool:
    return may_take_calls(station.roster, station.analyst.card.id)
