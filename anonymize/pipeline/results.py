"""Merges the reports of all parts: counts per column, the result of the output scan, and which of
these are published.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version as installed
from typing import Any

from anonymize.dataset import RowCounts
from anonymize.gates.interface import Output
from anonymize.gates.names_left import NamesLeft
from anonymize.pipeline.partition import PartReport
from anonymize.pipeline.passing import Residual
from anonymize.plan import Plan
from anonymize.policy import Policy

NAMES_LEFT_SAYS = (
    "counted by the model that replaced the names: those that it misses are not in the number"
)
"""Caveat that accompanies ``names_left``."""


def shut_columns(policy: Policy) -> tuple[str, ...]:
    """Return the restricted columns, of which a reader without their key learns name, type and size
    only.
    """
    return tuple(policy.sink.restricted.columns) if policy.sink.restricted else ()


def small_count(policy: Policy) -> int:
    """Return the limit below which a count is not published exactly: k, or 0 without a ``privacy:``
    block.
    """
    return policy.privacy.k if policy.privacy else 0


def row_counts(output: Output) -> RowCounts:
    """Return where the rows of all parts went."""
    return RowCounts(
        read=output.read,
        written=output.written,
        suppressed=output.suppressed,
        quarantined=output.quarantined,
        filtered=output.filtered,
    )


def nulls_of(reports: Sequence[PartReport]) -> dict[str, int]:
    """Return the number of nulls per output column."""
    nulls = Counter[str]()
    for report in reports:
        nulls.update(report.part.nulls)
    return dict(nulls)


def residual_summary(plan: Plan, reports: Sequence[PartReport]) -> dict[str, Any]:
    """Return the result of the residual scan over all parts; empty if it is switched off."""
    scans = [report.residual for report in reports if report.residual]
    if not scans:
        return {}
    findings = [asdict(found) for scan in scans for found in scan.findings]
    return {
        "sample": plan.policy.checks.residual_sample,
        "findings": findings,
        "sampled_distinct": _over_parts(scans, "sampled_distinct", sum),
        "miss_probability_of_1_percent": _over_parts(scans, "miss_1_percent", max),
        "names_left": names_left_counts(left for scan in scans for left in scan.names_left),
        "names_left_says": NAMES_LEFT_SAYS,
    }


def names_left_counts(found: Iterable[NamesLeft]) -> dict[str, dict[str, int]]:
    """Return per column of free text the cells that the name model read again, and those with a
    name left.
    """
    counts: dict[str, dict[str, int]] = {}
    for left in found:
        count = counts.setdefault(str(left.column), {"cells": 0, "named": 0})
        count["cells"] += left.cells
        count["named"] += left.named
    return counts


def _over_parts(
    scans: Sequence[Residual], name: str, combine: Callable[[list[Any]], Any]
) -> dict[str, Any]:
    columns: dict[str, list[Any]] = {}
    for scan in scans:
        for column, value in getattr(scan, name).items():
            columns.setdefault(str(column), []).append(value)
    return {column: combine(values) for column, values in columns.items()}


def emptied_values(columns: Mapping[str, Any]) -> dict[str, int]:
    """Return column → bad values that became null, from the counts per column."""
    return {
        name: counts["bad_values_nulled"]
        for name, counts in columns.items()
        if counts.get("bad_values_nulled")
    }


def column_counts(plan: Plan, reports: Sequence[PartReport]) -> dict[str, Any]:
    """Return, per top-level output column, its type and the numbers of nulls, of bad values that
    became null, and of values read as missing.
    """
    nulled, missing = Counter[str](), Counter[str]()
    for report in reports:
        nulled.update({str(column): count for column, count in report.nulled.items()})
        missing.update({str(column): count for column, count in report.missing.items()})
    counts: dict[str, Any] = {
        field.name: {
            "type": str(field.type),
            "nulls": sum(report.part.nulls.get(field.name, 0) for report in reports),
        }
        for field in plan.output_schema
    }
    for name, count in nulled.items():
        counts.setdefault(name, {})["bad_values_nulled"] = count
    for name, count in missing.items():
        counts.setdefault(name, {})["read_as_missing"] = count
    verdicts = {str(finding.column): str(finding.verdict) for finding in plan.findings}
    for step in plan.steps:
        entry = counts.setdefault(str(step.column), {})
        entry["source_type"] = str(step.input_type)
        if str(step.column) in verdicts:
            entry["source_verdict"] = verdicts[str(step.column)]
    return counts


def order_said(policy: Policy) -> dict[str, str]:
    """Return the order of the rows, with the reason for accepting source order if the policy needs
    one.
    """
    accepted = {"accepted": policy.rows.accept_order} if policy.rows.accept_order else {}
    return {"rows": policy.rows.order, **accepted}


def software_of(plan: Plan) -> dict[str, str]:
    """Return the versions of the software that ran, and the digests of the name model, files and
    lists that values come from.
    """
    names = ("coatcheck", "pyarrow", "presidio-analyzer", "faker", "cryptography")
    model = {"name model": str(plan.names)} if plan.names else {}
    return {
        "python": platform.python_version(),
        **{name: installed(name) for name in names},
        **model,
        **plan.pins,
    }
