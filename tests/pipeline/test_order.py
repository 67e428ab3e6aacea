"""Rows leave in a secret order of each version's own: they join with nothing by their position."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.errors import PlanError
from anonymize.io import write_part
from anonymize.io.sink import row_groups
from anonymize.keys import Keyring, RowOrder
from anonymize.names import KeyName
from anonymize.policy.load import parse_policy
from tests.restored import in_source_order
from tests.workplace import Workplace

ROWS = 400


def _run(
    place: Workplace, name: str, purpose: str, column: str, said: dict[str, object] | None = None
) -> Path:
    """Publish one column of ``lines.parquet`` for a purpose; return the dataset's folder."""
    source = place.folder / "lines.parquet"
    if not source.exists():
        numbers = list(range(ROWS))
        pq.write_table(
            pa.table({"pay": numbers, "found": [n * 7 % 911 for n in numbers], "line": numbers}),
            source,
        )
    sink = place.folder / name
    policy = {
        "version": 1,
        "dataset": name,
        "purpose": purpose,
        "source": {"path": str(source)},
        "sink": {"path": str(sink)},
        "columns": {column: {"action": "keep", "accept": "invented"}},
        **(said or {}),
    }
    anonymize.run(parse_policy(json.dumps(policy)), keyring=place.keyring_uri)
    return sink


def test_rows_of_two_purposes_do_not_join_by_position(
    workplace: Workplace, keyring: Keyring
) -> None:
    """Nor with the raw file: as many stand together as chance has it."""
    pay = read(_run(workplace, "x", "marketing", "pay"), keyring=keyring)["pay"].to_pylist()
    found = read(_run(workplace, "y", "research", "found"), keyring=keyring)["found"].to_pylist()
    assert sorted(pay) == list(range(ROWS))
    assert sum(n * 7 % 911 == other for n, other in zip(pay, found, strict=True)) < 15
    assert sum(n == at for at, n in enumerate(pay)) < 15


def test_rows_of_two_versions_do_not_join_by_position(
    workplace: Workplace, keyring: Keyring
) -> None:
    """Else what a later version shows beside, or noise drawn anew, would join with an earlier
    one's.
    """
    sink = _run(workplace, "x", "marketing", "pay")
    _run(workplace, "x", "marketing", "pay")
    first, second = (
        read(sink, version=number, keyring=keyring)["pay"].to_pylist() for number in (1, 2)
    )
    assert sum(one == other for one, other in zip(first, second, strict=True)) < 15


def test_the_owner_can_put_the_rows_back(workplace: Workplace, keyring: Keyring) -> None:
    """From key and seed alone; a purpose's name is part of the key."""
    sink = _run(workplace, "x", "marketing", "pay")
    assert in_source_order(sink, keyring)["pay"].to_pylist() == list(range(ROWS))


def test_parts_of_several_files_change_places(workplace: Workplace, keyring: Keyring) -> None:
    """A part's number does not tell the file it was made of."""
    (workplace.folder / "many").mkdir()
    for number in range(12):
        pq.write_table(
            pa.table({"pay": [number] * (number + 1)}),
            workplace.folder / "many" / f"{number:02}.parquet",
        )
    sink = _run(
        workplace, "x", "marketing", "pay", {"source": {"path": str(workplace.folder / "many")}}
    )
    assert sorted(read(sink, keyring=keyring)["pay"].to_pylist()) == [
        n for n in range(12) for _ in range(n + 1)
    ]
    rows = [entry.rows for entry in Dataset(sink).manifest(keyring=keyring).data_files()]
    assert sorted(rows) == list(range(1, 13))
    assert rows != list(range(1, 13))  # of 12! orders one is that of the source


def test_source_order_is_kept_and_said(workplace: Workplace, keyring: Keyring) -> None:
    """In the manifest; the summary says so too."""
    sink = _run(workplace, "x", "marketing", "pay", {"rows": {"order": "source"}})
    manifest = Dataset(sink).manifest(keyring=keyring)
    assert read(sink, keyring=keyring)["pay"].to_pylist() == list(range(ROWS))
    assert (manifest.order.rows, manifest.owner.order_seed) == ("source", "")


