"""The manifest of a version: what ran on what, every file's digest, signed."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from anonymize.dataset.canonical import canonical, parse_canonical, plain_json
from anonymize.dataset.plainfile import read_plain
from anonymize.dataset.signing import Keyring, check_signature, signed
from anonymize.errors import DatasetError
from anonymize.io.sink.parts import PartInfo

NAME = "manifest.json"
FORMAT = 1
LARGEST_BYTES = 256 << 20
_SIGNED = b"coatcheck manifest 1\n"
"""Stands before the signed bytes, so that no other signature of the key can be taken for this
one.
"""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class FileEntry(_Model):
    """One encrypted part of a version."""

    path: str
    """Relative to the version's folder, with forward slashes."""
    role: Literal["data", "quarantine"] = "data"
    rows: int = Field(ge=0)
    """Rows in a data part; 0 for a quarantine file, whose rows are the owner's to count."""
    size_bytes: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    sidecar_sha256: str = Field("", pattern="^([0-9a-f]{64})?$")
    """Of the wrapped keys beside it, as published; set when published. Keys wrapped anew are in the
    log.
    """
    key: str
    """Name of the key for the footer and the unrestricted columns."""
    restricted: dict[str, tuple[str, ...]] = {}
    """Key name → top-level columns that only it opens."""

    @field_validator("path")
    @classmethod
    def _inside(cls, path: str) -> str:
        parts = PurePosixPath(path).parts
        if (
            not parts
            or path.startswith("/")
            or "\\" in path
            or any(part in {"..", "."} or part.startswith(".") for part in parts)
        ):
            raise ValueError("leads out of the version's folder")
        return path

    @classmethod
    def of(cls, part: PartInfo, folder: Path, role: Literal["data", "quarantine"] = "data") -> Self:
        """Return the entry of a part written below ``folder``."""
        return cls(
            path=part.path.relative_to(folder).as_posix(),
            role=role,
            rows=part.rows if role == "data" else 0,
            size_bytes=part.size_bytes,
            sha256=part.sha256,
            key=part.key,
            restricted=dict(part.restricted),
        )


class RowCounts(_Model):
    """Where the source's rows went: ``read = written + suppressed + quarantined + filtered``."""

    read: int = 0
    """Rows of the source."""
    written: int = 0
    """Rows in the data parts."""
    suppressed: int = 0
    """Rows left out for privacy (k-anonymity)."""
    quarantined: int = 0
    """Rows set aside because of bad values."""
    filtered: int = 0
    """Rows that ``rows.where`` left out."""
    raised_to: int = Field(0, ge=0)
    """Counts of rows left out that were smaller than this, but not zero, are told as this; 0: all
    are exact.
    """


class OwnersPart(_Model):
    """What only the data owner can read or use; see `anonymize.dataset.owner`."""

    key: str = ""
    """Id of the owner's key that sealed it, and under which the manifest's digests are."""
    order_seed: str = ""
    """With the owner's key: the order of this version's rows. Empty where they are in source
    order.
    """
    sealed: str = ""
    """Exact facts about the raw data, encrypted under that key."""


class AuditAnchor(_Model):
    """Where the audit log stood when the version was published: a shortened log shows."""

    entries: int = 0
    head: str = ""
    """Hash of the last entry before this version's, empty for none."""


