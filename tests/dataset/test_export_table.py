"""A version in a table of a database: exact, whole or not at all."""

from __future__ import annotations

import datetime as dt
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import anonymize
from anonymize.addresses.databases import SINK, database_address
from anonymize.dataset import export_table
from anonymize.errors import ArgumentError, BusyError, DatasetError
from anonymize.io.tables.writing import write_table
from tests.io.tables.conftest import Database, database, read
from tests.workplace import Workplace

__all__ = ["database"]
KINDS: dict[str, tuple[pa.DataType, list[Any]]] = {
    "i8": (pa.int8(), [-128, None]),
    "u16": (pa.uint16(), [65535, None]),
    "u64": (pa.uint64(), [2**64 - 1, None]),
    "i64": (pa.int64(), [-(2**63), None]),
    "f32": (pa.float32(), [1.5, None]),
    "f64": (pa.float64(), [1e-300, None]),
    "yes": (pa.bool_(), [True, None]),
    "text": (pa.string(), ["Zoë \n\"'\\ \t", None]),
    "large": (pa.large_string(), ["x", None]),
    "coded": (pa.dictionary(pa.int32(), pa.string()), ["a", None]),
    "raw": (pa.binary(), [b"\x00\xff", None]),
    "money": (pa.decimal128(12, 2), [Decimal("-1234567890.05"), None]),
    "tiny": (pa.decimal128(38, 20), [Decimal("0.00000000000000000001"), None]),
    "big": (pa.decimal128(38, 0), [Decimal(10**37), None]),
    "day": (pa.date32(), [dt.date(1, 1, 1), None]),
    "time": (pa.time64("us"), [dt.time(23, 59, 59, 999999), None]),
    "local": (pa.timestamp("us"), [dt.datetime(2024, 2, 29, 10, 0, 0, 1), None]),
    "seconds": (pa.timestamp("s"), [dt.datetime(2024, 2, 29, 10), None]),
    "instant": (pa.timestamp("us", "UTC"), [dt.datetime(2024, 2, 29, tzinfo=dt.UTC), None]),
    "list": (pa.list_(pa.string()), [["a", None, 'b,"c'], None]),
    "numbers": (pa.list_(pa.int32()), [[1, 2], []]),
    "inside": (pa.struct([("a", pa.int32()), ("b", pa.string())]), [{"a": 1, "b": "x"}, None]),
}
AS_JSON = {"inside": '{"a": 1, "b": "x"}'}


def rows() -> pa.Table:
    """Return a row of every type, and one of nulls."""
    return pa.table({name: pa.array(values, kind) for name, (kind, values) in KINDS.items()})


def written(address: str, table: str = "clean", if_exists: Any = "refuse", times: int = 1) -> int:
    """Write the rows."""
    batches = rows().to_batches() * times
    return write_table(database_address(address), table, rows().schema, batches, if_exists)


def wanted() -> list[dict[str, Any]]:
    """Return the rows as they are read again."""
    return [
        {name: AS_JSON.get(name) if name in AS_JSON and row[name] else row[name] for name in row}
        for row in rows().to_pylist()
    ]


