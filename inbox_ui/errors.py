"""What can go wrong on the workstation, by whose fault it is.

``PersonError``   the person in front of it can put it right
``Damaged``       what lies on this disk is not what was written there
``Elsewhere``     another process or the machine: busy, full, not writable
``Distrusted``    the server said what cannot be true

Errors of the protocol and of the client library come as they are (``crypto.errors``,
``dropbox.client.errors``). What each says to a person stands in ``words``.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final


class InboxError(Exception):
    """The root of the tree. ``name`` is a path or case that the person named or will know."""

    def __init__(self, name: str | Path = "") -> None:
        super().__init__(str(name))
        self.name: Final = str(name)


class PersonError(InboxError):
    """The person can put it right."""


class Damaged(InboxError):
    """What lies on this disk is not what was written there."""


class Elsewhere(InboxError):
    """Another process, or the machine."""


class Distrusted(InboxError):
    """The server said what cannot be true."""


# -- the person ---------------------------------------------------------------------------------


class WeakPassphrase(PersonError):
    """Fewer than 20 characters and fewer than five words."""


class WrongPassphrase(PersonError):
    """The file is whole, and does not open with this passphrase."""


class PassphrasesDiffer(PersonError):
    """Typed twice, and not the same."""


class BadPassphraseFile(PersonError):
    """The passphrase file cannot be read."""


class NoTerminal(PersonError):
    """There is nobody to ask for the passphrase."""


class NotAsked(PersonError):
    """A question would be asked, and nobody can be: ``--yes`` answers it. Holds the question."""


class NoVault(PersonError):
    """There is no vault in this folder."""


class AlreadyThere(PersonError):
    """A file or folder that would be replaced."""


class OpenToOthers(PersonError):
    """Another user of this machine may read what lies here. ``wanted`` is the mode it needs."""

    def __init__(self, name: str | Path, wanted: int) -> None:
        super().__init__(name)
        self.wanted: Final = wanted


class BadSettings(PersonError):
    """The settings file holds something unknown."""


class BadText(PersonError):
    """The text file cannot be read, or is not UTF-8."""


class NoServer(PersonError):
    """No server is known: none was given and none was remembered."""


class UnknownCase(PersonError):
    """No case has this name."""


class ShortCaseName(PersonError):
    """Fewer than four letters."""


class AmbiguousCase(PersonError):
    """Several cases begin like this."""

    def __init__(self, name: str, names: tuple[str, ...]) -> None:
        super().__init__(name)
        self.names: Final = names


class NoSuchFile(PersonError):
    """The case has no such file."""


class NotRedacted(PersonError):
    """No redacted copy can be made so; ``name`` is the sentence that says why."""


class NoReporter(PersonError):
    """Nothing of this case opens, so nobody can be written to."""


class ClosedCase(PersonError):
    """The reporter has closed the mailbox, so nobody can be written to."""


class CannotHandle(PersonError):
    """This member of the team may not have a case: suspended, or not there to read."""


class DeclaredInterest(PersonError):
    """The case names what this analyst has declared an interest in."""


class BadInterest(PersonError):
    """Too short or long to be declared, or nothing that was."""


class BadPeriod(PersonError):
    """Months that are none, not over, out of order or too many."""


class Overlapping(PersonError):
    """Figures of some of these months left the team already, in the paper that ``name`` says."""


class BadFilter(PersonError):
    """A filter's name that is empty, too long, or nobody's; or there are too many."""


class BadLabels(PersonError):
    """A file of texts under labels that is not written as it has to be."""


class NoHandlerLeft(PersonError):
    """Somebody has to have the case."""


class NobodyOpens(PersonError):
    """None of the new handlers holds the group before, so nobody could read what came before."""


class NothingToChange(PersonError):
    """Those handlers are the ones who have the case already."""


class SameCase(PersonError):
    """A case would be linked with itself."""


class LinkedAlready(PersonError):
    """Both cases say already that they are linked."""


class NotLinked(PersonError):
    """Neither of the two cases says that they are linked."""


class NotInText(PersonError):
    """What is to be marked stands in no text of the case, or is marked there already."""


class BadMark(PersonError):
    """A mark of no kind, or without a letter or digit to agree in."""


class NotAssigned(PersonError):
    """The case has no handlers yet: it is to be assigned first."""


class Concluded(PersonError):
    """The case is concluded."""


class NotConcluded(PersonError):
    """The case is not concluded."""


class NotPurgedThere(PersonError):
    """The server has not said that it purged the case."""


class BadDay(PersonError):
    """A day that is over."""


class NotReleased(PersonError):
    """No custodian has released the contact details."""


class NoRequest(PersonError):
    """No handler asks for contact details here."""


class WrongAsker(PersonError):
    """Who asks for contact details may not read today, or does not have the case any more."""


class NotCustodian(PersonError):
    """This vault does not hold the contact group."""


class NotPublisher(PersonError):
    """This analyst may not sign directories."""


class NotAdmitted(PersonError):
    """The vault of somebody who asked to join, and whom the root has not certified yet."""


class WrongFingerprint(PersonError):
    """What was read out over the telephone is not the fingerprint of the request's card."""


