"""Equivalence classes of a plan's rows: counted before, looked up, recoded, and counted again on
what is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pyarrow as pa

from anonymize.errors import PlanError
from anonymize.keys import Keyring, PurposeKey
from anonymize.names import ColumnName
from anonymize.nested.open_close import Opened
from anonymize.plan.against import published_subject
from anonymize.plan.counting import (
    class_columns,
    classes_of,
    classes_written,
    one_each,
    people_in,
)
from anonymize.plan.facts import COMBINATIONS, SENSITIVE_VALUES, TARGET, VALUE_ORDER
from anonymize.plan.held import Covered, Linked, ids_of
from anonymize.plan.model import UNFITTED, Plan
from anonymize.plan.recoding.combinations import Combinations
from anonymize.plan.recoding.recoded import RECODED, Recoded, positions
from anonymize.plan.recoding.target_counts import TargetCounts
from anonymize.plan.recoding.value_groups import SensitiveValues
from anonymize.plan.recoding.value_order import ValueOrder
from anonymize.policy import PrivacySpec
from anonymize.privacy import ClassCounts, class_digests

Results = Mapping[ColumnName, pa.Array]
"""Row-aligned results of the steps."""


class Classes:
    """The classes of a plan with a ``privacy:`` block, under the key of its first pass."""

    def __init__(self, plan: Plan, privacy: PrivacySpec, key: PurposeKey) -> None:
        """Take the plan, its block, and the key for digests and facts."""
        self._plan, self._privacy, self._key = plan, privacy, key

    def people(self, opened: Opened) -> pa.Array | None:
        """Return the person of each row; None if the policy names no subject."""
        by, spelled = self._plan.counted_by, self._plan.counted_as
        return None if by is None else people_in(self._key, opened.columns[by], spelled)

    def to_be(
        self, results: Results, opened: Opened, taken: pa.RecordBatch, keep: pa.BooleanArray
    ) -> tuple[ClassCounts, dict[ColumnName, Any]]:
        """Return the classes of the rows in ``keep``, and the facts that a decision needs."""
        columns = [column.filter(keep) for column in self._columns(results, taken)]
        classes, people = class_digests(self._key, columns), self.people(opened)
        sensitive = {
            str(name): one_each(results[name]).filter(keep)
            for name in self._privacy.sensitive
            if self._privacy.judges_values
        }
        counts = ClassCounts.of(
            classes, None if people is None else people.filter(keep), sensitive, self._key
        )
        if not self._privacy.recodes:
            return counts, {}
        flat = len(self._plan.flat_quasi_identifiers)
        rest = class_digests(self._key, columns[flat:]) if columns[flat:] else None
        facts: dict[ColumnName, Any] = {
            COMBINATIONS: Combinations.of(classes, rest, columns[:flat])
        }
        if self._privacy.ordered:
            facts[VALUE_ORDER] = ValueOrder.of(self._key, sensitive)
        if self._privacy.groups:
            written = {str(name): results[name].filter(keep) for name in self._privacy.sensitive}
            facts[SENSITIVE_VALUES] = SensitiveValues.of(self._key, sensitive, written)
        if (wanted := self._privacy.wanted) is not None:
            target = one_each(results[wanted.column]).filter(keep)
            facts[TARGET] = TargetCounts.of(classes, target)
        return counts, facts

    def fate(
        self, results: Results, taken: pa.RecordBatch
    ) -> tuple[pa.BooleanArray, dict[ColumnName, pa.Array]]:
        """Return a mask of the rows that are suppressed, because the first pass did not find their
        class to be large enough, and the results with quasi-identifiers as they are recoded.

        Raises:
            PlanError: the plan had no first pass.
        """
        fitted, now = self._plan.fitted, dict(results)
        if fitted is None or fitted.classes is None:
            raise PlanError(UNFITTED)
        at = positions(fitted.classes, class_digests(self._key, self._columns(results, taken)))
        if self._recoded is not None:
            for number, name in enumerate(self._privacy.recode):
                now[name] = self._recoded.labels(number, at)
        return at.is_null(), now

    def written(
        self,
        written: pa.RecordBatch,
        results: Results,
        opened: Opened,
        keep: pa.BooleanArray,
    ) -> ClassCounts:
        """Return the classes of the rows to publish, counted on these rows."""
        inside, people = (
            set(self._privacy.sensitive) - set(written.schema.names),
            self.people(opened),
        )
        return classes_written(
            self._key,
            self._privacy,
            written,
            {name: results[name].filter(keep) for name in inside},
            None if people is None else people.filter(keep),
            self._plan.asked.whole,
        )

    def held(
        self,
        written: pa.RecordBatch,
        results: Results,
        opened: Opened,
        keep: pa.BooleanArray,
        keyring: Keyring | None,
    ) -> tuple[Covered | None, Linked | None]:
        """Return what a comparison with earlier releases needs of the rows to publish; None for
        what it does not.

        ``results`` are those before anything is recoded.
        """
        flat = self._plan.comparable
        if not self._privacy.against or not flat or not written.num_rows:
            return None, None
        found = classes_of(self._key, self._privacy, written, self._plan.asked.whole)
        before = [results[name].filter(keep) for name in flat]
        labels = [written.column(name) for name in flat]
        covered = Covered.of(self._key, found.keys(), before, labels)
        people = self.people(opened)
        if people is None or self._plan.counted_by is None:
            return covered, None
        name = published_subject(self._plan.policy, written.schema.names)
        subjects = opened.columns[self._plan.counted_by].filter(keep)
        published = None if name is None else written.column(name)
        ids = ids_of(self._key, keyring, self._plan.against.links, subjects, published)
        return covered, Linked.of(people.filter(keep), ids) if ids else None

    @cached_property
    def _recoded(self) -> Recoded | None:
        fitted = self._plan.fitted
        sealed = fitted.recoded if fitted is not None else None
        return None if sealed is None else sealed.opened(self._key, RECODED, Recoded)

    def _columns(self, results: Results, taken: pa.RecordBatch) -> list[pa.Array]:
        return class_columns(taken, self._privacy.quasi_identifiers, results, self._plan.asked)
