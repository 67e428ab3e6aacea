"""Finds bad values among a source's first rows, and what would fix the rule; quotes no value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import Problem
from anonymize.names import ColumnName
from anonymize.plan.aside import Bad
from anonymize.plan.model import Plan, Step
from anonymize.policy.actions import GeneralizeRule, ShiftDatesRule, nested_rules
from anonymize.transform.columns import is_text
from anonymize.transform.date_columns import as_dates

_DAYS = (
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y%m%d",
    "%d%m%Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%B %d, %Y",
    "%b %d, %Y",
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_MOSTLY = 0.9
"""Minimum share of the bad values that a proposed format must read."""


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
    formats = list(_formats(values))
    if not formats:
        return "say how they are written: format: as for strptime, for example '%d.%m.%Y'"
    return "say " + " or ".join(f'format: "{name}"' for name in formats)


def _beside_iso(values: pa.Array) -> str:
    """Return what the bad values are if most values are read without a format, so that a format
    would not help; else empty.
    """
    present = values.drop_null()
    read = as_dates(present, None)[0].is_valid()
    if not len(present) or 2 * (pc.sum(read).as_py() or 0) < len(present):
        return ""
    iso = pc.match_substring_regex(present.filter(pc.invert(read)), r"^\s*\d{4}-\d{2}-\d{2}")
    if pc.all(iso).as_py():
        return "the others are dates in ISO 8601, these are no days of the calendar"
    return "the others are dates in ISO 8601, these are written otherwise or are no dates"


def _formats(values: pa.Array) -> Iterator[str]:
    """Yield the formats that read most of ``values``; several if day and month can be exchanged."""
    present = values.drop_null()
    tried = [(f"{day}{clock}", clock) for clock in _CLOCKS for day in _DAYS]
    read = {name: pc.sum(as_dates(present, name)[0].is_valid()).as_py() or 0 for name, _ in tried}
    best = max(read.values(), default=0)
    if best and best >= _MOSTLY * len(present):
        yield from [name for name, count in read.items() if count == best][:3]
