"""Types and values at the edges of what a rule takes: refused by name before the first row, or done
right.
"""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.errors import PlanError
from anonymize.keys import FormatSpec, Keyring, ff1_decrypt, ff1_encrypt
from anonymize.plan.show.example import examples
from tests.plan.helpers import applied, plan_of, policy_of

RULES = [
    "mask",
    "pseudonymize",
    "tokenize",
    "fake, kind: name",
    "generalize, to: year",
    "encrypt_format",
    "redact",
    "generalize, network: {}",
    "generalize, prefix: 3",
    "generalize, part: domain",
    "generalize, geohash: 5",
    "'null'",
    "generalize, band: 10",
    "shift_dates, within_days: 5, by: id",
    "generalize, rare: 2",
    "constant, value: 3",
]


@pytest.mark.parametrize("rule", RULES)
def test_a_long_column_without_a_value_is_no_error(rule: str, keyring_uri: str) -> None:
    """A frame of nothing but None has Arrow's null type, for which Arrow counts nothing."""
    frame = pd.DataFrame({"id": [f"i{at}" for at in range(4096)], "c": [None] * 4096})
    policy = policy_of(
        f"  id: {{action: keep}}\n  c: {{action: {rule}, accept: test}}\n",
        "checks: {residual: off}\n",
    )
    out = anonymize.anonymize_frame(frame, policy, keyring=keyring_uri)
    assert out["c"].isna().all()


TEXTS = [
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.dictionary(pa.int8(), pa.large_string()),
]


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("then", ["pseudonymize", "redact", "mask"])
@pytest.mark.parametrize("otherwise", ["redact", "keep", "'null'", "generalize, prefix: 1"])
def test_when_and_otherwise_mix_text_of_any_layout(
    kind: pa.DataType, then: str, otherwise: str, keyring: Keyring
) -> None:
    """Some actions make large text of large text, some do not; the column keeps its own kind of
    text.
    """
    table = pa.table({"g": ["x", "y", "x"], "c": pa.array(["jane", "bob", None]).cast(kind)})
    other = f"otherwise: {{action: {otherwise}, accept: test}}"
    rule = f"  c: {{action: {then}, when: [[g, '=', x]], {other}, accept: test}}\n"
    out = applied(table, rule, keyring=keyring)
    assert [row["c"] is None for row in out] == [False, "null" in otherwise, True]
    assert out[0]["c"] != "jane"
    if otherwise == "keep":
        assert out[1]["c"] == "bob"
    written = plan_of(table, rule, keyring=keyring).output_schema.field("c").type
    if (then, otherwise) != ("redact", "redact"):
        assert written == (kind.value_type if pa.types.is_dictionary(kind) else kind)


@pytest.mark.parametrize(
    "span", ["earliest: 1600-01-01", "latest: 2400-12-31", "latest: 9999-12-31"]
)
def test_encrypt_format_refuses_days_that_nanoseconds_do_not_hold(span: str) -> None:
    """They would wrap round, and could never be turned back."""
    table = pa.table({"d": pa.array([datetime(2024, 2, 29)], pa.timestamp("ns"))})
    with pytest.raises(PlanError, match="from 1677-09-22 to 2262-04-10"):
        plan_of(table, f"  d: {{action: encrypt_format, {span}, accept: test}}\n")


@pytest.mark.parametrize(
    "kind,first,last",
    [
        (pa.date32(), date(1, 1, 1), date(9999, 12, 31)),
        (pa.date64(), date(1, 1, 1), date(9999, 12, 31)),
        (pa.timestamp("s"), date(1, 1, 1), date(9999, 12, 31)),
        (pa.timestamp("us"), date(1, 1, 1), date(9999, 12, 31)),
        (pa.timestamp("ns"), date(1677, 9, 22), date(2262, 4, 10)),
    ],
)
def test_the_longest_span_of_a_type_turns_back(
    kind: pa.DataType, first: date, last: date, keyring: Keyring
) -> None:
    """To the last tick of its last day."""
    key = keyring.purpose_key("reveal", action="encrypt_format", domain="test")
    spec = FormatSpec(earliest=first, latest=last)
    ticks = (
        {"s": 1, "us": 10**6, "ns": 10**9}[kind.unit] * 86_400 if pa.types.is_timestamp(kind) else 1
    )
    ticks = 86_400_000 if pa.types.is_date64(kind) else ticks
    low, high = ((day - date(1970, 1, 1)).days for day in (first, last))
    top = (high + 1) * ticks - 1 if pa.types.is_timestamp(kind) else high * ticks
    numbers = [low * ticks, top, 0, *(low * ticks + at * ticks * 300 for at in range(100))]
    stored = pa.int32() if pa.types.is_date32(kind) else pa.int64()
    values = pa.array(numbers, pa.int64()).cast(stored).cast(kind)
    sealed = ff1_encrypt(key, values, spec)
    assert not any(sealed.bad.to_pylist())
    out = sealed.values.cast(stored).cast(pa.int64()).to_pylist()
    assert all(low * ticks <= number <= top for number in out)
    assert ff1_decrypt(key, sealed.values, spec).values.equals(values)


