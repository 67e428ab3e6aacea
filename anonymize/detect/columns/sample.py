"""A bounded, stratified sample of each column's distinct values, built batch by batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.arrow.moments import moment_texts
from anonymize.arrow.text_in_bytes import text_in
from anonymize.detect.columns.leaves import leaf_types, leaves
from anonymize.detect.columns.whole_column_search import Marked
from anonymize.detect.unserved import unserved_cells
from anonymize.names import ColumnName

ROWS_PER_BATCH = 4096
"""Rows looked at per batch and column, one from each of as many equal strata of the batch."""
HEAD_ROWS = 256
"""Rows kept in their order, from the first batch that holds values: sequences show there."""
MAX_TEXT = 20_000
"""Code points kept of one value; longer ones are cut, a verdict does not need the rest."""


@dataclass(frozen=True)
class ColumnSample:
    """What detection knows of one column."""

    name: ColumnName
    """The column's name or a nested leaf's path."""
    type: pa.DataType
    """The leaf's type as read."""
    distinct: pa.Array
    """Sampled distinct values, no nulls, of ``type`` (dictionaries decoded)."""
    head: pa.Array
    """Up to 256 non-null values of the first rows that have any, in order."""
    rows: int
    """Rows seen (for a list's leaf: items), nulls included."""
    nulls: int
    """Nulls among them."""
    looked_at: int
    """Non-null values the sample was drawn from."""
    distinct_total_estimate: int
    """Distinct values in the whole column: exact when ``complete``, else extrapolated."""
    complete: bool
    """Whether ``distinct`` holds every distinct value of the column."""
    scripts: Mapping[str, int] = field(default_factory=dict)
    """Cells among those looked at that are mostly in a script of which no name is found, by
    script.
    """
    marked: int = 0
    """Values at the end of ``distinct`` that are there because they hold a proof, not by chance."""

    @cached_property
    def texts(self) -> list[str]:
        """Return the distinct values as text: numbers and dates in their plain form."""
        return as_texts(self.distinct)

    @cached_property
    def head_texts(self) -> list[str]:
        """Return the first values as text, in row order."""
        return as_texts(self.head)

    @property
    def distinct_share(self) -> float:
        """Return the share of non-null values that are distinct, 0 to 1 (estimated for large
        columns).
        """
        filled = self.rows - self.nulls
        return min(1.0, self.distinct_total_estimate / filled) if filled else 0.0

    def miss_probability(self, share: float) -> float:
        """Return the chance that values making up ``share`` of the distinct ones all escaped: (1 -
        share)^n.
        """
        return 0.0 if self.complete else (1.0 - share) ** (len(self.distinct) - self.marked)


class ColumnSampler:
    """Collects samples from batches; memory stays bounded by columns × ``size``, whatever the rows.

    With ``size=None`` every distinct value is kept. Equal input in equal batches gives an equal
    sample. ``every_row`` looks at all rows of a batch, for callers that chose them. With ``mark``
    all values of text are searched for what one cell proves (``marked.py``), and some that hold it
    are in the sample, beyond ``size``.
    """

    def __init__(
        self,
        schema: pa.Schema,
        size: int | None = 500,
        *,
        seed: int = 7,
        every_row: bool = False,
        mark: bool = False,
    ) -> None:
        """Start empty columns for every leaf of ``schema``."""
        self._columns = [
            _Column(name, kind, size, np.random.default_rng([seed, i]), every_row, mark)
            for i, (name, kind) in enumerate(leaf_types(schema))
        ]

    def add(self, batch: pa.RecordBatch) -> None:
        """Take ``batch`` into the samples; its schema is the sampler's."""
        self.add_values([values for _, values in leaves(batch)])

    def add_values(self, values: Iterable[pa.Array], *, whole: bool = True) -> None:
        """Take a batch's values in, leaf by leaf; not ``whole`` where they are themselves a sample
        of it.
        """
        for column, more in zip(self._columns, values, strict=True):
            column.add(more)
            column.complete &= whole

    def samples(self, times: float = 1.0) -> tuple[ColumnSample, ...]:
        """Return the samples of all leaves in schema order; ``times`` scales the rows seen to those
        of the table.
        """
        return tuple(column.sample(times) for column in self._columns)


