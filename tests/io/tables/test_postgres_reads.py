"""What is read of PostgreSQL: one state of the database, in parts, whole, in bounded time."""

from __future__ import annotations

import pickle
import threading

import psycopg
import pytest

from anonymize.addresses.databases import is_database
from anonymize.errors import SourceAwayError, SourceError
from anonymize.io.tables import postgres_sample, postgres_session
from tests.io.tables.conftest import Database, read

PEOPLE = (
    "CREATE TABLE people (id int PRIMARY KEY, email text, born date)",
    "INSERT INTO people SELECT i, 'user' || i || '@example.org', date '1950-01-01' + i % 20000"
    " FROM generate_series(1, 5000) i",
)


def test_all_reads_see_the_state_in_which_the_source_was_opened(database: Database) -> None:
    """Rows that are added, changed and removed afterwards are not seen, by any partition."""
    database.do(*PEOPLE)
    source = database.open(table="people", partitions=3)
    wanted = database.rows("SELECT id, email, born FROM people ORDER BY id")
    database.do(
        "DELETE FROM people WHERE id < 1000",
        "UPDATE people SET email = 'changed'",
        "INSERT INTO people VALUES (0, 'new', NULL)",
    )
    found = sorted(tuple(row.values()) for row in read(source))
    assert found == wanted
    source.check_unchanged()


def test_partitions_travel_without_rows_and_without_the_password(database: Database) -> None:
    """They are sent to other processes."""
    database.do(*PEOPLE)
    source = database.open(table="people", split_by="born", partitions=4)
    sent = pickle.dumps(source.partitions())
    assert database.password.encode() not in sent
    assert b"1950" not in sent
    assert [one.name for one in source.partitions()][:2] == ["people 1 of 4", "people 2 of 4"]
    there = pickle.loads(sent)
    assert sum(batch.num_rows for one in there for batch in one.batches(["id"])) == 5000


@pytest.mark.parametrize(
    "settings",
    [
        {"table": "people"},
        {"table": "people", "split_by": "id"},
        {"table": "people", "split_by": "born"},
        {"table": "people", "split_by": "seen"},
        {"table": "parted"},
        {"table": "viewed", "split_by": "id"},
        {
            "query": "SELECT * FROM people WHERE id > :least",
            "parameters": {"least": -1},
            "split_by": "id",
        },
    ],
)
def test_every_row_is_in_exactly_one_partition(
    database: Database, settings: dict[str, object]
) -> None:
    """By blocks, by key ranges, with nulls and infinite keys, in views and partitioned tables."""
    database.do(
        *PEOPLE,
        "ALTER TABLE people ADD seen timestamptz",
        "UPDATE people SET seen = timestamptz '2020-01-01' + id * interval '1 min' WHERE id > 9",
        "UPDATE people SET born = NULL WHERE id % 7 = 0",
        "CREATE TABLE parted (id int, email text) PARTITION BY RANGE (id)",
        "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (3000)",
        "CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (3000) TO (9000)",
        "INSERT INTO parted SELECT id, email FROM people",
        "CREATE VIEW viewed AS SELECT id, email FROM people",
    )
    source = database.open(**settings, partitions=4)
    parts = [[b.column("id").to_pylist() for b in one.batches()] for one in source.partitions()]
    found = [number for part in parts for ids in part for number in ids]
    assert sorted(found) == list(range(1, 5001))
    assert sum(1 for part in parts if part) >= 2


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"query": "SELECT 1 AS a"}, "is split by a column: say split_by"),
        ({"table": "people", "split_by": "email"}, "by integers, dates and times only"),
        ({"table": "people", "split_by": "nope"}, "is not a column of it"),
    ],
)
def test_what_cannot_be_split_is_refused(
    database: Database, settings: dict[str, object], what: str
) -> None:
    """Before a row is read."""
    database.do(*PEOPLE)
    with pytest.raises(SourceError, match=what):
        database.open(**settings, partitions=2)


def test_the_fingerprint_is_of_the_state(database: Database) -> None:
    """Equal as long as nobody commits; another for another state, part or query."""
    database.do(*PEOPLE)
    first = database.open(table="people").fingerprint()
    assert database.open(table="people").fingerprint() == first
    assert database.open(query="SELECT * FROM people").fingerprint() != first
    database.do("UPDATE people SET email = 'x' WHERE id = 1")
    assert database.open(table="people").fingerprint() != first


