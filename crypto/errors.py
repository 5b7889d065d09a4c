"""What can go wrong, sorted by whose fault it is.

``UserError``    the person in front of the program can put it right.
``Malformed``    the bytes are not what they should be; damage, or a program that is not ours.
``Forged``       the bytes are well formed and somebody lies.
``NotForUs``     well formed and honest as far as can be told, and sealed to somebody else.
``Unfit``        a signed document that must not be used now, here or for this.

Every leaf stands for one rule and carries one line for the person who has to decide what to do.
A failed check is always an exception of this tree and never a boolean.
"""


class ProtocolError(Exception):
    """The root of the tree. ``str(error)`` is one sentence; it never holds text, keys or words."""

    sentence = "The protocol was not followed."

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.sentence} {detail}".strip())


class UserError(ProtocolError):
    """The person can put it right."""


class Malformed(ProtocolError):
    """Not an object of this protocol: damaged, cut, or made by another program."""

    sentence = "This is damaged or was not made by this program."


class Forged(ProtocolError):
    """Well formed, and not what it claims to be."""

    sentence = "This is not what it claims to be."


class NotForUs(ProtocolError):
    """Sealed to a key that is not here; neither damaged nor a lie."""

    sentence = "This is sealed to somebody else."


class Unfit(ProtocolError):
    """A signed document that must not be used here or now."""

    sentence = "This document cannot be used."


# -- the person ---------------------------------------------------------------------------------


class UnknownWord(UserError):
    """A passphrase holds a word that is not on the list. Shown on this device only, never sent."""

    sentence = "A word is not on the list."

    def __init__(self, word: str, nearest: tuple[str, ...]) -> None:
        super().__init__()
        self.word = word
        self.nearest = nearest


class WrongNumberOfWords(UserError):
    """A passphrase does not have exactly seven words."""

    sentence = "The passphrase has seven words."

    def __init__(self, count: int) -> None:
        super().__init__(f"There are {count} here.")
        self.count = count


class OverLimit(UserError):
    """More than the directory's limits allow."""

    sentence = "This is more than can be sent."


class NothingToSend(UserError):
    """Neither text nor a file."""

    sentence = "There is nothing to send: no text and no file."


class NothingHere(UserError):
    """A mailbox in which nothing lies has no contact details to take back and nothing to close."""

    sentence = "There is no mailbox here."


class MailboxClosed(UserError):
    """The reporter has closed the mailbox: nobody can be written to any more."""

    sentence = "The reporter has closed the mailbox."


class NotHandling(UserError):
    """Only who handles the case may write this, or a supervisor where it is assigned (§5)."""

    sentence = "This case is handled by others."


class NoContact(UserError):
    """No contact details were left, or they were taken back: nobody may ask for them (§5)."""

    sentence = "There are no contact details here, or they were taken back."


class NotDeletable(UserError):
    """Not a reply or receipt of the team that opens here: the reporter cannot delete it (§5)."""

    sentence = "This cannot be deleted."


# -- the bytes ----------------------------------------------------------------------------------


class WrongLength(Malformed):
    """Not as long as its kind has to be."""

    sentence = "This has the wrong length."


class UnknownVersion(Malformed):
    """Not of protocol version 1. There is no negotiation and no way back to another version."""

    sentence = "This was made for another version of the protocol."


class NotCanonical(Malformed):
    """A document that is not in its one form (§1)."""

    sentence = "This document is not in its one accepted form."


class WrongPadding(Malformed):
    """The padding is not the one its content has."""

    sentence = "This is not padded as it has to be."


class WrongPoint(Malformed):
    """A public key that is of small order, aliased or not canonical (P13, P14)."""

    sentence = "This holds a public key that no honest program makes."


# -- the lies -----------------------------------------------------------------------------------


class WrongSignature(Forged):
    """Not signed by the one it names."""

    sentence = "This is not signed by the one it names."


class WrongId(Forged):
    """The bytes do not hash to the id, address or fingerprint they are given under."""

    sentence = "This does not belong to the name it is given under."


class DoesNotOpen(Forged):
    """A key that should open this does not: altered, or moved from another place."""

    sentence = "This was altered, or was moved here from another place."


class WrongCommitment(Forged):
    """The key opens to something that was not meant (P10: two texts under one ciphertext)."""

    sentence = "This would open differently for somebody else."


class ForeignAuthor(Forged):
    """Signed by a key that may not write here."""

    sentence = "The one who signed this may not write here."


class WrongRole(Forged):
    """A certificate of one role was brought for another."""

    sentence = "This certificate is for something else."


class WrongPlace(Forged):
    """Signed for another mailbox, chain or place than the one it was found at."""

    sentence = "This was written for another place."


class UnsignedKeyAsked(Forged):
    """The server refuses every key the team has signed for this mailbox (§9)."""

    sentence = "The server asks for a key that the team has not signed. Nothing was sent to it."


class WrongProof(Forged):
    """A proof of work that is none, or one that is too hard to be meant."""

    sentence = "This is not a proof of work."


class Contested(Forged):
    """Two envelopes of the team claim one place, so who has the case cannot be told."""

    sentence = "Two different messages of the team claim one place. Nothing was sent."


class FilesDiffer(Forged):
    """A file is not the one its message describes: parts missing, swapped, added or foreign."""

    sentence = "The file is not the one that was sent."


# -- not ours, not now --------------------------------------------------------------------------


class Locked(NotForUs):
    """There is no wrap here for a key we hold."""


class Expired(Unfit):
    """Past its last day, or before its first."""

    sentence = "This document is not valid on this day."


class ForeignService(Unfit):
    """A directory or certificate of another root."""

    sentence = "This belongs to another service."


class ForeignOrigin(Unfit):
    """The directory does not name the address it was served at."""

    sentence = "The signed directory does not name this address."


class RolledBack(Unfit):
    """Older than one that was already seen, or does not follow it."""

    sentence = "This is older than what was already seen, or does not follow it."


class KeysAlike(Unfit):
    """Two keys in one directory are the same (P4)."""

    sentence = "This directory names one key twice."
