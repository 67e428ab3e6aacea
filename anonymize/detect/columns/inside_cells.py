"""Identifiers inside the cells of columns that are not personal as a whole: read alike before a run
and after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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
_LENGTHS = range(8, 14)
"""Digits of official numbers that may begin with zeros."""


def inside_cells(
    sample: ColumnSample, allowed: Collection[str], asked: SearchedKinds
) -> list[Held]:
    """Return what the sampled cells of one column hold and may not; columns of neither text nor
    numbers are not read.

    The one definition for ``inspect``, for the plan and for the scan of the output.
    """
    if not _worth_reading(sample):
        return []
    name = name_evidence(sample.name)
    if not _is_number(sample):
        return held_in(sample.texts, asked, allowed, name)
    patterns = bool(asked.own or asked.entities) and NO_TEXT not in allowed
    reads = asked if patterns else replace(asked, scanner=None)
    held = held_in(sample.texts, reads, allowed, name)
    for texts in _with_lost_zeros(sample.texts) if patterns and asked.entities else ():
        if any(one.entity.startswith(asked.entities) for one in held):
            break
        again = held_in(texts, replace(asked, own=frozenset()), allowed, name)
        held += [one for one in again if one.entity.startswith(asked.entities)]
    return held


def _with_lost_zeros(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield numbers with the zeros in front that a table of numbers lost, for each length that they
    may have had: that of the longest, and one or two digits more.

    Official numbers that begin with a year of birth lose them for whoever was born after 1999.
    """
    longest = max((len(text) for text in texts if text.isdigit()), default=0)
    for length in range(longest, longest + 3):
        if length in _LENGTHS:
            filled = [text.zfill(length) if text.isdigit() else text for text in texts]
            if filled != list(texts):
                yield filled


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
