"""Reading a version: which columns and rows a keyring gets, in which form, and what is refused."""

from __future__ import annotations

import datetime
import math
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from anonymize.dataset import (
    ColumnsLeftOut,
    Dataset,
    FileEntry,
    Manifest,
    iter_batches,
    opened_part,
    read,
)
from anonymize.dataset.row_filter import RowFilter
from anonymize.errors import (
    AnonymizeError,
    ArgumentError,
    DatasetError,
    KeysError,
    MissingExtraError,
    SourceError,
)
from anonymize.io import write_part
from anonymize.io.sink import row_groups
from anonymize.keys import Keyring
from anonymize.readers import TrainingBatches

from .conftest import CANARY, as_of_earlier_releases, rows

GROUP = 100
ROWS = 1000


def table() -> pa.Table:
    """Return rows of every type that filters compare, with nulls and NaN, sorted by ``id``."""
    day = datetime.date(2024, 1, 1)
    numbers = range(ROWS)
    return pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "score": [None if n % 9 == 0 else math.nan if n % 7 == 0 else n / 10 for n in numbers],
            "born": [day + datetime.timedelta(n) for n in numbers],
            "seen": pa.array([None if n < 300 else n for n in numbers], pa.timestamp("us", "UTC")),
            "ward": [None if n % 50 == 0 else f"w{n // 100}" for n in numbers],
            "home": [{"zip": f"0{n}"} for n in numbers],
            "cost": pa.array([Decimal(f"{n}.25") for n in numbers], pa.decimal128(10, 2)),
            "large": pa.array([2**64 - 1 - n for n in numbers], pa.uint64()),
            "smoker": [n % 200 < 100 for n in numbers],
            "notes": [f"{CANARY} {n}" for n in numbers],
        }
    )


def told(rows: pa.Table) -> str:
    """Return rows as text, in which NaN is NaN."""
    return str(rows.to_pylist())


