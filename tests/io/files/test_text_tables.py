"""Text tables of which nobody said how they are written."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.errors import SourceError
from anonymize.io import Source, open_source
from anonymize.io.sources.column_names import final_names

Open = Callable[..., Source]
ROWS = {"name": ["Ana Castro", "Bo, Falk", "Éva"], "n": [1, 2, 3], "day": ["2024-01-02"] * 3}


def rows(source: Source) -> dict[str, list[object]]:
    """Return all that a source holds."""
    return pa.Table.from_batches(source.batches()).to_pydict()


def again(opened: Source, **options: object) -> Source:
    """Open the same by the settings that were found, without guesses."""
    settings = dict(opened.settings)
    return open_source(opened.path, **{**settings, **options})


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_delimiter_and_encoding_are_found(source: Open, delimiter: str, encoding: str) -> None:
    """And said, where they are not the usual ones; by what is said the file reads equally."""
    lines = [delimiter.join(["name", "n", "day"])]
    lines += [
        delimiter.join([f'"{n}"', str(i), f'"{d}"']) for n, i, d in zip(*ROWS.values(), strict=True)
    ]
    opened = source("\n".join(lines).encode(encoding), guess=True)
    found = rows(opened)
    assert found == {**ROWS, "day": [dt.date(2024, 1, 2)] * 3}
    assert opened.settings.get("delimiter", ",") == delimiter
    assert ("encoding" in opened.settings) == (not encoding.startswith("utf-8"))
    assert rows(again(opened)) == found
    assert len(opened.notes) == len(opened.settings)


def test_a_guessed_encoding_is_said_and_never_used_unsaid(source: Open) -> None:
    """A run of a policy that does not name it stops, with the name."""
    data = "name,city\nJosé,Köln\n".encode("cp1252")
    opened = source(data, guess=True)
    assert rows(opened) == {"name": ["José"], "city": ["Köln"]}
    assert "is a guess, because byte 13 is not UTF-8" in opened.notes[0]
    with pytest.raises(SourceError, match="not UTF-8 at byte 13; say encoding: NAME, here perhaps"):
        source(data)


@pytest.mark.parametrize(
    "data",
    [
        "имя,город\nАнна,Москва\n".encode("cp1251"),
        "名前,都市\n山田,東京\n".encode("shift_jis"),
        "name,city\nJosé,Köln\nÉva,Łódź\n".encode()[:-3] + b"\xff\n",
    ],
)
def test_what_is_no_western_text_is_not_guessed(source: Open, data: bytes) -> None:
    """Cyrillic, Japanese, and UTF-8 with one damaged byte."""
    with pytest.raises(SourceError, match=r"not UTF-8 at byte \d+; say encoding: NAME, of which"):
        source(data, guess=True)


def test_two_delimiters_that_fit_are_both_said(source: Open) -> None:
    """So that a wrong choice is seen."""
    opened = source("last, first;town\nLee, Jo;Rome\nFalk, Al;Bern\n", guess=True)
    assert opened.schema.names == ["last, first", "town"]
    assert "',' would fit too" in opened.notes[0]


TITLES = "Export of 2024-05-01;;\nAll branches\n\nname;n;sum\nAna;1;2,5\nBo;2;1.000,25\n"


def test_titles_and_decimal_commas_are_found_by_a_guess(source: Open) -> None:
    """Numbers are numbers; what was found reads the file equally."""
    opened = source(TITLES, guess=True)
    assert rows(opened) == {"name": ["Ana", "Bo"], "n": [1, 2], "sum": [2.5, 1000.25]}
    assert opened.settings == {
        "delimiter": ";",
        "skip_rows": 2,
        "decimal": ",",
        "thousands": ".",
    }
    assert rows(again(opened)) == rows(opened)


def test_titles_are_refused_with_the_setting_that_skips_them(source: Open) -> None:
    """Without a guess."""
    with pytest.raises(SourceError, match="say skip_rows: 2, because the first 2 lines"):
        source(TITLES)
    assert rows(source(TITLES, skip_rows=2))["sum"] == ["2,5", "1.000,25"]


def test_comment_lines_are_left_out_but_not_lines_inside_cells(source: Open) -> None:
    """A cell may contain a line that looks like one."""
    text = '# made by hand\n# for tests\na,b\n1,x\n# between\n2,"y\n# no comment\nz"\n'
    opened = source(text, guess=True)
    assert opened.settings == {"comment": "#"}
    assert rows(opened) == {"a": [1, 2], "b": ["x", "y\n# no comment\nz"]}
    with pytest.raises(SourceError, match="say comment: '#'"):
        source(text)


def test_a_header_that_begins_with_the_sign_is_a_header(source: Open) -> None:
    """As in many tables of laboratories."""
    assert rows(source("#id\tn\na\t1\nb\t2\n", guess=True)) == {"#id": ["a", "b"], "n": [1, 2]}


@pytest.mark.parametrize(
    ("values", "decimal", "thousands", "expected"),
    [
        (["1,5", "-2,25", "1000"], ",", None, [1.5, -2.25, 1000.0]),
        (["1.234,5", "12", "1.234.567,25"], ",", ".", [1234.5, 12.0, 1234567.25]),
        (["1,234.5", "12.0", "0.5"], ".", ",", [1234.5, 12.0, 0.5]),
        (["1 234,5", "12,25", "7"], ",", " ", [1234.5, 12.25, 7.0]),
        (["1'234.5", "12.25", "7"], ".", "'", [1234.5, 12.25, 7.0]),
    ],
)
def test_numbers_as_people_write_them(
    source: Open, values: list[str], decimal: str, thousands: str | None, expected: list[float]
) -> None:
    """Found where a value proves it, and read so when it is said."""
    text = "id;n\n" + "".join(f"x{at};{value}\n" for at, value in enumerate(values * 3))
    opened = source(text, guess=True)
    assert rows(opened)["n"] == expected * 3
    assert opened.settings.get("decimal", ".") == decimal
    assert opened.settings.get("thousands") == thousands
    assert rows(source(text, decimal=decimal, thousands=thousands))["n"] == expected * 3


@pytest.mark.parametrize("text", ["id;n\nx;1,234\ny;5,678\n", "id;n;m\nx;1,5;1.5\ny;2,5;2.5\n"])
def test_numbers_that_may_be_written_both_ways_stay_text(source: Open, text: str) -> None:
    """``1,234`` alone proves nothing, and two writings in one file contradict each other."""
    opened = source(text, guess=True)
    assert "decimal" not in opened.settings
    assert opened.schema.field("n").type == pa.string()


def test_codes_stay_text_under_a_decimal_comma(source: Open) -> None:
    """A zero in front, a point that is none, and a late value that is no number are not lost."""
    text = "zip;v;n\n02139;1.5;1,5\n00501;2.5;2,5\n"
    read = rows(source(text, decimal=","))
    assert read == {"zip": ["02139", "00501"], "v": ["1.5", "2.5"], "n": [1.5, 2.5]}
    with pytest.raises(SourceError, match="column n: row 2 does not hold a value of type float"):
        list(source("n;m\n1,5;x\n2.5;y\n", decimal=",", types={"n": "float"}).batches())


def test_subtotals_and_footers_are_said_as_for_sheets(source: Open) -> None:
    """In other languages and with other marks too; a word beside other values says nothing."""
    text = "Ort;Name;Betrag\nBern;Ana;1,5\nRom;Bo;2,5\nZwischensumme;;4,0\nOslo;Cy;3,5\n"
    notes = source(text + "Summe;;1.204,50 €\nStand: 2. Januar;;\n").notes
    assert any("the last row looks like a footer" in note for note in notes)
    assert any("the row above it looks like totals" in note for note in notes)
    assert any("1 row looks like a subtotal" in note for note in notes)
    plain = "item,shop,price\nTotal Care,Bern,2\nSum,Rome,3\nSoap,Oslo,4\n"
    assert source(plain).notes == ()


def test_names_in_two_lines_name_the_setting(source: Open) -> None:
    """And the setting reads the lower one."""
    text = "Person,,Money\nid,name,amount\n1,Ana,2.5\n2,Bo,3.5\n3,Cy,4\n"
    with pytest.raises(SourceError, match="names stand in two rows; say skip_rows: 1"):
        source(text)
    assert source(text, skip_rows=1).schema.names == ["id", "name", "amount"]


def test_a_row_of_totals_is_said_and_kept(source: Open) -> None:
    """It may be a row of its own after all."""
    opened = source("branch;n\nBern;1\nRome;2\nTotal;3\n")
    assert "the last row looks like totals" in opened.notes[-1]
    assert rows(opened)["n"] == [1, 2, 3]
    assert not source("branch;n\nBern;1\nRome;2\nTotalis;3\n").notes[1:]


TOTALS = "branch;n;m\nBern;1;4\nRome;2;5\n{}"


@pytest.mark.parametrize(
    "last", ["Summe;3;9\n", "\nGrand total:;;9\n", "Total 2024;3;\nAs of May;;\n"]
)
def test_totals_are_left_out_where_guesses_are_said(source: Open, last: str) -> None:
    """With the line and the reason; by the setting that is said it is read equally."""
    opened = source(TOTALS.format(last), guess=True)
    count = last.strip().count("\n") + 1
    assert opened.settings == {"delimiter": ";", "skip_footer": count}
    line = 4 + last.startswith("\n")
    assert any(f"line {line}," in note and "totals" in note for note in opened.notes)
    expected = {"branch": ["Bern", "Rome"], "n": [1, 2], "m": [4, 5]}
    assert rows(opened) == rows(again(opened)) == expected


@pytest.mark.parametrize("last", ["Summe;Ana;9\n", "Total;1990-01-02;9\n", "Sum Ting;3;9\n"])
def test_a_row_with_a_word_beside_totals_is_kept(source: Open, last: str) -> None:
    """It may be a person called so: the setting is named, and nothing is left out."""
    opened = source(TOTALS.format(last), guess=True)
    assert "skip_footer" not in opened.settings
    assert any("say skip_footer: 1 to leave it out" in note for note in opened.notes)
    assert len(rows(opened)["n"]) == 3


def test_totals_of_one_of_several_files_are_kept(source: Open, tmp_path: Path) -> None:
    """The other file's last row is not looked at; so nobody in it is left out."""
    (tmp_path / "a.csv").write_text(TOTALS.format("Oslo;1;2\n"))
    source(TOTALS.format("Total;1;2\n"), "b.csv")
    opened = open_source(str(tmp_path / "*.csv"), guess=True)
    assert "skip_footer" not in opened.settings
    assert len(rows(opened)["n"]) == 6
    with pytest.raises(SourceError, match="row 3, which skip_footer leaves out, looks like a row"):
        rows(open_source(str(tmp_path / "*.csv"), skip_footer=1))


