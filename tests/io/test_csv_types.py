"""CSV columns become typed only where no character is lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.errors import SourceError
from anonymize.io import open_source
from anonymize.io.sources.text_types import INSTANT, TIMESTAMP, NotOfKind, convert, infer_kind
from tests.examples import examples

Table = Callable[..., pa.Table]

TEXT = [
    ["1234567890123456789.10", "1.5"],
    ["02139", "10001"],
    ["10001", "02139"],
    ["+15551234567"],
    ["4000000000000002"],
    ["12E45", "34E01"],
    ["0x1F"],
    ["1e5"],
    ["-01"],
    ["1_000"],
    ["1,000"],
    ["nan", "NaN"],
    ["inf"],
    ["Null", "NA"],
    ["1", "0", "true"],
    ["yes"],
    ["2024-1-31"],
    ["20240131", "02240131"],
    ["2024-02-30"],
    ["2024-01-31", "2024-01-31T10:00:00"],
    ["2024-01-31T10:00:00", "2024-01-31T10:00:00Z"],
    ["00.5"],
    ["007.25"],
    [" 12"],
    ["12 "],
    ["12345678901234567.0", "12345678901234567"],
    ["1.5", "02139"],
    ["1.5", "+2"],
    ["1.2.3"],
    ["2024-01-31T10:00:00.123456789"],
    ["10:30"],
    ["TRUE", "maybe"],
    ["١٢"],
    ["५"],
    ["1\u00a0000"],
    ["-"],
    ["."],
    ["e5"],
    ["1e"],
    ["1.10", "2.5", "1.1"],
    ["5", "5.0"],
    [".5", "0.5"],
    ["1.", "1"],
    ["1.5e-01", "0.15"],
]

TYPED = [
    (["1", "0", "-5", "999999999999999"], pa.int64()),
    (["1.5", "2", "-0.25", ".5", "1."], pa.float64()),
    (["1.5", "nan"], pa.float64()),
    (["1.10", "2.50", "1.10"], pa.float64()),
    (["1.10", "2.5", "3"], pa.float64()),
    (["5.0", "2.25", "5.0", None], pa.float64()),
    (["1.5e-07", "1e-05"], pa.float64()),
    (["0.12345678901234567", "-999999999999999.5"], pa.float64()),
    (["true", "false"], pa.bool_()),
    (["True", "FALSE"], pa.bool_()),
    (["2024-01-31", "0001-01-01", "9999-12-31"], pa.date32()),
    (["2024-01-31T10:00:00", "2024-01-31 10:00:00.123456"], TIMESTAMP),
    (["2024-01-31T10:00:00Z", "2024-01-31T10:00:00+02:00"], INSTANT),
    ([None, None], pa.string()),
    ([None, "7"], pa.int64()),
]


@pytest.mark.parametrize("values", TEXT)
def test_what_a_number_or_date_would_change_stays_text(values: list[str]) -> None:
    """Leading zeros, signs, codes that look like powers, long digits, mixed dates."""
    assert infer_kind(pa.array(values)) == pa.string()


@pytest.mark.parametrize(("values", "kind"), TYPED)
def test_plain_numbers_dates_and_truth_values_are_typed(
    values: list[str | None], kind: pa.DataType
) -> None:
    """ISO forms and plain decimal numbers."""
    assert infer_kind(pa.array(values, pa.string())) == kind


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.none(), st.from_regex(r"[-+]?[0-9xXeE.]{0,18}", fullmatch=True), st.text(max_size=6)
        ),
        max_size=30,
    )
)
def test_an_inferred_integer_writes_back_as_its_text(values: list[str | None]) -> None:
    """Whatever is typed as a whole number has no other spelling than its own."""
    column = pa.array([v or None for v in values], pa.string())
    kind = infer_kind(column)
    if pa.types.is_integer(kind):
        assert convert(column, kind).cast(pa.string()).equals(column)
    if pa.types.is_floating(kind):
        assert all(
            v is None or str(v).lstrip("-")[:2] not in {f"0{d}" for d in range(10)}
            for v in column.to_pylist()
        )


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["1", "25", None, "02139", "x", "1.5", "-3", ""]), max_size=40),
    st.integers(0, 5),
)
def test_conversion_names_exactly_the_rows_that_do_not_fit(
    values: list[str | None], start: int
) -> None:
    """Also on a slice: positions count within the slice."""
    column = pa.array([v or None for v in values], pa.string())[start:]
    bad = [i for i, v in enumerate(column.to_pylist()) if v in ("02139", "x", "1.5")]
    if not bad:
        assert convert(column, pa.int64()).cast(pa.string()).equals(column)
        return
    with pytest.raises(NotOfKind) as error:
        convert(column, pa.int64())
    assert set(error.value.rows.tolist()) <= set(bad)


def test_a_zip_column_keeps_its_zeros(table: Table) -> None:
    """The classic loss."""
    assert table("zip,n\n02139,1\n10001,2\n")["zip"].to_pylist() == ["02139", "10001"]


def test_null_and_na_are_names_unless_the_source_says_otherwise(table: Table) -> None:
    """Mr Null exists; only the empty cell is null."""
    text = 'name,n\nNull,1\nNA,2\n,3\n"",4\n'
    assert table(text)["name"].to_pylist() == ["Null", "NA", None, None]
    assert table(text, null_values=["NA"])["name"].to_pylist() == ["Null", None, None, None]


def test_versions_that_are_one_number_stay_two(table: Table) -> None:
    """Sections 1.1 and 1.10; also with a decimal comma; whoever measures says so."""
    text = "section,n\n1.1,1\n1.2,2\n1.10,3\n"
    assert table(text)["section"].to_pylist() == ["1.1", "1.2", "1.10"]
    assert table(text, types={"section": "float"})["section"].to_pylist() == [1.1, 1.2, 1.1]
    commas = text.replace(",", ";").replace(".", ",")
    assert table(commas, decimal=",")["section"].to_pylist() == ["1,1", "1,2", "1,10"]


def test_what_reads_versions_as_text_is_said(tmp_path: Path) -> None:
    """With the setting for measurements; a price list whose decimals vary says nothing."""
    path = tmp_path / "a.csv"
    path.write_text("price,section\n1.10,1.1\n2.5,1.10\n3,2\n")
    source = open_source(path)
    assert source.schema.field("price").type == pa.float64()
    (note,) = source.notes
    assert "column section writes numbers in two ways" in note
    assert "say types: {section: float}" in note


def test_a_second_spelling_behind_the_sample_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run names the rows and both ways out, and merges nothing."""
    monkeypatch.setattr("anonymize.io.sources.csv_types.WHOLE_BYTES", 40)
    monkeypatch.setattr("anonymize.io.sources.csv_types.FIRST_BYTES", 40)
    monkeypatch.setattr("anonymize.io.sources.csv_types.PROBE_BYTES", 10)
    monkeypatch.setattr("anonymize.io.sources.csv_types.PROBES", 2)
    path = tmp_path / "a.csv"
    rows = ["3.5,1"] * 50 + ["1.10,1", "1.1,1"] + ["3.5,1"] * 50
    path.write_text("v,n\n" + "\n".join(rows) + "\n")
    source = open_source(path)
    assert source.schema.field("v").type == pa.float64()
    with pytest.raises(SourceError, match="rows 51, 52 write a number that other rows") as error:
        list(source.batches())
    assert "types: {v: string}" in str(error.value)
    assert "types: {v: float}" in str(error.value)


