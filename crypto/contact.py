"""Contact details of the confidential track, sealed apart (docs/protocol.md §5).

    contact = { A, wrap(B, "half", mailbox) to the contact group,
                n(24) ‖ XChaCha20-Poly1305(H(contact, A, B), n, AD = mailbox, details) }

``A`` lies in the report, which a handler opens; ``B`` opens for a custodian, who has no report. So
neither learns the details alone.
"""

from crypto.constants import NONCE, SECRET, Tag
from crypto.documents import Contact
from crypto.errors import NotCanonical, OverLimit
from crypto.keys import Card, Keys
from crypto.primitives import H, RandomBytes, aead_open, aead_seal
from crypto.wrapping import WrapKind, unwrap, wrap

DETAILS_BYTES = 8 * 1024


def seal_contact(
    details: str, mailbox: bytes, contact_group: Card, random_bytes: RandomBytes
) -> Contact:
    """The compartment for ``details``.

    Raises ``OverLimit`` above 8 KiB of UTF-8, ``NotCanonical`` for a lone surrogate.
    """
    try:
        plain = details.encode()
    except UnicodeEncodeError:
        raise NotCanonical from None
    if len(plain) > DETAILS_BYTES:
        raise OverLimit
    first, second, nonce = random_bytes(SECRET), random_bytes(SECRET), random_bytes(NONCE)
    sealed = aead_seal(H(Tag.CONTACT, first, second), nonce, plain, mailbox)
    wrapped = wrap(second, WrapKind.HALF, (mailbox,), contact_group, random_bytes)
    return Contact(first, wrapped, nonce + sealed)


def open_half(contact: Contact, mailbox: bytes, contact_group: Keys) -> bytes:
    """The custodian's half, 32 bytes. Raises ``DoesNotOpen``."""
    return unwrap(contact.second, WrapKind.HALF, (mailbox,), contact_group)


def open_contact(contact: Contact, second: bytes, mailbox: bytes) -> str:
    """The details, from both halves. Raises ``DoesNotOpen``, ``NotCanonical`` if not UTF-8."""
    nonce, sealed = contact.sealed[:NONCE], contact.sealed[NONCE:]
    plain = aead_open(H(Tag.CONTACT, contact.first, second), nonce, sealed, mailbox)
    try:
        return plain.decode()
    except UnicodeDecodeError:
        raise NotCanonical from None
