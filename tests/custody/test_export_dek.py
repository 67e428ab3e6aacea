"""Data keys for DuckDB: what they open, who may have them, and where they never are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import anonymize
from anonymize.custody.belonging import require_keys_of
from anonymize.custody.export_dek import ACT, export_dek
from anonymize.custody.rotate_keys import rotate, unreadable_without
from anonymize.dataset import Dataset, FileEntry, Manifest, read
from anonymize.dataset.history import history
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, KeysError
from anonymize.io import write_part
from anonymize.io.sink import row_groups
from anonymize.keys import Keyring, init_keyring, open_keyring, share_keyring
from anonymize.names import KeyId, KeyName
from tests.conftest import NAMES

POLICY = """version: 1
dataset: people
purpose: test
source: {{path: {folder}/people.csv}}
sink: {{path: {folder}/out, layout: duckdb}}
rows: {{max_quarantined: 0.5}}
detect: {{ner: off}}
checks: {{residual: off}}
columns:
  id: {{action: keep, accept: a number}}
  mail: {{action: pseudonymize, domain: mail}}
  born: {{action: generalize, to: year, format: '%Y-%m-%d'}}
  ward: {{action: keep}}
"""
ROWS = 900
QUERIES = (
    "SELECT * FROM people ORDER BY id",
    "SELECT count(*) FROM people",
    "SELECT id FROM people WHERE ward = 'w3' AND born > 1960 ORDER BY id",
    "SELECT id, mail FROM people WHERE id BETWEEN 190 AND 230 ORDER BY id",
    "SELECT ward, count(*), min(mail) FROM people GROUP BY ward ORDER BY ward",
    "SELECT * FROM people ORDER BY mail DESC LIMIT 7",
    "SELECT * FROM people ORDER BY id LIMIT 5 OFFSET 400",
    "SELECT id FROM people WHERE ward IS NULL ORDER BY id",
    "SELECT p.* FROM people p JOIN (SELECT 77 AS id) USING (id)",
    "SELECT id FROM people WHERE id IN (SELECT max(id) FROM people)",
    "SELECT count(*) FROM people WHERE id = -5",
    "SELECT ward, id FROM people QUALIFY row_number() OVER (PARTITION BY ward ORDER BY id) = 3"
    " ORDER BY id",
)


@pytest.fixture
def uri(tmp_path: Path) -> str:
    """Return the address of a keyring of its own."""
    uri = f"file:{tmp_path / 'own.json'}"
    init_keyring(uri, NAMES)
    return uri


@pytest.fixture
def people(tmp_path: Path, uri: str) -> Dataset:
    """Return a dataset with a version of one part, and a row set aside."""
    lines = [
        f"{n},u{n}@example.org,19{n % 50 + 40}-02-03,{f'w{n % 5}' if n % 7 else ''}"
        for n in range(ROWS)
    ]
    (tmp_path / "people.csv").write_text(
        "\n".join(["id,mail,born,ward", *lines, "9999,x@example.org,never,w1"])
    )
    (tmp_path / "people.yaml").write_text(POLICY.format(folder=tmp_path))
    anonymize.run(tmp_path / "people.yaml", keyring=uri)
    return Dataset(tmp_path / "out")


def by_duckdb(sql: Path, query: str = QUERIES[0]) -> pa.Table:
    """Return what DuckDB answers after it ran the file."""
    with duckdb.connect() as connection:
        connection.execute(sql.read_text())
        return connection.sql(query).to_arrow_table()


def answer(table: pa.Table, query: str) -> pa.Table:
    """Return what DuckDB answers of the same rows in memory."""
    with duckdb.connect() as connection:
        connection.register("people", table)
        return connection.sql(query).to_arrow_table()


def test_duckdb_reads_what_the_reader_reads(people: Dataset, uri: str, tmp_path: Path) -> None:
    """All rows, and queries that skip, join and cut them."""
    done = export_dek(people, tmp_path / "k.sql", uri, reason="a report")
    assert (done.dataset, done.version, done.parts, done.rows) == ("people", 1, 1, ROWS)
    table = read(people, keyring=uri)
    assert by_duckdb(tmp_path / "k.sql").equals(table.sort_by("id"))
    for query in QUERIES:
        assert by_duckdb(tmp_path / "k.sql", query).equals(answer(table, query)), query


def test_parts_and_row_groups_are_read_together(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part has a data key of its own; one of no rows reads, too; long texts stay in a page."""
    monkeypatch.setattr(row_groups, "GROUP_ROWS", 100)
    dataset, keyring, files = Dataset(tmp_path / "people"), open_keyring(uri), []
    table = pa.table(
        {
            "id": range(ROWS),
            "mail": [f"{n:032}" * 80 for n in range(ROWS)],
            "born": [n % 90 + 1920 for n in range(ROWS)],
            "ward": [f"w{n % 5}" if n % 7 else None for n in range(ROWS)],
        }
    )
    with dataset.stage() as staging:
        for number, (start, count) in enumerate([(0, 500), (500, 0), (500, 400)]):
            part = write_part(
                staging.path / f"part-{number:05}.parquet",
                table.schema,
                table.slice(start, count).to_batches(max_chunksize=50),
                keyring=keyring,
                key="training",
                layout="duckdb",
            )
            files.append(FileEntry.of(part, staging.path))
        manifest = Manifest(dataset="people", files=tuple(files), layout="duckdb")
        staging.publish(manifest, keyring)
    assert export_dek(dataset, tmp_path / "k.sql", uri, reason="a report").parts == 3
    for query in QUERIES:
        assert by_duckdb(tmp_path / "k.sql", query).equals(answer(table, query)), query


