"""The file that whoever computes hands back: what was computed, and ciphertexts.

``coatcheck homomorphic result 1`` and a line end, the length of a JSON header in eight bytes, the
header, the weights of rows if there are any, then blocks, each with its check block. Nothing of it
is trusted; the check blocks say whether the ciphertexts are what the header claims.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from anonymize.custody.homomorphic.computation import (
    OPERATIONS,
    Model,
    Operation,
    Weights,
    linear_model,
    row_weights,
)
from anonymize.custody.homomorphic.folder import PAIR
from anonymize.custody.homomorphic.manifest import ExportManifest
from anonymize.custody.homomorphic.native import BLOCK_BYTES, Block, block_from
from anonymize.dataset.canonical import canonical, parse_canonical
from anonymize.durable import refuse_in_dataset, write_error
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError
from anonymize.io.sink.unnamed_file import unnamed_file

_MAGIC = b"coatcheck homomorphic result 1\n"
_LARGEST_HEADER = 1 << 20
_FIELDS = {
    "format", "export", "manifest_sha256", "operation", "columns", "coefficients", "intercept",
    "weights", "at", "software",
}  # fmt: skip
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True)
class Claim:
    """What a result says was computed."""

    export: str
    manifest_sha256: str
    operation: Operation
    columns: tuple[str, ...]
    model: Model | None = None
    weights: Weights | None = None

    def pairs_in(self, manifest: ExportManifest) -> int:
        """Return how many blocks, each with its check block, belong to it."""
        return manifest.blocks if self.operation == "linear" else len(self.columns)

    def header(self, at: str, software: Mapping[str, str]) -> bytes:
        """Return the header."""
        return canonical(
            {
                "format": 1,
                "export": self.export,
                "manifest_sha256": self.manifest_sha256,
                "operation": self.operation,
                "columns": list(self.columns),
                "coefficients": [self.model.coefficients[one] for one in self.columns]
                if self.model
                else [],
                "intercept": self.model.intercept if self.model else 0.0,
                "weights": self.weights is not None,
                "at": at,
                "software": dict(software),
            }
        )


def write_result(
    path: Path, claim: Claim, rows: int, pairs: Iterator[tuple[Block, Block]], header: bytes
) -> int:
    """Write a result that appears when it is complete (mode 0600); return its size in bytes.

    Raises:
        ArgumentError: there is a file already, or it would lie in a dataset's folder.
        DatasetError: the disk is full.
    """
    refuse_in_dataset(path)
    try:
        with unnamed_file(path, overwrite=False) as file:
            file.write(_MAGIC + len(header).to_bytes(8, "little") + header)
            if claim.weights is not None:
                given = claim.weights.values[:rows] * claim.weights.scale
                file.write(given.astype("<f8").tobytes())
            for block, check in pairs:
                file.write(block.astype("<u8", copy=False).tobytes())
                file.write(check.astype("<u8", copy=False).tobytes())
            return file.tell()
    except AnonymizeError:
        raise
    except FileExistsError:
        what = "is there already; remove it or choose another name"
        raise ArgumentError(what, place=str(path)) from None
    except OSError as error:
        raise write_error(error, path) from None


@dataclass(frozen=True)
class ResultFile:
    """An opened result."""

    path: Path
    file: BinaryIO
    header: Mapping[str, Any]

    @property
    def export(self) -> str:
        """Return the id of the export that it says it was computed on."""
        return str(self.header["export"])

    def claim(self, manifest: ExportManifest, manifest_sha256: str) -> Claim:
        """Return what it says was computed, and go to its first block.

        Raises:
            DatasetError: it is of another export, says something that cannot be computed on this
                one, or has another size than that has.
        """
        said = self.header
        if said["export"] != manifest.id or said["manifest_sha256"] != manifest_sha256:
            what = "was computed on another export than the holder's file is of"
            raise DatasetError(what, place=str(self.path))
        names = tuple(said["columns"])
        if not names or len(set(names)) != len(names) or not set(names) <= set(manifest.columns):
            raise self._damaged()
        model = weights = None
        try:
            if said["operation"] == "linear":
                coefficients = dict(zip(names, said["coefficients"], strict=True))
                model = linear_model(coefficients, said["intercept"], manifest)
                if len(model.coefficients) != len(names):
                    raise self._damaged()
            if said["weights"]:
                data = self.file.read(8 * manifest.rows)
                if len(data) != 8 * manifest.rows:
                    raise self._damaged()
                weights = row_weights(np.frombuffer(data, "<f8"), manifest)
        except (ArgumentError, ValueError):
            raise self._damaged() from None
        claim = Claim(manifest.id, manifest_sha256, said["operation"], names, model, weights)
        left = os.fstat(self.file.fileno()).st_size - self.file.tell()
        if left != PAIR * claim.pairs_in(manifest):
            raise self._damaged()
        return claim

    def pair(self) -> tuple[Block, Block]:
        """Return the next block and its check block.

        Raises:
            DatasetError: they are no blocks.
        """
        data, place = self.file.read(PAIR), str(self.path)
        return block_from(data[:BLOCK_BYTES], place), block_from(data[BLOCK_BYTES:], place)

    def _damaged(self) -> DatasetError:
        return _damaged(self.path)


def open_result(path: Path) -> ResultFile:
    """Return a result, its header read; the caller closes its file.

    Raises:
        DatasetError: it is none, or cannot be read.
    """
    try:
        file = open(path, "rb", opener=lambda to, _: os.open(to, _FLAGS))  # noqa: SIM115
    except OSError as error:
        what = f"cannot be read: {os.strerror(error.errno or 5).lower()}"
        raise DatasetError(what, place=str(path)) from None
    try:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ValueError
        length = int.from_bytes(file.read(8), "little")
        if length > _LARGEST_HEADER:
            raise ValueError
        header = parse_canonical(file.read(length))
        if not _is_header(header):
            raise ValueError
    except (OSError, ValueError, TypeError, RecursionError):
        file.close()
        raise _damaged(path) from None
    return ResultFile(path, file, header)


def _is_header(said: Any) -> bool:
    """Return whether a header has the fields and types of one."""
    if type(said) is not dict or set(said) != _FIELDS or said["format"] != 1:
        return False
    operation, numbers = said["operation"], said["coefficients"]
    return (
        operation in OPERATIONS
        and type(said["columns"]) is list
        and all(type(name) is str for name in said["columns"])
        and type(numbers) is list
        and all(type(one) in (int, float) for one in (*numbers, said["intercept"]))
        and said["weights"] is (operation == "weighted")
        and (operation == "linear" or not numbers)
    )


def _damaged(path: Path) -> DatasetError:
    return DatasetError("is not a whole result of a computation: damaged", place=str(path))
