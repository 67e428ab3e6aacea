"""Gives out the data keys of a version, for DuckDB, which knows no keyring."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anonymize.arguments import checked
from anonymize.custody.acts import enter_act_in, require_reason
from anonymize.custody.belonging import key_checks, require_keys_of
from anonymize.dataset import Dataset
from anonymize.dataset.keymaterial import data_key, wrapping_keys
from anonymize.dataset.version_reader import VersionReader, opened_version
from anonymize.durable import refuse_in_dataset
from anonymize.errors import ArgumentError, DatasetError
from anonymize.io.sink.parquet_keys import Envelopes
from anonymize.keys import Keyring, Secret, open_keyring
from anonymize.keys.keyring.files import create_private

ACT = "export data key"
"""The act's name in the log."""
DISABLED = ("filter_pushdown", "join_filter_pushdown", "late_materialization", "top_n")
"""DuckDB's optimizers that have it skip rows inside an encrypted column chunk, which it then fails
to decrypt; tried with 2.0.1.
"""
_PATTERN = frozenset("*?[")


@dataclass(frozen=True)
class ExportedKeys:
    """What was given out."""

    dataset: str
    """The dataset's name."""
    version: int
    parts: int
    """Files whose data key was given out."""
    rows: int
    """Rows in them."""


@checked
def export_dek(
    folder: str | Path | Dataset,
    output: str | Path,
    keyring: Keyring | str | None = None,
    *,
    reason: str,
    version: int | None = None,
    dataset: str | None = None,
) -> ExportedKeys:
    """Write the data keys of a version as SQL by which DuckDB reads it, and return what they open.

    ``output`` is a new file of mode 0600. Running it gives a DuckDB connection a temporary view
    with the dataset's name. A data key opens all columns and rows of one file, for good: rotating,
    revoking or destroying a key of the keyring does not change it. The version is verified before,
    and the act is in the signed log, with reason and without a key, before a key is written.

    Args:
        folder: The dataset or its folder.
        output: The file to write, outside of the dataset's folder.
        keyring: The owner's keyring, or its URI; a reader's cannot sign the entry.
        reason: Why; goes into the log.
        version: Which version; by default the current one.
        dataset: The name the dataset must have; None accepts any.

    Raises:
        ArgumentError: no reason, a file that is there already, or the version was not published
            with ``sink: {layout: duckdb}``.
        DatasetError: the version does not verify.
        KeysError: the keyring lacks the key, cannot sign, or is older than the dataset.
    """
    require_reason(reason, 1, bulk=False)
    output, opened = Path(output), folder if isinstance(folder, Dataset) else Dataset(folder)
    if output.exists():
        raise ArgumentError("is there already; name another file", place=str(output))
    refuse_in_dataset(output)
    if opened.mirror is not None:
        what = "is in an object store; DuckDB reads versions in folders: copy the dataset to one"
        raise ArgumentError(what, place=repr(opened))
    keyring = open_keyring(keyring) if not isinstance(keyring, Keyring) else keyring
    require_keys_of(opened.path, keyring)
    reader = opened_version(opened, version, keyring, dataset)
    _refuse_other_layout(reader)
    opened.verify(reader.manifest.version, keyring=keyring, dataset=dataset).require()
    paths = [_path_for_duckdb(reader.folder / entry.path) for entry in reader.files()]
    keys = [Secret(key) for key in _data_keys(reader)]
    enter_act_in(opened, ACT, reason, _details(reader, keyring), keyring)
    create_private(output, _sql(reader, paths, keys))
    rows = sum(entry.rows for entry in reader.files())
    return ExportedKeys(reader.manifest.dataset, reader.manifest.version, len(keys), rows)


def given_out(dataset: Dataset, keyring: Keyring) -> dict[int, str]:
    """Return the versions whose data keys were given out, with the time of the last such act.

    Raises:
        DatasetError, KeysError: the log is damaged, or not signed by the keyring's keys.
    """
    return {
        int(number): entry.at
        for entry in dataset.audit.entries(keyring)
        if entry.what == ACT
        for number in entry.details["versions"]
    }


def _details(reader: VersionReader, keyring: Keyring) -> dict[str, Any]:
    paths = [reader.folder / entry.path for entry in reader.files()]
    wrapped_by = sorted({key_id for path in paths for key_id in wrapping_keys(path)})
    return {
        "versions": [reader.manifest.version],
        "parts": len(paths),
        "keys": key_checks(keyring, wrapped_by),
    }


def _refuse_other_layout(reader: VersionReader) -> None:
    manifest = reader.manifest
    if manifest.layout != "duckdb":
        what = (
            f"version {manifest.version} was published with layout {manifest.layout}, which DuckDB"
            " does not read, and no other program needs a data key; say sink: {layout: duckdb} in"
            " the policy and run it again, or see docs/readers.md for other readers"
        )
        raise ArgumentError(what, place=str(reader.dataset.path))


def _data_keys(reader: VersionReader) -> list[bytes]:
    """Return the data key of each part. The parts' digests were compared before."""
    envelopes = Envelopes(reader.keyring)
    return [
        data_key(
            reader.folder / entry.path,
            envelopes,
            {entry.sidecar_sha256, *reader.sidecars.get(entry.path, ())},
        )
        for entry in reader.files()
    ]


def _path_for_duckdb(path: Path) -> str:
    """Return the absolute path as it stands in SQL.

    Raises:
        DatasetError: DuckDB would take it for a pattern.
    """
    text = str(path.resolve())
    if _PATTERN & set(text):
        what = "DuckDB takes a path with *, ? or [ for a pattern; put the dataset elsewhere"
        raise DatasetError(what, place=text)
    return _quoted(text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _sql(reader: VersionReader, paths: Sequence[str], keys: Sequence[Secret]) -> Secret:
    """Return the SQL. One view for all, because each part has a data key of its own."""
    manifest = reader.manifest
    names = [f"coatcheck_{manifest.version}_{number}" for number in range(len(keys))]
    said = [
        f"-- Secret: the data keys of {manifest.dataset} version {manifest.version}. Whoever has"
        " them reads all of its files, for good.",
        "-- DuckDB compares neither the manifest nor the log: first run coatcheck verify.",
    ]
    for name, key in zip(names, keys, strict=True):
        said.append(
            f"PRAGMA add_parquet_key('{name}', '{base64.b64encode(key.reveal()).decode()}');"
        )
    said.append(f"SET disabled_optimizers = '{','.join(DISABLED)}';")
    reads = [
        f"SELECT * FROM read_parquet({path}, hive_partitioning = false,"  # noqa: S608 - quoted
        f" encryption_config = {{footer_key: '{name}'}})"
        for path, name in zip(paths, names, strict=True)
    ]
    view = f'CREATE OR REPLACE TEMP VIEW "{manifest.dataset}" AS'
    said.append(f"{view}\n" + "\nUNION ALL\n".join(reads) + ";\n")
    return Secret("\n".join(said).encode())
