"""Hints for files that are nearly what they are read as: one that mends it, and no value."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from anonymize.errors import SourceError
from anonymize.pipeline.prepare import open_spec
from anonymize.policy import SourceSpec


def refusal(folder: Path, name: str, text: str) -> str:
    """Return what reading all of a file is refused with."""
    (folder / name).write_text(text)
    with pytest.raises(SourceError) as caught:
        list(open_spec(SourceSpec(path=str(folder / name))).batches())
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
def test_a_json_array_is_told_what_makes_lines_of_it(text: str, tmp_path: Path) -> None:
    """The command is named, whatever the array's layout."""
    assert "jq -c '.[]' FILE > FILE.jsonl" in refusal(tmp_path, "a.jsonl", text)


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("a.tsv", "# exported 2024\n"),
        ("a.tsv", "# exported 2024, by a job\n"),
        ("a.csv", "# exported 2024\n# by a job\n\n"),
        ("a.csv", "Report for March\n"),
        ("a.csv", "Report for March,\n"),
        ("a.csv", "// a,b\n"),
    ],
)
def test_lines_above_the_header_are_told_with_a_command_that_removes_them(
    tmp_path: Path, name: str, above: str
) -> None:
    """The command is run as it stands, and the file that it makes is read."""
    mark = "\t" if name.endswith(".tsv") else ","
    rows = [["town", "price", "day"], ["Rome", "5", "2024-01-01"], ["Bern", "6", "2024-01-02"]]
    said = refusal(tmp_path, name, above + "".join(mark.join(row) + "\n" for row in rows))
    assert "exported" not in said
    command = said.rpartition(" with: ")[2].replace("FILE", name)
    subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, check=True)
    made = command.rpartition("> ")[2]
    (batch,) = open_spec(SourceSpec(path=str(tmp_path / made))).batches()
    assert (batch.schema.names, batch.num_rows) == (rows[0], 2)


@pytest.mark.parametrize(
    "text",
    [
        *("#id,town\n1,Rome\n2,Bern\n", "id,town\n1\n2,Bern\n", "town\nRome\nBern\n"),
        *("town,price\nrow1,Rome,5\nrow2,Bern,6\n", "a,b\n1,2,3\n4,5\n6,7\n"),
    ],
)
def test_other_first_rows_are_no_comments(tmp_path: Path, text: str) -> None:
    """A header with a mark, short rows, one column, a header without its index."""
    (tmp_path / "a.csv").write_text(text)
    try:
        list(open_spec(SourceSpec(path=str(tmp_path / "a.csv"))).batches())
        said = ""
    except SourceError as error:
        said = str(error)
    assert "tail" not in said
