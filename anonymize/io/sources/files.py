"""Finds the files of a source, determines their format, and detects changes after reading."""

from __future__ import annotations

import glob
import hashlib
import itertools
import os
import re
from dataclasses import dataclass
from pathlib import Path

from anonymize.errors import Problem, SourceError

FORMATS = {
    ".csv": "csv", ".tsv": "csv",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
COMPRESSIONS = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd", ".lz4": "lz4"}


@dataclass(frozen=True)
class FileState:
    """State of a file when the source was opened, for detecting that it changed."""

    size_bytes: int
    """Length in bytes."""
    mtime_ns: int
    """Time of the last write, nanoseconds since 1970."""
    inode: int
    """Changes if the file is replaced by another."""

    @classmethod
    def of(cls, path: Path) -> FileState:
        """Return the present state of ``path``.

        Raises:
            SourceError: the file is missing or may not be read.
        """
        try:
            stat = os.stat(path)
        except OSError as error:
            raise SourceError(_why_unreadable(error), place=str(path)) from None
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ino)

    def check(self, path: Path) -> None:
        """Refuse ``path`` if it is no longer in this state.

        Raises:
            SourceError: the file was written to, replaced or removed.
        """
        if not path.exists() or FileState.of(path) != self:
            raise SourceError(
                "changed while it was read; run again when nothing writes to it", place=str(path)
            )


def _why_unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return (
        "may not be read"
        if isinstance(error, PermissionError)
        else f"cannot be read: {os.strerror(error.errno or 5)}"
    )


def find_files(path_or_glob: str) -> tuple[Path, ...]:
    """Return the files of a path, a glob or a folder, sorted by name.

    In a folder, names that begin with ``.`` or ``_`` and files of unknown formats are skipped.

    Raises:
        SourceError: there are none.
    """
    if "\0" in path_or_glob:
        raise SourceError("holds a NUL character, which no path has", place="source")
    path = Path(path_or_glob)
    if path.is_dir():
        found = sorted(
            p
            for p in path.rglob("*")
            if p.is_file() and format_of(p) and not _hidden(p.relative_to(path))
        )
        what = "holds no CSV, JSON Lines or Parquet file"
    elif path.exists() or not glob.has_magic(path_or_glob):
        found, what = [path], ""
    else:
        found = sorted(
            Path(p) for p in glob.glob(path_or_glob, recursive=True) if os.path.isfile(p)
        )
        what = "matches no file"
    if not found:
        raise SourceError(what, place=path_or_glob)
    _refuse_unnameable(found)
    _refuse_partition_folders(found, path_or_glob)
    return tuple(found)


_PARTITION = re.compile(r"([A-Za-z_][\w. -]*)=.*", re.DOTALL)


def _refuse_partition_folders(files: list[Path], path_or_glob: str) -> None:
    """Refuse folders such as ``year=2024`` below the given path: their column is not in any file.

    The error names only the column, because its values may be personal data.

    Raises:
        SourceError: the columns would be left out without notice.
    """
    said = len(folder_of(path_or_glob).parts)
    inside = (part for file in files for part in file.parts[said:-1])
    columns = sorted({found.group(1) for part in inside if (found := _PARTITION.fullmatch(part))})
    if columns:
        told = ", ".join(columns)
        what = (
            f"is partitioned by folders: {told} would be left out, for no file holds it; write the"
            " files with "
        )
        raise SourceError(
            f"{what}{told} as a column, or name one folder, whose rows all have one value",
            place=path_or_glob,
        )


def folder_of(path_or_glob: str) -> Path:
    """Return the fixed part of a path: all of it, or what precedes a glob's first wildcard."""
    path = Path(path_or_glob)
    if path.exists() or not glob.has_magic(path_or_glob):
        return path
    fixed = [*itertools.takewhile(lambda part: not glob.has_magic(part), path.parts)]
    return Path(*fixed)


def _refuse_unnameable(files: list[Path]) -> None:
    """Refuse names that a manifest cannot represent."""
    bad = [ascii(file.name) for file in files if not _is_text(file.name)]
    if bad:
        raise SourceError(
            f"names that are not UTF-8: {', '.join(bad)}; rename the files",
            place=str(files[0].parent),
        )


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _hidden(relative: Path) -> bool:
    return any(part.startswith((".", "_")) for part in relative.parts)


def format_of(path: Path) -> str | None:
    """Return ``csv``, ``jsonl`` or ``parquet`` by the file's ending, or None."""
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSIONS:
        suffixes.pop()
    return FORMATS.get(suffixes[-1]) if suffixes else None


def choose_format(files: tuple[Path, ...], wanted: str | None) -> str:
    """Return the one format of ``files``.

    Raises:
        SourceError: the format is unknown, or the files are of several.
    """
    if wanted is not None:
        if wanted not in set(FORMATS.values()):
            raise SourceError(
                f"unknown format '{wanted}'; choose one of csv, jsonl, parquet", place=str(files[0])
            )
        return wanted
    formats = {format_of(file) for file in files}
    if None in formats:
        unknown = next(file for file in files if format_of(file) is None)
        raise SourceError(
            "format not known by its ending; say format: csv, jsonl or parquet", place=str(unknown)
        )
    if len(formats) > 1:
        raise SourceError(
            f"files of several formats ({', '.join(sorted(map(str, formats)))}); name one with a"
            " glob",
            place=str(files[0].parent),
        )
    return str(formats.pop())


def refuse_empty(files: tuple[Path, ...]) -> None:
    """Refuse files that are missing or have no bytes, all of them at once.

    Raises:
        SourceError: one problem for each such file.
    """
    problems = []
    for file in files:
        try:
            if FileState.of(file).size_bytes == 0:
                problems.append(Problem(str(file), "is empty"))
        except SourceError as error:
            problems.extend(error.problems)
    if problems:
        raise SourceError(problems)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
