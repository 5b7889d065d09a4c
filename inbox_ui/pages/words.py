"""Sentences of the pages that stand in no template: refusals, and what depends on a number."""

from typing import Final

from crypto import errors as crypto_errors
from dropbox.client.terminal import visible_line
from inbox_ui import errors
from inbox_ui import words as commands
from inbox_ui.errors import InboxError
from inbox_ui.words import Explained
from inbox_ui.work.correspondence import REASON

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
NOT_LOOKED_AT: Final = "What was seen of this file is not kept any longer."
NO_POINT: Final = "Choose a point within the picture by mouse or touch, or give the four edges."
PARTS_CHANGED: Final = "The black parts have changed since. Look at them again, then save."
CORNER_ALONE: Final = (
    "One corner is chosen, and nothing is black there yet. Choose the one opposite, or forget it."
)
BROKE: Final = "This program broke off in the middle. The fault is its own."
TRY_AGAIN: Final = "Try it again. If it happens twice, tell whoever looks after this program."
GO_BACK: Final = "Go back; your text may still be there."


# -- forms --------------------------------------------------------------------------------------

EMPTY: Final = "Write something first."
TOO_LONG: Final = "The text has {count:,} characters; {most:,} fit."
SAY_WHY: Final = "Say why, in your own words."
CHOOSE: Final = "Choose one."
NO_TEMPLATE: Final = "Choose a wording first."
NO_BODY: Final = "Name who asked, in one line."
LONGEST_REASON: Final = REASON
NO_CASE_NAMED: Final = "Name the other case."
TOO_MANY_PEOPLE: Final = "This report names more people than the form has room for."
BY_COMMAND: Final = "Change it with: dropbox-inbox intelligence form CASE --ref REF"
NOT_ABSOLUTE: Final = "Give a whole path that begins with /."
NO_FILE: Final = "Choose a file, or give its whole path."
NOT_THE_SAME: Final = "The two are not the same."
NOT_SURE: Final = "Say that bundles on their way may be lost."
ERRAND: Final = "Another bundle is being written or read. Wait until that is done."
WRONG_WORDS: Final = "This passphrase does not open the vault. Check the keyboard."
NO_WORDS: Final = "Type the passphrase."

# -- what becomes of a case ---------------------------------------------------------------------

NOBODY_CHOSEN: Final = "Choose at least one colleague."
NO_REASON: Final = "Choose why the case ends."
NO_DAY: Final = "Give a day, written like 2027-03-31."
YOU: Final = "This is you."
HELD_ALREADY: Final = "That is how it is already. Nothing was changed."

GIVEN: Final = "{names} will have this case."
NEW_KEY: Final = (
    "The case gets a new key that only they have. Nobody else opens it from then on: not the rest "
    "of the team, and not the server."
)
GAINED: Final = "{names} can read all that is here after the next fetch."
ENDS: Final = "The case ends: {reason}."
PURGED_FOR_GOOD: Final = (
    "What is purged opens for nobody, and no backup brings it back. Until that day the case can be "
    "assigned again."
)
CANNOT_BE_UNDONE: Final = "This cannot be undone."
GOES_AT_ONCE: Final = (
    "Its last day is over. It will be purged at the next fetch, and nothing opens it after that."
)
LET_GO: Final = (
    "The server says that it has purged this case. What is on this workstation of it goes as well, "
    "at once: its key, and every message. What colleagues have of it stays with them."
)
PURGED_BY: Final = "{names} signed to have purged it."
PURGED_BY_NOBODY: Final = (
    "Nobody who handles it has signed to have purged it. The server also purges by itself what "
    "nobody used for a long time. So this may be the last copy: ask a colleague first."
)
PURGED_BY_OTHERS: Final = (
    "{names} signed to have purged it. By all that is known here that is none of its handlers."
)
HELD_STILL: Final = "It is on hold until {day}, as far as is known here."
NOT_ACKNOWLEDGED: Final = (
    "The reporter wrote what nobody has acknowledged, as far as is known here."
)
WORDS_GO_TOO: Final = "What you wrote in it and what waits to be sent goes with it."
REQUESTED: Final = "The custodians see that you ask, and why. One of them has to agree."
RELEASED: Final = "The handlers can read the contact details from then on."
REFUSED: Final = "The handlers are told that you refuse, and why. They can ask again."
NOT_TAKEN_BACK: Final = "What they have read cannot be taken back."
SIGNED: Final = "It is signed with your name and stays in the log of the case."

# -- the team -----------------------------------------------------------------------------------