def sample_columns(
    batches: Iterable[pa.RecordBatch],
    size: int | None = 500,
    *,
    schema: pa.Schema | None = None,
    seed: int = 7,
) -> tuple[ColumnSample, ...]:
    """Return a sample per leaf column of ``batches``; ``schema`` is needed only where there may be
    no batch.
    """
    sampler = ColumnSampler(schema, size, seed=seed) if schema is not None else None
    for batch in batches:
        if sampler is None:
            sampler = ColumnSampler(batch.schema, size, seed=seed)
        sampler.add(batch)
    return sampler.samples() if sampler else ()


class _Column:
    """One leaf's running sample."""

    def __init__(
        self,
        name: ColumnName,
        kind: pa.DataType,
        size: int | None,
        random: np.random.Generator,
        every_row: bool,
        mark: bool,
    ) -> None:
        self.name, self.type, self.size, self.random, self.every_row = (
            name,
            kind,
            size,
            random,
            every_row,
        )
        self.scripts: Counter[str] = Counter()
        self.once = self.twice = 0
        self.value_type = kind.value_type if pt.is_dictionary(kind) else kind
        self.rows = self.nulls = self.looked_at = self.fresh = 0
        self.complete = True
        self.pool: pa.Array = pa.array([], self.value_type)
        self.head: pa.Array = self.pool
        self.marked = Marked(self.value_type) if mark and size is not None else None

    def add(self, values: pa.Array) -> None:
        """Take one batch's values in."""
        self.rows += len(values)
        self.nulls += values.null_count
        if values.null_count:
            values = values.drop_null()
        if not len(values):
            return
        if len(self.head) < HEAD_ROWS:
            more = _plain(values.slice(0, HEAD_ROWS - len(self.head)), self.value_type)
            self.head = pa.concat_arrays([self.head, more]) if len(self.head) else more
        distinct = self.marked.add(values) if self.marked is not None else None
        if self.size is not None and len(values) > ROWS_PER_BATCH and not self.every_row:
            values = self._few(values, distinct)
        self.looked_at += len(values)
        before, values = len(self.pool), _plain(values, self.value_type)
        if self.every_row:
            self.scripts.update(unserved_cells(values))
            values, self.once, self.twice = _counted(values)
        self.pool = (
            _unique(pa.chunked_array([self.pool, values]))
            if before or not self.every_row
            else values
        )
        self.fresh += len(self.pool) - before
        if self.size is not None and len(self.pool) > 8 * self.size:
            self._shrink(4 * self.size)

    def sample(self, times: float) -> ColumnSample:
        """Return what is known so far."""
        estimate = self._distinct_estimate() if times <= 1 else self._distinct_in_all(times)
        if times > 1:
            self.complete, self.rows, self.nulls = (
                False,
                round(self.rows * times),
                round(self.nulls * times),
            )
        if self.size is not None and len(self.pool) > self.size:
            self._shrink(self.size)
        known = (self.rows, self.nulls, self.looked_at, estimate, self.complete, dict(self.scripts))
        distinct = self._with_marked()
        return ColumnSample(
            self.name, self.type, distinct, self.head, *known, len(distinct) - len(self.pool)
        )

    def _with_marked(self) -> pa.Array:
        if self.marked is None or not len(more := self.marked.values()):
            return self.pool
        return pa.concat_arrays(
            [self.pool, more.filter(pc.invert(pc.is_in(more, value_set=self.pool)))]
        )

    def _few(self, values: pa.Array, distinct: pa.Array | None) -> pa.Array:
        """Return one value from each of ``ROWS_PER_BATCH`` strata; the whole column's distinct ones
        if they are few. ``distinct`` are these where they are known.
        """
        edges = np.linspace(0, len(values), ROWS_PER_BATCH + 1).astype(np.int64)
        width = np.maximum(np.diff(edges), 1)
        few = values.take(
            pa.array(edges[:-1] + (self.random.random(ROWS_PER_BATCH) * width).astype(np.int64))
        )
        if len(_unique(pa.chunked_array([few]))) <= ROWS_PER_BATCH // 16:
            known = _unique(pa.chunked_array([values])) if distinct is None else distinct
            return _plain(known, self.value_type)
        self.complete = False
        return few

    def _shrink(self, size: int) -> None:
        """Keep ``size`` values: four fifths drawn evenly, the rest from the rarest lengths, which
        hide the odd ones.
        """
        self.complete = False
        order = self.random.permutation(len(self.pool))
        even = 4 * size // 5
        rest = order[even:]
        lengths = _lengths(self.pool.take(pa.array(rest)))
        counts = np.bincount(lengths)
        odd = rest[np.argsort(counts[lengths], kind="stable")[: size - even]]
        self.pool = self.pool.take(pa.array(np.sort(np.concatenate([order[:even], odd]))))

    def _distinct_estimate(self) -> int:
        """Return the distinct count, scaled up where new values kept coming."""
        filled = self.rows - self.nulls
        if self.complete or not self.looked_at:
            return len(self.pool)
        share = min(1.0, self.fresh / self.looked_at)
        return max(len(self.pool), int(share * filled) if share > 0.05 else self.fresh)

    def _distinct_in_all(self, times: float) -> int:
        """Return the distinct count of ``times`` as many rows, from how many values were seen once
        and twice.

        Chao's estimate: exact for few values that all recur, and where each is new it is the number
        of rows.
        """
        unseen = self.once**2 / (2 * self.twice) if self.twice else self.once * (self.once - 1) / 2
        return int(min(self.fresh + unseen, max(self.fresh, (self.rows - self.nulls) * times)))


