"""Sheets of workbooks: every type, layouts that people make, and bad files."""

from __future__ import annotations

import datetime as dt
import pickle
import struct
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from anonymize.errors import MissingExtraError, SourceError
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
    assert opened.settings == {"skip_rows": 2, "skip_footer": 1}
    assert any("the last row, row 6, is totals" in note for note in opened.notes)
    assert read(opened)["id"].to_pylist() == [1, 2]
    assert read(open_source(str(path), skip_rows=2, skip_footer=1)).equals(read(opened))
    sent = pickle.loads(pickle.dumps(opened.partitions()[0]))
    assert pa.Table.from_batches(sent.batches()).equals(read(opened))
    kept = open_source(str(path), skip_rows=2)
    assert read(kept)["id"].to_pylist() == ["1", "2", "Total"]
    assert any("column id holds cells of several kinds" in note for note in kept.notes)
    assert any("totals, not like a row of its own: say skip_footer: 1" in n for n in kept.notes)
    with pytest.raises(SourceError, match="say skip_rows: 2"):
        open_source(str(path))


PEOPLE: Rows = [[101, "Ana Castro", "Bern", 1200.5], [102, "Bo Lind", "Rome", 980.0]]
PEOPLE += [[103, "Cy Ott", "Oslo", 1110.25], [104, "Di Roe", "Bern", 870.0]]
NAMES = ["id", "name", "city", "amount"]


def merge(path: Path, *ranges: str) -> Path:
    """Merge cells of the first sheet."""
    book = openpyxl.load_workbook(path)
    for one in ranges:
        book.worksheets[0].merge_cells(one)
    book.save(path)
    return path


def test_names_in_two_rows_are_joined_where_cells_are_merged(tmp_path: Path) -> None:
    """Also below titles, and equally without a guess; cells merged downwards name one column."""
    rows: Rows = [["name", "Q1", None, "Q2", None], [None, "units", "value", "units", "value"]]
    rows += [["Ana", 1, 2.5, 3, 4.5], ["Bo", 2, 3.5, 3, 4.5], ["Cy", 7, 8.5, 3, 4.5]]
    path = written(tmp_path / "a.xlsx", S=rows)
    source = open_source(str(merge(path, "A1:A2", "B1:C1", "D1:E1")))
    assert source.schema.names == ["name", "Q1 units", "Q1 value", "Q2 units", "Q2 value"]
    assert any("joined from two rows" in note for note in source.notes)
    sent = pickle.loads(pickle.dumps(source.partitions()[0]))
    assert pa.Table.from_batches(sent.batches())["Q2 value"].to_pylist() == [4.5, 4.5, 4.5]
    path = written(tmp_path / "b.xlsx", S=[["Report 2024"], [], *rows])
    below = open_source(str(merge(path, "A1:E1", "B3:C3", "D3:E3")), guess=True)
    assert below.settings == {"skip_rows": 2}
    assert read(below).equals(read(source))
    assert read(open_source(str(path), skip_rows=2)).equals(read(source))


def test_names_in_two_rows_without_merged_cells_name_the_setting(tmp_path: Path) -> None:
    """And the setting works."""
    rows = [["Person", None, "Place", "Money"], NAMES, *PEOPLE]
    path = written(tmp_path / "a.xlsx", S=rows)
    with pytest.raises(SourceError, match="names stand in two rows; say skip_rows: 1"):
        open_source(str(path), guess=True)
    assert open_source(str(path), skip_rows=1).schema.names == NAMES


