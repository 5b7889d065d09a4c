"""``make documents``: the facts in docs/adopting/ that the program itself knows, written anew.

A table stands between two lines, ``<!-- generated: NAME -->`` and ``<!-- end: NAME -->``. What is
between them is never written by hand; ``tests/test_adopting.py`` holds it against the program.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import MetaData

from crypto import constants
from crypto.directory import LIMITS
from crypto.documents import Conclusion
from crypto.roster import READERS, Duty
from dropbox.site.policy import FIXED_HEADERS, POLICY
from dropbox.store.schema import metadata as server
from inbox_ui import folder, words
from inbox_ui.accounts.suppression import ENOUGH, LEAST
from inbox_ui.pages.headers import HEADERS
from inbox_ui.retention import DEFAULT, TO_BE_HEARD
from inbox_ui.schema import metadata as workstation
from inbox_ui.work.clocks import ACKNOWLEDGE_WITHIN, FEED_BACK_WITHIN, READ_WITHIN

FOLDER: Final = Path(__file__).parents[1] / "docs" / "adopting"
_BLOCK: Final = re.compile(
    r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end: (?P=name) -->)", re.DOTALL
)
_DAYS: Final = {
    Conclusion.REFERRED: DEFAULT.referred,
    Conclusion.INSUFFICIENT: DEFAULT.insufficient,
    Conclusion.OUT_OF_SCOPE: DEFAULT.out_of_scope,
    Conclusion.WITHDRAWN: DEFAULT.withdrawn,
    Conclusion.OTHER: DEFAULT.other,
}


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(map(str, each)) + " |\n" for each in lines)


def _retention() -> str:
    rows = [(f"a case that ended: {words.CONCLUSIONS[each]}", days) for each, days in _DAYS.items()]
    return _table(
        ("What", "Days"),
        [
            *rows,
            ("a case whose end was decided lately, so that each handler hears", TO_BE_HEARD.days),
            ("a mailbox at the server that nobody uses", LIMITS.days_unused),
        ],
    )


def _promises() -> str:
    return _table(
        ("What a reporter may count on", "Within"),
        [
            ("read", f"{READ_WITHIN} working days"),
            ("acknowledged", f"{ACKNOWLEDGE_WITHIN.days} days"),
            ("told what came of it, or that nothing can be said", f"{FEED_BACK_WITHIN} months"),
        ],
    )


def _tables(metadata: MetaData) -> str:
    return _table(
        ("Table", "Why it is kept", "Columns"),
        [
            (
                f"`{each.name}`",
                each.comment,
                ", ".join(f"`{column.name}`" for column in each.columns),
            )
            for each in metadata.sorted_tables
        ],
    )


def _algorithms() -> str:
    mailbox, vault = (
        f"Argon2id, {operations} passes, {memory // constants.MIB} MiB, salt of "
        f"{constants.ARGON2_SALT} bytes"
        for operations, memory in (
            (constants.MAILBOX_ARGON2_OPERATIONS, constants.MAILBOX_ARGON2_MEMORY),
            (constants.VAULT_ARGON2_OPERATIONS, constants.VAULT_ARGON2_MEMORY),
        )
    )
    kem = f"ML-KEM-768, key {constants.KEM_KEY} bytes, ciphertext {constants.KEM_CIPHERTEXT} bytes"
    return _table(
        ("For", "Algorithm and sizes"),
        [
            ("sealing a key to somebody", f"X25519 sealed box and {kem}, both needed to open"),
            ("content", f"XChaCha20-Poly1305, nonce {constants.NONCE} bytes, random"),
            ("signatures", f"Ed25519, {constants.SIGNATURE} bytes"),
            ("hashes", f"BLAKE2b, {constants.ID} bytes, with a tag for each purpose"),
            ("a reporter's words", f"{constants.PASSPHRASE_WORDS} words; {mailbox}"),
            ("a workstation's passphrase", vault),
            ("padding", f"at least {constants.SMALLEST_PADDED // constants.KIB} KiB"),
        ],
    )


def _headers(headers: Mapping[str, str], policy: str) -> str:
    found = {**headers, "Content-Security-Policy": policy}
    return _table(("Header", "Value"), [(f"`{name}`", f"`{found[name]}`") for name in found])


def _roles() -> str:
    return _table(
        ("Duty", "May be given cases to read"),
        [(each.value, "yes" if each in READERS else "no") for each in Duty],
    )


def _suppression() -> str:
    return _table(
        ("Rule", "Number"),
        [("a count below this is not said", LEAST), ("what is not said comes to at least", ENOUGH)],
    )


def _workstation_files() -> str:
    """What the module that knows the places says of them: a line for each, some with a second."""
    text = re.sub(r"\n {20,}", " ", folder.__doc__ or "")
    rows = re.findall(r"^(?:    |(?=DIR\.))([\w./-]+) +(\S.*)$", text, re.MULTILINE)
    return _table(("File", "What it is"), [(f"`{name}`", what) for name, what in rows])


def _axe_states() -> str:
    from tests.browser.test_workstation_barriers import STATES

    return ", ".join(STATES) + ".\n"


GENERATED: Final[Mapping[str, Callable[[], str]]] = {
    "retention": _retention,
    "promises": _promises,
    "server-tables": lambda: _tables(server),
    "workstation-tables": lambda: _tables(workstation),
    "workstation-files": _workstation_files,
    "algorithms": _algorithms,
    "site-headers": lambda: _headers(FIXED_HEADERS, POLICY),
    "workstation-headers": lambda: _headers(HEADERS, HEADERS["Content-Security-Policy"]),
    "roles": _roles,
    "suppression": _suppression,
    "axe-states": _axe_states,
}


def renew(text: str) -> str:
    """``text`` with each of its tables as the program is now. Raises ``KeyError`` for a name that
    nothing here makes."""
    return _BLOCK.sub(lambda found: found[1] + GENERATED[found["name"]]() + found[3], text)


def names_in(text: str) -> Iterator[str]:
    """The names of its tables."""
    return (found["name"] for found in _BLOCK.finditer(text))


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.md")):
        path.write_text(renew(path.read_text("utf-8")), "utf-8")
