"""Makes a plan for rows that an engine holds: detection reads a sample of them on the driver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from anonymize.errors import PlanError
from anonymize.io.spread import MOST_ROWS, SpreadRows
from anonymize.keys import Keyring, open_keyring
from anonymize.pipeline.forgotten import with_forgotten
from anonymize.pipeline.opening import refuse_persons_for_names
from anonymize.pipeline.prepare import plan_source, rule_keys
from anonymize.plan import Plan
from anonymize.plan.screened import UNSCREENED
from anonymize.policy import Policy, as_policy
from anonymize.policy.addresses import address_of

if TYPE_CHECKING:
    from anonymize.io import Source

SEED = 20_240_229
"""Seed of the engines' samples: equal rows in equal partitions give an equal plan."""
Take = Callable[[Sequence[str] | None, float], Iterable[pa.RecordBatch]]
"""Returns rows of the engine, on the driver: of all columns, or of those in which one of the named
ones has a value; about this share of them.
"""


class SampledRows(SpreadRows):
    """Rows that an engine chose from all over a source of ``total_rows``."""

    def __init__(self, schema: pa.Schema, batches: Iterable[pa.RecordBatch], total: int) -> None:
        """Take the chosen rows."""
        super().__init__(schema)
        for batch in batches:
            self.add(batch)
        self._left_out = total > self.total_rows
        self.total_rows = max(total, self.total_rows)

    @property
    def whole(self) -> bool:
        """Return True if every row is kept."""
        return super().whole and not self._left_out


@dataclass(frozen=True)
class EngineRows:
    """The part of a source that planning asks for, of rows in an engine."""

    format: str
    """The engine's name."""
    schema: pa.Schema
    """The columns, in Arrow's types."""
    total: int
    """Number of rows."""
    take: Take

    @property
    def path(self) -> str:
        """What errors call the rows."""
        return self.format

    def spread(self) -> SampledRows:
        """Return rows from all over."""
        share = min(1.0, MOST_ROWS / max(1, self.total))
        return SampledRows(self.schema, self.take(None, share), self.total)

    def batches(self, names: Sequence[str]) -> Iterable[pa.RecordBatch]:
        """Return rows in which one of these columns, which have few values, has one."""
        share = min(1.0, 50 * MOST_ROWS / max(1, self.total))
        return self.take(names, share)


def planned(
    policy: Policy | str | PathLike[str], rows: EngineRows, keyring: Keyring | str | None
) -> Plan:
    """Return the plan of ``policy`` for ``rows``.

    Raises:
        AnonymizeError: as ``plan_source``; or columns are called like people.
    """
    loaded = as_policy(policy)
    if loaded.screen is not None:
        raise PlanError(UNSCREENED, place=loaded.place("screen"))
    refuse_persons_for_names(rows.schema, rows.format)
    opened = open_keyring(keyring) if keyring is not None or rule_keys(loaded) else None
    plan = plan_source(loaded, cast("Source", rows), opened)
    if opened is None or address_of(loaded.sink.path) is not None:  # nothing publishes it
        return plan
    return with_forgotten(plan, opened)