def test_a_table_is_not_altered_while_a_source_is_open(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A renamed or truncated column waits, so that all partitions see the columns of the plan."""
    database.do(*PEOPLE)
    source = database.open(table="people")
    with psycopg.connect(database.uri, autocommit=True) as other:
        other.execute("SET lock_timeout = 200")
        for act in ("ALTER TABLE people RENAME email TO mail", "TRUNCATE people"):
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute(act)
        assert len(read(source)) == 5000
        del source
        other.execute("ALTER TABLE people RENAME email TO mail")


def test_a_state_whose_holder_is_gone_is_said(database: Database) -> None:
    """A worker that begins after the first process ended."""
    database.do(*PEOPLE)
    source = database.open(table="people")
    partitions = source.partitions()
    source.held.close()  # type: ignore[attr-defined]
    with pytest.raises(SourceError, match=r"the state .* is gone: .* run again") as refused:
        list(partitions[0].batches())
    assert not refused.value.passes


def test_a_connection_lost_in_the_middle_is_worth_another_try(
    database: Database,
) -> None:
    """The server ends it, as a failover does."""
    database.do(
        "CREATE TABLE wide AS SELECT i, repeat(md5(i::text), 40) AS t"
        " FROM generate_series(1, 60000) i"
    )
    source = database.open(table="wide")
    batches = source.partitions()[0].batches()
    assert next(batches).num_rows
    database.do(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'coatcheck' AND state = 'active'"
    )
    with pytest.raises(SourceAwayError, match="the connection was lost while rows were read"):
        list(batches)


def test_a_query_that_fails_in_the_middle_quotes_nothing(database: Database) -> None:
    """The server's text has the row's value."""
    query = "SELECT ('c4n4ry' || i)::int AS a, i FROM generate_series(1, 10) i WHERE i > :least"
    query = query.replace("('c4n4ry' || i)", "CASE WHEN i > 9 THEN 'c4n4ry' ELSE '1' END")
    with pytest.raises(SourceError) as refused:
        read(database.open(query=query, parameters={"least": 0}))
    seen: BaseException | None = refused.value
    while seen is not None:
        assert "c4n4ry" not in str(seen) + repr(vars(seen)) + repr(seen.args)
        seen = seen.__context__
    assert not refused.value.passes


def test_a_large_table_is_sampled_by_blocks(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From all over the table, reading a share of it; as many rows as from a file of its size."""
    database.do(
        "CREATE TABLE large AS SELECT i AS id, repeat('x', 60) AS t"
        " FROM generate_series(1, 600000) i",
        "ANALYZE large",
    )
    source = database.open(table="large")
    read_rows: list[int] = []
    batches = postgres_session.Session.batches

    def counted(self: postgres_session.Session, statement: str):  # type: ignore[no-untyped-def]
        for batch in batches(self, statement):
            read_rows.append(batch.num_rows)
            yield batch

    monkeypatch.setattr(postgres_session.Session, "batches", counted)
    rows = source.spread()
    ids = rows.batch().column("id").to_pylist()
    assert 500_000 < rows.total_rows < 700_000
    assert 8_000 < len(ids) <= 32_768
    assert sum(read_rows) < 100_000
    quarters = [
        sum(1 for one in ids if at < one <= at + 150_000) for at in range(0, 600_000, 150_000)
    ]
    assert min(quarters) > len(ids) / 8
    assert not rows.whole


def test_statistics_that_are_wrong_do_not_leave_a_source_unsampled(database: Database) -> None:
    """A table that was large and is nearly empty still has the blocks."""
    database.do(
        "CREATE TABLE large AS SELECT i AS id, repeat('x', 60) AS t"
        " FROM generate_series(1, 600000) i",
        "ANALYZE large",
        "DELETE FROM large WHERE id <> 300000",
    )
    rows = database.open(table="large").spread()
    assert rows.batch().column("id").to_pylist() == [300000]
    assert postgres_sample.FEWEST_ROWS > 1


def test_sources_in_two_threads_do_not_mix(database: Database) -> None:
    """A fingerprint is made beside the plan."""
    database.do(*PEOPLE)
    source, found = database.open(table="people"), []
    threads = [threading.Thread(target=lambda: found.append(len(read(source)))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [5000] * 3


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("postgresql://u@h/d", True),
        ("POSTGRES://h", True),
        ("sqlite:x.db", True),
        ("duckdb:///x", True),
        ("sqlalchemy+mysql+pymysql://h/d", True),
        ("mysql+pymysql://h/d", True),
        ("data/people.csv", False),
        ("s3://bucket/x", False),
        ("postgresql.csv", False),
    ],
)
def test_a_database_is_known_by_its_scheme(text: str, is_one: bool) -> None:
    """Paths stay paths."""
    assert is_database(text) is is_one