class NotAFingerprint(PersonError):
    """What was typed is no whole fingerprint."""


class BadPaper(PersonError):
    """A request or an admission that is damaged, altered, or none at all."""


class ForeignPaper(PersonError):
    """A request to another team, or an admission of one."""


class ForeignAdmission(PersonError):
    """An admission for another card than this vault's."""


class ExpiredPaper(PersonError):
    """An admission whose certificates are not valid today."""


class NoRoster(PersonError):
    """The team has no roster yet."""


class HasRoster(PersonError):
    """The team has a roster, so none can be begun."""


class UnknownMember(PersonError):
    """No member of the team has this label or fingerprint."""


class AmbiguousMember(PersonError):
    """Several members' fingerprints begin like this."""


class HasLeft(PersonError):
    """Somebody who was removed. A card never comes back."""


class LabelTaken(PersonError):
    """Another member has this label."""


class LastPublisher(PersonError):
    """Then nobody could sign a roster or a directory any more."""


class OnlyRootPublishes(PersonError):
    """A publisher has a certificate of the root for it; no roster makes one."""


class ReadersOnly(PersonError):
    """On intake duty is only who may read."""


class NotAShare(PersonError):
    """What was given is no share of a root. ``name`` says which one it is.

    ``wrong`` are the places of the words that are on no list, never the words; ``count`` how many
    words there are, where that is wrong.
    """

    def __init__(
        self, name: str | Path, wrong: Sequence[int] = (), count: int | None = None
    ) -> None:
        super().__init__(name)
        self.wrong: Final = tuple(wrong)
        self.count: Final = count


class SameShare(PersonError):
    """One share was given twice."""


class TooFewShares(PersonError):
    """Fewer shares than are needed."""

    def __init__(self, given: int, needed: int) -> None:
        super().__init__()
        self.given: Final = given
        self.needed: Final = needed


class SharesDiffer(PersonError):
    """Shares that do not belong together: of two roots, or of two splits of one."""


class NotTheRoot(PersonError):
    """The shares give a root, and it is not the one whose fingerprint was given."""


class NotOnScreen(PersonError):
    """Shares are shown and typed at a terminal only, or stand in files of their own."""


class SiteMoved(PersonError):
    """The site that was agreed to is not the one of the directory that would sign it."""


class ForeignRoot(PersonError):
    """A root's file of another service than the vault's."""


class NotAnExport(PersonError):
    """The file is no export of a case's log, or is damaged."""


class ForeignExport(PersonError):
    """An export of another team than the one whose fingerprint was given."""


class AlteredExport(PersonError):
    """Not what somebody who may export a log has signed."""


class ExportNotWhole(PersonError):
    """Signed, and something in it is missing, forked, unproved or foreign. It was shown."""


class AuditFailed(PersonError):
    """Something that the audit looked at is wrong. It was shown."""


class NotABackup(PersonError):
    """The file is no backup of a workstation."""


class NotThisKind(PersonError):
    """Not a sealed file of the kind that was asked for."""


class NoPass(PersonError):
    """The courier pass cannot be read."""