@pytest.mark.parametrize(
    ("last", "leaves"),
    [
        ("Bern Total;;;9", True),
        (";;7;9", True),
        ("as of May 2nd;;;", True),
        ("Total;5;7;9", True),
        ("4;Di;;", False),
        ("Di;;;9", False),
        (";Di;;9", False),
        ("Total Ltd;Di;x;", False),
    ],
)
def test_only_what_is_no_row_is_left_out(source: Open, last: str, leaves: bool) -> None:
    """A row with few cells may be a person of whom little is known."""
    opened = source(f"id;name;n;m\n1;Ana;1;4\n2;Bo;2;5\n{last}\n", skip_footer=1)
    if leaves:
        assert rows(opened)["name"] == ["Ana", "Bo"]
        return
    with pytest.raises(SourceError, match="row 3, which skip_footer leaves out"):
        rows(opened)


def test_a_column_alone_loses_no_row(source: Open) -> None:
    """Its rows are all one text."""
    assert rows(source("name\nAna\nTotal: 1\n", skip_footer=1)) == {"name": ["Ana"]}
    with pytest.raises(SourceError, match="row 2, which skip_footer leaves out"):
        rows(source("name\nAna\nBo\n", skip_footer=1))


def test_a_person_is_not_left_out_when_totals_are_missing(source: Open) -> None:
    """A nightly file without its totals stops the run; the error quotes no cell."""
    text = 'id;name;note\n1;Ana;x\n2;Bo;"two\nlines"\n'
    with pytest.raises(SourceError, match=r"row 2, which skip_footer .* looks like a row") as told:
        rows(source("id;name;note\n1;Ana;x\n2;Bo;y\n", skip_footer=1))
    assert "Bo" not in str(told.value)
    with pytest.raises(SourceError, match="a quoted cell is not closed"):
        rows(source(text, skip_footer=1))
    with pytest.raises(SourceError, match="holds"):
        rows(source(text, skip_footer=9))


