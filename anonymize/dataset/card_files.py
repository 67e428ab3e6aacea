"""The cards of a version: small plaintext files beside the manifest, which lists their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from pydantic import Field

from anonymize.dataset.frozen_model import FrozenModel
from anonymize.dataset.plainfile import read_plain
from anonymize.durable import Prepared
from anonymize.errors import DatasetError, Problem

LARGEST_BYTES = 64 << 20
_CHANGED = "its bytes are not those the manifest lists: changed or replaced"


class CardEntry(FrozenModel):
    """One card of a version. It is not encrypted, so it holds nothing that the manifest may not."""

    name: str = Field(pattern=r"^[a-z]{1,40}\.(html|json|md)$")
    """File name in the version's folder."""
    size_bytes: int = Field(ge=0, le=LARGEST_BYTES)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


def write_cards(folder: Path, cards: Mapping[str, bytes]) -> tuple[CardEntry, ...]:
    """Write name → content into a staged version's folder; return their entries. The caller syncs
    the folder.

    Raises:
        DatasetError: the disk is full, or a card is larger than 64 MiB.
    """
    for name, data in cards.items():
        if len(data) > LARGEST_BYTES:
            what = f"has {len(data) >> 20} MiB, and at most {LARGEST_BYTES >> 20} MiB are read"
            raise DatasetError(
                f"{what}; nothing was published: publish fewer columns in one dataset",
                place=str(folder / name),
            )
    entries = tuple(
        CardEntry(name=name, size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        for name, data in cards.items()
    )
    for name, data in cards.items():
        Prepared(folder / name, data).put(sync=False)
    return entries


def read_card(folder: Path, entries: Iterable[CardEntry], name: str) -> bytes | None:
    """Return the content of one card, which must be what its entry in the signed manifest says;
    None if the version was published without it.

    Raises:
        DatasetError: it is missing, no plain file, or changed.
    """
    entry = next((one for one in entries if one.name == name), None)
    if entry is None:
        return None
    path = folder / name
    try:
        data = read_plain(path, LARGEST_BYTES)
    except FileNotFoundError:
        raise DatasetError("is missing", place=str(path)) from None
    if len(data) != entry.size_bytes or hashlib.sha256(data).hexdigest() != entry.sha256:
        raise DatasetError(_CHANGED, place=str(path))
    return data


def card_problems(folder: Path, entries: Collection[CardEntry]) -> tuple[Problem, ...]:
    """Return the problems of cards that are missing, no plain files, or changed."""
    problems = list[Problem]()
    for entry in entries:
        try:
            read_card(folder, entries, entry.name)
        except DatasetError as error:
            problems += error.problems
    return tuple(problems)
