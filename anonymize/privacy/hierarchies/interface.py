"""What a hierarchy is, and what is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import pyarrow as pa

from anonymize.privacy.coded import CodedColumn

ROOT = "*"
"""Label of the group of everything."""

MOST_LEVELS = 20
"""Levels of a hierarchy at most, the values themselves not counted."""


class ValueHierarchy(Protocol):
    """A way to generalize the values of a column."""

    def coded(self, name: str, values: pa.Array) -> CodedColumn:
        """Return the column ``name`` with its levels.

        Args:
            name: The column's name, for errors and the result.
            values: Its distinct values as they are published, shape (values,), each once, null
                included if there is one. Any scalar type but bytes.

        Level 0 has the values in the order given. Every group lies in one group of the next level.
        Null is a group of its own with the label None up to the last level, which is one group
        ``*`` with loss 1. Labels are Arrow text in a `Texts`.

        Raises:
            PlanError: the hierarchy does not take the type.
            DataError: it does not have some values, and ``unknown`` is ``refuse``.
        """
        ...


class Asked(Protocol):
    """What a policy says of one quasi-identifier; exactly one way is given. Made by the policy's
    model or by `HierarchySpec`.
    """

    @property
    def ranges(self) -> tuple[float, ...] | None:
        """Numbers: widths of bands, each a multiple of the one before."""
        ...

    @property
    def edges(self) -> tuple[tuple[float, ...], ...] | None:
        """Numbers: lower edges of bands, ascending; each list is a part of the one before."""
        ...

    @property
    def top(self) -> float | None:
        """With ranges: this number and larger ones share a band."""
        ...

    @property
    def bottom(self) -> float | None:
        """With ranges: smaller numbers share a band."""
        ...

    @property
    def prefix(self) -> tuple[int, ...] | None:
        """Text: numbers of first characters, descending."""
        ...

    @property
    def width(self) -> int | None:
        """With prefix: characters of a full code; codes read as numbers get their zeros back."""
        ...

    @property
    def postcodes(self) -> str | None:
        """Postcodes of this country, two letters."""
        ...

    @property
    def codes(self) -> Literal["icd10", "naics"] | None:
        """Codes of a classification."""
        ...

    @property
    def dates(self) -> bool:
        """Dates: month, quarter, year, decade."""
        ...

    @property
    def ages(self) -> bool:
        """Ages: bands of 5, 10, 20 and 40 years, 90+ in one."""
        ...

    @property
    def countries(self) -> bool:
        """Countries: sub-region, region."""
        ...

    @property
    def file(self) -> str | None:
        """Path of a hierarchy file."""
        ...

    @property
    def values(self) -> bool:
        """No hierarchy: a value, or everything."""
        ...

    @property
    def unknown(self) -> Literal["refuse", "root"]:
        """What becomes of values that the hierarchy does not have."""
        ...


@dataclass(frozen=True)
class HierarchySpec:
    """What is asked for, in code; fields as in `Asked`."""

    ranges: tuple[float, ...] | None = None
    """Widths of bands."""
    edges: tuple[tuple[float, ...], ...] | None = None
    """Lower edges of bands, a list per level."""
    top: float | None = None
    """Numbers from here on share a band."""
    bottom: float | None = None
    """Numbers below share a band."""
    prefix: tuple[int, ...] | None = None
    """Numbers of first characters."""
    width: int | None = None
    """Characters of a full code."""
    postcodes: str | None = None
    """A country's two letters."""
    codes: Literal["icd10", "naics"] | None = None
    """A classification."""
    dates: bool = False
    """Dates."""
    ages: bool = False
    """Ages."""
    countries: bool = False
    """Countries."""
    file: str | None = None
    """Path of a hierarchy file."""
    values: bool = False
    """A value, or everything."""
    unknown: Literal["refuse", "root"] = "refuse"
    """refuse: an error counts them; root: each stays by itself up to the last level."""
