"""Envelopes on their way to the server: the parcels of ``POST /api/envelopes`` and its like.

document of places ‖ for each place: header ‖ body, then one wrap per recipient
"""

from collections.abc import Collection

from crypto.encoding import Document
from crypto.files import FileManifest
from crypto.outgoing import Outgoing
from dropbox.wire import Assignment, FileClaim, Place, Submission, pack, rising


def pack_submission(outgoings: tuple[Outgoing, ...]) -> bytes:
    """The body of the request: the same envelopes and wraps give the same bytes."""
    return _pack(Submission(tuple(map(_place, outgoings))), outgoings)


def pack_assignment(outgoings: tuple[Outgoing, ...], handlers: Collection[bytes]) -> bytes:
    """The same for a ``handover`` and its ``assigned``, with those who handle the case then."""
    places = tuple(map(_place, outgoings))
    return _pack(Assignment(places, rising(handlers)), outgoings)


def claim(manifest: FileManifest) -> FileClaim:
    """What is said of a file in the clear, beside the envelope whose payload has its manifest."""
    return FileClaim(manifest.id, manifest.parts, manifest.hash)


def _pack(document: Document, outgoings: tuple[Outgoing, ...]) -> bytes:
    blobs: list[bytes] = []
    for outgoing in outgoings:
        blobs.append(outgoing.envelope.to_bytes())
        blobs.extend(wrap for _, wrap in outgoing.wraps)
    return pack(document.to_bytes(), blobs)


def _place(outgoing: Outgoing) -> Place:
    recipients = tuple(recipient for recipient, _ in outgoing.wraps)
    return Place(recipients, tuple(map(claim, outgoing.files)), outgoing.use)
