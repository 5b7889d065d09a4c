"""Every sentence ``dropbox-inbox`` says. Plain and short: what happened, and what to do next.

An error says what happened; its hint says what to do.
"""

from dataclasses import dataclass
from typing import Final

from crypto import errors as crypto_errors
from crypto.chains import Fault as ChainFault
from crypto.documents import Category, Conclusion, Sealed
from crypto.envelope import Chain
from crypto.errors import ProtocolError
from crypto.opening import State as EntryState
from dropbox.client import errors as client_errors
from dropbox.client.errors import CannotSave, Refused, Unknown
from dropbox.client.terminal import visible_line
from dropbox.site.assets import NotBuilt
from dropbox.wire import Fault
from inbox_ui import errors
from inbox_ui.errors import (
    AmbiguousCase,
    InboxError,
    KeptThoughPurged,
    NotAShare,
    OpenToOthers,
    PurgedByColleague,
    TooFewShares,
)
from inbox_ui.findings import NOT_ASKED, NOT_SEEN, Paper
from inbox_ui.summary import DAMAGED_HERE, OTHER_USE, STUB, UNKNOWN_READER, State
from inbox_ui.validity import Remedy, What


@dataclass(frozen=True)
class Explained:
    """The two lines of an error."""

    error: str
    hint: str


# -- while it runs ------------------------------------------------------------------------------

ASK_OLD: Final = "Passphrase of this vault (it is not shown): "
ASK_NEW: Final = "New passphrase, 20 characters or five words (it is not shown): "
ASK_AGAIN: Final = "The same again: "
ASK_REPLACE: Final = "{name} is there already. Replace it?"
ASK_SAVE: Final = (
    "From then on it is not sealed. Whoever has that disk can read it, and deleting it later may "
    "not remove it. This place should be on an encrypted disk that only you open. The program "
    "cannot tell whether it is. {minded} Save it to {place}?"
)
SAVE_AS_IT_CAME: Final = (
    "It is an attack until somebody has shown that it is none. Open it on no machine that has a "
    "network, keys, or anything to lose."
)
SAVE_CLEANED: Final = (
    "What is found in it, such as a maker's name, is taken out. What it shows is not: a face, a "
    "number, a mark of the copy stay. It can still be an attack."
)
WAITING: Final = "The server does not answer. Trying again in {seconds}."
BUSY: Final = "The server is busy. Trying again in {seconds}."
PAGE: Final = "Page {page}: {new} new."
FOLDING: Final = "Opening: {done} of {of} cases."
NEW: Final = "{new} new, {delivered} delivered."
PURGED_AGAIN: Final = "The server had {count} purged mailbox(es) again, and has purged them."
RENEWED: Final = "The directory was renewed. It is valid until {day}."
AWAY: Final = "warning: {error} This is what was fetched before."
TROUBLE: Final = "warning: {error}\nhint: {hint}"
FILE_DONE: Final = "{name}: done."

WHAT_ENDS: Final[dict[What, str]] = {
    What.DIRECTORY_OVER: "The directory ended on {day}. No new report can be sent or taken.",
    What.DIRECTORY_ENDS: "The directory ends on {day}. After that no new report can be sent.",
    What.ROSTER_OVER: "The roster ended on {day}. The server may keep a newer one from you.",
    What.ANALYST_OVER: "Your certificate ended on {day}. The server does not let you in.",
    What.ANALYST_ENDS: "Your certificate ends on {day}. After that the server lets you in no more.",
    What.PUBLISHER_OVER: "Your right to sign directories ended on {day}.",
    What.PUBLISHER_ENDS: "Your right to sign directories ends on {day}.",
    What.EARLY: "The directory was signed on {day}, which has not come yet on this machine.",
}
REMEDIES: Final[dict[Remedy, str]] = {
    Remedy.SYNC: "dropbox-inbox sync renews it, when it reaches the server.",
    Remedy.PUBLISHER: "Somebody who may sign directories has to run dropbox-inbox sync.",
    Remedy.ROOT: "The root renews it: dropbox-inbox directory --root-file FILE",
    Remedy.DATE: "Check this machine's date.",
}

# -- results ------------------------------------------------------------------------------------

FOUNDED: Final = (
    "Root fingerprint, for the posters: {root}\n"
    "Signed directory, for dropbox-server init: {directory}"
)
AFTER_INIT: Final = (
    "The root's secret is in {root_file}. It certifies who belongs to the team, and nobody can\n"
    "replace it. Put it on paper, as shares, and delete it here once they are proved:\n"
    "dropbox-inbox root split, then root rehearse, then root remove.\n"
    "Make a backup now: dropbox-inbox backup FILE --vault {vault}"
)
CERTIFIED: Final = (
    "The root has certified you anew, until {day}. Take its file off this machine again,\n"
    "and make a backup: what is in older ones has the older certificates."
)
ASK_COURIER: Final = "Passphrase of the courier pass (it is not shown): "
ASK_ROOT: Final = "Passphrase of the root's file (it is not shown): "
DIRECTORY_SENT: Final = "The server has the new directory. It is valid until {day}."
DIRECTORY_WRITTEN: Final = (
    "The new directory is in {path}, valid until {day}. Give it to dropbox-server publish.\n"
    "The next sync sends it too."
)
SITE_SAME: Final = "The pages that this version builds are signed already."
SITE_DIFFERS: Final = "These files differ from the ones that are signed now:"
SITE_NEW: Final = (
    "The manifest of the pages that are signed now is not here. All {count} files are signed anew."
)
SITE_POLICY: Final = "No file differs, but the policy for all of them does."
ASK_SITE: Final = "Sign these pages for everybody who visits the site?"
SITE_SENT: Final = (
    "The server has the new directory, valid until {day}. "
    "It shows the new pages at once, if it runs the same version."
)
DELIVERED: Final = "Delivered."
KEPT: Final = "Kept sealed in the outbox. The next sync delivers it."
NOTHING_NEW: Final = "Everything that can be read is acknowledged already."
MORE_CAME: Final = (
    "{count} new from the reporter came while you wrote. Not acknowledged; look at it with show."
)
BACKED_UP: Final = "The backup is in {path}. It opens with today's passphrase."
ROOT_NOT_IN_BACKUP: Final = "The root's secret is not in it."
RESTORED: Final = "The vault is in {path}."
VAULT_CHANGED: Final = "The vault has its new passphrase. Older backups keep the old one."
ROOT_CHANGED: Final = "The root's file has it too."
ROOT_KEEPS: Final = "The root's file keeps the old one: {path}"
COURIER_MADE: Final = (
    "The courier pass is in {path}. Take it to the machine that has a network, once.\n"
    "Whoever has it and its passphrase can ask the server as you, and can delete there: see\n"
    "{docs}. They can read nothing and sign nothing.\n"
    "Bundles of an earlier pass are no longer taken."
)
COURIER_SEALED: Final = "The courier pass gets a passphrase of its own."
BUNDLE_EXPORTED: Final = "The bundle is in {path}: {deliver} to deliver, {ask} to ask."
CARRY_IT: Final = "There: dropbox-inbox bundle carry --courier PASS --from {path} --to FILE"
CARRIED: Final = "The bundle back is in {path}: {delivered} delivered, {answered} answered."
SOME_REFUSED: Final = "The server refused {count}. The workstation will say what."
SOME_UNANSWERED: Final = "{count} could not be asked. The next bundle asks again."
FULL_BUNDLE: Final = "The bundle is full. Import it, and the next one asks for the rest."
IMPORTED_AGAIN: Final = "This bundle was imported before. Nothing was lost or doubled."
FILE_ASKED: Final = "The file is not here. The next bundle asks for it; give this again after that."
NO_CASES: Final = "There are no cases."
LIST_HEAD: Final = ("case", "state", "unread", "last day", "messages")
PENDING_COUNT: Final = "{count} to be delivered"
DAYS: Final = "The days are the server's word."

