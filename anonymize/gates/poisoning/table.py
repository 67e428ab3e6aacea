"""Rows as codes: what the checks read. Built batch by batch, so that no raw text is kept.

A number, date or time is a `Feature` with order, other short values one without; longer text is a
`Text` of hashed words. Code 0 is a missing value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.gates.poisoning.words import DECIDED_ON, Text, TextBuilder, is_text

Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MOST_LABELS = 50
"""Labels that are told apart; a column with more is no class."""
_MOSTLY_DISTINCT = 0.5
"""Share of the rows from which on a column without order says who a row is, not what it is like."""


@dataclass(frozen=True)
class Feature:
    """One column as codes."""

    name: str
    """Its name."""
    codes: Codes = field(repr=False)
    """Per row; 0 is missing. Of an ordered column in the order of its values."""
    distinct: int
    """Number of codes, with 0."""
    numbers: Floats | None = field(default=None, repr=False)
    """Per row the number; NaN where it is missing. None for a column without order."""
    values: pa.Array | None = field(default=None, repr=False)
    """What codes 1 and up stand for. For profiles; no finding reads it."""

    def binned(self, most: int) -> tuple[Codes, int]:
        """Return codes below a number of at most ``most``: bins of equally many rows, or the most
        frequent values and one for all others.
        """
        if self.distinct <= most:
            return self.codes, self.distinct
        counts = np.bincount(self.codes, minlength=self.distinct)
        if self.numbers is not None:
            before = np.cumsum(counts[1:]) - counts[1:]
            bins = 1 + before * (most - 1) // max(1, counts[1:].sum())
        else:
            place = np.empty(self.distinct - 1, np.int64)
            place[np.argsort(-counts[1:], kind="stable")] = np.arange(self.distinct - 1)
            bins = 1 + np.minimum(place, most - 2)
        table = np.concatenate([[0], bins]).astype(np.int32)
        return table[self.codes], most


@dataclass(frozen=True)
class ScreenTable:
    """The rows that are screened."""

    rows: int
    """How many."""
    features: tuple[Feature, ...]
    """Columns that tell rows apart; those that are different in almost every row are not among
    them.
    """
    texts: tuple[Text, ...] = ()
    label: Feature | None = None
    """What a model learns."""
    subject: Codes | None = field(default=None, repr=False)
    """Whose each row is; 0 is nobody's."""
    by: tuple[Feature, ...] = ()
    """Columns that say where or when rows come from."""
    unread: tuple[str, ...] = ()
    """What of the columns is not looked at, a sentence each."""

    @cached_property
    def label_why_not(self) -> str:
        """Return why the label is no class to learn; empty if it is one."""
        if self.label is None:
            return "no label was named"
        counts = np.bincount(self.label.codes, minlength=self.label.distinct)[1:]
        if int((counts > 0).sum()) < 2:
            return f"{self.label.name} has one value only"
        if self.label.distinct - 1 > MOST_LABELS:
            return (
                f"{self.label.name} has {self.label.distinct - 1} values, more than the"
                f" {MOST_LABELS} that are told apart as labels"
            )
        return ""

    def take(self, rows: Ints) -> ScreenTable:
        """Return the table of these rows."""

        def of(one: Feature) -> Feature:
            numbers = None if one.numbers is None else one.numbers[rows]
            return Feature(one.name, one.codes[rows], one.distinct, numbers)

        return ScreenTable(
            len(rows),
            tuple(map(of, self.features)),
            tuple(text.take(rows) for text in self.texts),
            of(self.label) if self.label else None,
            None if self.subject is None else self.subject[rows],
            tuple(map(of, self.by)),
        )


