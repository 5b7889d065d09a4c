"""The team's signed papers: the roster, receiving keys, grants, erasures (docs/protocol.md §7, §9).

What is signed is verified where the roster says with which key, before the transaction that takes
it. Nobody believes a server about these: workstations verify them again.
"""

from crypto.constants import Tag
from crypto.errors import ForeignAuthor, Malformed, ProtocolError
from crypto.groups import Erased, Receiving, named_grant, read_erased, read_receiving
from crypto.primitives import check_kem_key, check_x25519_point
from crypto.roster import read_roster
from crypto.signed import split, verify_signed
from dropbox import wire
from dropbox.api.answers import Answer, done, raw
from dropbox.api.call import Call
from dropbox.store.papers import list_erased, list_grants, list_receiving, newest_roster
from dropbox.store.refused import Refused
from dropbox.store.teamwork import (
    GiveGrants,
    Given,
    OpenGrants,
    PublishRoster,
    TellErased,
    TellReceiving,
)
from dropbox.wire import Fault, pack, unpack


async def get_roster(call: Call) -> Answer:
    """``GET /api/roster``: the newest, as it was signed."""
    signed = await call.store.read(call.caller, newest_roster)
    if signed is None:
        raise Refused(Fault.UNKNOWN)
    return raw(signed)


async def put_roster(call: Call) -> Answer:
    """``POST /api/roster``: the next one."""
    directory = (await call.store.newest()).directory
    try:
        roster = read_roster(call.body, directory)
    except ProtocolError as error:
        raise _refused(error) from None
    await call.store.delete(PublishRoster(call.caller, call.body, roster))
    return done()


async def get_receiving(call: Call) -> Answer:
    """``GET /api/receiving``: the newest receiving key of each who may be granted to."""
    people = await call.store.people()
    signed = await call.store.read(call.caller, lambda each: list_receiving(each, people))
    return raw(pack(wire.Papers(len(signed)).to_bytes(), list(signed)))


async def tell_receiving(call: Call) -> Answer:
    """``POST /api/receiving``: the caller's own, with a number above the one before."""
    caller = call.caller
    key = (await call.store.people()).sign_key(caller.address)
    try:
        if key is not None:
            said = read_receiving(call.body, caller.address, key, call.service.root)
        else:
            said = Receiving.from_bytes(split(call.body)[1])
            check_x25519_point(said.box)
            check_kem_key(said.kem)
        if said.analyst != caller.address:
            raise ForeignAuthor
    except ProtocolError as error:
        raise _refused(error) from None
    await call.store.write(TellReceiving(caller, said.number, call.body))
    return done()


async def get_grants(call: Call) -> Answer:
    """``GET /api/grants``: those to the caller, the oldest first."""
    caller = call.caller
    found = await call.store.read(caller, lambda each: list_grants(each, caller.address))
    grants = wire.Grants(tuple(mailbox for _, mailbox in found))
    return raw(pack(grants.to_bytes(), [signed for signed, _ in found]))


async def give_grants(call: Call) -> Answer:
    """``POST /api/grants``: the caller's to others; each replaces the caller's one before it."""
    caller = call.caller
    key = (await call.store.people()).sign_key(caller.address)
    try:
        packed, blobs = unpack(call.body)
        mailboxes = wire.Grants.from_bytes(packed).mailboxes
        if len(blobs) != len(mailboxes):
            raise Refused(Fault.MALFORMED)
        given = []
        for signed, mailbox in zip(blobs, mailboxes, strict=True):
            grant = named_grant(signed)
            if grant.granter != caller.address:
                raise ForeignAuthor
            if key is not None:
                verify_signed(signed, Tag.SIGN_GRANT, key, call.service.root)
            given.append(Given(grant.analyst, grant.group, mailbox, signed))
    except ProtocolError as error:
        raise _refused(error) from None
    await call.store.delete(GiveGrants(caller, tuple(given)))
    return done()


async def open_grants(call: Call) -> Answer:
    """``POST /api/grants/opened``: the caller's grants of these groups are deleted."""
    await call.store.delete(OpenGrants(call.caller, call.read(wire.Opened).groups))
    return done()


async def get_erased(call: Call) -> Answer:
    """``GET /api/erased/{from}``: a page of what workstations have erased, from this one on."""
    start = call.number("from")
    signed = await call.store.read(call.caller, lambda each: list_erased(each, start))
    return raw(pack(wire.Papers(len(signed)).to_bytes(), list(signed)))


async def tell_erased(call: Call) -> Answer:
    """``POST /api/erased``: the caller's own word for one group."""
    caller = call.caller
    key = (await call.store.people()).sign_key(caller.address)
    try:
        if key is not None:
            said = read_erased(call.body, caller.address, key, call.service.root)
        else:
            said = Erased.from_bytes(split(call.body)[1])
        if said.analyst != caller.address:
            raise ForeignAuthor
    except ProtocolError as error:
        raise _refused(error) from None
    await call.store.write(TellErased(caller, said.group, call.body))
    return done()


def _refused(error: ProtocolError) -> Refused:
    """What the client is told of a paper that is not right."""
    return Refused(Fault.MALFORMED if isinstance(error, Malformed) else Fault.REFUSED)
