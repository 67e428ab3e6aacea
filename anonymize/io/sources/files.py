"""Finds the files of a source and determines their format."""

from __future__ import annotations

import glob
import itertools
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from anonymize.errors import Problem, SourceError
from anonymize.io.sources.partition_keys import key_in
from anonymize.io.sources.places import FilePlace, LocalFile
from anonymize.io.sources.standard_input import STDIN, standard_input
from anonymize.io.stores.https_settings import HttpsSettings
from anonymize.policy.addresses import Address, address_of
from anonymize.policy.https_source import https_address, is_https
from anonymize.policy.local_paths import local_path

if TYPE_CHECKING:
    from anonymize.io.stores.objects import StoredObject

FORMATS = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".psv": "csv",
    ".fwf": "fixed",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".parquet": "parquet", ".pq": "parquet",
    ".arrow": "arrow", ".arrows": "arrow", ".feather": "arrow", ".ipc": "arrow",
    ".orc": "orc", ".avro": "avro",
    ".xlsx": "excel", ".xlsm": "excel", ".xlsb": "excel", ".xls": "excel", ".ods": "excel",
}  # fmt: skip
FORMAT_NAMES = tuple(dict.fromkeys(FORMATS.values()))
FORMATS_SAID = ", ".join(FORMAT_NAMES).replace("jsonl", "jsonl, json")
"""What may be stated as a format."""
TEXT_FORMATS = frozenset({"csv", "fixed", "jsonl"})
"""Formats that are read from the first byte to the last; others need to seek."""
COMPRESSIONS = {
    ".gz": "gzip", ".bz2": "bz2", ".zst": "zstd", ".lz4": "lz4", ".xz": "xz", ".zip": "zip",
}  # fmt: skip


def find_files(path_or_glob: str, https: HttpsSettings | None = None) -> tuple[FilePlace, ...]:
    """Return the files of a path, a glob or a folder, sorted by name; ``-`` is standard input.

    In a folder, names that begin with ``.`` or ``_`` and files of unknown formats are skipped.

    Raises:
        SourceError: there are none.
    """
    if path_or_glob == STDIN:
        return (standard_input(),)
    if "\0" in path_or_glob:
        raise SourceError("holds a NUL character, which no path has", place="source")
    if (address := _address(path_or_glob)) is not None:
        return _objects(address)
    if is_https(path_or_glob):
        from anonymize.io.stores.https_files import fetch_https

        return (fetch_https(path_or_glob, https or HttpsSettings(), format_of),)
    path = Path(path_or_glob)
    if path.is_dir():
        found = sorted(
            p
            for p in path.rglob("*")
            if p.is_file() and _may_hold_data(p.name) and not _hidden(p.relative_to(path))
        )
        what = "holds no CSV, JSON Lines or Parquet file, and none of another known ending"
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
    root = fixed_part(path_or_glob)
    return tuple(_place(file, root) for file in found)


def _place(file: Path, root: Path) -> LocalFile:
    """Return the place of ``file`` below ``root``. Folders such as ``who=Ann`` are not shown."""
    folders = file.parts[len(root.parts) : -1]
    if not any(map(key_in, folders)):
        return LocalFile(file, folders=folders)
    return LocalFile(file, shown=str(root / "…" / file.name), folders=folders)


def _may_hold_data(name: str) -> bool:
    return format_of(name) is not None or name.lower().endswith(".zip")


def _address(path_or_glob: str) -> Address | None:
    """Return the address in a store that was given, None for a path of this machine.

    Raises:
        SourceError: it is an address of something else.
    """
    try:
        address = address_of(path_or_glob)
        if address is None and https_address(path_or_glob) is None:
            local_path(path_or_glob)
        return address
    except ValueError as error:
        raise SourceError(str(error), place="source") from None


def _objects(address: Address) -> tuple[FilePlace, ...]:
    """Return the objects of an address in a store; below a prefix those of known formats."""
    from anonymize.io.stores import find_objects

    found, below = find_objects(address)
    if below:
        found = tuple(one for one in found if _may_hold_data(one.name))
        if not found:
            raise SourceError("holds no CSV, JSON Lines or Parquet object", place=str(address))
    parts_said = [part for part in address.key.split("/") if part]
    said = len([*itertools.takewhile(lambda part: not glob.has_magic(part), parts_said)])
    return tuple(_below(one, said) for one in found)


def _below(found: StoredObject, said: int) -> StoredObject:
    """Return an object with the folders below the ``said`` parts of its key that were given."""
    parts = found.key.split("/")
    folders = tuple(parts[said:-1])
    hidden = any(map(key_in, folders))
    shown = "/".join([*parts[:said], "…", parts[-1]]) if hidden else ""
    return replace(found, folders=folders, shown=shown)


def fixed_part(path_or_glob: str) -> Path:
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


def format_of(name: str) -> str | None:
    """Return a word of ``FORMAT_NAMES`` by the ending of a file's name, or None."""
    suffixes = [s.lower() for s in PurePath(name).suffixes]
    if suffixes and suffixes[-1] in COMPRESSIONS:
        suffixes.pop()
    return FORMATS.get(suffixes[-1]) if suffixes else None


def choose_format(files: Sequence[FilePlace], wanted: str | None) -> str:
    """Return the one format of ``files``.

    Raises:
        SourceError: the format is unknown, or the files are of several.
    """
    if wanted is not None:
        wanted = "jsonl" if wanted == "json" else wanted
        if wanted not in FORMAT_NAMES:
            raise SourceError(
                f"unknown format '{wanted}'; choose one of {FORMATS_SAID}",
                place=str(files[0]),
            )
        return wanted
    formats = {format_of(file.name) for file in files}
    if None in formats:
        unknown = next(file for file in files if format_of(file.name) is None)
        raise SourceError(
            f"format not known by its ending; say format: NAME, one of {FORMATS_SAID}",
            place=str(unknown),
        )
    if len(formats) > 1:
        raise SourceError(
            f"files of several formats ({', '.join(sorted(map(str, formats)))}); name one with a"
            " glob",
            place=folder_of(files[0]),
        )
    return str(formats.pop())


def folder_of(place: FilePlace) -> str:
    """Return what errors about several files say: the first one's place without its name."""
    return str(place).removesuffix(place.name).rstrip("/") or "."


def refuse_empty(files: Sequence[FilePlace]) -> None:
    """Refuse files that are missing or have no bytes, all of them at once.

    Raises:
        SourceError: one problem for each such file.
    """
    problems = []
    for file in files:
        try:
            if file.state().size_bytes == 0:
                problems.append(Problem(str(file), "is empty"))
        except SourceError as error:
            problems.extend(error.problems)
    if problems:
        raise SourceError(problems)
