"""What manifest and summary tell of the integrity screen: counts and reasons, never values."""

from __future__ import annotations

from anonymize.dataset.frozen_model import FrozenModel


class ScreenCheckFacts(FrozenModel):
    """One check of the integrity screen."""

    name: str
    """Its name in a policy."""
    made: bool
    """Whether it was made."""
    rows: int = 0
    """Rows that it judged."""
    suspicious: int = 0
    """Of these, rows that it found suspicious."""
    power: str = ""
    """What it can find on this table, in a sentence."""
    not_looked_at: tuple[str, ...] = ()
    """What it left out, and why."""


class ScreenFacts(FrozenModel):
    """The integrity screen: what was examined for attacks on training, and what was found."""

    label: str | None = None
    """The column that a model learns, or nothing if none was named."""
    on: str = "refuse"
    """What becomes of suspicious rows."""
    most: float = 0.0
    """The share of the rows that may be suspicious."""
    rows: int = 0
    """Rows examined: those of the source that the policy's filter takes; in a manifest the sum of
    its counts of rows published, suppressed and set aside.
    """
    suspicious: int = 0
    """Rows that some check found suspicious."""
    columns: tuple[str, ...] = ()
    """Source columns whose values were examined, before any rule was applied."""
    compared_with: str = ""
    """The version that shares were compared with."""
    drifted: int = 0
    """Columns whose shares moved since."""
    not_looked_at: tuple[str, ...] = ()
    """Columns, or parts of them, that no check looked at, and why."""
    checks: tuple[ScreenCheckFacts, ...] = ()
    """Every check, made or not."""
