"""Counts the published values of a version for charts, with the keys of who asks.

Which columns: kept or generalized by one rule, not nested, not restricted, of a verdict that does
not say who somebody is and is no prose or number of a record. Where k counts people,
quasi-identifiers alone: of them each published value is shared by k people, of another column ten
rows may be one person's. The columns are read batch by batch; in memory are counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.dataset.readable import ReadableDataset
from anonymize.dataset.signing import Keyring
from anonymize.detect.interface import DIRECT_IDENTIFIERS
from anonymize.errors import KeysError
from anonymize.report.page.charts import Bar, Chart
from anonymize.report.page.pooled import MOST_BARS, pooled_categories, pooled_ranges
from anonymize.report.page.reported import SMALLEST
from anonymize.report.told import Told, ToldColumn

MOST_CHARTS = 40
"""Columns that are counted; a wide table's further ones have no chart."""
_MOST_DISTINCT = 100_000
_RANGES = 12
_TYPES = re.compile(
    r"(?:dictionary<values=)?(?:(?P<number>u?int|float|double|halffloat|decimal)"
    r"|(?P<day>date|timestamp)|(?P<text>string|large_string|bool))"
)
_ONE_RULE = re.compile(r"^(?P<action>keep|generalize)(?: \((?P<how>.*)\))?$")
_NO_CHART = DIRECT_IDENTIFIERS | {
    "FREE_TEXT", "RECORD_ID", "URL", "LATITUDE_LONGITUDE"
}  # fmt: skip
_NO_KEYS = "The keyring that made this report does not open the rows, so nothing was counted."


@dataclass
class _Counter:
    """Counts of one column."""

    rows: Counter[Any] = field(default_factory=Counter)
    missing: int = 0
    edges: tuple[float, ...] = ()
    """Of numbers: where ranges end, from the first batch."""
    is_coarse: bool = False
    """True if a rule made the values coarser: few numbers are called by themselves then."""
    kind: str = ""
    """How values are counted, from the first batch."""
    is_full: bool = False
    """True once a column has too many different values to tell anything."""


def counted_charts(
    dataset: ReadableDataset, told: Told, keyring: Keyring, *, names_values: bool = False
) -> tuple[tuple[Chart, ...], str]:
    """Return the charts of a version, and a sentence on the columns that have none.

    Values of columns that are published as they are, are called *value 1*, *value 2* by frequency,
    because a report is not encrypted; with ``names_values`` by themselves.

    Raises:
        DatasetError: a part is missing or changed.
    """
    columns = chartable(told)[:MOST_CHARTS]
    if not columns:
        return (), _left_out(told, 0)
    counters = {one.column: _Counter(is_coarse=_is_coarse(one)) for one in columns}
    made = told.manifest
    try:
        batches = dataset.to_batches(
            list(counters), version=made.version, dataset=made.dataset, keyring=keyring
        )
        for batch in batches:
            for name, counter in counters.items():
                _count(counter, batch.column(name))
    except KeysError:
        return (), _NO_KEYS
    limit = max(told.k, SMALLEST)
    charts = [
        Chart(one.column, bars, _before(one))
        for one in columns
        if (bars := _bars(one, counters[one.column], limit, names_values))
    ]
    return tuple(charts), _left_out(told, len(charts))


def chartable(told: Told) -> tuple[ToldColumn, ...]:
    """Return the columns of which a chart may be drawn."""
    privacy = told.privacy
    people = privacy is not None and privacy.counts == "people"
    only = set(privacy.quasi_identifiers) if privacy and people else None
    return tuple(
        one
        for one in told.columns
        if _is_whole_column(told, one.column)
        and _ONE_RULE.match(one.action)
        and not one.key
        and one.sure
        and one.found not in _NO_CHART
        and (only is None or one.column in only)
        and _kind(one.type)
    )


def _is_whole_column(told: Told, name: str) -> bool:
    facts = told.manifest.columns.get(name)
    return facts is not None and facts.type is not None


def _left_out(told: Told, drawn: int) -> str:
    privacy = told.privacy
    why = (
        "identifiers, free text, restricted and nested columns, codes and tokens, and columns with"
        " too many or too few values have none"
    )
    if privacy is not None and privacy.counts == "people":
        why += (
            "; nor have columns other than quasi-identifiers, because k counts people here, and"
            " many rows may be one person's"
        )
    return f"Charts: {drawn} of {len(told.columns)} columns and places; {why}."


