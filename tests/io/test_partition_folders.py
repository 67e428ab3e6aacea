"""Columns that stand in the names of folders alone are read, and addresses are no folders."""

from __future__ import annotations

import pickle
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.errors import PolicyError, SourceError
from anonymize.io import open_source
from anonymize.policy import parse_policy

TABLE = pa.table(
    {"id": ["a", "b", "c"], "year": [2023, 2024, 2024], "who": ["Ann Lee", "Bo Falk", "Bo Falk"]}
)


@pytest.mark.parametrize("columns", [["year"], ["year", "who"]])
@pytest.mark.parametrize("named", ["", "*/*.parquet", "**/*.parquet"])
def test_folders_are_columns(tmp_path: Path, columns: list[str], named: str) -> None:
    """With the values that Arrow wrote; `year` is an integer again."""
    pq.write_to_dataset(TABLE, tmp_path / "d", partition_cols=columns)
    if named.startswith("*/") and len(columns) == 2:
        named = "*/*/*.parquet"
    source = open_source(str(tmp_path / "d" / named))
    assert source.schema.names == [n for n in TABLE.schema.names if n not in columns] + columns
    read = pa.Table.from_batches(source.batches()).select(["id", "year", "who"])
    assert read.sort_by("id").equals(TABLE)
    spread = source.spread().batch()
    assert pa.Table.from_batches([spread]).select(["id", "year", "who"]).sort_by("id") == TABLE
    some = pa.Table.from_batches(source.batches(["year"]))
    assert some.column_names == ["year"]
    assert sorted(some["year"].to_pylist()) == [2023, 2024, 2024]


def test_a_process_elsewhere_reads_the_same(tmp_path: Path) -> None:
    """A partition travels with its values."""
    pq.write_to_dataset(TABLE, tmp_path / "d", partition_cols=["year", "who"])
    source = open_source(str(tmp_path / "d"))
    parts = [pickle.loads(pickle.dumps(part)) for part in source.partitions()]
    assert sum(batch.num_rows for part in parts for batch in part.batches(["who", "id"])) == 3


def test_values_of_folders_are_in_no_error_and_no_fingerprint(tmp_path: Path) -> None:
    """They may be names of people."""
    pq.write_to_dataset(TABLE, tmp_path / "d", partition_cols=["who"])
    source = open_source(str(tmp_path / "d"))
    assert "Falk" not in str(source.fingerprint())
    for file in (tmp_path / "d").rglob("*.parquet"):
        file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(SourceError, match="changed while it was read") as caught:
        list(source.batches())
    assert "Falk" not in str(caught.value)
    assert "Ann" not in str(caught.value)
    with pytest.raises(SourceError, match=r"/d/…/.*parquet: cannot be read as Parquet") as caught:
        open_source(str(tmp_path / "d"))
    assert "Falk" not in str(caught.value)


def _folder(root: Path, *folders: str) -> None:
    for number, folder in enumerate(folders):
        (root / folder).mkdir(parents=True)
        (root / folder / "part.csv").write_text(f"id,n\na{number},{number}\nb,2\n")


def test_the_default_partition_is_null_and_values_are_unescaped(tmp_path: Path) -> None:
    """As Hive and Spark write them; a postcode with a zero in front stays text."""
    _folder(tmp_path, "zip=02139/at=1%2F2", "zip=__HIVE_DEFAULT_PARTITION__/at=x")
    read = pa.Table.from_batches(open_source(str(tmp_path)).batches())
    assert read["zip"].to_pylist() == ["02139", "02139", None, None]
    assert read["at"].to_pylist() == ["1/2", "1/2", "x", "x"]


def test_types_of_folders_can_be_named(tmp_path: Path) -> None:
    """As those of every column; what does not fit is refused without its text."""
    _folder(tmp_path, "day=2024-01-02", "day=2024-01-03")
    day = open_source(str(tmp_path), types={"day": "string"}).schema.field("day")
    assert day.type == pa.string()
    assert open_source(str(tmp_path)).schema.field("day").type == pa.date32()
    with pytest.raises(SourceError, match="column day: 2 folders are not of type integer") as error:
        open_source(str(tmp_path), types={"day": "integer"})
    assert "2024" not in str(error.value)


def test_folders_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    """Files with and without a key, and a key that is a column of the files too."""
    _folder(tmp_path / "a", "year=2024", "plain")
    with pytest.raises(SourceError, match="not every file is in folders for year"):
        open_source(str(tmp_path / "a"))
    _folder(tmp_path / "b", "id=7")
    with pytest.raises(SourceError, match="column id: is in the files and in the names of"):
        open_source(str(tmp_path / "b"))


def test_one_folder_of_a_partitioned_one_can_be_named(tmp_path: Path) -> None:
    """Who names it knows what all its rows have."""
    pq.write_to_dataset(TABLE, tmp_path / "d", partition_cols=["year"])
    source = open_source(str(tmp_path / "d" / "year=2024"))
    assert sum(batch.num_rows for batch in source.batches()) == 2


@pytest.mark.parametrize("name", ["a=b.csv", "x"])
def test_a_sign_in_a_file_s_name_is_no_partition(tmp_path: Path, name: str) -> None:
    """Nor folders without one."""
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / (name if name.endswith(".csv") else f"{name}.csv")).write_text("id,n\na,1\nb,2\n")
    assert open_source(str(tmp_path)).schema.names == ["id", "n"]


@pytest.mark.parametrize(
    "address", ["s3://b/d", "gs://b/d", "abfss://c@a/x", "http://x/y", "S3://b", "s3:/b"]
)
@pytest.mark.parametrize("place", ["source", "sink"])
def test_addresses_are_refused_by_name(address: str, place: str) -> None:
    """A folder `s3:` was made of them, on this machine's disk."""
    paths = {"source": "a.csv", "sink": "out", place: address}
    text = (
        f"version: 1\ndataset: d\npurpose: p\nsource: {{path: '{paths['source']}'}}\n"
        f"sink: {{path: '{paths['sink']}'}}\ncolumns:\n  a: {{action: keep}}\n"
    )
    what = "(.*is not supported yet|names no bucket|plain http shows)"
    with pytest.raises(PolicyError, match=rf"policy:\d: {place}.path: {what}"):
        parse_policy(text)


def test_a_file_address_is_a_path() -> None:
    """Of this machine it is one."""
    text = (
        "version: 1\ndataset: d\npurpose: p\nsource: {path: file:///a.csv}\nsink: {path:"
        " file:///out}\ncolumns:\n  a: {action: keep}\n"
    )
    policy = parse_policy(text)
    assert (policy.source.path, policy.sink.path) == ("/a.csv", "/out")
