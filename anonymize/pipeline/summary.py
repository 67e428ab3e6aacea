"""The summary of a run: exact counts for the owner, rounded ones for everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from anonymize.dataset import RowCounts
from anonymize.dataset.facts import ColumnFacts, PrivacyFacts, ResidualFacts
from anonymize.dataset.owner import published_columns, published_residual, published_rows
from anonymize.pipeline.results import emptied_values, shut_columns, small_count
from anonymize.policy import Policy


@dataclass(frozen=True)
class RunSummary:
    """The result of a run, for its owner: exact counts, no values. `for_anybody` returns a form
    that may go to an orchestrator.
    """

    dataset: str
    """The dataset's name."""
    path: str
    """The dataset's folder."""
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
    """Column → bad values that ``on_bad_value: null`` replaced; columns without any are left
    out.
    """
    columns_out: int
    """Columns published."""
    columns_dropped: int
    """Leaves of the source that are in no output column."""
    order: str
    """``shuffled``, or ``source`` if rows keep the order of the raw data."""
    residual: ResidualFacts | None
    """Findings and sample sizes of the residual scan."""
    not_looked_for: tuple[str, ...]
    """One sentence for each thing that detection left out or did less thoroughly than by default;
    empty if there is none.
    """
    privacy: PrivacyFacts | None
    """k, risk and diversity of the rows written, and whether people or rows were counted; empty
    without a ``privacy:`` block.
    """
    seconds: float
    """Wall seconds of the whole run."""
    parts: int = 1
    """Parts of the source: files, and pieces of large ones."""
    workers: int = 1
    """Processes that worked on them; nothing published depends on it."""

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain data; what was not asked for is an empty mapping."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        residual, privacy = self.residual, self.privacy
        return {
            **plain,
            "residual": residual.model_dump(mode="json") if residual else {},
            "privacy": privacy.model_dump(mode="json") if privacy else {},
        }

    def for_anybody(self, policy: Policy) -> RunSummary:
        """Return the summary with the manifest's precision: small counts are raised to k, and
        details of restricted columns are left out.
        """
        rows = RowCounts(
            written=self.rows_out,
            suppressed=self.suppressed,
            quarantined=self.quarantined,
            filtered=self.filtered,
        )
        published, shut = published_rows(rows, small_count(policy)), shut_columns(policy)
        facts = {n: ColumnFacts(bad_values_nulled=count) for n, count in self.emptied.items()}
        return replace(
            self,
            rows_in=published.read,
            suppressed=published.suppressed,
            quarantined=published.quarantined,
            filtered=published.filtered,
            emptied=emptied_values(published_columns(facts, small_count(policy), shut)),
            residual=published_residual(self.residual, shut),
        )
