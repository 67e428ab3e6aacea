"""Writes a version's numeric columns as ciphertexts that others compute on without a key."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np

from anonymize.arguments import checked
from anonymize.custody.acts import enter_act_in
from anonymize.custody.belonging import require_keys_of
from anonymize.custody.homomorphic import holder
from anonymize.custody.homomorphic.checks import Checks
from anonymize.custody.homomorphic.folder import CONTEXT, MANIFEST
from anonymize.custody.homomorphic.manifest import KIND, EncryptedColumn, ExportManifest
from anonymize.custody.homomorphic.native import (
    Slots,
    new_context,
    public_bytes,
)
from anonymize.custody.homomorphic.parameters import VALUE_ERROR
from anonymize.custody.homomorphic.values import Measured, blocks_of, measured, numeric_columns
from anonymize.dataset import Dataset
from anonymize.dataset.certificate import sign_document
from anonymize.dataset.version_reader import VersionReader, opened_version
from anonymize.dataset.when_and_who import now
from anonymize.durable import refuse_in_dataset, sync_folder, write_error
from anonymize.errors import ArgumentError
from anonymize.keys import OWNER, Keyring, Secret, open_keyring
from anonymize.keys.keyring.files import create_private
from anonymize.keys.keyring.public_keys import own_public_text
from anonymize.process.core_files import no_core_files

ACT = "export homomorphic"
"""The act's name in the log."""
Small = Literal["refuse", "keep"]
"""What happens to numbers that are lost beside the column's largest."""


@dataclass(frozen=True)
class HomomorphicExport:
    """What was written."""

    id: str
    rows: int
    errors: dict[str, float]
    """Per column, how far one value may be off when it comes back."""
    size_bytes: int
    holder: Path
    """The holder's file, which stays with the holder."""
    public_key: str
    """By which whoever computes checks the manifest's signature."""


@checked
@no_core_files()
def export_homomorphic(
    folder: str | Path | Dataset,
    output: str | Path,
    *,
    columns: Sequence[str] = (),
    small: Small = "refuse",
    version: int | None = None,
    dataset: str | None = None,
    keyring: Keyring | str | None = None,
) -> HomomorphicExport:
    """Write numeric columns of a version as CKKS ciphertexts into the new folder ``output``, and
    beside it the holder's file, which only the keyring's owner key opens.

    The folder holds no secret: its context can neither encrypt nor decrypt. Nulls are encrypted as
    0; which rows are null is in the holder's file alone. The rows are read twice; memory use does
    not grow with them but by a bit for each row of a column with nulls. The act is in the signed
    log before the folder appears. If the process is killed before, the next export to ``output``
    removes the remains.

    Args:
        folder: The dataset or its folder.
        output: The folder to write; it must not exist.
        columns: Columns; by default all numeric ones that the keyring opens.
        small: Whether numbers that the precision loses beside the column's largest are refused.
        version: Which version; by default the current one.
        dataset: The name the dataset must have; None accepts any.
        keyring: The owner's keyring, or its URI; a reader's cannot sign.

    Raises:
        ArgumentError: ``output`` is there or would lie in a dataset's folder; a column is not
            numeric, or holds what would be lost.
        DatasetError, KeysError: see `iter_batches`; the keyring cannot sign; a full disk.
        MissingExtraError: TenSEAL is not installed.
    """
    output = Path(output)
    beside = output.with_name(output.name + holder.ENDING)
    for path in (output, beside):
        if os.path.lexists(path):
            what = "is there already; remove it or choose another name"
            raise ArgumentError(what, place=str(path))
    refuse_in_dataset(output)
    opened = open_keyring(keyring) if not isinstance(keyring, Keyring) else keyring
    public_key = own_public_text(opened)
    opened.current(OWNER)
    new_context()  # before anything is read, if TenSEAL is not installed
    there = folder if isinstance(folder, Dataset) else Dataset(folder)
    if there.mirror is not None:
        what = "is in an object store; copy the dataset into a folder and export from there"
        raise ArgumentError(what, place=repr(there))
    require_keys_of(there.path, opened)
    reader = opened_version(there, version, opened, dataset)
    kinds = numeric_columns(reader, columns)
    rows, found = measured(reader, kinds, keep_small=small == "keep")
    try:
        with _staged(output) as staging:
            written = _Writing(staging, rows, found)
            written.write(reader)
            identity, kept = _finished(written, reader, there, opened)
            size = sum(one.stat().st_size for one in staging.iterdir())
            create_private(beside, Secret(kept))
    except BaseException as error:  # noqa: BLE001 - raised again
        beside.unlink(missing_ok=True)
        raise write_error(error, output) if isinstance(error, OSError) else error from None
    errors = {name: VALUE_ERROR * one.unit for name, one in found.items()}
    return HomomorphicExport(identity, rows, errors, size, beside, public_key)


