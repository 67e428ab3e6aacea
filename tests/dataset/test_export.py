"""Exports: nothing that a spreadsheet runs, nothing that JSON has no form for, nothing left by a
killed process.
"""

from __future__ import annotations

import csv
import json
import math
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.dataset import (
    Dataset,
    FileEntry,
    FormulasNeutralised,
    Manifest,
    NumbersNulled,
    RowCounts,
    export,
)
from anonymize.dataset.json_values import json_rows
from anonymize.dataset.plain_files import write_plain
from anonymize.dataset.plain_rows import without_formulas
from anonymize.errors import ArgumentError
from anonymize.io import open_source, write_part
from anonymize.io.sink import unnamed_file as unnamed
from anonymize.keys import Keyring
from anonymize.transform.simple.mask import Mask
from anonymize.transform.simple.mask_forms import MaskClass

RUN = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "=HYPERLINK(1)",
    "\uff1d1+1",
    "+49 170 1234567",
    "- item",
]
LEFT = ["a=1", "-5", "+3.5", "1e-3", "-", "", "x@y.org", "2024-01-01", None]


def publish(folder: Path, table: pa.Table, keyring: Keyring) -> Dataset:
    """Return a dataset of one version that holds ``table``."""
    dataset = Dataset(folder)
    with dataset.stage() as staging:
        info = write_part(
            staging.path / "part-00000.parquet",
            table.schema,
            table.to_batches(),
            keyring=keyring,
            key="training",
        )
        files = (FileEntry.of(info, staging.path),)
        rows = RowCounts(read=table.num_rows, written=table.num_rows)
        staging.publish(Manifest(dataset="people", files=files, rows=rows), keyring)
    return dataset


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()), pa.binary()]
)
def test_no_text_in_csv_is_a_formula(kind: pa.DataType, tmp_path: Path, keyring: Keyring) -> None:
    """Whatever layout the text has; numbers and signs for a missing value stay what they are."""
    texts = [*RUN, *LEFT]
    column = (
        pa.array(texts).cast(pa.binary()) if kind == pa.binary() else pa.array(texts).cast(kind)
    )
    dataset = publish(
        tmp_path / "d", pa.table({"=id": column, "n": list(range(-1, len(texts) - 1))}), keyring
    )
    with pytest.warns(FormulasNeutralised, match=rf"=id \({len(RUN)}\)"):
        export(dataset, tmp_path / "o.csv", keyring=keyring)
    with open(tmp_path / "o.csv", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["'=id", "n"]
    assert [row[0] for row in rows] == [
        *("'" + text for text in RUN),
        *(text or "" for text in LEFT),
    ]
    assert rows[0][1] == "-1"


def test_formulas_are_kept_where_asked(
    tmp_path: Path, keyring: Keyring, recwarn: pytest.WarningsRecorder
) -> None:
    """And in JSON Lines and Parquet, which no spreadsheet runs."""
    dataset = publish(tmp_path / "d", pa.table({"c": RUN}), keyring)
    export(dataset, tmp_path / "o.csv", keyring=keyring, formulas="keep")
    export(dataset, tmp_path / "o.jsonl", keyring=keyring)
    with open(tmp_path / "o.csv", newline="") as file:
        assert [row[0] for row in csv.reader(file)] == ["c", *RUN]
    assert [
        json.loads(line)["c"] for line in (tmp_path / "o.jsonl").read_text().splitlines()
    ] == RUN
    assert not [one for one in recwarn if one.category is FormulasNeutralised]


@given(st.lists(st.text(alphabet="=+-@\t\r\n '\u00a0ab1.", max_size=5), max_size=20))
def test_a_marked_text_is_the_text_behind_one_mark(texts: list[str]) -> None:
    """Nothing else is changed, so that taking the mark off gives the text back."""
    made, marked = without_formulas(pa.record_batch({"c": pa.array(texts, pa.string())}))
    after = made["c"].to_pylist()
    assert all(new in (old, "'" + old) for old, new in zip(texts, after, strict=True))
    assert marked.get("c", 0) == sum(old != new for old, new in zip(texts, after, strict=True))
    assert not any(new[:1] in "=+-@\t\r\n" and any(c in "ab" for c in new) for new in after if new)


def test_each_text_is_marked_by_itself() -> None:
    """Nulls, empty texts and the place in a slice do not matter; neither do full-width signs."""
    texts = ["=a", None, "", "a", "\uff1dz", "-1", "\ufeff@x", "é=", " +b", "\x0b=", "-", "\tq"]
    column = pa.array(texts, pa.string())
    whole, count = without_formulas(pa.record_batch({"c": column}))
    assert count == {"c": 5}
    for at in range(len(texts)):
        one, _ = without_formulas(pa.record_batch({"c": column.slice(at, 1)}))
        assert one["c"].to_pylist() == whole["c"].to_pylist()[at : at + 1]


@pytest.mark.parametrize(
    ("number", "rule"),
    [("+49 170 1234567", Mask(keep_last=2)), ("+1 (303) 555-0142", MaskClass("digits"))],
)
def test_a_masked_phone_needs_no_mark(number: str, rule: Callable[[pa.Array], pa.Array]) -> None:
    """It got one in front, though no spreadsheet can compute it."""
    masked = rule(pa.array([number]))
    made, marked = without_formulas(pa.record_batch({"c": masked}))
    assert (made["c"].to_pylist(), marked) == (masked.to_pylist(), {})


@pytest.mark.parametrize(
    "text",
    [
        "+49-123",
        "+49 *12",
        "+4*",
        "+A1**2",
        "+**=1",
        "+**|x!",
        '+**"a"',
        "+**\n=1",
        "=**",
        "-**",
        "@**",
    ],
)
def test_what_only_looks_like_a_masked_phone_is_marked(text: str) -> None:
    """A sum, and whatever has a letter, a quote, a line end or another sign in front."""
    assert without_formulas(pa.record_batch({"c": [text]}))[1] == {"c": 1}


def test_texts_that_begin_no_formula_are_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rows of ten such columns took 1.3 processor seconds."""
    searched, search = [], pc.match_substring_regex
    monkeypatch.setattr(
        pc,
        "match_substring_regex",
        lambda texts, pattern: searched.append(len(texts)) or search(texts, pattern),
    )
    without_formulas(pa.record_batch({"c": ["a", "1", "b=", None, "+1", "=x"]}))
    assert set(searched) == {2}


def test_json_lines_hold_no_number_that_is_none(tmp_path: Path, keyring: Keyring) -> None:
    """NaN and infinities are null, inside lists and structs too; a date beyond Python's is text."""
    odd = [math.nan, math.inf, -math.inf, 0.5]
    far = pa.array([253402300800, 0, -62135596801, 1]).cast(pa.timestamp("s"))
    table = pa.table(
        {
            "x": pa.array(odd, pa.float64()),
            "h": pa.array(odd, pa.float32()),
            "l": [[value] for value in odd],
            "s": [{"a": {"b": value}} for value in odd],
            "d": far,
        }
    )
    dataset = publish(tmp_path / "d", table, keyring)
    with pytest.warns(NumbersNulled, match=r"are null now: h \(3\), l \(3\), s \(3\), x \(3\)"):
        export(dataset, tmp_path / "o.jsonl", keyring=keyring)

    def refuse(name: str) -> None:
        raise AssertionError(name)

    rows = [
        json.loads(line, parse_constant=refuse)
        for line in (tmp_path / "o.jsonl").read_text().splitlines()
    ]
    assert [row["x"] for row in rows] == [row["h"] for row in rows] == [None, None, None, 0.5]
    assert (
        [row["l"][0] for row in rows]
        == [row["s"]["a"]["b"] for row in rows]
        == [None, None, None, 0.5]
    )
    assert [row["d"][:11] for row in rows] == [
        "10000-01-01",
        "1970-01-01T",
        "0000-12-31T",
        "1970-01-01T",
    ]


def test_dates_in_json_lines_keep_their_form() -> None:
    """ISO 8601, as Python writes it."""
    at = datetime(2024, 2, 29, 12, tzinfo=UTC)
    batch = pa.record_batch({"d": pa.array([at, None], pa.timestamp("us", "UTC"))})
    assert json_rows(batch, Counter()) == [{"d": at}, {"d": None}]


def test_times_of_nanoseconds_keep_every_digit_in_json_lines(tmp_path: Path) -> None:
    """Python's have six digits; inside lists and structs too, and read back they are equal."""
    whole, six, nine = 3_723_000_000_000, 3_723_000_004_000, 3_723_000_000_005
    times = pa.array([whole, six, nine, None], pa.time64("ns"))
    texts = ["01:02:03", "01:02:03.000004", "01:02:03.000000005", None]
    batch = pa.record_batch(
        {
            "t": times,
            "l": pa.ListArray.from_arrays([0, 1, 2, 4, 4], times),
            "s": pa.StructArray.from_arrays([times], ["t"]),
            "d": pa.array([math.nan, 0.5, None, 0.5]).dictionary_encode(),
        }
    )
    nulled = Counter[str]()
    rows = json_rows(batch, nulled)
    assert [row["t"] for row in rows] == [row["s"]["t"] for row in rows] == texts
    assert [row["l"] for row in rows] == [[texts[0]], [texts[1]], [texts[2], None], []]
    assert [row["d"] for row in rows] == [None, 0.5, None, 0.5]
    assert nulled == {"d": 1}
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        write_plain("jsonl", file, batch.schema, iter([batch]), "keep")
    read = pa.Table.from_batches(open_source(path).batches())
    assert read["t"].to_pylist() == texts


@given(batch=st.data())
def test_json_rows_are_the_values_of_the_batch(batch: st.DataObject) -> None:
    """Lists, structs and their nulls, as Arrow gives them."""
    inner = st.none() | st.lists(st.none() | st.integers(-9, 9), max_size=3)
    rows = batch.draw(
        st.lists(st.none() | st.fixed_dictionaries({"a": inner, "b": st.none() | st.text()}))
    )
    kind = pa.struct([("a", pa.list_(pa.int64())), ("b", pa.string())])
    made = pa.record_batch({"x": pa.array(rows, kind)})
    assert [row["x"] for row in json_rows(made, Counter())] == rows


_KILLED = """
import os, signal, sys
from pathlib import Path
from anonymize.io.sink import unnamed_file as unnamed
if sys.argv[2] == "named":
    names = {name: getattr(os, name) for name in dir(os)}
    unnamed._opened.__globals__["os"] = type("Os", (), {**names, "O_TMPFILE": None})
with unnamed.unnamed_file(Path(sys.argv[1]), overwrite=True) as file:
    file.write(b"CANARY" * 10_000)
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("kind", ["unnamed", "named"])
def test_a_killed_export_leaves_nothing(kind: str, tmp_path: Path) -> None:
    """Where the file system knows files without a name at once, elsewhere from the next export
    on.
    """
    path = tmp_path / "o.csv"
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(path), kind], check=False, env={**os.environ}
    )
    assert done.returncode == -signal.SIGKILL
    if kind == "unnamed":
        assert list(tmp_path.iterdir()) == []
    with unnamed.unnamed_file(path, overwrite=False) as file:
        file.write(b"done")
    assert [entry.name for entry in tmp_path.iterdir()] == ["o.csv"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_appeared_meanwhile_is_not_replaced(tmp_path: Path, keyring: Keyring) -> None:
    """The check before the first row is not the last one."""
    path = tmp_path / "o.csv"

    def write_late() -> None:
        with unnamed.unnamed_file(path, overwrite=False) as file:
            file.write(b"late")
            path.write_text("first")

    with pytest.raises(FileExistsError):
        write_late()
    assert path.read_text() == "first"
    with unnamed.unnamed_file(path, overwrite=True) as file:
        file.write(b"second")
    assert path.read_text() == "second"
    dataset = publish(tmp_path / "d", pa.table({"c": [1]}), keyring)
    with pytest.raises(ArgumentError, match="is there already"):
        export(dataset, path, keyring=keyring)