def _counted(values: pa.Array) -> tuple[pa.Array, int, int]:
    """Return the distinct values, and how many occur once and twice; all as they are where Arrow
    cannot count them.
    """
    try:
        counted = pc.value_counts(values)
    except pa.ArrowNotImplementedError:
        return values, len(values), 0
    counts = counted.field("counts").to_numpy()
    return counted.field("values"), int((counts == 1).sum()), int((counts == 2).sum())


def _plain(values: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return ``values`` with dictionaries decoded and extension types opened."""
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pt.is_dictionary(values.type):
        values = values.dictionary_decode()
    return (
        values.cast(kind)
        if values.type != kind and not isinstance(kind, pa.ExtensionType)
        else values
    )


def _unique(values: pa.ChunkedArray) -> pa.Array:
    """Return the distinct values in order of first appearance; values Arrow cannot hash stay as
    they are.
    """
    try:
        return values.unique()
    except pa.ArrowNotImplementedError:
        return values.combine_chunks()


def _lengths(values: pa.Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return each value's length in code points (0 where it has none), at most 255."""
    kind = values.type
    if pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind):
        lengths = pc.utf8_length(values).to_numpy(zero_copy_only=False)
        return np.asarray(np.minimum(lengths, 255), np.int64)
    return np.zeros(len(values), np.int64)


def as_texts(values: pa.Array) -> list[str]:
    """Return ``values`` (no nulls) as text: whole floats without ``.0``, dates in ISO form, bytes
    as Latin-1.
    """
    kind = values.type
    if pt.is_floating(kind):
        return [
            str(int(v)) if v == v and abs(v) < 1e17 and v == int(v) else repr(v)
            for v in values.to_pylist()
        ]
    if pt.is_binary(kind) or pt.is_large_binary(kind) or pt.is_fixed_size_binary(kind):
        return [
            (v.decode("utf-8", "replace") if (text := text_in(v)) is None else text)[:MAX_TEXT]
            for v in values.to_pylist()
        ]
    if pt.is_timestamp(kind):
        return [text or "" for text in moment_texts(values)]
    if pt.is_nested(kind) or pt.is_boolean(kind):
        return [_one_text(v) for v in values.to_pylist()]
    if not (pt.is_string(kind) or pt.is_large_string(kind)):
        values = values.cast(pa.string())
    return [v if len(v) <= MAX_TEXT else v[:MAX_TEXT] for v in values.to_pylist()]


def _one_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:MAX_TEXT]