def test_the_command_line_says_that_rows_keep_their_order(workplace: Workplace) -> None:
    """Plan and run, and only then."""
    path = str(workplace.policy("rows: {order: source}"))
    assert "rows leave in source order" in workplace.coatcheck("plan", path).stderr
    assert "rows in source order" in workplace.coatcheck("run", path).stdout
    path = str(workplace.policy())
    assert "source order" not in workplace.coatcheck("plan", path).stderr


PRIVACY = {"quasi_identifiers": ["found"], "k": 2, "max_suppressed": 1}


def test_source_order_beside_a_privacy_measure_is_refused(workplace: Workplace) -> None:
    """Unless accepted with a reason, which the manifest keeps."""
    with pytest.raises(PlanError, match=r"rows.order: source order beside privacy: .*accept_order"):
        _run(
            workplace, "x", "marketing", "found", {"rows": {"order": "source"}, "privacy": PRIVACY}
        )
    rows = {"order": "source", "accept_order": "a time series"}
    columns = {"found": {"action": "generalize", "band": 1000}}
    sink = _run(
        workplace, "x", "m", "found", {"rows": rows, "privacy": PRIVACY, "columns": columns}
    )
    manifest = json.loads((sink / "versions/000001/manifest.json").read_text())["manifest"]
    assert manifest["order"] == {"accepted": "a time series", "rows": "source"}


def test_an_acceptance_that_accepts_nothing_is_refused(workplace: Workplace) -> None:
    """A reason left behind when the order was changed back."""
    with pytest.raises(PlanError, match=r"rows.accept_order"):
        _run(workplace, "x", "m", "pay", {"rows": {"accept_order": "was needed once"}})


def test_frames_keep_their_order(workplace: Workplace) -> None:
    """Who hands in a frame holds both."""
    import pandas as pd

    policy = parse_policy(
        workplace.policy().read_text().split("columns:")[0] + "columns:\n  visits: {action: keep}\n"
    )
    frame = pd.DataFrame({"visits": range(100)})
    assert anonymize.anonymize_frame(frame, policy, keyring=workplace.keyring_uri)[
        "visits"
    ].tolist() == [*range(100)]


@given(count=st.integers(0, 3000), part=st.integers(0, 5), group=st.integers(0, 5))
def test_an_order_holds_every_row_once(keyring: Keyring, count: int, part: int, group: int) -> None:
    """A permutation; the same from the same key and seed, another for another seed, part, group,
    purpose.
    """

    def order(
        seed: str = "a", part_: int = part, group_: int = group, domain: str = "p"
    ) -> list[int]:
        key = keyring.purpose_key(KeyName("owner"), action="order rows", domain=domain)
        return RowOrder(key, seed).rows(part_, group_, count).tolist()

    assert sorted(order()) == list(range(count))
    assert order() == order()
    if count > 30:
        assert order() not in (
            order("b"),
            order(part_=part + 9),
            order(group_=group + 9),
            order(domain="q"),
        )


def test_groups_are_large_and_rows_leave_them_in_order(
    tmp_path: Path, keyring: Keyring, monkeypatch: object
) -> None:
    """A last row group of one row would tell which row that is; every type of column is put in
    order.
    """
    monkeypatch.setattr(row_groups, "GROUP_ROWS", 100)
    count = 1001
    table = pa.table(
        {
            "n": list(range(count)),
            "text": (
                pa.array([str(n) for n in range(count)], pa.string())
                .dictionary_encode()
                .cast(pa.string())
            ),
            "inside": [{"a": [n, n + 1], "b": None} for n in range(count)],
            "map": pa.array(
                [[(str(n), n)] for n in range(count)], pa.map_(pa.string(), pa.int64())
            ),
        }
    )
    seen: list[int] = []

    def order(group: int, rows: int) -> np.ndarray:
        seen.append(rows)
        return np.arange(rows)[::-1]

    batches = table.to_batches(max_chunksize=70)
    write_part(
        tmp_path / "part-00000.parquet",
        table.schema,
        batches,
        keyring=keyring,
        key="training",
        order=order,
    )
    assert sum(seen) == count
    assert min(seen) >= 100
