"""Write the vectors: ``python -m tests.vectors.make``. What is already right does not change."""

import json
import sys

from tests.vectors import basics, casework, chains, papers, sealing, team
from tests.vectors.case import FOLDER, Case, KeptWraps, Value

PLAIN = {
    "hash": basics.hash_cases,
    "kdf": basics.kdf_cases,
    "padding": basics.padding_cases,
    "unpad": basics.unpad_cases,
    "spellings": basics.spelling_cases,
    "words": basics.word_cases,
    "mailboxes": basics.mailbox_cases,
    "keys": basics.key_cases,
    "fingerprints": basics.fingerprint_cases,
    "points": basics.point_cases,
    "cards": basics.card_cases,
    "signatures": basics.signature_cases,
    "documents": papers.document_cases,
    "certificates": papers.certificate_cases,
    "directories": papers.directory_cases,
    "case-names": papers.case_name_cases,
    "files": sealing.file_cases,
    "answers": sealing.answer_cases,
    "logins": sealing.login_cases,
    "work": basics.work_cases,
    "team-documents": team.team_document_cases,
    "receiving": team.receiving_cases,
    "erasures": team.erasure_cases,
    "rosters": team.roster_cases,
}
WITH_WRAPS = {
    "wraps": sealing.wrap_cases,
    "envelopes": sealing.envelope_cases,
    "contacts": sealing.contact_cases,
    "grants": team.grant_cases,
}
WITH_ROWS = {"team-chains": chains.chain_file, "case-chains": casework.casework_file}
NAMES = (*PLAIN, *WITH_WRAPS, *WITH_ROWS)


def build(name: str) -> tuple[str, int]:
    """The text of one file, and how many wraps in it are new."""
    if name in PLAIN:
        return _text({"cases": PLAIN[name]()}), 0
    kept = KeptWraps(FOLDER / f"{name}.json")
    if name in WITH_WRAPS:
        return _text({"cases": WITH_WRAPS[name](kept)}), kept.new
    return _text(WITH_ROWS[name](kept)), kept.new


def _text(content: dict[str, Value]) -> str:
    """Each case, and each shared row, on a line of its own, so that a change is one line."""
    lines = []
    for key, value in content.items():
        if isinstance(value, list):
            rows = ",\n".join(_line(row) for row in value)
            lines.append(f"{_line(key)}: [\n{rows}\n]")
        elif isinstance(value, dict):
            rows = ",\n".join(f"{_line(name)}: {_line(row)}" for name, row in value.items())
            lines.append(f"{_line(key)}: {{\n{rows}\n}}")
        else:
            lines.append(f"{_line(key)}: {_line(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _line(value: Case | Value) -> str:
    return json.dumps(value, ensure_ascii=True)


def main() -> int:
    """Write what has changed, and say what it was."""
    for name in NAMES:
        path = FOLDER / f"{name}.json"
        text, new = build(name)
        if new:
            print(f"{path.name}: {new} new wraps")
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(f"{path.name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