@pytest.fixture
def grouped(tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """A dataset of two parts with five row groups each; ``notes`` has a key of its own."""
    monkeypatch.setattr(row_groups, "GROUP_ROWS", GROUP)
    dataset, whole, files = Dataset(tmp_path / "grouped"), table(), []
    with dataset.stage() as staging:
        for number in range(2):
            some = whole.slice(number * ROWS // 2, ROWS // 2)
            info = write_part(
                staging.path / f"part-{number:05}.parquet",
                some.schema,
                some.to_batches(max_chunksize=GROUP),
                keyring=keyring,
                key="training",
                restricted={"clinical": ["notes"]},
            )
            files.append(FileEntry.of(info, staging.path))
        staging.publish(Manifest(dataset="stays", purpose="triage", files=tuple(files)), keyring)
    return dataset


FILTERS: list[Any] = [
    [("id", "=", 250)],
    [("id", ">=", 950), ("ward", "=", "w9")],
    [[("id", "<", 3)], [("id", ">", 996)]],
    [("id", "in", [1, 777])],
    [("id", "not in", [1, 777])],
    [("score", ">", 98.0)],
    [("score", "!=", 3.5)],
    [("born", "<", datetime.date(2024, 2, 1))],
    [("seen", ">", datetime.datetime(1970, 1, 1, microsecond=900, tzinfo=datetime.UTC))],
    [("ward", "=", "w3")],
    [("smoker", "=", True)],
    [("cost", "<", Decimal("7.50"))],
    pc.field("cost") > 990.0,
    [("large", ">", pa.scalar(2**64 - 5, pa.uint64()))],
    [("large", "<", pa.scalar(2**63, pa.uint64()))],
    ~(pc.field("score") <= 98.0),
    pc.field("seen").is_null(),
    pc.field("ward").isin(["w1", None]),
    ~(pc.field("id") < 900) | (pc.field("ward") == "w0"),
    pc.field("score").is_nan(),
    pc.scalar(False),
    [("id", "<", 0)],
]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_a_filter_keeps_the_rows_that_it_keeps_of_the_plaintext(
    grouped: Dataset, reader: Keyring, filters: Any
) -> None:
    """Whatever row groups were left out by their statistics, and in the order of the version."""
    plain = table().filter(
        filters if isinstance(filters, pc.Expression) else pq.filters_to_expression(filters)
    )
    for columns in ("readable", ["ward", "id"], ["home.zip"]):
        found = read(grouped, columns, filters=filters, keyring=reader)
        assert told(found) == told(plain.select(found.column_names))


@pytest.mark.parametrize(
    "filters", [[("cost", ">=", 997)], [("cost", "in", [1, 2]), ("cost", "!=", 3)]], ids=str
)
def test_whole_numbers_are_compared_with_decimals(
    grouped: Dataset, reader: Keyring, filters: Any
) -> None:
    """In lists; pyarrow's own expression has no room for them, which an error says."""
    found = read(grouped, ["id"], filters=filters, keyring=reader)["id"].to_pylist()
    assert found == ([997, 998, 999] if len(filters) == 1 else [])
    with pytest.raises(ArgumentError, match=r"a decimal is compared with decimal\.Decimal"):
        read(grouped, ["id"], filters=pc.field("cost") >= 997, keyring=reader)


@pytest.mark.parametrize(
    ("filters", "decoded"),
    [
        ([("id", "=", 250)], [[2], []]),
        ([("ward", "=", "w3")], [[3], []]),
        ([("seen", ">", datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))], [[], []]),
        ([("score", ">", 98.0)], [[], [4]]),
        ([("smoker", "=", True)], [[0, 2, 4], [1, 3]]),
        (pc.field("seen").is_null(), [[0, 1, 2], []]),
        (~(pc.field("score") <= 98.0), [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]),
        ([("home", "=", 1)], None),
    ],
    ids=str,
)
def test_row_groups_that_statistics_rule_out_are_not_decoded(
    grouped: Dataset,
    reader: Keyring,
    monkeypatch: pytest.MonkeyPatch,
    filters: Any,
    decoded: list[list[int]] | None,
) -> None:
    """NaN is in no statistics, so a filter that it may pass leaves out no group by a float."""
    found: list[list[int]] = []
    groups = RowFilter.groups
    monkeypatch.setattr(
        RowFilter, "groups", lambda self, file: found.append(groups(self, file)) or found[-1]
    )
    if decoded is None:
        with pytest.raises(ArgumentError, match="does not fit"):
            read(grouped, ["id"], filters=filters, keyring=reader)
    else:
        read(grouped, ["id"], filters=filters, keyring=reader)
        assert found == decoded


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "filters",
    [
        [("notes", "=", CANARY)],
        [[("id", "=", 1)], [("notes", "=", CANARY)]],
        pc.field("notes") == CANARY,
        (pc.field("id") > 1) & pc.field("notes").is_valid(),
    ],
    ids=["list", "lists", "expression", "inside"],
)
@pytest.mark.parametrize("columns", [["id"], "readable"])
def test_a_filter_on_a_column_without_its_key_is_refused(
    grouped: Dataset,
    reader: Keyring,
    monkeypatch: pytest.MonkeyPatch,
    filters: Any,
    columns: Any,
) -> None:
    """Parquet would hang, or abort the process. Nothing is decoded, and no value of it is told."""
    monkeypatch.setattr(RowFilter, "groups", None)
    with pytest.raises(KeysError, match="filters: column notes: key 'clinical' is not") as refused:
        read(grouped, columns, filters=filters, keyring=reader)
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize(
    ("filters", "error", "what"),
    [
        ([[]], ArgumentError, "is not a filter; give"),
        ([("id", "~", CANARY)], ArgumentError, "is not a filter; give"),
        ([("id", CANARY)], ArgumentError, "is not a filter; give"),
        ([("id", "=", CANARY)], ArgumentError, "does not fit the types"),
        (pc.field("id") == CANARY, ArgumentError, "does not fit the types"),
        (pc.field("id") + 1, ArgumentError, "does not fit the types"),
        ([("id", "=", 2**64 - 5)], ArgumentError, r"holds a number above int64; give pa\.scalar"),
        ([("id", "=", None)], ArgumentError, r"compares id with None.*is_null\(\)"),
        (pc.field(0) == 1, ArgumentError, "reads a column by its position"),
        (pc.field("home", "zip") == CANARY, ArgumentError, "reads nested columns: home"),
        ([("wrad", "=", CANARY)], SourceError, "no column 'wrad'; did you mean 'ward'"),
        (pc.field("wrad") == CANARY, SourceError, "no column 'wrad'; did you mean 'ward'"),
    ],
    ids=str,
)
def test_what_is_no_filter_is_refused_without_its_value(
    grouped: Dataset, reader: Keyring, filters: Any, error: type[AnonymizeError], what: str
) -> None:
    """Values of a filter may be a person's."""
    with pytest.raises(error, match=what) as refused:
        read(grouped, ["id"], filters=filters, keyring=reader)
    assert CANARY not in str(refused.value)


