"""Bad input of PostgreSQL: one clear error, which quotes no password and no row."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from anonymize.errors import SourceAwayError, SourceError
from anonymize.pipeline.opening import open_spec
from anonymize.policy import SourceSpec
from tests.io.tables.conftest import Database, read

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"table": "nope"}, "nope: there is no such table or view"),
        ({"table": "nope.people"}, "there is no such table or view"),
        ({"table": "a.b.c"}, "is no table's name"),
        ({"table": "people."}, "is no table's name"),
        ({"table": "empty"}, "holds column names and no rows"),
        ({"table": "bare"}, "has no columns"),
        ({"table": "numbers"}, "is no table or view"),
        ({"query": "SELECT 1 AS a, 2 AS a"}, "columns 1 and 2 have one name"),
        ({"query": "SELECT * FROM nope"}, "no such table or view"),
        ({"query": "SELECT nope FROM people"}, "a column is not there"),
        ({"query": "DELETE FROM people RETURNING 1"}, "is not one SELECT"),
        ({"query": "SELECT 1; DROP TABLE people"}, "is not one SELECT"),
        ({"query": "SELECT 1) AS q; DROP TABLE people; --"}, "is not one SELECT"),
        ({"query": "SELECT nextval('numbers') AS a"}, "would write"),
        ({"query": "SELECT :since AS a"}, "parameters: has no value for :since"),
        ({"query": "SELECT 1 AS a", "parameters": {"x": 1}}, "the query does not name it"),
    ],
)
def test_what_cannot_be_read_is_said(
    database: Database, settings: dict[str, object], what: str
) -> None:
    """And the database is as it was."""
    database.do(
        "CREATE TABLE people (id int)",
        "INSERT INTO people VALUES (1)",
        "CREATE TABLE empty (id int)",
        "CREATE TABLE bare ()",
        "CREATE SEQUENCE numbers",
    )
    with pytest.raises(SourceError, match=what):
        read(database.open(**settings))
    assert database.rows("SELECT * FROM people") == [(1,)]


def test_parameters_are_bound(database: Database) -> None:
    """A value is a value, whatever it looks like; texts, names and casts are left alone."""
    query = (
        "SELECT :s AS s, :n + 1 AS n, :day AS day, ':s' AS kept, \"a:s\" AS named, '1'::int AS cast"
        ' /* :s */ FROM (SELECT 1 AS "a:s") one WHERE :yes -- :s'
    )
    import datetime as dt

    values = {"s": "it's; DROP TABLE x --", "n": 41, "day": dt.date(2024, 2, 29), "yes": True}
    assert read(database.open(query=query + ";", parameters=values)) == [
        {
            "s": "it's; DROP TABLE x --",
            "n": 42,
            "day": dt.date(2024, 2, 29),
            "kept": ":s",
            "named": 1,
            "cast": 1,
        }
    ]


@pytest.mark.parametrize("name", ['odd "name"', "Groß.Tabelle", "sélect", "a b;--", "UPPER"])
def test_any_identifier_is_quoted(database: Database, name: str) -> None:
    """Quotes, blanks, dots, Unicode and case."""
    inside = name.replace('"', '""')
    database.do(
        f'CREATE TABLE "{inside}" ("{inside}" text)', f"INSERT INTO \"{inside}\" VALUES ('x')"
    )
    table = f'"{inside}"' if "." in name or '"' in name else name
    assert read(database.open(table=table)) == [{name: "x"}]


def test_a_table_as_wide_as_they_go(database: Database) -> None:
    """1,600 columns."""
    columns = ", ".join(f"{at} AS c{at}" for at in range(1600))
    database.do(f"CREATE TABLE wide AS SELECT {columns}")
    [row] = read(database.open(table="wide"))
    assert row == {f"c{at}": at for at in range(1600)}


def test_a_role_that_may_not_read_is_told_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the page that lists the grants; a granted view is enough."""
    database.do(
        "CREATE TABLE people AS SELECT 1 AS id",
        "CREATE VIEW seen AS SELECT id FROM people",
        "DROP ROLE IF EXISTS reader",
        "CREATE ROLE reader LOGIN PASSWORD 'other'",
        "GRANT USAGE ON SCHEMA public TO reader",
        "GRANT SELECT ON seen TO reader",
    )
    address = database.address.replace("coatcheck@", "reader@")
    monkeypatch.setenv("COATCHECK_SOURCE_PASSWORD", "other")
    with pytest.raises(SourceError, match=r"may not do this: docs/reference/databases\.md"):
        open_spec(SourceSpec(path=address, table="people"))
    source = open_spec(SourceSpec(path=address, table="seen"))
    assert read(source) == [{"id": 1}]
    assert source.fingerprint()["format"] == "postgresql"
    del source
    database.do("DROP OWNED BY reader", "DROP ROLE reader")


