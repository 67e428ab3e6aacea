"""What a screen found: rows by position and reason, never by value; and what was not looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Suspicion:
    """Rows that one check finds suspicious, for one reason."""

    rows: Ints = field(repr=False)
    """Positions in the table, ascending, each once."""
    reason: str
    """Why: check, columns and counts; no value."""


@dataclass(frozen=True)
class CheckMade:
    """One check: made or not, on how many rows, with which power."""

    name: str
    """The check's name in a policy."""
    made: bool
    """Whether it was made at all."""
    rows: int = 0
    """Rows that it judged."""
    suspicious: int = 0
    """Of these, rows that it found suspicious."""
    power: str = ""
    """What it can find on this table, in words; measured on it where that is possible. No count of
    rows: manifest and report quote it, and beside other counts it would tell a small one.
    """
    not_looked_at: tuple[str, ...] = ()
    """What it left out and why, in words; no value, and no count of rows."""
    notes: tuple[str, ...] = ()
    """What it saw that is no fault of single rows."""


@dataclass(frozen=True)
class Found:
    """The result of one check."""

    made: CheckMade
    suspicions: tuple[Suspicion, ...] = ()
    drifted: int = 0
    """Columns whose shares have moved."""


def not_made(name: str, *why: str) -> Found:
    """Return the result of a check that was not made."""
    return Found(CheckMade(name, False, not_looked_at=why))


def found(
    name: str,
    suspicions: Sequence[Suspicion],
    rows: int,
    power: str,
    not_looked_at: Sequence[str] = (),
    notes: Sequence[str] = (),
    drifted: int = 0,
) -> Found:
    """Return the result of a check that judged ``rows`` rows."""
    there = tuple(one for one in suspicions if len(one.rows))
    count = len(np.unique(np.concatenate([one.rows for one in there]))) if there else 0
    made = CheckMade(name, True, rows, count, power, tuple(not_looked_at), tuple(notes))
    return Found(made, there, drifted)


@dataclass(frozen=True)
class Screened:
    """The result of all checks on one table."""

    rows: int
    """Rows of the table."""
    checks: tuple[CheckMade, ...]
    """Every check, made or not."""
    suspicions: tuple[Suspicion, ...] = field(default=(), repr=False)
    """Suspicious rows by reason."""
    drifted: int = 0
    """Columns whose shares moved since the version compared with."""
    unread: tuple[str, ...] = ()
    """Columns, or parts of them, that no check looked at, and why."""
    label_scores: npt.NDArray[np.float32] | None = field(default=None, repr=False)
    """Per row how unlikely its label is, 0 to 1, NaN where not judged; None if not judged."""

    @property
    def suspicious(self) -> Ints:
        """Return the positions of all suspicious rows, ascending, each once."""
        if not self.suspicions:
            return np.zeros(0, np.int64)
        return np.unique(np.concatenate([one.rows for one in self.suspicions]))

    @property
    def share(self) -> float:
        """Return the share of suspicious rows, 0 to 1."""
        return len(self.suspicious) / self.rows if self.rows else 0.0

    def reasons(self) -> Mapping[int, str]:
        """Return every suspicious row's reasons, joined by semicolons, by position."""
        said: dict[int, list[str]] = {}
        for one in self.suspicions:
            for row in one.rows.tolist():
                said.setdefault(row, []).append(one.reason)
        return {row: "; ".join(said[row]) for row in sorted(said)}

    def not_looked_at(self) -> Iterator[str]:
        """Yield everything that was left out, with the check's name."""
        yield from self.unread
        for check in self.checks:
            for what in check.not_looked_at:
                yield f"{check.name}: {what}"
