"""Random tables of every type, and random policies for them; most of the policies are valid."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

CANARY = "Zqxvw"
"""In every text of a table; in no message."""

_FAR = [
    -(2**63),
    -(2**53) - 1,
    -1,
    0,
    1,
    2**53 + 1,
    2**63 - 1,
    253402300799 * 10**6,
    -62135596800 * 10**6,
]
_TEXTS = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "\u00a0",
            "2024-02-29",
            "30/02/2024",
            "12.5",
            "-0",
            "203.0.113.9",
            "80331",
            "a@b.org",
        ]
    ),
    st.text(max_size=10).map(lambda text: CANARY + text),
    st.integers(0, 10**12).map(str),
    st.dates().map(str),
)
_MOMENTS = st.integers(-(2**62), 2**62) | st.sampled_from(_FAR)


def _whole(kind: pa.DataType) -> st.SearchStrategy[Any]:
    signed = pa.types.is_signed_integer(kind)
    low, high = (-(2 ** (kind.bit_width - 1)) if signed else 0), 2 ** (kind.bit_width - signed) - 1
    return st.integers(low, high) | st.sampled_from([low, high, 0, 1])


_TYPES: dict[pa.DataType, st.SearchStrategy[Any]] = {
    **dict.fromkeys((pa.string(), pa.large_string(), pa.string_view()), _TEXTS),
    **{
        kind: _whole(kind) for kind in (pa.int8(), pa.uint16(), pa.int32(), pa.int64(), pa.uint64())
    },
    **{
        kind: st.floats(width=32) | st.sampled_from([0.0, -0.0, 5.0])
        for kind in (pa.float32(), pa.float64())
    },
    pa.decimal128(12, 2): st.decimals(-(10**9), 10**9, places=2),
    pa.decimal128(20, 0): st.integers(-(10**19), 10**19).map(Decimal),
    pa.bool_(): st.booleans(),
    pa.date32(): st.dates(),
    pa.date64(): st.dates(),
    pa.time64("us"): st.times(),
    pa.duration("s"): st.integers(-(10**9), 10**9).map(lambda number: timedelta(seconds=number)),
    pa.binary(): st.binary(max_size=6),
    pa.null(): st.none(),
}
_STAMPS = [
    *(
        pa.timestamp(unit, zone)
        for unit in ("s", "us", "ns")
        for zone in (None, "UTC", "Asia/Kolkata")
    ),
    pa.timestamp("ms", "America/New_York"),
]


@st.composite
def columns(draw: Any, rows: int) -> pa.Array:
    """Return a column of ``rows`` rows of a random type and layout."""
    kind = draw(st.sampled_from([*_TYPES, *_STAMPS]))
    if kind in _STAMPS:
        numbers = draw(st.lists(st.none() | _MOMENTS, min_size=rows, max_size=rows))
        column = pa.array(numbers, pa.int64()).cast(kind)
    else:
        column = pa.array(
            draw(st.lists(st.none() | _TYPES[kind], min_size=rows, max_size=rows)), kind
        )
    coded = (
        kind not in (pa.null(), pa.string_view(), pa.duration("s")) and draw(st.integers(0, 4)) == 0
    )
    return column.dictionary_encode() if coded else column


_RULES: list[dict[str, Any]] = [
    {"action": "keep"},
    {"action": "redact"},
    {"action": "redact", "label": None},
    {"action": "null"},
    {"action": "mask"},
    {"action": "mask", "keep_last": 2},
    {"action": "mask", "hide": "digits"},
    {"action": "mask", "form": "email"},
    {"action": "pseudonymize"},
    {"action": "pseudonymize", "normalize": "fold"},
    {"action": "tokenize"},
    {"action": "encrypt_format", "small_domains": "permute"},
    {"action": "encrypt_format", "latest": "9999-12-31", "earliest": "0001-01-01"},
    {"action": "encrypt_format", "alphabet": "alphanumeric", "small_domains": "permute"},
    {"action": "fake", "kind": "name"},
    {"action": "fake", "kind": "email", "unique": "stable"},
    *(
        {"action": "generalize", "to": to}
        for to in ("day", "week", "month", "quarter", "year", "decade")
    ),
    {"action": "generalize", "to": "year", "format": "%d/%m/%Y"},
    {"action": "generalize", "to": "age", "at": "2025-06-01"},
    {"action": "generalize", "band": 10},
    {"action": "generalize", "bands": [0, 18.5, 65]},
    {"action": "generalize", "nearest": 5},
    {"action": "generalize", "nearest": 1e19},
    {"action": "generalize", "significant": 2},
    {"action": "generalize", "top": 90, "bottom": 3},
    {"action": "generalize", "prefix": 3},
    {"action": "generalize", "prefix": 3, "width": 5},
    {"action": "generalize", "postcode": "US"},
    {"action": "generalize", "network": {}},
    {"action": "generalize", "geohash": 5},
    {"action": "generalize", "part": "domain"},
    {"action": "generalize", "rare": 2},
    {"action": "generalize", "quantiles": 3},
    {"action": "shift_dates", "within_days": 30, "by": "id"},
    {"action": "shift_dates", "within_days": 30, "by": "id", "format": "%d/%m/%y"},
    {"action": "shift_dates", "within_days": 30, "by": "id", "clock": "hour"},
    {"action": "shuffle", "by": "id"},
    {"action": "perturb", "scale": 3},
    {"action": "free_text", "scan": False, "same_row": ["id"]},
]
_CONSTANTS = st.sampled_from([0, 2**63, 10**20, 1.5, True, "x", "2024-02-29", -1])
_RIGHT = st.sampled_from([0, 1.5, -1, 2**70, "x", True, "2024-02-29", "1970-01-01T00:00:00"])


@st.composite
def rules(draw: Any) -> dict[str, Any]:
    """Return a column's rule, some of them for the rows of a filter."""

    def plain() -> dict[str, Any]:
        if draw(st.integers(0, 12)) == 0:
            return {
                "action": "constant",
                "value": draw(_CONSTANTS),
                "nulls_too": draw(st.booleans()),
            }
        return dict(draw(st.sampled_from(_RULES)))

    rule = {**plain(), "accept": "fuzz"}
    if draw(st.integers(0, 4)) == 0:
        rule |= {"when": [draw(conditions())], "otherwise": {**plain(), "accept": "fuzz"}}
    return rule


