"""What all parts together found: facts of a first pass, counts for the gates, findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from anonymize.gates.interface import Output
from anonymize.gates.over_parts import findings_over_parts
from anonymize.gates.residual import ResidualFinding
from anonymize.gates.suppression import check_suppression
from anonymize.keys import Keyring
from anonymize.names import ColumnName
from anonymize.pipeline.passing import PassedCounts, Reason, Residual
from anonymize.plan import Partial, Plan, merged
from anonymize.plan.facts import SealedFacts
from anonymize.plan.recoding.decide import fit
from anonymize.privacy import ClassCounts


def fitted(plan: Plan, partials: Sequence[Partial], keyring: Keyring | None = None) -> Plan:
    """Return ``plan`` after a first pass over all rows, by its results in any order.

    ``keyring`` opens what the results hold of quasi-identifiers that are recoded.

    Raises:
        GateError: more rows would be suppressed than the policy allows, or no recoding keeps what
            it promises.
    """
    plan = fit(plan, merged(partials), keyring)
    check_suppression(plan)
    return plan


def output_of(passed: Sequence[PassedCounts], nulls: Mapping[str, int]) -> Output:
    """Return what the gates read: the counts of all partitions together, and the nulls of each
    output column.
    """
    nulled, reasons, source_nulls = Counter[str](), Counter[Reason](), Counter[ColumnName]()
    for one in passed:
        source_nulls.update(one.source_nulls)
        nulled.update({str(column): count for column, count in one.nulled.items()})
        reasons.update(one.reasons)
    return Output(
        read=sum(one.rows_in for one in passed),
        written=sum(one.rows_out for one in passed),
        filtered=sum(one.filtered for one in passed),
        suppressed=sum(one.suppressed for one in passed),
        quarantined=sum(one.quarantined for one in passed),
        reasons=reasons,
        nulled=nulled,
        nulls=nulls,
        source_nulls=source_nulls,
        findings=found_in([one.residual for one in passed if one.residual]),
        classes=_all_classes(passed),
        held=_all_held(passed),
    )


def found_in(scans: Sequence[Residual]) -> tuple[ResidualFinding, ...]:
    """Return what the scans of all parts found together; see `findings_over_parts`."""
    return findings_over_parts(
        [one.findings for one in scans],
        [left for one in scans for left in one.names_left],
        [own for one in scans for own in one.own],
    )


def _all_classes(passed: Sequence[PassedCounts]) -> ClassCounts | None:
    whole: ClassCounts | None = None
    for one in passed:
        whole = whole.merge(one.classes) if whole and one.classes else whole or one.classes
    return whole


def _all_held(passed: Sequence[PassedCounts]) -> dict[ColumnName, SealedFacts]:
    held: dict[ColumnName, SealedFacts] = {}
    for one in passed:
        for name, sealed in one.held.items():
            held[name] = held[name].merge(sealed) if name in held else sealed
    return held