def _finished(
    written: _Writing, reader: VersionReader, dataset: Dataset, keyring: Keyring
) -> tuple[str, bytes]:
    """Write manifest and context, and enter the act; return the export's id and the holder's
    file.
    """
    manifest = written.manifest(reader)
    body = manifest.body(at=now(), purpose=reader.manifest.purpose, software=_software())
    data = json.dumps(sign_document(KIND, body, keyring), indent=1).encode() + b"\n"
    _write(written.folder / MANIFEST, data)
    _write(written.folder / CONTEXT, public_bytes())
    seal, present = hashlib.sha256(data).hexdigest(), written.present()
    kept = holder.sealed(body, seal, written.context, written.checks, present, keyring)
    told = {
        "export": manifest.id,
        "columns": list(manifest.columns),
        "manifest_sha256": seal,
        "versions": [manifest.version],
    }
    enter_act_in(dataset, ACT, "", told, keyring)
    return manifest.id, kept


class _Writing:
    """The files of columns while they are written."""

    def __init__(self, folder: Path, rows: int, found: dict[str, Measured]) -> None:
        self.folder, self.context = folder, new_context()
        self.checks = Checks(Secret(os.urandom(32)))
        self._rows, self._found = rows, found
        self._files = {name: f"column-{at:03}.ckks" for at, name in enumerate(found)}
        self._digests: dict[str, list[str]] = {name: [] for name in found}
        self._present: dict[str, list[bytes]] = {name: [] for name in found}

    def write(self, reader: VersionReader) -> None:
        """Encrypt all rows."""
        with contextlib.ExitStack() as stack:
            files = {
                name: stack.enter_context(_new(self.folder / file))
                for name, file in self._files.items()
            }
            for number, block in enumerate(blocks_of(reader, list(self._found))):
                for name, (values, present) in block.items():
                    self._write_block(files[name], name, number, values)
                    self._present[name].append(np.packbits(present).tobytes())
            for file in files.values():
                file.flush()
                os.fsync(file.fileno())

    def _write_block(self, file: BinaryIO, name: str, number: int, values: Slots) -> None:
        scaled = values / self._found[name].unit
        pair = (scaled, self.checks.beside(scaled, name, number))
        data = b"".join(self.context.encrypted(one).tobytes() for one in pair)
        self._digests[name].append(hashlib.sha256(data).hexdigest())
        file.write(data)

    def manifest(self, reader: VersionReader) -> ExportManifest:
        """Return what was written."""
        columns = {
            name: EncryptedColumn(name, one.unit, one.whole, self._files[name], self._digests[name])
            for name, one in self._found.items()
        }
        context = hashlib.sha256(public_bytes()).hexdigest()
        made = reader.manifest
        return ExportManifest(
            os.urandom(16).hex(), made.dataset, made.version, self._rows, columns, context
        )

    def present(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return which rows are there, of columns with nulls."""
        found = {}
        for name, parts in self._present.items():
            bits = np.frombuffer(b"".join(parts), np.uint8)
            there = np.unpackbits(bits, count=self._rows).astype(bool)
            if not there.all():
                found[name] = there
        return found


def _software() -> dict[str, str]:
    return {"coatcheck": version_of("coatcheck"), "tenseal": version_of("tenseal")}


@contextlib.contextmanager
def _staged(output: Path) -> Iterator[Path]:
    """Yield a hidden folder that becomes ``output`` when the block ends without an error. It is
    locked meanwhile; those that killed processes left are removed.
    """
    _remove_left(output)
    staging = output.with_name(f".{output.name}.{os.urandom(8).hex()}.tmp")
    try:
        staging.mkdir(mode=0o700)
    except OSError as error:
        raise write_error(error, output) from None
    handle = os.open(staging, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield staging
        sync_folder(staging)
        os.rename(staging, output)
        sync_folder(output.parent)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    finally:
        os.close(handle)


def _remove_left(output: Path) -> None:
    for left in output.parent.glob(f".{_plain(output.name)}.{'[0-9a-f]' * 16}.tmp"):
        try:
            handle = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except OSError:
            pass
        finally:
            os.close(handle)


def _plain(name: str) -> str:
    import glob

    return glob.escape(name)


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _write(path: Path, data: bytes) -> None:
    with _new(path) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
