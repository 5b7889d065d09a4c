"""Envelopes on their way to the server: the parcel of ``POST /api/envelopes``.

document of places ‖ for each place: header ‖ body, then one wrap per recipient
"""

from crypto.files import FileManifest
from crypto.outgoing import Outgoing
from dropbox.wire import FileClaim, Place, Submission, pack


def pack_submission(outgoings: tuple[Outgoing, ...]) -> bytes:
    """The body of the request: the same envelopes and wraps give the same bytes."""
    blobs: list[bytes] = []
    for outgoing in outgoings:
        blobs.append(outgoing.envelope.to_bytes())
        blobs.extend(wrap for _, wrap in outgoing.wraps)
    return pack(Submission(tuple(map(_place, outgoings))).to_bytes(), blobs)


def claim(manifest: FileManifest) -> FileClaim:
    """What is said of a file in the clear, beside the envelope whose payload has its manifest."""
    return FileClaim(manifest.id, manifest.parts, manifest.hash)


def _place(outgoing: Outgoing) -> Place:
    recipients = tuple(recipient for recipient, _ in outgoing.wraps)
    return Place(recipients, tuple(map(claim, outgoing.files)), outgoing.use)