class NoCourier(PersonError):
    """No courier pass was made yet for this vault."""


class FileAsked(PersonError):
    """A file has not been brought yet: the next bundle asks for it."""


class NoBundle(PersonError):
    """The bundle cannot be read."""


class NotABundle(PersonError):
    """The file is no bundle of this version."""


class ForeignBundle(PersonError):
    """A bundle that is not for us: of another team, analyst or pass, or it goes the other way."""


class WrongWay(PersonError):
    """A bundle that this workstation wrote itself: it has to be carried first."""


class OlderBundle(PersonError):
    """It answers what an imported bundle has answered already, or something before that."""


class UnknownAnswer(PersonError):
    """It answers a bundle that this archive knows nothing of."""


class Flagged(PersonError):
    """A reply that the guard flags, and no reason given why it is right."""


class MustReword(PersonError):
    """A reply that no reason makes up for: it is a force's own wording."""


class NeedsSecondReader(PersonError):
    """A reply that only goes out as a draft which somebody else has approved."""


class DraftChanged(PersonError):
    """There is no draft of this name: it was changed since, or never was."""


class DraftOver(PersonError):
    """The draft was sent or withdrawn."""


class OwnDraft(PersonError):
    """Nobody is the second reader of their own words."""


class NotSecondReader(PersonError):
    """Whoever approves a draft handles the case."""


class NotApproved(PersonError):
    """No second reader has approved this version of the draft."""


class NoTemplate(PersonError):
    """There is no wording of this name."""


class NoQuestion(PersonError):
    """The case has no such question of a force's."""


class NeedsReason(PersonError):
    """It takes a reason in words."""


# -- this disk ----------------------------------------------------------------------------------


class DamagedFile(Damaged):
    """A sealed file whose bytes have changed. Its passphrase cannot be judged."""


class DamagedBundle(Damaged):
    """A bundle that was cut or changed on its way."""


class DamagedArchive(Damaged):
    """The archive cannot be read at all."""


class DamagedCase(Damaged):
    """Rows of this case are damaged, so its next place is not known."""


# -- elsewhere ----------------------------------------------------------------------------------


class Busy(Elsewhere):
    """Another process works with this vault."""


class CannotWrite(Elsewhere):
    """The file could not be written. What was there before is unchanged."""


class NoSpace(CannotWrite):
    """The disk is full. What was there before is unchanged."""


class CannotServe(Elsewhere):
    """Nobody can listen at this address of the machine: something else does."""


class KeepsEnding(Elsewhere):
    """The processes behind this address end as soon as they begin."""


class NotInspected(Elsewhere):
    """The file could not be looked into; ``name`` is the sentence that says why."""


class NotCleaned(Elsewhere):
    """No cleaned copy was made; ``name`` is the sentence that says why."""


class NewerArchive(Elsewhere):
    """Written by a newer version of this program."""


class ChangeLost(Elsewhere):
    """A change to the team that was signed here never went out, and another has its place."""


class NobodyToGrant(Elsewhere):
    """A group is to be replaced, and nobody is there who could hold the next one."""


class MarksNotTaken(Elsewhere):
    """The server did not compare or take what is known here as purged."""


class AssignedMeanwhile(Elsewhere):
    """A colleague assigned the case first. What was wanted here was not done."""


class DraftOvertaken(Elsewhere):
    """A draft was changed or withdrawn before it was sent from here. Nothing of it was sent."""


class WordsKept(Elsewhere):
    """Others have the case by now. What was written here stays in the outbox and is shown."""


class NotPurged(Elsewhere):
    """The server refused to purge a case that is purged here."""


class PurgedLater(Elsewhere):
    """The server did not purge a case that is due: not yet, or there was more of it."""


class GoneThere(Elsewhere):
    """The server has nothing of a case that is here: it says that it was purged."""


class PurgedByColleague(Elsewhere):
    """Colleagues have purged a case that is here: it goes too, on ``day``. ``who`` are labels."""

    def __init__(self, name: str, who: str, day: date) -> None:
        super().__init__(name)
        self.who: Final = who
        self.day: Final = day


