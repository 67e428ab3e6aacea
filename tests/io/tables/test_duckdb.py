"""DuckDB: every type exactly or as text, this file and no other."""

from __future__ import annotations

import datetime as dt
import pickle
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from anonymize.errors import SourceAwayError, SourceError
from anonymize.io import Source
from anonymize.pipeline.opening import open_spec
from anonymize.policy import SourceSpec
from tests.io.tables.conftest import read

CASES: list[tuple[str, pa.DataType, Any]] = [
    ("(-128)::TINYINT", pa.int8(), -128),
    ("18446744073709551615::UBIGINT", pa.uint64(), 2**64 - 1),
    ("170141183460469231731687303715884105727::HUGEINT", pa.string(), str(2**127 - 1)),
    ("1.5::FLOAT", pa.float32(), 1.5),
    ("1e-300::DOUBLE", pa.float64(), 1e-300),
    ("(-0.01)::DECIMAL(38,2)", pa.decimal128(38, 2), Decimal("-0.01")),
    ("true", pa.bool_(), True),
    ("'Zoë'", pa.string(), "Zoë"),
    ("'\\x00\\xFF'::BLOB", pa.binary(), b"\x00\xff"),
    ("DATE '0001-01-01'", pa.date32(), dt.date(1, 1, 1)),
    ("TIME '23:59:59.999999'", pa.time64("us"), dt.time(23, 59, 59, 999999)),
    ("'10:00:00+02'::TIMETZ", pa.string(), "10:00:00+02"),
    (
        "TIMESTAMP '2024-02-29 10:00:00.000001'",
        pa.timestamp("us"),
        dt.datetime(2024, 2, 29, 10, 0, 0, 1),
    ),
    (
        "'2024-02-29 10:00:00+02'::TIMESTAMPTZ",
        pa.timestamp("us", "UTC"),
        dt.datetime(2024, 2, 29, 8, tzinfo=dt.UTC),
    ),
    ("INTERVAL 1 DAY", pa.string(), "1 day"),
    (
        "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID",
        pa.string(),
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    ),
    ("'sad'::ENUM ('sad', 'fine')", pa.string(), "sad"),
    ("'{\"a\": 1}'::JSON", pa.string(), '{"a": 1}'),
    ("[1, NULL]::INTEGER[]", pa.list_(pa.int32()), [1, None]),
    ("{'a': 1, 'b': 'x'}", pa.struct([("a", pa.int32()), ("b", pa.string())]), {"a": 1, "b": "x"}),
    ("MAP {'k': 1}", pa.map_(pa.string(), pa.int32()), [("k", 1)]),
    ("[1::HUGEINT]", pa.string(), "[1]"),
    ("'101'::BIT", pa.string(), "101"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with a table of every type, with a row of nulls."""
    columns = ", ".join(f"{sql} AS c{at}" for at, (sql, *_) in enumerate(CASES))
    nulls = ", ".join("NULL" for _ in CASES)
    do(tmp_path / "x.duckdb", f"CREATE TABLE kinds AS SELECT {columns}")
    do(tmp_path / "x.duckdb", f"INSERT INTO kinds VALUES ({nulls})")
    return tmp_path / "x.duckdb"


def do(path: Path, *statements: str) -> None:
    """Run statements."""
    with duckdb.connect(str(path)) as database:
        for statement in statements:
            database.execute(statement).fetchall()


def opened(path: Path, **settings: Any) -> Source:
    """Open a source in the file."""
    return open_spec(SourceSpec(path=f"duckdb:///{path}", **settings))


@pytest.mark.parametrize("settings", [{"table": "kinds"}, {"query": "SELECT * FROM kinds;"}])
def test_every_type_arrives_exactly(path: Path, settings: dict[str, str]) -> None:
    """Or as text, where Arrow has no such type."""
    source = opened(path, **settings)
    assert source.schema.types == [kind for _, kind, _ in CASES]
    first, second = read(source)
    assert list(first.values()) == [value for *_, value in CASES]
    assert set(second.values()) == {None}


def test_an_infinite_day_is_refused_and_read_as_text(tmp_path: Path) -> None:
    """Arrow would hold another day."""
    do(tmp_path / "x.duckdb", "CREATE TABLE t AS SELECT 'infinity'::DATE AS d")
    with pytest.raises(SourceError, match="column d: a value is infinite"):
        read(opened(tmp_path / "x.duckdb", table="t"))
    assert read(opened(tmp_path / "x.duckdb", table="t", types={"d": "string"})) == [
        {"d": "infinity"}
    ]


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"table": "nope"}, "there is no such table or view"),
        ({"query": "SELECT nope FROM kinds"}, "a column that is not there"),
        ({"query": "SELECT * FROM nope"}, "that is not there"),
        ({"query": "DROP TABLE kinds"}, "is not one SELECT"),
        ({"query": "SELECT 1; DROP TABLE kinds"}, "is not one SELECT"),
        ({"query": "SELECT * FROM read_text('/etc/passwd')"}, "reads another file"),
        ({"query": "SELECT 1 AS a WHERE false"}, "no rows"),
        ({"query": "SELECT 1 AS a, 2 AS a"}, "columns 1 and 2 have one name"),
        ({"table": "kinds", "partitions": 2}, "say by which column: split_by"),
        ({"table": "kinds", "types": {"nope": "string"}}, "no column 'nope'"),
    ],
)
def test_what_cannot_be_read_is_said(path: Path, settings: dict[str, Any], what: str) -> None:
    """And nothing is written."""
    before = path.read_bytes()
    with pytest.raises(SourceError, match=what):
        read(opened(path, **settings))
    assert path.read_bytes() == before


def test_files_that_are_none_are_said(tmp_path: Path) -> None:
    """Missing, or another format."""
    (tmp_path / "text.duckdb").write_text("a,b\n1,2\n" * 2000)
    for name, what in [("text.duckdb", "is no DuckDB file"), ("nope.duckdb", "no such file")]:
        with pytest.raises(SourceError, match=what):
            opened(tmp_path / name, table="t")


def test_partitions_and_parameters(tmp_path: Path) -> None:
    """Every row once, from partitions that were sent; values are bound."""
    path = tmp_path / "x.duckdb"
    day = "TIMESTAMP '2020-01-01' + i * INTERVAL 1 DAY"
    do(path, f"CREATE TABLE t AS SELECT i, {day} AS seen FROM range(900) r(i)")
    query = "SELECT * FROM t WHERE i >= :least AND seen < :end"
    values = {"least": 100, "end": dt.datetime(2022, 1, 1)}
    for column in ("i", "seen"):
        source = opened(path, query=query, parameters=values, split_by=column, partitions=3)
        parts = pickle.loads(pickle.dumps(source.partitions()))
        found = [[row["i"] for b in one.batches(["i"]) for row in b.to_pylist()] for one in parts]
        assert sorted(number for part in found for number in part) == list(range(100, 731))
        assert min(map(len, found)) > 150


def test_a_nested_leaf_is_read_alone(tmp_path: Path) -> None:
    """As of a Parquet file."""
    path = tmp_path / "x.duckdb"
    do(path, "CREATE TABLE t AS SELECT {'a': 1, 'b': 'x'} AS s, 2 AS n")
    [batch] = opened(path, table="t").batches(["s.b"])
    assert batch.to_pylist() == [{"s": {"b": "x"}}]


def test_a_file_that_is_written_to_is_noticed(path: Path) -> None:
    """After it was opened."""
    source = opened(path, table="kinds")
    do(path, "CREATE TABLE other AS SELECT 1 AS a")
    with pytest.raises(SourceError, match="changed while it was read"):
        source.check_unchanged()


def test_a_writer_that_holds_the_file_is_worth_another_try(path: Path) -> None:
    """DuckDB lets one process write and nobody read beside it."""
    hold = "import duckdb,sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(SourceAwayError, match="another process writes to it"):
            opened(path, table="kinds")
        other.communicate("\n", timeout=60)
    assert len(read(opened(path, table="kinds"))) == 2
