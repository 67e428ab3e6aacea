"""Tries the classes of a drafted ``privacy:`` block on the rows of a trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from anonymize.detect.interface import Finding
from anonymize.errors import AnonymizeError
from anonymize.keys import Keyring
from anonymize.names import ColumnName
from anonymize.plan import Plan, PlanWithKeys, compile_plan
from anonymize.plan.draft import Drafted, Measured, linking, measure, sensitive_columns, way_of
from anonymize.plan.recoding.decide import fit
from anonymize.policy import Policy, PrivacySpec

WORTH = 0.9
"""Loss up to which recoding leaves something worth having."""


class ClassTrial:
    """The rows of a trial, and what a block over the columns of their output comes to."""

    def __init__(
        self,
        drafted: Drafted,
        policy: Policy,
        rows: pa.RecordBatch,
        findings: Sequence[Finding],
        keyring: Keyring,
    ) -> None:
        """Take a draft, its policy without the block, and rows of the source."""
        self._drafted, self._policy, self._rows = drafted, policy, rows
        self._findings, self._keyring = findings, keyring

    def measured(self, made: pa.Table, schema: pa.Schema) -> Measured | None:
        """Return which quasi-identifiers the block can name and how they may become coarser, for
        rows that are published as ``made`` without it; None if there is none.
        """
        columns = linking(self._drafted.lines, self._drafted.special)
        if not columns:
            return None
        flat = [name for name in columns if name in made.schema.names]
        apart = [name for name in columns if name not in made.schema.names]
        inside = measure(made, apart, self._drafted.k, self._drafted.counted_by)
        ways = self._ways(made, flat)
        found = self.planned(Measured((*flat, *inside.kept), inside.left_out, ways), schema)
        if found is not None:
            return found[0]
        if self._drafted.asked_k is not None:
            return None
        exact = measure(made, columns, self._drafted.k, counted_by=self._drafted.counted_by)
        return exact if self.planned(exact, schema) is not None else replace(exact, kept=())

    def planned(self, measured: Measured, schema: pa.Schema) -> tuple[Measured, Plan] | None:
        """Return what the block over these columns comes to, and its plan after a first pass; None
        if it cannot be planned or kept, or leaves hardly anything.
        """
        if not measured.kept:
            return None
        privacy = privacy_of(self._drafted, measured)
        try:
            asked = self._policy.model_copy(update={"privacy": privacy})
            plan = compile_plan(asked, schema, self._findings, keyring=self._keyring)
            plan = replace(plan, facts_key=None)
            while measured.recode:
                bound = PlanWithKeys(plan, self._keyring)
                taken = self._rows.select(list(plan.measured_columns))
                plan = fit(plan, bound.measure_all([taken]), self._keyring)
                if plan.fitted is not None and plan.fitted.classes is not None:
                    break
        except AnonymizeError:
            return None
        decision = plan.fitted.decision if plan.fitted else None
        if decision is None or decision.classes is None:
            return measured, plan
        if decision.loss is not None and decision.loss > WORTH:
            return None
        share = decision.classes.rows_in_small / max(1, decision.classes.rows)
        return replace(measured, loss=decision.loss, suppressed=share), plan

    def _ways(self, made: pa.Table, columns: Sequence[ColumnName]) -> Mapping[ColumnName, object]:
        lines = {line.path: line for line in self._drafted.lines}
        country = self._drafted.country
        found = {}
        for name in columns:
            values = made[name].combine_chunks()
            plain = values.dictionary_decode() if pa.types.is_dictionary(values.type) else values
            found[name] = way_of(lines[name], plain, country)
        return found


def privacy_of(drafted: Drafted, measured: Measured) -> PrivacySpec:
    """Return the block that a draft writes."""
    said = {
        "quasi_identifiers": measured.kept,
        "sensitive": tuple(sensitive_columns(drafted.lines, drafted.special)),
        "k": drafted.k,
        "recode": dict(measured.recode),
    }
    return PrivacySpec.model_validate(said)
