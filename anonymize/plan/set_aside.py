"""Rows that a screen of the whole table sets aside: known by number before the first is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class RowsOfFile:
    """Rows of one file."""

    rows: npt.NDArray[np.int64] = field(repr=False)
    """Their numbers in the file, from 1, ascending."""
    why: tuple[str, ...] = field(repr=False)
    """The reason of each; no value."""


@dataclass(frozen=True)
class SetAside:
    """What a screen sets aside, by file."""

    files: Mapping[str, RowsOfFile] = field(default_factory=dict)
    """By the file's name; empty if the screen sets nothing aside."""
    told: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What the manifest tells of the screen, as plain data; empty if none was made."""

    def digest(self, name: str, first_row: int, rows: int) -> str:
        """Return a digest of the rows of one part; empty if there are none.

        Args:
            name: The file's name.
            first_row: Rows of the file before the part's.
            rows: Rows of the part.
        """
        found = self.files.get(name)
        if found is None:
            return ""
        low, high = np.searchsorted(found.rows, [first_row + 1, first_row + rows + 1])
        return digest_of(found.rows[low:high] - first_row)

    def __str__(self) -> str:
        """Return a digest of all of them, for comparison."""
        return "|".join(f"{name}:{digest_of(one.rows)}" for name, one in self.files.items())


def digest_of(rows: npt.NDArray[np.int64]) -> str:
    """Return a digest of row numbers; empty for none."""
    data = np.ascontiguousarray(rows, "<i8").tobytes()
    return hashlib.sha256(data).hexdigest() if data else ""
