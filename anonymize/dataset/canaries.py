"""Which rows of a version are invented, for who holds the key ``canary``.

A version whose policy asks for canaries has a file ``canaries/part-N.parquet`` beside each part,
also beside one without any, encrypted under that key. It holds one record: where the canaries' rows
are, what is in them, and the decoys that were made like them and not published. Its length is
rounded up to a power of four, so that it does not tell how many there are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.dataset.dataset import Dataset
from anonymize.dataset.manifest import Manifest
from anonymize.dataset.reader import read_role
from anonymize.dataset.signing import Keyring
from anonymize.errors import DatasetError, KeysError
from anonymize.io import KeyWrapper, PartInfo, write_part
from anonymize.keys import CANARY

ROLE: Literal["canaries"] = "canaries"
FOLDER = "canaries"
SCHEMA = pa.schema([("record", pa.binary())])
LEAST_BYTES = 1 << 16
_LENGTH = 8


@dataclass(frozen=True)
class CanaryRecord:
    """The canaries and decoys of one part."""

    facts: dict[str, Any]
    """``dataset``, ``recipient``, ``run``, ``place``, ``marks`` (a list of column and bits)."""
    rows: pa.Table
    """The canaries' rows, with ``person`` (from 0) and ``row``, the position in the part, after the
    published columns.
    """
    decoys: pa.Table
    """The decoys' rows, with ``person``; null in columns of ids."""

    @property
    def people(self) -> int:
        """Return the number of canaries."""
        return len(self.rows["person"].unique())

    def as_bytes(self) -> bytes:
        """Return the record, padded by random bytes."""
        tables = [_stream(self.rows), _stream(self.decoys)]
        head = json.dumps({**self.facts, "lengths": [len(one) for one in tables]}).encode()
        body = len(head).to_bytes(_LENGTH, "big") + head + b"".join(tables)
        size = LEAST_BYTES
        while size < len(body):
            size *= 4
        return body + os.urandom(size - len(body))

    @classmethod
    def of_bytes(cls, data: bytes) -> CanaryRecord:
        """Return the record that `as_bytes` wrote."""
        end = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
        facts: dict[str, Any] = json.loads(data[_LENGTH:end])
        tables = []
        for length in facts.pop("lengths"):
            with pa.ipc.open_stream(data[end : end + length]) as stream:
                tables.append(stream.read_all())
            end += length
        return cls(facts, *tables)


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def write_canaries(folder: Path, name: str, record: CanaryRecord, keyring: KeyWrapper) -> PartInfo:
    """Write the record of the part of that name below a staged version; return the file's info.

    Raises:
        DatasetError: it could not be written.
    """
    path = folder / FOLDER / name
    batch = pa.record_batch([pa.array([record.as_bytes()], pa.binary())], schema=SCHEMA)
    return write_part(path, SCHEMA, [batch], keyring=keyring, key=CANARY)


def has_canaries(manifest: Manifest) -> bool:
    """Return True if a version was made by a policy with canaries."""
    return any(entry.role == ROLE for entry in manifest.files)


def read_canaries(
    dataset: Dataset, manifest: Manifest, keyring: Keyring
) -> Iterator[tuple[str, CanaryRecord]]:
    """Yield the name of each part of a version, and its record.

    Raises:
        DatasetError: the version's files are not as signed.
        KeysError: the keyring lacks the key ``canary``, or that version of it.
    """
    for entry in manifest.data_files():
        path = f"{FOLDER}/{entry.path}"
        for batch in read_role(dataset, manifest.version, keyring, ROLE, path):
            for data in batch["record"]:
                yield entry.path, _record(data.as_py(), dataset)


def _record(data: bytes, dataset: Dataset) -> CanaryRecord:
    try:
        return CanaryRecord.of_bytes(data)
    except (ValueError, KeyError, TypeError, pa.ArrowException):
        what = "has a record of canaries that another Coatcheck wrote"
        raise DatasetError(what, place=str(dataset.path)) from None


class RealRows:
    """Tells which of a version's rows are of the source, batch by batch in the version's order. Who
    lacks the key ``canary`` takes all for such.
    """

    def __init__(self, dataset: Dataset, manifest: Manifest, keyring: Keyring) -> None:
        """Open the records of a version."""
        self._invented: npt.NDArray[np.int64] | None = None
        self._at = 0
        if not has_canaries(manifest):
            return
        starts, at = dict[str, int](), 0
        for entry in manifest.data_files():
            starts[entry.path], at = at, at + entry.rows
        try:
            records = list(read_canaries(dataset, manifest, keyring))
        except KeysError:
            return
        rows = [starts[name] + np.asarray(record.rows["row"]) for name, record in records]
        self._invented = np.sort(np.concatenate([*rows, np.zeros(0, np.int64)]))

    def next(self, rows: int) -> npt.NDArray[np.bool_]:
        """Return, for each of the next rows, whether it is of the source."""
        real = np.ones(rows, np.bool_)
        if self._invented is not None:
            low, high = np.searchsorted(self._invented, [self._at, self._at + rows])
            real[self._invented[low:high] - self._at] = False
        self._at += rows
        return real
