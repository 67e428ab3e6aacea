"""A version as an iterable dataset of torch, which gives batches of tensors."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Concatenate, ParamSpec

import numpy as np
import pyarrow as pa

from anonymize.errors import ArgumentError, MissingExtraError
from anonymize.readers.arrays import Arrays, to_arrays
from anonymize.readers.shares import Share
from anonymize.readers.training import TrainingBatches

try:
    import torch
    from torch.utils.data import IterableDataset, get_worker_info
except ImportError:
    raise MissingExtraError.of("anonymize.readers.torch", "torch") from None

_MOST_WORKERS = 4096
Arguments = ParamSpec("Arguments")


class TensorBatch(dict[str, Any]):
    """Columns by name: tensors, and lists of text and nested values.

    Sent from a worker as its bytes. torch would pass a file descriptor in shared memory for each
    tensor, which takes a millisecond; a batch's column is small.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        """Return the arrays, of which the other process makes tensors without a copy."""
        arrays = {
            name: values.numpy() if isinstance(values, torch.Tensor) else values
            for name, values in self.items()
        }
        return _of_arrays, (arrays,)


def _of_arrays(arrays: Arrays) -> TensorBatch:
    return TensorBatch(
        {
            name: values if isinstance(values, list) else torch.from_numpy(values)
            for name, values in arrays.items()
        }
    )


def as_is(batch: TensorBatch) -> TensorBatch:
    """Return ``batch``: a DataLoader's ``collate_fn``. Without it torch walks through every text of
    every column to look for arrays.
    """
    return batch


def _arguments_of(
    one: Callable[Concatenate[Any, Arguments], None],
) -> Callable[[Callable[..., None]], Callable[Concatenate[Any, Arguments], None]]:
    """Return what gives a method the signature of ``one``, to which it hands its arguments on."""

    def signed(method: Callable[..., None]) -> Callable[Concatenate[Any, Arguments], None]:
        method.__signature__ = inspect.signature(one)  # type: ignore[attr-defined]
        return method

    return signed


class EncryptedIterableDataset(IterableDataset):  # type: ignore[misc]
    """Batches of a version as dictionaries of tensors by column, for a DataLoader with
    ``batch_size=None`` and ``collate_fn=as_is``.

    Rows are divided among the ranks of the job and the DataLoader's workers, each row once an
    epoch. No row is written to a disk; a worker hands its batches over through a pipe.
    """

    @_arguments_of(TrainingBatches.__init__)
    def __init__(self, *args: Any, **settings: Any) -> None:
        """Open the dataset in ``folder``; the arguments are those of `TrainingBatches`. If workers
        are spawned, the keyring must be given by its URI: keys are not sent to other processes.

        Raises:
            DatasetError, KeysError, SourceError, ArgumentError: see `TrainingBatches`.
        """
        super().__init__()
        self._batches = TrainingBatches(*args, **settings)
        # seen by workers that live on from epoch to epoch
        self._epoch = torch.zeros((), dtype=torch.int64).share_memory_()
        # workers that have read since a state was loaded: those of the next epoch are copies of
        # this process too, and must not begin at that state again
        self._have_read = torch.zeros(_MOST_WORKERS, dtype=torch.bool).share_memory_()

    @property
    def schema(self) -> pa.Schema:
        """Return names and Arrow types of the columns."""
        return self._batches.schema

    @property
    def version(self) -> int:
        """Return the number of the version that is read."""
        return self._batches.version

    @property
    def epoch(self) -> int:
        """Return the epoch whose order the next iteration has."""
        return int(self._epoch)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch of the next iteration, in workers too; see
        `TrainingBatches.set_epoch`.
        """
        self._batches.set_epoch(epoch)
        self._epoch.fill_(epoch)

    def count_rows(self) -> int:
        """Return the number of rows of this rank in an epoch, before ``filters``."""
        return self._batches.count_rows()

    def __iter__(self) -> Iterator[TensorBatch]:
        """Yield the batches of this process: in a DataLoader's worker, of that worker."""
        info, mine = get_worker_info(), self._batches
        mine.set_epoch(int(self._epoch))
        if info is None:
            share, before = Share(mine.rank, mine.ranks), self._have_read
        else:
            share = Share(mine.rank, mine.ranks, info.id, info.num_workers)
            before = self._have_read[info.id]
        if before.any():
            mine.forget_state()
        before.fill_(info is not None)
        rows = mine.record_batches(share)
        return (to_tensors(to_arrays(batch, mine.fill)) for batch in rows)

    def state_dict(self, batches: int | None = None, workers: int | None = None) -> dict[str, Any]:
        """Return the place of the next row; with a DataLoader's workers give the number of
        ``batches`` taken in this epoch, and of ``workers``. See `TrainingBatches.state_dict`.

        Raises:
            ArgumentError: see there; or workers read last and neither is given.
        """
        unsaid = batches is None and workers is None
        if unsaid and get_worker_info() is None and self._have_read.any():
            what = "workers read last, whose places this process does not see; give batches and"
            raise ArgumentError(f"{what} workers", place="state_dict")
        return self._batches.state_dict(batches, workers)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on at ``state`` with the next iteration, in the state's epoch. Workers take it over
        when they start: load it before a DataLoader with ``persistent_workers`` is iterated.

        Raises:
            ArgumentError: see `TrainingBatches.load_state_dict`.
        """
        self._batches.load_state_dict(state)
        self._epoch.fill_(self._batches.epoch)
        self._have_read.fill_(False)


def to_tensors(arrays: Arrays) -> TensorBatch:
    """Return arrays as tensors of their own memory; lists stay lists.

    Dates and times become int64 in their own unit (days for dates, since 1970), unsigned numbers
    above 8 bits int64.

    Raises:
        ArgumentError: an unsigned number does not fit into int64.
    """
    return TensorBatch(
        {
            name: values if isinstance(values, list) else _tensor(name, values)
            for name, values in arrays.items()
        }
    )


def _tensor(name: str, values: Any) -> torch.Tensor:
    if values.dtype.kind in "mM":
        values = values.view(np.int64)
    elif values.dtype.kind == "u" and values.dtype.itemsize > 1:
        if values.size and int(values.max()) > np.iinfo(np.int64).max:
            raise ArgumentError("holds numbers above those of int64", place=f"column {name}")
        values = values.astype(np.int64)
    return torch.from_numpy(np.array(values))
