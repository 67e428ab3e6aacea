"""Tries a drafted policy on a sample of its source, with keys that are thrown away: what planning
or a gate would refuse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from anonymize.detect.interface import Finding
from anonymize.errors import AnonymizeError, PlanError
from anonymize.io import Source
from anonymize.keys import Keyring
from anonymize.keys.keyring.throwaway import throwaway_keyring
from anonymize.names import ColumnName
from anonymize.nested.path_index import PathIndex
from anonymize.pipeline.draft_classes import ClassTrial
from anonymize.pipeline.opening import open_spec
from anonymize.pipeline.passing import PassedCounts, PassingRows
from anonymize.pipeline.prepare import keys_wanted
from anonymize.plan import Plan, PlanWithKeys, compile_plan
from anonymize.plan.draft import (
    Drafted,
    Measured,
    Refusal,
    policy_text,
)
from anonymize.plan.findings import findings_for
from anonymize.policy import Policy, make_policy
from anonymize.policy.yaml_places import read_yaml

ROWS, ROWS_OF_TEXT = 8192, 1024
"""Rows of the sample that a draft is tried on, without and with free text, which is slow to
read.
"""
CAUTION = 0.5
"""Share of the allowed bad values at which a rule counts as refused: the source may have more than
the sample.
"""


@dataclass(frozen=True)
class Tried:
    """What became of a draft: refused columns, and quasi-identifiers that can be kept."""

    refused: Mapping[ColumnName, Refusal]
    measured: Measured | None = None


class Trial:
    """A sample of a source, read as a draft says; its findings do not depend on the rules."""

    def __init__(self, drafted: Drafted, source: Source, findings: Sequence[Finding]) -> None:
        """Take the sample of ``source``, and what detection saw in it.

        Where the draft reads texts as missing, the source is opened and looked at again.
        """
        policy = _policy(drafted)
        self._findings = tuple(findings)
        if drafted.null_values:
            source = open_spec(policy.source)
            self._findings = findings_for(policy, source.spread(), source.batches)
        self._schema, self._rows = source.schema, source.spread().batch()

    def of(self, drafted: Drafted) -> Tried:
        """Return which columns' rules planning or the gates refuse."""
        policy = _policy(drafted)
        keyring = throwaway_keyring(keys_wanted(policy))
        try:
            plan: Plan = compile_plan(policy, self._schema, self._findings, keyring=keyring)
        except PlanError as error:
            return Tried(_of_plan(policy, error))
        plan = replace(plan, facts_key=None)
        try:
            rows = _some(self._rows, policy)
            measured, plan = self._with_classes(drafted, policy, plan, rows, keyring)
            if drafted.asked_k is not None and (measured is None or not measured.kept):
                return Tried({})
            passing = PassingRows(PlanWithKeys(plan, keyring))
            for _ in passing.batches([rows.select(list(plan.input_columns))]):
                pass
            passing.scan()
            counts = passing.counts(policy.source.path)
        except AnonymizeError:  # a run says the same, with the place in the policy
            return Tried({})
        refused = {**_of_gates(policy, counts), **_of_rows(policy, counts)}
        return Tried(refused, None if refused else measured)

    def _with_classes(
        self, drafted: Drafted, policy: Policy, plan: Plan, rows: pa.RecordBatch, keyring: Keyring
    ) -> tuple[Measured | None, Plan]:
        """Return what a ``privacy:`` block can name, and the plan to try: with the block if the
        draft has one.
        """
        passing = PassingRows(PlanWithKeys(plan, keyring))
        taken = rows.select(list(plan.input_columns))
        made = pa.Table.from_batches(passing.batches([taken]), plan.output_schema)
        trial = ClassTrial(drafted, policy, rows, self._findings, keyring)
        measured = trial.measured(made, self._schema)
        if drafted.asked_k is None or measured is None or not measured.kept:
            return measured, plan
        found = trial.planned(measured, self._schema)
        return (None, plan) if found is None else found


def _policy(drafted: Drafted) -> Policy:
    """Return the draft's policy without its ``privacy:`` block, which is not known yet."""
    return make_policy(read_yaml(policy_text(replace(drafted, asked_k=None)), "draft").data)


def _some(batch: pa.RecordBatch, policy: Policy) -> pa.RecordBatch:
    texts = any(rule.action == "free_text" for rule in policy.columns.values())
    most = ROWS_OF_TEXT if texts else ROWS
    if batch.num_rows <= most:
        return batch
    return batch.take(pa.array(np.linspace(0, batch.num_rows - 1, most).astype(np.int64)))


def _of_plan(policy: Policy, error: PlanError) -> dict[ColumnName, Refusal]:
    """Return the columns that planning refuses; problems of no column are left to ``plan``."""
    refused = {}
    for problem in error.problems:
        place = problem.place.removeprefix("columns.")
        at = [path for path in policy.columns if place == path or place.startswith(f"{path}.")]
        if at and place != problem.place:
            why = problem.what.partition("; ")[0]
            refused[max(at, key=len)] = Refusal("plan", f"a plan refuses it ({why})")
    return refused


def _of_gates(policy: Policy, counts: PassedCounts) -> dict[ColumnName, Refusal]:
    """Return the columns in whose output the residual scan found personal data."""
    rules, refused = PathIndex(policy.columns), dict[ColumnName, Refusal]()
    for finding in counts.residual.findings if counts.residual else ():
        for path in [*rules.covering(ColumnName(finding.column))][:1]:
            refused[path] = Refusal(
                "gate", f"its output still held {finding.what}", str(finding.what)
            )
    return refused


def _of_rows(policy: Policy, counts: PassedCounts) -> dict[ColumnName, Refusal]:
    """Return the columns with too many bad values."""
    limit = CAUTION * policy.rows.max_quarantined * (counts.rows_in - counts.filtered)
    if counts.quarantined <= limit:
        return {}
    bad: dict[ColumnName, int] = {}
    for (column, _), count in counts.reasons.items():
        bad[ColumnName(column)] = bad.get(ColumnName(column), 0) + count
    worst = sorted(bad, key=lambda name: -bad[name])
    many = [name for name in worst if bad[name] > limit / len(worst)] or worst[:1]
    rules = PathIndex(policy.columns)
    return {
        path: Refusal("gate", f"{bad[name]} of {counts.rows_in} rows tried held a bad value")
        for name in many
        for path in [*rules.covering(name)][:1]
    }
