"""What is blacked out in a picture that was seen: it lies with that picture, in memory alone.

So it goes when the file is looked at anew, when others push it out, and when the vault locks; and
what is chosen in one picture is never laid over another.
"""

import secrets
from dataclasses import dataclass, field
from typing import Final

from inbox_ui.errors import NotRedacted
from inbox_ui.pages.words import NO_POINT
from inbox_ui.preview import words
from inbox_ui.preview.sight import Picture
from inbox_ui.redacted import MOST, Box

SIZES: Final = (25, 50, 100)
"""Per cent of its pixels at which a picture can be shown."""
_WIDE, _HIGH = 800, 900
"""Pixels that it takes at first, where one of the sizes lets it."""
_STAND: Final = 16


def _name_stand() -> str:
    return secrets.token_urlsafe(_STAND)


def _counted(boxes: tuple[Box, ...]) -> tuple[Box, ...]:
    if len(boxes) > MOST:
        raise NotRedacted(words.TOO_MANY_BOXES)
    return boxes


@dataclass
class Redaction:
    """The black parts of ``picture``, and the ``corner`` of one that is not whole yet.

    ``stand`` is another after each change: a form says with it what was seen when it was sent.
    """

    picture: Picture
    boxes: tuple[Box, ...] = ()
    corner: Box | None = None
    size: int = 0
    stand: str = field(default_factory=_name_stand, repr=False)

    def __post_init__(self) -> None:
        fitting = (each for each in reversed(SIZES) if self._fits(each))
        self.size = next(fitting, SIZES[0])

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height at which it is shown."""
        return self._side(self.picture.width), self._side(self.picture.height)

    def point(self, x: int, y: int) -> None:
        """Take a point of the picture as it is shown: the first is a corner, and with the second
        the part between them is black. Raises ``NotRedacted``."""
        if x < 0 or y < 0 or x == y == 0:
            raise NotRedacted(NO_POINT)  # a button that is pressed by a key says 0, 0
        place = self._below(x, y)
        if self.corner is None:
            self._stand_at(self.boxes, place)
        else:
            self.cover(self.corner.up_to(place))

    def cover(self, box: Box) -> None:
        """Black out ``box`` too. Raises ``NotRedacted`` where there are too many."""
        self._stand_at(_counted((*self.boxes, box)))

    def uncover(self, number: int) -> None:
        """Take box ``number``, from 0, away again."""
        self._stand_at(self._without(number))

    def keep_only(self, number: int) -> None:
        """Black out all that is not in box ``number``, in its place. Raises as :meth:`cover`."""
        for box in self.boxes[number : number + 1]:
            around = box.around(self.picture.width, self.picture.height)
            self._stand_at(_counted((*self._without(number), *around)))

    def forget_corner(self) -> None:
        """Let the part that is not whole yet be none."""
        self._stand_at(self.boxes)

    def start_again(self) -> None:
        """Let nothing be black."""
        self._stand_at(())

    def show_at(self, size: int) -> None:
        """Show it at ``size``, if that is one of ``SIZES``. What is black stays."""
        if size in SIZES:
            self.size = size
            self._stand_at(self.boxes, self.corner)

    def _stand_at(self, boxes: tuple[Box, ...], corner: Box | None = None) -> None:
        self.boxes, self.corner, self.stand = boxes, corner, _name_stand()

    def _without(self, number: int) -> tuple[Box, ...]:
        return tuple(each for at, each in enumerate(self.boxes) if at != number)

    def _fits(self, size: int) -> bool:
        return (
            self.picture.width * size <= 100 * _WIDE and self.picture.height * size <= 100 * _HIGH
        )

    def _side(self, pixels: int) -> int:
        return max(1, pixels * self.size // 100)

    def _below(self, x: int, y: int) -> Box:
        """The pixels of the picture that are shown as the one at ``x``, ``y``."""
        (wide, high), width, height = self.shown, self.picture.width, self.picture.height
        whole = Box(
            x * width // wide, y * height // high,
            -(-(x + 1) * width // wide), -(-(y + 1) * height // high),
        )  # fmt: skip
        return whole.within(width, height)
