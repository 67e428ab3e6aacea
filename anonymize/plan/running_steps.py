"""Runs a plan's steps over the columns of one batch, those that look at nothing else in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.names import ColumnName
from anonymize.nested.open_close import Opened
from anonymize.nested.paths import level_of
from anonymize.plan.aside import Bad, unfit_of
from anonymize.plan.bind.conditional import call
from anonymize.plan.model import Step
from anonymize.process.cores import cores
from anonymize.transform.interface import BadValuesError, Row, RowTransform, Transform

BESIDE_EACH_OTHER = frozenset(
    {
        "keep",
        "redact",
        "mask",
        "constant",
        "null",
        "pseudonymize",
        "encrypt_format",
        "fake",
        "generalize",
    }
)
"""Actions that compute on one column only, so that threads may run them in parallel."""
ROWS_WORTH_A_THREAD = 20_000
"""Minimum rows of a batch for threads. Smaller batches take less time than starting threads."""
MOST_THREADS = 4
"""Maximum number of threads. More columns at once would cost memory and gain little beside reader
and writer.
"""
Invention = Callable[[Opened, "RunningSteps"], Mapping[ColumnName, pa.Array]]
"""Gives other values of some places of a batch as read."""


class RunningSteps:
    """The steps of a plan, each with its transform."""

    def __init__(
        self,
        steps: Sequence[Step],
        transforms: Mapping[ColumnName, Transform | RowTransform],
    ) -> None:
        """Take the steps in the order in which they may read each other's results."""
        self._steps, self._transforms = steps, transforms
        self._levels = {step.column: step.level for step in steps}

    def results(
        self, opened: Opened, only: set[ColumnName] | None = None
    ) -> tuple[dict[ColumnName, pa.Array], list[Bad]]:
        """Return every step's result and its bad values; ``only`` limits this to the named columns
        and those they read.
        """
        wanted = [
            s for s in self._steps if only is None or s.column in only or self._read_by(s, only)
        ]
        alone = [
            step for step in wanted if not step.reads and step.rule.action in BESIDE_EACH_OTHER
        ]
        results: dict[ColumnName, pa.Array] = {}
        bad = unfit_of(opened)
        for step, done in zip(alone, self._side_by_side(alone, opened), strict=True):
            results[step.column] = self._noted(step, done, opened, bad)
        for step in wanted:
            if step.column not in results:
                results[step.column] = self._noted(
                    step, self._done(step, opened, results), opened, bad
                )
        return results, bad

    def _side_by_side(
        self, steps: Sequence[Step], opened: Opened
    ) -> Iterable[pa.Array | BadValuesError]:
        """Return the results of steps that read only their own column, computed in parallel on the
        available cores.
        """
        if opened.rows < ROWS_WORTH_A_THREAD or len(steps) < 2:
            return [self._done(step, opened, {}) for step in steps]
        with ThreadPoolExecutor(min(MOST_THREADS, cores()), "coatcheck-column") as pool:
            return list(pool.map(lambda step: self._done(step, opened, {}), steps))

    def _read_by(self, step: Step, only: set[ColumnName]) -> bool:
        return any(step.column in other.reads for other in self._steps if other.column in only)

    def _done(
        self, step: Step, opened: Opened, results: Mapping[ColumnName, pa.Array]
    ) -> pa.Array | BadValuesError:
        """Return a step's result, or the error that carries the result if some values are bad."""
        try:
            row = self.row(step, opened, results)
            return call(self._transforms[step.column], opened.columns[step.column], row)
        except BadValuesError as error:
            return error

    def _noted(
        self, step: Step, done: pa.Array | BadValuesError, opened: Opened, bad: list[Bad]
    ) -> pa.Array:
        """Return a step's values; record the rows with bad values in ``bad``."""
        if not isinstance(done, BadValuesError):
            return done
        positions = pc.indices_nonzero(done.where)
        bad.append(Bad(step.column, opened.to_rows(positions, step.level), done.why))
        return done.values

    def row(self, step: Step, opened: Opened, results: Mapping[ColumnName, pa.Array]) -> Row:
        """Return the columns that a step reads, aligned with its own values."""
        before, after = {}, {}
        for name in step.reads:
            level = self._levels.get(name, level_of(name))
            before[name] = opened.aligned(name, level, step.level)
            if name in results:
                done = replace(opened, columns={name: results[name]})
                after[name] = done.aligned(name, level, step.level)
        return Row(before, after)
