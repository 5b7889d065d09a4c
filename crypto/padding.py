"""Padding, so that size says little (docs/protocol.md §5; PADMÉ: Nikitin et al., PURBs, 2019)."""

from crypto.constants import SMALLEST_PADDED
from crypto.errors import WrongPadding

_MARK = b"\x80"


def padme(length: int) -> int:
    """The PADMÉ size for ``length`` bytes: at most 12 % more, with O(log log n) bits told."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def padded_length(length: int) -> int:
    """How long ``length`` bytes of content are once padded: ``max(16 KiB, PADMÉ(length + 1))``."""
    return max(SMALLEST_PADDED, padme(length + 1))


def pad(content: bytes) -> bytes:
    """``content``, then ``0x80``, then zeros up to :func:`padded_length`."""
    return (content + _MARK).ljust(padded_length(len(content)), b"\x00")


def unpad(padded: bytes) -> bytes:
    """What was padded. Every byte of the padding is checked; raises ``WrongPadding``."""
    mark = padded.rfind(_MARK)
    zeros = len(padded) - mark - 1
    if mark < 0 or padded.count(0, mark + 1) != zeros or padded_length(mark) != len(padded):
        raise WrongPadding  # counting is several times faster than stripping
    return padded[:mark]
