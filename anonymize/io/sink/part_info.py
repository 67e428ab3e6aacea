"""What a part is once it is complete: its file, its sidecar, its digest, its schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa


def sidecar_of(part: Path) -> Path:
    """Return the path of the wrapped keys of ``part``, with the name that Parquet uses."""
    return part.with_name(f"_KEY_MATERIAL_FOR_{part.name}.json")


@dataclass(frozen=True)
class PartInfo:
    """A complete part on disk."""

    path: Path
    rows: int
    size_bytes: int
    sha256: str
    """SHA-256 of the part's bytes, hexadecimal. Does not include the sidecar, so that keys can be
    wrapped again.
    """
    key: str
    """Name of the key that opens the footer and the unrestricted columns."""
    restricted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Key name → columns that only this key opens."""
    nulls: Mapping[str, int] = field(default_factory=dict)
    """Null count of each top-level column."""
    tail_bytes: int = 0
    """Length of the part's end that holds its encrypted footer, and in it the digests of the blocks
    before.
    """
    tail_sha256: str = ""
    """SHA-256 of these bytes, hexadecimal."""


def plain_part_schema(
    schema: pa.Schema, told: Mapping[str, Mapping[str, str]] | None = None
) -> pa.Schema:
    """Return ``schema`` without metadata, which would be written to the file and may contain
    anything, but for what is ``told`` of its fields: column → metadata.
    """
    facts = told or {}
    return pa.schema(
        [pa.field(f.name, f.type, f.nullable, facts.get(f.name) or None) for f in schema]
    )
