"""Many CSV files: what is looked at of each does not grow with their number."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.errors import SourceError
from anonymize.io.sources import csv_head, csv_types
from anonymize.io.sources.open import open_source

FILES = 8


def _files(folder: Path, last: str = "1") -> Path:
    for number in range(FILES):
        rows = [f"{number},{at},word{at}" for at in range(200)]
        rows[-1] = f"{number},{last if number == FILES - 1 else 1},word"
        (folder / f"{number}.csv").write_text("\n".join(["file,count,text", *rows]) + "\n")
    return folder


def test_a_header_is_compared_with_its_rows_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison took two thirds of the time to open thirty files."""
    asked: list[tuple[str, ...]] = []
    judged = csv_head.is_row_of_data

    def noted(first: tuple[str, ...], *rest: object) -> bool:
        asked.append(first)
        return judged(first, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(csv_head, "is_row_of_data", noted)
    assert len(open_source(str(_files(tmp_path))).files) == FILES
    assert asked == [("file", "count", "text")]


def test_a_later_file_without_a_header_is_refused_all_the_same(tmp_path: Path) -> None:
    """Only the same first row is taken for a header unseen."""
    _files(tmp_path)
    rows = [f"3,{at},word{at}" for at in range(200)]
    (tmp_path / "3.csv").write_text("\n".join(rows) + "\n")
    with pytest.raises(SourceError, match="first row"):
        open_source(str(tmp_path))


@pytest.mark.parametrize("last", ["1", "1.5", "x"])
def test_the_end_of_each_file_is_sampled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    """With few places for all files together, two are left for each: one of them is its end."""
    for name, value in {"FIRST_BYTES": 800, "WHOLE_BYTES": 1, "LATER_BYTES": 1600}.items():
        monkeypatch.setattr(csv_types, name, value)
    monkeypatch.setattr(csv_types, "PROBE_BYTES", 300)
    monkeypatch.setattr(csv_types, "ALL_PROBES", 4)
    schema = open_source(str(_files(tmp_path, last))).schema
    wanted = {"1": pa.int64(), "1.5": pa.float64(), "x": pa.string()}[last]
    assert schema.field("count").type == wanted


def test_what_is_sampled_of_many_files_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file after the first gives its share of what all give together."""
    _files(tmp_path)
    for name, value in {"FIRST_BYTES": 800, "WHOLE_BYTES": 1, "LATER_BYTES": 1600}.items():
        monkeypatch.setattr(csv_types, name, value)
    monkeypatch.setattr(csv_types, "PROBE_BYTES", 100)
    monkeypatch.setattr(csv_types, "ALL_PROBES", 16)
    rows: list[int] = []
    sampled = csv_types.sampled

    def noted(*asked: object) -> list[pa.RecordBatch]:
        batches = sampled(*asked)  # type: ignore[arg-type]
        rows.append(sum(batch.num_rows for batch in batches))
        return batches

    monkeypatch.setattr("anonymize.io.sources.csv_files.sampled", noted)
    open_source(str(tmp_path))
    # 800 bytes of the first, 200 of each later one, two places of 100 bytes in each; 8 bytes a row
    assert 100 < rows[0] < (800 + (FILES - 1) * 200 + FILES * 2 * 100) / 8


def test_names_that_differ_in_capitals_only_are_told_as_that(tmp_path: Path) -> None:
    """They were said to share no name, and one of the files to lack its header."""
    _files(tmp_path)
    (tmp_path / "9.csv").write_text("File,Count,Text\n1,2,word\n")
    with pytest.raises(SourceError, match=r"differ from those of 0\.csv in capitals only"):
        open_source(str(tmp_path))
