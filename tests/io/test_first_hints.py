"""Hints for files that are nearly what they are read as: one that mends it, and no value."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonymize.errors import SourceError
from anonymize.pipeline.prepare import open_spec
from anonymize.policy import SourceSpec


def refusal(folder: Path, name: str, text: str) -> str:
    """Return what reading all of a file is refused with, if a comma is said to separate fields."""
    (folder / name).write_text(text)
    with pytest.raises(SourceError) as caught:
        list(open_spec(SourceSpec(path=str(folder / name), delimiter=",")).batches())
    return str(caught.value)


def test_rows_that_another_delimiter_splits_alike_name_it(tmp_path: Path) -> None:
    """A comma in one column's name makes it the delimiter of the head alone."""
    rows = "name;sum, net;town\n" + "Jo Dee;5;Rome\nAl Fee;6,5;Bern\n" * 30
    said = refusal(tmp_path, "a.csv", rows)
    assert "say delimiter: ';', by which" in said
    assert "Dee" not in said
    path = tmp_path / "a.csv"
    (batch,) = open_spec(SourceSpec(path=str(path), delimiter=";")).batches()
    assert batch.num_columns == 3


def test_rows_that_are_ragged_by_any_delimiter_name_none(tmp_path: Path) -> None:
    """A hint that does not mend it would be followed for nothing."""
    assert "delimiter" not in refusal(tmp_path, "a.csv", "a,b\n1,2\n1;2,3,4\n" * 9)


@pytest.mark.parametrize(
    "text", ['[{"a": 1}, {"a": 2}]', '[\n{"a": 1},\n{"a": 2}\n]\n', '[\n  {\n  "a": 1\n  }\n]']
)
def test_a_json_array_is_read_as_its_objects(text: str, tmp_path: Path) -> None:
    """Whatever the array's layout, and under the ending of lines too."""
    (tmp_path / "a.jsonl").write_text(text)
    batches = open_spec(SourceSpec(path=str(tmp_path / "a.jsonl"))).batches()
    assert [row["a"] for batch in batches for row in batch.to_pylist()] in ([1, 2], [1])
