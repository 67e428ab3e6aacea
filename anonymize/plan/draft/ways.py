"""Chooses how a draft lets a quasi-identifier become coarser: the entry under ``recode:`` that fits
its verdict and its values, and the rule that leaves them exact enough for it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.detect.interface import DIRECT_IDENTIFIERS
from anonymize.errors import AnonymizeError
from anonymize.names import ColumnName
from anonymize.plan.draft.actions import DraftedRule, is_number, is_text
from anonymize.plan.draft.lines import Line
from anonymize.policy.recode import RecodeSpec
from anonymize.privacy.hierarchies import hierarchy_of
from anonymize.privacy.value_counts import nice_step

Way = str | Mapping[str, Any]
"""An entry under ``recode:``, as YAML would hold it."""
VALUES: Way = "values"
MADE_COARSER = "made coarser by privacy:"
"""Why an exact value may be kept."""
_FEW = 8
"""Different numbers up to which bands say no more than the values."""
_BANDS = 32
"""Narrowest bands between the least and the greatest number, about."""
_MOST_UNKNOWN = 0.05
"""Share of the different values that a hierarchy may not have: these stay until they are ``*``."""
_AREAS = frozenset(("POSTAL_CODE",))
_OF_CODES = {"icd10": re.compile(r"icd|diag", re.I), "naics": re.compile(r"naics|industr", re.I)}
_IN_TEXT = re.compile(r"^\d{4}-")


def exact(line: Line) -> Line:
    """Return a line whose rule leaves values as exact as ``privacy:`` can make use of."""
    rule: DraftedRule = line.rule
    if rule["action"] == "generalize" and "to" in rule:
        rule = {**rule, "to": "day"}
    elif rule["action"] == "generalize" and ({"band", "prefix"} & set(rule)):
        rule = {"action": "keep"}
    if rule["action"] == "keep" and line.verdict in DIRECT_IDENTIFIERS:
        rule = {**rule, "accept": MADE_COARSER}
    if rule == line.rule:
        return line
    return Line(line.leaf, rule, (*line.why, MADE_COARSER), line.verdict, (), line.identifies)


def way_of(line: Line, values: pa.Array, country: str | None = None) -> Way:
    """Return the entry for a column of ``values``, as they are published without it.

    The first that fits the verdict and has nearly all values; those that it lacks stay as they are
    until they become ``*``.

    Args:
        line: The draft's line for the column.
        values: Its values in the rows that are tried; a text, a number or a date each.
        country: The two letters of the country that the rows are from.
    """
    distinct = pc.unique(values)
    for way in _ways(line, distinct, country):
        for unknown in ("refuse", "root"):
            entry = _entry(way, unknown)
            if unknown == "root" and not _lacks_few(way, distinct):
                break
            if _takes(entry, line.path, distinct):
                return entry if unknown == "root" else way
    return VALUES


def _ways(line: Line, values: pa.Array, country: str | None) -> Iterator[Way]:
    kind, name = values.type, str(line.path)
    if pt.is_date(kind) or pt.is_timestamp(kind):
        yield "dates"
    elif line.verdict in _AREAS and is_text(kind):
        if country:
            yield {"postcodes": country}
        yield from _prefix(values)
    elif line.verdict in _AREAS and pt.is_integer(kind):
        yield {"prefix": [4, 3, 1], "width": 5}
    elif is_number(kind) or line.verdict == "AGE":
        if line.verdict == "AGE":
            yield "ages"
        yield from _ranges(values)
    elif is_text(kind):
        for codes, called in _OF_CODES.items():
            if called.search(name):
                yield {"codes": codes}
        if line.verdict == "REGION":
            yield "countries"
        if pc.all(pc.match_substring_regex(values, _IN_TEXT.pattern)).as_py():
            yield {"prefix": [4]}


def _prefix(values: pa.Array) -> Iterator[Way]:
    """Yield all but the last character, two less, and one, of codes of the usual length."""
    sizes = pc.utf8_length(values.drop_null())
    if len(sizes):
        most = int(pc.mode(sizes)[0]["mode"].as_py())
        lengths = sorted({most - 1, most - 2, 1} & set(range(1, most)), reverse=True)
        if lengths:
            yield {"prefix": lengths}


def _ranges(values: pa.Array) -> Iterator[Way]:
    """Yield bands of which the narrowest are some thirty between the least and the greatest."""
    if not is_number(values.type) or len(values) <= _FEW:
        return
    numbers = values.cast(pa.float64(), safe=False).drop_null()
    ends = pc.min_max(numbers.filter(pc.is_finite(numbers)))
    low, high = ends["min"].as_py(), ends["max"].as_py()
    if low is None or high <= low:
        return
    step = nice_step((high - low) / _BANDS)
    if pt.is_integer(values.type):
        step = max(2.0, math.ceil(step))
    widths = [float(f"{step * times:.12g}") for times in (1, 2, 4, 8)]
    yield {"ranges": [int(width) if width.is_integer() else width for width in widths]}


def _entry(way: Way, unknown: str) -> Way:
    if unknown == "refuse":
        return way
    return {way: True, "unknown": unknown} if isinstance(way, str) else {**way, "unknown": unknown}


def _takes(way: Way, path: ColumnName, values: pa.Array) -> bool:
    said = {way: True} if isinstance(way, str) else way
    try:
        hierarchy_of(RecodeSpec.model_validate(dict(said))).coded(str(path), values)
    except AnonymizeError:
        return False
    return True


def _lacks_few(way: Way, values: pa.Array) -> bool:
    """Return True if a way lacks few of the ``values``, by trying them one by one."""
    there = values.drop_null().slice(0, _TRIED)
    lacking = sum(not _takes(way, ColumnName("c"), there.slice(at, 1)) for at in range(len(there)))
    return bool(len(there)) and lacking <= _MOST_UNKNOWN * len(there)


_TRIED = 400
"""Different values that are tried by themselves."""
