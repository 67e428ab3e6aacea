"""Large files are read in pieces: the same rows, under the same numbers."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.errors import SourceError
from anonymize.io import Partition, Source, open_source
from anonymize.io.sources import pieces, record_ends
from anonymize.io.sources.pieces import first_row_of, parts_expected
from tests.examples import examples

Cut = Callable[[int], None]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Cut:
    """Let pieces be of 64 bytes, and return a function that sets another size."""

    def cut(size_bytes: int) -> None:
        monkeypatch.setattr(pieces, "SMALLEST_BYTES", size_bytes)

    monkeypatch.setattr(pieces, "MOST_PIECES", 1 << 40)
    monkeypatch.setattr(record_ends, "CHUNK_BYTES", 50)
    cut(64)
    return cut


def _opened(tmp_path: Path, text: str | bytes, name: str = "a.csv", **said: object) -> Source:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return open_source(path, header=True if name.endswith("csv") else None, **said)  # type: ignore[arg-type]


def _rows(parts: tuple[Partition, ...]) -> list[dict[str, object]]:
    return [row for one in parts for batch in one.batches() for row in batch.to_pylist()]


def _same(source: Source, at_least: int = 2) -> tuple[Partition, ...]:
    """Return the pieces, which have the rows of the whole file in order."""
    found = pickle.loads(pickle.dumps(source.pieces()))
    assert len(found) >= at_least
    assert _rows(found) == _rows(source.partitions())
    return tuple(found)


ROWS = "".join(f"{n},name{n}\n" for n in range(60))
LINES = "".join(f'{{"n": {n}, "name": "name{n}"}}\n' for n in range(40))


@pytest.mark.parametrize(
    "text",
    [
        "n,name\n" + ROWS,
        "n,name\r\n" + ROWS.replace("\n", "\r\n"),
        "n,name\r" + ROWS.replace("\n", "\r"),
        "n,name\n" + ROWS.rstrip("\n"),
        "\ufeffn,name\n" + ROWS,
        "n,name\n" + ROWS.replace("\n", "\n\n"),
        "n,name\n" + ROWS + "\n" * 300,
        "n,name\n" + ROWS.replace("name", 'in"ch ""'),
        "n," + "long" * 50 + "\n" + ROWS,
        "name\n" + "a\n\n" * 60,
    ],
    ids=[
        "LF", "CRLF", "CR", "no final newline", "mark", "blank lines", "blank end",
        "quotes in text", "long header", "one column with empty rows",
    ],
)  # fmt: skip
def test_a_csv_file_in_pieces_has_the_rows_of_the_whole(tmp_path: Path, text: str) -> None:
    """However its lines end, and whatever else is in it."""
    _same(_opened(tmp_path, text))


def test_a_quoted_cell_with_line_ends_stays_whole(tmp_path: Path) -> None:
    """Where a piece would end in it, it ends behind it."""
    cell = '"' + "two\nlines, and quotes\r\n" * 20 + '"'
    text = "n,name\n" + "".join(f"{n},{cell if n % 7 == 3 else n}\n" for n in range(40))
    _same(_opened(tmp_path, text))


def test_title_lines_are_above_the_first_piece(tmp_path: Path) -> None:
    """They are not rows, and are in no piece."""
    _same(_opened(tmp_path, "Report\nof June\nn,name\n" + ROWS, skip_rows=2))


@settings(max_examples=examples(60))
@given(
    st.lists(
        st.sampled_from(
            ["a", 'b"c', '"d\ne"', '"f""g\r\n"', "", '""', '"h,\n\n"', 'i "j" k', '"l"m', "\u00e9"]
        ),
        min_size=8,
        max_size=60,
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_any_regular_file_in_pieces_has_the_rows_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str], end: str, closed: bool
) -> None:
    """Cells with quotes, line ends and delimiters, in two columns."""
    body = end.join(f"{number},{cell}" for number, cell in enumerate(cells))
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_bytes(f"n,name{end}{body}{end * closed}".encode())
    _same(open_source(path, header=True), at_least=1)


def test_a_quote_that_is_never_closed_is_told_as_before(tmp_path: Path) -> None:
    """The file stays whole, and the error names the row."""
    source = _opened(tmp_path, "n,name\n" + ROWS + '60,"open\n' + ROWS)
    assert len(source.pieces()) == 1
    with pytest.raises(SourceError, match="row 61: a quoted cell is not closed"):
        _rows(source.pieces())


def test_errors_tell_the_rows_of_the_file(tmp_path: Path, small: Cut) -> None:
    """Counted from 1 in the whole file, also in a piece far from its beginning."""
    rows = [f"{n},{'x' * 20}" for n in range(3000)]
    rows[2900] = "2900"
    small(8192)
    parts = _opened(tmp_path, "n,name\n" + "\n".join(rows)).pieces()
    assert first_row_of(parts[-1]) > 2300
    with pytest.raises(SourceError, match="row 2901 has 1 cell instead of 2"):
        _rows(parts)


def test_json_lines_are_cut_at_lines(tmp_path: Path) -> None:
    """Blank lines are no rows; errors tell the row of the file."""
    _same(_opened(tmp_path, LINES.replace("}\n", "}\n \n\n"), "a.jsonl"))
    _same(_opened(tmp_path, LINES.rstrip("\n").replace("\n", "\r\n"), "b.jsonl"))
    _same(_opened(tmp_path, b"\xef\xbb\xbf" + LINES.encode(), "c.jsonl"))


def test_parquet_is_cut_at_row_groups(tmp_path: Path) -> None:
    """A piece is whole row groups, with the number of the rows before it."""
    path = tmp_path / "a.parquet"
    table = pa.table({"n": range(1000), "name": [f"name{n}" for n in range(1000)]})
    pq.write_table(table, path, row_group_size=100)
    found = _same(open_source(path), 3)
    firsts = [first_row_of(one) for one in found]
    assert firsts == sorted(firsts)
    assert all(first % 100 == 0 for first in firsts)


def test_columns_of_folders_and_renamed_ones_are_in_every_piece(tmp_path: Path) -> None:
    """What is around a file's partition is around its pieces."""
    folder = tmp_path / "year=2024"
    folder.mkdir()
    (folder / "a.jsonl").write_text(LINES)
    _same(open_source(tmp_path, rename={"name": "called"}))


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.csv", {"encoding": "windows-1252"}), ("a.csv", {"comment": "#"})],
    ids=["encoding", "comment"],
)
def test_what_cannot_be_read_from_the_middle_stays_whole(
    tmp_path: Path, name: str, said: dict[str, object]
) -> None:
    """Text of another encoding, or with comment lines."""
    assert len(_opened(tmp_path, "n,name\n" + ROWS, name, **said).pieces()) == 1


