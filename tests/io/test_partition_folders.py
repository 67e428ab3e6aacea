"""Columns that stand in the names of folders alone are not lost without a word, and addresses are
no folders.
"""

from __future__ import annotations

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
def test_a_partitioned_folder_is_refused(tmp_path: Path, columns: list[str], named: str) -> None:
    """By its columns' names; the values in the folders' names are nobody's to read."""
    pq.write_to_dataset(TABLE, tmp_path / "d", partition_cols=columns)
    if named.startswith("*/") and len(columns) == 2:
        named = "*/*/*.parquet"
    with pytest.raises(
        SourceError, match=r"partitioned by folders: .*year.* would be left out"
    ) as refused:
        open_source(str(tmp_path / "d" / named))
    assert "2024" not in str(refused.value)
    assert "Falk" not in str(refused.value)


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
