"""The policy's block ``screen:``: rows are examined for attacks on training before publication."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from anonymize.names import ColumnName
from anonymize.policy.actions import StrictModel

Check = Literal["labels", "duplicates", "triggers", "spectral", "outliers", "drift", "origins"]
"""One kind of examination."""
CHECKS: tuple[Check, ...] = get_args(Check)
"""All of them, in the order in which they are made."""


class ScreenSpec(StrictModel):
    """What is examined, and what becomes of suspicious rows."""

    label: ColumnName | None = None
    """Source column that a model learns; without it the checks that need one are not made, and the
    report says so.
    """
    on: Literal["refuse", "quarantine", "report"] = "refuse"
    """refuse publishes nothing if more than ``most`` of the rows are suspicious, report publishes
    and states it; both publish the rows as they are. quarantine sets suspicious rows aside, and
    publishes nothing if they are more than ``most``.
    """
    most: Annotated[float, Field(ge=0, le=1)] = 0.05
    """Maximum share of the rows examined that may be suspicious, 0 to 1."""
    columns: tuple[ColumnName, ...] = ()
    """Source columns that are examined; by default those that are published."""
    by: tuple[ColumnName, ...] = ()
    """Columns that say where or when a row comes from: each group's share of suspicious rows is
    compared with that of the others.
    """
    against: str | None = None
    """Folder of a dataset whose current version shares are compared with; by default the sink's."""
    drift: Literal["report", "refuse"] = "report"
    """If shares have moved since that version: state it, or publish nothing."""
    without: tuple[Check, ...] = ()
    """Checks that are not made; the report says so."""
