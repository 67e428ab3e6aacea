"""Divides a text file into pieces, where its bytes can be read from the middle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import TypeVar

from anonymize.io.sources.file_partition import FilePartition
from anonymize.io.sources.files import COMPRESSIONS
from anonymize.io.sources.pieces import Span, pieces_wanted
from anonymize.io.sources.places import FilePlace, LocalFile, Ranged

Piece = TypeVar("Piece", bound=FilePartition)


def divided(
    partition: Piece,
    spans: Callable[[int, int], list[Span]],
    encoding: str = "utf-8",
    slow: bool = False,
) -> tuple[Piece, ...]:
    """Return a text file in pieces; ``spans(size_bytes, count)`` finds them.

    It stays whole if it is small, cannot be read from the middle, or none are found.

    Raises:
        SourceError: it changed since it was opened.
    """
    size_bytes = partition.state.size_bytes
    count = pieces_wanted(size_bytes, slow)
    if count < 2 or not is_divisible_text(partition.place, encoding):
        return (partition,)
    with partition.unchanged():
        found = spans(size_bytes, count)
    if len(found) < 2:
        return (partition,)
    return tuple(replace(partition, span=span) for span in found)  # type: ignore[call-arg]


def is_divisible_text(place: FilePlace, encoding: str) -> bool:
    """Return whether the bytes of a text file can be read from the middle: a plain file of this
    machine or an object in a store, not compressed, in UTF-8.
    """
    packed = PurePath(place.name).suffix.lower() in COMPRESSIONS
    is_reachable = type(place) is LocalFile or isinstance(place, Ranged)
    return is_reachable and encoding == "utf-8" and not packed
