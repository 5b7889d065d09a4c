"""The twelve categories of counter-corruption."""

from enum import StrEnum


class Corruption(StrEnum):
    """The twelve categories of counter-corruption (HMICFRS 2022, after the APP)."""

    INFILTRATION = "infiltration"
    DISCLOSURE = "disclosure"
    PERVERTING = "perverting justice"
    SEXUAL = "sexual misconduct"
    DRUGS = "drugs"
    THEFT = "theft and fraud"
    SYSTEMS = "misusing systems"
    AUTHORITY = "abuse of authority"
    ASSOCIATION = "inappropriate association"
    VULNERABILITY = "vulnerability"
    ASSISTING = "assisting an offender"
    OTHER = "other"
