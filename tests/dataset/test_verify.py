"""What a verification compares beyond the files: links of the right length, the log that a manifest
names, a run at work; and what it still tells where log and manifest are damaged.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from anonymize.dataset import Dataset, FileEntry
from anonymize.dataset import staging as staging_
from anonymize.dataset.manifest import AuditAnchor
from anonymize.dataset.verify import Verification, entry_problem
from anonymize.errors import DatasetError
from anonymize.io.sink.part_info import sidecar_of
from anonymize.io.sink.parts import MAGIC
from anonymize.keys import Keyring

from .conftest import publish


def test_where_neither_log_nor_manifest_holds_nothing_is_counted(
    dataset: Dataset, keyring: Keyring
) -> None:
    """The version's number, and the problems of both."""
    (dataset.path / "CURRENT").write_text("000001\n")
    (dataset.folder(2) / "manifest.json").write_bytes(b"{}")
    found = dataset.verify(2, keyring=keyring)
    assert found == Verification(2, found.problems, 0, 0, 0)
    assert [problem.place for problem in found.problems] == [
        str(dataset.folder(2) / "manifest.json"),
        str(dataset.path / "CURRENT"),
    ]


def test_a_folder_in_which_nothing_was_published_has_no_version_to_count(
    tmp_path: Path, keyring: Keyring
) -> None:
    """What lies around is told all the same."""
    dataset = Dataset(tmp_path / "people")
    dataset.audit.append("reveal", keyring=keyring)
    dataset.versions_path.mkdir()
    (dataset.versions_path / "notes").write_bytes(b"")
    found = dataset.verify(keyring=keyring)
    assert found == Verification(0, found.problems, 0, 0, 0)
    assert [problem.what for problem in found.problems] == [
        "is no version and nothing of ours; remove it"
    ]


@pytest.mark.parametrize("wrong", ["head", "entries"])
def test_a_manifest_of_another_log_is_told(
    dataset: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    """Whoever signs says in the manifest which entries came before; the log says the same."""

    def other(entries: int, head: str) -> AuditAnchor:
        said: dict[str, Any] = {"head": "0" * 64} if wrong == "head" else {"entries": entries + 1}
        return AuditAnchor(**{"entries": entries, "head": head} | said)

    with monkeypatch.context() as patch:
        patch.setattr(staging_, "AuditAnchor", other)
        publish(dataset, keyring, 3, parts=1)
    assert [problem.what for problem in dataset.verify(keyring=keyring).problems] == [
        "the audit log is not the one version 3 was entered in: cut short or replaced"
    ]
    assert dataset.verify(2, keyring=keyring).ok


def test_a_link_as_long_as_the_part_is_no_plain_file(tmp_path: Path) -> None:
    """What it leads to may be the part today, and be changed after the verification."""
    part, size = tmp_path / "part-00000.parquet", 1200
    aside = tmp_path / "aside"
    aside.write_bytes(MAGIC.ljust(size, b"-"))
    sidecar_of(part).write_bytes(b"{}")
    entry = FileEntry(
        path=part.name, rows=1, sha256=hashlib.sha256(aside.read_bytes()).hexdigest(),
        size_bytes=size, key="training.1",
    )  # fmt: skip
    shutil.copy(aside, part)
    assert entry_problem(tmp_path, entry) is None
    sidecar_of(part).unlink()
    assert "is missing: the part's wrapped keys" in str(entry_problem(tmp_path, entry))
    sidecar_of(part).write_bytes(b"{}")
    part.unlink()
    target = f"{aside.parent}/{aside.name}"
    os.symlink(target.replace("/", "/" * (size - len(target) + 1), 1), part)
    assert os.lstat(part).st_size == size
    assert part.read_bytes() == aside.read_bytes()
    problem = entry_problem(tmp_path, entry)
    assert problem is not None
    assert problem.what == "is not a plain file"


def test_a_run_at_work_is_given_more_time(
    dataset: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be between two files; without one, they would have come by now."""
    pauses = list[float]()
    monkeypatch.setattr("anonymize.dataset.verify.time.sleep", pauses.append)
    monkeypatch.setattr("anonymize.dataset.verify._LOOKS", 20)
    (dataset.path / "CURRENT").write_text("000001\n")
    with dataset.lock():
        assert Dataset(dataset.path).is_at_work()
        assert not Dataset(dataset.path).verify(keyring=keyring).ok
    assert pauses == [0.05] * 20
    assert not dataset.is_at_work()


def test_versions_behind_a_link_are_not_followed(dataset: Dataset, keyring: Keyring) -> None:
    """By the current version either, which the log names."""
    os.rename(dataset.versions_path, dataset.path / "elsewhere")
    os.symlink("elsewhere", dataset.versions_path)
    with pytest.raises(DatasetError, match="versions: is not a plain folder"):
        dataset.standing(None, keyring)
