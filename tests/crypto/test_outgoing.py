from crypto.outgoing import wrap_all
from crypto.reporter import Draft
from crypto.wrapping import WrapKind, unwrap
from tests.crypto.world import EPOCH, TODAY, Mailbox, Service, stream


def test_an_envelope_wrapped_again_keeps_its_id_and_key(service: Service) -> None:
    box = Mailbox(service)
    outgoing = box.reporter.report(Draft("Text."), TODAY)
    later = service.intake[3].keys
    again = outgoing.rewrapped((later.card,), stream("again"))
    assert again.envelope is outgoing.envelope
    assert [recipient for recipient, _ in again.wraps] == [later.card.id]
    opened = unwrap(again.wraps[0][1], WrapKind.ENVELOPE, (outgoing.envelope.id,), later)
    assert opened == outgoing.content_key
    assert outgoing.wraps[0][0] == service.intake[EPOCH].keys.card.id


def test_each_card_gets_one_wrap(service: Service) -> None:
    box = Mailbox(service)
    outgoing = box.reporter.report(Draft("Text."), TODAY)
    people = [service.intake[epoch].keys for epoch in (1, 2, 3)]
    cards = tuple(keys.card for keys in people)
    wraps = wrap_all(outgoing.envelope, outgoing.content_key, cards, stream("all"))
    assert [recipient for recipient, _ in wraps] == [card.id for card in cards]
    for keys, (_, wrapped) in zip(people, wraps, strict=True):
        names = (outgoing.envelope.id,)
        assert unwrap(wrapped, WrapKind.ENVELOPE, names, keys) == outgoing.content_key
    assert wrap_all(outgoing.envelope, outgoing.content_key, (), stream("none")) == ()
