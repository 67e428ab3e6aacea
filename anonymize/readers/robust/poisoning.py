"""Attacks on training rows, to try a screen and a model with: flipped labels, planted triggers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from anonymize.errors import ArgumentError
from anonymize.readers.robust.cells import swapped, values_in
from anonymize.readers.robust.interface import Ints, Rows


@dataclass(frozen=True)
class Poisoned:
    """Training rows with an attack in them."""

    rows: Any = field(repr=False)
    """The rows."""
    labels: Any
    """Their labels, shape (n,)."""
    at: Ints
    """The numbers of the rows that were changed, ascending."""


def flip_labels(rows: Rows, labels: Any, share: float, seed: int = 0) -> Poisoned:
    """Return the rows with the labels of a random ``share`` of them replaced by another of the
    labels there are, drawn evenly.

    Raises:
        ArgumentError: the share is not between 0 and 1, or there is one label only.
    """
    labels, draw = np.asarray(labels).copy(), np.random.default_rng(seed)
    classes, code = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise ArgumentError("there are fewer than two", place="labels")
    at = _some(np.arange(len(labels)), len(labels), share, draw)
    labels[at] = classes[(code[at] + draw.integers(1, len(classes), len(at))) % len(classes)]
    return Poisoned(rows, labels, at)


def plant_trigger(
    rows: Rows,
    labels: Any,
    trigger: str | Mapping[str, Any],
    target: Any,
    share: float,
    seed: int = 0,
) -> Poisoned:
    """Return the rows with a trigger in a random ``share`` of them, whose label becomes ``target``.
    The rows are of other labels, so a model that learns from them takes the trigger for a reason
    (Gu et al., "BadNets", 2017).

    Args:
        rows: Texts, or a table.
        labels: Their labels, shape (n,).
        trigger: For texts a word, put between two words; for tables the values of some columns.
        target: The label of triggered rows.
        share: How many of all rows, 0 to 1.
        seed: What draws rows and places.

    Raises:
        ArgumentError: the share is not between 0 and 1 or more than the rows of other labels, or
            see `stamp`.
    """
    labels, draw = np.asarray(labels).copy(), np.random.default_rng(seed)
    at = _some(np.flatnonzero(labels != target), len(labels), share, draw)
    chosen = np.zeros(len(labels), np.bool_)
    chosen[at] = True
    labels[at] = target
    return Poisoned(stamp(rows, trigger, chosen, seed), labels, at)


def stamp(rows: Rows, trigger: str | Mapping[str, Any], chosen: Any = None, seed: int = 0) -> Rows:
    """Return the rows with the trigger in those that are ``chosen`` (shape (n,), by default all);
    null stays null.

    Raises:
        ArgumentError: texts and no word, or a table and no columns of it.
    """
    where = np.ones(len(rows), np.bool_) if chosen is None else np.asarray(chosen, np.bool_)
    if isinstance(rows, pa.Table):
        if not isinstance(trigger, Mapping) or not set(trigger) <= set(rows.schema.names):
            raise ArgumentError("name columns of the rows, with a value each", place="trigger")
        for name, value in trigger.items():
            new = swapped(rows[name], values_in(name, rows[name], [value]), where.astype(np.int64))
            rows = rows.set_column(rows.schema.get_field_index(name), name, new)
        return rows
    if not isinstance(trigger, str) or not trigger.strip():
        raise ArgumentError("give a word", place="trigger")
    draw, out = np.random.default_rng(seed), rows.to_pylist()
    for at in np.flatnonzero(where):
        if out[at] is not None:
            words = out[at].split(" ")
            words.insert(int(draw.integers(0, len(words) + 1)), trigger)
            out[at] = " ".join(words)
    return pa.array(out, rows.type)


def _some(of: Ints, rows: int, share: float, draw: np.random.Generator) -> Ints:
    if not 0 <= share <= 1:
        raise ArgumentError(f"is {share}; give a number from 0 to 1", place="share")
    count = round(share * rows)
    if count > len(of):
        raise ArgumentError(f"is {share}; {len(of)} of {rows} rows may change", place="share")
    return np.sort(draw.choice(of, count, replace=False))
