"""Sentences of the pages that stand in no template: refusals, and what depends on a number."""

from typing import Final

from crypto import errors as crypto_errors
from inbox_ui import errors
from inbox_ui import words as commands
from inbox_ui.errors import InboxError
from inbox_ui.words import Explained

# -- the gate -----------------------------------------------------------------------------------

WRONG_HOST: Final = "This is not the address of the workstation. Open the one it printed."
FROM_ELSEWHERE: Final = "This request came from another page. Open the printed address yourself."
NO_COOKIE: Final = (
    "Run dropbox-inbox serve again and open the address it prints: each address opens once."
)
KEY_USED: Final = (
    "This address was used before, or is not right. If you did not use it, end dropbox-inbox serve "
    "and tell your team; then run it again and open the new address."
)
NO_REQUEST: Final = "This is not a request that a browser makes."
NOT_THERE: Final = "There is no such page."
NOT_KEPT: Final = "What was shown here is not kept any longer."
NOT_KEPT_HINT: Final = "The case shows what was sent and what was kept."
NO_FORM: Final = "This form did not arrive whole."
TOO_MUCH: Final = "This is more than fits."
GO_BACK: Final = "Go back; your text may still be there."


# -- forms --------------------------------------------------------------------------------------

EMPTY: Final = "Write something first."
TOO_LONG: Final = "The text has {count:,} characters; {most:,} fit."
NOT_ABSOLUTE: Final = "Give a whole path that begins with /."
WRONG_WORDS: Final = "This passphrase does not open the vault. Check the keyboard."
NO_WORDS: Final = "Type the passphrase."

# -- the state of the line ----------------------------------------------------------------------

NOT_FETCHED: Final = "Not fetched yet."
FETCHED: Final = "Fetched {ago}."
AWAY: Final = "The server is away{stretch}. Work goes on; what you write is delivered later."
FAILING: Final = "Fetching fails{stretch}: {error} {hint}"
JUST_NOW: Final = "just now"


def ago(seconds: float) -> str:
    """How long ago something was."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return JUST_NOW
    if minutes < 120:
        return "1 minute ago" if minutes == 1 else f"{minutes} minutes ago"
    return f"{minutes // 60} hours ago"


def stretch(seconds: float) -> str:
    """For how long something has been so; nothing where that is not worth saying."""
    if seconds < 60:
        return ""
    return f" for {ago(seconds).removesuffix(' ago')}"


# -- errors -------------------------------------------------------------------------------------

_ON_PAGES: Final[dict[type[Exception], Explained]] = {
    errors.UnknownCase: Explained("There is no such case.", "The inbox shows all there are."),
    errors.NoSuchFile: Explained("The case has no such file.", "Look at the case again."),
    errors.NoReporter: Explained(
        "Nothing from this reporter opens, so nobody can be written to.",
        "The case says why.",
    ),
    errors.Busy: Explained(
        "Another process is working with this vault.", "Wait a moment, then try again."
    ),
    errors.NoSpace: Explained(
        "The disk is full.", "What was there is unchanged. Make space, then try again."
    ),
    errors.AlreadyThere: Explained(
        "Something is there already. It was not touched.", "Name another place."
    ),
    crypto_errors.OverLimit: Explained("The text is too long.", "40,000 characters fit."),
}
_NAMES: Final = {errors.AlreadyThere: "{name} is there already. It was not touched."}


def explain(error: Exception) -> Explained:
    """What a page says about ``error``: as the commands do, where those do not name commands."""
    for kind in type(error).__mro__:
        if kind in _ON_PAGES:
            said = _ON_PAGES[kind]
            if kind in _NAMES and isinstance(error, InboxError):
                return Explained(_NAMES[kind].format(name=error.name), said.hint)
            return said
    return commands.explain(error)
