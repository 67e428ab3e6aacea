"""Reads a source beside a bare read of the same rows by the library below it, in one process.

A kind is a function that makes the rows and returns the two readers, in `KINDS`. Readers take turns
and the order is swapped in every pair; the medians of the pairs are told, in seconds of the clock
and of this process's processor. The rows are read whole and thrown away, batch by batch.

    python bench/sources.py [--kinds postgresql,sqlite,duckdb] [--rows 1000000] [--pairs 5]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa


class Readers(NamedTuple):
    """Two ways to read the same rows; each returns how many."""

    ours: Callable[[], int]
    bare: Callable[[], int]
    what_is_bare: str


def table(rows: int) -> pa.Table:
    """Return invented rows of 15 columns: keys, texts, numbers, money, days, times, nulls."""
    rng = np.random.default_rng(7)
    number = np.arange(rows)
    names = np.array([f"name {at}" for at in range(5000)])
    texts = pa.array(names[rng.integers(0, 5000, rows)])
    days = pa.array(rng.integers(3000, 20000, rows).astype("int32")).cast(pa.date32())
    instants = pa.array(rng.integers(10**15, 17 * 10**14, rows))
    cents = pa.array(rng.integers(0, 10**7, rows))
    return pa.table(
        {
            "id": number,
            "customer": pa.array(number % 70_000),
            "first_name": texts,
            "last_name": texts.take(pa.array(rng.permutation(rows))),
            "email": pa.array([f"user{at}@example.org" for at in number]),
            "phone": pa.array([f"+1555{at:07d}" for at in number]),
            "city": pa.array(names[rng.integers(0, 300, rows)]),
            "zip": pa.array([f"{at % 99999:05d}" for at in number]),
            "born": days,
            "seen_at": instants.cast(pa.timestamp("us", "UTC")),
            "visits": pa.array(rng.integers(0, 500, rows).astype("int32")),
            "score": pa.array(rng.random(rows)),
            "active": pa.array(rng.random(rows) < 0.5),
            "amount": pa.array(cents).cast(pa.decimal128(21, 2)).cast(pa.decimal128(12, 2)),
            "notes": pa.array(
                [f"called about order {at}" if at % 3 else None for at in number.tolist()]
            ),
        }
    )


def source(**settings: Any) -> Callable[[], int]:
    """Return a reader that opens a policy's source and reads all of it."""
    from anonymize.pipeline.opening import open_spec
    from anonymize.policy import SourceSpec

    spec = SourceSpec(**settings)
    return lambda: sum(batch.num_rows for batch in open_spec(spec).batches())


@contextmanager
def postgresql(rows: int, folder: Path) -> Iterator[Readers]:
    """Yield readers of a table in a server that is started for it."""
    import os

    from adbc_driver_postgresql import dbapi

    from tests.postgres import postgres_server

    with postgres_server() as uri:
        head, _, host = uri.rpartition("@")
        os.environ["COATCHECK_SOURCE_PASSWORD"] = head.rpartition(":")[2]
        with dbapi.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
            columns = (
                "id int8 primary key, customer int8, first_name text, last_name text, email text,"
                " phone text, city text, zip text, born date, seen_at timestamptz, visits int4,"
                " score float8, active bool, amount numeric(12, 2), notes text"
            )
            cursor.execute(f"CREATE TABLE people ({columns})")
            cursor.adbc_ingest("people", table(rows), mode="append")
            cursor.execute("VACUUM ANALYZE people")

        def bare() -> int:
            with dbapi.connect(uri) as connection, connection.cursor() as cursor:
                cursor.execute("SELECT * FROM people")
                return sum(batch.num_rows for batch in cursor.fetch_record_batch())

        ours = source(path=f"postgresql://coatcheck@{host}", table="people")
        yield Readers(ours, bare, "ADBC, SELECT *")


@contextmanager
def duckdb(rows: int, folder: Path) -> Iterator[Readers]:
    """Yield readers of a table in a DuckDB file."""
    import duckdb as library

    file = str(folder / "people.duckdb")
    with library.connect(file) as database:
        database.register("made", table(rows))
        database.execute("CREATE TABLE people AS SELECT * FROM made").fetchall()

    def bare() -> int:
        with library.connect(file, read_only=True) as database:
            reader = database.sql("SELECT * FROM people").to_arrow_reader(131_072)
            return sum(batch.num_rows for batch in reader)

    ours = source(path=f"duckdb:///{file}", table="people")
    yield Readers(ours, bare, "DuckDB's Arrow reader, SELECT *")


@contextmanager
def sqlite(rows: int, folder: Path) -> Iterator[Readers]:
    """Yield readers of a table in an SQLite file; the bare one makes Python rows, and no Arrow."""
    import sqlite3

    from anonymize.addresses.databases import database_address
    from anonymize.io.tables.writing import write_table

    file, made = str(folder / "people.db"), table(rows)
    address = database_address(f"sqlite:///{file}")
    write_table(address, "people", made.schema, made.to_batches(100_000), "refuse")

    def bare() -> int:
        database, count = sqlite3.connect(f"file:{file}?mode=ro", uri=True), 0
        cursor = database.execute("SELECT * FROM people")
        while some := cursor.fetchmany(20_000):
            count += len(some)
        database.close()
        return count

    ours = source(path=f"sqlite:///{file}", table="people")
    yield Readers(ours, bare, "sqlite3's rows, fetchmany")


Kind = Callable[[int, Path], AbstractContextManager[Readers]]
KINDS: dict[str, Kind] = {"postgresql": postgresql, "duckdb": duckdb, "sqlite": sqlite}


def timed(read: Callable[[], int], rows: int) -> tuple[float, float]:
    """Return seconds of the clock and of the processor."""
    clock, cpu = time.perf_counter(), time.process_time()
    found = read()
    assert found == rows, f"{found} rows of {rows}"
    return time.perf_counter() - clock, time.process_time() - cpu


def measured(readers: Readers, rows: int, pairs: int) -> str:
    """Return a line with the medians of the pairs."""
    readers.ours(), readers.bare()
    times: dict[str, list[tuple[float, float]]] = {"ours": [], "bare": []}
    for pair in range(pairs):
        for name in ("ours", "bare") if pair % 2 else ("bare", "ours"):
            times[name].append(timed(getattr(readers, name), rows))
    clock, cpu = (
        {name: statistics.median(found[at] for found in all_) for name, all_ in times.items()}
        for at in (0, 1)
    )
    ratio = statistics.median(
        bare[0] / ours[0] for ours, bare in zip(times["ours"], times["bare"], strict=True)
    )
    return (
        f"{clock['ours']:.2f} s (processor {cpu['ours']:.2f}); bare {clock['bare']:.2f} s"
        f" ({cpu['bare']:.2f}), {readers.what_is_bare}; speed {ratio:.2f} x the bare read"
    )


def main() -> None:
    """Measure the kinds that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    asked = parser.parse_args()
    for name in asked.kinds.split(","):
        with (
            tempfile.TemporaryDirectory() as folder,
            KINDS[name](asked.rows, Path(folder)) as readers,
        ):
            print(f"{name}, {asked.rows} rows: {measured(readers, asked.rows, asked.pairs)}")


if __name__ == "__main__":
    main()
