"""Every action keeps lengths and nulls, and does not care how a column is laid out."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.names import ColumnName
from anonymize.plan.registry import transform_for
from anonymize.transform import BadValuesError
from tests.transform.conftest import RULE, Context

TEXTS = st.lists(st.none() | st.text(max_size=12) | st.from_regex(r"\d{4}-\d\d-\d\d", fullmatch=True), max_size=40)
NUMBERS = st.lists(st.none() | st.integers(-(2**31), 2**31 - 1), max_size=40)
FLOATS = st.lists(st.none() | st.floats(width=32), max_size=40)

TEXT_RULES: list[dict[str, Any]] = [
    {"action": "keep"},
    {"action": "redact"},
    {"action": "redact", "label": None},
    {"action": "mask"},
    {"action": "mask", "keep_first": 1, "keep_last": 2, "char": "█"},
    {"action": "mask", "keep_last": 2, "keep_separators": False},
    {"action": "pseudonymize"},
    {"action": "pseudonymize", "normalize": "fold"},
    {"action": "tokenize"},
    *({"action": "fake", "kind": kind} for kind in ("name", "email", "phone", "street", "company", "user_name")),
    *({"action": "generalize", "to": unit} for unit in ("day", "week", "month", "quarter", "year", "decade")),
    {"action": "generalize", "prefix": 3},
]
NUMBER_RULES: list[dict[str, Any]] = [
    {"action": "generalize", "band": 10},
    {"action": "generalize", "band": 7, "bottom": -20, "top": 90},
    {"action": "generalize", "bands": [-5, 0, 18, 65]},
    {"action": "generalize", "nearest": 5},
    {"action": "generalize", "significant": 2},
    {"action": "generalize", "top": 90, "bottom": 3},
    {"action": "pseudonymize"},
    {"action": "mask", "keep_last": 1},
]


def applied(rule: dict[str, Any], column: pa.Array) -> tuple[list[Any], list[bool], pa.DataType]:
    """Return a rule's values, where it calls them bad, and their type."""
    transform = transform_for(RULE.validate_python(rule), ColumnName("c"), column.type, Context())
    try:
        result, bad = transform(column), pa.array([False] * len(column))
    except BadValuesError as error:
        result, bad = error.values, error.where
    assert result.type == transform.output_type(column.type)
    return result.to_pylist(), bad.to_pylist(), result.type


CASES = [
    *((rule, TEXTS, pa.string()) for rule in TEXT_RULES),
    *((rule, NUMBERS, pa.int64()) for rule in NUMBER_RULES),
    *((rule, FLOATS, pa.float64()) for rule in NUMBER_RULES),
]


@pytest.mark.parametrize("rule,values,kind", CASES, ids=NAMES)
def test_every_action_keeps_length_and_nulls_whatever_the_layout(rule: Any, values: Any, kind: pa.DataType) -> None:
    """Slices, halves, repetitions and dictionaries give what the plain column gives."""

    @settings(max_examples=25, deadline=None)
    @given(values, st.integers(0, 40))
    def holds(items: list[Any], cut: int) -> None:
        column = pa.array(items, kind)
        result, bad, _ = applied(rule, column)
        assert len(result) == len(items)
        assert all(new is None for new, old, wrong in zip(result, items, bad, strict=True) if old is None or wrong)
        if rule.get("label", "") is not None:
            assert not any(new is None for new, old, wrong in zip(result, items, bad, strict=True) if old is not None and not wrong)
        assert not any(wrong for wrong, old in zip(bad, items, strict=True) if old is None)
        padded = pa.concat_arrays([pa.array(["x"] if pa.types.is_string(kind) else [7], kind), column])
        assert repr(applied(rule, padded.slice(1))[:2]) == repr((result, bad))
        halves = [applied(rule, part) for part in (column.slice(0, cut), column.slice(cut))]
        assert repr(halves[0][0] + halves[1][0]) == repr(result)
        if kind == pa.string():
            for other in (column.dictionary_encode(), column.cast(pa.large_string()), column.cast(pa.string_view())):
                assert repr(applied(rule, other)[:2]) == repr((result, bad))

    holds()