STATES: Final[dict[State, str]] = {
    State.RECEIVED: "received",
    State.ACKNOWLEDGED: "acknowledged",
    State.ANSWERED: "answered",
    State.WAITING: "waiting for you",
    State.CLOSED: "closed by the reporter",
    State.UNREADABLE: "unreadable",
    State.LOCKED: "held by others",
    State.CONCLUDED: "concluded",
}

# -- a case -------------------------------------------------------------------------------------

CASE: Final = "Case {name}: {state}, {unread} unread"
HEADINGS: Final = {
    "report": "Report",
    "message": "Message from the reporter",
    "contact-withdrawn": "The reporter withdrew the contact details",
    "closed": "The reporter closed the mailbox",
    "receipt": "Receipt to the reporter",
    "reply": "Reply to the reporter",
    "handover": "Handover",
    "closing": "Closing",
    "deleted": "Deletion",
    "note": "Note",
    "sent": "Sent by an analyst",
    "recorded": "Casework",
    "assigned": "Assigned",
    "concluded": "Concluded",
    "held": "Legal hold",
    "contact-requested": "Contact details asked for",
    "contact-released": "Answer of a custodian",
}
ENTRY: Final = "[{chain} {seq}] {day}  {heading}"
ERASED: Final = "The reporter has deleted this from the mailbox."
ERASED_STUB: Final = "Deleted by the reporter"
WITHDRAWN: Final = "contact details withdrawn"
UNDELIVERED: Final = (
    "This was written to the reporter, who closed the mailbox before it arrived:\n\n{text}"
)
GONE: Final[dict[EntryState, str]] = {
    EntryState.DELETED: "Deleted",
    EntryState.MISSING: "Gone, and nobody signed that it was deleted",
    EntryState.QUARANTINED: "Not shown",
}
KEPT_BY_OTHERS: Final[dict[EntryState, str]] = {
    **GONE,
    EntryState.MISSING: "For its handlers: neither words nor keys are here",
}
WAITS: Final = "(not delivered yet)"
LANGUAGE: Final = "Language: {language}"
ASSURANCE: Final = {
    Sealed.ON_ARRIVAL: "Sealed by the server when it arrived, so the server could read it.",
    Sealed.BY_TELEPHONE: "Taken down by telephone.",
}
CATEGORIES: Final = "About: {categories}"
FORCES: Final = "Police force: {forces}"
NO_TEXT: Final = "There are no words, only files."
CONTACT: Final = "Contact details were left, sealed apart."
ANSWER: Final = "{question} {answer}"
FILE: Final = "File {number}: {name} ({size:,} bytes)"
READ_UP_TO: Final = "Acknowledges everything up to reporter {number}"

CATEGORY_WORDS: Final[dict[Category, str]] = {
    Category.INFLUENCE: "improper influence",
    Category.ADVANTAGE: "advantage taken of the office",
    Category.SEXUAL: "abuse for a sexual purpose",
    Category.PARTNER: "abuse of a partner",
    Category.DISCRIMINATION: "discrimination",
    Category.OTHER: "something else",
}
CHAINS: Final[dict[Chain, str]] = {
    Chain.REPORTER: "reporter",
    Chain.TEAM: "team",
    Chain.CASE: "case",
}

# -- what a saved file says ---------------------------------------------------------------------

REDACTED: Final = (
    "The copy has {width} by {height} pixels, and black parts: {count}. Look at every part that is "
    "not black: what is left can still tell who sent it. Who was in a conversation knows which one "
    "it was. The copy is not passed on with a report: tell in your own words what it shows."
)
FILE_SAYS: Final = "{name} says this, besides what it shows:"
FINDING: Final = "  - {words}"
FINDING_VALUE: Final = "  - {words}: {value}"
FILE_SAYS_NOTHING: Final = "{name}: nothing was found of the kind we look for."
FILE_UNKNOWN: Final = "{name}: nothing here can look into this kind of file."
NO_PROGRAM_SEES: Final = (
    "No program sees the dots of a printer, the marks of one copy, or what a picture shows. "
    "Who was given this version? If few were, none of its words may go on as they stand. "
    "The file itself is never passed on: tell what it shows in your own words."
)

# -- who has a case, and for how long -----------------------------------------------------------

HANDLERS: Final = "Assigned to {names}"
LEFT_ALONE: Final = (
    "Nobody who handles it is in the team now. Assign it anew, if it opens here and you are a "
    "supervisor. Else restore the vault of one who handled it from its backup."
)
SAYS_SERVER: Final = "The server says so; nothing of it opens here."
UNKNOWN_HANDLER: Final = "somebody who is not in the roster"
ENDED: Final = "{reason}; kept until {day}"
ON_HOLD: Final = "on hold until {day}"
DUE: Final = "due to be purged"
HOLD_ENDS: Final = "The hold ends."
HOLD_UNTIL: Final = "Kept until {day}, whatever the policy says."
RELEASED: Final = "The custodian's half was released."
REFUSED_CONTACT: Final = "The custodian refused."
CONCLUSIONS: Final[dict[Conclusion, str]] = {
    Conclusion.REFERRED: "referred",
    Conclusion.INSUFFICIENT: "not enough to go on",
    Conclusion.OUT_OF_SCOPE: "out of scope",
    Conclusion.WITHDRAWN: "withdrawn by the reporter",
    Conclusion.OTHER: "other",
}
HIDDEN: Final = "{count} case(s) hidden because of an interest you declared."
GIVEN_ALL_THE_SAME: Final = (
    "You were given what names an interest you declared: {cases}. Ask who assigns to give it to "
    "somebody else. You need not say why."
)
NO_INTERESTS: Final = "You have declared no interest."
DECLARED: Final = "Declared. Cases that name it are hidden here."
INTEREST_GONE: Final = "Withdrawn. Cases that name it are shown again."
NOTHING_DUE: Final = "No case is due."
LET_GO: Final = "Case {name} is erased here."
ASK_GO_ON: Final = "{said} Go on?"
TAKEN: Final = "{names} will have it no more. What they have read or copied stays with them."
GIVEN_UP: Final = (
    "You are not among them. You will not be able to read this case, or to take it back."
)
ASK_PURGE: Final = "Purge {count} case(s) for good, here and on the server?"
PURGED: Final = "{count} purged."
DEPARTED: Final = "{name}: you handle this case no more. Its key and what lay here are erased."
WAITS_FOR_COLLEAGUES: Final = "The handlers can read it after their next sync."
ONE_OF: Final = "Give exactly one of {options}."
NO_DAY: Final = "{day} is no day. One is written like 2027-03-31."
KEPT_UNTIL: Final = "It is kept until {day}. Then it is purged, unless a hold keeps it."
NEEDS_TEXT: Final = "--text-file FILE says why."

