"""Databases as sources of whole runs: by the commands, by the library, by the flow."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.errors import SourceError
from anonymize.keys import open_keyring
from anonymize.pipeline.executors.local import InThisProcess
from anonymize.pipeline.run import begin
from tests.io.tables.conftest import Database, database
from tests.workplace import ROWS, Workplace

__all__ = ["database"]
CANARY = "c4n4ry-of-the-source"


def filled(database: Database) -> None:
    """Make the workplace's table in the database."""
    values = ", ".join(
        f"({name!r}, {email!r}, {zip_!r}, date {born!r}, {visits})"
        for name, email, zip_, born, visits in ROWS
    )
    database.do(
        "CREATE TABLE people (name text, email text, zip text, born date, visits int)",
        f"INSERT INTO people VALUES {values}",
    )


def policy_of(workplace: Workplace, source: str, extra: str = "") -> Path:
    """Write the workplace's policy for another source."""
    path = workplace.in_source_order(extra)
    text = path.read_text()
    path.write_text(text.replace(f"{{path: {workplace.source}}}", source))
    return path


def test_a_table_gives_the_dataset_that_its_csv_gives(
    workplace: Workplace, database: Database
) -> None:
    """Value for value, so that joins hold across both."""
    from_csv = anonymize.run(workplace.in_source_order(), keyring=workplace.keyring_uri)
    wanted = anonymize.read(workplace.sink, keyring=workplace.keyring_uri).to_pylist()
    filled(database)
    path = policy_of(workplace, f"{{path: '{database.address}', table: people}}")
    path.write_text(path.read_text() + "accept_change: {version: 1, reason: other source}\n")
    summary = anonymize.run(path, keyring=workplace.keyring_uri, accept_change=True)
    found = anonymize.read(workplace.sink, keyring=workplace.keyring_uri).to_pylist()
    assert (from_csv.rows_out, summary.rows_out) == (3, 3)
    assert [{**row, "name": row["name"] or None} for row in wanted] == [
        {**row, "name": row["name"] or None} for row in found
    ]


@pytest.mark.soak
def test_the_commands_read_a_table_and_tell_no_password(
    workplace: Workplace, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inspect, init, plan, run, export into a table; the password is in no output and no file."""
    filled(database)
    database.do(
        "DROP ROLE IF EXISTS canary",
        f"CREATE ROLE canary LOGIN SUPERUSER PASSWORD '{CANARY}'",
    )
    address = database.address.replace("coatcheck@", "canary@")
    env = {"COATCHECK_SOURCE_PASSWORD": CANARY, "COATCHECK_SINK_PASSWORD": CANARY}
    told = []

    def done(*arguments: str) -> str:
        result = workplace.coatcheck(*arguments, **env)
        told.append(result.stdout + result.stderr)
        assert result.returncode == 0, told[-1]
        return told[-1]

    assert "EMAIL_ADDRESS" in done("inspect", address, "--table", "people")
    assert "PERSON_NAME" in done("inspect", address, "--query", "SELECT name FROM people")
    done("init", address, "--table", "people", "-o", "drafted.yaml")
    drafted = (workplace.folder / "drafted.yaml").read_text()
    assert "table: people" in drafted
    assert "dataset: people\n" in drafted
    policy = policy_of(workplace, f"{{path: '{address}', table: people, partitions: 2}}")
    done("plan", str(policy))
    assert "3 rows out of 3" in done("run", str(policy))
    done("export", str(workplace.sink), "--to", address, "--table", "clean")
    wanted = anonymize.read(workplace.sink, keyring=workplace.keyring_uri).to_pylist()
    found = database.rows("SELECT name, email, zip, born, visits FROM clean")
    assert [dict(zip(wanted[0], row, strict=True)) for row in found] == wanted
    written = [file.read_bytes() for file in workplace.folder.rglob("*") if file.is_file()]
    assert not [one for one in written if CANARY.encode() in one]
    assert CANARY not in "\n".join(told)


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ("table: people, header: true", "header: is for files"),
        ("table: people, query: SELECT 1", "needs one of table"),
        ("encoding: utf-8, table: people", "encoding: is for files"),
        ("table: people, parameters: {a: 1}", "parameters: are for a query"),
        ("partitions: 2", "needs one of table"),
    ],
)
def test_settings_that_do_not_belong_together_are_refused(
    workplace: Workplace, settings: str, what: str
) -> None:
    """When the policy is read; a file has none of a database's."""
    path = policy_of(workplace, f"{{path: 'postgresql://u@127.0.0.1/d', {settings}}}")
    with pytest.raises(anonymize.AnonymizeError, match=what):
        anonymize.load_policy(path)
    path = policy_of(workplace, "{path: people.csv, table: people}")
    with pytest.raises(anonymize.AnonymizeError, match="table: is for databases"):
        anonymize.load_policy(path)


def test_nothing_is_published_if_the_connection_is_lost(
    workplace: Workplace, database: Database
) -> None:
    """Between the plan and the rows: every connection of ours ends."""
    filled(database)
    path = policy_of(workplace, f"{{path: '{database.address}', table: people}}")
    ours = "FROM pg_stat_activity WHERE application_name = 'coatcheck'"
    with begin(path, workplace.keyring_uri) as running:
        assert database.rows(f"SELECT count(pg_terminate_backend(pid)) {ours}") > [(0,)]
        with pytest.raises(SourceError, match=r"the state .* is gone"):
            running.complete(InThisProcess())
    assert Dataset(workplace.sink).versions(open_keyring(workplace.keyring_uri)) == ()


def test_an_sqlite_file_is_a_source_and_its_folder_no_sink(workplace: Workplace) -> None:
    """By a path from the working folder or from the root."""
    file = workplace.folder / "people.db"
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE people (name TEXT, email TEXT, zip TEXT, born DATE, visits INT)")
        made.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?)", ROWS)
    path = policy_of(workplace, f"{{path: 'sqlite:///{file}', table: people}}")
    assert anonymize.run(path, keyring=workplace.keyring_uri).rows_out == 3
    path.write_text(path.read_text().replace(str(workplace.sink), str(workplace.folder)))
    with pytest.raises(anonymize.AnonymizeError, match="source and sink overlap"):
        anonymize.run(path, keyring=workplace.keyring_uri)
