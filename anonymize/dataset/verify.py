"""Is a version what its manifest says: every digest, nothing missing, nothing added, the audit log whole."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.dataset.manifest import NAME, FileEntry, Keyring, Manifest
from anonymize.errors import DatasetError, Problem
from anonymize.io.files import sha256_of
from anonymize.io.parts import MAGIC, sidecar_of

if TYPE_CHECKING:
    from anonymize.dataset.dataset import Dataset


@dataclass(frozen=True)
class Verification:
    """The result: no problem means that the version is what was signed."""

    version: int
    problems: tuple[Problem, ...]
    files: int
    """Files whose digest was computed."""
    rows: int
    """Rows the manifest lists in data parts."""
    size_bytes: int

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def require(self) -> None:
        """Return if nothing is wrong.

        Raises:
            DatasetError: with every problem.
        """
        if self.problems:
            raise DatasetError(self.problems)


def verify_version(dataset: Dataset, version: int | None, keyring: Keyring) -> Verification:
    """Return the verification of one version: its manifest, files, and the dataset's audit log."""
    from anonymize.dataset.dataset import load_manifest

    audit = dataset.audit.verify(keyring)
    number = dataset.chosen(version if not audit else None)
    folder = dataset.folder(number)
    manifest = load_manifest(folder, number, keyring)
    problems = [*file_problems(folder, manifest, ignore=frozenset({NAME})), *audit]
    if not audit:
        problems += _audit_problems(dataset, manifest)
    size = sum(entry.size_bytes for entry in manifest.files)
    rows = sum(entry.rows for entry in manifest.data_files())
    return Verification(number, tuple(problems), len(manifest.files), rows, size)


def _audit_problems(dataset: Dataset, manifest: Manifest) -> Iterator[Problem]:
    """What the log says about the version against what its manifest says about the log."""
    entries, anchor, place = dataset.audit.entries(), manifest.audit, str(dataset.audit.path)
    before = entries[anchor.entries - 1].hash if 0 < anchor.entries <= len(entries) else ""
    if len(entries) <= anchor.entries or before != anchor.head:
        yield Problem(
            place, f"the audit log is not the one version {manifest.version} was entered in: cut short or replaced"
        )
    elif not any(e.what == "publish" and e.version == manifest.version for e in entries[anchor.entries :]):
        yield Problem(place, f"no entry of the publication of version {manifest.version}")
    if not dataset.published_here(manifest.version):
        what = f"is not the manifest that was published as version {manifest.version}"
        yield Problem(str(dataset.folder(manifest.version) / NAME), what)
    move = dataset.last_move()
    if move is not None and move.version != dataset.current:
        yield Problem(str(dataset.path / "CURRENT"), f"says {dataset.current}, the audit log says {move.version}: "
                      "changed by hand, or a run was interrupted (the next one completes it)")  # fmt: skip


def file_problems(folder: Path, manifest: Manifest, *, ignore: frozenset[str]) -> tuple[Problem, ...]:
    """Return one problem per file that is missing, changed or not listed; names in ``ignore`` may be there too."""
    listed = {entry.path for entry in manifest.files}
    sidecars = {sidecar_of(Path(path)).as_posix() for path in listed}
    problems = [problem for entry in manifest.files if (problem := entry_problem(folder, entry)) is not None]
    for path in _walk(folder):
        if path not in listed | sidecars | ignore:
            problems.append(Problem(str(folder / path), "is not listed in the manifest"))
    return tuple(problems)


def _walk(folder: Path) -> Iterator[str]:
    for root, _, files in os.walk(folder):
        for name in files:
            yield (Path(root) / name).relative_to(folder).as_posix()


def entry_problem(folder: Path, entry: FileEntry) -> Problem | None:
    """Return what is wrong with one listed file, or None."""
    path = folder / entry.path
    try:
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode):
            return Problem(str(path), "is not a plain file")
        if found.st_size != entry.size_bytes:
            return Problem(str(path), f"has {found.st_size} bytes, the manifest says {entry.size_bytes}")
        with open(path, "rb") as file:
            if file.read(4) != MAGIC:
                return Problem(str(path), "is not encrypted Parquet")
        if sha256_of(path) != entry.sha256:
            return Problem(str(path), "its bytes are not those the manifest lists: changed or replaced")
        if not sidecar_of(path).is_file():
            return Problem(str(sidecar_of(path)), "is missing: the part's wrapped keys")
    except OSError as error:
        return Problem(str(path), f"cannot be read: {os.strerror(error.errno or 5).lower()}")
    return None
