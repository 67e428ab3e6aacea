"""What every match of a pattern must contain: so a text without it has no match."""

from __future__ import annotations

from dataclasses import dataclass, field
from re import _constants as sre  # type: ignore[attr-defined]
from typing import Any


@dataclass(frozen=True)
class Needs:
    """What every match contains: so a text without it has no match."""

    length: int = 0
    """Code points at least."""
    digits: int = 0
    """Decimal digits at least, of any script."""
    marks: frozenset[str] = field(default_factory=frozenset)
    """ASCII characters that are neither letters nor digits, all of them required."""

    def __add__(self, other: Needs) -> Needs:
        """Return the needs of two parts in a row."""
        return Needs(
            self.length + other.length, self.digits + other.digits, self.marks | other.marks
        )

    def __or__(self, other: Needs) -> Needs:
        """Return the needs of one part or the other."""
        return Needs(
            min(self.length, other.length), min(self.digits, other.digits), self.marks & other.marks
        )

    def at_least(self, other: Needs) -> Needs:
        """Return the needs of two parts that may share their place."""
        return Needs(
            max(self.length, other.length), max(self.digits, other.digits), self.marks | other.marks
        )

    def __mul__(self, times: int) -> Needs:
        """Return the needs of a part repeated; none at all for no repeat."""
        return Needs(self.length * times, self.digits * times, self.marks) if times else Needs()


class NeedsReader:
    """Reads what every match must contain."""

    def __init__(self, flags: int) -> None:
        self.flags = flags

    def needs(self, items: Any) -> Needs:
        """Return the needs of a sequence; what it looks ahead for must be there too, if perhaps in
        the same place.
        """
        total, ahead = Needs(), Needs()
        for op, value in items:
            if op is sre.ASSERT and value[0] > 0:
                ahead = ahead.at_least(self.needs(value[1]))
            else:
                total = total + self._node(op, value)
        return total.at_least(ahead)

    def _node(self, op: Any, value: Any) -> Needs:
        if op is sre.LITERAL:
            char = chr(value)
            mark = char.isascii() and not char.isalnum()
            return Needs(1, int(char.isdecimal()), frozenset(char) if mark else frozenset())
        if op is sre.IN:
            return Needs(1, int(all(_only_digits(*item) for item in value)), frozenset())
        if op in (sre.NOT_LITERAL, sre.ANY):
            return Needs(1)
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            return self.needs(value[2]) * int(value[0])
        if op is sre.SUBPATTERN:
            return self.needs(value[3])
        if op is sre.ATOMIC_GROUP:
            return self.needs(value)
        if op is sre.BRANCH:
            branches = [self.needs(branch) for branch in value[1]]
            found = branches[0]
            for branch in branches[1:]:
                found = found | branch
            return found
        return Needs()


def _only_digits(op: Any, value: Any) -> bool:
    if op is sre.LITERAL:
        return chr(value).isdecimal()
    if op is sre.RANGE:
        return all(chr(c).isdecimal() for c in value)
    return op is sre.CATEGORY and value is sre.CATEGORY_DIGIT
