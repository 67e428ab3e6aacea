"""The signed manifest of a version: what ran on which source, and every file's digest."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from anonymize.dataset.canonical import canonical, parse_canonical, plain_json
from anonymize.dataset.card_files import CardEntry
from anonymize.dataset.facts import (
    CheckFacts,
    ColumnFacts,
    OrderFacts,
    PrivacyFacts,
    RevealFacts,
    SourceFacts,
)
from anonymize.dataset.frozen_model import FrozenModel
from anonymize.dataset.plainfile import read_plain
from anonymize.dataset.signing import Keyring, check_signature, signed
from anonymize.errors import DatasetError
from anonymize.io.sink.part_info import PartInfo
from anonymize.names import Layout

NAME = "manifest.json"
FORMAT = 1
LARGEST_BYTES = 64 << 20
_SIGNED = b"coatcheck manifest 1\n"
"""Prefix of the signed bytes, so that a signature of the key for another purpose is not valid
here.
"""


Role = Literal["data", "quarantine", "increments", "subjects", "canaries"]
"""What a part holds: readers' rows; for the owner, the rows set aside, records for the next
incremental run, whose the rows are, or which of them are invented.
"""


class FileEntry(FrozenModel):
    """One encrypted part of a version."""

    path: str
    """Path relative to the version's folder, with forward slashes."""
    role: Role = "data"
    rows: int = Field(ge=0)
    """Rows in a data part; 0 for the owner's files, because only the owner may know their count."""
    size_bytes: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    tail_bytes: int = Field(0, ge=0)
    """Length of the part's end that holds its encrypted footer, and in it the SHA-256 of each block
    before (see `anonymize.io.sink.hashed_file`). 0 in parts of earlier releases.
    """
    tail_sha256: str = Field("", pattern="^([0-9a-f]{64})?$")
    """SHA-256 of these bytes. A reader that compares them can trust the digests of the blocks, and
    so compare the blocks that it reads alone.
    """
    sidecar_sha256: str = Field("", pattern="^([0-9a-f]{64})?$")
    """SHA-256 of the sidecar with the wrapped keys, as published. Digests of keys that were wrapped
    again are in the log.
    """
    key: str
    """Name of the key for the footer and the unrestricted columns."""
    restricted: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Key name → top-level columns that only this key opens."""

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
    def of(cls, part: PartInfo, folder: Path, role: Role = "data") -> Self:
        """Return the entry of a part that was written below ``folder``."""
        return cls(
            path=part.path.relative_to(folder).as_posix(),
            role=role,
            rows=part.rows if role == "data" else 0,
            size_bytes=part.size_bytes,
            sha256=part.sha256,
            tail_bytes=part.tail_bytes,
            tail_sha256=part.tail_sha256,
            key=part.key,
            restricted=dict(part.restricted),
        )


class RowCounts(FrozenModel):
    """Numbers of the source's rows by outcome: ``read = written + suppressed + quarantined +
    filtered``.
    """

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
    """Nonzero counts of rows left out that were smaller than this are given as this number; 0: all
    counts are exact.
    """


class OwnersPart(FrozenModel):
    """The part of a manifest that only the data owner can read or use; see
    `anonymize.dataset.owner`.
    """

    key: str = ""
    """Id of the owner's key that sealed it and that made the manifest's keyed digests."""
    order_seed: str = ""
    """Seed that, with the owner's key, gives the order of this version's rows. Empty for source
    order.
    """
    sealed: str = ""
    """Exact facts about the raw data, encrypted under that key."""


class AuditAnchor(FrozenModel):
    """State of the audit log when the version was published, so that a shortened log is
    detected.
    """

    entries: int = 0
    head: str = ""
    """Hash of the last entry before this version's, empty if there is none."""


