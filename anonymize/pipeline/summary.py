"""What a run did: exact for its owner, and as anybody may read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from anonymize.dataset import RowCounts
from anonymize.dataset.owner import told_columns, told_residual, told_rows
from anonymize.pipeline.results import emptied_values, shut_columns, small_count
from anonymize.policy import Policy


@dataclass(frozen=True)
class RunSummary:
    """What a run did, for its owner: no value, but exact counts; `for_anybody` is fit for an
    orchestrator.
    """

    dataset: str
    """The dataset's name."""
    path: str
    """Its folder."""
    version: int
    """The version published."""
    rows_in: int
    """Rows read."""
    rows_out: int
    """Rows published."""
    filtered: int
    """Rows that ``where`` left out."""
    suppressed: int
    """Rows in equivalence classes below k."""
    quarantined: int
    """Rows set aside because of a bad value."""
    emptied: Mapping[str, int]
    """Column → bad values that ``on_bad_value: null`` emptied; those without any are not named."""
    columns_out: int
    """Columns published."""
    columns_dropped: int
    """Leaves of the source that no output holds."""
    order: str
    """shuffled, or source: rows stand where they stood in the raw data."""
    residual: Mapping[str, Any]
    """Findings of the residual scan and how hard it looked."""
    not_looked_for: tuple[str, ...]
    """What detection left out or did less than by default, a sentence each; empty where it did
    everything.
    """
    privacy: Mapping[str, Any]
    """k, risk and diversity of the rows written, and what was counted; empty where the policy asks
    for none.
    """
    seconds: float
    """Wall seconds of the whole run."""

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain data."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def for_anybody(self, policy: Policy) -> RunSummary:
        """Return the summary as the manifest tells it: small counts raised, of restricted columns
        nothing seen.
        """
        rows = RowCounts(
            written=self.rows_out,
            suppressed=self.suppressed,
            quarantined=self.quarantined,
            filtered=self.filtered,
        )
        told, shut = told_rows(rows, small_count(policy)), shut_columns(policy)
        counts = {name: {"bad_values_nulled": count} for name, count in self.emptied.items()}
        return replace(
            self,
            rows_in=told.read,
            suppressed=told.suppressed,
            quarantined=told.quarantined,
            filtered=told.filtered,
            emptied=emptied_values(told_columns(counts, small_count(policy), shut)),
            residual=told_residual(self.residual, shut),
        )
