"""Published values as numbers, by domains that are stated beforehand and look at no row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import ArgumentError, Problem
from anonymize.policy.domains import Key, spelled
from anonymize.policy.training import LabelSpec, TrainingColumn
from anonymize.transform.columns import as_text, is_scalar, plain

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Encoded:
    """Rows as numbers, in little memory; `matrix` gives what a model takes."""

    codes: npt.NDArray[np.int32] = field(repr=False)
    """Rows × columns with values or edges: the place that is 1, or -1 for none."""
    numbers: Floats = field(repr=False)
    """Rows × columns with bounds, from -1 to 1; NaN where missing."""
    labels: Ints = field(repr=False)
    """The class of each row."""
    whose: Ints = field(repr=False)
    """The person of each row, counted from 0 without gaps; rows of a person lie together."""
    starts: Ints = field(repr=False)
    """The first row of each person, and the number of rows."""
    width: int
    """Numbers of a row."""
    at: tuple[int, ...] = field(repr=False)
    """Where each number with bounds lies in a row; what says that it is missing lies behind it."""

    @property
    def people(self) -> int:
        """Return the number of people."""
        return len(self.starts) - 1

    def matrix(self, rows: Ints) -> Floats:
        """Return these rows as numbers, shape (rows, width)."""
        found = np.zeros((len(rows), self.width), np.float32)
        codes = self.codes[rows]
        row, column = np.nonzero(codes >= 0)
        found[row, codes[row, column]] = 1
        numbers = self.numbers[rows]
        absent = np.isnan(numbers)
        for place, at in enumerate(self.at):
            found[:, at] = np.where(absent[:, place], 0, numbers[:, place])
            found[:, at + 1] = absent[:, place]
        return found

    def rows_of(self, people: Ints) -> tuple[Ints, Ints]:
        """Return the rows of these people, and for each row the place of its person among them."""
        counts = self.starts[people + 1] - self.starts[people]
        place = np.repeat(np.arange(len(people)), counts)
        before = np.cumsum(counts) - counts
        return self.starts[people][place] + np.arange(len(place)) - before[place], place

    def of(self, people: Ints) -> Encoded:
        """Return these people alone, counted anew."""
        rows, place = self.rows_of(people)
        counts = self.starts[people + 1] - self.starts[people]
        return replace(
            self,
            codes=self.codes[rows],
            numbers=self.numbers[rows],
            labels=self.labels[rows],
            whose=place,
            starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        )


@dataclass(frozen=True)
class Features:
    """What a model sees, and what it predicts."""

    columns: Mapping[str, TrainingColumn]
    label: LabelSpec

    @property
    def width(self) -> int:
        """Return how many numbers a row becomes."""
        return sum(one.width for one in self.columns.values())

    @property
    def classes(self) -> int:
        """Return how many classes the label has."""
        return len(self.label.values)

    def check(self, schema: pa.Schema) -> None:
        """Refuse columns whose type does not fit.

        Raises:
            ArgumentError: one is of several values a row, or is said to have bounds or edges and
                holds no numbers.
        """
        problems = []
        for name in (*self.columns, str(self.label.column)):
            kind, asked = schema.field(name).type, self.columns.get(name)
            flat = is_scalar(kind) or pa.types.is_dictionary(kind)
            if not flat:
                problems.append(Problem(name, f"is {kind}: not one value a row"))
            elif asked is not None and asked.values is None and not _is_number(kind):
                problems.append(Problem(name, f"is {kind}, no number; list its values:"))
        if problems:
            raise ArgumentError(problems)

    def coded(self, batch: pa.RecordBatch | pa.Table) -> tuple[npt.NDArray[np.int32], Floats]:
        """Return ``codes`` and ``numbers`` of rows; see `Encoded`."""
        codes, numbers, offset = [], [], 0
        for name, asked in self.columns.items():
            values = _array(batch, name)
            if asked.bounds is not None:
                low, high = asked.bounds
                scaled = (np.clip(_floats(values), low, high) - low) / (high - low) * 2 - 1
                numbers.append(scaled.astype(np.float32))
            else:
                found = _coded(values, asked)
                codes.append(np.where(found >= 0, found + offset, -1).astype(np.int32))
            offset += asked.width
        rows = batch.num_rows
        return _stacked(codes, rows, np.int32), _stacked(numbers, rows, np.float32)

    def labels(self, batch: pa.RecordBatch | pa.Table) -> Ints:
        """Return the class of each row, -1 for a value that is none."""
        return _listed(_array(batch, str(self.label.column)), self.label.values)

    def places(self) -> tuple[int, ...]:
        """Return where each number with bounds lies in a row."""
        found, offset = [], 0
        for asked in self.columns.values():
            if asked.bounds is not None:
                found.append(offset)
            offset += asked.width
        return tuple(found)

    def encoded(self, batch: pa.RecordBatch | pa.Table) -> Encoded:
        """Return rows of a table, each a person's own; rows whose label is no class have -1."""
        codes, numbers = self.coded(batch)
        rows = batch.num_rows
        named = str(self.label.column) in batch.schema.names
        labels = self.labels(batch) if named else np.full(rows, -1)
        return Encoded(
            codes, numbers, labels, np.arange(rows), np.arange(rows + 1), self.width, self.places()
        )


def _stacked(columns: Sequence[npt.NDArray[np.generic]], rows: int, kind: type) -> npt.NDArray:  # type: ignore[type-arg]
    if not columns:
        return np.empty((rows, 0), kind)
    return np.stack(columns, axis=1)


def _array(batch: pa.RecordBatch | pa.Table, name: str) -> pa.Array:
    column = batch.column(name)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return plain(column)


def _is_number(kind: pa.DataType) -> bool:
    is_ = pa.types
    return bool(is_.is_integer(kind) or is_.is_floating(kind) or is_.is_decimal(kind))


def _floats(values: pa.Array) -> npt.NDArray[np.float64]:
    found = values.cast(pa.float64(), safe=False)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.float64)


def _listed(values: pa.Array, listed: Sequence[Key]) -> Ints:
    """Return each value's place in the list, -1 for others."""
    texts = pa.array([spelled(one) for one in listed], pa.string())
    found = pc.index_in(as_text(values), texts)
    return np.asarray(pc.fill_null(found, -1)).astype(np.int64)


def _coded(values: pa.Array, asked: TrainingColumn) -> Ints:
    if asked.values is not None:
        return _listed(values, asked.values)
    edges, numbers = np.array(asked.edges), _floats(values)
    places = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 2)
    return np.where(np.isnan(numbers), -1, places).astype(np.int64)
