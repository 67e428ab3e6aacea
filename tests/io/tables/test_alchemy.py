"""Any database that SQLAlchemy reaches: here SQLite and PostgreSQL by its dialects."""

from __future__ import annotations

import datetime as dt
import pickle
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from anonymize.errors import SourceAwayError, SourceError
from anonymize.pipeline.opening import open_spec
from anonymize.policy import SourceSpec
from tests.io.tables.conftest import Database, read

TYPES = (
    "i int, b bigint, n numeric(10,2), u numeric, r double precision, t text, yes boolean,"
    " d date, at timestamp, tz timestamptz, tm time, raw bytea, j json, id uuid"
)
VALUES = (
    "1, -9223372036854775808, '-0.01', 1e30, 1.5, 'Zoë', true, '2024-02-29', '2024-02-29 10:00',"
    " '2024-02-29 10:00+02', '10:00:00.000001', '\\x00ff', '{\"a\": 1}',"
    " 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"
)
WANTED = {
    "i": 1,
    "b": -(2**63),
    "n": Decimal("-0.01"),
    "u": "1000000000000000000000000000000",
    "r": 1.5,
    "t": "Zoë",
    "yes": True,
    "d": dt.date(2024, 2, 29),
    "at": dt.datetime(2024, 2, 29, 10),
    "tz": dt.datetime(2024, 2, 29, 8, tzinfo=dt.UTC),
    "tm": dt.time(10, 0, 0, 1),
    "raw": b"\x00\xff",
    "j": '{"a": 1}',
    "id": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
}


def _address(database: Database) -> str:
    return "sqlalchemy+" + database.address.replace("postgresql:", "postgresql+psycopg:")


@pytest.mark.parametrize("settings", [{"table": "public.t"}, {"query": "SELECT * FROM t"}])
def test_every_type_arrives_exactly(database: Database, settings: dict[str, str]) -> None:
    """By the reflected types of a table, by all values of a query."""
    nulls = ", ".join("NULL" for _ in WANTED)
    database.do(f"CREATE TABLE t ({TYPES})", f"INSERT INTO t VALUES ({VALUES}), ({nulls})")
    source = open_spec(SourceSpec(path=_address(database), **settings))
    first, second = read(source)
    if "query" in settings:
        assert source.schema.field("u").type == pa.decimal128(38, 0)
        first["u"] = str(first["u"])
        assert "inferred from all values" in source.notes[0]
    assert first == WANTED
    assert set(second.values()) == {None}


def test_the_last_row_counts_for_a_query(tmp_path: Path) -> None:
    """A type from the first rows would be a trap."""
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (a, b)")
        database.executemany("INSERT INTO t VALUES (?, ?)", [(1, 1)] * 30_000 + [(1.5, "x")])
    address = f"sqlalchemy+sqlite:///{path}"
    source = open_spec(SourceSpec(path=address, query="SELECT a FROM t"))
    assert source.schema.field("a").type == pa.float64()
    assert read(source)[-1] == {"a": 1.5}
    with pytest.raises(
        SourceError, match=r"column b: its values are of several kinds \(int, str\)"
    ):
        open_spec(SourceSpec(path=address, query="SELECT b FROM t"))
    said = open_spec(SourceSpec(path=address, query="SELECT b FROM t", types={"b": "string"}))
    assert read(said)[-2:] == [{"b": "1"}, {"b": "x"}]


def test_partitions_parameters_and_the_password(database: Database) -> None:
    """Bound, sent without the password, every row once."""
    database.do(
        "CREATE TABLE t AS SELECT i, date '2020-01-01' + i AS d FROM generate_series(1, 90) i"
    )
    source = open_spec(
        SourceSpec(
            path=_address(database),
            query="SELECT * FROM t WHERE i > :least",
            parameters={"least": 10},
            split_by="d",
            partitions=3,
        )
    )
    sent = pickle.dumps(source.partitions())
    assert database.password.encode() not in sent
    parts = [read_ids(one) for one in pickle.loads(sent)]
    assert sorted(number for part in parts for number in part) == list(range(11, 91))
    assert min(map(len, parts)) > 20
    database.do("DELETE FROM t WHERE i = 90")
    with pytest.raises(SourceError, match="changed while it was read"):
        source.check_unchanged()


def read_ids(partition: Any) -> list[int]:
    """Return the column i."""
    return [row["i"] for batch in partition.batches(["i"]) for row in batch.to_pylist()]


def test_failures_quote_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the password, nor the query, nor a row, in the error or what hangs on it."""
    database.do("CREATE TABLE t AS SELECT 'c4n4ry-row' AS a")
    cases: list[tuple[dict[str, str], str]] = [
        ({"table": "nope"}, "there is no such table"),
        ({"query": "SELECT a::int FROM t"}, "the database refused the query"),
        ({"query": "DELETE FROM t"}, "the database refused the query"),
        ({"query": "SELECT a FROM t WHERE false"}, "no rows"),
    ]
    for settings, what in cases:
        with pytest.raises(SourceError, match=what) as refused:
            open_spec(SourceSpec(path=_address(database), **settings))
        _assert_quiet(refused.value)
    monkeypatch.setenv("COATCHECK_SOURCE_PASSWORD", "c4n4ry-secret")
    with pytest.raises(SourceAwayError, match="cannot be reached, refuses the role") as refused:
        open_spec(SourceSpec(path=_address(database), table="t"))
    _assert_quiet(refused.value)
    for address in ("sqlalchemy+nope://h/d", "mysql://h/d"):
        with pytest.raises(SourceError, match="dialect"):
            open_spec(SourceSpec(path=address, table="t"))


def _assert_quiet(error: BaseException) -> None:
    seen: BaseException | None = error
    while seen is not None:
        assert "c4n4ry" not in str(seen) + repr(vars(seen)) + repr(seen.args)
        seen = seen.__context__
