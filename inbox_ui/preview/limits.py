"""How much a file may take, cost and say. Whatever is over it is refused, or left out and named."""

from typing import Final

MIB: Final = 1024 * 1024

# -- of the process -----------------------------------------------------------------------------

MEMORY: Final = 512 * MIB
"""Bytes of address space."""
CPU: Final = 12
"""Seconds of a processor's time."""
STARTING: Final = 60.0
"""Seconds until its jail has to be closed."""
DEADLINE: Final = 30.0
"""Seconds from then on until it is ended, whatever it does."""
DESCRIPTORS: Final = 16

# -- of the file --------------------------------------------------------------------------------

LARGEST: Final = 64 * MIB
"""Bytes of a file that is looked at."""
PIXELS: Final = 50_000_000
"""Pixels of a picture that is decoded."""
SIDE: Final = 1600
"""Pixels of the longer side of a picture that is shown."""
PAGE_SIDE: Final = 1300
"""The same of a page."""
PAGES: Final = 20
"""Pages at a time."""
CHARACTERS: Final = 100_000
"""Characters of one text that is shown."""
TEXTS: Final = 1_000_000
"""Characters of all texts together."""
OF_A_PAGE: Final = 10_000
"""The same of a page's text."""
PART: Final = 16 * MIB
"""Bytes of a part of an office file, unpacked."""
PARTS: Final = 32 * MIB
"""The same of all its parts together."""
MEMBERS: Final = 500
"""Names of one list: of an archive, the links of a document, what it does."""
LINE: Final = 500
"""Characters of such a name."""

# -- of what the process says -------------------------------------------------------------------

FRAMES: Final = 3_000
NOTES: Final = 100
"""Different notes on one file."""
SAID: Final = 192 * MIB
"""Bytes of all its frames."""
RATIO: Final = 100
"""How many times its size a packed file may unpack to before it is called a bomb,"""
BOMB: Final = 64 * MIB
"""and how many bytes that has to be."""
