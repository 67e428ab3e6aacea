"""Every action keeps lengths, nulls and types, and does not care how a column is laid out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.names import ColumnName
from anonymize.plan.bind.registry import transform_for
from anonymize.policy.actions import RULES
from anonymize.transform import BadValuesError
from anonymize.transform.blank import is_blank, without_blanks
from tests.transform.conftest import RULE, Context
from tests.transform.rules import DATE_RULES, EVERY_RULE, NUMBER_RULES, TEXT_RULES, shown

LIKE_DATES = st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True)
TEXTS = st.lists(st.none() | st.text(max_size=12) | LIKE_DATES, max_size=30)
NUMBERS = st.lists(st.none() | st.integers(-(2**31), 2**31 - 1), max_size=30)
FLOATS = st.lists(st.none() | st.floats(width=32), max_size=30)
DECIMALS = st.lists(st.none() | st.decimals(-(10**9), 10**9, places=2), max_size=30)
DATES = st.lists(st.none() | st.dates(date(1000, 1, 1), date(2800, 1, 1)), max_size=30)
MOMENTS = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
INSTANTS = st.lists(st.none() | MOMENTS, max_size=30)

CASES = [
    *((rule, TEXTS, pa.string()) for rule in TEXT_RULES + DATE_RULES + NUMBER_RULES),
    *((rule, NUMBERS, pa.int64()) for rule in NUMBER_RULES),
    *((rule, FLOATS, pa.float64()) for rule in NUMBER_RULES if rule["action"] != "encrypt_format"),
    *(
        (rule, DECIMALS, pa.decimal128(12, 2))
        for rule in NUMBER_RULES
        if rule["action"] != "encrypt_format"
    ),
    *((rule, DATES, pa.date32()) for rule in DATE_RULES),
    *((rule, INSTANTS, pa.timestamp("us", "Europe/Kyiv")) for rule in DATE_RULES),
]


def applied(rule: dict[str, Any], column: pa.Array) -> tuple[list[Any], list[bool]]:
    """Return a rule's values and where it calls them bad; the type is what was promised."""
    transform = transform_for(RULE.validate_python(rule), ColumnName("c"), column.type, Context())
    try:
        result, bad = transform(column), pa.array([False] * len(column))  # type: ignore[operator]
    except BadValuesError as error:
        result, bad = error.values, error.where
    assert result.type == transform.output_type(column.type)
    result.validate(full=True)
    return result.to_pylist(), bad.to_pylist()


@pytest.mark.parametrize(
    "rule,values,kind", CASES, ids=[f"{shown(rule)} on {kind}" for rule, _, kind in CASES]
)
def test_every_action_keeps_length_and_nulls_whatever_the_layout(
    rule: Any, values: Any, kind: pa.DataType
) -> None:
    """Slices, halves, permutations, dictionaries and large layouts give what the plain column
    gives.
    """

    @settings(max_examples=8, deadline=None)
    @given(values, st.integers(0, 30))
    def holds(items: list[Any], cut: int) -> None:
        column = pa.array(items, kind)
        result, bad = applied(rule, column)
        assert len(result) == len(items)
        items = [None if _is_missing(rule, item) else item for item in items]
        kept = [(new, old) for new, old, wrong in zip(result, items, bad, strict=True) if not wrong]
        assert all(new is None for new, wrong in zip(result, bad, strict=True) if wrong)
        assert rule.get("nulls_too") or all(new is None for new, old in kept if old is None)
        assert rule.get("label", "") is None or all(
            new is not None for new, old in kept if old is not None
        )
        if rule["action"] != "perturb":
            _layout_does_not_matter(rule, column, cut, (result, bad))

    holds()


def _is_missing(rule: Any, item: Any) -> bool:
    """Return whether nothing can be seen in a value, and the action looks at values."""
    looks = rule["action"] not in ("keep", "redact", "constant", "null")
    return looks and (
        item != item or (isinstance(item, str) and is_blank(pa.array([item]))[0].as_py())
    )


def _layout_does_not_matter(
    rule: Any, column: pa.Array, cut: int, expected: tuple[list[Any], list[bool]]
) -> None:
    padded = pa.concat_arrays([pa.array([_SPARE[column.type]], column.type), column])
    assert repr(applied(rule, padded.slice(1))) == repr(expected)
    halves = [applied(rule, part) for part in (column.slice(0, cut), column.slice(cut))]
    assert repr(halves[0][0] + halves[1][0]) == repr(expected[0])
    backwards = applied(rule, column.take(pa.array(range(len(column) - 1, -1, -1), pa.int64())))
    assert repr(backwards[0][::-1]) == repr(expected[0])
    if rule["action"] != "keep":
        assert repr(applied(rule, column.dictionary_encode())) == repr(expected)
    if column.type == pa.string():
        assert repr(applied(rule, column.cast(pa.large_string()))) == repr(expected)
        assert repr(applied(rule, column.cast(pa.string_view()))) == repr(expected)


_SPARE = {
    pa.string(): "x",
    pa.int64(): 7,
    pa.float64(): 7.5,
    pa.decimal128(12, 2): Decimal("7.50"),
    pa.date32(): date(2024, 2, 29),
    pa.timestamp("us", "Europe/Kyiv"): datetime(2024, 2, 29, tzinfo=UTC),
}

INJECTIVE: list[dict[str, Any]] = [
    {"action": "pseudonymize"},
    {"action": "tokenize"},
    {"action": "tokenize", "method": "vault"},
    {"action": "fake", "kind": "email", "unique": True, "normalize": "exact"},
    {"action": "fake", "kind": "user_name", "unique": True, "normalize": "exact"},
]


@pytest.mark.parametrize("rule", INJECTIVE, ids=shown)
def test_equal_values_alone_give_equal_results(rule: Any) -> None:
    """What is promised to be injective is, both ways."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.text(st.characters(codec="ascii"), max_size=8), min_size=2, max_size=12))
    def holds(drawn: list[str]) -> None:
        items = without_blanks(pa.array(drawn)).to_pylist()
        result, _ = applied(rule, pa.array(items))
        assert len(set(zip(items, result, strict=True))) == len(set(items)) == len(set(result))

    holds()


def test_every_action_of_the_language_has_properties_here() -> None:
    """A new action without a property test is a failure with a name."""
    elsewhere = {"drop", "shuffle", "shift_dates", "free_text", "custom"}
    assert set(RULES) - elsewhere == {rule["action"] for rule in EVERY_RULE}
