"""Opens one encrypted part: tries its wrapped keys, then reads its footer."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

from anonymize.dataset.keymaterial import check_keys, wrapping_keys
from anonymize.dataset.manifest import FileEntry, Manifest
from anonymize.dataset.signing import Keyring
from anonymize.errors import AnonymizeError, DatasetError, KeysError, Problem
from anonymize.io.sink.parquet_keys import Envelopes, crypto_factory
from anonymize.names import KeyId, key_name_of


def closed_columns(
    path: Path, entry: FileEntry, keyring: Keyring, envelopes: Envelopes, digests: Collection[str]
) -> frozenset[str]:
    """Return the columns of a part whose key the keyring does not hold, after trying all keys that
    it holds.

    Raises:
        KeysError: the footer's key is not held, or a held key does not open its part.
        DatasetError: the sidecar of wrapped keys is missing, damaged, or none of ``digests``.
    """
    names = _held(keyring)
    if entry.key not in names:
        raise KeysError(absent(entry.key, keyring), place=str(path))
    keys = [entry.key, *entry.restricted]
    check_keys(path, keys, [key for key in keys if key in names], envelopes, digests)
    return frozenset(
        column for key in closed_keys(entry, keyring) for column in entry.restricted[key]
    )


def closed_keys(entry: FileEntry, keyring: Keyring) -> tuple[str, ...]:
    """Return the names of a part's keys of restricted columns that the keyring does not hold."""
    names = _held(keyring)
    return tuple(key for key in entry.restricted if key not in names)


def open_part(path: Path, handle: pa.NativeFile, envelopes: Envelopes) -> pq.ParquetFile:
    """Return the part in ``handle`` with its footer read. Its keys must have been tried before.

    Only what was written under those keys is read (see `Envelopes.give`); Parquet itself would also
    take a file without encryption. Every reader holds the keys, so rows are read from a
    `checked_copy` or `CheckedBlocks` only.

    Raises:
        DatasetError, KeysError: it does not open.
    """
    given = envelopes.given
    try:
        config = pe.DecryptionConfiguration()
        properties = crypto_factory(envelopes).file_decryption_properties(
            pe.KmsConnectionConfig(), config, parquet_file_path=str(path)
        )
        file = pq.ParquetFile(handle, decryption_properties=properties)
    except AnonymizeError:
        raise
    except (pa.ArrowException, OSError, ValueError):
        raise does_not_open(path) from None
    if envelopes.given == given:  # its footer was not encrypted
        file.close()
        raise does_not_open(path)
    return file


def key_problem(
    path: Path, entry: FileEntry, keyring: Keyring, digests: Collection[str]
) -> Problem | None:
    """Return why a part with correct bytes could not be read, as far as the keyring can determine
    this; None if it could.

    Opens every wrapped key that the keyring can open, and the footer. Without the footer's key,
    only the sidecar's digest is compared. The footer is read from the file again, not from what was
    hashed: this can add a problem, and takes none away.
    """
    names, keys, envelopes = _held(keyring), [entry.key, *entry.restricted], Envelopes(keyring)
    try:
        check_keys(path, keys, [key for key in keys if key in names], envelopes, digests)
        if entry.key in names:
            with pa.OSFile(str(path), "rb") as handle, open_part(path, handle, envelopes) as file:
                if entry.role == "data" and file.metadata.num_rows != entry.rows:
                    what = f"holds {file.metadata.num_rows} rows, the manifest says {entry.rows}"
                    return Problem(str(path), what)
    except (DatasetError, KeysError) as error:
        return error.problems[0]
    return None


def lacking(folder: Path, manifest: Manifest, keyring: Keyring, *, unopened: bool) -> str:
    """Return why the keyring cannot check a version's data, if it lacks keys; else empty.

    A reader without the key of some columns is normal; a reader without any key of the data is not.
    ``unopened`` is True if something under a held key did not open.
    """
    data, names, ids = manifest.data_files(), _held(keyring), set(keyring.key_ids())
    if data and not any(entry.key in names for entry in data):
        return (
            f"{absent(data[0].key, keyring)}: the keyring cannot check the data, of which it opens"
            " nothing"
        )
    for entry in manifest.files if unopened else ():
        for key_id in sorted(wrapping_keys(folder / entry.path)):
            if key_name_of(key_id) in names and KeyId(key_id) not in ids:
                return f"{absent(key_id, keyring)}: the keyring cannot check what it wraps"
    return ""


def absent(key: str, keyring: Keyring) -> str:
    """Return the message for a key that the keyring does not hold."""
    return f"key '{key}' is not in the keyring; it holds {', '.join(keyring.key_ids()) or 'none'}"


def does_not_open(path: Path) -> DatasetError:
    """Return the error for a part that Parquet cannot open; it is the same for every cause."""
    return DatasetError(
        "does not open: damaged, or made with a key that is not in the keyring", place=str(path)
    )


def _held(keyring: Keyring) -> set[str]:
    return {key_name_of(key_id) for key_id in keyring.key_ids()}