@pytest.fixture
def sink(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Return a database that is written to."""
    monkeypatch.setenv("COATCHECK_SINK_PASSWORD", database.password)
    return database


def test_every_type_is_in_postgresql_exactly(sink: Database) -> None:
    """Written, read again by this project's source, and by psycopg."""
    assert written(sink.address) == 2
    assert read(sink.open(table="clean")) == wanted()
    [row, _] = sink.rows("SELECT money, tiny, big, u64, instant, list FROM clean")
    assert row == (
        Decimal("-1234567890.05"),
        Decimal("0.00000000000000000001"),
        Decimal(10**37),
        Decimal(2**64 - 1),
        dt.datetime(2024, 2, 29, tzinfo=dt.UTC),
        ["a", None, 'b,"c'],
    )
    assert sink.rows("SELECT pg_typeof(inside)::text, pg_typeof(i8)::text FROM clean LIMIT 1") == [
        ("json", "smallint")
    ]


def test_what_happens_to_a_table_that_is_there(sink: Database) -> None:
    """Refused, replaced, added to; never half of any."""
    written(sink.address)
    with pytest.raises(ArgumentError, match="is there already; say --if-exists replace or append"):
        written(sink.address)
    assert written(sink.address, if_exists="append", times=2) == 4
    assert sink.rows("SELECT count(*) FROM clean") == [(6,)]
    assert written(sink.address, if_exists="replace") == 2
    sink.do("ALTER TABLE clean ALTER i64 TYPE int4 USING 0")
    with pytest.raises(ArgumentError, match="has other columns or types than the rows: i64"):
        written(sink.address, if_exists="append")
    sink.do("CREATE VIEW seen AS SELECT * FROM clean")
    with pytest.raises(DatasetError, match="something depends on the table"):
        written(sink.address, if_exists="replace")
    assert sink.rows("SELECT count(*) FROM seen") == [(2,)]


@pytest.mark.parametrize("kind", ["postgresql", "sqlite", "duckdb"])
@pytest.mark.parametrize("if_exists", ["refuse", "replace", "append"])
def test_a_failure_in_the_middle_leaves_what_was_there(
    sink: Database, tmp_path: Path, kind: str, if_exists: Any
) -> None:
    """The dataset's own error is told, not the driver's."""
    address = {"postgresql": sink.address, "sqlite": f"sqlite:///{tmp_path}/x.db"}.get(
        kind, f"duckdb:///{tmp_path}/x.duckdb"
    )
    table = pa.table({"a": [1, 2, 3]})
    if if_exists != "refuse":
        write_table(database_address(address), "t", table.schema, table.to_batches(), "refuse")

    def cut() -> Any:
        yield from table.to_batches() * 3
        raise DatasetError("part-00002.parquet: was changed")

    with pytest.raises(DatasetError, match=r"part-00002.parquet: was changed"):
        write_table(database_address(address), "t", table.schema, cut(), if_exists)
    if if_exists == "refuse":
        assert sink.rows("SELECT to_regclass('t')") == [(None,)]
        assert list(tmp_path.iterdir()) == []
    else:
        found = anonymize_rows(address, sink)
        assert found == [{"a": 1}, {"a": 2}, {"a": 3}]


def anonymize_rows(address: str, sink: Database) -> list[dict[str, Any]]:
    """Return the rows of the table t."""
    from anonymize.pipeline.opening import open_spec
    from anonymize.policy import SourceSpec

    return read(open_spec(SourceSpec(path=address, table="t")))


def test_files_of_sqlite_and_duckdb(tmp_path: Path) -> None:
    """A new file is its owner's; decimals and days of SQLite are texts, because it has neither."""
    for kind in ("sqlite", "duckdb"):
        address = f"{kind}:///{tmp_path}/x.{kind}"
        assert written(address) == 2
        with pytest.raises(ArgumentError, match="is there already"):
            written(address)
        assert written(address, if_exists="append") == 2
        assert written(address, if_exists="replace") == 2
        assert (tmp_path / f"x.{kind}").stat().st_mode & 0o777 == 0o600
    with duckdb.connect(str(tmp_path / "x.duckdb")) as made:
        found = made.sql("SELECT * FROM clean").to_arrow_table().to_pylist()
    assert found == wanted()
    with sqlite3.connect(tmp_path / "x.sqlite") as other:
        query = "SELECT i64, money, day, local, raw, yes, inside, list, u64 FROM clean"
        assert other.execute(query).fetchone() == (
            -(2**63),
            "-1234567890.05",
            "0001-01-01",
            "2024-02-29 10:00:00.000001",
            b"\x00\xff",
            1,
            AS_JSON["inside"],
            '["a", null, "b,\\"c"]',
            str(2**64 - 1),
        )


@pytest.mark.parametrize(
    ("change", "kind", "what"),
    [
        (lambda address: address.replace("/tables", "/nope"), DatasetError, "no database 'nope'"),
        (lambda address: "postgresql://u@127.0.0.1:1/d", BusyError, "nothing listens there"),
        (lambda address: "postgresql://u:c4n4ry@h/d", ArgumentError, "holds a password"),
        (lambda address: "s3://bucket/x", ArgumentError, "is not a database's address"),
        (lambda address: "mysql://h/d", ArgumentError, "is not written to"),
        (lambda address: "sqlite:////nope/x.db", DatasetError, "SQLITE_CANTOPEN"),
    ],
)
def test_failures_say_which(
    sink: Database, workplace: Workplace, change: Any, kind: type[Exception], what: str
) -> None:
    """And quote neither password nor row."""
    anonymize.run(workplace.policy(), keyring=workplace.keyring_uri)
    with pytest.raises(kind, match=what) as refused:
        export_table(workplace.sink, change(sink.address), "clean", keyring=workplace.keyring_uri)
    assert "c4n4ry" not in str(refused.value)


def test_values_that_a_database_cannot_hold_are_refused(sink: Database) -> None:
    """Nanoseconds and NUL characters, without a word of the row."""
    address = database_address(sink.address)
    for array, what in [
        (pa.array([1], pa.timestamp("ns")), "cannot hold exactly"),
        (pa.array(["c4n4ry\0"]), "a NUL character"),
    ]:
        table = pa.table({"a": array})
        with pytest.raises(DatasetError, match=what) as refused:
            write_table(address, "t", table.schema, table.to_batches(), "refuse")
        assert "c4n4ry" not in str(refused.value)
    wide = pa.schema([("a", pa.decimal256(60, 2))])
    with pytest.raises(ArgumentError, match="no column of a database holds"):
        write_table(address, "t", wide, [], "refuse")
    assert sink.rows("SELECT to_regclass('t')") == [(None,)]


def test_the_rows_of_a_version_with_names_of_any_kind(sink: Database, workplace: Workplace) -> None:
    """In a schema, of a version that is named, some columns of it."""
    anonymize.run(workplace.policy(), keyring=workplace.keyring_uri)
    sink.do('CREATE SCHEMA "Odd.schema"')
    table = '"Odd.schema".Größe'
    count = export_table(
        workplace.sink,
        sink.address,
        table,
        columns=["zip", "visits"],
        version=1,
        keyring=workplace.keyring_uri,
    )
    assert count == 3
    found = sink.rows('SELECT zip, visits FROM "Odd.schema"."Größe" ORDER BY visits')
    assert found == [("20", 3), ("10", 7), ("01", 12)]
    sink.do('DROP SCHEMA "Odd.schema" CASCADE')


@pytest.mark.parametrize("address", ["postgresql://u:c4n4ry@h/d", "mysql://u:c4n4ry@h/d"])
def test_an_address_with_a_password_names_the_variable_that_a_sink_reads(address: str) -> None:
    """It named the source's, which no export reads; what cannot be written to is no form."""
    with pytest.raises(ArgumentError, match="COATCHECK_SINK_PASSWORD gives it") as caught:
        export_table("nowhere", address, "t")
    assert "c4n4ry" not in str(caught.value)
    assert "sqlalchemy" not in SINK.forms
