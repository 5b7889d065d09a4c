"""How fast a long case is given to handlers: every envelope of it gets a wrap to the new group.

The case is open, as the workstation shows it. What counts is the ``handover``, the ``assigned`` and
all the wraps; against unwrapping and wrapping the same content keys in a bare loop.
"""

import secrets
import time
from dataclasses import replace
from pathlib import Path

from bench.budgets import ASSIGNED, ASSIGNED_BARE, ASSIGNED_RATIO, Result
from bench.rounds import compare
from bench.scale import Scale
from bench.team import DRAFT, Team, today
from crypto.chains import Stored
from crypto.envelope import Chain, body_hash
from crypto.keys import GroupSecret, MailboxSecret
from crypto.outgoing import Outgoing
from crypto.reporter import Reporter
from crypto.wrapping import WrapKind, unwrap, wrap


def measure(scale: Scale, folder: Path) -> list[Result]:
    """Both rates, in envelopes a second, and their ratio."""
    team, secret = Team.found(), MailboxSecret.generate(secrets.token_bytes)
    chain = _write(team, secret, scale.assigned)
    analyst = team.analyst()
    [intake] = team.founded.vault.intake_groups.values()
    case = analyst.read(secret.keys.card.id, {Chain.REPORTER: chain})
    assert all(entry.payload is not None for entry in case.entries)
    handlers = frozenset({analyst.card.id})

    def ours(_: int) -> float:
        group = GroupSecret.generate(secrets.token_bytes)
        began = time.perf_counter()
        analyst.assign(case, group, handlers, "")
        wraps = analyst.rewrap(case, group.keys.card)
        seconds = time.perf_counter() - began
        assert len(wraps) == len(chain)
        return len(chain) / seconds

    def bare(_: int) -> float:
        keys, card = intake.keys, GroupSecret.generate(secrets.token_bytes).keys.card
        laid_out = [(stored.wraps[keys.card.id], (stored.id,)) for stored in chain]
        began = time.perf_counter()
        for wrapped, names in laid_out:
            cek = unwrap(wrapped, WrapKind.ENVELOPE, names, keys)
            wrap(cek, WrapKind.ENVELOPE, names, card, secrets.token_bytes)
        return len(chain) / (time.perf_counter() - began)

    compared = compare(ours, bare, scale.rounds)
    return [
        Result(ASSIGNED, compared.ours),
        Result(ASSIGNED_BARE, compared.other),
        Result(ASSIGNED_RATIO, compared.ratio),
    ]


def _write(team: Team, secret: MailboxSecret, count: int) -> list[Stored]:
    """A report and the messages behind it, as a server gives them to an analyst."""
    reporter = Reporter(secret, team.directory, secrets.token_bytes)
    chain = [_stored(reporter.report(DRAFT, today()))]
    conversation = reporter.read(chain, ())
    while len(chain) < count:
        following = replace(conversation, next_seq=len(chain), prev=chain[-1].id)
        chain.append(_stored(reporter.message(DRAFT, following, today())))
    return chain


def _stored(outgoing: Outgoing) -> Stored:
    header, body = outgoing.envelope.header.to_bytes(), outgoing.envelope.body
    return Stored(header, body_hash(body), body, dict(outgoing.wraps), today(), None)