class PurgedHereBefore(PurgedByColleague):
    """This workstation, of which this is an older copy, had purged a case: it goes on ``day``."""


class KeptThoughPurged(Elsewhere):
    """Somebody has signed to have purged a case, and by what is known here it may not go."""

    def __init__(self, name: str, who: str) -> None:
        super().__init__(name)
        self.who: Final = who


class KeptInDoubt(Elsewhere):
    """A case is over its last day and stays: something of it is amiss, or does not open here."""


class EndedByNobody(Elsewhere):
    """A case is over its last day and stays: who ended it was never seen to be of the team."""


class GrantNotPossible(Elsewhere):
    """A handler cannot be given the case's key yet. ``name`` is a label."""


class StaleRoster(Elsewhere):
    """No key was granted: the newest roster seen is not valid today, or older than the key."""


class KeyNotCome(Elsewhere):
    """An intake group is over, and was kept: the secret of the current one is not here yet."""


class CarriedInPart(Elsewhere):
    """The line broke while a bundle was carried. What came until then is in the bundle back."""


class ClockAhead(Elsewhere):
    """The server's day is days before the one that a directory or roster was signed for."""


class RosterKept(Elsewhere):
    """A change to the team is signed and kept, and the server does not have it yet."""


class NotDelivered(Elsewhere):
    """It is kept sealed in the outbox and the server does not have it yet."""


# -- intelligence reports -----------------------------------------------------------------------


class BadReport(PersonError):
    """A report that cannot be one. ``name`` is the place in it that is wrong."""


class WhyNotFew(BadReport):
    """A version that says more people know than one before it, without a reason."""


class UnknownReport(PersonError):
    """The case has no report of this reference. ``name`` is the reference."""


class NotReady(PersonError):
    """Something stands between a report and its units. ``name`` is a sentence that says what."""


class UnknownLine(PersonError):
    """No line of this code may be given to whoever asks what is held about them."""


class OwnProposal(PersonError):
    """Who proposed a line cannot agree to it, and nobody can to one that nobody proposed."""


class WroteSince(PersonError):
    """The reporter has written more than whoever ends a risk to life was shown. ``name`` is the
    case."""


class NotOpen(PersonError):
    """What keeps a case from a unit cannot be set aside so. ``name`` is the unit."""


class OwnReport(PersonError):
    """Who wrote a report cannot agree that it goes."""


class NotFresh(Elsewhere):
    """Nothing is sent to a unit unless the server was asked first: it may be withdrawn."""


class NoUnits(PersonError):
    """There is no list of recipients here."""


class UnknownUnit(PersonError):
    """No unit of this name is on the list."""


class BadUnit(PersonError):
    """What was said of a unit cannot stand on the list. ``name`` is what is wrong."""


class NotACard(PersonError):
    """A file is no unit's card, or its fingerprint is another than was typed."""


class NotAPackage(PersonError):
    """A file that is no package for this unit, or no answer to this case."""


class TwiceAnswered(PersonError):
    """An answer that is here already, or another under its number."""


class OldUnits(PersonError):
    """A list of recipients that is older than the one here, or not of this team."""


# -- the server ---------------------------------------------------------------------------------


class PlaceNotShown(Distrusted):
    """The server says a place in a case is taken, and does not show by what."""


class ForgedBundle(Distrusted):
    """A bundle that opens here and was not signed by the one it has to come from."""


class Lagging(Distrusted):
    """The server does not hold what it gave before: an old backup, or a lie."""


class ForgedKey(Distrusted):
    """A receiving key that is not signed by whom it says it is of. It was not taken."""


class OldKey(Distrusted):
    """An older receiving key than was seen of a colleague, or one beside it. It was not taken."""


class BadGrant(Distrusted):
    """A grant that does not verify, does not open or gives another group. It was left there."""


class WrapsNotTaken(Distrusted):
    """The server did not take new wraps for what is sealed to a group that goes."""


class OldRoster(Distrusted):
    """The server gives an older roster than was seen, or one beside it."""


class WrongMarks(Distrusted):
    """The server's list of purged mailboxes cannot be right. Nothing of it was kept."""