# -- the log ------------------------------------------------------------------------------------

HISTORY: Final = "Case {name}: {count} entries in the log"
NO_HISTORY: Final = "Nobody of the team has done anything in it yet."
STEP: Final = "[case {seq}] {day}  {what}"
STEPS_MISSING: Final = "[case {first} to {last}]"
BY: Final = "{who} {what}"
DONE: Final = {
    "note": "wrote a note",
    "sent": "sent the reporter {told}",
    "recorded": "recorded casework: {work}",
    "assigned": "gave the case to {handlers} (group {number})",
    "concluded": "concluded it: {reason}. It is kept until {until}",
    "held": "put it on hold until {until}",
    "unheld": "ended the hold",
    "contact-requested": "asked for the contact details",
    "contact-released": "released the half of the contact details",
    "contact-refused": "refused the contact details",
}
TOLD: Final = {
    "receipt": "a receipt (team {seq})",
    "reply": "a reply (team {seq})",
    "handover": "a handover (team {seq})",
    "closing": "a closing (team {seq})",
    "deleted": "word of a deletion (team {seq})",
}
TOLD_SEALED: Final = "something that does not open here (team {seq})"
TOLD_MISSING: Final = "something that is not here"
NOT_PROVED: Final = "Who wrote this, and what, is not known here."
UNKNOWN_PERSON: Final = "somebody unknown ({fingerprint})"
GONE_KEY: Final = "{who} erased the key of group {number} on {day}"

EXPORTED: Final = "The log of case {name} is in {path}, without a word of what anybody wrote."
EXPORT_HOW: Final = "Anybody checks it with: dropbox-inbox verify-export FILE --root {root}"
EXPORT_BY: Final = "Exported by {who} on {day}, by the exporter's own clock"
EXPORT_UNDER: Final = "Directory {directory} and roster {roster}, signed on {issued}"
EXPORT_COUNTS: Final = "{reporter} from the reporter, {team} to the reporter, {case} in the log"
EXPORT_HANDLERS: Final = "Handled at the end of the log by {handlers}"
EXPORT_PROVES: Final = (
    "Proved: who of the team wrote each entry of the log, what kind it is, and their order. None\n"
    "was left out before the last. What the team sent, as far as entries name it, is all counted.\n"
    "Words shown to you later can be held against their hash in here."
)
EXPORT_LEAVES: Final = (
    "Not proved: the days, which are the server's word. That nothing came after the last entry.\n"
    "How many the reporter sent, and what anybody wrote. That this roster is the newest."
)
EXPORT_WRONG: Final = "Not everything in it is proved:"

AUDIT: Final = "Audit of {fingerprint}, {day}"
AUDIT_CHECKED: Final = (
    "Verified: {directories} directories, {rosters} rosters, {receiving} receiving keys, "
    "{grants} grants, {erasures} erasures, {entries} envelopes of {cases} case(s)"
)
AUDIT_WRONG: Final = "What is wrong:"
AUDIT_WHOLE: Final = "Nothing is wrong with what could be verified."
AUDIT_UNVERIFIED: Final = "What could not be verified:"
AUDIT_ALL: Final = "Nothing was left unverified."
AUDIT_READERS: Final = (
    "Who could read what. It says who had the keys, not who looked.\n"
    "Days of entries are the server's word."
)
PAPERS: Final[dict[Paper, str]] = {
    Paper.DIRECTORY: "directory",
    Paper.ROSTER: "roster",
    Paper.RECEIVING: "receiving key",
    Paper.GRANT: "grant",
    Paper.ERASURE: "erasure",
}
PAPER: Final = "  {paper} {place}: {reason}"
PAPER_PLACES: Final = "{first} to {last}"
PAPER_REASONS: Final = {
    NOT_SEEN: "This workstation was never given it.",
    NOT_ASKED: "The server was not asked. Without --offline it is.",
}
CASE_PLACE: Final = "  case {name}, {place}: {reason}"
CASE_WHOLE: Final = "  case {name}: {reason}"
CASE_HIDDEN: Final = (
    "  case {name}, {chain}: {count} sealed to others. Their links hold; no more is known here."
)
CASE_COUNTS: Final = (
    "Case {name}: {reporter} from the reporter, {team} to the reporter, {case} in the log"
)
READ_INTAKE: Final = "  intake epoch {number}, {days}{entries}: {people} (on intake duty)"
READ_CASE: Final = (
    "  case group {number}, {days}{entries}: {people} (assigned by {by}, who made the key)"
)
READ_CONTACT: Final = "  contact group, {days}{entries}: {people} (asked by {by})"
READ_DAYS: Final = "{since} to {until}"
READ_ENTRIES: Final = ", from entry {first} to {last}"
READ_START: Final = "the start"
READ_NOW: Final = "now"
READ_NOBODY: Final = "nobody that the rosters here name"
READ_ERASED: Final = "    erased by {who} on {day}"

# -- what is written to reporters ---------------------------------------------------------------

DRAFT_LINE: Final = "{name}  by {author}: {standing}"
QUESTION_LINE: Final = "{name}  {body}, {day}: {outcome}"
REMARK_LINE: Final = "Remark: {said}"
WORDING_REVIEWED: Final = "Make it fit before you send it. Its wording: {reviewed}."
ASKING_POLICY: Final = (
    "{second}\nFrom {turns} turns on, asking again may be tasking: it takes a reason in writing."
)
SECOND_READER: Final[dict[str, str]] = {
    "never": "Replies go out without a second reader.",
    "turns": "What asks again after many turns goes out with a second reader only.",
    "always": "Every reply goes out with a second reader only.",
}

# -- the search ---------------------------------------------------------------------------------

