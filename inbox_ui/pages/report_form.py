"""The form of an intelligence report: what stands in its fields, and the report they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from inbox_ui.errors import BadReport
from inbox_ui.pages.forms import Form
from inbox_ui.work.drafting import read_draft
from inbox_ui.work.intelligence import CONDITIONS, ITEMS, Draft, Handling

MOST_SUBJECTS: Final = 10
"""People on one form: with all items it still is a form that a browser may send."""
_ITEM: Final = ("text", "information", "reason", "handling", "conditions")
_SUBJECT: Final = ("name", "number", "role", "team", "force")
_BLANK_ITEM: Final = {
    "text": "", "information": "C", "reason": "", "handling": "C", "conditions": CONDITIONS,
}  # fmt: skip
_LINES: Final = ("instruction", "checks", "risk_source", "risk_others")
_SETS: Final = ("categories", "corruption")
PRESENT: Final = ("who", "what", "when", "where", "why", "how")


@dataclass(frozen=True)
class ReportForm:
    """``value`` is a draft as JSON, perhaps not one yet. ``field`` is where ``error`` stands."""

    value: Mapping[str, Any] = field(repr=False)
    field: str = ""
    error: str = ""

    @property
    def report(self) -> Mapping[str, Any]:
        """The report in it."""
        found: Mapping[str, Any] = self.value["report"]
        return found

    @property
    def items(self) -> list[Mapping[str, str]]:
        """The items, and two more to write into."""
        return [*self.report["items"], _BLANK_ITEM, _BLANK_ITEM][:ITEMS]

    @property
    def subjects(self) -> list[Mapping[str, str]]:
        """The people, and one more."""
        return [*self.report["subjects"], dict.fromkeys(_SUBJECT, "")][:MOST_SUBJECTS]


def read_form(form: Form, shown: Draft) -> ReportForm:
    """What was typed. What the form has no field for is as it was in ``shown``."""
    value = shown.to_json()
    report = dict(value["report"])
    report["items"] = [each for each in _rows(form, _ITEM, ITEMS) if each["text"]]
    for each in report["items"]:
        if each["handling"] == Handling.PERMITTED and each["conditions"] == CONDITIONS:
            each["conditions"] = ""  # what is preset is for the other kind
    subjects = _rows(form, _SUBJECT, MOST_SUBJECTS)
    report["subjects"] = [each for each in subjects if any(each.values())]
    report["source"] = form.line("source")
    report.update({each: form.text(each) for each in _LINES})
    report.update({each: sorted(form.chosen(each)) for each in _SETS})
    report["present"] = {each: each in form.chosen("present") for each in PRESENT}
    typed = {"linked": [form.text("linked")], "recipients": form.chosen("recipients")}
    for name, said in typed.items():
        report[name] = sorted({word for each in said for word in each.replace(",", " ").split()})
    day = form.line("not_before") or None
    return ReportForm({**value, "report": report, "pool": form.line("pool"), "not_before": day})


def _rows(form: Form, names: tuple[str, ...], most: int) -> list[dict[str, str]]:
    return [{each: form.text(f"{each}{row}") for each in names} for row in range(most)]


def draft_of(filled: ReportForm) -> Draft:
    """The draft. Raises ``BadReport``, with the place that is wrong."""
    return read_draft(filled.value)


def field_of(error: BadReport) -> str:
    """The field of the form for a place in a draft: ``report.items.0.text`` is ``text0``."""
    parts = error.name.split(".")
    if parts[0] == "report":
        parts = parts[1:] or ["instruction"]
    if parts[0] in ("items", "subjects"):
        row = parts[1] if len(parts) > 1 else "0"
        first = "text" if parts[0] == "items" else "name"
        return (parts[2] if len(parts) > 2 else first) + row
    return parts[0]
