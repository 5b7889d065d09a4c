"""What Python would import only when it is needed: too late, once the jail is closed."""

import email.base64mime
import email.encoders
import email.generator
import email.header
import email.iterators
import email.parser
import email.policy
import email.quoprimime
import encodings.ascii
import encodings.cp437
import encodings.cp1252
import encodings.latin_1
import encodings.raw_unicode_escape
import encodings.unicode_escape
import encodings.utf_8
import encodings.utf_8_sig
import encodings.utf_16
import encodings.utf_16_be
import encodings.utf_16_le
import quopri
import traceback
from types import ModuleType
from typing import Final

LOADED: Final[tuple[ModuleType, ...]] = (email, encodings, quopri, traceback)
