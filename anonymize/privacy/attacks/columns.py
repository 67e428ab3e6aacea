"""A published table and the people attacked as integer codes, with what each label covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.privacy.coded import CodedColumn, Floats

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Label = str | None


@dataclass(frozen=True)
class AttackColumn:
    """What a column publishes, and which of people's values each published label covers."""

    name: str
    """The column."""
    labels: tuple[Label, ...] = field(repr=False)
    """The text of each published label, by its code; None for null."""
    values: tuple[Label, ...] = field(repr=False)
    """The text of each of people's values, by its code."""
    covers: Mask | None = field(default=None, repr=False)
    """Shape (labels, values). None if a label covers the value with its own code and no other."""
    width: Floats = field(default_factory=lambda: np.zeros(0), repr=False)
    """Per label: the share of other values that it covers, 0 (one value) to 1 (all)."""
    numbers: Floats | None = field(default=None, repr=False)
    """The number of each code, if labels are numbers and cover themselves alone."""

    @classmethod
    def same(cls, name: str, texts: Sequence[Label], numbers: Floats | None = None) -> Self:
        """Return a column that publishes values themselves."""
        known = tuple(texts)
        return cls(name, known, known, None, np.zeros(len(known)), numbers)

    @classmethod
    def by_levels(cls, coded: CodedColumn, labels: Sequence[Label]) -> Self:
        """Return a column of which each label is a group of a hierarchy, at whichever level."""
        place = {label: code for code, label in enumerate(labels)}
        covers = np.zeros((len(labels), coded.values), np.bool_)
        every = np.arange(coded.values)
        for level in coded.levels:
            known = np.array([place.get(label, -1) for label in level.labels], np.int64)
            label = known[level.nodes]
            covers[label[label >= 0], every[label >= 0]] = True
        return cls._covering(coded, labels, covers)

    @classmethod
    def by_sets(cls, coded: CodedColumn, labels: Sequence[Label]) -> Self:
        """Return a column of which each label is a value, an interval ``a–b`` of values in their
        order, or a set ``{a, b}``, as the method ``mondrian`` writes them.
        """
        values = list(coded.levels[0].labels)
        covers = np.array([_in_set(label, values, coded.order) for label in labels], np.bool_)
        return cls._covering(coded, labels, covers.reshape(len(labels), len(values)))

    @classmethod
    def _covering(cls, coded: CodedColumn, labels: Sequence[Label], covers: Mask) -> Self:
        width = np.maximum(covers.sum(axis=1) - 1.0, 0.0) / max(1, coded.values - 1)
        return cls(coded.name, tuple(labels), tuple(coded.levels[0].labels), covers, width)

    @property
    def strange(self) -> int:
        """Return how many published labels cover no value."""
        return 0 if self.covers is None else int((~self.covers.any(axis=1)).sum())

    def covering(self, labels: Ints, values: Ints) -> Mask:
        """Return which of ``labels`` cover which of ``values``, shape (labels, values)."""
        if self.covers is None:
            return np.asarray(labels[:, None] == values[None, :])
        return np.asarray(self.covers[:, values][labels])

    def apart(self, labels: Ints, values: Ints) -> npt.NDArray[np.float32]:
        """Return how far ``values`` are from ``labels``, 0 to 1, shape (labels, values): a label's
        width for what it covers and 1 for the rest; for numbers that are published as they are,
        the difference as a share of the range of all.
        """
        if self.numbers is not None:
            span = max(float(np.ptp(self.numbers)), 1e-300)
            numbers = (self.numbers / span).astype(np.float32)
            return np.asarray(np.abs(numbers[labels][:, None] - numbers[values][None, :]))
        width = self.width.astype(np.float32)[labels]
        return np.where(self.covering(labels, values), width[:, None], np.float32(1))


def _in_set(label: Label, values: list[Label], order: Floats | None) -> Mask:
    """Return which values a label of the method ``mondrian`` covers."""
    found = np.array([value == label for value in values], np.bool_)
    if label is None or found.any():
        return found
    missing = np.array([value is None for value in values], np.bool_)
    if label.startswith("{") and label.endswith("}"):
        listed = f", {label[1:-1]}, "
        texts = ("missing" if value is None else value for value in values)
        return np.array([f", {text}, " in listed for text in texts], np.bool_)
    known = label.removesuffix(" or missing")
    also = missing if known != label else np.zeros_like(missing)
    one = np.array([value == known for value in values], np.bool_)
    if one.any() or order is None:
        return one | also
    for low, high in _ends(known):
        if low in values and high in values:
            least, most = order[values.index(low)], order[values.index(high)]
            return np.asarray((order >= least) & (order <= most)) | also
    return also & False


def _ends(label: str) -> Iterator[tuple[str, str]]:
    parts = label.split("–")
    for at in range(1, len(parts)):
        yield "–".join(parts[:at]), "–".join(parts[at:])


@dataclass(frozen=True)
class AttackTable:
    """A release, the people in it, and people who are not. Row-aligned codes by column, shape
    (rows, columns): the first columns are the quasi-identifiers, the others sensitive.
    """

    columns: tuple[AttackColumn, ...]
    """The columns."""
    quasi: int
    """How many of them are quasi-identifiers."""
    published: Ints = field(repr=False)
    """Codes of labels: the release."""
    source: Ints = field(repr=False)
    """Codes of values: the rows that it was made of."""
    control: Ints = field(repr=False)
    """Codes of values: rows that it was not made of."""


def text_codes(*parts: pa.Array) -> tuple[tuple[Label, ...], list[Ints]]:
    """Return the distinct texts of ``parts`` together, null among them if there is one, and the
    codes of each part.
    """
    whole = pa.concat_arrays([part.cast(pa.string()) for part in parts])
    encoded = whole.dictionary_encode("encode")
    codes = np.asarray(encoded.indices).astype(np.int64)
    ends = np.cumsum([len(part) for part in parts])[:-1]
    return tuple(encoded.dictionary.to_pylist()), list(np.split(codes, ends))
