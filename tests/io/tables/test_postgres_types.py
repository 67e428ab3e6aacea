"""Every type of PostgreSQL arrives exactly, or is refused with a way to read it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from anonymize.errors import SourceError
from tests.io.tables.conftest import Database, read

UTC = dt.UTC
LONG = "12345678901234567890123456789012345678901234567890.123456789"
CASES: list[tuple[str, str, pa.DataType, Any]] = [
    ("smallint", "'-32768'", pa.int16(), -32768),
    ("integer", "'-2147483648'", pa.int32(), -(2**31)),
    ("bigint", "'-9223372036854775808'", pa.int64(), -(2**63)),
    ("oid", "'4294967295'", pa.int64(), 2**32 - 1),
    ("real", "'1.1'", pa.float32(), pa.scalar(1.1, pa.float32()).as_py()),
    ("double precision", "'1e-300'", pa.float64(), 1e-300),
    ("double precision", "'-infinity'", pa.float64(), float("-inf")),
    ("numeric(10,2)", "'-12345678.90'", pa.decimal128(10, 2), Decimal("-12345678.90")),
    ("numeric(38,0)", "'1' || repeat('0', 37)", pa.decimal128(38, 0), Decimal(10**37)),
    ("numeric(10,2)", "'0.01'", pa.decimal128(10, 2), Decimal("0.01")),
    ("numeric(39,1)", "'7.5'", pa.string(), "7.5"),
    ("numeric", f"'{LONG}'", pa.string(), LONG),
    ("numeric", "'NaN'", pa.string(), "NaN"),
    ("boolean", "'f'", pa.bool_(), False),
    ("text", "'Zoë \t\n\"''\\ 日本'", pa.string(), "Zoë \t\n\"'\\ 日本"),
    ("varchar(5)", "'abc'", pa.string(), "abc"),
    ("char(4)", "'ab'", pa.string(), "ab  "),
    ("bytea", "'\\x00ff'", pa.binary(), b"\x00\xff"),
    ("date", "'0001-01-01'", pa.date32(), dt.date(1, 1, 1)),
    ("date", "'9999-12-31'", pa.date32(), dt.date(9999, 12, 31)),
    ("time", "'23:59:59.999999'", pa.time64("us"), dt.time(23, 59, 59, 999999)),
    ("timetz", "'10:00:00+02'", pa.string(), "10:00:00+02"),
    (
        "timestamp",
        "'2024-02-29 10:00:00.000001'",
        pa.timestamp("us"),
        dt.datetime(2024, 2, 29, 10, 0, 0, 1),
    ),
    (
        "timestamptz",
        "'2024-02-29 10:00:00+05:30'",
        pa.timestamp("us", "UTC"),
        dt.datetime(2024, 2, 29, 4, 30, tzinfo=UTC),
    ),
    ("interval", "'1 year 2 days 00:00:03'", pa.string(), "P1Y2DT3S"),
    ("json", "'{\"a\":  1}'", pa.string(), '{"a":  1}'),
    ("jsonb", "'{\"a\":  1}'", pa.string(), '{"a": 1}'),
    (
        "uuid",
        "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",
        pa.string(),
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    ),
    ("mood", "'sad'", pa.string(), "sad"),
    ("short_text", "'abc'", pa.string(), "abc"),
    ("pair", "'(1,\"a b\")'", pa.string(), '(1,"a b")'),
    ("integer[]", "'{1,null,3}'", pa.list_(pa.int32()), [1, None, 3]),
    ("integer[]", "'{}'", pa.list_(pa.int32()), []),
    ("integer[]", "'[5:6]={1,2}'", pa.list_(pa.int32()), [1, 2]),
    ("text[]", "'{\"a,b\",null}'", pa.list_(pa.string()), ["a,b", None]),
    ("date[]", "'{2020-01-01}'", pa.list_(pa.date32()), [dt.date(2020, 1, 1)]),
    ("numeric(5,2)[]", "'{1.10}'", pa.list_(pa.string()), ["1.10"]),
    ("uuid[]", "'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'", pa.list_(pa.string()), None),
    ("mood[]", "'{sad,fine}'", pa.list_(pa.string()), ["sad", "fine"]),
    ("inet", "'10.1.2.3/8'", pa.string(), "10.1.2.3/8"),
    ("cidr", "'10.0.0.0/8'", pa.string(), "10.0.0.0/8"),
    ("macaddr", "'08:00:2b:01:02:03'", pa.string(), "08:00:2b:01:02:03"),
    ("money", "'-12.30'", pa.string(), "-12.30"),
    ("bit(3)", "B'101'", pa.string(), "101"),
    ("int4range", "'[1,5)'", pa.string(), "[1,5)"),
    ("point", "'(1,2)'", pa.string(), "(1,2)"),
    ("xml", "'<a/>'", pa.string(), "<a/>"),
    ("tsvector", "'a b'", pa.string(), "'a' 'b'"),
]
TYPES = (
    "CREATE TYPE mood AS ENUM ('sad', 'fine')",
    "CREATE DOMAIN short_text AS text CHECK (length(VALUE) < 5)",
    "CREATE TYPE pair AS (one int, two text)",
)


def test_every_type_arrives_exactly(database: Database) -> None:
    """With a null of each, as a table, and through a query, where long cells are looked for."""
    columns = ", ".join(f"c{at} {kind}" for at, (kind, *_) in enumerate(CASES))
    values = ", ".join(f"({value})::text::{kind}" for kind, value, *_ in CASES)
    values = values.replace("(B'101')::text", "B'101'").replace("''\\x00ff'')::text", "")
    nulls = ", ".join("NULL" for _ in CASES)
    database.do(*TYPES, f"CREATE TABLE kinds (n serial primary key, {columns})")
    into = ", ".join(f"c{at}" for at in range(len(CASES)))
    database.do(f"INSERT INTO kinds ({into}) VALUES ({values}), ({nulls})")
    wanted = {f"c{at}": value for at, (*_, value) in enumerate(CASES)}
    wanted[f"c{[case[0] for case in CASES].index('uuid[]')}"] = [
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
    ]
    for settings in ({"table": "kinds"}, {"query": "SELECT * FROM kinds"}):
        source = database.open(**settings)
        assert source.schema.types[1:] == [kind for _, _, kind, _ in CASES]
        first, second = read(source)
        assert first == {"n": 1, **wanted}
        assert second == {"n": 2, **dict.fromkeys(wanted)}


def test_what_is_not_read_as_its_name_suggests_is_said(database: Database) -> None:
    """By the command, before the draft is written."""
    database.do("CREATE TABLE t AS SELECT 1.5::numeric AS n, '1'::money AS m")
    told = " ".join(database.open(table="t").notes)
    assert "numeric without a precision as text of its digits: n" in told
    assert "money as text of its number: m" in told


@pytest.mark.parametrize(
    ("kind", "value", "what"),
    [
        ("date", "infinity", "a value is infinite, or before the year 1"),
        ("date", "0044-03-15 BC", "a value is infinite, or before the year 1"),
        ("timestamp", "-infinity", "a value is infinite, or before the year 1"),
        ("timestamptz", "12000-01-01 00:00:00+00", "a value is infinite, or before the year 1"),
        ("date[]", "{infinity}", "a value is infinite, or before the year 1"),
        ("time", "24:00:00", "a value is 24:00:00"),
        ("numeric(5,2)", "NaN", "holds values that are no decimal128"),
        ("integer[]", "{{1,2},{3,4}}", "holds arrays of several dimensions"),
    ],
)
def test_what_arrow_cannot_hold_is_refused_and_read_as_text(
    database: Database, kind: str, value: str, what: str
) -> None:
    """ADBC hands over other days, and flattens arrays, without a word."""
    database.do("CREATE TABLE t AS SELECT 1 AS n", f"ALTER TABLE t ADD c {kind}")
    database.do(f"UPDATE t SET c = '{value}'")
    with pytest.raises(SourceError, match=rf"t: column c: {what}|column c: {what}") as refused:
        read(database.open(table="t"))
    assert "types: {c: string}" in str(refused.value)
    assert value not in str(refused.value).replace("24:00:00, which", "")
    assert read(database.open(table="t", types={"c": "string"})) == [{"n": 1, "c": value}]


def test_types_of_the_policy_are_the_servers_casts(database: Database) -> None:
    """Exact ones, or refused by the server."""
    database.do("CREATE TABLE t AS SELECT '0042'::text AS a, 1.25::numeric AS b, 7 AS c")
    types = {"a": "integer", "b": "float", "c": "string"}
    assert read(database.open(table="t", types=types)) == [{"a": 42, "b": 1.25, "c": "7"}]
    with pytest.raises(SourceError, match=r"that is said|failed while its rows were read"):
        read(database.open(query="SELECT 'x'::text AS a", types={"a": "integer"}))
    with pytest.raises(SourceError, match="no column 'nope'"):
        database.open(table="t", types={"nope": "string"})