@st.composite
def conditions(draw: Any) -> list[Any]:
    """Return a condition on a column of the table."""
    name = draw(st.sampled_from(["a", "b", "c"]))
    if draw(st.booleans()):
        return [
            name,
            draw(st.sampled_from(["in", "not in"])),
            draw(st.lists(_RIGHT, min_size=1, max_size=2)),
        ]
    return [name, draw(st.sampled_from(["=", "!=", "<", ">=", ">"])), draw(_RIGHT)]


@st.composite
def cases(draw: Any) -> tuple[pa.Table, str]:
    """Return a table of ``id`` and three columns, and a policy for it."""
    rows = draw(st.integers(1, 12))
    table = pa.table(
        {"id": [f"i{at}" for at in range(rows)], **{name: draw(columns(rows)) for name in "abc"}}
    )
    policy: dict[str, Any] = {
        "version": 1,
        "dataset": "d",
        "purpose": "fuzz",
        "source": {"path": "a.parquet"},
        "sink": {"path": "out"},
        "checks": {"residual": "off"},
        "rows": {"on_bad_value": draw(st.sampled_from(["null", "quarantine"])), "order": "source"},
        "columns": {
            "id": {"action": "keep", "accept": "fuzz"},
            **{name: draw(rules()) for name in "abc"},
        },
    }
    if draw(st.integers(0, 3)) == 0:
        policy["rows"]["where"] = [draw(conditions())]
    if draw(st.integers(0, 3)) == 0:
        policy["privacy"] = {"quasi_identifiers": ["a"], "k": 2, "max_suppressed": 1}
    return table, json.dumps(policy)