READING: Final = "Reading for the search: {done} of {of} cases."
FOUND_NOTHING: Final = "Nothing was found in {cases} case(s)."
NO_TERMS: Final = "There is no word to look for. Give letters or digits."
FOUND: Final = "{count} found, page {page} of {pages}."
FOUND_MANY: Final = "{count} or more found; those of the cases that changed last come first."
RESULT: Final = "{case}  {chain} {seq}  {day}  {heading}"

# -- what is wrong in a case --------------------------------------------------------------------

PROBLEM: Final = "  ! {place}: {reason}"
UNANNOUNCED: Final = (
    "Somebody wrote to the reporter behind the team's back: {count} envelope(s) that no analyst's "
    "entry names."
)
DAMAGED_ROWS: Final = "{count} row(s) of this case are damaged on this disk. Run sync --again."

ALARMS: Final[dict[str, str]] = {
    ChainFault.MISSING: "An envelope is missing here.",
    ChainFault.FORK: "Two different envelopes claim this place.",
    ChainFault.DUPLICATE: "The server gave the same envelope twice.",
    ChainFault.BROKEN_LINK: "It does not follow the envelope before it.",
    ChainFault.UNREADABLE: "It is no envelope, or belongs to another case.",
    ChainFault.WITHHELD: "The server does not give it, and nobody signed that it was deleted.",
    ChainFault.UNKNOWN_MARK: "It names an envelope that the server does not give.",
    ChainFault.MARK_BACK: "The reporter was shown an older state than before.",
    ChainFault.UNANNOUNCED_GROUP: "A group that the team never named has taken this case.",
    ChainFault.WITHHELD: "Its words are gone, and nobody signed that they were deleted.",
    ChainFault.UNKNOWN_MARK: "It names an envelope that is not here: something was kept from you.",
    ChainFault.MARK_BACK: "Its author was shown less than before: an older state.",
    ChainFault.UNANNOUNCED_GROUP: "Signed by a group that no analyst's entry names.",
    OTHER_USE: "The server says that another group has this case. You were taken off it, or the "
    "server lies: ask a colleague.",
}

PROBLEMS: Final[dict[str, str]] = {
    DAMAGED_HERE: "It was damaged on this disk. Run sync --again.",
    "Malformed": "It is damaged or was not made by this program.",
    "WrongLength": "It has a length that no envelope has.",
    "UnknownVersion": "It was made for another version of the protocol.",
    "NotCanonical": "What is in it is not written in the one accepted form.",
    "WrongPadding": "It is not padded as it has to be.",
    "WrongPoint": "It holds a public key that no honest program makes.",
    "WrongSignature": "It is not signed by the one it names.",
    "WrongId": "It does not belong to the mailbox or the name it was given under.",
    "DoesNotOpen": "It was altered, or moved here from another place.",
    "WrongCommitment": "It would open differently for somebody else.",
    "ForeignAuthor": "The one who signed it may not write here.",
    "WrongRole": "It brings a certificate that is for something else.",
    "WrongPlace": "It was written for another place.",
    "Locked": "It is sealed to a group that this vault does not hold.",
    "RolledBack": "It does not follow the one before it.",
    "KeysAlike": "It names one key twice.",
    "ForeignService": "It belongs to another team.",
    STUB: "Only its place is here. What it says is not.",
    UNKNOWN_READER: "It is also sealed to a key that nobody of the team certified.",
}
OTHER_PROBLEM: Final = "It does not follow the protocol."

# -- errors -------------------------------------------------------------------------------------

_ARCHIVE_WORKS: Final = "What was fetched before is here: list --offline."
_NOTHING_CHANGED: Final = "Nothing was changed."

