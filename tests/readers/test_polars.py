"""A version in polars: ``make soak`` runs these where it is installed."""

from __future__ import annotations

from typing import Any

import pytest

from anonymize.dataset import ColumnsLeftOut, Dataset, read
from anonymize.dataset.version_reader import VersionReader
from anonymize.errors import DatasetError, KeysError

from .conftest import ROWS, table

pl = pytest.importorskip("polars", reason="polars is in .venv-readers alone; make soak runs these")
pytestmark = [pytest.mark.soak, pytest.mark.timeout(120)]


@pytest.mark.parametrize("form", ["polars", "lazyframe"])
def test_a_frame_holds_what_the_plaintext_holds(stays: Dataset, reader_uri: str, form: Any) -> None:
    """Every type, nulls and order."""
    found = read(stays, "readable", keyring=reader_uri, as_=form)
    frame = found.collect() if form == "lazyframe" else found
    assert frame.equals(pl.from_arrow(table().drop_columns(["notes"])), null_equal=True)


def test_a_query_decodes_the_columns_it_uses(
    stays: Dataset, reader_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And those of its conditions."""
    lazy = read(stays, "readable", keyring=reader_uri, as_="lazyframe")
    asked: list[Any] = []
    started = VersionReader.started
    monkeypatch.setattr(
        VersionReader,
        "started",
        lambda self, columns, *rest: asked.append(columns) or started(self, columns, *rest),
    )
    found = lazy.filter(pl.col("smoker")).select(pl.col("id").sum()).collect()
    assert found.item() == sum(range(0, ROWS, 3))
    assert [sorted(one) for one in asked] == [["id", "smoker"]]


@pytest.mark.parametrize(
    ("query", "result"),
    [
        (lambda lazy: lazy.select(pl.len()), ROWS),
        (lambda lazy: lazy.head(7).select(pl.len()), 7),
        (lambda lazy: lazy.filter(pl.col("id") >= 790).select(pl.len()), ROWS - 790),
        (lambda lazy: lazy.filter(pl.col("id") >= 700).head(3).select(pl.col("id").max()), 702),
        (lambda lazy: lazy.select(pl.col("ward").null_count()), ROWS // 50),
        (lambda lazy: lazy.filter(pl.col("ward").is_null()).select(pl.len()), ROWS // 50),
    ],
)
def test_queries_are_answered_as_on_the_plaintext(
    stays: Dataset, reader_uri: str, query: Any, result: int
) -> None:
    """Counts, limits and conditions, eager and streaming."""
    lazy = read(stays, "readable", keyring=reader_uri, as_="lazyframe", batch_size=64)
    assert query(lazy).collect().item() == result
    assert query(lazy).collect(engine="streaming").item() == result


def test_filters_spare_row_groups_before(stays: Dataset, reader_uri: str) -> None:
    """Together with a query's own conditions."""
    lazy = read(
        stays, ["id", "ward"], filters=[("smoker", "=", True)], keyring=reader_uri, as_="lazyframe"
    )
    assert lazy.filter(pl.col("id") < 10).collect()["id"].to_list() == [0, 3, 6, 9]


def test_each_collect_checks_anew(stays: Dataset, reader_uri: str) -> None:
    """A part that was changed in between is refused."""
    lazy = read(stays, ["id"], keyring=reader_uri, as_="lazyframe")
    assert lazy.collect().height == ROWS
    part = stays.folder(1) / "part-00001.parquet"
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    with pytest.raises((DatasetError, pl.exceptions.ComputeError), match="its bytes are not those"):
        lazy.collect()


def test_polars_scans_a_pyarrow_dataset_of_checked_rows(stays: Dataset, reader_uri: str) -> None:
    """As the page does; a changed part is refused before there is one."""
    import pyarrow.dataset as pds

    lazy = pl.scan_pyarrow_dataset(pds.dataset(read(stays, "readable", keyring=reader_uri)))
    plain = pl.from_arrow(table().drop_columns(["notes"]))
    assert lazy.collect().equals(plain, null_equal=True)
    found = lazy.filter(pl.col("smoker")).select(pl.col("id").sum()).collect()
    assert found.item() == sum(range(0, ROWS, 3))
    part = stays.folder(1) / "part-00001.parquet"
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    with pytest.raises(DatasetError, match="its bytes are not those"):
        pds.dataset(read(stays, "readable", keyring=reader_uri))


@pytest.mark.parametrize("form", ["polars", "lazyframe"])
def test_a_column_without_its_key_is_refused(stays: Dataset, reader_uri: str, form: Any) -> None:
    """When the frame is made; without names it is left out with a warning."""
    with pytest.raises(KeysError, match="column notes: key 'clinical' is not in the keyring"):
        read(stays, ["notes"], keyring=reader_uri, as_=form)
    with pytest.warns(ColumnsLeftOut, match="notes"):
        read(stays, keyring=reader_uri, as_=form)
