"""Samples free-text cells with their originals, in memory only, for the scan of the output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from anonymize.arrow.plain_layouts import plain_batch
from anonymize.detect.columns.leaves import leaves
from anonymize.detect.interface import Scanner
from anonymize.detect.name_models.choose import names_scanner
from anonymize.detect.text.listed import AllowList
from anonymize.gates.names_left import CellPair, NamesLeft, names_left
from anonymize.names import ColumnName
from anonymize.nested.open_close import leaves as leaves_of
from anonymize.nested.path_index import PathIndex
from anonymize.plan.model import Plan
from anonymize.policy import Rule
from anonymize.policy.actions import FreeTextRule, KeepRule
from anonymize.transform.columns import is_text, plain, value_type

CELLS = 500
"""Number of cells per column that are read again, unless the policy asks for fewer or for all."""
CODE_POINTS = 100_000
"""Number of code points per column that are read again, unless the policy asks for all."""


class CellPairs:
    """Sampled cells of the free-text columns in which no name may be left.

    Empty if the plan has no name model, or the policy keeps people's names. Equal input in equal
    batches gives an equal sample. Holds raw values: it stays in the process that reads them.
    """

    def __init__(self, plan: Plan, size: int | None) -> None:
        """Start with an empty sample; ``size`` is the policy's sample size, None for every cell."""
        self._allow: dict[ColumnName, tuple[str, ...]] = {}
        rules = {step.column: step.rule for step in plan.steps}
        index = PathIndex(rules)
        for leaf in (
            leaves_of(plan.output_schema)
            if plan.names and plan.policy.checks.residual != "off"
            else ()
        ):
            rule = next((rules[column] for column in index.covering(leaf.path)), None)
            if is_text(value_type(leaf.type)) and rule is not None and names_must_go(rule):
                self._allow[leaf.path] = (*plan.policy.detect.allow, *getattr(rule, "allow", ()))
        self._size = None if size is None else min(size, CELLS)
        self._names = plan.names
        self._cells: dict[ColumnName, list[tuple[float, CellPair]]] = {
            path: [] for path in self._allow
        }
        self._random = np.random.default_rng(7)

    def add(self, before: pa.RecordBatch, rows: pa.Array, after: pa.RecordBatch) -> None:
        """Add one batch: the batch as read, the positions in it of the published rows, and these
        rows.
        """
        if not self._cells:
            return
        cells = PathIndex(self._cells)
        tops = [name for name in after.schema.names if cells.holds(name) or cells.has_inside(name)]
        wanted = plain_batch(before.select(tops))
        published = wanted if len(rows) == before.num_rows else wanted.take(rows)
        was, now = dict(leaves(published)), dict(leaves(after.select(tops)))
        for path, kept in self._cells.items():
            kept.extend(self._some(plain(was[path]), plain(now[path])))
            if self._size is not None:
                self._cells[path] = sorted(kept, key=lambda pair: pair[0])[: self._size]

    def _some(self, before: pa.Array, after: pa.Array) -> Iterator[tuple[float, CellPair]]:
        """Yield a batch's candidate cells, each with the random number that orders them. The lowest
        numbers of the partition are kept.
        """
        draws = self._random.random(len(after))
        wanted = (
            np.arange(len(after))
            if self._size is None
            else np.sort(np.argsort(draws)[: 2 * self._size])
        )
        taken = pa.array(wanted)
        if len(before) != len(
            after
        ):  # the rule moved list items, so an item's original is not known
            before = after
        for draw, was, now in zip(
            draws[wanted].tolist(),
            before.take(taken).to_pylist(),
            after.take(taken).to_pylist(),
            strict=True,
        ):
            if was and now:
                yield draw, CellPair(str(was), str(now))

    def names_left(self) -> tuple[NamesLeft, ...]:
        """Return, per column, how many sampled cells still hold a name that their original held."""
        if not self._cells or self._names is None:
            return ()
        scanner = names_scanner(self._names)
        return tuple(
            self._read(path, [cell for _, cell in kept], scanner)
            for path, kept in self._cells.items()
        )

    def _read(self, path: ColumnName, cells: Sequence[CellPair], scanner: Scanner) -> NamesLeft:
        if self._size is not None:
            ends = np.cumsum([len(cell.after) for cell in cells])
            cells = cells[: max(1, int(np.searchsorted(ends, CODE_POINTS, "right")))]
        return names_left(path, cells, scanner, AllowList(self._allow[path]))


def names_must_go(rule: Rule) -> bool:
    """Return True if a free-text rule removes names: it neither keeps people nor has ``accept``."""
    if not isinstance(rule, FreeTextRule) or rule.accept is not None:
        return False
    return not isinstance(rule.entities.get("PERSON", rule.entities.get("DEFAULT")), KeepRule)
