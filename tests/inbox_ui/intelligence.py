"""Invented intelligence reports."""

from dataclasses import replace
from datetime import date
from typing import Any

from crypto.documents import Category
from inbox_ui.work.corruption import Corruption
from inbox_ui.work.drafting import begin
from inbox_ui.work.intelligence import (
    CONDITIONS,
    Handling,
    Information,
    Intelligence,
    Item,
    Present,
    Subject,
)

SUBJECT = Subject("Rowan Tait", "DC", "Detective", "Intelligence unit", "Northmarch Constabulary")
TEXT = "Information suggests that vehicle checks are made for money."


def an_item(text: str = TEXT, information: Information = Information.INDIRECT) -> Item:
    return Item(text, information, "", Handling.CONDITIONS, CONDITIONS)


def a_report(**changes: Any) -> Intelligence:
    """A report that may go to the unit ``northmarch-ccu``, with ``changes``."""
    report = replace(
        begin(date(2026, 11, 23), b"\x01" * 32),
        items=(an_item(),),
        subjects=(SUBJECT,),
        categories=(Category.INFLUENCE,),
        corruption=(Corruption.DISCLOSURE,),
        present=Present(who=True, what=True, when=False, where=False, why=True, how=False),
        checks="None.",
        risk_source="A small number of people may know.",
        risk_others="None known.",
        recipients=("northmarch-ccu",),
    )
    return replace(report, **changes)
