"""What becomes of envelopes that arrive: kept once, a page at a time.

What the server gives twice is counted; what it gives as a stub after it gave it whole stays whole.
A page costs a handful of statements however many envelopes it has: one for each of them takes
longer than opening it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, tuple_, update

from crypto.envelope import body_hash
from dropbox.client.listing import Listed
from inbox_ui.rows import checksum, columns_of, pack_wraps, unpack_wraps
from inbox_ui.schema import envelopes, mailboxes

_Columns = dict[str, Any]
_Key = tuple[int, bytes]
"""A mailbox's number and an envelope's id: what the archive has once."""

_CHANGED: Final = (
    update(mailboxes).where(mailboxes.c.id == bindparam("number")).values(changed=bindparam("now"))
)
_MERGED: Final = update(envelopes).where(envelopes.c.id == bindparam("number"))


def keep(connection: Connection, entries: Sequence[Listed], change: int) -> int:
    """Keep these envelopes, under the number of the change; how many were new."""
    if not entries:
        return 0
    known_before, numbers = _number(connection, [each.mailbox for each in entries], change)
    arrived = [(numbers[each.mailbox], columns_of(each)) for each in entries]
    again = [(box, columns["envelope"]) for box, columns in arrived if box in known_before]
    stored = _stored(connection, again)
    rows: dict[_Key, _Columns] = {}
    for mailbox, columns in arrived:
        key = (mailbox, columns["envelope"])
        before = rows.get(key, stored.get(key))
        rows[key] = columns if before is None else _merge(before, columns)
    fresh = [{**row, "mailbox": key[0]} for key, row in rows.items() if key not in stored]
    merged = [{**rows[key], "number": stored[key]["id"]} for key in rows if key in stored]
    if fresh:
        connection.execute(insert(envelopes), fresh)
    for row in merged:
        number = row.pop("number")
        connection.execute(_MERGED.values(**row), {"number": number})
    return len(fresh)


def _number(
    connection: Connection, addresses: Iterable[bytes], change: int
) -> tuple[frozenset[int], dict[bytes, int]]:
    """The numbers of those mailboxes that were here before, and of all; all have changed."""
    wanted = list(dict.fromkeys(addresses))
    query = select(mailboxes.c.address, mailboxes.c.id).where(mailboxes.c.address.in_(wanted))
    here = {row.address: row.id for row in connection.execute(query)}
    if here:
        connection.execute(_CHANGED, [{"number": each, "now": change} for each in here.values()])
    new = [{"address": each, "changed": change} for each in wanted if each not in here]
    if not new:
        return frozenset(here.values()), here
    connection.execute(insert(mailboxes), new)
    return frozenset(here.values()), {row.address: row.id for row in connection.execute(query)}


def _stored(connection: Connection, keys: Sequence[_Key]) -> dict[_Key, _Columns]:
    """The rows that are here under these keys."""
    if not keys:
        return {}
    place = tuple_(envelopes.c.mailbox, envelopes.c.envelope)
    found = connection.execute(select(envelopes).where(place.in_(keys)))
    return {(row.mailbox, row.envelope): row._asdict() for row in found}


def _merge(known: Mapping[str, Any], new: _Columns) -> _Columns:
    """What is known of an envelope that came again: nothing sound is given up, damage is mended.

    Fetched again from its own place it is no second copy, and neither is the stub that says at
    another one that its mailbox deleted it.
    """
    if checksum(known) != known["checksum"]:
        return new
    merged = dict(known)
    merged["copies"] += new["position"] != known["position"] and not _is_deletion(new)
    merged["wraps"] = pack_wraps({**unpack_wraps(new["wraps"]), **unpack_wraps(known["wraps"])})
    body = known["body"]
    if body is None or body_hash(body) != known["body_hash"]:
        merged["body"], merged["foreign_body"] = new["body"], new["foreign_body"]
    if merged["deleted"] is None:
        merged["deleted"] = new["deleted"]
    return {**merged, "checksum": checksum(merged)}


def _is_deletion(columns: Mapping[str, Any]) -> bool:
    return columns["body"] is None and columns["deleted"] is not None