@pytest.mark.parametrize("last", ["Summe;9\n", "Gesamt;3;9;;;;\n", "Summe;9\nStand: Mai\n"])
def test_totals_with_another_number_of_cells_are_left_out(source: Open, last: str) -> None:
    """They were refused as a row, and the refusal named no option."""
    text = "branch;n;m\n" + "Bern;1;4\n" * 40
    assert rows(source(text + last, guess=True))["n"] == [1] * 40
    with pytest.raises(SourceError, match=r"41.* instead of 3") as told:
        rows(source(text + last))
    assert ("say skip_footer: 1" in str(told.value)) == (last.count("\n") == 1)
    with pytest.raises(SourceError, match=r"row 41 has 2 cells instead of 3$"):
        rows(source(text + "x;y\n" + "Bern;1;4\n" * 9))


def test_totals_far_behind_the_sample_are_left_out(source: Open, small_sample: None) -> None:
    """A packed file's end is read for it, and a large file is not divided before its footer."""
    text = "id,name,n\n" + "".join(f"{at},Ana Castro {at},5\n" for at in range(30_000))
    opened = source(text + "Total,,150000\n\n", guess=True)
    assert opened.settings == {"skip_footer": 1}
    assert any("line 30002," in note for note in opened.notes)
    assert opened.schema.field("id").type == pa.int64()
    assert len(rows(opened)["n"]) == 30_000
    packed = gzip.compress((text + "Total,,150000\n" + text[10:]).encode())
    assert source(packed, "a.csv.gz", guess=True).settings == {}


