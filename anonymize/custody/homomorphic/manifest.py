"""What an export states of itself: signed, for whoever computes and for the holder."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anonymize.custody.homomorphic import parameters
from anonymize.custody.homomorphic.parameters import MOST_BLOCKS, SLOTS
from anonymize.errors import ArgumentError, DatasetError

KIND = "homomorphic export"
"""What the signed document is called."""
NULLS = "0 in sums, not counted by means, no score"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{32}")
_FILE = re.compile(r"column-[0-9]{3,5}\.ckks")


@dataclass(frozen=True)
class EncryptedColumn:
    """One column of an export."""

    name: str
    unit: float
    """A power of two that no value is beyond; errors are in it."""
    whole: bool
    """Whether all values are whole numbers, so that their sums are rounded to one."""
    file: str
    blocks: Sequence[str] = field(repr=False)
    """SHA-256 of each block with its check block, in order."""

    def as_json(self) -> dict[str, Any]:
        """Return it as the manifest states it; the unit as the exponent of two."""
        return {
            "name": self.name,
            "file": self.file,
            "whole": self.whole,
            "unit_bits": math.frexp(self.unit)[1] - 1,
            "error_of_a_value": parameters.VALUE_ERROR * self.unit,
            "blocks": list(self.blocks),
        }


@dataclass(frozen=True)
class ExportManifest:
    """What identifies an export, and what its files hold."""

    id: str
    """128 random bits, hexadecimal: other keys have another one."""
    dataset: str
    version: int
    rows: int
    columns: Mapping[str, EncryptedColumn]
    context: str
    """SHA-256 of the public context."""

    @property
    def blocks(self) -> int:
        """Return the number of blocks of each column."""
        return -(-self.rows // SLOTS)

    def asked_for(self, names: Sequence[str]) -> list[EncryptedColumn]:
        """Return these columns; all for none.

        Raises:
            ArgumentError: there is no such column.
        """
        if absent := [name for name in names if name not in self.columns]:
            there = ", ".join(self.columns)
            what = f"no column {', '.join(absent)} was exported; there are: {there}"
            raise ArgumentError(what, place="--columns")
        return [self.columns[name] for name in dict.fromkeys(names or self.columns)]

    def body(self, *, at: str, purpose: str, software: Mapping[str, str]) -> dict[str, Any]:
        """Return the document to sign."""
        return {
            "format": 1,
            "id": self.id,
            "dataset": self.dataset,
            "purpose": purpose,
            "version": self.version,
            "at": at,
            "software": dict(software),
            "parameters": parameters.as_json(),
            "context_sha256": self.context,
            "rows": self.rows,
            "nulls": NULLS,
            "columns": [column.as_json() for column in self.columns.values()],
        }


def manifest_of(body: Mapping[str, Any], place: str) -> ExportManifest:
    """Return what a document states.

    Raises:
        DatasetError: it is none of this format, or has other parameters than the ones that are
            used.
    """
    try:
        if body["parameters"] != parameters.as_json():
            what = "has other parameters than this release computes with; nothing was computed"
            raise DatasetError(what, place=place)
        columns = {}
        for said in body["columns"]:
            name, file, blocks = said["name"], said["file"], said["blocks"]
            columns[_text(name)] = EncryptedColumn(
                name,
                math.ldexp(1.0, _whole(said["unit_bits"], -400, 400)),
                said["whole"] is True,
                _matching(_FILE, file),
                [_matching(_DIGEST, one) for one in blocks],
            )
        found = ExportManifest(
            id=_matching(_ID, body["id"]),
            dataset=_text(body["dataset"]),
            version=_whole(body["version"], 0, 2**53),
            rows=_whole(body["rows"], 1, MOST_BLOCKS * SLOTS),
            columns=columns,
            context=_matching(_DIGEST, body["context_sha256"]),
        )
        if body["format"] != 1 or len(columns) != len(body["columns"]) or not columns:
            raise ValueError
        if any(len(column.blocks) != found.blocks for column in columns.values()):
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError):
        raise DatasetError(f"is not a {KIND}: damaged", place=place) from None
    return found


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError
    return value


def _whole(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError
    return value


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    if type(value) is not str or not pattern.fullmatch(value):
        raise ValueError
    return value
