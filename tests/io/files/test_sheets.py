"""Sheets of workbooks: every type, layouts that people make, and bad files."""

from __future__ import annotations

import datetime as dt
import pickle
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from anonymize.errors import SourceError
from anonymize.io import Source, open_source

Rows = list[list[Any]]
HEAD = ["id", "ratio", "ok", "day", "at", "hour", "took", "who", "nothing"]
FIRST = [1, 0.5, True, dt.date(2024, 1, 2), dt.datetime(2024, 1, 2, 3, 4, 5), dt.time(1, 2, 3)]
FIRST += [dt.timedelta(hours=30), "Ana Castro", None]
SECOND = [None, 2, False, None, dt.datetime(2024, 1, 3), None, dt.timedelta(minutes=1), "", None]


def written(path: Path, **sheets: Rows) -> Path:
    """Write a workbook of Excel."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def read(source: Source) -> pa.Table:
    """Return all rows."""
    return pa.Table.from_batches(source.batches())


def test_every_type_of_a_cell(tmp_path: Path) -> None:
    """Whole numbers are integers although sheets store floats; empty cells are null."""
    path = written(tmp_path / "a.xlsx", S=[HEAD, FIRST, SECOND])
    source = open_source(str(path))
    assert dict(zip(source.schema.names, map(str, source.schema.types), strict=True)) == {
        "id": "int64",
        "ratio": "double",
        "ok": "bool",
        "day": "date32[day]",
        "at": "timestamp[us]",
        "hour": "time64[us]",
        "took": "duration[us]",
        "who": "string",
        "nothing": "string",
    }
    table = read(source)
    second = [None, 2.0, False, None, SECOND[4], None, SECOND[6], None, None]
    assert [list(row.values()) for row in table.to_pylist()] == [FIRST, second]
    assert read(open_source(str(path))).select(["who", "id"]).equals(table.select(["who", "id"]))
    some = pa.Table.from_batches(source.batches(["who", "id"]))
    assert some.equals(table.select(["id", "who"]))


def test_a_sheet_travels_to_another_process_without_its_rows(tmp_path: Path) -> None:
    """A message between processes holds no raw value."""
    source = open_source(str(written(tmp_path / "a.xlsx", S=[HEAD, FIRST, SECOND])))
    sent = pickle.dumps(source.partitions()[0])
    assert b"Castro" not in sent
    assert pa.Table.from_batches(pickle.loads(sent).batches()).equals(read(source))


def test_open_document_sheets(tmp_path: Path) -> None:
    """The same cells from a file of LibreOffice."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book, sheet = OpenDocumentSpreadsheet(), Table(name="S")
    for cells in (
        [("string", "id"), ("string", "day"), ("string", "ok")],
        [("float", "7"), ("date", "2024-01-02"), ("boolean", "true")],
    ):
        row = TableRow()
        for kind, value in cells:
            named = {"string": {}, "float": {"value": value}, "date": {"datevalue": value}}
            said = named.get(kind, {"booleanvalue": value})
            cell = TableCell(valuetype=kind, **said)
            cell.addElement(P(text=value))
            row.addElement(cell)
        sheet.addElement(row)
    book.spreadsheet.addElement(sheet)
    book.save(tmp_path / "a.ods")
    (row,) = read(open_source(str(tmp_path / "a.ods"))).to_pylist()
    assert (row["id"], row["ok"]) == (7, True)
    assert str(row["day"])[:10] == "2024-01-02"


def test_several_sheets_need_a_choice(tmp_path: Path) -> None:
    """By name or number; the names, which may be people's, are not told."""
    rows = [["id", "town"], [1, "Bern"], [2, "Rome"]]
    path = written(
        tmp_path / "a.xlsx", **{"Ann Lee": rows, "Empty": [], "Bo": [["n", "m"], [3, 4]]}
    )
    with pytest.raises(SourceError, match="holds 2 sheets that are not empty; say sheet:") as told:
        open_source(str(path))
    assert "Lee" not in str(told.value)
    assert read(open_source(str(path), sheet="Ann Lee"))["id"].to_pylist() == [1, 2]
    assert read(open_source(str(path), sheet=3))["n"].to_pylist() == [3]
    assert read(open_source(str(path), sheet="3"))["n"].to_pylist() == [3]
    with pytest.raises(SourceError, match="sheet: no such sheet; the workbook has 3"):
        open_source(str(path), sheet="Zoe")