def _before(one: ToldColumn) -> str:
    if one.is_kept:
        return "the same values; rows that were left out are missing."
    return f"exact values, made coarser by {one.action}; how they were distributed was not counted."


def _kind(said: str) -> str:
    """Return how values of an Arrow type, by its name, are counted: as numbers, days or texts;
    empty if they are not.
    """
    found = _TYPES.match(said)
    return found.lastgroup or "" if found else ""


def _count(counter: _Counter, values: pa.Array) -> None:
    counter.missing += values.null_count
    if counter.is_full or values.null_count == len(values):
        return
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    values = values.drop_null()
    counter.kind = counter.kind or _kind_of(values, counter.is_coarse)
    if counter.kind == "number":
        _count_numbers(counter, np.asarray(pc.cast(values, pa.float64(), safe=False)))
        return
    if counter.kind == "day":
        values = pc.strftime(values, "%Y-%m")
    counted = pc.value_counts(values)
    texts, sizes = (counted.field(at).to_pylist() for at in range(2))
    for text, size in zip(texts, sizes, strict=True):
        counter.rows[_label(text)] += size
    if len(counter.rows) > _MOST_DISTINCT:
        counter.is_full = True
        counter.rows.clear()


def _kind_of(values: pa.Array, is_coarse: bool) -> str:
    kind = _kind(str(values.type))
    few = is_coarse and kind == "number" and pc.count_distinct(values).as_py() <= MOST_BARS
    return "text" if few else kind


def _label(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _count_numbers(counter: _Counter, numbers: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    finite = numbers[np.isfinite(numbers)]
    counter.missing += len(numbers) - len(finite)
    if not len(finite):
        return
    if not counter.edges:
        counter.edges = _edges(finite)
    at = np.searchsorted(np.asarray(counter.edges), finite, side="right")
    for place, size in enumerate(np.bincount(at, minlength=len(counter.edges) + 1).tolist()):
        counter.rows[place] += size


def _edges(numbers: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, ...]:
    """Return round numbers from the 2nd to the 98th percentile: no exact value, no extreme."""
    low, high = (float(one) for one in np.quantile(numbers, (0.02, 0.98)))
    step = _nice((high - low) / _RANGES or abs(low) or 1.0)
    first = np.ceil(low / step)
    return tuple(float(first + at) * step for at in range(int((high - low) / step) + 1))


def _nice(step: float) -> float:
    """Return the next of 1, 2, 5 times a power of ten that is not smaller."""
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(one for one in (1, 2, 5, 10) if one * power >= step * 0.999) * power)


def _bars(one: ToldColumn, counter: _Counter, limit: int, names_values: bool) -> tuple[Bar, ...]:
    if counter.is_full:
        return ()
    if counter.edges:
        sizes = [counter.rows[place] for place in range(len(counter.edges) + 1)]
        return pooled_ranges([*map(_shown, counter.edges)], sizes, counter.missing, limit)
    bars = pooled_categories(counter.rows, counter.missing, limit)
    if _named(one, counter, names_values):
        return (*sorted((bar for bar in bars if bar.label in counter.rows), key=_in_order),
                *(bar for bar in bars if bar.label not in counter.rows))  # fmt: skip
    return tuple(_numbered(bars, counter))


def _named(one: ToldColumn, counter: _Counter, names_values: bool) -> bool:
    """Return True if values may be called by themselves: somebody asked for it, a rule made them
    coarser, or they are truth values.
    """
    return names_values or _is_coarse(one) or set(counter.rows) <= {"true", "false"}


def _is_coarse(one: ToldColumn) -> bool:
    rule = _ONE_RULE.match(one.action)
    return rule is not None and rule["action"] == "generalize" and "rare" not in rule[0]


def _numbered(bars: tuple[Bar, ...], counter: _Counter) -> Iterator[Bar]:
    for number, bar in enumerate(bars, start=1):
        yield Bar(f"value {number}", bar.rows) if bar.label in counter.rows else bar


def _in_order(bar: Bar) -> tuple[float, str]:
    """Return a key by which ``5 to <10`` comes before ``10 to <15``."""
    found = re.match(r"\D*(\d+(?:\.\d+)?)", bar.label)
    return (float(found[1]) if found else -1.0), bar.label


def _shown(edge: float) -> str:
    return f"{edge:,.10g}"
