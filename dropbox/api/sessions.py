"""Logging in and out (docs/protocol.md §9)."""

from crypto.certificates import Certificate, CertificateRole, read_certificate
from crypto.directory import Directory
from crypto.errors import Forged, Malformed, NotCanonical, Unfit
from crypto.login import verify_answer
from crypto.signed import split
from dropbox.api.answers import Answer, document, done
from dropbox.api.call import Call
from dropbox.store.jobs import EndSession, SpendChallenge
from dropbox.store.refused import Refused
from dropbox.wire import Challenge, Fault, Login, Role, Session

_ROLES = {
    CertificateRole.ANALYST: Role.ANALYST,
    CertificateRole.PUBLISHER: Role.PUBLISHER,
}


async def make_challenge(call: Call) -> Answer:
    """``POST /api/challenge``."""
    return document(Challenge(call.service.tokens.make_challenge(call.service.seconds)))


async def log_in(call: Call) -> Answer:
    """``POST /api/session``: the same path for every address, known or not; no mailbox is read.

    (1) the challenge is ours and not late (2) the origin is one of ours (3) the signature (4) the
    certificate, where one was brought, and the newest roster does not refuse whose it is (5) the
    challenge was not used before.
    """
    login = call.read(Login)
    service = call.service
    challenge, expires = service.tokens.read_challenge(login.challenge, service.seconds)  # (1)
    if login.origin not in service.origins:
        raise Refused(Fault.REFUSED)  # (2)
    try:
        address = verify_answer(
            login.auth, login.keys, service.root, login.origin, login.challenge, login.signature
        )  # (3)
        role = await _role(call, login, address)  # (4)
    except (Forged, Malformed, Unfit):
        raise Refused(Fault.REFUSED) from None
    await call.store.write(SpendChallenge(challenge, expires))  # (5)
    return document(Session(service.tokens.make_session(address, role, service.seconds), role))


async def log_out(call: Call) -> Answer:
    """``DELETE /api/session``."""
    await call.store.write(EndSession(call.caller))
    return done()


async def _role(call: Call, login: Login, address: bytes) -> Role:
    if login.certificate is None:
        return Role.MAILBOX
    directory: Directory = (await call.store.newest()).directory
    named = Certificate.from_bytes(split(login.certificate)[1]).role
    if named not in _ROLES:
        raise NotCanonical
    root = directory.root_card
    certificate = read_certificate(login.certificate, named, root.id, root.sign, root.id)
    if certificate.subject != address:
        raise Refused(Fault.REFUSED)
    certificate.check_day(call.store.now().date())
    if (await call.store.people()).refuses(address):
        raise Refused(Fault.REFUSED)
    return _ROLES[named]
