"""An export's folder, for whoever computes: opened without a key, each block checked before use."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anonymize.custody.homomorphic.manifest import (
    KIND,
    EncryptedColumn,
    ExportManifest,
    manifest_of,
)
from anonymize.custody.homomorphic.native import (
    BLOCK_BYTES,
    Block,
    Context,
    block_from,
    public_bytes,
    public_context,
)
from anonymize.dataset.certificate import open_signed_by
from anonymize.durable import plain_bytes
from anonymize.errors import DatasetError

MANIFEST = "manifest.json"
CONTEXT = "context.tenseal"
PAIR = 2 * BLOCK_BYTES
"""Bytes of a block and its check block."""
_LARGEST_MANIFEST = 64 << 20
"""3.6 billion values."""
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True)
class EncryptedFolder:
    """An opened export."""

    path: Path
    manifest: ExportManifest
    manifest_sha256: str
    context: Context

    def pairs(self, column: EncryptedColumn) -> Iterator[tuple[Block, Block]]:
        """Yield a column's blocks, each with its check block. A block is compared with its digest
        in memory, and only then looked at.

        Raises:
            DatasetError: the file is missing, has another size, or a block is not the one that the
                manifest names.
        """
        path = self.path / column.file
        try:
            with open(path, "rb", opener=lambda to, _: os.open(to, _FLAGS)) as file:
                if os.fstat(file.fileno()).st_size != PAIR * len(column.blocks):
                    what = "is cut short or too long for the rows that the manifest states"
                    raise DatasetError(what, place=str(path))
                for number, digest in enumerate(column.blocks):
                    yield pair_from(file.read(PAIR), digest, f"{path}, block {number}")
        except OSError as error:
            what = f"cannot be read: {os.strerror(error.errno or 5).lower()}"
            raise DatasetError(what, place=str(path)) from None


def pair_from(data: bytes, digest: str, place: str) -> tuple[Block, Block]:
    """Return a block and its check block.

    Raises:
        DatasetError: their digest is another one, or they are no blocks.
    """
    if hashlib.sha256(data).hexdigest() != digest:
        what = "was changed, or lies where another one was: its digest is not the stated one"
        raise DatasetError(what, place=place)
    return block_from(data[:BLOCK_BYTES], place), block_from(data[BLOCK_BYTES:], place)


def open_folder(path: str | Path, signed_by: str | None = None) -> EncryptedFolder:
    """Return the export in a folder, without any key.

    Args:
        path: The folder.
        signed_by: The holder's public key, ``ed25519:…``, from where it can be trusted; None checks
            digests alone, which somebody who changes the folder can make again.

    Raises:
        DatasetError: it is no export, was changed, is not signed by that key, or has other
            parameters.
        MissingExtraError: TenSEAL is not installed.
    """
    path = Path(path)
    place = str(path / MANIFEST)
    data = _read(path / MANIFEST, _LARGEST_MANIFEST)
    manifest = manifest_of(open_signed_by(KIND, data, signed_by, place), place)
    context = _read(path / CONTEXT, 1 << 20)
    if hashlib.sha256(context).hexdigest() != manifest.context or context != public_bytes():
        what = "is not the public context of these parameters, which the manifest names"
        raise DatasetError(what, place=str(path / CONTEXT))
    return EncryptedFolder(path, manifest, hashlib.sha256(data).hexdigest(), public_context())


def _read(path: Path, most_bytes: int) -> bytes:
    try:
        return plain_bytes(path, most_bytes)
    except ValueError as error:
        raise DatasetError(str(error), place=str(path)) from None
    except OSError as error:
        what = f"cannot be read: {os.strerror(error.errno or 5).lower()}"
        raise DatasetError(what, place=str(path)) from None