def test_subtotals_footers_and_merged_cells_are_said(tmp_path: Path) -> None:
    """They stay in the table, and are no silence; a plain table says nothing."""
    total: Rows = [["Total", None, None, 4160.75], [], ["Source: HR, by Ana Castro"]]
    rows = [NAMES, *PEOPLE[:2], ["Bern Total", None, None, 2180.5], *PEOPLE[2:], *total]
    path = merge(written(tmp_path / "a.xlsx", S=rows), "C2:C3")
    source = open_source(str(path))
    said = "\n".join(source.notes)
    assert read(source).num_rows == 7
    assert "Castro" not in said
    for words in (
        "the last row looks like a footer",
        "the row above it looks like totals",
        "1 row looks like a subtotal",
        "cells of the table are merged",
    ):
        assert said.count(words) == 1, words
    assert open_source(str(written(tmp_path / "b.xlsx", S=[NAMES, *PEOPLE]))).notes == ()


def test_a_sheet_without_its_totals_loses_nobody(tmp_path: Path) -> None:
    """What ``skip_footer`` leaves out must not be like the rows of the table."""
    path = written(tmp_path / "a.xlsx", S=[NAMES, *PEOPLE, [], []])
    with pytest.raises(SourceError, match="row 4, which skip_footer leaves out") as told:
        open_source(str(path), skip_footer=1)
    assert "Roe" not in str(told.value)
    ended = written(tmp_path / "b.xlsx", S=[NAMES, *PEOPLE, [], ["Source: HR, by Ana Castro"], []])
    assert read(open_source(str(ended), skip_footer=1)).num_rows == 4


def test_a_hidden_sheet_is_left_out_and_said(tmp_path: Path) -> None:
    """A list for a drop-down menu is no table; it can be read by its number."""
    path = written(tmp_path / "a.xlsx", S=[NAMES, *PEOPLE], Lists=[["a", "b"], ["x", 1], ["y", 2]])
    book = openpyxl.load_workbook(path)
    book["Lists"].sheet_state = "hidden"
    book.save(path)
    source = open_source(str(path))
    assert source.schema.names == NAMES
    assert source.notes == ("the hidden sheet 2 is left out; say sheet: 2 to read it instead",)
    assert open_source(str(path), sheet=2).schema.names == ["a", "b"]
    book["S"].sheet_state = "veryHidden"
    book.create_sheet("Empty")
    book.save(path)
    with pytest.raises(SourceError, match=r"no value but in 2 hidden sheets \(1, 2\); say sheet:"):
        open_source(str(path))


def test_positions_are_those_of_the_sheet(tmp_path: Path) -> None:
    """Empty columns at the left and in between are left out, but count."""
    rows: Rows = [[None, "id", None, None, "zip"], [None, 1, None, "x", "2"]]
    path = written(tmp_path / "a.xlsx", S=[*rows, [None, 2, None, "y", "3"]])
    with pytest.raises(SourceError, match=r"column 4 has no name; say rename: \{4: NAME\}"):
        open_source(str(path))
    table = read(open_source(str(path), rename={4: "c", "5": "code"}))
    assert table.to_pydict() == {"id": [1, 2], "c": ["x", "y"], "code": ["2", "3"]}
    with pytest.raises(SourceError, match=r"rename.3: there are 3 columns, from 2 to 5"):
        open_source(str(path), rename={3: "c"})


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


