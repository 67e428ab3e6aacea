"""Leaks are recognized whatever was done to them, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import anonymize
from anonymize.errors import ArgumentError, SourceError
from anonymize.pipeline.canaries.check import MOST_FALSE, check_canaries, list_canaries
from tests.pipeline.canaries.made import Made

WITHOUT_IDS = ["customer", "name", "email", "card"]
Change = Callable[[pa.Table], pa.Table]


def _cut(table: pa.Table) -> pa.Table:
    return table.slice(300, 800)


def _drawn(table: pa.Table, rows: int = 800) -> pa.Table:
    chosen = np.random.default_rng(4).permutation(table.num_rows)[:rows]
    return table.take(chosen)


def _upper(table: pa.Table) -> pa.Table:
    made = pc.utf8_upper(table["email"])
    return pa.table({"mail": pc.binary_join_element_wise(made, " ", " "), "x": made})


def _one_id(table: pa.Table) -> pa.Table:
    return table.select(["plan", "customer"])


def _grouped_digits(table: pa.Table) -> pa.Table:
    card = table["card"].cast(pa.string()).to_pylist()
    spaced = [" ".join(one[at : at + 4] for at in range(0, len(one), 4)) for one in card]
    return pa.table({"number": spaced, "plan": table["plan"]})


@pytest.mark.parametrize("change", [_cut, _drawn, _upper, _one_id, _grouped_digits])
def test_a_leak_with_an_id_is_recognized(made: Made, change: Change) -> None:
    """Whatever the column is called, and however it is written."""
    found = check_canaries(made.leak(change(made.rows())), made.out, made.uri)
    (held,) = found.accused
    assert (held.version.version, held.version.dataset, held.by) == (1, "customers", "ids")
    assert held.false < MOST_FALSE


def _german(table: pa.Table) -> pa.Table:
    spent = [
        f"{one:,.2f}".translate(str.maketrans(",.", ".,")) for one in table["spent"].to_pylist()
    ]
    seen = pc.strftime(table["seen"], "%d.%m.%Y %H:%M").to_pylist()
    seen = [f" {one} " for one in seen]
    plans = pc.utf8_upper(table["plan"])
    return pa.table({"Seen": seen, "SPENT ": spent, "plan": plans, "region": table["region"]})


def _american(table: pa.Table) -> pa.Table:
    spent = [f"$ {one:,.1f}" for one in table["spent"].to_pylist()]
    return pa.table({"seen": pc.strftime(table["seen"], "%m/%d/%Y %I:%M %p"), "spent": spent})


def _same(table: pa.Table) -> pa.Table:
    return table.drop_columns(WITHOUT_IDS)


@pytest.mark.parametrize("change", [_same, _german, _american])
def test_a_leak_without_ids_is_recognized_by_its_rows(made: Made, change: Change) -> None:
    """Numbers and dates in other formats, columns in another order, a part of the rows: so large
    that seven of the canaries, which the bound needs, are in it.
    """
    leak = made.leak(change(_drawn(made.rows(), 1_400)))
    (held,) = check_canaries(leak, made.out, made.uri).accused
    assert held.by == "rows"
    assert held.found >= 5


def test_parquet_and_json_lines_are_read(made: Made, tmp_path: Path) -> None:
    """With their own types."""
    rows = made.rows().slice(0, 1_000)
    pq.write_table(rows, tmp_path / "leak.parquet")
    rows.to_pandas().to_json(tmp_path / "leak.jsonl", orient="records", lines=True)
    for name in ("leak.parquet", "leak.jsonl"):
        assert check_canaries(tmp_path / name, made.out, made.uri).accused


def test_a_model_s_samples_are_text(made: Made) -> None:
    """One id in running text is enough, also broken by signs."""
    (one,) = made.records()[0].rows["email"].slice(3, 1).to_pylist()
    broken = "-".join([one[:9].upper(), one[9:15], one[15:]])
    for text in (f"Sure: the user {one} bought it.", f"the user {broken} bought\nit"):
        assert check_canaries("-", made.out, made.uri, given=text.encode()).accused


def test_real_rows_alone_accuse_nobody(made: Made) -> None:
    """Nor does the raw data: all that is left out are the canaries."""
    record = made.records()[0]
    real = np.setdiff1d(np.arange(1_520), record.rows["row"].to_numpy())
    leak = made.leak(made.rows().take(pa.array(real)))
    assert check_canaries(leak, made.out, made.uri).held == ()
    raw = check_canaries(made.folder / "people.csv", made.out, made.uri)
    assert raw.accused == ()


def test_decoys_in_a_file_accuse_nobody(made: Made) -> None:
    """Rows that the key might have chosen and did not are no evidence, even with some canaries
    among them.
    """
    record = made.records()[0]
    decoys = record.decoys.drop_columns(["person", *WITHOUT_IDS])
    canaries = record.rows.drop_columns(["person", "row", *WITHOUT_IDS])
    leak = made.leak(pa.concat_tables([decoys, canaries.slice(0, 6)]))
    assert check_canaries(leak, made.out, made.uri).accused == ()


def test_coarse_columns_accuse_nobody(made: Made) -> None:
    """Everybody has such a row: the bound says so."""
    leak = made.leak(made.rows().select(["region", "plan"]))
    found = check_canaries(leak, made.out, made.uri)
    assert found.accused == ()
    assert all(one.false > 0.01 for one in found.held)


def test_four_rows_without_ids_are_not_enough(made: Made) -> None:
    """The bound is computed, not assumed: four canaries alone may be chance, ten are not."""
    record = made.records()[0].rows.drop_columns(["person", "row", *WITHOUT_IDS])
    few = check_canaries(made.leak(record.slice(0, 2)), made.out, made.uri)
    many = check_canaries(made.leak(record.slice(0, 10)), made.out, made.uri)
    assert (few.accused, len(many.accused)) == ((), 1)


def test_short_ids_need_several(made: Made) -> None:
    """An id of 16 digits in a table of a million other numbers is chance with 10⁻⁸ or so."""
    drawn = random.Random(1)
    record = made.records()[0]
    cards = record.rows["card"].cast(pa.string()).to_pylist()
    others = [f"{drawn.randrange(10**15, 10**16)}" for _ in range(50_000)]
    one = pa.table({"n": [*others, cards[0]], "x": ["a"] * 50_001})
    (held,) = check_canaries(made.leak(one), made.out, made.uri).held
    assert 1e-13 < held.false < 1e-6


def test_it_is_told_which_versions_were_compared(made: Made) -> None:
    """And what cannot be read or has none is an error."""
    (version,) = list_canaries(made.out, made.uri)
    assert (version.canaries, version.rows) == (20, 1_520)
    assert set(version.ids) == {"customer", "email", "card"}
    with pytest.raises(SourceError, match="cannot be read"):
        check_canaries(made.folder / "none.csv", made.out, made.uri)


def test_a_dataset_without_canaries_is_refused(tmp_path: Path) -> None:
    """With what to do."""
    place = Made(tmp_path, rows=30)
    place.policy(1).write_text(place.policy(1).read_text().replace(", canaries: 1}", "}"))
    anonymize.run(place.file, keyring=place.uri)
    with pytest.raises(ArgumentError, match="canaries: 20"):
        check_canaries(place.file, place.out, place.uri)