def test_a_compressed_file_and_a_json_document_stay_whole(tmp_path: Path) -> None:
    """Their bytes say nothing of rows."""
    import gzip

    packed = gzip.compress(("n,name\n" + ROWS).encode())
    assert len(_opened(tmp_path, packed, "a.csv.gz").pieces()) == 1
    document = "[" + LINES.strip().replace("\n", ",\n") + "]"
    assert len(_opened(tmp_path, document, "a.json").pieces()) == 1


def test_how_many_pieces_to_expect_is_known_before_a_file_is_divided(tmp_path: Path) -> None:
    """So that processes are started early, and none for a compressed file."""
    import gzip

    text = "n,name\n" + ROWS
    plain = _opened(tmp_path, text)
    packed = _opened(tmp_path, gzip.compress(text.encode()), "b.csv.gz")
    assert parts_expected(plain.files[0]) == pytest.approx(len(plain.pieces()), abs=2)
    assert parts_expected(packed.files[0]) == 1


def test_a_small_file_and_one_row_stay_whole(tmp_path: Path, small: Cut) -> None:
    """A file below one and a half pieces is one."""
    small(32 << 20)
    assert len(_opened(tmp_path, "n,name\n" + ROWS).pieces()) == 1
    small(64)
    assert len(_opened(tmp_path, "n,name\n1,a\n").pieces()) == 1


def test_a_file_that_changes_is_refused_in_every_piece(tmp_path: Path) -> None:
    """By what it was when the source was opened."""
    source = _opened(tmp_path, "n,name\n" + ROWS)
    parts = source.pieces()
    with (tmp_path / "a.csv").open("a") as file:
        file.write("61,late\n")
    for one in parts:
        with pytest.raises(SourceError, match="changed while it was read"):
            _rows((one,))


def test_the_fingerprint_has_one_entry_for_the_file(tmp_path: Path) -> None:
    """It is of files, whatever pieces they are read in."""
    source = _opened(tmp_path, "n,name\n" + ROWS)
    assert len(source.pieces()) > 1
    assert len(source.fingerprint()["files"]) == 1  # type: ignore[arg-type]


def test_a_piece_with_other_rows_than_were_counted_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake in dividing a file never publishes rows twice or not at all."""
    from dataclasses import replace

    first = _opened(tmp_path, "n,name\n" + ROWS).pieces()[0]
    wrong = replace(first, span=replace(first.span, rows=first.span.rows + 1))  # type: ignore
    with pytest.raises(SourceError, match="nothing was published"):
        _rows((wrong,))


def test_pieces_follow_from_the_size_of_the_file(
    small: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two from 60 MiB on; more of 128 MiB at least and 256 MiB at most, 32 of a file between; of 32
    MiB under slow rules.

    Two, four or eight workers get equal shares of them.
    """
    small(128 << 20)
    monkeypatch.setattr(pieces, "MOST_PIECES", 32)
    sizes = [1, 47, 59, 60, 200, 319, 400, 1 << 10, 2 << 10, 4 << 10, 10 << 10, 100 << 10]
    wanted = [pieces.pieces_wanted(size << 20) for size in sizes]
    assert wanted == [1, 1, 1, 2, 2, 2, 4, 8, 16, 32, 40, 400]
    slow = [pieces.pieces_wanted(size << 20, slow=True) for size in sizes]
    assert slow == [1, 1, 2, 2, 8, 8, 12, 32, 32, 32, 40, 400]