def test_columns_of_fixed_widths_have_footers_too(source: Open) -> None:
    """And windows-1252 with two characters at a line's end."""
    text = "name  n \r\nJos\xe9  1 \r\nBo    2 \r\nSumme 3 \r\n"
    settings = {"format": "fixed", "widths": [6, 2], "encoding": "cp1252", "skip_footer": 1}
    assert rows(source(text.encode("cp1252"), **settings)) == {"name": ["José", "Bo"], "n": [1, 2]}


def test_columns_without_a_name_or_with_the_same_need_one(source: Open) -> None:
    """The hint mends it."""
    with pytest.raises(SourceError, match=r"column 1 has no name; say rename: \{1: NAME\}"):
        source(",b\n1,2\n")
    with pytest.raises(SourceError, match=r"columns 1 and 3 have one name; say rename: \{3: NAME"):
        source("a,b,a\n1,2,3\n")
    opened = source("a,b,a\n1,2,x\n", rename={3: "c", "b": "d"})
    assert rows(opened) == {"a": [1], "d": [2], "c": ["x"]}
    assert rows(source("a,b,a\n1,2,x\n", rename={"3": "c"}, types={"c": "string"}))["c"] == ["x"]
    with pytest.raises(SourceError, match=r"rename.4: there are 2 columns"):
        source("a,b\n1,2\n", rename={4: "c"})
    with pytest.raises(SourceError, match=r"rename.nmae: no such column; did you mean 'name'"):
        source("name,b\nx,2\n", rename={"nmae": "c"})


def test_columns_of_fixed_widths(source: Open) -> None:
    """Characters are counted, not bytes; short lines have nulls at their end."""
    text = "id name      city\n07 Éva Falk  Köln\n12 Bo\n\n13           Rome \n"
    read = rows(source(text, "d.txt", format="fixed", widths=[3, 10, 6]))
    assert read == {
        "id": ["07", "12", "13"],
        "name": ["Éva Falk", "Bo", None],
        "city": ["Köln", None, "Rome"],
    }
    opened = source(text, "d.txt", format="fixed", widths=[3, 10, 6])
    assert pa.Table.from_batches([opened.spread().batch()]).to_pydict() == read
    some = pa.Table.from_batches(opened.batches(["city"]))
    assert some.to_pydict() == {"city": read["city"]}


