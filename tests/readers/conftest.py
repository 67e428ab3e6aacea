"""A dataset of several parts and row groups, and the keyring of who trains on it."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.dataset import Dataset, FileEntry, Manifest
from anonymize.io import write_part
from anonymize.io.sink import row_groups
from anonymize.keys import Keyring, share_keyring
from anonymize.names import KeyName

CANARY = "CANARY-77ab"
PARTS = (230, 400, 3, 167)
"""Rows of each part; groups have 50."""
ROWS = sum(PARTS)


def table(first: int = 0) -> pa.Table:
    """Return rows of every kind of column; ``id`` counts from ``first``."""
    day, numbers = datetime.date(2024, 1, 1), range(first, first + ROWS)
    return pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "age": pa.array([None if n % 11 == 0 else n % 90 for n in numbers], pa.int16()),
            "score": [None if n % 9 == 0 else math.nan if n % 7 == 0 else n / 10 for n in numbers],
            "cost": pa.array([Decimal(f"{n}.25") for n in numbers], pa.decimal128(10, 2)),
            "born": [day + datetime.timedelta(n) for n in numbers],
            "seen": pa.array([n * 1000 for n in numbers], pa.timestamp("us", "UTC")),
            "ward": [None if n % 50 == 0 else f"{CANARY} w{n % 5}" for n in numbers],
            "smoker": [n % 3 == 0 for n in numbers],
            "ecg": pa.array([[n, n + 1.5] for n in numbers], pa.list_(pa.float32(), 2)),
            "codes": [[f"c{n}"] * (n % 3) for n in numbers],
            "notes": [f"{CANARY} {n}" for n in numbers],
        }
    )


def publish(dataset: Dataset, keyring: Keyring, rows: pa.Table) -> None:
    """Publish ``rows`` in parts of `PARTS`; ``notes`` has a key of its own."""
    files, start = [], 0
    with dataset.stage() as staging:
        for number, count in enumerate(PARTS):
            some = rows.slice(start, count)
            info = write_part(
                staging.path / f"part-{number:05}.parquet",
                some.schema,
                some.to_batches(max_chunksize=50),
                keyring=keyring,
                key="training",
                restricted={"clinical": ["notes"]},
            )
            files.append(FileEntry.of(info, staging.path))
            start += count
        staging.publish(Manifest(dataset="stays", purpose="triage", files=tuple(files)), keyring)


@pytest.fixture
def stays(tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """A dataset with one version of `table`."""
    monkeypatch.setattr(row_groups, "GROUP_ROWS", 50)
    dataset = Dataset(tmp_path / "stays")
    publish(dataset, keyring, table())
    return dataset


@pytest.fixture(scope="session")
def reader_uri(keyring_uri: str, keyring: Keyring, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a keyring that holds ``training`` and the public half of ``signing``."""
    path = tmp_path_factory.mktemp("trainer") / "keyring.json"
    share_keyring([KeyName("training")], path, keyring_uri)
    return f"file:{path}"
