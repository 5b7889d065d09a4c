"""Importing it makes Argon2id of vaults and root files cheap in this process.

A vault does not say what it cost, so who makes one and who opens it must agree: all tests are
cheap, and so are the commands that they start with ``INBOX``. What it costs is checked once
(tests/inbox_ui/test_vault.py).
"""

import sys
from typing import Final

from inbox_ui import sealed

vars(sealed).update(VAULT_ARGON2_OPERATIONS=1, VAULT_ARGON2_MEMORY=8192)

INBOX: Final = [sys.executable, "-c", "import tests.cheap; from inbox_ui.cli import main; main()"]
"""``dropbox-inbox`` as a process whose working directory is the project's."""
