"""Identifiers inside the cells of columns that are not personal as a whole: read alike before a run
and after it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import pyarrow.types as pt

from anonymize.detect.columns.column_evidence import ColumnEvidence
from anonymize.detect.columns.header import name_evidence
from anonymize.detect.columns.identifiers_in_cells import Held, SearchedKinds, held_in
from anonymize.detect.columns.sample import ColumnSample
from anonymize.detect.interface import DIRECT_IDENTIFIERS

NO_TEXT = "-"
"""What a column may hold where only forms are looked for: numbers that a rule made, of which
patterns see no one.
"""


def inside_cells(
    sample: ColumnSample, allowed: Collection[str], asked: SearchedKinds
) -> list[Held]:
    """Return what the sampled cells of one column hold and may not; columns of neither text nor
    numbers are not read.

    The one definition for ``inspect``, for the plan and for the scan of the output.
    """
    if not _worth_reading(sample):
        return []
    number = _is_number(sample)
    reads = (
        replace(asked, scanner=None) if number and (not asked.own or NO_TEXT in allowed) else asked
    )
    return held_in(sample.texts, reads, allowed, name_evidence(sample.name))


def look_inside(cases: Sequence[ColumnEvidence], asked: SearchedKinds) -> None:
    """Turn the verdict of a column that is not personal as a whole into FREE_TEXT_PII if its cells
    contain identifiers.

    The scan of the output refuses such a column under ``keep``; the verdict has to warn about it
    before the run.
    """
    for case in cases:
        if case.ranking()[0][0] in DIRECT_IDENTIFIERS or not case.values.n:
            continue
        found = sorted(inside_cells(case.sample, (), asked), key=lambda held: -len(held.rows))
        if found:
            said = "; ".join(f"{held.entity}: {held.why}" for held in found[:3])
            share = max(len(held.rows) for held in found) / len(case.sample.distinct)
            case.overrule("FREE_TEXT_PII", max(0.8, found[0].confidence * 0.9), said, share=share)


def _worth_reading(sample: ColumnSample) -> bool:
    kind = sample.type.value_type if pt.is_dictionary(sample.type) else sample.type
    text = pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind)
    return bool(text or _is_number(sample))


def _is_number(sample: ColumnSample) -> bool:
    kind = sample.type.value_type if pt.is_dictionary(sample.type) else sample.type
    return bool(pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind))