class Manifest(FrozenModel):
    """What a version is and how it was made. Contains no value of the data."""

    format: Literal[1] = 1
    dataset: str
    """The policy's name of the dataset."""
    version: int = 0
    """Set when published."""
    created_at: str = ""
    """ISO 8601, UTC; set when published."""
    begun_at: str = ""
    """ISO 8601, UTC: when the run began; empty if nobody said so."""
    purpose: str = ""
    policy: str = ""
    """The policy file's name."""
    policy_hmac_sha256: str = ""
    """Keyed digest of the policy's content. A plain digest would allow guessing names in its
    lists.
    """
    plan: Any = None
    """The plan's steps as JSON: column, action, parameters, key ids."""
    unlisted: int = Field(0, ge=0)
    """Number of places of the source that no rule names and no output holds. Their names are in the
    owner's part.
    """
    order: OrderFacts = OrderFacts()
    keys: tuple[str, ...] = ()
    """Ids (name and version) of every key that made a value or wrapped a file."""
    key_checks: dict[str, str] = Field(default_factory=dict)
    """Check value of each of these keys and of the owner's key, which distinguishes it from another
    key of the same id.
    """
    vault: str = ""
    """Id of the token vault that made tokens; empty if no rule uses one."""
    files: tuple[FileEntry, ...] = ()
    layout: Layout = "standard"
    """How the data parts are laid out: whether DuckDB can read them."""
    cards: tuple[CardEntry, ...] = ()
    """Plaintext files beside this one; set when published. Versions of before have none."""
    rows: RowCounts = RowCounts()
    columns: dict[str, ColumnFacts] = Field(default_factory=dict)
    """By output column, or place inside one; for restricted columns the types only."""
    privacy: PrivacyFacts | None = None
    """None without a ``privacy:`` block."""
    checks: CheckFacts = CheckFacts()
    source: SourceFacts = SourceFacts()
    owner: OwnersPart = OwnersPart()
    software: dict[str, str] = Field(default_factory=dict)
    """Package → version."""
    audit: AuditAnchor = AuditAnchor()
    audit_reads: bool = False
    """Whether reads by a keyring that can sign are entered in the dataset's log of reads."""
    reveal: RevealFacts | None = None
    """Whether a reveal needs a second person; None if the policy asks for none. It is in the log's
    entry of the publication, too, so that it outlives the version.
    """

    @model_validator(mode="after")
    def _sound(self) -> Self:
        paths = [*(file.path for file in self.files), *(card.name for card in self.cards), NAME]
        if len(set(paths)) != len(paths):
            raise ValueError("a file is listed twice")
        return self

    def data_files(self) -> tuple[FileEntry, ...]:
        """Return the parts with readers' rows, in order."""
        return tuple(file for file in self.files if file.role == "data")

    def as_json(self) -> dict[str, Any]:
        """Return the manifest as plain JSON values.

        Raises:
            ArgumentError: JSON cannot represent it.
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
        DatasetError: not a manifest, not in canonical form, or the signature is wrong.
        KeysError: the keyring lacks the key that signed, or holds another of the same name.
    """
    try:
        outer = parse_canonical(data)
        body, signature = outer["manifest"], outer["signature"]
        if set(outer) != {"manifest", "signature"}:
            raise ValueError
        at, content = str(body["created_at"]), _body_of(data, signature)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DatasetError("is not a manifest: damaged", place=place) from None
    check_signature(signature, keyring, _SIGNED, content, what="the manifest", place=place, at=at)
    try:
        return Manifest.model_validate(body)
    except ValidationError:
        raise DatasetError(
            "is signed but of another format; another coatcheck may have written it", place=place
        ) from None


def _body_of(data: bytes, signature: Any) -> bytes:
    """Return the manifest's own bytes in those of the file, which are canonical: what stands
    between its name and the signature. Making them anew takes as long as reading the file did.
    """
    behind = b',"signature":' + canonical(signature) + b"}"
    return data[len(b'{"manifest":') : -len(behind)]


def load_manifest(
    folder: Path, version: int, keyring: Keyring, published: str | None = None
) -> Manifest:
    """Return the checked manifest in ``folder``, which must be that of ``version``.

    ``published`` is the SHA-256 of the published manifest according to the signed log. It is
    compared before anything is parsed, so that any change, in the text or the signature, gives the
    same error.

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
