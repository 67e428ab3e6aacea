"""Sources made to fill memory or to end a process: one error, bounded memory."""

from __future__ import annotations

import gzip
import io
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.dataset import Dataset, export
from anonymize.errors import (
    AnonymizeError,
    ArgumentError,
    KeysError,
    PolicyError,
    SourceError,
    VaultError,
)
from anonymize.io import open_source
from anonymize.io.sources import archives, blocks, parquet_pages
from anonymize.io.sources.blocks import Splitter
from anonymize.keys import open_keyring
from anonymize.pipeline.run import run
from anonymize.policy import load_policy
from anonymize.vault import open_vault
from tests.plan.helpers import policy_of


class Endless(io.RawIOBase):
    """A row without an end; counts what is asked of it."""

    given = 0

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Give as much as fits."""
        self.given += len(into)
        return len(into)


def test_a_cell_without_end_is_refused_within_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never more is read, nor a larger buffer made, than the limit says."""
    limit = 1 << 22
    monkeypatch.setattr(blocks, "LONGEST_ROW_BYTES", limit)
    stream = Endless()
    with pytest.raises(SourceError, match="longer than 4 MiB"):
        Splitter(stream, "s.csv", size=1 << 16).next()
    assert limit < stream.given <= limit + 1


def test_a_row_may_be_longer_than_a_gigabyte_nowhere() -> None:
    """The limit itself is in proportion to what a machine has."""
    assert blocks.LONGEST_ROW_BYTES <= 1 << 28


