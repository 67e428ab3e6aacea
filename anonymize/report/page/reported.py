"""What a privacy report says of a version: its cards' facts, and what only a look at the dataset
tells: the manifest's own digest, who signed it, acts since, charts of its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import pyarrow as pa

from anonymize.dataset.history import Act
from anonymize.dataset.manifest import Manifest
from anonymize.dataset.seal import Seal
from anonymize.privacy.pooled import SMALLEST
from anonymize.report.page.charts import Chart
from anonymize.report.told import Told, ToldColumn

NO_CHARTS = (
    "Not drawn here: rows are encrypted. Who holds the keys draws them with coatcheck report."
)
"""What is said in place of charts where nobody could count."""


@dataclass(frozen=True)
class Reported:
    """A version as its report tells it."""

    told: Told
    """What its cards may say."""
    seal: Seal | None = None
    """Digest and signature of its manifest; None in the report beside the manifest, which the
    manifest lists.
    """
    acts: tuple[Act, ...] = ()
    """Acts on the dataset, as the signed log has them; none beside the manifest."""
    charts: tuple[Chart, ...] = ()
    """Distributions of published columns, by who can read them."""
    charts_say: str = NO_CHARTS
    """Which columns have no chart, and why."""
    unlisted: tuple[str, ...] | None = None
    """Columns and places of the source that the policy does not name; None if their names are not
    told.
    """
    holders: Mapping[str, str] = field(default_factory=dict)
    """Key → who holds it, as whoever made the report says."""

    @classmethod
    def of(cls, manifest: Manifest) -> Self:
        """Return what the report beside a manifest says: nothing that is not in it."""
        return cls(Told(manifest, pa.schema([]), SMALLEST))

    @property
    def limit(self) -> int:
        """The number below which a count is not told: k, or 10 without a ``privacy:`` block."""
        return self.told.k

    def counted(self, number: int) -> str:
        """Return a count of rows, cells or people in words."""
        if not number:
            return "none"
        return f"{number:,}" if number > self.limit else f"{self.limit:,} or fewer"

    @cached_property
    def lines(self) -> Mapping[str, Mapping[str, object]]:
        """Column or place → its line of the plan."""
        return {str(line["column"]): line for line in self.told.manifest.plan or ()}

    @cached_property
    def published(self) -> tuple[str, ...]:
        """Names of the published columns; places inside them have no type of their own."""
        facts = self.told.manifest.columns.items()
        return tuple(name for name, one in facts if one.type is not None)

    @cached_property
    def personal(self) -> tuple[ToldColumn, ...]:
        """Published columns and places in whose source detection found personal data."""
        return tuple(one for one in self.told.columns if one.found)

    @cached_property
    def untold(self) -> tuple[ToldColumn, ...]:
        """Those of which it is not told what was found: restricted, or nested."""
        return tuple(one for one in self.told.columns if not one.sure)

    @property
    def title(self) -> str:
        """The report's title."""
        made = self.told.manifest
        return f"Privacy report: {made.dataset}, version {made.version}"
