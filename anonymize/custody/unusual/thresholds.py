"""What counts as unusual: the rules, and the numbers that they compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from anonymize.errors import ArgumentError

Rule = Literal["new actor", "burst", "odd hour", "bulk", "first use of a key", "revoked key"]
RULES: tuple[Rule, ...] = Rule.__args__  # type: ignore[attr-defined]
"""In the order in which they are told."""


@dataclass(frozen=True)
class Thresholds:
    """Numbers that the rules compare with; all whole, and at least 1."""

    history: int = 20
    """Earlier acts of a kind that an actor (for *new actor*: all actors) needs before their habit
    is judged.
    """
    days: int = 5
    """Different days on which these acts were."""
    factor: int = 3
    """How many times an actor's largest so far is a burst, or bulk."""
    per_hour: int = 10
    """Acts within 60 minutes below which nothing is a burst."""
    values: int = 100
    """Values of one reveal below which it is not bulk."""
    most_per_hour: int = 200
    """Acts within 60 minutes that are a burst whatever the habit, with no history too."""
    most_values: int = 1000
    """Values of one reveal that are bulk whatever the habit, with no history too."""
    near_hours: int = 1
    """How many hours before and after an hour that an actor is used to are usual, too."""

    def __post_init__(self) -> None:
        """Refuse numbers by which nothing, or everything, would be unusual.

        Raises:
            ArgumentError: one is no whole number of at least 1, or ``near_hours`` is above 11.
        """
        for field in fields(self):
            said = getattr(self, field.name)
            if type(said) is not int or said < 1:
                raise ArgumentError("is a whole number, at least 1", place=field.name)
        if self.near_hours > 11:
            raise ArgumentError("is at most 11: beyond, no hour is odd", place="near_hours")

    @classmethod
    def of(cls, said: Mapping[str, int]) -> Thresholds:
        """Return thresholds of which some are given by name.

        Raises:
            ArgumentError: a name is none of theirs, or see above.
        """
        known = [field.name for field in fields(cls)]
        if unknown := sorted(set(said) - set(known)):
            what = f"there is no {unknown[0]}; there are {', '.join(known)}"
            raise ArgumentError(what, place="thresholds")
        return cls(**said)
