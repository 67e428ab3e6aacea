"""Finds bad values among a source's first rows, and what would fix the rule; quotes no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import Problem
from anonymize.names import ColumnName
from anonymize.plan.aside import Bad
from anonymize.plan.model import Plan, Step
from anonymize.plan.written_dates import formats_of, read_by
from anonymize.policy.actions import GeneralizeRule, ShiftDatesRule, nested_rules
from anonymize.transform.columns import is_text
from anonymize.transform.date_columns import as_dates


def bad_values_seen(
    plan: Plan, bad: Sequence[Bad], values: Mapping[ColumnName, pa.Array], rows: int
) -> tuple[Problem, ...]:
    """Return a problem per column with bad values among the ``rows`` example rows; ``values`` are
    the flat originals.
    """
    steps = {step.column: step for step in plan.steps}
    problems = []
    for item in bad:
        seen, few = len(item.rows), len(pc.unique(item.rows))
        counted = f"{seen} value{'' if seen == 1 else 's'} in {few} of the first {rows} rows"
        step = steps.get(item.column)
        mend = _mend(step, values[item.column]) if step and item.column in values else ""
        fate = {
            "quarantine": "such rows are set aside",
            "null": "such values become null",
            "refuse": "the run would stop",
        }[plan.policy.rows.on_bad_value]
        what = (
            f"{counted}: {item.why}; {fate}; {mend or 'mend the source, or choose another action'}"
        )
        problems.append(Problem(plan.policy.place(f"columns.{item.column}"), what))
    return tuple(problems)


def _mend(step: Step, values: pa.Array) -> str:
    """Return a change with which the rule reads ``values``; empty if none is known."""
    if any(getattr(rule, "hierarchy", None) for rule in nested_rules(step.rule)):
        return "add what its file lacks, or mend the source, or say rows: {on_bad_value: 'null'}"
    takes_format = [rule for rule in nested_rules(step.rule) if "format" in type(rule).model_fields]
    if not takes_format or not is_text(values.type):
        return ""
    if any(isinstance(rule, ShiftDatesRule | GeneralizeRule) for rule in takes_format) and (
        why := _beside_iso(values)
    ):
        return f"{why}: mend the source, or say rows: {{on_bad_value: 'null'}}"
    formats = list(formats_of(values))
    if not formats:
        return "say how they are written: format: as for strptime, for example '%d.%m.%Y'"
    return "say " + " or ".join(f'format: "{name}"' for name in formats)


def _beside_iso(values: pa.Array) -> str:
    """Return what the bad values are if most values are read without a format, so that a format
    would not help; else empty.
    """
    present = values.drop_null()
    if not len(present) or 2 * read_by(present, None) < len(present):
        return ""
    read = as_dates(present, None)[0].is_valid()
    iso = pc.match_substring_regex(present.filter(pc.invert(read)), r"^\s*\d{4}-\d{2}-\d{2}")
    if pc.all(iso).as_py():
        return "the others are dates in ISO 8601, these are no days of the calendar"
    return "the others are dates in ISO 8601, these are written otherwise or are no dates"