class TableBuilder:
    """Encodes batches of raw rows."""

    def __init__(
        self,
        columns: Sequence[str],
        label: str | None = None,
        subject: str | None = None,
        by: Sequence[str] = (),
    ) -> None:
        """Start with no rows, of these columns; ``label`` and ``by`` need not be among them."""
        self._columns = [name for name in dict.fromkeys(columns) if name not in (label, subject)]
        self._label, self._subject, self._by = label, subject, tuple(by)
        wanted = [*self._columns, *filter(None, [label, subject]), *by]
        self.wanted: tuple[str, ...] = tuple(dict.fromkeys(wanted))
        self._parts: dict[str, _Part] = {}
        self._rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Take in a batch that has the ``wanted`` columns."""
        self._rows += batch.num_rows
        for name in self.wanted:
            column = batch.column(batch.schema.get_field_index(name))
            part = self._parts.get(name)
            if part is None:
                may_be_text = name in self._columns and name not in self._by
                part = self._parts[name] = _Part(name, column.type, may_be_text=may_be_text)
            part.add(column)

    def table(self) -> ScreenTable:
        """Return the table of all rows added. The builder is used up."""
        made = {name: part.made() for name, part in self._parts.items()}
        self._parts.clear()
        features: list[Feature] = []
        texts: list[Text] = []
        unread: list[str] = []
        for name in self._columns:
            one = made.get(name)
            if isinstance(one, Text):
                texts.append(one)
                unread += one.unread()
            elif isinstance(one, str):
                unread.append(one)
            elif one is not None and one.numbers is None and _is_identifying(one, self._rows):
                unread.append(f"{name}: different in almost every row, so it tells no rows apart")
            elif one is not None and one.distinct > 1:
                features.append(one)
            elif one is not None and self._rows:
                unread.append(f"{name}: has no value in any row")
        label, subject = (
            self._special(made, name, unread) for name in (self._label, self._subject)
        )
        by = [self._special(made, name, unread) for name in self._by]
        return ScreenTable(
            self._rows, tuple(features), tuple(texts), label,
            None if subject is None else subject.codes, tuple(filter(None, by)), tuple(unread),
        )  # fmt: skip

    def alone(self, name: str, *, ordered: bool) -> Feature:
        """Return one column as codes, whatever its values are; a number that is given as text, or a
        text as a number, is a value of its own. The builder is used up.
        """
        made = self._parts.pop(name).made()
        if isinstance(made, Feature) and (made.numbers is not None) == ordered:
            return made
        if isinstance(made, Feature):  # of the other kind: all values are unknown ones
            unknown = np.where(made.codes > 0, np.inf, np.nan) if ordered else None
            return Feature(name, np.minimum(made.codes, 1), 2, unknown, pa.array([""]))
        return Feature(name, np.ones(self._rows, np.int32), 2, None, pa.array([""]))

    @staticmethod
    def _special(
        made: dict[str, Feature | Text | str], name: str | None, unread: list[str]
    ) -> Feature | None:
        one = made.get(name) if name else None
        if isinstance(one, str) and one not in unread:
            unread.append(one)
        return one if isinstance(one, Feature) else None


def _is_identifying(one: Feature, rows: int) -> bool:
    return rows >= 100 and one.distinct - 1 > rows * _MOSTLY_DISTINCT


class _Part:
    """One column, as far as it was read."""

    def __init__(self, name: str, kind: pa.DataType, *, may_be_text: bool) -> None:
        self._name = name
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        self._plain = _reading(kind)
        self._is_ordered = _has_order(kind)
        self._chunks: list[pa.Array] = []
        self._undecided = may_be_text and self._plain is not None and not self._is_ordered
        self._undecided = self._undecided and not pa.types.is_boolean(kind)
        self._held, self._text = 0, TextBuilder(name)
        self._is_text = False

    def add(self, column: pa.Array) -> None:
        """Take in one batch's values."""
        if self._plain is None:
            return
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        column = self._plain(column)
        if self._is_ordered:
            self._chunks.append(column)
            return
        if self._is_text:
            self._text.add(column)
            return
        self._chunks.append(column.dictionary_encode())
        self._held += len(column)
        if self._undecided and self._held >= DECIDED_ON:
            self._decide()

    def _decide(self) -> None:
        """Decide whether the values are text, by those read so far."""
        self._undecided = False
        self._is_text = is_text(self._chunks)
        if self._is_text:
            for chunk in self._chunks:
                self._text.add(chunk.dictionary_decode())
            self._chunks = []

    def made(self) -> Feature | Text | str:
        """Return the column; a sentence if it is of no type that is looked at."""
        if self._plain is None:
            return f"{self._name}: nested or binary values are not looked at"
        if self._undecided:
            self._decide()
        if self._is_text:
            return self._text.made()
        if self._is_ordered:
            return self._ordered()
        if not self._chunks:
            return Feature(self._name, np.zeros(0, np.int32), 1)
        whole = pa.chunked_array(self._chunks).unify_dictionaries()
        dictionary = whole.chunk(0).dictionary
        codes = np.concatenate(
            [_indices(chunk.indices) for chunk in whole.chunks], dtype=np.int32, casting="unsafe"
        )
        return Feature(self._name, codes, len(dictionary) + 1, None, dictionary)

    def _ordered(self) -> Feature:
        parts = [chunk.to_numpy(zero_copy_only=False) for chunk in self._chunks]
        numbers = np.concatenate(parts).astype(float) if parts else np.zeros(0)
        there = np.isfinite(numbers)
        numbers = np.where(there, numbers, np.nan)
        values, inverse = np.unique(numbers[there], return_inverse=True)
        codes = np.zeros(len(numbers), np.int32)
        codes[there] = inverse + 1
        return Feature(self._name, codes, len(values) + 1, numbers, pa.array(values))


def _indices(indices: pa.Array) -> npt.NDArray[np.int32]:
    plain = pc.fill_null(indices.cast(pa.int32()), -1)
    return np.asarray(plain.to_numpy(zero_copy_only=False)) + 1


def _has_order(kind: pa.DataType) -> bool:
    t = pa.types
    return bool(t.is_integer(kind) or t.is_floating(kind) or t.is_decimal(kind)) or bool(
        t.is_temporal(kind)
    )


def is_read(kind: pa.DataType) -> bool:
    """Return True if values of a type are looked at: neither nested nor binary ones are."""
    return _reading(kind.value_type if pa.types.is_dictionary(kind) else kind) is not None


def _reading(kind: pa.DataType) -> Callable[[pa.Array], pa.Array] | None:
    """Return how values of a type are read as numbers or text; None if they are not."""
    t = pa.types
    if t.is_temporal(kind):
        if t.is_interval(kind):
            return None
        narrow = pa.int32() if kind.bit_width == 32 else pa.int64()
        return lambda column: column.cast(narrow).cast(pa.float64(), safe=False)
    if _has_order(kind):
        return lambda column: column.cast(pa.float64(), safe=False)
    if t.is_string(kind) or t.is_large_string(kind) or t.is_string_view(kind) or t.is_boolean(kind):
        return lambda column: column.cast(pa.large_string())
    if t.is_null(kind):
        return lambda column: column.cast(pa.large_string())
    return None


def pairs(count: int) -> Iterator[tuple[int, int]]:
    """Yield every pair of numbers below ``count``."""
    for one in range(count):
        for other in range(one + 1, count):
            yield one, other
