"""The policy's block ``expect:``: what its source promises."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from anonymize.names import ColumnName
from anonymize.policy.actions import StrictModel

Bound = int | float | date | datetime


class ColumnContract(StrictModel):
    """What one column of the source promises."""

    type: str | None = None
    """string, integer, float, boolean, date, timestamp or instant; by default any."""
    nulls: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Maximum share of the rows without a value, 0 to 1."""
    min: Bound | None = None
    """Smallest value allowed: a number, a date or a time."""
    max: Bound | None = None
    """Largest value allowed."""
    values: tuple[bool | int | str, ...] = ()
    """All values allowed; empty for any."""
    matches: Annotated[str, Field(min_length=1)] | None = None
    """Regular expression (RE2) that a whole text matches."""

    @model_validator(mode="after")
    def _in_order(self) -> ColumnContract:
        """Refuse bounds that no value can meet."""
        if self.min is not None and self.max is not None:
            if isinstance(self.min, date) != isinstance(self.max, date):
                raise ValueError("min and max are of different kinds")
            if self.min > self.max:  # type: ignore[operator]
                raise ValueError("min is larger than max")
        return self

    @property
    def checks_values(self) -> bool:
        """Return whether single values are checked, not only the type and the nulls."""
        return bool(self.values or self.matches) or self.min is not None or self.max is not None


class RowsContract(StrictModel):
    """How many rows the source promises."""

    min: Annotated[int, Field(ge=0)] | None = None
    """Smallest number of rows."""
    max: Annotated[int, Field(ge=0)] | None = None
    """Largest number of rows."""


class ContractSpec(StrictModel):
    """What the source promises. What it does not hold to is called drift."""

    columns: dict[ColumnName, ColumnContract] = Field(default_factory=dict)
    """Top-level columns that the source must have, and what each promises."""
    others: Literal["allow", "refuse"] = "allow"
    """Whether the source may have columns that are neither here nor under the policy's
    ``columns:``.
    """
    rows: RowsContract = RowsContract()
    """How many rows there must be, before ``rows.where``."""
    on_drift: Literal["refuse", "quarantine"] = "refuse"
    """What a value outside its contract does: refuse stops the run at once, quarantine sets the row
    aside, up to ``rows.max_quarantined``. Missing columns, other types, nulls and the number of
    rows always stop it.
    """

    @property
    def read_columns(self) -> frozenset[ColumnName]:
        """Return the columns of which more is promised than their type, so that they are read."""
        return frozenset(
            name for name, one in self.columns.items() if one.checks_values or one.nulls < 1
        )