def test_lines_longer_than_the_widths_are_refused(source: Open) -> None:
    """Something would be lost."""
    opened = source("id name\n1  Eva\n2  Bo and more\n", "d.txt", format="fixed", widths=[3, 4])
    with pytest.raises(SourceError, match="row 2 is longer than all widths together, 7"):
        list(opened.batches())
    with pytest.raises(SourceError, match=r"widths: are needed: say widths: \["):
        source("id name\n1  Eva\n", "d.txt", format="fixed")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sheet": 1}, "sheet: is for excel only, and this is csv"),
        ({"records": "data"}, "records: is for jsonl only, and this is csv"),
        ({"widths": [1]}, "widths: is for fixed only"),
        ({"member": "a"}, "member: names a file inside a ZIP archive, and this is none"),
        ({"decimal": ";"}, "decimal: must be"),
        ({"decimal": ",", "thousands": ","}, "thousands: is the same"),
        ({"comment": "##"}, "comment: must be one character"),
        ({"skip_rows": -1}, "skip_rows: must be"),
    ],
)
def test_settings_that_do_nothing_or_cannot_be_are_refused(
    source: Open, options: dict[str, object], words: str
) -> None:
    """All of them before the first row."""
    with pytest.raises(SourceError, match=words):
        source("a,b\n1,2\n", **options)


def test_a_hundred_thousand_names_are_checked_in_linear_time() -> None:
    """Comparing each with all others took minutes; this takes a twentieth of a second."""
    names = [f"column {at}" for at in range(100_000)]
    before = time.process_time()
    assert final_names(names, ((7, "x"),), "d.csv")[6] == "x"
    assert time.process_time() - before < 5


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_empty_line_of_one_column_is_a_row_without_a_value(source: Open, end: str) -> None:
    """RFC 4180: a record whose only field is empty. Also in the rows that detection looks at."""
    opened = source(end.join(["a", "1", "", "3", "", ""]))
    assert rows(opened) == {"a": [1, None, 3, None]}
    looked_at = [batch for batch, _, _ in opened.partitions()[0].chosen()]
    assert pa.Table.from_batches(looked_at).to_pydict() == {"a": [1, None, 3, None]}


def test_an_empty_line_of_several_columns_is_no_row(source: Open) -> None:
    """It lacks the delimiters that a record without values has."""
    assert rows(source("a,b\n1,2\n\n,\n3,4\n")) == {"a": [1, None, 3], "b": [2, None, 4]}


def test_a_first_row_of_one_cell_is_told_as_a_title() -> None:
    """As spreadsheets save titles, where the rows below do not tell the header."""
    said = "if lines of title stand above the header say skip_rows: N, else say rename: {2: NAME}"
    with pytest.raises(SourceError, match=re.escape(said)):
        final_names(["Staff", "", "", ""], (), "d.csv")


def test_points_between_thousands_are_guessed_where_semicolons_are(source: Open) -> None:
    """`2.070` pieces were 2.07; a run without the setting says nothing, so a look must."""
    text = "part;pieces\n" + "".join(f"p{n};{n % 9 + 1}.{n * 70 % 1000:03}\n" for n in range(30))
    opened = source(text, guess=True)
    assert rows(opened)["pieces"][:3] == [1000, 2070, 3140]
    assert opened.settings["thousands"] == "."
    assert "is a guess" in " ".join(opened.notes)
    english = source(text.replace(";", ","), guess=True)
    assert rows(english)["pieces"][1] == 2.07
    decimals = source(text.replace("part;", "part;x;").replace("\np", "\np;2.5;p"), guess=True)
    assert "thousands" not in decimals.settings


def test_two_totals_are_left_out_together(source: Open) -> None:
    """The upper one stayed as a customer, and the hint named what was set already."""
    people = "".join(f"C{n};{n * 7}\n" for n in range(40))
    text = f"id;spent\n{people}Total;5460\nGrand total;5460\n"
    opened = source(text, guess=True)
    assert opened.settings["skip_footer"] == 2
    assert len(rows(opened)["id"]) == 40
    told = source(text, skip_footer=1).notes
    assert any("say skip_footer: 2 to leave" in note for note in told)
