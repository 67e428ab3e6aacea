"""The block ``privacy:`` as a frozen model."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from anonymize.names import ColumnName
from anonymize.policy.actions import StrictModel


class PrivacySpec(StrictModel):
    """k-anonymity of the output: every combination of quasi-identifiers is shared by k people, or
    is suppressed.

    People are distinct values of ``subject:``; without it rows are counted, and plan, summary and
    manifest state this.
    """

    quasi_identifiers: Annotated[tuple[ColumnName, ...], Field(min_length=1)]
    """Output columns that could be linked with outside knowledge; equal rows must get equal values
    in them.
    """
    sensitive: tuple[ColumnName, ...] = ()
    """Output columns that nobody should learn about a person: their diversity is measured and
    stated, not enforced.
    """
    k: Annotated[int, Field(ge=2)] = 5
    """Minimum number of people (rows, without subject:) in an equivalence class; smaller classes
    are suppressed.
    """
    max_suppressed: Annotated[float, Field(ge=0, le=1)] = 0.02
    """Maximum share of rows that may be suppressed, 0 to 1; above it nothing is published."""

    @model_validator(mode="after")
    def _apart(self) -> PrivacySpec:
        """Refuse a column that is both."""
        both = sorted(set(self.quasi_identifiers) & set(self.sensitive))
        if both:
            raise ValueError(f"{', '.join(both)}: either a quasi-identifier or sensitive, not both")
        return self