_SENTENCES: Final[dict[type[Exception], tuple[str, str]]] = {
    # the person
    errors.WeakPassphrase: (
        "This passphrase is too short.",
        "Take at least 20 characters or five words. There is no other rule.",
    ),
    errors.WrongPassphrase: (
        "The passphrase does not open {name}.",
        "Check the keyboard. There is no way round it; a backup needs the passphrase of its day.",
    ),
    errors.PassphrasesDiffer: ("The two are not the same.", _NOTHING_CHANGED),
    errors.BadPassphraseFile: (
        "The passphrase file cannot be read: {name}",
        "It is a text file with the passphrase in its one line.",
    ),
    errors.NoTerminal: (
        "There is no terminal to ask for the passphrase.",
        "Give it with --passphrase-file.",
    ),
    errors.NotAsked: ("{name}", "Nobody can be asked here; --yes answers yes."),
    errors.NoVault: ("There is no vault in {name}.", "Make one with dropbox-inbox init."),
    errors.AlreadyThere: ("{name} is there already.", "It was not touched. Name another place."),
    errors.OpenToOthers: (
        "Others on this machine may read {name}.",
        "chmod {wanted:o} '{name}'",
    ),
    errors.BadSettings: (
        "The settings in {name} cannot be read.",
        "Remove the file and give --server with each command.",
    ),
    errors.BadText: (
        "The text file cannot be used: {name}",
        "It is a text file in UTF-8 with at least one letter; - reads what is piped in.",
    ),
    errors.NoServer: ("No server is known.", "Give its address with --server."),
    errors.UnknownCase: ("There is no case {name}.", "dropbox-inbox list shows them."),
    errors.ShortCaseName: ("{name} is too short for a case.", "Give at least four letters."),
    errors.AmbiguousCase: ("Several cases begin with {name}.", "Which one: {names}?"),
    errors.NoSuchFile: (
        "The case has no file at {name}.",
        "show numbers the files of each message, and its chain and place.",
    ),
    errors.BadReport: (
        "The report cannot be kept: {name} is not right.",
        "An E needs a reason, a C needs conditions. A text is not too long, and none is missing.",
    ),
    errors.WhyNotFew: (
        "A version of this report said that five or fewer know. Say why that is not so.",
        "On the form, or: intelligence keep CASE FILE --why-file FILE",
    ),
    errors.UnknownReport: ("The case has no report {name}.", "See: intelligence show CASE"),
    errors.NotReady: ("It cannot go yet. {name}", "See all of it: intelligence show CASE"),
    errors.UnknownLine: (
        "There is no line {name} that may be given away.",
        "Search again: it may have changed, or be withheld.",
    ),
    errors.OwnProposal: (
        "Somebody else than who agrees has to propose it first.",
        "Two people decide.",
    ),
    errors.WroteSince: (
        "The reporter of {name} has written since. Nothing is written down.",
        "Read it with dropbox-inbox show, then say again that the risk is over.",
    ),
    errors.NotOpen: (
        "Nothing like that can be set aside for {name}.",
        "Two people can set aside a unit, a rank or a name that is only mentioned. Whom it is "
        "about, and whom the reporter does not want to see it, nobody can.",
    ),
    errors.OwnReport: (
        "You wrote some of this report, so you cannot agree that it goes.",
        "Ask a colleague who has the case and wrote none of it.",
    ),
    errors.NotFresh: (
        "The server was not there. Somebody may have withdrawn the report meanwhile.",
        "Nothing was sent. Try again when the server is there.",
    ),
    errors.NoUnits: (
        "There is no list of recipients here.",
        "A publisher makes one: recipients add. Others take it: recipients take FILE.",
    ),
    errors.UnknownUnit: ("No recipient is called {name}.", "See them: recipients list"),
    errors.BadUnit: (
        "The list cannot hold this unit: {name}",
        "Ids are small letters, digits and hyphens. A key is listed for 366 days at most.",
    ),
    errors.NotACard: (
        "{name} is not the card with this fingerprint.",
        "Ask the unit for its card file, and have the fingerprint read out to you.",
    ),
    errors.NotAPackage: (
        "{name} does not open here, or not all of it is as it was sent.",
        "Nothing of it was taken. It may be for somebody else, or changed on its way.",
    ),
    errors.BadPeriod: (
        "These are no months that figures can be given of.",
        "Give a first and a last month, as 2026-01, both over, at most 36 of them.",
    ),
    errors.Overlapping: (
        "Figures of some of these months are in another paper, of {name}.",
        "Two papers could be taken from each other. Give months that are in none.",
    ),
    errors.TwiceAnswered: ("This answer is in the case already.", _NOTHING_CHANGED),
    errors.OldUnits: (
        "{name} is no newer list of recipients of this team.",
        "The one that is here stays. Ask a publisher for the newest.",
    ),
    errors.NotRedacted: (
        "No redacted copy was made. {name}",
        "A box is LEFT,TOP,RIGHT,BOTTOM, in pixels or per cent, from the left and from the top.",
    ),
    errors.NoReporter: (
        "Nothing from the reporter of {name} opens, so nobody can be written to.",
        "dropbox-inbox show {name} says why.",
    ),
    errors.ClosedCase: (
        "The reporter of {name} has closed the mailbox. Nobody can be written to any more.",
        "What was reported stays here, and notes can still be written.",
    ),
    errors.CannotHandle: (
        "{name} cannot be given a case: suspended, or not there to read cases.",
        "Choose somebody else, or ask a publisher to change the roster.",
    ),
    errors.DeclaredInterest: (
        "Case {name} names something you have declared an interest in.",
        "It is hidden here and cannot be yours. Leave it to a colleague.",
    ),
    errors.BadInterest: (
        "{name} cannot be declared or withdrawn.",
        "An interest is a force or words of 3 to 100 letters. dropbox-inbox interests shows yours.",
    ),
    errors.BadFilter: (
        "There is no filter “{name}”, or it cannot be kept.",
        "Its name has 1 to 60 letters, and 50 can be kept. dropbox-inbox filters shows yours.",
    ),
    errors.BadLabels: (
        "The text is not written as it has to be.",
        "Each line begins with its label and a colon; docs/casework.md shows it.",
    ),
    errors.NoHandlerLeft: (
        "Somebody has to have case {name}.",
        "Add another handler in the same command, or conclude the case.",
    ),
    errors.NobodyOpens: (
        "None of them could open what came before in case {name}.",
        "Add yourself, somebody on intake duty, or one of its handlers.",
    ),
    errors.NothingToChange: (
        "Those are the handlers of case {name} already.",
        _NOTHING_CHANGED,
    ),
    errors.SameCase: ("Case {name} is this case.", "Choose another case to link it with."),
    errors.LinkedAlready: ("The case is linked with case {name} already.", _NOTHING_CHANGED),
    errors.NotLinked: ("The case is not linked with case {name}.", _NOTHING_CHANGED),
    errors.NotInText: (
        "These words stand in no text here, or are marked already.",
        "Copy them from a text of this case, just as they stand there.",
    ),
    errors.BadMark: (
        "This cannot be marked.",
        "Choose what it is, and give a form with a letter or a digit, 200 at most.",
    ),
    errors.NotAssigned: (
        "Case {name} has no handlers yet.",
        "Assign it first: dropbox-inbox assign {name} ANALYST",
    ),
    errors.Concluded: (
        "Case {name} is concluded already.",
        "It can be assigned anew: dropbox-inbox assign {name} ANALYST",
    ),
    errors.NotConcluded: ("Case {name} is not concluded.", _NOTHING_CHANGED),
    errors.NotPurgedThere: (
        "The server has not said that case {name} was purged, so it stays.",
        "Fetch what is new: sync. A case that is over is ended with conclude {name}.",
    ),
    errors.BadDay: ("{name} is not a day to come.", "A day is written like 2027-03-31."),
    errors.NotReleased: (
        "The contact details of case {name} are not released.",
        "Ask a custodian: contact {name} --request",
    ),
    errors.NoRequest: (
        "No handler asks for the contact details of case {name}.",
        "A handler asks with: contact {name} --request",
    ),
    errors.WrongAsker: (
        "Who asks for the contact details of case {name} may not have them.",
        "They have left the team, or the case. Nothing was released. Ask a supervisor.",
    ),
    errors.NotCustodian: (
        "This vault does not hold the key of the contact details.",
        "A custodian's workstation does.",
    ),
    errors.NotPublisher: (
        "This analyst may not sign directories.",
        "Somebody whom the root made a publisher can. "
        "The root makes you one: dropbox-inbox directory --root-file FILE",
    ),
    errors.NotAdmitted: (
        "This workstation has not been admitted yet.",
        "Send the request to the root holder. With the answer: dropbox-inbox join --admission FILE",
    ),
    errors.WrongFingerprint: (
        "The fingerprint is not that of this request. It is not from who called, or was changed.",
        "Nothing was certified. Call again, by a number you know, and have it read out slowly.",
    ),
    errors.NotAFingerprint: (
        "This is not a whole fingerprint.",
        "It has 32 letters and digits. Spaces and hyphens do not count.",
    ),
    errors.BadPaper: (
        "{name} is damaged, was altered on the way, or is something else.",
        "It was not used. Ask for it again.",
    ),
    errors.ForeignPaper: (
        "{name} belongs to another team.",
        "It was not used. Check which file you were given.",
    ),
    errors.ForeignAdmission: (
        "{name} admits another workstation than this one.",
        "Nothing was changed. Each workstation needs the admission of its own request.",
    ),
    errors.ExpiredPaper: (
        "The certificates in {name} are not valid today.",
        "Check this machine's date. Else send a new request: dropbox-inbox join",
    ),
    errors.NoRoster: (
        "This team has no roster yet.",
        "Run sync. A team of an older version begins one: dropbox-inbox roster begin",
    ),
    errors.HasRoster: ("This team has a roster already.", _NOTHING_CHANGED),
    errors.UnknownMember: (
        "Nobody in the team is called {name}.",
        "dropbox-inbox roster shows all. A label, or six letters of a fingerprint, names one.",
    ),
    errors.AmbiguousMember: ("Several fingerprints begin with {name}.", "Give more of it."),
    errors.HasLeft: (
        "{name} was removed, and those keys never come back.",
        "Make a new vault for this person, with dropbox-inbox join.",
    ),
    errors.LabelTaken: (
        "Somebody else in the team is called {name}.",
        "The root holder can admit the same request under another label.",
    ),
    errors.LastPublisher: (
        "Then nobody could sign the roster or the directory any more.",
        "Nothing was changed. Let the root make another publisher first: admit --publisher",
    ),
    errors.OnlyRootPublishes: (
        "Only the root makes a publisher.",
        "Have the root holder admit {name} again with --publisher, then add that.",
    ),
    errors.ReadersOnly: (
        "Only who may read can be on intake duty.",
        "Give the duty analyst or supervisor too.",
    ),
    errors.NotAShare: ("{detail}", "Compare it with the paper, word by word."),
    errors.SameShare: ("One share was given twice.", "Each paper counts once. Give another."),
    errors.TooFewShares: (
        "These are too few shares: {detail}.",
        "Nothing can be said about the root without the others.",
    ),
    errors.SharesDiffer: (
        "These shares do not belong together.",
        "Papers of another split, or one with a fault that its check does not find. Sort them by "
        "their first two words.",
    ),
    errors.NotTheRoot: (
        "These shares give the root of another team.",
        "Nothing was written. Check the fingerprint, and which papers these are.",
    ),
    errors.NotOnScreen: (
        "Shares are shown and typed at a terminal only: a pipe may end in a log.",
        "Run this at a terminal, or use files: --into writes them, --root-share reads one.",
    ),
    errors.SiteMoved: (
        "The directory has changed since the pages were compared.",
        "Nothing was signed. Run sign-site again.",
    ),
    errors.ForeignRoot: (
        "{name} holds the root of another team.",
        "Nothing was changed. Name the file of this team's root.",
    ),
    errors.NotAnExport: (
        "{name} is not an export of a case's log, or is damaged.",
        "Nothing in it can be trusted. Ask for it again.",
    ),
    errors.ForeignExport: (
        "{name} belongs to another team than the fingerprint you gave.",
        "Compare the fingerprint with the team's posters.",
    ),
    errors.AlteredExport: (
        "{name} is not what somebody who handles the case has signed.",
        "Nothing in it can be trusted. Ask for it again.",
    ),
    errors.ExportNotWhole: (
        "Not everything in {name} is proved.",
        "What is wrong stands above, at its place. Ask who exported it.",
    ),
    errors.AuditFailed: (
        "The audit found something wrong.",
        "It stands above. Speak with your team, by another way than this service.",
    ),
    errors.NotABackup: ("{name} is not a backup of a workstation.", "Name another file."),
    errors.NotThisKind: ("{name} is not a file of this kind.", "Check the name."),
    errors.NoPass: ("The courier pass cannot be read: {name}", "Check the name."),
    errors.NoCourier: (
        "No courier pass was made for this vault.",
        "Make one: dropbox-inbox bundle courier --out FILE",
    ),
    errors.FileAsked: (
        "The file is not here. The next bundle asks for it.",
        "Export a bundle, and come back once one was imported that brings the answer.",
    ),
    errors.NoBundle: ("The bundle cannot be read: {name}", "Check the name, and the stick."),
    errors.NotABundle: (
        "{name} is not a bundle of this version.",
        "Nothing was changed. Check the name; both machines need the same version.",
    ),
    errors.ForeignBundle: (
        "{name} is not for us: of another team, analyst or courier pass, or going the other way.",
        "Nothing was changed. A bundle whose first bytes were damaged looks like this too.",
    ),
    errors.WrongWay: (
        "{name} is the bundle that goes out. It was not carried yet.",
        "Nothing was changed. Carry it, and import the one that comes back.",
    ),
    errors.OlderBundle: (
        "{name} is older than what was imported, or answers the same bundle once more.",
        "Nothing was changed. What is missing here, the next bundle asks for.",
    ),
    errors.UnknownAnswer: (
        "{name} answers a bundle that this vault did not write, or has forgotten.",
        "Nothing was changed. After a backup was restored: export again, and carry that.",
    ),
    # this disk
    errors.DamagedBundle: (
        "{name} was cut or changed on its way.",
        "Nothing was changed. Copy it again, or carry again; a bundle may be lost at any time.",
    ),
    errors.DamagedFile: (
        "{name} is damaged: its bytes have changed.",
        "Restore a backup. Whether the passphrase is right cannot be said.",
    ),
    errors.DamagedArchive: (
        "The archive is damaged.",
        "Restore a backup, then sync. The vault's secrets are not concerned.",
    ),
    errors.DamagedCase: (
        "Rows of case {name} are damaged on this disk, so nothing can be added to it.",
        "sync --again fetches them anew.",
    ),
    # what is written to reporters
    errors.Flagged: (
        "This reply was not sent: read again what stands above.",
        "Say it in other words. If it is right all the same, give your reason: --why-file.",
    ),
    errors.MustReword: (
        "This reply was not sent: it has a force's question in the force's own words.",
        "Ask in words of your own. No reason makes up for this.",
    ),
    errors.NeedsSecondReader: (
        "By the policy of this workstation, somebody else reads this before it goes out.",
        "Write it with draft write {name}. A colleague who handles the case approves it.",
    ),
    errors.DraftChanged: (
        "Case {name} has no such draft now. It was changed, or it never was.",
        "draft list {name} shows the drafts as they are.",
    ),
    errors.DraftOver: (
        "This draft was sent or withdrawn.",
        "Nothing was changed. Write another one.",
    ),
    errors.OwnDraft: (
        "These are your own words. Somebody else has to read them.",
        "Ask a colleague who handles case {name}.",
    ),
    errors.NotSecondReader: (
        "Only somebody who handles case {name} can approve what is sent in it.",
        "Ask one of its handlers.",
    ),
    errors.NotApproved: (
        "Nobody else has approved this draft as it is now.",
        "A colleague who handles case {name} reads it: approve {name} DRAFT.",
    ),
    errors.NoTemplate: ("There is no wording of this name.", "templates lists them."),
    errors.NoQuestion: (
        "Case {name} has no such question of a force's.",
        "questions list {name} shows them.",
    ),
    errors.NeedsReason: ("This takes a reason.", "Give it in a file: --text-file."),
    # elsewhere
    errors.Busy: (
        "Another process is working with this vault.",
        "Wait until it has ended, then run this again.",
    ),
    errors.NoSpace: (
        "The disk is full.",
        "What was there is unchanged. Make space, then run this again.",
    ),
    errors.CannotWrite: (
        "{name} cannot be written.",
        "What was there is unchanged. Check that the folder is there and is yours.",
    ),
    errors.NotInspected: (
        "Nothing was looked into. {name}",
        "Open the file nowhere before you have asked somebody who knows.",
    ),
    errors.NotCleaned: (
        "Nothing was saved. {name}",
        "Without --cleaned it is saved as it came, with all that it hides.",
    ),
    errors.CannotServe: (
        "Nothing can be served at {name}: another program is there.",
        "End it, or give another port with --port.",
    ),
    errors.KeepsEnding: (
        "What serves {name} ended at once, three times in a row. It was not started again.",
        "What it said before is above. The vault is as it was: try the command line.",
    ),
    NotBuilt: (NotBuilt.sentence, NotBuilt.hint),
    errors.NewerArchive: (
        "The archive was written by a newer version of this program.",
        "Install that version.",
    ),
    errors.ChangeLost: (
        "A change to the team was signed here but never sent, and another publisher's came first.",
        "Look at dropbox-inbox roster, and make the change again if it is missing.",
    ),
    errors.MarksNotTaken: (
        "The server was not told what was purged before: it refused.",
        "All else went on, and the next sync tries again. If it stays so, tell who runs the "
        "server.",
    ),
    errors.AssignedMeanwhile: (
        "A colleague assigned case {name} first. What you wanted was not done.",
        "Look at it with show; if you still want it, run your command again.",
    ),
    errors.DraftOvertaken: (
        "A draft in case {name} was changed or withdrawn before it was sent from here.",
        "Nothing of it was sent. Look at the draft as it is now.",
    ),
    errors.WordsKept: (
        "Others have case {name} by now. What you wrote in it was not delivered.",
        "Your words are kept, sealed: show {name}. Tell a handler what they need to know.",
    ),
    errors.NotPurged: (
        "The server refused to purge case {name}. It is purged here all the same.",
        "A case without handlers ends there with its time. Else tell who runs the server.",
    ),
    errors.PurgedLater: (
        "The server has not purged case {name} yet. It is kept here too for now.",
        "The next sync tries again. If it stays so for a week, tell who runs the server.",
    ),
    errors.GoneThere: (
        "The server says that case {name} was purged. Here it is kept until its last day.",
        "Ask a colleague who handled it. If it is over: let-go {name}. If not, ask who runs the "
        "server.",
    ),
    errors.PurgedHereBefore: (
        "This workstation had purged case {name}, and was made anew from an older copy. It goes "
        "on {day}.",
        "Whatever you write in the case keeps it here: note {name}.",
    ),
    errors.PurgedByColleague: (
        "Case {name} ended while you were away: {who} purged it. It goes here on {day}.",
        "If that cannot be right, ask {who} and who runs the server. Whatever you write in the "
        "case keeps it here: note {name}.",
    ),
    errors.KeptThoughPurged: (
        "{who} signed to have purged case {name}, and the server says so. It is kept here.",
        "It is on hold, words of yours wait in it, it is not right, or who signed does not handle "
        "it by all that is known here: show {name}. If it may go, let-go {name}.",
    ),
    errors.KeptInDoubt: (
        "Case {name} is past its last day. It is kept, for not all of it is right or opens here.",
        "Look at it with show {name}. It may hide a message or a hold: ask a colleague.",
    ),
    errors.EndedByNobody: (
        "Case {name} is past its last day. It is kept, for who ended it is not of the team.",
        "Look at it with show {name}. If it may go, end it again with conclude.",
    ),
    errors.GrantNotPossible: (
        "{name} cannot be given the key of a case yet: their workstation has no key to receive.",
        "They have to run sync once. Your next sync tries again.",
    ),
    errors.StaleRoster: (
        "No key was given to colleagues: the list of the team that the server gives is too old. "
        "Somebody on it may have left.",
        "Somebody who signs the list has to run sync. If they did, ask who runs the server.",
    ),
    errors.KeyNotCome: (
        "The old key of new reports is kept, though its time is over: you were not given the new "
        "one.",
        "A colleague on intake duty has to run sync, then you. If they did, ask who runs the "
        "server.",
    ),
    errors.CarriedInPart: (
        "The connection broke. What had come until then is in {name}.",
        "It can be imported. The next bundle asks for the rest.",
    ),
    errors.ClockAhead: (
        "Nothing was changed: by the server, the date of this machine is days ahead.",
        "Put this machine's date right, and do it again. If it is right, tell who runs the server "
        "that the server's is wrong.",
    ),
    errors.RosterKept: (
        "The change is signed and kept here. The server does not have it yet.",
        "The next sync sends it. Until then it is not in force.",
    ),
    errors.NotDelivered: (
        "It is not delivered. It is kept sealed in the outbox.",
        "The next sync delivers it. Giving the same words again sends them once.",
    ),
    # the server
    errors.PlaceNotShown: (
        "The server says a place in case {name} is taken and does not show by what.",
        "What you wrote is kept. Ask who runs the server; it may lie.",
    ),
    errors.ForgedBundle: (
        "{name} is not signed by the one it has to come from.",
        "Nothing was changed. Somebody else made it for you: make a new courier pass.",
    ),
    errors.OldRoster: (
        "The server gives an older roster than it gave before, or one beside it.",
        "It was not believed. Whoever the newest one refuses may be let in there. Ask who runs the "
        "server.",
    ),
    errors.WrongMarks: (
        "The server's list of what it has purged cannot be right.",
        "Nothing of the list was kept, and all else went on. Ask who runs the server.",
    ),
    errors.NobodyToGrant: (
        "A key of the team is due to be replaced, and nobody is there to be given the next one.",
        "Whoever is to hold it has to run sync once. Then sync again.",
    ),
    errors.ForgedKey: (
        "The server gave a key of a colleague that the colleague did not sign.",
        "It was not taken. Ask who runs the server.",
    ),
    errors.OldKey: (
        "The server gave an older key of {name} than before.",
        "It was not taken. Ask {name} whether their vault was restored from a backup, and who "
        "runs the server.",
    ),
    errors.BadGrant: (
        "The server holds a key for you that does not open, or is not what it says.",
        "It was left there. Who sent it: {name}. Ask them, and who runs the server.",
    ),
    errors.WrapsNotTaken: (
        "The server did not let us renew the keys of a case: {name}.",
        "It still opens here. Ask who runs the server.",
    ),
    errors.Lagging: (
        "The server no longer has the newest envelope it gave: an old backup, or a lie.",
        "Ask who runs the server, then run sync --again.",
    ),
    crypto_errors.RolledBack: (
        "The server gives an older directory than it gave before, or one beside it.",
        "Ask who runs the server. After one of its backups was restored: dropbox-inbox directory. "
        + _ARCHIVE_WORKS,
    ),
    crypto_errors.ForeignService: (
        "This server belongs to another team.",
        "Check --server. Nothing was fetched from it.",
    ),
    crypto_errors.ForeignOrigin: (
        "The directory does not name this address.",
        "Use an address it names, or add this one: dropbox-inbox directory --origin URL…",
    ),
    crypto_errors.Expired: (
        "A certificate or directory is not valid today.",
        "Check this machine's date. The root renews a certificate: "
        "dropbox-inbox directory --root-file FILE",
    ),
    crypto_errors.Locked: (
        "This vault does not hold the group that this would be sealed to.",
        _NOTHING_CHANGED,
    ),
    crypto_errors.NotHandling: (
        "Others have this case, so this is not for you to do.",
        "One of its handlers can, and a supervisor can assign it.",
    ),
    crypto_errors.NoContact: (
        "There are no contact details here, or the reporter took them back.",
        "Nobody can open them.",
    ),
    crypto_errors.OverLimit: ("{detail}", "The directory sets how much fits: 40,000 characters."),
    crypto_errors.FilesDiffer: (
        "The file is not the one that was sent: parts are missing, altered or foreign.",
        "Nothing of it was kept. The server, or what lies on its disk, was changed.",
    ),
    crypto_errors.ProtocolError: (
        "What the server gave is not signed by the team.",
        "It was not used. Check the address, and ask who runs the server. " + _ARCHIVE_WORKS,
    ),
    CannotSave: ("The file cannot be saved here: {name}", "Nothing of it is left."),
    # the network
    client_errors.NotReached: ("The server cannot be reached.", _ARCHIVE_WORKS),
    client_errors.ProxyFailed: (
        "The server cannot be reached through the proxy.",
        "Check that Tor is running and that --proxy names its port. " + _ARCHIVE_WORKS,
    ),
    client_errors.Lost: ("The connection to the server was lost.", _ARCHIVE_WORKS),
    client_errors.NotTrusted: (
        "The connection to this server is not secure.",
        "Somebody may be in between. " + _ARCHIVE_WORKS,
    ),
    client_errors.Nonsense: (
        "The answer does not come from a server of this kind.",
        "Check the address; something may be in between. " + _ARCHIVE_WORKS,
    ),
    client_errors.Deferred: ("This waits for the next bundle.", "dropbox-inbox bundle export"),
    client_errors.Gone: ("The mailbox is not there any more.", "It may have been closed."),
    client_errors.BadAddress: ("{detail}", "An address is written like https://example.org."),
    client_errors.BadProxy: ("{detail}", "Nothing was sent."),
}

