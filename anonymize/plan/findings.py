"""Runs detection on a source before a plan is compiled; shared by inspect, init, plan, run and
frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from anonymize.detect import inspect_samples
from anonymize.detect.columns.identifiers_in_cells import SearchedKinds
from anonymize.detect.interface import Finding, Scanner
from anonymize.detect.text.checksums import CHECKSUMS
from anonymize.detect.text.slow_patterns import refuse_bombs
from anonymize.errors import ArgumentError
from anonymize.io.spread import SpreadRows
from anonymize.names import ColumnName
from anonymize.plan.bind.scanners import asked_by, names_if_here
from anonymize.plan.json_samples import with_documents
from anonymize.plan.markers import null_values_in
from anonymize.plan.recurring import people_columns, recurring_in
from anonymize.plan.source_samples import Reread, source_samples
from anonymize.plan.spelled_numbers import compared_columns, twice_in
from anonymize.policy import Policy, RecognizerSpec
from anonymize.transform.number_spellings import Twice


def findings_of(
    rows: SpreadRows,
    *,
    sample: int | None,
    countries: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
    names: Scanner | None = None,
    policy: Policy | None = None,
    whole: Reread | None = None,
) -> tuple[Finding, ...]:
    """Return a finding per leaf of the source that ``rows`` were chosen from.

    Args:
        rows: Rows from all over the source.
        sample: Number of distinct values of each column that are read.
        countries: Countries whose identifiers are searched for.
        languages: Languages of prose.
        names: The model for columns that the rules cannot classify; None for none.
        policy: Policy whose rules name further places in documents and maps.
        whole: Reads named columns again, whole; see ``source_samples``.
    """
    samples = with_documents(source_samples(rows, sample, policy, whole))
    asked = _asked(policy) if policy else None
    found = inspect_samples(
        samples, countries=countries, languages=languages, names=names, asked=asked
    )
    batch, people = rows.batch(), people_columns(policy) if policy else frozenset[ColumnName]()
    markers, above = null_values_in([batch], found, people), recurring_in(batch, people)
    twice = twice_in(batch, compared_columns(policy) if policy else ())
    return tuple(
        replace(
            finding,
            markers=markers.get(finding.column, ()),
            recurring=count,
            recurring_share=share,
            numbers_twice=spelled.numbers,
            zeros_twice=spelled.zeros,
        )
        for finding in found
        for count, share in [above.get(finding.column, (0, 0.0))]
        for spelled in [twice.get(finding.column, Twice())]
    )


def _asked(policy: Policy) -> SearchedKinds:
    """Return the scanner with which the output's cells will be read, without recognizers that
    ``compile_plan`` refuses.
    """
    detect = policy.detect
    sound = all(_is_sound(spec) for spec in detect.recognizers)
    return asked_by(detect if sound else detect.model_copy(update={"recognizers": ()}))


def _is_sound(spec: RecognizerSpec) -> bool:
    try:
        refuse_bombs(spec.name, spec.patterns)
    except ArgumentError:
        return False
    return spec.checksum is None or spec.checksum in CHECKSUMS


def findings_for(
    policy: Policy, rows: SpreadRows, whole: Reread | None = None
) -> tuple[Finding, ...]:
    """Return the findings that ``compile_plan`` needs: ``findings_of`` with the policy's
    ``detect:``.
    """
    detect = policy.detect
    return findings_of(
        rows,
        sample=detect.sample,
        countries=detect.countries,
        languages=detect.languages,
        names=names_if_here(detect),
        policy=policy,
        whole=whole,
    )