def test_readable_is_what_the_keyring_opens(
    grouped: Dataset, reader: Keyring, keyring: Keyring, recwarn: pytest.WarningsRecorder
) -> None:
    """Without a warning, which None gives, and with the key it is all."""
    names = table().column_names
    assert read(grouped, "readable", keyring=reader).column_names == names[:-1]
    assert told(read(grouped, "readable", keyring=keyring)) == told(table())
    assert not recwarn.list
    with pytest.warns(ColumnsLeftOut, match="notes"):
        read(grouped, keyring=reader)
    with pytest.raises(ArgumentError, match="one of readable"):
        read(grouped, "id", keyring=reader)  # type: ignore[call-overload]


def test_another_purpose_is_refused(grouped: Dataset, reader: Keyring) -> None:
    """As the signed manifest states it."""
    assert read(grouped, ["id"], purpose="triage", keyring=reader).num_rows == ROWS
    for form in ("arrow", "batches"):
        with pytest.raises(DatasetError, match="was made for 'triage', not 'billing'"):
            read(grouped, ["id"], purpose="billing", keyring=reader, as_=form)  # type: ignore[call-overload]


def test_a_dataset_tells_its_columns_and_rows(
    grouped: Dataset, reader: Keyring, keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that reading gives; the count needs no part."""
    monkeypatch.setenv("COATCHECK_KEYRING", keyring_uri)
    assert len(grouped) == ROWS
    assert grouped.schema().equals(table().schema)
    assert grouped.schema(["ward", "home.zip"], keyring=reader).names == ["ward", "home"]
    assert grouped.schema("readable", keyring=reader).names == table().column_names[:-1]
    for part in grouped.folder(1).glob("part-*"):
        part.unlink()
    assert grouped.count_rows(keyring=reader, version=1) == ROWS


def test_a_dataset_without_rows_is_one(tmp_path: Path) -> None:
    """``if dataset:`` asks if there is one, and opens nothing."""
    assert bool(Dataset(tmp_path / "nothing"))


@pytest.mark.parametrize("form", ["reader", "method", "generator"])
def test_batches_come_in_the_size_that_is_asked_for(
    grouped: Dataset, reader: Keyring, form: str
) -> None:
    """As a RecordBatchReader or a generator."""
    how: dict[str, Any] = {"batch_size": 64, "keyring": reader, "filters": [("id", ">", 5)]}
    batches = list(
        read(grouped, ["id"], as_="batches", **how)
        if form == "reader"
        else grouped.to_batches(["id"], **how)
        if form == "method"
        else iter_batches(grouped, ["id"], **how)
    )
    assert max(batch.num_rows for batch in batches) <= 64
    assert pa.Table.from_batches(batches)["id"].to_pylist() == list(range(6, ROWS))


def test_a_stream_checks_each_part_before_its_rows(grouped: Dataset, reader: Keyring) -> None:
    """The rows of the first part come; the second one was changed, and our error says so."""
    part = grouped.folder(1) / "part-00001.parquet"
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    stream = grouped.to_batches(["id"], keyring=reader)
    groups = (stream.read_next_batch()["id"].to_pylist() for _ in range(ROWS // 2 // GROUP))
    assert [row for group in groups for row in group] == list(range(ROWS // 2))
    with pytest.raises(DatasetError, match=r"part-00001\.parquet: its bytes are not those"):
        stream.read_next_batch()


@pytest.mark.parametrize("form", ["batches", "arrow"])
def test_a_batch_of_no_rows_is_refused(grouped: Dataset, reader: Keyring, form: Any) -> None:
    """It would never end."""
    with pytest.raises(ArgumentError, match="batch_size: is 0; give 1 or more"):
        read(grouped, ["id"], batch_size=0, keyring=reader, as_=form)


def test_a_stream_tells_its_schema_without_rows(grouped: Dataset, reader: Keyring) -> None:
    """A filter that nothing passes gives columns, in every form."""
    how: dict[str, Any] = {"filters": [("id", "<", 0)], "keyring": reader}
    assert read(grouped, ["ward", "id"], **how).column_names == ["ward", "id"]
    assert grouped.to_batches(["ward", "id"], **how).schema.names == ["ward", "id"]
    assert list(read(grouped, ["ward", "id"], as_="pandas", **how).columns) == ["ward", "id"]


def test_a_package_that_is_not_there_is_said_before_anything_is_read(
    dataset: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the extra that brings it."""
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    monkeypatch.setattr("anonymize.dataset.reader.opened_version", None)
    with pytest.raises(MissingExtraError, match="needs the extra polars"):
        read(dataset, keyring=keyring, as_="polars")


def test_what_is_read_without_filters_is_the_table(dataset: Dataset, keyring: Keyring) -> None:
    """Two parts, in order."""
    assert read(dataset, keyring=keyring, as_="batches").read_all().equals(rows(2))


@pytest.mark.parametrize("form", ["arrow", "batches", "filtered", "training"])
def test_a_part_of_other_columns_is_refused(tmp_path: Path, keyring: Keyring, form: str) -> None:
    """The version's writer is wrong then; no reader guesses which columns were meant."""
    dataset, files = Dataset(tmp_path / "odd"), []
    with dataset.stage() as staging:
        for number, column in enumerate(("id", "di")):
            one = pa.table({column: [1, 2]})
            path = staging.path / f"part-{number:05}.parquet"
            info = write_part(path, one.schema, one.to_batches(), keyring=keyring, key="training")
            files.append(FileEntry.of(info, staging.path))
        staging.publish(Manifest(dataset="odd", files=tuple(files)), keyring)
    how: dict[str, Any] = {"keyring": keyring}
    ways: dict[str, Callable[[], object]] = {
        "arrow": lambda: read(dataset, **how),
        "batches": lambda: dataset.to_batches(**how).read_all(),
        "filtered": lambda: read(dataset, filters=[("id", ">", 0)], **how),
        "training": lambda: list(TrainingBatches(dataset, **how)),
    }
    with pytest.raises(
        DatasetError, match=r"part-00001\.parquet: has other columns than the first"
    ):
        ways[form]()


@pytest.mark.parametrize("form", ["arrow", "batches", "filtered", "training"])
def test_one_copy_of_a_part_is_there_at_a_time(
    grouped: Dataset, reader: Keyring, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """The first part's is gone before the second one's is made, where parts are copied whole."""
    as_of_earlier_releases(monkeypatch)

    class Copy(bytearray):
        """Bytes that a weak reference can be made to."""

    copies: list[weakref.ref[Copy]] = []
    copy = opened_part.checked_copy

    def watched(path: Path, entry: FileEntry) -> pa.NativeFile:
        deadline = time.monotonic() + 3  # Arrow's threads let go of it a moment after they answer
        while (
            left := [one for one in copies if one() is not None]
        ) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not left
        copies.append(weakref.ref(made := Copy(copy(path, entry).read())))
        return pa.BufferReader(pa.py_buffer(made))

    monkeypatch.setattr(opened_part, "checked_copy", watched)
    how: dict[str, Any] = {"columns": ["id"], "keyring": reader}
    ways: dict[str, Callable[[], Any]] = {
        "arrow": lambda: read(grouped, **how),
        "batches": lambda: list(grouped.to_batches(**how)),
        "filtered": lambda: read(grouped, filters=[("id", ">", 0)], **how),
        "training": lambda: list(TrainingBatches(grouped, **how)),
    }
    ways[form]()
    assert len(copies) == 2 + (form == "training")


def test_a_process_that_reads_imports_no_transform() -> None:
    """Nor pandas: together they take a second and 50 MB."""
    code = "import sys; from anonymize import Dataset, read; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    names = done.stdout.split()
    assert "anonymize.dataset.reader" in names
    assert not [name for name in names if name.startswith(("anonymize.transform", "pandas"))]
