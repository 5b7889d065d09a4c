"""What ``check`` finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not what it says: the thing's kind and number, and what is wrong."""

    kind: str
    number: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.kind} {self.number}: {self.wrong}"
