"""Numbers as people write them: with a decimal comma, or with separators of thousands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SPACES = " \u00a0\u202f"
SEPARATORS = f".,'\u2019{SPACES}"
"""Characters that may separate thousands."""
ENOUGH = 0.95
"""Minimum share of a column's values that must be numbers of one writing to be evidence for it."""


@dataclass(frozen=True)
class Numbers:
    """How numbers are written in a text file."""

    decimal: str = "."
    thousands: str = ""
    """What separates groups of three digits; empty for nothing. A space means any kind of it."""

    @property
    def plain(self) -> bool:
        """Return True if numbers are written as programs write them."""
        return self.decimal == "." and not self.thousands

    def plainly(self, values: pa.StringArray) -> tuple[pa.StringArray, np.ndarray]:
        """Return ``values`` with each number as programs write it, and the positions of the values
        that are no number of this writing, which do not change.
        """
        fits = pc.match_substring_regex(values, self._pattern()).fill_null(True)
        plain = values
        for mark in self._marks():
            plain = pc.replace_substring(plain, mark, "")
        plain = pc.replace_substring(plain, self.decimal, ".") if self.decimal != "." else plain
        others = np.flatnonzero(~np.asarray(fits.to_numpy(zero_copy_only=False)))
        return (plain if not len(others) else pc.if_else(fits, plain, values)), others

    def _marks(self) -> str:
        return SPACES if self.thousands in SPACES and self.thousands else self.thousands

    def _pattern(self) -> str:
        whole = "[0-9]+"
        if self.thousands:
            marks = f"[{re.escape(self._marks())}]"
            whole = f"(?:[0-9]+|[0-9]{{1,3}}(?:{marks}[0-9]{{3}})+)"
        return f"^[-+]?{whole}?(?:{re.escape(self.decimal)}[0-9]*)?(?:[eE][-+]?[0-9]+)?$"


FEW = 5
"""Fewest numbers of which a guess is made."""
_DECIMAL_POINT = r"^[-+]?(?:[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|0\.[0-9]+|[0-9]{4,}\.[0-9]+)$"
_GROUPED = r"^[-+]?(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]{1,3})$"


def writing_of(columns: Sequence[pa.StringArray]) -> Numbers | None:
    """Return how the numbers of text columns are written, if some of them prove it and none the
    opposite; None if they are plain or prove nothing.

    ``1,5`` proves a decimal comma and ``1.234,5`` also the point between thousands; ``1,234``
    proves nothing by itself, because it is written so in both ways.
    """
    commas = points = False
    thousands: set[str] = set()
    for values in columns:
        values = values.drop_null()
        if not len(values):
            continue
        for decimal in ",.":
            others = "".join(c for c in SEPARATORS if c != decimal)
            group = f"[{re.escape(others)}]"
            loose = f"^[-+]?(?:[0-9]+|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+)({decimal_of(decimal)})?$"
            if pc.mean(pc.match_substring_regex(values, loose).cast("int8")).as_py() < ENOUGH:
                continue
            marked = f"^[-+]?[0-9]{{1,3}}(?:{group}[0-9]{{3}})+{decimal_of(decimal)}$"
            both = values.filter(pc.match_substring_regex(values, marked))
            single = f"^[-+]?(?:[0-9]+{decimal_of(decimal, '(?:[0-9]{1,2}|[0-9]{4,})')}|0{decimal_of(decimal)})$"  # noqa: E501
            proved = len(both) or pc.any(pc.match_substring_regex(values, single)).as_py()
            if proved:
                commas, points = commas or decimal == ",", points or decimal == "."
                thousands |= {c for text in both[:1000].to_pylist() for c in text if c in others}
    thousands = {" " if c in SPACES else c for c in thousands}
    if commas == points or len(thousands) > 1:
        return None
    found = Numbers("," if commas else ".", thousands.pop() if thousands else "")
    return None if found.plain else found


def only_thousands(columns: Sequence[pa.StringArray]) -> bool:
    """Return whether a point can only stand between thousands: a column has three digits behind
    each point (``2.070``), and no column has another number of them.
    """
    grouped = False
    for values in map(pa.StringArray.drop_null, columns):
        if pc.any(pc.match_substring_regex(values, _DECIMAL_POINT)).as_py():
            return False
        if len(values) >= FEW and pc.any(pc.match_substring(values, ".")).as_py():
            grouped |= bool(pc.all(pc.match_substring_regex(values, _GROUPED)).as_py())
    return grouped


def decimal_of(decimal: str, digits: str = "[0-9]+") -> str:
    """Return the pattern of a decimal mark and what follows it."""
    return f"{re.escape(decimal)}{digits}"