@pytest.mark.parametrize(
    ("change", "what", "passes"),
    [
        (lambda address: address.replace("/tables", "/nope"), "no database 'nope'", False),
        (
            lambda address: address.replace("coatcheck@", "nobody@"),
            "password is not|no such role",
            False,
        ),
        (lambda address: address.replace("127.0.0.1", "nohost.invalid"), "host|looked up", None),
        (lambda address: "postgresql://u@127.0.0.1:1/d", "nothing listens there", True),
    ],
)
def test_failures_say_which(
    database: Database, change: object, what: str, passes: bool | None
) -> None:
    """As the vault's do; what may pass is tried again by the flow."""
    with pytest.raises(SourceError, match=what) as refused:
        open_spec(SourceSpec(path=change(database.address), table="t"))  # type: ignore[operator]
    assert database.password not in str(refused.value)
    assert passes is None or isinstance(refused.value, SourceAwayError) is passes


def test_a_wrong_password_is_told_nowhere(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in the error, nor in what hangs on it."""
    monkeypatch.setenv("COATCHECK_SOURCE_PASSWORD", "c4n4ry-secret")
    with pytest.raises(SourceError, match="COATCHECK_SOURCE_PASSWORD, PGPASSWORD") as refused:
        database.open(table="t")
    seen: BaseException | None = refused.value
    while seen is not None:
        assert "c4n4ry" not in str(seen) + repr(vars(seen)) + repr(seen.args)
        seen = seen.__context__


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:c4n4ry@127.0.0.1/d",
        "postgresql://u@127.0.0.1/d?password=c4n4ry",
        "sqlalchemy+mysql://u:c4n4ry@h/d",
        "mysql://u@h/d?passwd=c4n4ry",
        "postgresql://u:c4n4ry/x@127.0.0.1/d",
    ],
)
def test_a_policy_takes_no_password(address: str) -> None:
    """Nor quotes it."""
    with pytest.raises(ValueError) as refused:
        SourceSpec(path=address, table="t")
    told = "\n".join(str(error["msg"]) for error in refused.value.errors())  # type: ignore[attr-defined]
    assert "c4n4ry" not in told


def test_another_machine_needs_tls() -> None:
    """As for the vault: never silently without."""
    with pytest.raises(SourceError, match=r"sslmode=prefer lets a connection .* without TLS"):
        open_spec(SourceSpec(path="postgresql://u@db.example.org/d?sslmode=prefer", table="t"))


@pytest.mark.soak
@pytest.mark.parametrize("settings", [{"table": "long"}, {"query": "SELECT * FROM long"}])
def test_a_cell_too_long_is_refused_by_the_server(
    database: Database, settings: dict[str, str]
) -> None:
    """500 MB in one cell never reach this process."""
    database.do(
        "CREATE TABLE long (id int, t text)",
        "INSERT INTO long VALUES (1, 'short'), (2, repeat('0123456789', 50000000))",
    )
    path = database.address
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            textwrap.dedent(
                f"""
                import resource
                from anonymize.errors import SourceError
                from anonymize.pipeline.opening import open_spec
                from anonymize.policy import SourceSpec
                source = open_spec(SourceSpec(path={path!r}, **{settings!r}))
                print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
                try:
                    print(sum(batch.num_rows for batch in source.batches()))
                except SourceError as error:
                    print(error)
                print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
                """
            ),
        ],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT), "COATCHECK_SOURCE_PASSWORD": database.password},
    )
    before, told, peak = done.stdout.splitlines()
    assert "column t: a cell has more than 256 MiB" in told
    assert int(peak) - int(before) < 100  # the cell alone is 477 MiB
