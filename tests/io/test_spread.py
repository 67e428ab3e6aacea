"""Rows for detection are chosen from all over a source, by their numbers alone: grouping changes
nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.errors import SourceError
from anonymize.io import open_source, spread
from anonymize.io.sources import blocks
from anonymize.io.sources import csv_files as csv_source
from anonymize.io.spread import MOST_ROWS, SpreadRows, chosen_rows, runs_of
from tests.examples import examples

SCHEMA = pa.schema([("n", pa.int64()), ("text", pa.string())])


@contextmanager
def small(rows: int = 64, size_bytes: int = 1 << 20, block: int = 1 << 10) -> Iterator[None]:
    """Let small sources be large ones: few rows and bytes are kept, in short runs, and blocks are
    short.
    """
    with (
        patch.object(spread, "MOST_ROWS", rows),
        patch.object(spread, "RUN", 4),
        patch.object(spread, "MOST_BYTES", size_bytes),
        patch.object(csv_source, "BLOCK_BYTES", block),
        patch.object(blocks, "BLOCK_BYTES", block),
    ):
        yield


def _kept(batch: pa.RecordBatch, cuts: list[int]) -> SpreadRows:
    """Return what is kept of a batch that comes in pieces."""
    rows = SpreadRows(batch.schema)
    edges = [0, *sorted(cut % (batch.num_rows + 1) for cut in cuts), batch.num_rows]
    for start, end in itertools.pairwise(edges):
        rows.add(batch.slice(start, end - start))
    return rows


def _numbered(texts: list[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array(range(len(texts)), pa.int64()), pa.array(texts)], schema=SCHEMA
    )


@given(
    st.lists(st.sampled_from(["", "a", "bb" * 40, "é" * 9]), max_size=400),
    st.lists(st.integers(0, 400), max_size=30),
    st.sampled_from([1 << 20, 2_000]),
)
@settings(deadline=None)
def test_equal_rows_give_equal_samples_however_batched(
    texts: list[str], cuts: list[int], size_bytes: int
) -> None:
    """One batch or many, empty ones among them: the same rows are kept, and all are counted."""
    with small(size_bytes=size_bytes):
        whole, pieces = _kept(_numbered(texts), []), _kept(_numbered(texts), cuts)
    assert pieces.batch().equals(whole.batch())
    assert (pieces.total_rows, pieces.whole) == (len(texts), whole.whole)


def test_chosen_rows_are_from_all_over_a_large_source() -> None:
    """Of a million rows half of the most are kept at least, and every fiftieth of the source has
    its share.
    """
    rows = SpreadRows(pa.schema([("n", pa.int64())]))
    for start in range(0, 1_000_000, 100_000):
        rows.add(pa.RecordBatch.from_arrays([pa.array(np.arange(start, start + 100_000))], ["n"]))
    shares = np.histogram(rows.batch()["n"].to_numpy(), bins=50, range=(0, 1_000_000))[0]
    assert MOST_ROWS / 2 <= shares.sum() <= MOST_ROWS
    assert shares.min() > 0.8 * shares.mean()


def test_long_texts_are_bounded_by_their_bytes() -> None:
    """What is kept stays within the bound, but never becomes nothing."""
    with small(rows=1000, size_bytes=10_000):
        rows = _kept(_numbered(["x" * 500] * 900), [100, 200])
    assert 0 < sum(map(len, rows.batch()["text"].to_pylist())) <= 10_000


@given(st.integers(0, 500), st.integers(0, 500))
def test_runs_cover_the_chosen_rows(first: int, count: int) -> None:
    """Runs are the positions again, and few."""
    with small():
        positions = chosen_rows(first, count)
    assert [n for start, end in runs_of(positions) for n in range(start, end)] == positions.tolist()


CELL = st.text(st.sampled_from('abé 1",;\n'), max_size=8).map(str.strip).filter(bool)


@given(st.lists(CELL, min_size=1, max_size=8), st.integers(1, 60), st.booleans())
@settings(deadline=None, max_examples=examples(40))
def test_csv_lines_chosen_are_the_rows_chosen(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str], times: int, plain: bool
) -> None:
    """Quotes, line breaks and delimiters in cells or not: the same rows as from all that the file
    holds.
    """
    import csv

    path = tmp_path_factory.mktemp("csv") / "cells.csv"
    rows = [
        [str(n), cell.replace("\n", " ").replace('"', "") if plain else cell]
        for n, cell in enumerate(cells * times)
    ]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([["n", "text"], *rows])
    with small(block=400):
        source = open_source(str(path), types={"text": "string"}, delimiter=",")
        expected = SpreadRows(source.schema)
        for batch in source.batches():
            expected.add(batch)
        assert source.spread().batch().equals(expected.batch())


def test_a_file_that_a_run_would_refuse_is_refused_the_same(tmp_path: Path) -> None:
    """A row with a cell too many is told by its number, though only some lines were parsed."""
    lines = ["n,text", *(f"{n},a" for n in range(500))]
    lines[400] += ",more"
    path = tmp_path / "ragged.csv"
    path.write_text("\n".join(lines) + "\n")
    with (
        small(rows=512, block=1 << 14),
        pytest.raises(SourceError, match=r"row 400 has 3 cells instead of 2"),
    ):
        open_source(str(path), types={"n": "integer", "text": "string"}).spread()


@pytest.mark.parametrize("group", [50, 700, 3000])
def test_row_groups_do_not_matter(tmp_path: Path, group: int) -> None:
    """A column of categories makes Parquet's reader stop at every row group; the rows chosen are
    the same.
    """
    table = pa.table(
        {"n": range(3000), "kind": pa.array(["a", "b", "c"] * 1000).dictionary_encode()}
    )
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=group)
    with small(rows=256):
        kept = open_source(str(tmp_path / "t.parquet")).spread()
        expected = chosen_rows(0, 3000)
    assert kept.total_rows == 3000
    assert set(kept.batch()["n"].to_pylist()) <= set(expected.tolist())
    assert kept.batch().num_rows == 192


def test_row_groups_without_a_chosen_row_are_not_read(tmp_path: Path) -> None:
    """A source of any size costs what is looked at."""
    pq.write_table(pa.table({"n": range(4000)}), tmp_path / "t.parquet", row_group_size=8)
    with (
        small(),
        patch.object(
            pq.ParquetFile, "iter_batches", autospec=True, side_effect=pq.ParquetFile.iter_batches
        ) as read,
    ):
        rows = open_source(str(tmp_path / "t.parquet")).spread()
    groups = sum(len(call.kwargs["row_groups"]) for call in read.call_args_list)
    assert groups < 120
    assert rows.total_rows == 4000
