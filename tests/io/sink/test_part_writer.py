"""A part is told its row groups by number, and tells what is in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from anonymize.io import write_part
from anonymize.io.sink import row_groups
from anonymize.keys import Keyring

TABLE = pa.table({"id": [*range(49), None], "none": pa.nulls(50, pa.string())})


def test_row_groups_are_ordered_by_their_numbers(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0, 1, 2 …: who knows the seed puts the rows in order again by these."""
    asked = list[tuple[int, int]]()

    def order(number: int, rows: int) -> npt.NDArray[np.int64]:
        asked.append((number, rows))
        return np.arange(rows)[::-1]

    monkeypatch.setattr(row_groups, "GROUP_ROWS", 10)
    batches = TABLE.to_batches(max_chunksize=5)
    info = write_part(
        tmp_path / "part", TABLE.schema, batches, keyring=keyring, key="training", order=order
    )
    assert [number for number, _ in asked] == list(range(len(asked)))
    assert len(asked) > 2
    assert sum(rows for _, rows in asked) == info.rows == 50


def test_a_part_counts_its_nulls_by_column(tmp_path: Path, keyring: Keyring) -> None:
    """Over all of its batches."""
    batches = TABLE.to_batches(max_chunksize=7)
    info = write_part(tmp_path / "part", TABLE.schema, batches, keyring=keyring, key="training")
    assert dict(info.nulls) == {"id": 1, "none": 50}
    assert info.size_bytes == (tmp_path / "part").stat().st_size
