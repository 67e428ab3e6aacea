"""Batches of a version for training: a share of its rows, shuffled or not, from a stored place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.dataset import Dataset
from anonymize.dataset.row_filter import Filters
from anonymize.dataset.selection import Columns
from anonymize.dataset.signing import Keyring
from anonymize.errors import ArgumentError, Problem
from anonymize.readers.arrays import Arrays, to_arrays
from anonymize.readers.job import rank_and_ranks
from anonymize.readers.order import EpochOrder
from anonymize.readers.shares import Share, batches_of_workers
from anonymize.readers.source import Source
from anonymize.readers.state import STATE_FORMAT, place_of_state, refuse_other_state
from anonymize.readers.stream import RowPlace, RowStream

BUFFER_ROWS = 131_072


class TrainingBatches:
    """An iterable of batches as dictionaries of NumPy arrays and lists; see `to_arrays`.

    The version is pinned when this is made. Iterating gives the rows of the share in the epoch's
    order, each once. It may be pickled if the keyring is given by its URI, and holds no key then.
    """

    @checked
    def __init__(
        self,
        folder: str | Path | Dataset,
        /,
        columns: Columns | None = None,
        *,
        batch_size: int = 1024,
        filters: Filters | None = None,
        shuffle: bool = False,
        seed: int = 0,
        buffer_rows: int = BUFFER_ROWS,
        rank: int | None = None,
        ranks: int | None = None,
        even: bool = False,
        drop_last: bool = False,
        fill: Mapping[str, Any] | None = None,
        dataset: str | None = None,
        purpose: str | None = None,
        version: int | None = None,
        keyring: Keyring | str | None = None,
    ) -> None:
        """Open the dataset in ``folder``, and check what is asked for against the keyring.

        Args:
            folder: The dataset, its folder or its address.
            columns: As for `read`.
            batch_size: Rows of a batch; the last one of a share may have fewer.
            filters: As for `read`.
            shuffle: Whether parts, the row groups of each part and the rows of each buffer come in
                an order drawn from seed and epoch. Without it the order is the version's.
            seed: The same in all processes of a job.
            buffer_rows: Rows that are put in order together.
            rank: Which process of the job this is, from 0. By default, with ``ranks``, what
                `rank_and_ranks` finds: ``torch.distributed``, or ``RANK`` and ``WORLD_SIZE``.
            ranks: Number of processes of the job.
            even: Whether each rank gets the same number of rows, so that none waits for another.
                Fewer than ``ranks`` rows are left out, others in each epoch. Not with ``filters``.
            drop_last: Whether an incomplete last batch of a share is left out.
            fill: Value in place of null, by column; see `to_arrays`.
            dataset: The name that the dataset must have.
            purpose: The purpose that the version must have been made for.
            version: Which version; by default the current one at this moment.
            keyring: What opens the version, or its URI; by default what COATCHECK_KEYRING says.

        Raises:
            DatasetError, KeysError, SourceError: see `iter_batches`.
            ArgumentError: likewise; or a number is too small, ``rank`` is none of ``ranks`` or one
                of them is missing (see `rank_and_ranks`), ``fill`` names a column that is not read,
                or ``even`` has ``filters`` beside it.
        """
        self.rank, self.ranks = rank_and_ranks(rank, ranks)
        self.source = Source(
            folder,
            columns,
            filters=filters,
            dataset=dataset,
            purpose=purpose,
            version=version,
            keyring=keyring,
        )
        self.batch_size, self.buffer_rows, self.drop_last = batch_size, buffer_rows, drop_last
        self.shuffle, self.seed, self.even = shuffle, seed, even
        self.fill = dict(fill or {})
        self._epoch = 0
        self._loaded: dict[str, Any] | None = None
        self._reached: tuple[Share, RowPlace] | None = None
        self._check()

    def _check(self) -> None:
        least = {"batch_size": 1, "buffer_rows": 1, "seed": 0, "ranks": 1, "rank": 0}
        problems = [
            Problem(name, f"is {getattr(self, name)}; give {low} or more")
            for name, low in least.items()
            if getattr(self, name) < low
        ]
        if self.rank >= max(self.ranks, 1):
            problems.append(Problem("rank", f"is {self.rank} of {self.ranks}; they count from 0"))
        if unknown := sorted(set(self.fill) - set(self.schema.names)):
            what = f"names {', '.join(unknown)}; columns that are read: "
            problems.append(Problem("fill", what + ", ".join(self.schema.names)))
        if self.even and self.source.selection.rows is not None:
            what = "cannot be kept with filters, because how many rows pass is not known before"
            problems.append(Problem("even", what))
        if problems:
            raise ArgumentError(problems)

    @property
    def schema(self) -> pa.Schema:
        """Return names and Arrow types of the columns."""
        return self.source.selection.schema

    @property
    def version(self) -> int:
        """Return the number of the version that is read."""
        return self.source.version

    @property
    def epoch(self) -> int:
        """Return the epoch whose order the next iteration has."""
        return self._epoch

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch of the next iteration. It begins at the first row, unless a state of
        this epoch was loaded.

        Raises:
            ArgumentError: it is negative.
        """
        if epoch < 0:
            raise ArgumentError(f"is {epoch}; give 0 or more", place="epoch")
        if epoch != self._epoch:
            self._loaded = None
        self._epoch = epoch

    def count_rows(self) -> int:
        """Return the number of rows of this rank in an epoch, before ``filters``."""
        first, end = self._stream(Share(self.rank, self.ranks)).bounds
        return end - first

    def __iter__(self) -> Iterator[Arrays]:
        """Yield the batches of this rank."""
        return (to_arrays(batch, self.fill) for batch in self.record_batches())

    def record_batches(self, share: Share | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows of ``share`` (by default this rank's) as Arrow batches, from the place of
        a state that was loaded, which counts once.

        Raises:
            DatasetError, KeysError: see `iter_batches`.
            ArgumentError: the state is of another share.
        """
        share = share or Share(self.rank, self.ranks)
        state, self._loaded = self._loaded, None
        stream = self._stream(share)
        place = RowPlace() if state is None else self._place(state, share)
        self._reached = share, place
        return self._counted(stream, place, share)

    def _counted(
        self, stream: RowStream, place: RowPlace, share: Share
    ) -> Iterator[pa.RecordBatch]:
        for batch, after in stream.batches(self.batch_size, place):
            if self.drop_last and batch.num_rows < self.batch_size:
                return
            self._reached = share, after
            yield batch

    def _stream(self, share: Share) -> RowStream:
        order = EpochOrder(self.seed, self.epoch, self.shuffle)
        return RowStream(self.source, order, share, self.buffer_rows, self.even)

    def _place(self, state: Mapping[str, Any], share: Share) -> RowPlace:
        if "batches" not in state:
            return place_of_state(state, share)
        rows = self._rows_of_workers(share.workers)
        given = batches_of_workers(state["batches"], [self._batches(count) for count in rows])
        if share.workers != state["workers"]:
            what = f"was taken with {state['workers']} workers, not {share.workers}"
            raise ArgumentError(what, place="state")
        begun = min(given[share.worker] * self.batch_size, rows[share.worker])
        return RowPlace(begun // self.buffer_rows, begun % self.buffer_rows)

    def _rows_of_workers(self, workers: int) -> list[int]:
        shares = [Share(self.rank, self.ranks, worker, workers) for worker in range(workers)]
        return [end - first for first, end in (self._stream(one).bounds for one in shares)]

    def _batches(self, rows: int) -> int:
        return rows // self.batch_size if self.drop_last else -(-rows // self.batch_size)

    @checked
    def state_dict(self, batches: int | None = None, workers: int | None = None) -> dict[str, Any]:
        """Return the place of the next row, as plain numbers and names for a checkpoint.

        Where other processes read (a DataLoader's workers), this one does not see how far they
        are: give the number of ``batches`` taken in this epoch, those before a resumption too, and
        the number of ``workers``. Not with ``filters``.

        Raises:
            ArgumentError: one of the two without the other, or beside ``filters``; or neither, and
                nothing was iterated here.
        """
        state = self._settings()
        if batches is not None and workers is not None:
            if self.source.selection.rows is not None:
                what = "cannot be counted with filters; take the state where the rows are read"
                raise ArgumentError(what, place="batches")
            if batches < 0 or workers < 1:
                raise ArgumentError("give batches from 0 and workers from 1", place="state_dict")
            return {**state, "batches": int(batches), "workers": int(workers)}
        if batches is not None or workers is not None:
            raise ArgumentError("give both batches and workers", place="state_dict")
        if self._loaded is not None:
            return dict(self._loaded)
        if self._reached is None:
            what = "nothing was iterated in this process; with workers of a DataLoader give"
            raise ArgumentError(f"{what} batches and workers", place="state_dict")
        share, place = self._reached
        at = [place.buffer, place.row, place.rows]
        return {**state, "worker": share.worker, "workers": share.workers, "place": at}

    @checked
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on at ``state`` with the next iteration, in the state's epoch.

        Raises:
            ArgumentError: it was taken with other settings, or of another version; each is named.
        """
        refuse_other_state(state, self._settings())
        self._epoch, self._loaded = int(state["epoch"]), dict(state)

    def forget_state(self) -> None:
        """Let the next iteration begin at the first row, although a state was loaded."""
        self._loaded = None

    def _settings(self) -> dict[str, Any]:
        """Return what decides which rows come in which order, and the epoch."""
        rows = self.source.selection.rows
        return {
            "format": STATE_FORMAT,
            "dataset": self.source.dataset,
            "version": self.version,
            "epoch": self.epoch,
            "shuffle": self.shuffle,
            "seed": self.seed,
            "batch_size": self.batch_size,
            "buffer_rows": self.buffer_rows,
            "rank": self.rank,
            "ranks": self.ranks,
            "even": self.even,
            "drop_last": self.drop_last,
            "filtered_by": None if rows is None else list(rows.columns),
        }
