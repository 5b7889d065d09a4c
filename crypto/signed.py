"""Signed documents outside envelopes: ``signature(64) ‖ document`` (docs/protocol.md §1)."""

from crypto.constants import SIGNATURE, Tag
from crypto.encoding import Document
from crypto.errors import WrongLength
from crypto.keys import Keys, verify


def sign_document(document: Document, tag: Tag, signer: Keys, service: bytes) -> bytes:
    """``document`` with ``signer``'s signature before it."""
    data = document.to_bytes()
    return signer.sign(tag, service, data) + data


def split(signed: bytes) -> tuple[bytes, bytes]:
    """The signature and the document's bytes, neither of them verified. Raises ``WrongLength``."""
    if len(signed) <= SIGNATURE:
        raise WrongLength
    return signed[:SIGNATURE], signed[SIGNATURE:]


def verify_signed(signed: bytes, tag: Tag, sign_key: bytes, service: bytes) -> None:
    """Raise ``WrongSignature`` unless ``sign_key`` signed the bytes of this document."""
    signature, data = split(signed)
    verify(sign_key, signature, tag, service, data)
