"""SQLite: cells have types of their own, and none is read as another without a word."""

from __future__ import annotations

import datetime as dt
import os
import pickle
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from anonymize.errors import SourceAwayError, SourceError
from anonymize.io import Source
from anonymize.io.tables import sqlite_table
from anonymize.pipeline.opening import open_spec
from anonymize.policy import SourceSpec
from tests.io.tables.conftest import read

TYPES = """CREATE TABLE kinds (
  i INTEGER, big BIGINT, r REAL, t TEXT, v VARCHAR(9), b BLOB, yes BOOLEAN, d DATE, at DATETIME,
  n NUMERIC, free)"""
ROWS = [
    (1, 2**63 - 1, 1.5, "Zoë", "x", b"\0\xff", 1, "2024-02-29", "2024-02-29 10:00:00", 1, "a"),
    (-1, -(2**63), 1e300, "", None, b"", 0, None, "2024-02-29 10:00:00.000001", 2.5, "b"),
    (None,) * 11,
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with a table of every declared type."""
    made = tmp_path / "odd name?.db"
    do(made, TYPES)
    with sqlite3.connect(made) as database:
        database.executemany(f"INSERT INTO kinds VALUES ({', '.join('?' * 11)})", ROWS)
    return made


def do(path: Path, *statements: str) -> None:
    """Run statements."""
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def opened(path: Path, **settings: Any) -> Source:
    """Open a source in the file."""
    address = f"sqlite:///{path}".replace("?", "%3F")
    return open_spec(SourceSpec(path=address, **settings))


@pytest.mark.parametrize("settings", [{"table": "kinds"}, {"query": "SELECT * FROM kinds;"}])
def test_every_type_arrives_exactly(path: Path, settings: dict[str, str]) -> None:
    """By declaration; of a query, whose columns declare none, by all cells."""
    source = opened(path, **settings)
    found = [tuple(row.values()) for row in read(source)]
    wanted = [list(row) for row in ROWS]
    if "table" in settings:
        for row in wanted[:2]:
            row[6] = bool(row[6])
            row[7] = row[7] and dt.date.fromisoformat(str(row[7]))
            row[8] = dt.datetime.fromisoformat(str(row[8]))
        assert source.schema.field("d").type == pa.date32()
    assert found == [tuple(row) for row in wanted]
    assert source.schema.field("n").type == pa.float64()
    assert "all cells were looked at" in source.notes[0]


@pytest.mark.parametrize(
    ("cell", "column", "what"),
    [
        ("'x'", "i", "1 values are texts in a column of int64"),
        ("1.5", "i", "1 values are floats in a column of int64"),
        ("x'00'", "t", "1 values are bytes in a column of string"),
        ("2", "yes", "cannot hold exactly"),
        ("'soon'", "d", "cannot hold exactly"),
        ("'2024-02-29T10:00:00+02:00'", "at", "cannot hold exactly"),
        ("7", "free", r"of several kinds \(integer, text\)"),
        ("x'00'", "free", r"of several kinds \(blob, text\)"),
    ],
)
def test_a_cell_of_another_kind_is_refused(path: Path, cell: str, column: str, what: str) -> None:
    """And read as text where that is exact."""
    do(path, f"INSERT INTO kinds ({column}) VALUES ({cell})")
    with pytest.raises(SourceError, match=f"column {column}: .*{what}") as refused:
        read(opened(path, table="kinds"))
    assert "soon" not in str(refused.value)
    if "x'" not in cell:
        source = opened(path, table="kinds", types={column: "string"})
        assert read(source)[-1][column] == cell.strip("'")


def test_a_column_of_texts_is_read_as_the_type_that_is_said(tmp_path: Path) -> None:
    """Or refused."""
    do(tmp_path / "x.db", "CREATE TABLE t (a TEXT)", "INSERT INTO t VALUES ('0042'), (NULL)")
    source = opened(tmp_path / "x.db", table="t", types={"a": "integer"})
    assert read(source) == [{"a": 42}, {"a": None}]
    do(tmp_path / "x.db", "INSERT INTO t VALUES ('many')")
    with pytest.raises(SourceError, match="column a"):
        read(opened(tmp_path / "x.db", table="t", types={"a": "integer"}))


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"table": "nope"}, "there is no such table or view"),
        ({"table": "other.kinds"}, "there is no such table or view"),
        ({"query": "DELETE FROM kinds"}, "is not one SELECT"),
        ({"query": "SELECT 1; DELETE FROM kinds"}, "is not one SELECT"),
        ({"query": "SELECT 1 AS a WHERE 0"}, "no rows"),
        ({"query": "SELECT 1 AS a, 2 AS a"}, "columns 1 and 2 have one name"),
        ({"query": "SELECT :x AS a"}, "parameters: has no value for :x"),
        ({"table": "kinds", "partitions": 2}, "say by which column: split_by"),
        ({"table": "kinds", "partitions": 2, "split_by": "t"}, "integers, dates and times"),
    ],
)
def test_what_cannot_be_read_is_said(path: Path, settings: dict[str, Any], what: str) -> None:
    """And nothing is written."""
    before = path.read_bytes()
    with pytest.raises(SourceError, match=what):
        read(opened(path, **settings))
    assert path.read_bytes() == before


def test_files_that_are_none_are_said(tmp_path: Path) -> None:
    """Missing, another format, a folder, cut short."""
    (tmp_path / "text.db").write_text("a,b\n1,2\n" * 100)
    do(
        tmp_path / "cut.db",
        "CREATE TABLE t AS SELECT 1 AS a",
        "INSERT INTO t SELECT zeroblob(99999)",
    )
    cut = (tmp_path / "cut.db").read_bytes()
    (tmp_path / "cut.db").write_bytes(cut[:8000])
    for name, what in [
        ("text.db", "is no SQLite database"),
        ("nope.db", "no such file; a path from the root has four slashes"),
        ("", "is no file"),
        ("cut.db", "is damaged"),
    ]:
        with pytest.raises(SourceError, match=what):
            read(opened(tmp_path / name, table="t"))


def test_a_file_that_is_written_to_is_noticed(path: Path) -> None:
    """Also where the change is in the log beside it only."""
    source = opened(path, table="kinds")
    do(path, "UPDATE kinds SET t = 'other'")
    with pytest.raises(SourceError, match="changed while it was read"):
        source.check_unchanged()
    do(path, "PRAGMA journal_mode = WAL")
    source = opened(path, table="kinds")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("UPDATE kinds SET t = 'third'")
    with pytest.raises(SourceError, match="changed while it was read"):
        read(source)
    assert read(opened(path, table="kinds"))[0]["t"] == "third"
    writer.close()


def test_a_writer_that_holds_the_file_is_worth_another_try(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while."""
    monkeypatch.setattr(sqlite_table, "BUSY_SECONDS", 0.1)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises(SourceAwayError, match="another process writes to it"):
        opened(path, table="kinds")
    writer.close()


def test_partitions_hold_every_row_once_and_no_value(tmp_path: Path) -> None:
    """By ranges of integers and of dates, with nulls."""
    do(
        tmp_path / "x.db",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, d DATE)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
        " INSERT INTO t SELECT i, CASE WHEN i % 5 THEN date('1990-01-01', '+' || i || ' days') END"
        " FROM n",
    )
    for column in ("id", "d"):
        source = opened(tmp_path / "x.db", table="t", split_by=column, partitions=3)
        sent = pickle.loads(pickle.dumps(source.partitions()))
        assert b"1990" not in pickle.dumps(sent)
        parts = [[row["id"] for b in one.batches() for row in b.to_pylist()] for one in sent]
        assert sorted(number for part in parts for number in part) == list(range(1, 501))
        assert min(map(len, parts)) > 50


