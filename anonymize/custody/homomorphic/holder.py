"""What the holder keeps of an export: the secret key, sealed by the owner's key of the keyring."""

from __future__ import annotations

import base64
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from anonymize.custody.homomorphic.checks import Checks
from anonymize.custody.homomorphic.manifest import ExportManifest, manifest_of
from anonymize.custody.homomorphic.native import Context, secret_bytes, secret_context
from anonymize.dataset.canonical import canonical, parse_each_once
from anonymize.durable import plain_bytes
from anonymize.errors import DatasetError, GateError
from anonymize.keys import OWNER, Keyring, Secret
from anonymize.keys.primitives.derive import encode_parts

REFUSED = ".refused"
"""Follows the holder's file's name: a file that says that a result of the export was refused."""
ENDING = ".holder.json"
"""The holder's file is the folder's name with this ending, beside it and never in it."""
_LARGEST = 1 << 30


@dataclass(frozen=True)
class HoldersPart:
    """An export as its holder opens it."""

    manifest: ExportManifest
    manifest_sha256: str
    context: Context = field(repr=False)
    checks: Checks = field(repr=False)
    present: Mapping[str, np.ndarray[Any, Any]] = field(repr=False)
    """Per column with nulls, which rows are there."""

    def counted(self, column: str) -> int:
        """Return the number of rows that are not null."""
        return int(self.present[column].sum()) if column in self.present else self.manifest.rows


def refuse_closed(path: Path, manifest: ExportManifest) -> None:
    """Refuse results of an export of which one was refused before. Each further answer, yes or no,
    would halve what whoever computed does not know of a secret multiplier (`checks`).

    Raises:
        GateError: see there.
    """
    note = path.with_name(path.name + REFUSED)
    try:
        noted = note.read_bytes()
    except FileNotFoundError:
        return
    except OSError:
        noted = b""  # there is one that cannot be read
    if noted and noted.strip() != manifest.id.encode():
        return  # an earlier export had the same name
    what = (
        "a false result of this export was refused before. Each answer more tells whoever computed"
        " how to make one that passes: export anew; or say --after-refusal, if you know that"
        " nobody made that one on purpose"
    )
    raise GateError(what, place=str(note))


def close(path: Path, manifest: ExportManifest) -> None:
    """Note beside the holder's file that a result was refused.

    Raises:
        DatasetError: it cannot be written.
    """
    note = path.with_name(path.name + REFUSED)
    try:
        note.write_text(f"{manifest.id}\n")
    except OSError as error:
        what = (
            "a result is not what it says, and that cannot be noted: take no other result of this"
        )
        raise DatasetError(
            f"{what} export ({os.strerror(error.errno or 5).lower()})", place=str(note)
        ) from None


def sealed(
    body: Mapping[str, Any],
    manifest_sha256: str,
    context: Context,
    checks: Checks,
    present: Mapping[str, np.ndarray[Any, Any]],
    keyring: Keyring,
) -> bytes:
    """Return the holder's file.

    Raises:
        KeysError: the keyring lacks the owner's key: it is a reader's.
    """
    secrets = {
        "manifest": dict(body),
        "manifest_sha256": manifest_sha256,
        "context": _text(secret_bytes(context).reveal()),
        "checks": _text(checks.key.reveal()),
        "present": {
            name: _text(zlib.compress(np.packbits(one).tobytes())) for name, one in present.items()
        },
    }
    identity = str(body["id"])
    wrapped = keyring.wrap(OWNER, json.dumps(secrets).encode(), _aad(identity))
    return canonical({"format": 1, "export": identity, "sealed": wrapped})


def export_of(path: Path) -> str:
    """Return the id of the export that a holder's file belongs to, unverified; empty for another
    file.
    """
    try:
        return _outer(path)[0]
    except DatasetError:
        return ""


def open_holder(path: Path, keyring: Keyring) -> HoldersPart:
    """Return what a holder's file seals.

    Raises:
        DatasetError: it is none.
        KeysError: the keyring is not the one that exported, or the file was changed.
        MissingExtraError: TenSEAL is not installed.
    """
    identity, wrapped = _outer(path)
    secrets = json.loads(keyring.unwrap(wrapped, _aad(identity)))
    manifest = manifest_of(secrets["manifest"], str(path))
    return HoldersPart(
        manifest,
        secrets["manifest_sha256"],
        secret_context(Secret(base64.b64decode(secrets["context"]))),
        Checks(Secret(base64.b64decode(secrets["checks"]))),
        {
            name: _bits(base64.b64decode(one), manifest.rows)
            for name, one in secrets["present"].items()
        },
    )


def _outer(path: Path) -> tuple[str, str]:
    try:
        said = parse_each_once(plain_bytes(path, _LARGEST))
        if set(said) != {"format", "export", "sealed"} or said["format"] != 1:
            raise ValueError
        return str(said["export"]), str(said["sealed"])
    except (OSError, ValueError, TypeError, RecursionError):
        raise DatasetError("is not a holder's file of an export", place=str(path)) from None


def _aad(identity: str) -> bytes:
    return encode_parts("coatcheck homomorphic", "holder", identity)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bits(data: bytes, rows: int) -> np.ndarray[Any, Any]:
    return np.unpackbits(np.frombuffer(zlib.decompress(data), np.uint8), count=rows).astype(bool)
