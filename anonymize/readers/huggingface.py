"""A version as a dataset of Hugging Face's ``datasets``: in memory, or streamed; nothing is cached
on a disk.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.dataset import Dataset
from anonymize.dataset.row_filter import Filters
from anonymize.dataset.selection import Columns
from anonymize.dataset.signing import Keyring
from anonymize.errors import ArgumentError, MissingExtraError
from anonymize.readers.order import EpochOrder
from anonymize.readers.shares import Piece, Share, pieces
from anonymize.readers.source import Source
from anonymize.readers.stream import RowStream

if TYPE_CHECKING:
    import datasets

STREAM_ROWS = 16_384
"""Rows of a table that is handed to ``datasets`` at once."""


@overload
def load(
    folder: str | Path | Dataset, /, columns: Columns | None = None, *, streaming: Literal[True],
    shards: int | None = None, filters: Filters | None = None, dataset: str | None = None,
    purpose: str | None = None, version: int | None = None, keyring: Keyring | str | None = None,
) -> datasets.IterableDataset: ...  # fmt: skip


@overload
def load(
    folder: str | Path | Dataset, /, columns: Columns | None = None, *,
    streaming: Literal[False] = False, shards: int | None = None, filters: Filters | None = None,
    dataset: str | None = None, purpose: str | None = None, version: int | None = None,
    keyring: Keyring | str | None = None,
) -> datasets.Dataset: ...  # fmt: skip


@checked
def load(
    folder: str | Path | Dataset,
    /,
    columns: Columns | None = None,
    *,
    streaming: bool = False,
    shards: int | None = None,
    filters: Filters | None = None,
    dataset: str | None = None,
    purpose: str | None = None,
    version: int | None = None,
    keyring: Keyring | str | None = None,
) -> Any:
    """Return a version as a `datasets.Dataset` in memory, or with ``streaming`` as a
    `datasets.IterableDataset` of bounded memory.

    The one in memory has no file behind it, so that ``map``, ``filter`` and ``shuffle`` of it keep
    their results in memory too. What you write yourself (``save_to_disk``, ``cache_file_name=``)
    is plaintext. The stream's ``shuffle`` puts ``shards`` in order and rows within its buffer,
    DataLoader workers and ``split_dataset_by_node`` divide shards, and ``state_dict`` works.
    ``shards`` is the number of equal stretches of rows, by default one for each part; each is
    checked when it is begun. The other arguments are those of `iter_batches`.

    Raises:
        DatasetError, KeysError, SourceError, ArgumentError: see `iter_batches`; ``shards`` is below
            1 or given without ``streaming``.
        MissingExtraError: ``datasets`` is not installed.
    """
    try:
        import datasets
    except ImportError:
        raise MissingExtraError.of("anonymize.readers.huggingface", "huggingface") from None
    if shards is not None and (not streaming or shards < 1):
        raise ArgumentError("give 1 or more, with streaming=True", place="shards")
    source = Source(
        folder,
        columns,
        filters=filters,
        dataset=dataset,
        purpose=purpose,
        version=version,
        keyring=keyring,
    )
    if not streaming:
        opened, selection = source.opened(), source.selection
        batches = opened.started(selection.schema.names if columns is None else columns, filters)[1]
        table = pa.Table.from_batches(batches, selection.schema)
        # a fingerprint made of the rows would be a digest of them, beside whatever is cached by it
        return datasets.Dataset(
            datasets.table.InMemoryTable(table), fingerprint=secrets.token_hex(8)
        )
    return _streamed(source, _cut(source, shards))


def _cut(source: Source, shards: int | None) -> list[list[Piece]]:
    rows = source.rows_of_parts
    if shards is None:
        return [[Piece(part, 0, count)] for part, count in enumerate(rows) if count]
    total = sum(rows)
    shares = (Share(number, shards).rows(total) for number in range(shards))
    cut = [pieces(rows, range(len(rows)), first, end) for first, end in shares]
    return [one for one in cut if one]


def _streamed(source: Source, shards: list[list[Piece]]) -> datasets.IterableDataset:
    import datasets
    from datasets.iterable_dataset import ArrowExamplesIterable

    features = datasets.Features.from_arrow_schema(source.selection.schema)
    rows = ArrowExamplesIterable(_tables, {"source": source, "shards": shards})
    return datasets.IterableDataset(rows, info=datasets.DatasetInfo(features=features))


def _tables(source: Source, shards: list[list[Piece]]) -> Iterator[tuple[Any, pa.Table]]:
    """Yield the rows of ``shards`` in order, as tables with a key each."""
    stream = RowStream(source, EpochOrder(0, 0, shuffle=False), Share(), STREAM_ROWS)
    for shard in shards:
        number = 0
        for piece in shard:
            for batch in stream.rows_of_piece(piece):
                taken = source.selection.taken(batch)
                for at in range(0, taken.num_rows, STREAM_ROWS):
                    key = (piece.part, piece.start, number)
                    yield key, pa.Table.from_batches([taken.slice(at, STREAM_ROWS)])
                    number += 1
