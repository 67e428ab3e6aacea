"""A plan with the keys and detectors of this process: measures and applies batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.arguments import checked
from anonymize.arrow.plain_layouts import plain_batch
from anonymize.errors import PlanError
from anonymize.keys import Keyring, PurposeKey
from anonymize.names import ColumnName
from anonymize.nested.open_close import Opened, close_batch, open_batch
from anonymize.plan.aside import Bad, counts_of, quarantined, refuse_bad, unfit_of, whole_rows
from anonymize.plan.batches import check_batch, without_unused
from anonymize.plan.bind.build import build
from anonymize.plan.bind.context import BoundContext, facts_domain
from anonymize.plan.bind.filters import columns_in, filter_mask
from anonymize.plan.bind.pinned_pools import check_pools
from anonymize.plan.classes import Classes
from anonymize.plan.contract import accepted_drift, nulls_in, value_drift
from anonymize.plan.facts import Partial, SealedFacts, added_up, check_of, facts_key
from anonymize.plan.left_out import without_forgotten
from anonymize.plan.model import UNFITTED, Applied, Plan, Step
from anonymize.plan.rule_values import blanks_are_missing
from anonymize.plan.running_steps import Invention, RunningSteps
from anonymize.plan.screened import screened_rows
from anonymize.privacy import ClassCounts
from anonymize.process.core_files import no_core_files
from anonymize.process.foreign_code import quoting_nothing
from anonymize.transform.first_pass import UnfitError, Unfitted
from anonymize.transform.interface import RowTransform, Transform
from anonymize.vault import TokenVault


class PlanWithKeys:
    """A plan with an open keyring. Holds secrets, so it has no detailed repr and cannot be
    pickled.
    """

    @checked
    def __init__(
        self,
        plan: Plan,
        keyring: Keyring | None,
        vault: TokenVault | None = None,
        file: str = "",
    ) -> None:
        """Make the transform of every step; raises KeysError if the keyring lacks a key version
        that the plan names. All rows are of the ``file`` of that name, which a screen knows.
        """
        self.plan = plan
        self._keyring, self._vault, self._file = keyring, vault, file

    def __repr__(self) -> str:
        """Return the dataset's name only."""
        return f"PlanWithKeys({self.plan.policy.dataset})"

    def __reduce__(self) -> Any:
        """Refuse pickling, because keys must not leave the process; pickle the plan instead."""
        raise TypeError(
            "a bound plan holds keys and is not pickled; send the plan and bind it there"
        )

    @cached_property
    def _transforms(self) -> Mapping[ColumnName, Transform | RowTransform]:
        check_pools(self.plan.pools)
        return {step.column: self._transform(step) for step in self.plan.steps}

    @cached_property
    def _running(self) -> RunningSteps:
        return RunningSteps(self.plan.steps, self._transforms)

    def _transform(self, step: Step) -> Transform | RowTransform:
        transform = build(
            step.rule,
            step.column,
            step.input_type,
            BoundContext(self.plan, self._keyring, self._vault),
        )
        if transform is None:
            raise AssertionError("drop leaves no step")
        if step.fits and self.plan.fitted is not None:
            unfitted = cast("Unfitted", transform)
            sealed = self.plan.fitted.facts[step.column]
            try:
                return unfitted.fitted(sealed.opened(self._facts_key, step.column, unfitted.facts))
            except UnfitError as error:
                raise PlanError(
                    str(error), place=self.plan.policy.place(f"columns.{step.column}")
                ) from None
        return transform

    @cached_property
    def _facts_key(self) -> PurposeKey:
        key = facts_key(self._keyring, self.plan.facts_key, facts_domain(self.plan))
        if self.plan.fitted is not None:
            self.plan.fitted.check(key)
        return key

    @checked
    def measure(self, batch: pa.RecordBatch) -> Partial:
        """Return the first pass's result for ``batch``: class sizes, and facts for fitted
        transforms.
        """
        check_batch(self.plan, batch, self.plan.input_columns)
        return self.measure_all([batch])

    @no_core_files()
    @quoting_nothing
    def measure_all(self, batches: Iterable[pa.RecordBatch], first_row: int = 0) -> Partial:
        """Return the first pass's result for all ``batches``. Facts are merged before they are
        encrypted.

        The batches need only the plan's ``measured_columns``; ``first_row`` rows of their file come
        before them.
        """
        classes: ClassCounts | None = None
        facts: dict[ColumnName, list[Any]] = {}
        for batch in batches:
            taken, numbers = self._taken(batch, self.plan.measured_columns)
            screened = screened_rows(self.plan, self._file, pc.add(numbers, first_row + 1))
            first_row += batch.num_rows
            opened = open_batch(taken, self.plan.asked)
            for step in self.plan.steps:
                if step.fits and self.plan.fitted is None:
                    facts.setdefault(step.column, []).append(self._facts(step, opened))
            counted, found = self._classes_to_be(opened, taken, screened)
            classes = classes.merge(counted) if classes and counted else classes or counted
            for name, one in found.items():
                facts.setdefault(name, []).append(one)
        sealed = {
            name: SealedFacts.of(self._facts_key, name, added_up(parts))
            for name, parts in facts.items()
        }
        under = check_of(self._facts_key) if sealed or classes else ""
        return Partial(classes.together() if classes else None, sealed, under)

    def _classes_to_be(
        self, opened: Opened, taken: pa.RecordBatch, screened: list[Bad]
    ) -> tuple[ClassCounts | None, dict[ColumnName, Any]]:
        """Return the classes of the rows that will not be set aside, and the facts that a decision
        about them needs; None in a pass that cannot count them yet.
        """
        if self._of_classes is None or not self.plan.measures_classes:
            return None, {}
        results, bad = self._running.results(opened, self.plan.decides_classes)
        aside = [
            *(bad if self._on_bad == "quarantine" else []),
            *value_drift(self.plan.policy, taken),
            *screened,
        ]
        return self._of_classes.to_be(results, opened, taken, whole_rows(taken.num_rows, aside))

    @cached_property
    def _of_classes(self) -> Classes | None:
        """The classes' counts and fate; None without a ``privacy:`` block."""
        privacy = self.plan.policy.privacy
        return None if privacy is None else Classes(self.plan, privacy, self._facts_key)

    def _facts(self, step: Step, opened: Opened) -> Any:
        """Return the facts that one step's transform gets from a batch."""
        row = self._running.row(step, opened, {})
        return self._transforms[step.column].measure(opened.columns[step.column], row)  # type: ignore[union-attr]

    @checked
    @no_core_files()
    @quoting_nothing
    def apply(self, batch: pa.RecordBatch, first_row: int = 0) -> Applied:
        """Return the sanitized rows of ``batch``, and the outcome of the other rows.

        Args:
            batch: Rows with at least the plan's input columns, by name, of the types that the plan
                was compiled for. Order, other columns, metadata and nullability do not matter, and
                neither do different layouts of equal values.
            first_row: Number of rows of the partition before this batch.

        Raises:
            DataError: a value does not fit its rule and the policy says ``on_bad_value: refuse``.
                Rows are counted from 1 there, as in the quarantine.
            SourceError: the batch's columns are not those the plan was made for.
            PlanError: the plan needs a first pass that it has not had.
        """
        if self.plan.fitted is not None:
            self._facts_key  # noqa: B018 - facts of another key are refused before all else
        if self.plan.needs_first_pass:
            raise PlanError(UNFITTED)
        taken, numbers = self._taken(batch, self.plan.input_columns)
        in_source = pc.add(numbers, first_row + 1)
        screened = screened_rows(self.plan, self._file, in_source)
        opened = open_batch(taken, self.plan.asked)
        results, bad = self._running.results(opened)
        drifted = accepted_drift(self.plan.policy, taken, in_source)
        if self._on_bad == "refuse":
            refuse_bad(bad, in_source)
        aside = [*(bad if self._on_bad == "quarantine" else []), *drifted, *screened]
        whole = whole_rows(taken.num_rows, aside)
        small, published, of_classes = pa.repeat(False, taken.num_rows), results, self._of_classes
        if of_classes is not None:
            small, published = of_classes.fate(results, taken)
        keep = pc.and_not(whole, small)
        written = without_unused(self._closed(taken, published, opened, keep))
        covered, linked = (
            (None, None)
            if of_classes is None
            else of_classes.held(written, results, opened, keep, self._keyring)
        )
        return Applied(
            batch=written,
            rows=numbers.filter(keep),
            quarantined=quarantined(aside, in_source),
            rows_in=batch.num_rows,
            filtered=batch.num_rows - taken.num_rows,
            suppressed=pc.sum(pc.and_(small, whole)).as_py() or 0,
            nulled=counts_of(bad) if self._on_bad == "null" else {},
            missing=self._missing(opened, results, bad),
            classes=None
            if of_classes is None
            else of_classes.written(written, results, opened, keep),
            source_nulls=nulls_in(self.plan.policy, taken),
            covered=covered,
            linked=linked,
        )

    def sealed(self, name: ColumnName, facts: Any) -> SealedFacts:
        """Return facts about written rows, encrypted under the key of the run's first pass."""
        return SealedFacts.of(self._facts_key, name, facts)

    def _missing(
        self, opened: Opened, results: Mapping[ColumnName, pa.Array], bad: list[Bad]
    ) -> dict[ColumnName, int]:
        """Return, per column, the number of values that are present and read as missing."""
        missing, wrong = Counter[ColumnName](), counts_of(bad)
        for step in self.plan.steps:
            missing[step.column] += opened.missing.get(step.column, 0)
            if blanks_are_missing(step.rule):
                gone = results[step.column].null_count - opened.columns[step.column].null_count
                missing[step.column] += max(0, gone - wrong.get(step.column, 0))
        return {name: count for name, count in missing.items() if count}

    def _closed(
        self,
        taken: pa.RecordBatch,
        results: Mapping[ColumnName, pa.Array],
        opened: Opened,
        keep: pa.BooleanArray,
    ) -> pa.RecordBatch:
        """Return the results for the rows in ``keep``, in the output schema."""
        columns = [column for column in close_batch(taken, results, opened) if column is not None]
        if keep.true_count < len(
            keep
        ):  # skip the filter if it takes every row, because it costs as much as reordering
            columns = [column.filter(keep) for column in columns]
        typed = [
            column if column.type == field.type else column.cast(field.type)
            for column, field in zip(columns, self.plan.output_schema, strict=True)
        ]
        return pa.RecordBatch.from_arrays(typed, schema=self.plan.output_schema)

    @checked
    @no_core_files()
    @quoting_nothing
    def preview(self, batch: pa.RecordBatch) -> tuple[Mapping[ColumnName, pa.Array], list[Bad]]:
        """Return every step's result for ``batch``, flat, and its bad values; without filters and
        suppression.
        """
        check_batch(self.plan, batch, self.plan.input_columns)
        return self._running.results(open_batch(plain_batch(batch), self.plan.asked))

    @no_core_files()
    @quoting_nothing
    def replayed(
        self, batch: pa.RecordBatch, change: Invention, only: set[ColumnName]
    ) -> dict[str, pa.Array]:
        """Return what steps give for rows as read whose values were changed, unfiltered."""
        taken = plain_batch(batch.select(list(self.plan.input_columns)))
        opened = open_batch(taken, self.plan.asked)
        changed = replace(opened, columns={**opened.columns, **change(opened, self._running)})
        results, _ = self._running.results(changed, only)
        closed = close_batch(taken, {n: results[n] for n in only}, changed)
        return {
            name: column
            for name, column in zip(taken.schema.names, closed, strict=True)
            if column is not None
        }

    @checked
    @no_core_files()
    @quoting_nothing
    def taken(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the rows of ``batch`` that the policy's filter takes, of nobody who was
        forgotten, as they are.
        """
        return self.taken_with_numbers(batch)[0]

    @quoting_nothing
    def taken_with_numbers(self, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, pa.Array]:
        """Return the same rows and their positions in ``batch``."""
        return self._taken(batch, batch.schema.names)

    @property
    def _on_bad(self) -> str:
        return self.plan.policy.rows.on_bad_value

    def _taken(
        self, batch: pa.RecordBatch, columns: Sequence[str]
    ) -> tuple[pa.RecordBatch, pa.Array]:
        """Return the rows that the policy's filter takes, with these input columns, and their
        positions in ``batch``.
        """
        numbers = pa.array(np.arange(batch.num_rows))
        check_batch(self.plan, batch, columns)
        batch = plain_batch(batch.select(list(columns)))
        batch, numbers = without_forgotten(self.plan, self._keyring, batch, numbers)
        where = self.plan.policy.rows.where
        if not where:
            return batch, numbers
        opened = open_batch(batch, replace(self.plan.asked, read=columns_in(where)))
        mask = filter_mask(where, opened.columns, batch.num_rows)
        if self._on_bad != "null":
            mask = pc.or_(mask, pc.invert(whole_rows(batch.num_rows, unfit_of(opened))))
        return batch.filter(mask), numbers.filter(mask)
