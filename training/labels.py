"""The labels the recogniser is trained on, and what each data set leaves unsaid."""

from __future__ import annotations

ENTITIES = ("PERSON", "LOCATION", "ORGANIZATION", "NRP", "DATE_TIME", "ID", "MISC")
LABELS = ("O", *(f"{mark}-{entity}" for entity in ENTITIES for mark in "BI"))
"""15 labels; index is the model's output."""

ANNOTATED: dict[str, frozenset[str]] = {
    "tab": frozenset(ENTITIES),
    "wnut": frozenset({"PERSON", "LOCATION", "ORGANIZATION"}),
    "btc": frozenset({"PERSON", "LOCATION", "ORGANIZATION"}),
    "wikigold": frozenset({"PERSON", "LOCATION", "ORGANIZATION"}),
    "own": frozenset(ENTITIES) - {"MISC"},
}
"""Which entities each source marks; for a word it marks as nothing, the others stay possible."""


def index_of(entity: str, *, inside: bool) -> int:
    """Return the label's index of a word that begins or continues ``entity``."""
    return 1 + 2 * ENTITIES.index(entity) + inside


def nothing_mask(source: str) -> int:
    """Return the labels possible where ``source`` marks nothing, as bits."""
    mask = 1
    for entity in ENTITIES:
        if entity not in ANNOTATED[source]:
            mask |= 3 << index_of(entity, inside=False)
    return mask


def open_mask(entity: str) -> int:
    """Return the bits of a word that is nothing or ``entity``, as for handles and codes."""
    return 1 | 3 << index_of(entity, inside=False)