@pytest.mark.parametrize("layout", ["duckdb", "standard"])
def test_the_layout_is_what_duckdb_needs(tmp_path: Path, uri: str, layout: Any) -> None:
    """More rows in a chunk than a page holds elsewhere; of the standard layout it reads no such."""
    dataset, keyring = Dataset(tmp_path / "people"), open_keyring(uri)
    table = pa.table({"id": range(60_000), "ward": [f"w{n % 9}" for n in range(60_000)]})
    with dataset.stage() as staging:
        path = staging.path / "part-00000.parquet"
        part = write_part(
            path, table.schema, table.to_batches(), keyring=keyring, key="training", layout=layout
        )
        files = (FileEntry.of(part, staging.path),)
        staging.publish(Manifest(dataset="people", files=files, layout="duckdb"), keyring)
    export_dek(dataset, tmp_path / "k.sql", uri, reason="a report")
    if layout == "duckdb":
        assert by_duckdb(tmp_path / "k.sql").equals(table)
    else:
        with pytest.raises(duckdb.Error):
            by_duckdb(tmp_path / "k.sql")


def test_the_act_is_in_the_log_before_and_the_key_nowhere_but_in_the_file(
    people: Dataset, uri: str, tmp_path: Path
) -> None:
    """A new file of mode 0600; the log and what is printed have the reason and the key's name."""
    sql = tmp_path / "k.sql"
    arguments = ["keys", "export-dek", str(people.path), "-o", str(sql), "--reason", "a report"]
    done = subprocess.run(
        [sys.executable, "-m", "anonymize", *arguments, "--keyring", uri],
        capture_output=True,
        text=True,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr
    key = sql.read_text().partition("', '")[2].partition("'")[0]
    assert len(key) == 44
    assert key not in done.stdout + done.stderr
    assert "900 rows, all columns" in done.stderr
    assert sql.stat().st_mode & 0o777 == 0o600
    for path in people.path.rglob("*"):
        assert path.is_dir() or key.encode() not in path.read_bytes(), path.name
    last = history(people, uri)[-1]
    assert (last.what, last.why, last.versions, last.keys) == (
        ACT,
        "a report",
        (1,),
        ("training.1",),
    )
    require_keys_of(people.path, open_keyring(uri))
    assert people.verify(keyring=open_keyring(uri)).ok


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"reason": " x "}, ArgumentError, "a reason of at least 3 characters"),
        ({"version": 7}, DatasetError, "no version 7"),
        ({"dataset": "others"}, DatasetError, "not 'others'"),
    ],
)
def test_what_is_asked_wrongly_is_refused(
    people: Dataset, uri: str, tmp_path: Path, change: dict[str, Any], kind: Any, said: str
) -> None:
    """And nothing is written or entered."""
    before = people.audit.path.read_bytes()
    with pytest.raises(kind, match=said):
        export_dek(people, tmp_path / "k.sql", uri, **{"reason": "a report", **change})
    assert not (tmp_path / "k.sql").exists()
    assert people.audit.path.read_bytes() == before


def test_a_file_that_is_there_or_in_a_dataset_is_refused(
    people: Dataset, uri: str, tmp_path: Path
) -> None:
    """Before the log has an entry."""
    (tmp_path / "k.sql").write_text("mine")
    for output in (tmp_path / "k.sql", people.path / "k.sql"):
        with pytest.raises(ArgumentError, match=r"is there already|in the folder of the dataset"):
            export_dek(people, output, uri, reason="a report")
    assert (tmp_path / "k.sql").read_text() == "mine"
    assert [act.what for act in history(people, uri)] == ["publish"]


