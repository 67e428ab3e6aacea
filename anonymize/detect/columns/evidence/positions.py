"""Positions as numbers: in two neighbouring columns, or by turns in lists."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from anonymize.detect.columns.column_evidence import ColumnEvidence
from anonymize.detect.columns.header import name_evidence
from anonymize.detect.weights import STRONG

_SECONDS = (
    r"\d\s*['\u2032\u2019]\s*\d|['\u2032\u2019]{2}|[\"\u2033\u201d]|\d\s*\u00b0\s*\d+[.,]\d\d"
)
_FINE, _FINER = (re.compile(rf"\d[.,]\d{{{n}}}|{_SECONDS}") for n in (3, 4))
_FINER_NUMBER = re.compile(r"-?\d{1,3}\.\d{4,}")
ENOUGH_NUMBERS = 8
"""Of fewer numbers all may lie off zero by chance."""
_OUTLIERS = 20
"""One of so many numbers at each end of a list's is left out, for example a position of zeros."""
_ITEMS = ("[]", "[].value")
"""Ends of the paths of what stands in lists and maps."""


def weigh_positions(cases: Sequence[ColumnEvidence]) -> None:
    """Add to each case what its numbers, and those of its neighbours, say of positions."""
    _in_two_columns(cases)
    for case in cases:
        _in_lists(case)


def _in_two_columns(cases: Sequence[ColumnEvidence]) -> None:
    """Two neighbouring columns of finely divided numbers, one within ±90, one within ±180, are a
    position.
    """
    strength: dict[int, float] = {}
    for at, (a, b) in enumerate(itertools.pairwise(cases)):
        if all(_degrees(c, 180) for c in (a, b)) and (_degrees(a, 90) or _degrees(b, 90)):
            hinted = any(c.says("LATITUDE_LONGITUDE") >= STRONG for c in (a, b)) or (
                all(_may_be(c) for c in (a, b))
                and (_is_apart(a) or _is_apart(b))
                and _is_pair(cases, at)
            )
            for place in (at, at + 1):
                strength[place] = max(strength.get(place, 0.0), 0.8 if hinted else 0.4)
    for place, strong in strength.items():
        why = "two neighbouring columns read as latitude and longitude"
        cases[place].add("LATITUDE_LONGITUDE", strong, why, share=1.0)


def _may_be(case: ColumnEvidence) -> bool:
    """Return whether the name, or that of a field in a struct (``trip[].a``), leaves it open."""
    name = case.sample.name
    inside = name.rpartition(".")[2]
    return (
        case.name.meaningless
        or case.says("LATITUDE_LONGITUDE") > 0
        or (inside != name and case.name.nothing < 0.5 and _says_nothing(inside))
    )


def _says_nothing(field: str) -> bool:
    return len(field) == 1 or name_evidence(field).meaningless


def _is_pair(cases: Sequence[ColumnEvidence], at: int) -> bool:
    """Return whether the columns at ``at`` and behind it are a pair among others like them: two in
    a row, or two of four, of one name or none; three are measurements.
    """
    low, high = at, at + 1
    while low and _may_be(cases[low - 1]) and _degrees(cases[low - 1], 180):
        low -= 1
    while high + 1 < len(cases) and _may_be(cases[high + 1]) and _degrees(cases[high + 1], 180):
        high += 1
    return high - low + 1 in (2, 4) and (at - low) % 2 == 0


def _in_lists(case: ColumnEvidence) -> None:
    """Finely divided numbers by turns from two ranges, as latitude and longitude stand in lists,
    alone or before a height.

    The first values are in the order of the lists. Numbers of one kind, for example measurements in
    a row, have the same range at every place.
    """
    if not case.sample.name.endswith(_ITEMS) or case.name.nothing >= 0.5:
        return
    texts = case.sample.head_texts
    if any(_by_turns(texts[0::every], texts[1::every]) for every in (2, 3)):
        why = "lists of pairs that read as latitude and longitude"
        case.add("LATITUDE_LONGITUDE", 0.8, why, share=1.0)


def _by_turns(one: Sequence[str], other: Sequence[str]) -> bool:
    found = [_usual(_read(texts)) for texts in (one, other)]
    if not all(found):
        return False
    (low, high), (lower, higher) = ((part[0], part[-1]) for part in found)
    disjoint = high < lower or higher < low
    sizes = [max(abs(part[0]), abs(part[-1])) for part in found]
    within = max(sizes) <= 180 and min(sizes) <= 90 and min(sizes) > 1.5
    return disjoint and within and any(_well_off_zero(part) for part in found)


def _read(texts: Sequence[str]) -> list[float]:
    """Return the numbers in order; none if they are few, not finely divided, or no numbers."""
    fine = sum(_FINER_NUMBER.fullmatch(text) is not None for text in texts)
    if len(texts) < ENOUGH_NUMBERS or fine <= 0.7 * len(texts):
        return []
    try:
        return sorted(float(text) for text in texts)
    except ValueError:
        return []


def _usual(numbers: list[float]) -> list[float]:
    left_out = len(numbers) // _OUTLIERS
    return numbers[left_out : len(numbers) - left_out]


def _well_off_zero(numbers: Sequence[float]) -> bool:
    """Return whether all numbers lie well off zero, as positions of one part of the world do, and
    features of a model, rates and shares do not.
    """
    sizes = [abs(number) for number in numbers]
    one_side = min(numbers) * max(numbers) > 0
    return len(sizes) >= ENOUGH_NUMBERS and one_side and min(sizes) > 0.3 * max(sizes)


def fine_positions(case: ColumnEvidence) -> float:
    """Return the share of a column's positions that are precise to about a hundred metres: three
    decimals of a degree, seconds, or decimals of a minute.

    If the name does not indicate a position, four decimals are required, because a pair of
    measurements often has three.
    """
    form = _FINE if case.says("LATITUDE_LONGITUDE") else _FINER
    return case.values.share_of(lambda text: form.search(text) is not None)


def _is_apart(case: ColumnEvidence) -> bool:
    return len(case.values.numbers) > 0 and _well_off_zero(case.values.numbers)


def _degrees(case: ColumnEvidence, limit: float) -> bool:
    v = case.values
    if not v.numeric or v.integers or len(v.numbers) < 3:
        return False
    fine = v.share_of(lambda t: len(t.partition(".")[2]) >= 4)
    span = max(v.numbers) - min(v.numbers)
    return (
        fine > 0.7
        and max(map(abs, v.numbers)) <= limit
        and max(map(abs, v.numbers)) > 1.5
        and span < 2 * limit
    )
