"""Which values of the new release a label of the earlier one covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import AnonymizeError
from anonymize.privacy.across.periods import Periods
from anonymize.privacy.across.release import Mask, distinct
from anonymize.privacy.coded import CodedColumn
from anonymize.privacy.digests import Words
from anonymize.privacy.hierarchies import ROOT, Texts, ValueHierarchy

_MISSING = "missing"
_OR_MISSING = " or missing"


@dataclass(frozen=True)
class Covering:
    """Per value the labels that cover it."""

    labels: int
    """Number of labels."""
    starts: Words = field(repr=False)
    """Where each value's labels begin, shape (values + 1,)."""
    covers: Words = field(repr=False)
    """The labels of each value."""
    unknown: int
    """Labels whose groups are not known: they are taken to cover every value."""


def covering(
    labels: pa.StringArray,
    values: pa.StringArray,
    hierarchy: ValueHierarchy | None,
    *,
    typed: pa.Array | None = None,
    same: bool,
) -> Covering:
    """Return which labels cover each value.

    A label covers itself, what the hierarchy says, what an interval, a period, a prefix with stars
    or a set says, and everything if it is ``*``. Null covers null.

    Args:
        labels: The different labels of a column of the earlier release, null included.
        values: The different values of the column before it is recoded as text, null included.
        hierarchy: The column's hierarchy now; None if it is not recoded.
        typed: The values in the type that the hierarchy takes; by default as text.
        same: Whether both releases make labels in one way. Then a label that covers no value is
            one that nobody has; otherwise its group is not known.
    """
    known = np.zeros(len(labels), np.bool_)
    coded = _coded(values if typed is None else typed, hierarchy)
    pairs = list(_pairs(labels, values, coded, known))
    known |= np.asarray(labels.is_null()) | same
    known |= _leaves(labels, known, hierarchy)
    every = np.flatnonzero(~known)
    pairs += [_all(int(at), len(values)) for at in every]
    each = [value * max(len(labels), 1) + at for at, value in pairs]
    keys = distinct(np.concatenate([np.zeros(0, np.int64), *each]))
    starts = np.searchsorted(keys, np.arange(len(values) + 1) * max(len(labels), 1))
    return Covering(len(labels), starts, keys % max(len(labels), 1), len(every))


def _all(label: int, values: int) -> tuple[Words, Words]:
    return np.full(values, label), np.arange(values)


def _pairs(
    labels: pa.StringArray, values: pa.StringArray, coded: CodedColumn | None, known: Mask
) -> Iterator[tuple[Words, Words]]:
    """Yield labels with values that they cover; notes which labels are known."""
    at = np.asarray(pc.index_in(values, value_set=labels).fill_null(-1)).astype(np.int64)
    own = np.flatnonzero(at >= 0)
    known[at[own]] = True
    yield at[own], own
    for level in coded.levels if coded else ():
        names = level.labels
        array = names.array if isinstance(names, Texts) else pa.array(names, pa.string())
        place = np.asarray(pc.index_in(array, value_set=labels).fill_null(-1)).astype(np.int64)
        of = place[level.nodes]
        inside = np.flatnonzero(of >= 0)
        known[of[inside]] = True
        yield of[inside], inside
    whole = pc.equal(labels, ROOT).fill_null(False)
    for label in np.flatnonzero(np.asarray(whole)):
        known[label] = True
        yield _all(int(label), len(values))
    yield from _written(labels, values, known)


def _written(
    labels: pa.StringArray, values: pa.StringArray, known: Mask
) -> Iterator[tuple[Words, Words]]:
    """Yield what labels say by themselves that are not known yet."""
    unknown = np.flatnonzero(~known).tolist()
    if not unknown:
        return
    null = np.flatnonzero(np.asarray(values.is_null()))
    periods, sets = Periods.of(labels, values), _Sets.of(values)
    for label in unknown:
        text = labels[label].as_py()
        if text is None:
            continue
        bare = text.removesuffix(_OR_MISSING)
        found = periods.covered(bare)
        if found is None:
            found = sets.covered(bare)
        if found is None and bare != text:
            found = _at(pc.equal(values, bare).fill_null(False))
        if found is None and text.rstrip("*") not in ("", text):
            found = _at(pc.starts_with(values, text.rstrip("*")).fill_null(False))
        if found is None:
            continue
        known[label] = True
        if bare != text:
            found = np.concatenate([found, null])
        yield np.full(len(found), label), found


@dataclass(frozen=True)
class _Sets:
    """Values by their text, for labels that are sets: ``{A, B}``."""

    places: Mapping[str | None, int]
    with_commas: tuple[str, ...]
    """Values that cannot be told from two others by the commas of a set."""

    @classmethod
    def of(cls, values: pa.StringArray) -> _Sets:
        texts = values.to_pylist()
        places = {text: at for at, text in enumerate(texts)}
        return cls(places, tuple(text for text in texts if text is not None and ", " in text))

    def covered(self, text: str) -> Words | None:
        """Return the values of a set; None if the label is none."""
        if not (text.startswith("{") and text.endswith("}")):
            return None
        inside = text[1:-1]
        parts = {None if part == _MISSING else part for part in inside.split(", ")}
        if _MISSING in self.places:
            parts |= {_MISSING} if None in parts else set()
        parts |= {one for one in self.with_commas if f", {one}, " in f", {inside}, "}
        return np.array([self.places[part] for part in parts if part in self.places], np.int64)


def _at(mask: Any) -> Words:
    return np.flatnonzero(np.asarray(mask, np.bool_))


def _coded(values: pa.Array, hierarchy: ValueHierarchy | None) -> CodedColumn | None:
    """Return the values with their levels; None if there are none."""
    if hierarchy is None:
        return None
    if hasattr(hierarchy, "unknown"):
        hierarchy = replace(hierarchy, unknown="root")  # type: ignore[type-var]
    try:
        return hierarchy.coded("", values)
    except AnonymizeError:  # such a label is not known then
        return None


def _leaves(labels: pa.StringArray, known: Mask, hierarchy: ValueHierarchy | None) -> Mask:
    """Return which labels that are not known are values of the hierarchy, which nobody has now."""
    found = np.zeros(len(labels), np.bool_)
    at = np.flatnonzero(~known)
    left = labels.take(pa.array(at))
    coded = _coded(left, hierarchy) if len(at) else None
    if coded is None or len(coded.levels) < 3:
        return found
    first = coded.levels[1]
    names = pa.array([first.labels[node] for node in first.nodes.tolist()], pa.string())
    found[at] = np.asarray(pc.not_equal(names, left).fill_null(False))
    return found