def test_rows_come_in_one_order_whatever_columns_are_asked_for(tmp_path: Path) -> None:
    """An index over one column would be read instead of the table."""
    do(
        tmp_path / "x.db",
        "CREATE TABLE t (id INTEGER, name TEXT, more TEXT)",
        "CREATE INDEX by_name ON t (name)",
        "INSERT INTO t VALUES (1, 'c', 'x'), (2, 'a', 'y'), (3, 'b', 'z')",
    )
    partition = opened(tmp_path / "x.db", table="t").partitions()[0]
    assert [b.column(0).to_pylist() for b in partition.batches(["name"])] == [["c", "a", "b"]]


def test_a_cell_too_long_is_refused(tmp_path: Path) -> None:
    """As SQLite's own limit, so it is never made."""
    path = tmp_path / "x.db"
    do(path, "CREATE TABLE t (id INTEGER, t BLOB)", "INSERT INTO t VALUES (1, zeroblob(300000000))")
    with pytest.raises(SourceError, match="a cell has more than 256 MiB"):
        read(opened(path, table="t"))
    assert read(opened(path, query="SELECT id FROM t")) == [{"id": 1}]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said(path: Path) -> None:
    """Before SQLite says that it cannot open it."""
    path.chmod(0)
    with pytest.raises(SourceError, match=r"may not be read|cannot be opened"):
        opened(path, table="kinds")
