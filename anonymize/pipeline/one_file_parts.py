"""Parts of a plain file: made in any process, put together by the one that writes the file.

A worker writes its part in the file's format into a file without a name, encrypted under a key that
is in memory alone, and hands both over through its pipe. So rows are never on disk in the clear
before every gate has passed, and nothing remains of processes that are killed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa

from anonymize.dataset.plain_files import Formulas, plain_write_error, write_plain
from anonymize.io import Partition
from anonymize.io.sink.row_groups import in_order
from anonymize.io.sources.pieces import first_row_of
from anonymize.io.stores.spool import Spool, SpoolKey, SpoolStream, SpoolWriter
from anonymize.keys import RowOrder
from anonymize.pipeline.partition import Job, naming_partition
from anonymize.pipeline.passing import PassedCounts, PassingRows
from anonymize.plan import PlanWithKeys
from anonymize.process.core_files import no_core_files

_CHUNK = 4 << 20


class PassingPart:
    """The rows of one partition on their way into a plain file, and what is counted of them."""

    def __init__(self, bound: PlanWithKeys, partition: Partition, number: int) -> None:
        """Take the partition of this number in the source."""
        self._plan, self._partition, self._number = bound.plan, partition, number
        self._passing = PassingRows(bound, first_row_of(partition))
        self.nulls = dict.fromkeys(bound.plan.output_schema.names, 0)
        """Nulls of each output column, so far."""

    def batches(self, order: RowOrder | None) -> Iterator[pa.RecordBatch]:
        """Yield the sanitized rows, in the order of the source or in a secret one.

        Raises:
            AnonymizeError: SourceError, DataError: with the file's name.
        """
        made = self._passing.batches(self._partition.batches(list(self._plan.input_columns)))
        if order:
            made = in_order(made, self._plan.output_schema, partial(order.rows, self._number))
        with naming_partition(self._partition):
            for batch in made:
                for name, column in zip(batch.schema.names, batch.columns, strict=True):
                    self.nulls[name] += column.null_count
                yield batch

    def counts(self) -> PassedCounts:
        """Scan the output, and return what became of the rows; after the last batch."""
        self._passing.scan()
        return self._passing.counts(self._partition.name)


@dataclass
class SpooledPart:
    """One part, written and encrypted: counts, and a file without a name. `WithFile` says how it
    comes to another process.
    """

    counts: PassedCounts
    """What became of its rows."""
    nulls: Mapping[str, int]
    """Nulls of each output column."""
    marked: Mapping[str, int]
    """Values that the format changed, by column; see `write_plain`."""
    opened_by: SpoolKey
    """What opens the file."""
    spool: Spool | None = field(repr=False)
    """The file; None while the result travels."""

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "spool": None}

    def handle(self) -> int:
        """Return the file's handle."""
        return self._there().fileno()

    def take(self, handle: int) -> None:
        """Take the file's handle in this process."""
        self.spool = Spool.of(handle, self.opened_by)

    def copy_to(self, file: BinaryIO) -> None:
        """Write the part behind what ``file`` has, and remove it."""
        spool = self._there()
        for at in range(0, spool.size_bytes, _CHUNK):
            file.write(spool.read(at, _CHUNK))
        spool.close()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the part's rows, and remove it; of Parquet alone."""
        spool = self._there()
        with pa.ipc.open_stream(cast(Any, SpoolStream(spool))) as rows:
            yield from rows
        spool.close()

    def _there(self) -> Spool:
        if self.spool is None:
            raise AssertionError("the part's file did not arrive")
        return self.spool


@dataclass(frozen=True)
class WritePart:
    """Makes one part of a plain file, in a worker; picklable."""

    kind: str
    """The file's format: ``csv``, ``jsonl`` or ``parquet``."""
    formulas: Formulas
    """What is done with texts that a spreadsheet would run."""
    path: Path
    """The file to be, which errors name."""
    spooled_in: Path
    """Folder on whose disk the part waits."""
    first: int
    """Number of the partition that the file begins with."""

    @no_core_files()
    def __call__(self, job: Job, number: int) -> SpooledPart:
        """Return the part of a partition.

        Raises:
            AnonymizeError: SourceError, DataError, KeysError; ArgumentError for values that the
                format cannot hold; DatasetError if the disk is full.
        """
        keyring = job.keyring()
        schema = job.plan.output_schema
        passing = PassingPart(PlanWithKeys(job.plan, keyring), job.partitions[number], number)
        try:
            spool = Spool(self.spooled_in)
            marked = self._written(spool, schema, passing.batches(job.order(keyring)), number)
        except BaseException as error:  # noqa: BLE001 - raised again, or one that quotes nothing
            raise plain_write_error(error, self.kind, schema, self.path) from None
        return SpooledPart(passing.counts(), passing.nulls, marked, spool.opened_by, spool)

    def _written(
        self, spool: Spool, schema: pa.Schema, batches: Iterator[pa.RecordBatch], number: int
    ) -> Mapping[str, int]:
        file = cast(BinaryIO, SpoolWriter(spool))
        if self.kind != "parquet":
            header = number == self.first
            return write_plain(self.kind, file, schema, batches, self.formulas, header=header)[1]
        with pa.ipc.new_stream(cast(Any, file), schema) as rows:  # row groups are the file's
            for batch in batches:
                rows.write_batch(batch)
        return {}
