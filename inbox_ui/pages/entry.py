"""Coming in, unlocking, locking, and what a page asks while nobody does anything."""

from dataclasses import dataclass, replace

from inbox_ui.errors import WrongPassphrase
from inbox_ui.pages import words
from inbox_ui.pages.answers import Answer, Data, Failed, Goto, Page
from inbox_ui.pages.call import Call, our_page
from inbox_ui.pages.frame import make_frame
from inbox_ui.pages.gate import Kept
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.words import Explained
from inbox_ui.work.telephone import only_takes_calls


@dataclass(frozen=True)
class Unlock:
    """The page that asks for the passphrase. ``kept`` is what was typed when it had locked."""

    back: str
    error: str = ""
    kept: str = ""


async def come_in(call: Call) -> Answer:
    """Exchange the one-time key for the cookie. The address is not left in the history."""
    if not call.sitting.door.exchange(call.path["key"]):
        raise Kept(403, words.KEY_USED)
    return Goto(await _first_page(call, "/"), cookie=True)


async def _first_page(call: Call, back: str) -> str:
    """``back``, but the telephone for who only takes calls: no list has anything for them."""
    if back != "/" or call.sitting.unlocked is None:
        return back
    only = await call.at_desk(
        lambda station: only_takes_calls(station.roster, station.analyst.card.id)
    )
    return "/phone" if only else back


async def get_asset(call: Call) -> Answer:
    """The style sheet or a script."""
    asset = call.assets.get(f"/assets/{call.path['asset']}")
    if asset is None:
        raise Kept(404, words.NOT_THERE)
    return Data(asset.body, asset.content_type)


async def unlock(call: Call) -> Answer:
    """Open the vault."""
    typed, back = call.form.secret("passphrase"), call.back
    if not typed:
        return Page("unlock.html", Unlock(back, words.NO_WORDS), 400)
    try:
        await call.sitting.unlock(VaultPassphrase(typed))
    except WrongPassphrase:
        return Page("unlock.html", Unlock(back, words.WRONG_WORDS), 403)
    return Goto(await _first_page(call, back))


async def lock(call: Call) -> Answer:
    """Lock, now."""
    if call.sitting.unlocked is not None:
        call.sitting.lock()
    return Goto("/")


async def show_answer(call: Call) -> Answer:
    """What a form was answered with, if that is still there."""
    page = call.sitting.shelf.take(call.path["ticket"])
    if page is None:
        call.unlocked  # noqa: B018 - raises where it has locked
        raise Failed(404, Explained(words.NOT_KEPT, words.NOT_KEPT_HINT))
    return replace(page, fresh=False)


async def say_here(call: Call) -> Answer:
    """Somebody is typing or reading: do not lock."""
    call.unlocked  # noqa: B018 - raises where it has locked
    return Data(b"{}", "application/json")


async def tell_now(call: Call) -> Answer:
    """How things are, for the script. It does not count as somebody being here."""
    unlocked = call.unlocked
    frame = await call.at_desk(lambda station: make_frame(call.sitting, unlocked, station))
    return Data(frame.to_json(), "application/json")


async def fetch(call: Call) -> Answer:
    """Fetch and deliver now. A server that takes its time is not waited for."""
    unlocked = call.unlocked
    await unlocked.wait_a_while(unlocked.go_on(unlocked.courier.fetch()))
    return Goto(our_page(call.form.line("back")))
