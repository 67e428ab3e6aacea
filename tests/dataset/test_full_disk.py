"""A disk that is full at any moment of a publication: a clear error, the last version in place,
nothing left.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from anonymize.dataset import Dataset
from anonymize.errors import DatasetError
from anonymize.keys import Keyring

from .conftest import publish
from .test_killed import whole


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A tmpfs of one megabyte."""
    path = tmp_path / "disk"
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(path)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a tmpfs is not permitted here")
    yield path
    subprocess.run(["umount", str(path)], check=True)


def test_the_disk_may_be_full_at_any_write(small_disk: Path, keyring: Keyring) -> None:
    """From no room at all, page by page, to enough."""
    dataset = Dataset(small_disk / "d")
    publish(dataset, keyring, 1, parts=1)
    filler, refused, done = small_disk / "filler", 0, False
    for pages in range(0, 60):
        filler.unlink(missing_ok=True)
        filler.write_bytes(b"x" * _room(small_disk, pages))
        before = dataset.versions()
        why = _refusal(dataset, keyring, max(before) + 1)
        if why is None:
            done = True
            break
        refused += 1
        assert "disk is full" in why
        assert dataset.versions() == before
        assert whole(dataset, keyring) == max(before)
        assert len(list(dataset.versions_path.iterdir())) == len(before)
    assert done
    assert refused > 5
    filler.unlink()
    publish(dataset, keyring, max(dataset.versions()) + 1, parts=1)
    assert dataset.verify(keyring=keyring).ok


def _refusal(dataset: Dataset, keyring: Keyring, version: int) -> str | None:
    try:
        publish(dataset, keyring, version, parts=1)
    except DatasetError as error:
        return str(error)
    return None


def _room(disk: Path, pages: int) -> int:
    """How large the filler must be to leave that many pages free."""
    free = os.statvfs(disk)
    return max(0, (free.f_bavail - pages) * free.f_bsize)
