"""Finds personal data that is left in the output: runs detection on the output and compares the
result with what the policy allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anonymize.detect.columns.identifiers_in_cells import SearchedKinds
from anonymize.detect.columns.inside_cells import inside_cells
from anonymize.detect.columns.inspect import inspect_samples
from anonymize.detect.columns.sample import ColumnSample
from anonymize.detect.interface import DIRECT_IDENTIFIERS, Finding, Scanner
from anonymize.gates.made_numbers import without_made
from anonymize.names import ColumnName, EntityType, Verdict

SURE = 0.5
"""Minimum confidence of a column's verdict for a finding; a plan refuses ``keep`` from the same
confidence on.
"""
PEOPLE = frozenset({"PERSON", "PERSON_NAME"})
"""What a policy allows if it keeps or fakes people's names."""
ANYTHING = "*"
"""Wildcard: the column is not scanned."""


@dataclass(frozen=True)
class ResidualFinding:
    """One kind of personal data in one output column where the policy does not allow it."""

    column: ColumnName
    what: Verdict | EntityType
    """The verdict of the column, or the entity found in its cells."""
    distinct_values: int
    """Number of sampled distinct values with it."""
    sampled_distinct: int
    """Number of sampled distinct values of the column."""
    confidence: float
    """0 to 1."""
    evidence: tuple[str, ...]
    """Sentences without raw values."""


def residual_findings(
    samples: Sequence[ColumnSample],
    expected: Mapping[ColumnName, frozenset[Verdict | EntityType]],
    *,
    asked: Mapping[ColumnName, SearchedKinds] | None = None,
    countries: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
    names: Scanner | None = None,
) -> tuple[ResidualFinding, ...]:
    """Return what the output holds beyond ``expected``: direct identifiers as a column, identifiers
    inside cells.

    An entity counts as found if a checksum confirms it (one cell is enough), if a sufficient share
    of the cells has it, or if a word beside it names it.

    Args:
        samples: Samples of the *output's* columns.
        expected: Per column, the allowed verdicts and entities: a column of fake names may hold
            ``PERSON_NAME``; the wildcard ``*`` allows anything. Nothing is allowed in a column that
            is missing here.
        asked: Per column, its scanner, and which of the scanner's findings count in addition to
            those of fixed form. Other columns are read with the countries and languages alone.
        countries: Country packs for the cells.
        languages: Languages of the cells.
        names: Finds people in columns that the rules cannot classify, as in ``inspect_samples``.
    """
    found: list[ResidualFinding] = []
    samples = [without_made(one, expected.get(one.name, frozenset())) for one in samples]
    seen = inspect_samples(
        samples,
        countries=countries,
        languages=languages,
        names=names,
        inside=False,
    )  # cells are compared with ``expected`` below
    beside = SearchedKinds(_scanner(countries, languages))
    for sample, finding in zip(samples, seen, strict=True):
        allowed = expected.get(sample.name, frozenset())
        if ANYTHING in allowed:
            continue
        whole = _forbidden(finding, allowed, model=names is not None)
        if whole and finding.verdict != "FREE_TEXT_PII":
            found.append(_whole_column(sample, finding))
            continue
        inside = _inside_cells(sample, allowed, (asked or {}).get(sample.name, beside))
        found.extend(inside or ([_whole_column(sample, finding)] if whole else []))
    return tuple(found)


def _scanner(countries: Sequence[str], languages: Sequence[str]) -> Scanner:
    from anonymize.detect.text.scanner import make_scanner

    return make_scanner(countries=tuple(countries), languages=tuple(languages))


def _whole_column(sample: ColumnSample, finding: Finding) -> ResidualFinding:
    held, n = round(finding.share * len(sample.distinct)), len(sample.distinct)
    return ResidualFinding(
        sample.name, finding.verdict, held, n, finding.confidence, finding.evidence
    )


def _forbidden(finding: Finding, allowed: frozenset[Verdict | EntityType], *, model: bool) -> bool:
    """Return True if the column's verdict is not allowed. Without a ``model``, names in prose are
    not looked for.
    """
    personal = finding.verdict in DIRECT_IDENTIFIERS or finding.position
    if not personal or finding.confidence < SURE:
        return False
    if finding.verdict == "FREE_TEXT_PII" and finding.verdict in allowed:
        looked_for = finding.names_people and (model or not finding.prose)
        return looked_for and not PEOPLE.intersection(
            allowed
        )  # other entities are looked for cell by cell
    if finding.verdict in allowed:
        return False
    if not finding.share:
        # only the column's name supports the verdict, and the name describes the original
        return False
    return finding.entity is None or finding.entity not in allowed


def _inside_cells(
    sample: ColumnSample, allowed: frozenset[str], asked: SearchedKinds
) -> list[ResidualFinding]:
    n = len(sample.distinct)
    return [
        ResidualFinding(
            sample.name, EntityType(held.entity), len(held.rows), n, held.confidence, (held.why,)
        )
        for held in inside_cells(sample, allowed, asked)
    ]
