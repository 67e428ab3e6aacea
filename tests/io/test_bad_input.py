"""Bad input: one clear error each, which never quotes a value."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.errors import SourceError
from anonymize.io import Source, open_source

Open = Callable[..., Source]
SECRET = "ada.lovelace@example.org"


def refused(open_: Open, content: str | bytes, name: str = "data.csv", **options: object) -> str:
    """Return the text of the error that opening and reading ``content`` ends in."""
    with pytest.raises(SourceError) as error:
        list(open_(content, name, **options).batches())
    text = str(error.value)
    assert "ada" not in text
    assert error.value.__cause__ is None
    assert error.value.__context__ is None or error.value.__suppress_context__
    return text


@pytest.mark.parametrize("name", ["data.csv", "data.jsonl", "data.parquet"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    """The simplest mistake."""
    with pytest.raises(SourceError, match=f"{name}: no such file"):
        open_source(str(tmp_path / name))


@pytest.mark.parametrize("name", ["data.csv", "data.jsonl", "data.parquet"])
def test_an_empty_file_is_refused(source: Open, name: str) -> None:
    """No bytes at all."""
    assert refused(source, "", name).endswith("is empty")


def test_empty_and_missing_folders_and_globs_are_refused(tmp_path: Path) -> None:
    """Nothing to read is never a success."""
    with pytest.raises(SourceError, match="holds no CSV"):
        open_source(str(tmp_path))
    with pytest.raises(SourceError, match="matches no file"):
        open_source(str(tmp_path / "*.csv"))


@pytest.mark.parametrize("text", ["a,b\n", "a,b", "\ufeffa,b\r\n", "a,b\n\n\n"])
def test_a_header_without_rows_is_refused(source: Open, text: str) -> None:
    """A cut-off export looks like this."""
    assert refused(source, text).endswith("holds column names and no rows")


def test_blank_lines_alone_are_refused(source: Open) -> None:
    """No header either."""
    assert "no text" in refused(source, "\n\n\n")


def test_ragged_rows_are_named_by_row(source: Open) -> None:
    """Counted from 1 behind the header."""
    text = refused(source, f"a,b\n1,2\n3\n4,5\n{SECRET},7,8\n")
    assert "rows 2, 4 have 1, 3 cells instead of 2" in text


@pytest.mark.usefixtures("small_sample")
def test_a_ragged_row_in_a_later_block_has_its_row_in_the_file(source: Open) -> None:
    """Row numbers run on across blocks."""
    lines = ["a,b\n", *(["11111111,22222222\n"] * 40_000)]
    lines[30_000] = f"{SECRET}\n"
    assert "row 30000 has 1 cell instead of 2" in refused(source, "".join(lines))


@pytest.mark.usefixtures("small_sample")
def test_an_unclosed_quote_does_not_swallow_rows(source: Open) -> None:
    """Arrow alone would make the rest of the file one cell."""
    assert refused(source, f'a,b\n1,"{SECRET}\n2,x\n3,y\n').endswith(
        "row 1: a quoted cell is not closed"
    )
    assert refused(source, f'a,b\n1,2\n3,"{SECRET}').endswith("row 2: a quoted cell is not closed")
    many = "a,b\n" + '1,"x\ny"\n' * 20_000 + f'3,"{SECRET}\n' + "1,2\n" * 20_000
    assert refused(source, many).endswith("row 20001: a quoted cell is not closed")


@pytest.mark.usefixtures("small_sample")
def test_bytes_that_are_not_utf8_are_found_and_the_encoding_fixes_it(source: Open) -> None:
    """With the offset in the file, also in a later block."""
    data = "name,city\nJosé,Köln\n".encode("latin-1")
    assert "not UTF-8 at byte 13; say encoding: NAME, here perhaps windows-1252" in refused(
        source, data
    )
    assert next(source(data, encoding="latin-1").batches()).to_pydict() == {
        "name": ["José"],
        "city": ["Köln"],
    }
    late = b"a,b\n" + b"11111111,22222222\n" * 50_000 + b"x\xff,1\n"
    assert f"not UTF-8 at byte {len(late) - 4}" in refused(source, late, types={"a": "string"})


def test_a_name_that_is_not_utf8_is_refused_first(tmp_path: Path) -> None:
    """No manifest could hold it; it is not found out when all is written."""
    with open(os.fsencode(tmp_path) + b"/d\xff.csv", "wb") as file:
        file.write(b"a\n1\n")
    with pytest.raises(SourceError, match=r"not UTF-8: 'd.udcff.csv'; rename"):
        open_source(str(tmp_path))


def test_a_wrong_encoding_is_refused_too(source: Open) -> None:
    """An encoding that cannot be, and one that is not known."""
    assert "not ASCII at byte 5" in refused(source, "a\nxyzé\n", encoding="ascii")
    assert "unknown encoding 'klingon'" in refused(source, "a\n1\n", encoding="klingon")
    assert "unknown encoding 'base64'" in refused(source, "a\n1\n", encoding="base64")


def test_a_byte_order_mark_is_passed_over(table: Callable[..., pa.Table]) -> None:
    """Excel writes one; also before a quoted name, and in UTF-16."""
    assert table(b'\xef\xbb\xbf"a",b\n1,2\n').column_names == ["a", "b"]
    assert table("a,b\n1,ü\n".encode("utf-16"), encoding="utf-16").to_pydict() == {
        "a": [1],
        "b": ["ü"],
    }
    assert table(b'\xef\xbb\xbf{"a":1}\n', "data.jsonl").to_pydict() == {"a": [1]}


def test_utf16_without_an_encoding_is_found_and_said(source: Open) -> None:
    """The mark gives it away."""
    opened = source("a,b\n1,2\n".encode("utf-16"))
    assert next(opened.batches()).to_pydict() == {"a": [1], "b": [2]}
    assert opened.settings == {"encoding": "utf-16"}
    assert opened.notes[0].startswith("encoding: utf-16 by the file's first bytes")


def test_duplicate_column_names_are_listed(source: Open) -> None:
    """All of them, by their places: they may be values."""
    text = refused(source, "a,b,a,b,c\n1,2,3,4,5\n")
    assert text.count("\n") == 1
    assert "columns 1 and 3 have one name" in text


def test_a_first_row_of_data_is_not_taken_for_names(source: Open) -> None:
    """Otherwise values would be printed as column names everywhere."""
    assert "say header: false" in refused(source, f"{SECRET},x\n{SECRET},y\n")
    assert "say header: false" in refused(source, "555-123-4567,x\n1,y\n")
    read = next(source(f"{SECRET},x\n", header=False).batches())
    assert read.schema.names == ["column_1", "column_2"]


def test_the_wrong_delimiter_is_suspected(source: Open) -> None:
    """One column named ``a;b`` would let whole rows through as one value."""
    assert "say delimiter: ';'" in refused(source, "a;b\n1;2\n", delimiter=",")


@pytest.mark.usefixtures("small_sample")
def test_mixed_types_are_refused_where_the_sample_did_not_show_them(source: Open) -> None:
    """Thousands of numbers, a word, and numbers again."""
    text = refused(source, "n\n" + "12345678\n" * 30_000 + SECRET + "\n" + "12345678\n" * 70_000)
    assert "column n: row 30001" in text
    assert "types: {n: string}" in text


def test_a_named_type_that_does_not_fit_is_refused_by_row(source: Open) -> None:
    """``types:`` is a promise."""
    text = refused(source, f"born\n2020-01-01\n{SECRET}\nx\n", types={"born": "date"})
    assert "column born: rows 2, 3 do not hold a value of type date" in text


def test_types_for_unknown_columns_or_of_unknown_words_are_refused(source: Open) -> None:
    """With the nearest name and the words there are."""
    assert "did you mean 'zip'" in refused(source, "zip\n1\n", types={"zipp": "string"})
    assert "unknown type 'zipcode'; choose one of string" in refused(
        source, "zip\n1\n", types={"zip": "zipcode"}
    )


@pytest.mark.parametrize("size", [10 << 20, 17 << 20])
def test_a_cell_of_ten_megabytes_and_more_is_read(
    table: Callable[..., pa.Table], size: int
) -> None:
    """Also where it is larger than a block."""
    big = "x" * size
    assert [len(v) for v in table(f'a,b\n1,{big}\n2,"{big}"\n3,y\n')["b"].to_pylist()] == [
        size,
        size,
        1,
    ]
    assert [
        len(v) for v in table(f'{{"b":"{big}"}}\n{{"b":"y"}}\n', "d.jsonl")["b"].to_pylist()
    ] == [size, 1]


@pytest.mark.usefixtures("small_sample")
@pytest.mark.parametrize("name", ["data.csv", "data.jsonl"])
def test_a_source_that_grows_while_it_is_read_is_refused(
    source: Open, tmp_path: Path, name: str
) -> None:
    """Between opening and reading, and in the middle."""
    content = "a\n" + "1234567\n" * 50_000 if name.endswith("csv") else '{"a":12345}\n' * 50_000
    opened = source(content, name)
    batches = opened.batches()
    next(batches)
    with open(tmp_path / name, "a") as file:
        file.write(content[-50:].split("\n", 1)[1])
    with pytest.raises(SourceError, match="changed while it was read"):
        list(batches)
    with pytest.raises(SourceError, match="changed while it was read"):
        list(opened.batches())
    with pytest.raises(SourceError, match="changed while it was read"):
        opened.fingerprint()


@pytest.mark.usefixtures("small_sample")
def test_a_source_cut_short_while_it_is_read_is_refused_not_crashed(
    source: Open, tmp_path: Path
) -> None:
    """A mapped file would end the process here."""
    opened = source("a\n" + "1234567\n" * 900_000)
    batches = opened.batches()
    next(batches)
    os.truncate(tmp_path / "data.csv", 100)
    with pytest.raises(SourceError, match="changed while it was read"):
        list(batches)


def test_a_replaced_file_is_refused_in_another_process_too(source: Open, tmp_path: Path) -> None:
    """The partition carries what the file looked like."""
    partition = pickle.loads(pickle.dumps(source("a\n1\n").partitions()[0]))
    assert [b.num_rows for b in partition.batches()] == [1]
    (tmp_path / "new").write_text("a\n2\n")
    os.replace(tmp_path / "new", tmp_path / "data.csv")
    with pytest.raises(SourceError, match="changed"):
        list(partition.batches())


def test_files_with_other_columns_are_refused_together(tmp_path: Path) -> None:
    """Every differing file is named with what it lacks and adds."""
    for name, header in (("1.csv", "a,b"), ("2.csv", "b,a"), ("3.csv", "a,c"), ("4.csv", "a")):
        (tmp_path / name).write_text(f"{header}\n" + ",".join("1" * len(header.split(","))) + "\n")
    with pytest.raises(SourceError) as error:
        open_source(str(tmp_path))
    assert len(error.value.problems) == 2
    assert "3.csv: other columns than 1.csv: lacks column 2 of that; adds column 2" in str(
        error.value
    )
    (tmp_path / "3.csv").unlink(), (tmp_path / "4.csv").unlink()
    batches = list(open_source(str(tmp_path)).batches(["b"]))
    assert [b.schema.names for b in batches] == [["b"], ["b"]]


@pytest.mark.parametrize("headless", ["1.csv", "2.csv"])
def test_a_file_that_lacks_its_header_is_refused_without_its_first_row(
    tmp_path: Path, headless: str
) -> None:
    """Its cells would be told as names of columns."""
    for name in ("1.csv", "2.csv"):
        (tmp_path / name).write_text(
            "Castro,Dresden\n" if name == headless else "name,city\nBo,Bonn\n"
        )
    with pytest.raises(
        SourceError, match="share no column name; does one of them lack its header"
    ) as error:
        open_source(str(tmp_path))
    assert "Castro" not in str(error.value)


def test_an_unknown_column_is_refused_with_the_nearest(source: Open) -> None:
    """Projection does not invent columns."""
    with pytest.raises(SourceError, match="no column 'emial'; did you mean 'email'"):
        list(source("email\nx\n").batches(["emial"]))


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_damaged_compressed_file_is_refused(tmp_path: Path, suffix: str) -> None:
    """Whole: read through; cut short: refused, not read as if it ended there."""
    path = tmp_path / f"data.csv.{suffix}"
    with pa.CompressedOutputStream(str(path), {"gz": "gzip", "zst": "zstd"}[suffix]) as stream:
        stream.write(b"a\n" + b"".join(b"%d\n" % (n * 7919 % 100_003) for n in range(200_000)))
    assert sum(b.num_rows for b in open_source(str(path)).batches()) == 200_000
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(SourceError, match="damaged or cut short"):
        list(open_source(str(path)).batches())


def test_parquet_that_is_none_or_damaged_or_encrypted_is_refused(tmp_path: Path) -> None:
    """Three files, three errors."""
    path = tmp_path / "data.parquet"
    path.write_bytes(b"PAR1 nothing of the kind PAR1")
    with pytest.raises(SourceError, match="damaged or cut short"):
        open_source(str(path))
    pq.write_table(pa.table({"a": ["x" * 50 + str(i) for i in range(10_000)]}), path)
    data = bytearray(path.read_bytes())
    data[200:1200] = os.urandom(1000)
    path.write_bytes(data)
    with pytest.raises(SourceError, match="damaged or cut short"):
        list(open_source(str(path)).batches())
    path.write_bytes(b"PARE")
    with pytest.raises(SourceError, match="encrypted"):
        open_source(str(path))


def test_parquet_comes_in_plain_types_without_metadata(tmp_path: Path) -> None:
    """Dictionaries, large strings and pandas' notes stay behind."""
    columns = {
        "a": pa.array(["x", "y", None]).dictionary_encode(),
        "b": pa.array(["p", "q", "r"], pa.large_string()),
        "c": pa.array([[{"d": 1, "e": "z"}], [], None]),
    }
    table = pa.table(columns).replace_schema_metadata({"pandas": SECRET})
    pq.write_table(table, tmp_path / "data.parquet")
    source = open_source(str(tmp_path / "data.parquet"))
    assert source.schema.metadata is None
    assert source.schema.types[:2] == [pa.string(), pa.string()]
    read = pa.Table.from_batches(list(source.batches(["a", "c[].e"])))
    assert read.to_pylist() == [
        {"a": "x", "c": [{"e": "z"}]},
        {"a": "y", "c": []},
        {"a": None, "c": None},
    ]


def test_text_kept_as_bytes_is_read_where_types_says_so(tmp_path: Path) -> None:
    """There was no way on from such a column; what is no text is refused, and nothing of it is
    told.
    """
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({"id": pa.array([b"1001", None]), "n": [1, 2]}), path)
    source = open_source(str(path), types={"id": "string"})
    assert next(source.batches()).to_pydict() == {"id": ["1001", None], "n": [1, 2]}
    source = open_source(str(path), types={"n": "string"})
    assert next(source.batches()).to_pydict() == {"id": [b"1001", None], "n": ["1", "2"]}
    pq.write_table(pa.table({"id": [SECRET.encode() + b"\xff"]}), path)
    with pytest.raises(SourceError, match="not UTF-8") as caught:
        list(open_source(str(path), types={"id": "string"}).batches())
    assert SECRET not in str(caught.value)


def test_old_line_ends_are_read(table: Callable[..., pa.Table]) -> None:
    """Carriage returns, with and without line feeds."""
    for end in ("\n", "\r\n", "\r"):
        assert table(end.join(["a,b", "1,x", '2,"y, z"', ""])).to_pydict() == {
            "a": [1, 2],
            "b": ["x", "y, z"],
        }