def test_nanoseconds_beyond_their_range_are_refused_by_the_primitive_too(keyring: Keyring) -> None:
    """Nobody gets there by a plan."""
    key = keyring.purpose_key("reveal", action="encrypt_format", domain="test")
    with pytest.raises(ValueError, match="holds the days from"):
        ff1_encrypt(
            key, pa.array([0]).cast(pa.timestamp("ns")), FormatSpec(latest=date(2400, 1, 1))
        )


@pytest.mark.parametrize("value", [10**20, 2**63, -(2**63) - 1])
def test_a_constant_beyond_64_bits_is_refused(value: int) -> None:
    """No number column but a decimal one holds it."""
    with pytest.raises(PlanError, match="64 bits"):
        plan_of(pa.table({"d": [1]}), f"  d: {{action: constant, value: {value}}}\n")


def test_a_constant_that_the_column_holds_is_taken() -> None:
    """2**63 in an unsigned column, 10**20 in a decimal one."""
    for kind, value in ((pa.uint64(), 2**63), (pa.decimal128(38, 0), 10**20)):
        table = pa.table({"d": pa.array([1], pa.int64()).cast(kind)})
        assert int(applied(table, f"  d: {{action: constant, value: {value}}}\n")[0]["d"]) == value  # type: ignore[call-overload]


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000", "\u2009", "\u200b", "\ufeff", "\t", " "])
@pytest.mark.parametrize("rule", ["prefix: 3", "postcode: US"])
def test_no_blank_is_a_character_of_a_code(blank: str, rule: str) -> None:
    """Three characters and a blank are no longer than a prefix of three: the whole code would
    pass.
    """
    table = pa.table({"c": [f"802{blank}", f"8{blank}02", f"802{blank}14"]})
    out = applied(table, f"  c: {{action: generalize, {rule}}}\n", "rows: {on_bad_value: 'null'}\n")
    assert [row["c"] for row in out] == [None, None, "802"]


@pytest.mark.parametrize("unit", [10**19, 2**64 - 1])
def test_a_multiple_beyond_63_bits_is_that_multiple(unit: int) -> None:
    """Unsigned numbers have 64."""
    table = pa.table({"c": pa.array([7188075548341159755, 1], pa.uint64())})
    out = [row["c"] for row in applied(table, f"  c: {{action: generalize, nearest: {unit}}}\n")]
    assert all(number == 0 or number >= 2**63 for number in out)  # type: ignore[operator]
    assert out[0] != 2**63


@pytest.mark.parametrize(
    "rule", ["generalize, to: year", "generalize, to: day", "keep", "pseudonymize"]
)
def test_the_sentinel_of_an_eastern_zone_is_a_bad_value_at_most(
    rule: str, keyring: Keyring
) -> None:
    """9999-12-31T23:59:59Z is no day of a year that readers hold in Asia/Kolkata; its example stops
    no plan.
    """
    stamps = pa.array([0, 253402300799 * 10**6]).cast(pa.timestamp("us", "Asia/Kolkata"))
    table = pa.table({"d": stamps})
    plan = plan_of(
        table, f"  d: {{action: {rule}, accept: test}}\n", "rows: {on_bad_value: 'null'}\n", keyring
    )
    assert examples(plan, table.to_batches()[0], keyring)
    if "generalize" in rule:
        out = applied(table, f"  d: {{action: {rule}}}\n", "rows: {on_bad_value: 'null'}\n")
        assert [row["d"] is None for row in out] == [False, True]