class Manifest(_Model):
    """What a version is and how it came to be; nothing in it is a value of the data."""

    format: Literal[1] = 1
    dataset: str
    """The policy's name of the dataset."""
    version: int = 0
    """Set when published."""
    created_at: str = ""
    """ISO 8601, UTC; set when published."""
    purpose: str = ""
    policy: str = ""
    """The policy file's name."""
    policy_hmac_sha256: str = ""
    """Keyed digest of the policy's meaning: lists of names in it could be guessed."""
    plan: Any = None
    """The plan's steps as JSON: column, action, parameters, key ids."""
    unlisted: int = Field(0, ge=0)
    """Places of the source that no rule names and no output holds; how they are called is the
    owner's to know.
    """
    order: dict[str, str] = {}
    """``rows``: shuffled or source; ``accepted``: the reason given for source order beside
    ``privacy:``.
    """
    keys: tuple[str, ...] = ()
    """Ids (name and version) of every key that made a value or wrapped a file."""
    key_checks: dict[str, str] = {}
    """Check value of each of them and of the owner's key: tells it from another of the same id."""
    vault: str = ""
    """Id of the token vault that made tokens; empty where no rule uses one."""
    files: tuple[FileEntry, ...] = ()
    rows: RowCounts = RowCounts()
    columns: dict[str, Any] = {}
    """Per output column: type, nulls, counts of what the step changed; of restricted columns their
    type.
    """
    privacy: dict[str, Any] = {}
    """Privacy measures, asked and reached."""
    checks: dict[str, Any] = {}
    """Gates and their results: residual scan's sample and miss bound."""
    source: dict[str, Any] = {}
    """The raw data's format, number of files, and ``hmac_sha256``: a keyed digest that the owner
    can compare.
    """
    owner: OwnersPart = OwnersPart()
    software: dict[str, str] = {}
    """Package → version."""
    audit: AuditAnchor = AuditAnchor()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        paths = [file.path for file in self.files]
        if len(set(paths)) != len(paths):
            raise ValueError("a file is listed twice")
        return self

    def data_files(self) -> tuple[FileEntry, ...]:
        """Return the parts that readers get, in order."""
        return tuple(file for file in self.files if file.role == "data")

    def as_json(self) -> dict[str, Any]:
        """Return the manifest as plain JSON values.

        Raises:
            ArgumentError: it holds what JSON cannot.
        """
        body: dict[str, Any] = plain_json(self.model_dump(mode="python"), "manifest")
        return body

    def signed(self, keyring: Keyring) -> bytes:
        """Return the bytes of ``manifest.json``: this manifest and its Ed25519 signature,
        canonical.

        Raises:
            KeysError: the keyring cannot sign.
        """
        body = self.as_json()
        return canonical({"manifest": body, "signature": signed(keyring, _SIGNED, canonical(body))})


def open_manifest(data: bytes, keyring: Keyring, place: str) -> Manifest:
    """Return the manifest in ``data`` after checking form and signature.

    Raises:
        DatasetError: not a manifest, not in canonical form, or the signature is not right.
        KeysError: the keyring lacks the key that signed, or holds another of its name.
    """
    try:
        outer = parse_canonical(data)
        body, signature = outer["manifest"], outer["signature"]
        if set(outer) != {"manifest", "signature"}:
            raise ValueError
        at = str(body["created_at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DatasetError("is not a manifest: damaged", place=place) from None
    check_signature(
        signature, keyring, _SIGNED, canonical(body), what="the manifest", place=place, at=at
    )
    try:
        return Manifest.model_validate(body)
    except ValidationError:
        raise DatasetError(
            "is signed but of another format; another coatcheck may have written it", place=place
        ) from None


def load_manifest(
    folder: Path, version: int, keyring: Keyring, published: str | None = None
) -> Manifest:
    """Return the checked manifest in ``folder``, which must be that of ``version``.

    ``published`` is the SHA-256 of the manifest that the signed log says was published. It is
    compared before
    anything is parsed: whatever was changed, in the text or the signature, is told in the same
    words.

    Raises:
        DatasetError, KeysError: see `open_manifest`.
    """
    path = folder / NAME
    try:
        data = read_plain(path, LARGEST_BYTES)
    except FileNotFoundError:
        raise DatasetError("is missing or may not be read", place=str(path)) from None
    if published is not None and hashlib.sha256(data).hexdigest() != published:
        what = f"is not the manifest that was published as version {version}"
        raise DatasetError(
            f"{what}: changed, another dataset's, or put in its place", place=str(path)
        )
    manifest = open_manifest(data, keyring, str(path))
    if manifest.version != version:
        raise DatasetError(
            f"is the manifest of version {manifest.version}, not of {version}", place=str(path)
        )
    return manifest
