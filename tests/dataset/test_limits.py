"""What could not be read again is not published: the last version stays, and what helps is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anonymize.dataset import Dataset, audit, mirror, read, staging
from anonymize.errors import DatasetError
from anonymize.io import PartInfo
from anonymize.keys import Keyring
from anonymize.pipeline.manifest import _files
from anonymize.pipeline.passing import PartReport
from tests.object_store import bucket, s3  # noqa: F401

from .conftest import publish, rows


def test_a_manifest_that_is_too_large_to_be_read_is_not_published(
    dataset: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would lock the dataset: nobody could read it, and the next run would refuse it."""
    monkeypatch.setattr(staging, "LARGEST_BYTES", 1000)
    with pytest.raises(DatasetError, match="publish fewer and larger source files"):
        publish(dataset, keyring, 3)
    assert dataset.versions(keyring) == (1, 2)
    assert dataset.verify(keyring=keyring).ok
    assert read(dataset.path, keyring=keyring).equals(rows(2))


def test_a_log_that_is_too_large_to_be_read_gets_no_entry(
    dataset: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No act is begun that could not be entered."""
    before = (dataset.path / "audit.jsonl").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(audit, "LARGEST_BYTES", 1000)
        with pytest.raises(DatasetError, match="the log is full"):
            publish(dataset, keyring, 3)
    assert (dataset.path / "audit.jsonl").read_bytes() == before
    assert dataset.verify(keyring=keyring).ok
    assert dataset.versions(keyring) == (1, 2)


def test_a_store_s_list_that_is_too_large_to_be_read_is_not_written(
    s3: Any,
    bucket: str,
    keyring: Keyring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With it nobody could read, nor expire what makes it large."""
    address = f"s3://{bucket}/sets/people"
    publish(Dataset(address), keyring, 1)
    with monkeypatch.context() as patched:
        patched.setattr(mirror, "LARGEST_BYTES", 1500)
        with pytest.raises(DatasetError, match="coatcheck expire"):
            publish(Dataset(address), keyring, 2)
    dataset = Dataset(address)
    assert dataset.versions(keyring) == (1,)
    assert dataset.verify(keyring=keyring).ok
    left = s3.list_objects_v2(Bucket=bucket, Prefix="sets/people/versions/000002")
    assert "Contents" not in left


def test_part_100000_comes_behind_part_99999(tmp_path: Path) -> None:
    """In source order rows would be read in another order than the source's, without a word."""
    reports = [
        PartReport(
            number=number,
            part=PartInfo(tmp_path / f"part-{number:05}.parquet", 0, 0, "ab" * 32, "training"),
            quarantine=None,
            **dict.fromkeys(("rows_in", "rows_out", "filtered", "suppressed", "quarantined"), 0),  # type: ignore[arg-type]
            nulled={},
            residual=None,
        )
        for number in (100_001, 7, 100_000, 99_999)
    ]
    found = [entry.path for entry in _files(reports, None, tmp_path)]
    assert found == [f"part-{number:05}.parquet" for number in (7, 99_999, 100_000, 100_001)]
