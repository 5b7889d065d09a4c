"""What the commands about people, rosters and the root's shares say. Errors stand in ``words``."""

from typing import Final

from crypto.roster import Duty

# -- joining ------------------------------------------------------------------------------------

JOIN_NEEDS: Final = "A new workstation needs --team-directory, --root and --server."
JOIN_EITHER: Final = "--admission is for a vault that is there: leave out the rest."
ASKED: Final = (
    "The request is in {path}. Send it to the root holder in any way.\n"
    "Then call the root holder, by a number you both know, and read this out:"
)
FINGERPRINT: Final = "Fingerprint: {fingerprint}"
FINISHED: Final = (
    "The vault has the certificates of {label}. A publisher has to add the same admission to the\n"
    "roster. Then run: dropbox-inbox sync"
)
BAD_LABEL: Final = "A label has 1 to 60 characters."
ADMITTED: Final = (
    "{label} is certified until {day}: {duties}{intake}.\n"
    "The admission is in {path}. It is no secret. It goes to the new workstation "
    "(dropbox-inbox join --admission)\nand to a publisher (dropbox-inbox roster add)."
)
ON_INTAKE: Final = ", on intake duty"
INTAKE_READS: Final = "--intake is for who has the duty analyst or supervisor."
PUBLISHER_DUTY: Final = "Use --publisher: a publisher needs a certificate of its own."
SOME_DUTY: Final = "The request asks for no duty. Give one with --duty."
ONE_ROOT: Final = (
    "Give the root once: --root-file, or --root-share for each share, or --type-shares."
)

# -- the roster ---------------------------------------------------------------------------------

ROSTER_HEAD: Final = "Roster {seq}, valid until {day}"
NO_ROSTER: Final = "There is no roster here yet."
MEMBER_HEAD: Final = ("label", "duties", "intake", "certificate until", "fingerprint")
INTAKE: Final = {True: "on duty", False: "-"}
SUSPENDED: Final = "suspended"
FORMER_HEAD: Final = "Left the team; what they signed stays good:"
FORMER: Final = "  {label}, {day}"
LOST: Final = " (workstation lost)"
ROSTER_SENT: Final = "The server has roster {seq}. It is in force."
ASK_ADD: Final = "Add {label} to the team: {duties}{intake}?"
ASK_BEGIN: Final = "Begin a roster in which you alone are the team?"
NO_CHANGE: Final = "Say what changes: --duty, --intake or --no-intake."

SUSPEND_NEXT: Final = (
    "The server lets {label} in no more, also not in a session that is open. To end it: resume.\n"
    "If {label} was on intake duty, the next sync of a publisher makes a new intake group."
)
REMOVE_PLAN: Final = (
    "Removing {label} cannot be undone: this card never comes back.\n"
    "  - The server refuses {label} from then on, also in a session that is open.\n"
    "  - What {label} signed stays good. What {label} has read or copied cannot be taken back."
)
LOST_PLAN: Final = (
    "  - Whoever has the workstation and its passphrase can read what it held. With the server's\n"
    "    help also new reports, until the last directory with the old group ends (14 days at most)."
)
ASK_REMOVE_MEMBER: Final = "Remove {label} for good?"
REMOVE_NEXT: Final = "What follows now:"
STEP_EPOCH: Final = (
    "Run dropbox-inbox sync here now. It makes a new intake group without {label}, at once."
)
STEP_CASES: Final = (
    "Give the cases that {label} handled new handlers, without {label}: dropbox-inbox assign. "
    "Each gets a new group with new keys. Here these are known: {cases}."
)
NO_CASE: Final = "none"
THIS_IS_YOU: Final = "This is you: the server will not let this workstation in."
ASK_SUSPEND_SELF: Final = THIS_IS_YOU + " Suspend {label}?"
STEP_CONTACT: Final = (
    "{label} held a half of contact details. A sync makes a new contact group. For what was left "
    "before, assume that half is known."
)
STEP_PUBLISHER: Final = (
    "{label} could sign directories. The root's certificate for that ends on {day} and cannot be "
    "taken back. If others may have the key, think about a new service."
)
STEP_NEW_CARD: Final = (
    "For a new workstation: dropbox-inbox join makes a new secret, the root holder admits it, and "
    "roster add takes it in. The old certificate is of no use to anybody."
)
STEP: Final = "  {number}. {text}"

# -- the root's shares --------------------------------------------------------------------------

ASK_SHARE: Final = "Share {number}, its 33 words (not shown; Enter alone ends): "
SHARES: Final = "The set of shares"
TYPED: Final = "What was typed"
SHARE_TAKEN: Final = "Share {number} is whole. {given} of {needed}."
SHARE_FILE: Final = "share-{number}-of-{of}.txt"
SHARE_HEAD: Final = "Share {number} of {of}. Any {needed} of them give the root."
SHARE_NEXT: Final = "Written down and compared? Enter clears the screen"
SPLIT: Final = (
    "{of} shares were made; any {needed} give the root, fewer tell nothing. Give each to another\n"
    "person. Then prove it: dropbox-inbox root rehearse"
)
SPLIT_FILES: Final = "They are in {folder}. Move each file to its own place; leave none here."
NEEDED_OF: Final = "--needed is at least 2 and at most --shares."
REHEARSED: Final = "These {given} shares give the root {root}. Nothing was written."
JOINED: Final = "The root is in {path} again. Take it off this machine when it was used."
ASK_REMOVE: Final = "The shares give this root. Delete {path} for good?"
ROOT_REMOVED: Final = (
    "{path} is deleted. A disk can keep what was deleted: it was sealed under its passphrase."
)


def spell(fingerprint: str) -> str:
    """A fingerprint in groups of four, to be read out."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, len(fingerprint), 4))


def list_duties(duties: tuple[Duty, ...]) -> str:
    """Duties by their names."""
    return ", ".join(each.value for each in duties)