_FAULTS: Final[dict[Fault, tuple[str, str]]] = {
    Fault.REFUSED: (
        "The server does not take this analyst.",
        "Check this machine's date, and the server's. The root renews a certificate that ended: "
        "dropbox-inbox directory --root-file FILE. " + _ARCHIVE_WORKS,
    ),
    Fault.NO_SESSION: ("The server gives no session.", "Try again later. " + _ARCHIVE_WORKS),
    Fault.FULL: ("The server is full.", "It is kept in the outbox. Tell who runs the server."),
    Fault.BUSY: ("The server is busy.", "Try again later. " + _ARCHIVE_WORKS),
    Fault.FAILED: ("The server failed.", "Try again later. " + _ARCHIVE_WORKS),
}
_OTHER_FAULT: Final = ("The server refused this.", "It is kept in the outbox. Try again later.")
_UNKNOWN: Final = Explained(
    "The connection broke, and it is not known whether the server stored this.",
    "It is kept in the outbox, and the next sync settles it. Nothing is sent twice.",
)

BUG: Final = Explained(
    "This program failed. That is its fault and not yours.",
    "Nothing from a report is in this message. Try again; if it stays so, tell its makers.",
)
STOPPED: Final = Explained("Stopped.", "Nothing is lost. Run it again when you like.")
USAGE_HINT: Final = "{command} --help says what it takes."
SERVER_NOT_NAMED: Final = "--server has to be one of the --origin addresses."
NO_NEW: Final = "Nothing may be asked here: give the new one with --new-passphrase-file."
NO_ROOT_FILE: Final = "--root-passphrase-file is for --root-file."
NO_COURIER_FILE: Final = (
    "Nothing may be asked here: give the pass's passphrase with --courier-passphrase-file."
)
ONE_PLACE: Final = "Give either --out FILE or --into DIR."
BAD_NAME: Final = "A team's name has 1 to 100 characters."


