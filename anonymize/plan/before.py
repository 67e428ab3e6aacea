"""Compiles a plan by rows of the source, which it keeps a few distributions of, for the report.

They are of columns that one rule or ``privacy: recode`` makes coarser: of others that are kept, the
published values are the same. Rows are those that detection looked at, at most 32,768, so a run
takes no longer. Nothing is kept of identifiers, free text, restricted or nested columns. Where k
counts people, each of them counts once; else rows are counted. What is kept is pooled and rounded,
and calls no text by itself, because a manifest is not encrypted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.detect.interface import UNCOUNTED
from anonymize.io.spread import SpreadRows
from anonymize.keys import Keyring
from anonymize.names import ColumnName
from anonymize.plan.compile import compile_plan
from anonymize.plan.findings import findings_for
from anonymize.plan.model import Plan
from anonymize.plan.source_samples import Reread
from anonymize.policy import Policy
from anonymize.privacy.pooled import SMALLEST, Bar
from anonymize.privacy.value_counts import ValueCounts, is_counted


def plan_by_rows(
    policy: Policy,
    planned: Policy,
    schema: pa.Schema,
    rows: SpreadRows,
    whole: Reread,
    keyring: Keyring | None,
) -> Plan:
    """Return the plan of a policy for a source, with detection's findings and distributions.

    Args:
        policy: The policy.
        planned: The same with rules in place of patterns.
        schema: The source's schema.
        rows: Rows from all over the source.
        whole: Reads named columns again, whole.
        keyring: The keys; None if they are not checked.

    Raises:
        PlanError, KeysError: as `compile_plan`.
    """
    findings = findings_for(planned, rows, whole)
    plan = compile_plan(policy, schema, findings, keyring=keyring)
    return replace(plan, before=dict(_distributions(plan, rows.batch())))


def _distributions(
    plan: Plan, batch: pa.RecordBatch
) -> Iterator[tuple[ColumnName, tuple[Bar, ...]]]:
    privacy = plan.policy.privacy
    limit = max(privacy.k if privacy else 0, SMALLEST)
    people = _people(plan, batch)
    for name in _coarser(plan):
        counts = ValueCounts()
        counts.add(batch.column(name), people)
        if bars := counts.bars(limit, named=False):
            yield name, bars


def _coarser(plan: Plan) -> Iterator[ColumnName]:
    """Yield the columns that may be counted."""
    policy = plan.policy
    verdicts = {found.column: found.verdict for found in plan.findings}
    shut = policy.sink.restricted.columns if policy.sink.restricted else ()
    recoded = policy.privacy.recode if policy.privacy else {}
    for step in plan.steps:
        rule, name = step.rule, step.column
        if (
            (rule.action == "generalize" or (rule.action == "keep" and name in recoded))
            and rule.when is None
            and name in plan.input_schema.names
            and name in verdicts
            and verdicts[name] not in UNCOUNTED
            and name not in shut
            and is_counted(str(step.input_type))
        ):
            yield name


def _people(plan: Plan, batch: pa.RecordBatch) -> pa.Array | None:
    """Return whose each row is; None if rows are counted."""
    if plan.counted_by is None:
        return None
    if plan.counted_by in batch.schema.names:
        people = batch.column(plan.counted_by)
        if pa.types.is_string(
            people.type
        ):  # as k does, spellings of a person are not counted apart
            return pc.utf8_lower(pc.utf8_trim_whitespace(people))
        return people
    return pa.nulls(batch.num_rows, pa.string())  # inside a column: nobody is counted
