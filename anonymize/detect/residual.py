"""What is still personal in a table made to be published: detection over the output against what the policy allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.types as pt

from anonymize.detect.inspect import inspect_samples
from anonymize.detect.interface import DIRECT_IDENTIFIERS, Finding, Scanner
from anonymize.detect.prose import suspicious
from anonymize.detect.sample import ColumnSample
from anonymize.names import ColumnName, EntityType, Verdict

SURE = 0.7
"""A column's verdict below this confidence is not held against it."""
ALWAYS_LOOKED_FOR = frozenset(
    EntityType(e)
    for e in [
        "EMAIL_ADDRESS",
        "CREDIT_CARD",
        "IBAN_CODE",
        "PHONE_NUMBER",
        "IP_ADDRESS",
        "MAC_ADDRESS",
        "US_SSN",
        "PERSON",
    ]
)
"""Entities that count in any cell, though the column as a whole is something else."""


@dataclass(frozen=True)
class ResidualFinding:
    """One kind of personal data found in one output column where the policy does not allow it."""

    column: ColumnName
    what: Verdict | EntityType
    """The verdict of the column, or the entity found in cells."""
    distinct_values: int
    """Sampled distinct values that carry it."""
    sampled_distinct: int
    """Sampled distinct values of the column."""
    confidence: float
    """0 to 1."""
    evidence: tuple[str, ...]
    """Sentences without raw values."""


def residual_findings(
    samples: Sequence[ColumnSample],
    expected: Mapping[ColumnName, frozenset[Verdict | EntityType]],
    *,
    scanner: Scanner | None = None,
    countries: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
    names: Scanner | None = None,
) -> tuple[ResidualFinding, ...]:
    """Return what the output holds beyond ``expected``: direct identifiers as a column, identifiers inside cells.

    Args:
        samples: the *output's* columns.
        expected: per column what the policy lets through, as verdicts and entities: a fake name's column may hold
            ``PERSON_NAME``; the wildcard ``*`` allows anything. A column that is absent may hold nothing.
        scanner: looks into the cells of text columns; None builds one from the next two.
        countries: country packs for the cells.
        languages: languages of the cells.
        names: finds people in columns that rules leave open, as in ``inspect_samples``.
    """
    found: list[ResidualFinding] = []
    seen = inspect_samples(samples, countries=countries, languages=languages, scanner=scanner, names=names)
    for sample, finding in zip(samples, seen, strict=True):
        allowed = expected.get(sample.name, frozenset())
        if "*" in allowed:
            continue
        whole = _forbidden(finding, allowed)
        if whole and finding.verdict != "FREE_TEXT_PII":
            found.append(_whole_column(sample, finding))
            continue
        inside = _inside_cells(sample, allowed, scanner, countries, languages) if _worth_reading(sample) else []
        found.extend(inside or ([_whole_column(sample, finding)] if whole else []))
    return tuple(found)


def _whole_column(sample: ColumnSample, finding: Finding) -> ResidualFinding:
    held = round(finding.share * len(sample.distinct))
    return ResidualFinding(
        sample.name, finding.verdict, held, len(sample.distinct), finding.confidence, finding.evidence
    )


def _forbidden(finding: Finding, allowed: frozenset[Verdict | EntityType]) -> bool:
    if finding.verdict not in DIRECT_IDENTIFIERS or finding.verdict in allowed or finding.confidence < SURE:
        return False
    if not finding.share:
        return False  # the name alone: it says what the column was, not what it is now
    return finding.entity is None or finding.entity not in allowed


def _worth_reading(sample: ColumnSample) -> bool:
    kind = sample.type.value_type if pt.is_dictionary(sample.type) else sample.type
    text = pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind)
    return text and any(map(suspicious, sample.texts))


def _inside_cells(
    sample: ColumnSample,
    allowed: frozenset[Verdict | EntityType],
    scanner: Scanner | None,
    countries: Sequence[str],
    languages: Sequence[str],
) -> list[ResidualFinding]:
    if scanner is None:
        from anonymize.detect.scanner import make_scanner

        scanner = make_scanner(countries=tuple(countries), languages=tuple(languages))
    texts = list(filter(suspicious, sample.texts))
    spans = scanner.scan(pa.array(texts, pa.string()))
    cells: Counter[str] = Counter(
        entity
        for entity, _ in {(e, r) for e, r in zip(spans["entity"].to_pylist(), spans["row"].to_pylist(), strict=True)}
        if entity in ALWAYS_LOOKED_FOR and entity not in allowed
    )
    scores = dict(zip(spans["entity"].to_pylist(), spans["score"].to_pylist(), strict=True))
    return [
        ResidualFinding(
            sample.name,
            EntityType(entity),
            count,
            len(sample.distinct),
            float(scores[entity]),
            (f"{count} of {len(sample.distinct)} distinct values hold {entity}",),
        )
        for entity, count in sorted(cells.items())
    ]