def test_a_named_type_wins_over_the_inferred_one(table: Table) -> None:
    """``types:`` in both directions."""
    read = table("a,b,c\n1,007,2024-01-01\n", types={"a": "string", "b": "int", "c": "string"})
    assert read.to_pydict() == {"a": ["1"], "b": [7], "c": ["2024-01-01"]}


@pytest.mark.usefixtures("small_sample")
def test_a_leading_zero_far_behind_the_sample_is_refused_with_its_row(table: Table) -> None:
    """Never silently lost: an error that names row, column and fix, and not the value."""
    lines = ["zip\n", *(f"{n}\n" for n in range(10_000_000, 10_100_000))]
    lines[30_000] = "02139999\n"
    with pytest.raises(
        SourceError, match=r"column zip: row 30000 does.* say types: \{zip: string\}"
    ) as error:
        table("".join(lines))
    assert "02139999" not in str(error.value)
    kept = table("".join(lines), types={"zip": "string"})
    assert kept.num_rows == 100_000
    assert kept["zip"][29_999].as_py() == "02139999"


@pytest.mark.usefixtures("small_sample")
def test_a_leading_zero_in_any_sampled_place_makes_the_column_text(
    source: Callable[..., object],
) -> None:
    """The end of a large file is looked at, not only its beginning."""
    body = "".join(f"{n}\n" for n in range(10_000_000, 10_100_000))
    assert source("zip\n" + body + "02139\n").schema.field("zip").type == pa.string()  # type: ignore[attr-defined]


CELL = st.one_of(
    st.text(
        alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\0"),
        max_size=8,
    ),
    st.sampled_from(
        ["", '"', '""', ",", "\n", "a\nb", '5" pipe', "é", "名", "Null", " x ", "02139"]
    ),
)


@settings(deadline=None, max_examples=examples(50))
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=25), st.booleans())
def test_every_cell_comes_back_as_pythons_csv_writes_it(
    rows: list[tuple[str, str, str]], all_quoted: bool
) -> None:
    """Quotes, delimiters, line ends and Unicode inside cells; also when the file is cut into tiny
    blocks.
    """
    import tempfile

    from anonymize.io import open_source
    from anonymize.io.sources import blocks

    buffer = io.StringIO()
    csv.writer(
        buffer, quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL, lineterminator="\n"
    ).writerows([("a", "b", "c"), *rows, ("last", "row", "x")])
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as file:
        file.write(buffer.getvalue())
        file.flush()
        types = dict.fromkeys("abc", "string")
        for size in (blocks.BLOCK_BYTES, 40, 7):
            source = open_source(file.name, types=types, header=True)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("anonymize.io.sources.csv_files.BLOCK_BYTES", size)
                read = pa.Table.from_batches(list(source.batches())).to_pydict()
            expected = [tuple(cell or None for cell in row) for row in rows]
            assert list(zip(read["a"], read["b"], read["c"], strict=True))[:-1] == expected


def test_columns_are_projected_in_the_files_order(table: Table) -> None:
    """Minimization is a projection: the rest is not even converted."""
    read = table("a,b,c\n1,x,3\n", columns=["c", "a"])
    assert read.column_names == ["a", "c"]


def test_batches_stay_between_bounds(source: Callable[..., object]) -> None:
    """A file of short rows does not make a batch of millions."""
    opened = source("a\n" + "1\n" * 2_000_000)
    sizes = [batch.num_rows for batch in opened.batches()]  # type: ignore[attr-defined]
    assert max(sizes) <= 350_000
    assert sum(sizes) == 2_000_000