def test_titles_above_a_table_are_found_and_said(tmp_path: Path) -> None:
    """A merged title and a blank row; without a guess the setting is named."""
    rows: Rows = [["Report"], [], ["id", "town", "n"], [1, "Bern", 5], [2, "Rome", 6]]
    rows += [["Total", None, 11]]
    path = written(tmp_path / "a.xlsx", S=rows)
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:C1")
    book.save(path)
    opened = open_source(str(path), guess=True)
    assert opened.settings == {"skip_rows": 2}
    assert any("looks like totals" in note for note in opened.notes)
    assert any("column id holds cells of several kinds" in note for note in opened.notes)
    assert read(opened)["id"].to_pylist() == ["1", "2", "Total"]
    assert read(open_source(str(path), skip_rows=2)).equals(read(opened))
    with pytest.raises(SourceError, match="say skip_rows: 2"):
        open_source(str(path))


def test_a_table_that_begins_inside_the_sheet(tmp_path: Path) -> None:
    """Empty rows and columns around it are passed over, and empty rows inside."""
    rows = [[], [None, None, "id", "town"], [None, None, 1, "Bern"], [], [None, None, 2, "Rome"]]
    table = read(open_source(str(written(tmp_path / "a.xlsx", S=rows))))
    assert table.to_pydict() == {"id": [1, 2], "town": ["Bern", "Rome"]}


def test_cells_of_several_kinds_are_text_and_said(tmp_path: Path) -> None:
    """Also if the kinds are in different files."""
    written(tmp_path / "a.xlsx", S=[["id", "v"], [1, 5], [2, True], [3, dt.date(2024, 1, 2)]])
    written(tmp_path / "b.xlsx", S=[["id", "v"], ["x7", 2.5]])
    source = open_source(str(tmp_path / "a.xlsx"))
    assert read(source)["v"].to_pylist() == ["5", "TRUE", "2024-01-02"]
    assert source.notes == ("column v holds cells of several kinds, read as text",)
    both = read(open_source(str(tmp_path / "*.xlsx")))
    assert both["id"].to_pylist() == ["1", "2", "3", "x7"]
    assert both["v"].to_pylist()[-1] == "2.5"


def test_errors_of_formulas_are_null(tmp_path: Path) -> None:
    """``#N/A`` is not a value."""
    path = written(tmp_path / "a.xlsx", S=[["id", "v"], [1, "#N/A"], [2, 5]])
    assert read(open_source(str(path)))["v"].to_pylist() == [None, 5]


def test_names_and_types_can_be_stated(tmp_path: Path) -> None:
    """Years above columns are names; a column without one needs it; a code is text."""
    path = written(tmp_path / "a.xlsx", S=[["zip", 2023, None], [2139, 1, "x"], [501, 2, "y"]])
    with pytest.raises(SourceError, match=r"column 3 has no name; say rename: \{3: NAME\}"):
        open_source(str(path), header=True)
    table = read(open_source(str(path), rename={3: "c"}, types={"zip": "string"}, header=True))
    assert table.to_pydict() == {"zip": ["2139", "501"], "2023": [1, 2], "c": ["x", "y"]}
    path = written(tmp_path / "b.xlsx", S=[[5, 2, 9], [3, 4, 1]])
    table = read(open_source(str(path), header=False))
    assert table.to_pydict() == {"column_1": [5, 3], "column_2": [2, 4], "column_3": [9, 1]}
    with pytest.raises(SourceError, match="header: false, else header: true"):
        open_source(str(path))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"id,town\n1,Bern\n", "cannot be read as a workbook"),
        (b"PK\x03\x04" + bytes(40), "cannot be read as a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is encrypted with a password"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """One error each."""
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(SourceError, match=words):
        open_source(str(tmp_path / "a.xlsx"))


def test_every_truncation_of_a_workbook_is_refused(tmp_path: Path) -> None:
    """And one that changed after it was opened."""
    path = written(tmp_path / "a.xlsx", S=[HEAD, FIRST])
    whole, source = path.read_bytes(), open_source(str(path))
    for length in range(50, len(whole), 400):
        path.write_bytes(whole[:length])
        with pytest.raises(SourceError, match="cannot be read as a workbook"):
            open_source(str(path))
    with pytest.raises(SourceError, match="changed while it was read"):
        list(source.batches())


def test_a_cell_far_away_and_a_bomb_do_not_fill_memory(tmp_path: Path) -> None:
    """The reader would end the process."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "id", 1
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(SourceError, match="spans 1048576 rows and 16384 columns"):
        open_source(str(tmp_path / "far.xlsx"))
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for at in range(6):
            archive.writestr(f"xl/media/{at}", bytes(200 << 20))
    with pytest.raises(SourceError, match="250 times as long when decompressed"):
        open_source(str(tmp_path / "bomb.xlsx"))


def test_an_empty_workbook_and_a_header_alone_are_refused(tmp_path: Path) -> None:
    """Nothing to read is never a success."""
    with pytest.raises(SourceError, match="holds no cell with a value"):
        open_source(str(written(tmp_path / "a.xlsx", S=[])))
    with pytest.raises(SourceError, match="holds column names and no rows"):
        open_source(str(written(tmp_path / "b.xlsx", S=[["id", "town"]])))
