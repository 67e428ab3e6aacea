"""Merges the reports of all parts: counts per column, the result of the output scan, and which of
these are published.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import metadata
from typing import TypeVar

from anonymize.dataset import RowCounts
from anonymize.dataset.facts import (
    BarFacts,
    ColumnFacts,
    NamesLeftCount,
    OrderFacts,
    PrivacyFacts,
    ResidualFacts,
    ResidualNote,
)
from anonymize.gates.interface import Output
from anonymize.gates.names_left import NamesLeft
from anonymize.gates.residual import ResidualFinding
from anonymize.names import ColumnName
from anonymize.pipeline.passed import found_in
from anonymize.pipeline.passing import PartReport
from anonymize.plan import Plan
from anonymize.plan.show.evidence import coarse_evidence
from anonymize.policy import Policy

NOTHING = "NONE"
"""Detection's verdict of a column without personal data."""
Number = TypeVar("Number", int, float)
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
    """Return the number of nulls per output column, in rows of the source."""
    nulls = Counter[str]()
    for report in reports:
        nulls.update(report.part.nulls)
        nulls.subtract(report.planted.nulls)
    return dict(nulls)


def rows_in_files(rows: RowCounts, reports: Sequence[PartReport]) -> RowCounts:
    """Return row counts as the files have them: canaries count as rows of the source, so that
    nobody can tell from the counts that there are any.
    """
    planted = sum(report.planted.rows for report in reports)
    return rows.model_copy(update={"read": rows.read + planted, "written": rows.written + planted})


def columns_in_files(
    columns: Mapping[str, ColumnFacts], reports: Sequence[PartReport]
) -> dict[str, ColumnFacts]:
    """Return the facts of columns with the nulls that the files have, canaries included."""
    planted = Counter[str]()
    for report in reports:
        planted.update(report.planted.nulls)
    return {
        name: facts
        if facts.nulls is None
        else facts.model_copy(update={"nulls": facts.nulls + planted[name]})
        for name, facts in columns.items()
    }


def privacy_in_files(
    privacy: PrivacyFacts | None, reports: Sequence[PartReport]
) -> PrivacyFacts | None:
    """Return the facts of privacy with the average risk among the people, or rows, that the files
    have: groups divided by the exact average are the number of real ones, so canaries would show.
    """
    planted = sum(
        report.planted.people if privacy and privacy.counts == "people" else report.planted.rows
        for report in reports
    )
    if privacy is None or not planted or not privacy.average:
        return privacy
    average = privacy.classes / (privacy.classes / privacy.average + planted)
    return privacy.model_copy(update={"average": average})


def canary_facts(reports: Sequence[PartReport], asked: bool) -> dict[str, int] | None:
    """Return how many canaries a version has, for its owner; None if none were asked for."""
    if not asked:
        return None
    return {
        "people": sum(report.planted.people for report in reports),
        "rows": sum(report.planted.rows for report in reports),
    }


def residual_facts(plan: Plan, reports: Sequence[PartReport]) -> ResidualFacts | None:
    """Return the result of the residual scan over all parts; None if it is switched off."""
    scans = [report.residual for report in reports if report.residual]
    if not scans:
        return None
    return ResidualFacts(
        sample=plan.policy.checks.residual_sample,
        findings=tuple(map(_note, found_in(scans))),
        sampled_distinct=_over_parts((scan.sampled_distinct for scan in scans), sum),
        miss_probability_of_1_percent=_over_parts((scan.miss_1_percent for scan in scans), max),
        names_left=names_left_counts(left for scan in scans for left in scan.names_left),
        names_left_says=NAMES_LEFT_SAYS,
    )


def _note(found: ResidualFinding) -> ResidualNote:
    return ResidualNote(
        column=str(found.column),
        what=str(found.what),
        distinct_values=found.distinct_values,
        sampled_distinct=found.sampled_distinct,
        confidence=found.confidence,
        evidence=found.evidence,
    )


def names_left_counts(found: Iterable[NamesLeft]) -> dict[str, NamesLeftCount]:
    """Return per column of free text the cells that the name model read again, and those with a
    name left.
    """
    cells, named = Counter[str](), Counter[str]()
    for left in found:
        cells[str(left.column)] += left.cells
        named[str(left.column)] += left.named
    return {name: NamesLeftCount(cells=count, named=named[name]) for name, count in cells.items()}


def _over_parts(
    parts: Iterable[Mapping[ColumnName, Number]], combine: Callable[[list[Number]], Number]
) -> dict[str, Number]:
    columns: dict[str, list[Number]] = {}
    for part in parts:
        for column, value in part.items():
            columns.setdefault(str(column), []).append(value)
    return {column: combine(values) for column, values in columns.items()}


def emptied_values(columns: Mapping[str, ColumnFacts]) -> dict[str, int]:
    """Return column → bad values that became null, from the facts per column."""
    return {
        name: facts.bad_values_nulled for name, facts in columns.items() if facts.bad_values_nulled
    }


def column_facts(plan: Plan, reports: Sequence[PartReport]) -> dict[str, ColumnFacts]:
    """Return the facts of every output column, and of every place inside one that has a rule."""
    nulled, missing = Counter[str](), Counter[str]()
    for report in reports:
        nulled.update({str(column): count for column, count in report.nulled.items()})
        missing.update({str(column): count for column, count in report.missing.items()})
    types = {field.name: str(field.type) for field in plan.output_schema}
    sources = {str(step.column): str(step.input_type) for step in plan.steps}
    verdicts = {str(finding.column): str(finding.verdict) for finding in plan.findings}
    evidence = {
        str(finding.column): coarse_evidence(finding.evidence)
        for finding in plan.findings
        if finding.verdict != NOTHING
    }
    nulls = nulls_of(reports)
    before = {
        str(name): tuple(BarFacts(label=bar.label, rows=bar.rows) for bar in bars)
        for name, bars in plan.before.items()
        if not plan.forgotten  # whose rows detection looked at, too
    }
    return {
        name: ColumnFacts(
            type=types.get(name),
            nulls=nulls.get(name, 0) if name in types else None,
            bad_values_nulled=nulled.get(name),
            read_as_missing=missing.get(name),
            source_type=sources.get(name),
            source_verdict=verdicts.get(name) if name in sources else None,
            evidence=evidence.get(name) if name in sources else None,
            before=before.get(name),
        )
        for name in dict.fromkeys((*types, *nulled, *missing, *sources))
    }


def order_facts(policy: Policy) -> OrderFacts:
    """Return the order of the rows, with the reason for accepting source order if the policy needs
    one.
    """
    return OrderFacts(rows=policy.rows.order, accepted=policy.rows.accept_order or "")


def software_of(plan: Plan) -> dict[str, str]:
    """Return the versions of the software that ran, and the digests of the name model, files and
    lists that values come from.
    """
    names = ("coatcheck", "pyarrow", "presidio-analyzer", "faker", "cryptography")
    model = {"name model": str(plan.names)} if plan.names else {}
    return {
        "python": platform.python_version(),
        **{name: _installed(name) for name in names},
        **model,
        **plan.pins,
    }


@cache
def _installed(package: str) -> str:
    """Return a package's version; to read it takes 2 ms, and a process keeps what it imported."""
    return metadata.version(package)
