"""What a version keeps for the next incremental run: a record per part of what it was made of.

The records lie in one encrypted file of the version, under the owner's key, listed and signed as
its parts are. They hold counts, digests and sealed facts, no rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pyarrow as pa

from anonymize.dataset.dataset import Dataset
from anonymize.dataset.manifest import Manifest
from anonymize.dataset.reader import read_role
from anonymize.dataset.signing import Keyring
from anonymize.io import KeyWrapper, PartInfo, write_part
from anonymize.keys import OWNER

ROLE: Literal["increments"] = "increments"
NAME = "increments.parquet"
SCHEMA = pa.schema([("name", pa.string()), ("record", pa.binary())])


def write_increments(folder: Path, records: Mapping[str, bytes], keyring: KeyWrapper) -> PartInfo:
    """Write ``records`` below a staged version; return the file's info.

    Raises:
        DatasetError: it could not be written.
    """
    batches = (
        pa.record_batch([pa.array([name]), pa.array([record], pa.binary())], schema=SCHEMA)
        for name, record in records.items()
    )
    return write_part(folder / NAME, SCHEMA, batches, keyring=keyring, key=OWNER)


def has_increments(manifest: Manifest) -> bool:
    """Return True if a version keeps records."""
    return any(entry.role == ROLE for entry in manifest.files)


def read_increments(dataset: Dataset, version: int, keyring: Keyring) -> dict[str, bytes]:
    """Return the records of a version.

    Raises:
        DatasetError: the version's files are not as signed.
        KeysError: the keyring lacks the owner's key.
    """
    found: dict[str, bytes] = {}
    for batch in read_role(dataset, version, keyring, ROLE):
        found.update(zip(batch["name"].to_pylist(), batch["record"].to_pylist(), strict=True))
    return found
