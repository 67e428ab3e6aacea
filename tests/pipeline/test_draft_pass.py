"""The pass over a whole source that a draft needs: one way of finding, whatever the threads."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from anonymize.detect import inspect_samples, sample_columns
from anonymize.detect.interface import Finding
from anonymize.names import ColumnName
from anonymize.pipeline import draft_pass
from anonymize.pipeline.draft_pass import seen_in
from anonymize.plan.draft import Observed
from anonymize.plan.markers import distinct_texts, null_values_in
from anonymize.plan.same_ids import SharedIds
from anonymize.transform.columns import as_text, plain

ROWS = 300
IDS = random.Random(5).sample(range(10_000, 99_999), ROWS)


def _table() -> pa.Table:
    days = [f"{1 + at % 28:02}.{1 + at % 12:02}.19{50 + at % 50}" for at in range(ROWS)]
    return pa.table(
        {
            "EmpID": IDS,
            "Manager ID": [str(one) for one in IDS[:60]] * 5,
            "full_name": [["Ann Smith", "N/A", "Bo Hill"][at % 3] + " " * (at % 2) for at in IDS],
            "born": days,
            "in": [{"note": ["-", "+", None][at % 3]} for at in IDS],
            "score": pa.array(np.random.default_rng(1).normal(size=ROWS).astype(np.float16)),
        }
    )


def _findings(table: pa.Table) -> tuple[Finding, ...]:
    return inspect_samples(sample_columns(table.to_batches()))


@pytest.mark.parametrize("rows", [70, ROWS])
@pytest.mark.parametrize("threads", [1, 4])
def test_it_sees_what_each_watcher_sees_alone(
    rows: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids that join, texts that mean missing, formats of dates."""
    monkeypatch.setattr(draft_pass, "MOST_THREADS", threads)
    table = _table()
    findings, batches = _findings(table), table.to_batches(max_chunksize=rows)
    seen, ids, observed = seen_in(batches, findings), SharedIds(findings), Observed(findings)
    assert seen.nulls == null_values_in(observed.watch(ids.watch(batches)), findings)
    assert seen.domains == ids.domains()
    assert "EmpID" in seen.domains
    assert seen.observed.formats(ColumnName("born")) == observed.formats(ColumnName("born"))


def test_distinct_values_are_sought_once_per_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids and missing texts are looked for in the same ones."""
    sought: list[ColumnName] = []
    monkeypatch.setattr(
        draft_pass,
        "distinct_texts",
        lambda values: sought.append(values) or distinct_texts(values),  # type: ignore[func-returns-value]
    )
    table = _table()
    seen_in(table.to_batches(), _findings(table))
    assert 0 < len(sought) <= table.num_columns


def test_what_a_thread_raises_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no other text is."""

    def refuse(values: pa.Array) -> pa.Array:
        raise pa.ArrowInvalid("no")

    monkeypatch.setattr(draft_pass, "distinct_texts", refuse)
    with pytest.raises(pa.ArrowInvalid, match=r"^no$"):
        seen_in(_table().to_batches(), _findings(_table()))


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, 2, None, 2], pa.int8()),
        pa.array([0.5, -0.0, 0.0, float("nan"), None, 0.5]),
        pa.array([0.5, 1.5, 0.5], pa.float16()),
        pa.array(["b", "a", None, "b"]).dictionary_encode(),
        pa.array(["b", "a", None, "b"], pa.large_string()).slice(1),
        pa.array(["b", "a", "b"], pa.string_view()),
    ],
    ids=str,
)
def test_distinct_texts_are_those_of_all_rows(values: Any) -> None:
    """Whatever type and layout the column has."""
    texts = distinct_texts(values)
    assert pc.unique(texts).to_pylist() == pc.unique(as_text(plain(values))).drop_null().to_pylist()


@pytest.mark.parametrize(
    ("beside", "proposed"),
    [("-2", ()), ("-6", ()), ("01", ()), ("-7", ("-1", "-7")), ("27", ("-1",))],
)
def test_neighbours_of_a_number_make_it_a_value(beside: str, proposed: tuple[str, ...]) -> None:
    """Those of two characters hold digits that no marker holds."""
    numbers = pa.array(["-1", beside, *map(str, range(20_000, 20_300))])
    finding = _findings(pa.table({"EmpID": IDS}))
    people = [ColumnName("EmpID")]
    assert (
        null_values_in([pa.record_batch({"EmpID": numbers})], finding, people).get(
            ColumnName("EmpID"), ()
        )
        == proposed
    )