NO_DUTY: Final = "Everybody in the team has some duty. Choose at least one."
BAD_LABEL: Final = "A label has 1 to 60 characters."
INTAKE_READS: Final = "Only an analyst or a supervisor can be on intake duty."
WRONG_ROOT: Final = "This passphrase does not open the root's file. Check the keyboard."
NOT_THE_NAME: Final = "This is not the name. Type it as it stands above."
BAD_INTEREST: Final = "An interest has 3 to 100 letters, and is one of yours to be withdrawn."

# -- casework -----------------------------------------------------------------------------------

NO_WHY: Final = "Say why, in a few words. Whoever reads it later has to follow it."
SAY_SOMETHING: Final = "Write what was done or said."
NOT_SAID: Final = "not said"
UNREAD: Final = "{count} unread"
ALARM: Final = "alarm"
CONTACT_WITHDRAWN: Final = "contact withdrawn"
TO_BE_DELIVERED: Final = "{count} to be delivered"
SAY_WHY_OVER: Final = "Say why the risk is over."
WROTE_SINCE: Final = (
    "The reporter has written since this page was shown. Read that in the case first."
)
LINE_TOO_LONG: Final = "This has {count:,} characters; {most:,} fit."
BAD_FILTER: Final = "A filter's name has 1 to 60 letters. 50 can be kept; delete one first."

# -- the state of the line ----------------------------------------------------------------------

NOT_FETCHED: Final = "Not fetched yet."
FETCHED: Final = "Fetched {ago}."
AWAY: Final = "The server is away{stretch}. Work goes on; what you write is delivered later."
FAILING: Final = "Fetching fails{stretch}: {error} {hint}"
JUST_NOW: Final = "just now"


def too_long(text: str) -> str:
    """What to say of a reason or a remark that does not fit."""
    return TOO_LONG.format(count=len(text), most=LONGEST_REASON)


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
        "{name} is there already. It was not touched.", "Name another place."
    ),
    errors.DeclaredInterest: Explained(
        "Case {name} names something you have declared an interest in.",
        "It is hidden here and cannot be yours. Leave it to a colleague.",
    ),
    errors.NobodyOpens: Explained(
        "None of them could open what came before.",
        "Choose yourself too, somebody on intake duty, or one of its handlers.",
    ),
    errors.NotReleased: Explained(
        "The contact details are not released.", "A handler asks for them, on the case's page."
    ),
    errors.NoRequest: Explained(
        "No handler asks for the contact details.", "A handler asks on the case's page."
    ),
    errors.NoRoster: Explained(
        "This team has no roster yet.",
        "Fetch first. A publisher begins the roster of a team that an older version made.",
    ),
    errors.UnknownMember: Explained("Nobody in the team is this.", "The people's page shows all."),
    errors.HasLeft: Explained(
        "Somebody among them has left the team.", "Choose those who are there."
    ),
    errors.LastPublisher: Explained(
        "Then nobody could sign the roster or the directory any more.",
        "Nothing was changed. The root can make another publisher first.",
    ),
    errors.OnlyRootPublishes: Explained(
        "Only the root makes a publisher.", "The root holder admits them again for that."
    ),
    errors.NotPublisher: Explained(
        "Only a publisher signs this.", "Somebody whom the root made a publisher can."
    ),
    errors.RosterKept: Explained(
        "The change is signed and kept here. The server does not have it yet.",
        "The next fetch sends it. Until then it is not in force.",
    ),
    errors.DraftChanged: Explained(
        "There is no such draft now: it was changed, or it never was.",
        "Nothing was done. The case shows the drafts as they are.",
    ),
    errors.OwnDraft: Explained(
        "These are your own words. Somebody else has to read them.",
        "Ask a colleague who handles this case.",
    ),
    errors.NotApproved: Explained(
        "Nobody else has approved this draft as it is now.",
        "Nothing was sent. A colleague who handles this case reads it first.",
    ),
    errors.NeedsSecondReader: Explained(
        "By the policy of this workstation, somebody else reads this before it goes out.",
        "Nothing was sent. Preview it again: it becomes a draft.",
    ),
    errors.MustReword: Explained(
        "It has a force's question in the force's own words.",
        "Nothing was sent. Ask in words of your own.",
    ),
    errors.NoQuestion: Explained(
        "The case has no such question of a force's.", "Its page of questions shows all."
    ),
    crypto_errors.OverLimit: Explained("The text is too long.", "40,000 characters fit."),
}


def explain(error: Exception) -> Explained:
    """What a page says about ``error``: as the commands do, where those do not name commands."""
    for kind in type(error).__mro__:
        if kind in _ON_PAGES:
            said = _ON_PAGES[kind]
            name = visible_line(error.name) if isinstance(error, InboxError) else ""
            return Explained(said.error.format(name=name), said.hint.format(name=name))
    return commands.explain(error)


def say(error: Exception) -> str:
    """The same in one line, as it stands at a field."""
    said = explain(error)
    return f"{said.error} {said.hint}".strip()
