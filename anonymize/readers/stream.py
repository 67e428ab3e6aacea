"""Reads a share of a version's rows in an epoch's order, from any place in it.

Rows are counted before the filter, so that a place is found without reading what lies before it:
whole parts are passed over by the manifest's counts, row groups by the footer's. What is in memory
is one part's encrypted copy, one decoded row group and one buffer.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from anonymize.dataset.opened_part import require_process
from anonymize.dataset.openparts import does_not_open
from anonymize.dataset.version_reader import BATCH_ROWS
from anonymize.errors import AnonymizeError, ArgumentError
from anonymize.readers.order import EpochOrder
from anonymize.readers.shares import Piece, Share, pieces
from anonymize.readers.source import Source


@dataclass(frozen=True)
class RowPlace:
    """The next row of a share: number of its buffer, and position in it after filter and order."""

    buffer: int = 0
    row: int = 0
    rows: int | None = None
    """Rows of the buffer that passed the filter; None if nothing of it was read yet."""


@dataclass(frozen=True)
class RowStream:
    """A share of an epoch."""

    source: Source
    order: EpochOrder
    share: Share
    buffer_rows: int
    even: bool = False

    @property
    def bounds(self) -> tuple[int, int]:
        """Return the first row of the share and the one after its last; see `Share.rows`."""
        return self.share.rows(sum(self.source.rows_of_parts), even=self.even)

    def batches(
        self, batch_rows: int, place: RowPlace = RowPlace()
    ) -> Iterator[tuple[pa.RecordBatch, RowPlace]]:
        """Yield ``batch_rows`` rows at a time from ``place``, the last ones too, each with the
        place after it.

        Raises:
            DatasetError, KeysError: see `iter_batches`.
            ArgumentError: ``place`` was taken with another filter.
        """
        held: list[pa.RecordBatch] = []
        missing, after = batch_rows, place
        for number, rows in self._buffers(place.buffer):
            at = place.row if number == place.buffer else 0
            if number == place.buffer and place.rows not in (None, rows.num_rows):
                raise ArgumentError(
                    "was taken with other filters than these; give the same ones", place="state"
                )
            while at < rows.num_rows:
                some = rows.slice(at, missing)
                held.append(some)
                at, missing = at + some.num_rows, missing - some.num_rows
                after = RowPlace(number, at, rows.num_rows)
                if not missing:
                    yield _joined(held), after
                    held, missing = [], batch_rows
        if held:
            yield _joined(held), after

    def _buffers(self, first: int) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield the buffers from ``first`` on, filtered and in order, with their numbers.

        A thread puts a buffer in order while the next one is decoded; not where other workers use
        the cores.
        """
        if not self.order.shuffle or self.share.workers > 1:
            start = self.bounds[0]
            for number, held in self._cut(first):
                yield number, self._ordered(held, start, number)
            return
        process, ahead = os.getpid(), deque[tuple[int, Future[pa.RecordBatch]]]()
        with ThreadPoolExecutor(1, "coatcheck-order") as pool:
            for number, held in self._cut(first):
                ahead.append((number, pool.submit(self._ordered, held, self.bounds[0], number)))
                if len(ahead) > 1:
                    number, ordered = ahead.popleft()
                    yield number, ordered.result()
            for number, ordered in ahead:
                require_process(process, self.source.place)  # a fork has no copy of the thread
                yield number, ordered.result()

    def _cut(self, first: int) -> Iterator[tuple[int, list[pa.RecordBatch]]]:
        """Yield the buffers from ``first`` on as they are decoded, with their numbers."""
        held: list[pa.RecordBatch] = []
        missing, number = self.buffer_rows, first
        for batch in self._rows(first * self.buffer_rows):
            at = 0
            while at < batch.num_rows:
                some = batch.slice(at, missing)
                held.append(some)
                at, missing = at + some.num_rows, missing - some.num_rows
                if not missing:
                    yield number, held
                    held, missing, number = [], self.buffer_rows, number + 1
        if held:
            yield number, held

    def _ordered(self, held: list[pa.RecordBatch], start: int, number: int) -> pa.RecordBatch:
        rows = self.source.selection.taken(_joined(held))
        if not self.order.shuffle:
            return rows
        order = pa.array(self.order.of_buffer(rows.num_rows, start, number))
        return pc.take(rows, order, boundscheck=False)  # it names each row once

    def _rows(self, skipped: int) -> Iterator[pa.RecordBatch]:
        """Yield the share's rows but the first ``skipped``, parts and row groups in order."""
        parts = self.source.rows_of_parts
        for piece in pieces(parts, self.order.of_parts(len(parts)), *self.bounds):
            if skipped < piece.rows:
                yield from self.rows_of_piece(piece, skipped)
            skipped = max(skipped - piece.rows, 0)

    def rows_of_piece(self, piece: Piece, skipped: int = 0) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a piece but the first ``skipped``, by row groups in order, with the
        filter's columns and before the filter. The part is checked before the first one.

        Raises:
            DatasetError, KeysError: see `iter_batches`.
        """
        opened = self.source.read()
        entry = opened.files()[piece.part]
        try:
            with opened.opened(entry) as part:
                opened.refuse_others(part, entry, self.source.selection)
                columns = self.source.selection.physical(part.file)
                alone = self.share.workers == 1  # else the workers are what uses the cores
                spans = {}
                for group, first, rows in self._spans(part.file, piece):
                    if skipped < rows:
                        spans[group] = first + skipped, rows - skipped
                    skipped = max(skipped - rows, 0)
                for group in part.loaded(list(spans), columns):
                    batches = part.file.iter_batches(
                        BATCH_ROWS, row_groups=[group], columns=columns, use_threads=alone
                    )
                    for some in _sliced(batches, *spans[group]):
                        yield some
                        require_process(part.process, str(part.path))
        except AnonymizeError:
            raise
        except (pa.ArrowException, OSError, ValueError):
            raise does_not_open(opened.folder / entry.path) from None

    def _spans(self, file: pq.ParquetFile, piece: Piece) -> list[tuple[int, int, int]]:
        metadata = file.metadata
        counts = [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]
        spans = group_spans(counts, piece)
        return [spans[at] for at in self.order.of_groups(len(spans), piece.part, piece.start)]


def _sliced(batches: Iterable[pa.RecordBatch], start: int, rows: int) -> Iterator[pa.RecordBatch]:
    """Yield ``rows`` rows from row ``start`` on of ``batches`` laid one after the other."""
    before = 0
    for batch in batches:
        first = max(start - before, 0)
        end = min(start + rows - before, batch.num_rows)
        if first < end:
            yield batch.slice(first, end - first)
        before += batch.num_rows
        if before >= start + rows:
            return


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)


def group_spans(counts: list[int], piece: Piece) -> list[tuple[int, int, int]]:
    """Return for each row group that holds rows of ``piece`` its number, the first of these rows in
    it, and their number; ``counts`` are the rows of the part's groups.
    """
    spans, begin = [], 0
    for number, rows in enumerate(counts):
        first, end = max(piece.start, begin), min(piece.stop, begin + rows)
        if first < end:
            spans.append((number, first - begin, end - first))
        begin += rows
    return spans