@pytest.mark.parametrize("name,row", [("s.csv.gz", b"a,b\n"), ("s.jsonl.gz", b'{"a": 1}\n')])
def test_a_file_that_grows_beyond_measure_when_decompressed_is_refused(
    name: str, row: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few kilobytes become gigabytes; many equal rows of a real table do not."""
    monkeypatch.setattr(archives, "MOST_UNPACKED_BYTES", 1 << 20)
    path = tmp_path / name
    path.write_bytes(gzip.compress(row * (1 << 21)))
    with pytest.raises(SourceError, match="250 times as long when decompressed"):
        list(open_source(str(path), header=True if "csv" in name else None).batches())
    path.write_bytes(gzip.compress(b"".join(b'{"a": %d}\n' % (at % 7919) for at in range(200_000))))
    if "jsonl" in name:
        assert sum(batch.num_rows for batch in open_source(str(path)).batches()) == 200_000


@pytest.mark.parametrize("codec", ["none", "snappy", "zstd"])
@pytest.mark.parametrize("dictionary", [True, False])
@pytest.mark.parametrize("inside", [False, True])
def test_a_long_cell_in_parquet_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str, dictionary: bool, inside: bool
) -> None:
    """Arrow decoded it whole, with the rest of its row group; headers of pages tell how long it
    is.
    """
    monkeypatch.setattr(parquet_pages, "LONGEST_CELL_BYTES", 3 << 20)
    secret = "Zuqo Kaxi " * (4 << 20 >> 3)
    cells = ["short", secret, *(f"{at}" for at in range(5000))]
    column = pa.array([[{"note": cell}] for cell in cells]) if inside else pa.array(cells)
    path = tmp_path / "s.parquet"
    table = pa.table({"id": range(len(cells)), "text": column})
    kind = {"compression": codec, "use_dictionary": dictionary, "data_page_version": "2.0"}
    pq.write_table(table, path, row_group_size=3000, **kind)
    with pytest.raises(SourceError) as refused:
        open_source(str(path))
    assert re.search(
        r"s\.parquet: column text\S*: a page is 5 MiB long.*; the limit is 3 MiB",
        str(refused.value),
    )
    assert "Zuqo" not in str(refused.value)


@given(
    st.lists(st.integers(0, 3000), min_size=1, max_size=60),
    st.integers(1, 60),
    st.integers(1, 4000),
)
def test_page_headers_tell_what_parquet_holds(lengths: list[int], group: int, page: int) -> None:
    """Whatever the sizes of pages and groups: the longest page holds the longest cell, and no more
    than its group.
    """
    sink, cells = io.BytesIO(), pa.array(["x" * length for length in lengths])
    sizes = {"row_group_size": group, "data_page_size": page, "write_batch_size": 3}
    pq.write_table(pa.table({"a": cells}), sink, use_dictionary=False, compression="none", **sizes)
    metadata, raw = pq.ParquetFile(sink).metadata, io.BytesIO(sink.getvalue())
    for number in range(metadata.num_row_groups):
        within = lengths[number * group : (number + 1) * group]
        longest = max(parquet_pages._page_bytes(raw, metadata.row_group(number).column(0), "p"))
        assert max(within) + 4 <= longest <= sum(within) + 4 * len(within) + 64


_NO_HEADERS = [
    b"\xff" * 40,
    b"\x00" * 40,
    bytes(range(40)),
    b"\x15" * 40,
    b"\x1c" * 40,
    b"\x19\xff\xff\xff\xff\x7f" * 7,
]


@pytest.mark.parametrize("first", _NO_HEADERS)
def test_damaged_page_headers_are_an_error_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    """Any bytes in their place: no loop without end, no error of another kind."""
    monkeypatch.setattr(parquet_pages, "LONGEST_CELL_BYTES", 100)
    path = tmp_path / "s.parquet"
    table = pa.table({"a": [f"{at:050d}" for at in range(100)]})
    pq.write_table(table, path, use_dictionary=False, compression="none")
    data = path.read_bytes()
    path.write_bytes(data[:4] + first + data[4 + len(first) :])
    with pytest.raises(SourceError):
        open_source(str(path))


def test_wide_rows_are_read_a_few_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten cells of 100 MiB in one row group were one batch."""
    path = tmp_path / "s.parquet"
    table = pa.table({"a": ["x" * (1 << 20) + str(at) for at in range(24)]})
    pq.write_table(table, path, use_dictionary=False, write_batch_size=1)
    monkeypatch.setattr(parquet_pages, "LONGEST_CELL_BYTES", 4 << 20)
    batches = list(open_source(str(path)).batches())
    assert max(batch.num_rows for batch in batches) <= 4
    assert sum(batch.num_rows for batch in batches) == 24


@pytest.mark.parametrize("field", ["source", "sink", "hierarchy", "anchor", "ner"])
def test_a_nul_in_a_path_of_a_policy_is_named(field: str) -> None:
    """A system call would stop reading there, or Python raise an error of its own."""
    paths = {
        "source": "p.csv",
        "sink": "out",
        "hierarchy": "h.csv",
        "anchor": "heads",
        "ner": "m",
        field: "a\\0b",
    }
    more = (
        f'audit: {{anchor: {{file: "{paths["anchor"]}"}}}}\ndetect: {{ner:'
        f' "spacy:{paths["ner"]}"}}\n'
    )
    text = more + f'source: {{path: "{paths["source"]}"}}\nsink: {{path: "{paths["sink"]}"}}\n'
    from anonymize.policy import parse_policy

    with pytest.raises(PolicyError, match=r"(?s)NUL"):
        parse_policy(
            f"version: 1\ndataset: d\npurpose: t\n{text}columns:\n"
            f'  c: {{action: generalize, hierarchy: "{paths["hierarchy"]}"}}\n',
            "p.yaml",
        )
    assert policy_of("  c: {action: keep}\n")


def test_a_nul_in_a_path_given_to_the_library_is_named() -> None:
    """As an error of ours."""
    with pytest.raises(SourceError, match="NUL"):
        open_source("a\0b.csv")
    with pytest.raises(KeysError, match="NUL"):
        open_keyring("file:a\0b")
    for place in ("sqlite:a\0b", "postgresql://h/d?sslrootcert=a\0b"):
        with pytest.raises(VaultError, match="NUL"):
            open_vault(place)
    for call in (
        lambda: Dataset("a\0b"),
        lambda: load_policy("a\0b"),
        lambda: export("d", "a\0b"),
        lambda: run("a\0b"),
    ):
        with pytest.raises(ArgumentError, match="NUL"):
            call()
    assert issubclass(SourceError, AnonymizeError)