def test_a_cell_far_away_and_a_bomb_do_not_fill_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader would end the process."""
    monkeypatch.setattr("anonymize.io.sources.sheet_bounds.MOST_UNPACKED_BYTES", 1 << 20)
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "id", 1
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(SourceError, match="spans 1048576 rows and 16384 columns"):
        open_source(str(tmp_path / "far.xlsx"))
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for at in range(6):
            archive.writestr(f"xl/media/{at}", bytes(2 << 20))
    with pytest.raises(SourceError, match="250 times as long when decompressed"):
        open_source(str(tmp_path / "bomb.xlsx"))


def binary_sheet(path: Path, cells: list[tuple[int, int, str | float]]) -> Path:
    """Write a workbook of binary sheets (.xlsb) by hand: row, column and value of each cell."""

    def record(kind: int, data: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return head + bytes([len(data)]) + data

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16le")

    sheet = record(129) + record(148, struct.pack("<IIII", 0, 1, 0, 1)) + record(145)
    for row, column, value in cells:
        sheet += record(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0))
        text = isinstance(value, str)
        data = wide(value) if isinstance(value, str) else struct.pack("<d", value)
        sheet += record(6 if text else 5, struct.pack("<II", column, 0) + data)
    sheet += record(146) + record(130)
    named = record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("S"))
    book = record(131) + record(143) + named + record(144) + record(132)
    packages = "http://schemas.openxmlformats.org/package/2006"
    target = 'Target="worksheets/sheet1.bin" Id="rId1" Type="http://schemas.openxmlformats.org'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{packages}/content-types"/>')
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{packages}/relationships"><Relationship {target}/office'
            'Document/2006/relationships/worksheet"/></Relationships>',
        )
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return path


def test_a_binary_sheet_with_a_cell_far_away_does_not_end_the_process(tmp_path: Path) -> None:
    """The stated area is small; the reader would ask for 400 GB, and abort."""
    cells: list[tuple[int, int, str | float]] = [(0, 0, "id"), (0, 1, "town"), (1, 0, 7.0)]
    good = binary_sheet(tmp_path / "a.xlsb", [*cells, (1, 1, "Bern")])
    assert read(open_source(str(good))).to_pylist() == [{"id": 7, "town": "Bern"}]
    far = binary_sheet(tmp_path / "far.xlsb", [*cells, (1048575, 16383, 1.0)])
    with pytest.raises(SourceError, match="spans 1048576 rows and 16384 columns"):
        open_source(str(far))
    wide = binary_sheet(tmp_path / "wide.xlsb", [*cells, (2, 8_000_000, 1.0)])
    with pytest.raises(SourceError, match="more than the 16384 columns"):
        open_source(str(wide))


def test_a_panic_of_the_reader_is_an_error_of_the_file(tmp_path: Path) -> None:
    """It is no ``Exception``, so it would pass every handler."""
    path = binary_sheet(tmp_path / "a.xlsb", [(0, 0, "id"), (1, 0, 7.0)])
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/workbook.bin"] = members["xl/workbook.bin"].replace(
        b"1\0\1\0\0\0S", b"2\0\1\0\0\0S"
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(SourceError, match="cannot be read as a workbook"):
        open_source(str(path))


def test_an_open_document_sheet_whose_xml_is_not_closed_is_refused(tmp_path: Path) -> None:
    """The reader would look for the end for ever."""
    spaces = 'xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    spaces += ' xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    cell = '<t:table-row><t:table-cell o:value-type="float" o:value="1"/></t:table-row>'
    body = f'<o:body><o:spreadsheet><t:table t:name="S">{cell}'
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<o:document-content {spaces}>{body}")
    with pytest.raises(SourceError, match="cannot be read as a workbook: damaged or cut short"):
        open_source(str(tmp_path / "a.ods"))


def test_an_empty_workbook_and_a_header_alone_are_refused(tmp_path: Path) -> None:
    """Nothing to read is never a success."""
    with pytest.raises(SourceError, match="holds no cell with a value"):
        open_source(str(written(tmp_path / "a.xlsx", S=[])))
    with pytest.raises(SourceError, match="holds column names and no rows"):
        open_source(str(written(tmp_path / "b.xlsx", S=[["id", "town"]])))


@pytest.mark.parametrize(
    ("ending", "package", "extra"),
    [("xlsx", "python_calamine", "excel"), ("avro", "fastavro", "avro")],
)
def test_a_missing_package_is_named_with_its_command(
    tmp_path: Path, ending: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for every extra."""
    monkeypatch.setitem(sys.modules, package, None)
    (tmp_path / f"a.{ending}").write_bytes(b"PK")
    with pytest.raises(MissingExtraError, match=f"needs the extra {extra}: python -m pip install"):
        open_source(str(tmp_path / f"a.{ending}"))