def test_a_readers_keyring_gives_out_no_key(people: Dataset, uri: str, tmp_path: Path) -> None:
    """It opens the rows, and cannot sign that it gave out their keys."""
    share_keyring([KeyName("training")], tmp_path / "reader.json", uri)
    with pytest.raises(KeysError):
        export_dek(people, tmp_path / "k.sql", f"file:{tmp_path / 'reader.json'}", reason="mine")
    assert not (tmp_path / "k.sql").exists()


def test_another_layout_is_refused_with_what_to_say_instead(
    tmp_path: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """DuckDB could not read it."""
    from tests.dataset.conftest import publish

    dataset = Dataset(tmp_path / "people")
    publish(dataset, keyring, 1)
    with pytest.raises(ArgumentError, match=r"layout standard.*say sink: \{layout: duckdb\}"):
        export_dek(dataset, tmp_path / "k.sql", keyring_uri, reason="a report")


def test_of_a_changed_version_no_key_is_given_out(
    people: Dataset, uri: str, tmp_path: Path
) -> None:
    """DuckDB would not notice a file of the same key in its place."""
    part = people.folder(1) / "part-00000.parquet"
    part.write_bytes(part.read_bytes()[:-9] + b"?" + part.read_bytes()[-8:])
    with pytest.raises(DatasetError, match="its bytes are not those"):
        export_dek(people, tmp_path / "k.sql", uri, reason="a report")


def test_a_data_key_outlives_a_rotation(people: Dataset, uri: str, tmp_path: Path) -> None:
    """As is said where it is given out; keys wrapped anew give the same one."""
    export_dek(people, tmp_path / "k.sql", uri, reason="a report")
    rotate(KeyName("training"), [people.path], uri)
    assert by_duckdb(tmp_path / "k.sql").num_rows == ROWS
    export_dek(people, tmp_path / "again.sql", uri, reason="a report")
    assert (tmp_path / "again.sql").read_text() == (tmp_path / "k.sql").read_text()


def test_duckdb_reads_nothing_with_another_key_and_no_other_rows_of_changed_bytes(
    people: Dataset, uri: str, tmp_path: Path
) -> None:
    """It authenticates each module with its place in the file."""
    export_dek(people, tmp_path / "k.sql", uri, reason="a report")
    sql = (tmp_path / "k.sql").read_text()
    key = sql.partition("', '")[2].partition("'")[0]
    (tmp_path / "other.sql").write_text(sql.replace(key, "A" * 43 + "="))
    with pytest.raises(duckdb.Error):
        by_duckdb(tmp_path / "other.sql")
    part, rows = people.folder(1) / "part-00000.parquet", read(people, keyring=uri).sort_by("id")
    whole, refused = part.read_bytes(), 0
    for at in range(4, len(whole), len(whole) // 60):
        part.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        try:
            assert by_duckdb(tmp_path / "k.sql").equals(rows)  # of what it does not read
        except duckdb.Error:
            refused += 1
    assert refused > 50


def test_who_destroys_the_key_is_told_that_its_data_keys_are_out(
    people: Dataset, uri: str, tmp_path: Path
) -> None:
    """Nobody else can read the version then, and who was given them can."""
    key_id, keyring = KeyId("training.1"), open_keyring(uri)
    assert unreadable_without(key_id, [people.path], keyring) == (f"{people.path} version 1",)
    export_dek(people, tmp_path / "k.sql", uri, reason="a report")
    (told,) = unreadable_without(key_id, [people.path], keyring)
    assert "version 1 (but who was given its data keys, 20" in told


@pytest.mark.parametrize("name", ["peo*ple", "people?", "people[1]"])
def test_a_path_that_duckdb_takes_for_a_pattern_is_refused(
    people: Dataset, uri: str, tmp_path: Path, name: str
) -> None:
    """It would read other files."""
    people.path.rename(tmp_path / name)
    with pytest.raises(AnonymizeError, match="for a pattern"):
        export_dek(tmp_path / name, tmp_path / "k.sql", uri, reason="a report")


def test_a_path_with_quotes_and_equals_reads(people: Dataset, uri: str, tmp_path: Path) -> None:
    """Quotes are doubled, and a folder's name is no column."""
    (tmp_path / "o'brien" / "year=2026").mkdir(parents=True)
    moved = people.path.rename(tmp_path / "o'brien" / "year=2026" / "out")
    export_dek(moved, tmp_path / "k.sql", uri, reason="a report")
    assert by_duckdb(tmp_path / "k.sql").column_names == ["id", "mail", "born", "ward"]