SHARES_GIVEN: Final = "{given} of {needed}"
SHARE_WRONG: Final = "{name} is no share of a root, or has a fault in it."
SHARE_COUNT_WRONG: Final = "{name} has {count} words. A share has 33."
SHARE_WORDS_WRONG: Final = "{name}: these words are on no list, counted from 1: {places}."


def explain(error: Exception) -> Explained:
    """What to say about ``error``. Nothing a server or a reporter wrote is in it."""
    if isinstance(error, Refused):
        return Explained(*_FAULTS.get(error.fault, _OTHER_FAULT))
    if isinstance(error, Unknown):
        return _UNKNOWN
    for kind in type(error).__mro__:
        if kind in _SENTENCES:
            sentence, hint = _SENTENCES[kind]
            details = _details(error)
            return Explained(sentence.format(**details), hint.format(**details))
    return BUG


def _details(error: Exception) -> dict[str, object]:
    details: dict[str, object] = {"detail": visible_line(str(error))}
    if isinstance(error, InboxError):
        details["name"] = visible_line(error.name)
    if isinstance(error, PurgedByColleague):
        details["day"] = error.day
    if isinstance(error, PurgedByColleague | KeptThoughPurged):
        details["who"] = visible_line(error.who)
    if isinstance(error, NotAShare):
        details["detail"] = _say_share(error)
    if isinstance(error, TooFewShares):
        details["detail"] = SHARES_GIVEN.format(given=error.given, needed=error.needed)
    if isinstance(error, CannotSave):
        details["name"] = visible_line(str(error.path))
    if isinstance(error, OpenToOthers):
        details["wanted"] = error.wanted
    if isinstance(error, AmbiguousCase):
        details["names"] = ", ".join(error.names)
    if isinstance(error, ProtocolError):
        details["detail"] = str(error)
    return details


def _say_share(error: NotAShare) -> str:
    """What is wrong with a share: by the places of words, and never one of them."""
    name = visible_line(error.name)
    if error.wrong:
        places = ", ".join(map(str, error.wrong))
        return SHARE_WORDS_WRONG.format(name=name, places=places)
    if error.count is not None:
        return SHARE_COUNT_WRONG.format(name=name, count=error.count)
    return SHARE_WRONG.format(name=name)


def reason(what: str) -> str:
    """Why something in a case is not shown, or alarms: the sentence for a ``Mark``'s ``what``."""
    return PROBLEMS.get(what) or ALARMS.get(what) or OTHER_PROBLEM


def seconds(number: float) -> str:
    """A pause as people say it."""
    return "1 second" if number <= 1 else f"{number:.0f} seconds"
