"""Which process of a training job this is."""

from __future__ import annotations

import os
import sys

from anonymize.errors import ArgumentError

_HINT = "give rank= and ranks= (rank=0, ranks=1 reads all rows)"


def rank_and_ranks(rank: int | None, ranks: int | None) -> tuple[int, int]:
    """Return the rank of this process and the number of ranks: as given, else those of
    ``torch.distributed`` if it is initialized, else ``RANK`` and ``WORLD_SIZE`` of the environment
    (as torchrun sets them), else 0 of 1.

    torch is not imported for this. Other launchers' variables (SLURM, MPI) are not looked at.

    Raises:
        ArgumentError: only one of the two is given or set, or what the environment says is no
            rank: a process that takes all rows, or another's, would not be noticed.
    """
    if rank is not None and ranks is not None:
        return rank, ranks
    if rank is not None or ranks is not None:
        given, missing = ("rank", "ranks") if ranks is None else ("ranks", "rank")
        what = f"is given without {missing}; give both, or neither for those of the job"
        raise ArgumentError(what, place=given)
    distributed = getattr(sys.modules.get("torch"), "distributed", None)
    if distributed is not None and distributed.is_available() and distributed.is_initialized():
        return int(distributed.get_rank()), int(distributed.get_world_size())
    return _of_environment(os.environ.get("RANK"), os.environ.get("WORLD_SIZE"))


def _of_environment(rank: str | None, ranks: str | None) -> tuple[int, int]:
    if rank is None and ranks is None:
        return 0, 1
    if rank is None or ranks is None:
        said, missing = ("WORLD_SIZE", "RANK") if rank is None else ("RANK", "WORLD_SIZE")
        raise ArgumentError(f"is set without {missing}; set both, or {_HINT}", place=said)
    if not all(one.isascii() and one.isdigit() for one in (rank, ranks)):
        raise ArgumentError(f"are no whole numbers; {_HINT}", place="RANK, WORLD_SIZE")
    if int(rank) >= int(ranks):
        what = f"say rank {int(rank)} of {int(ranks)}, and ranks count from 0; {_HINT}"
        raise ArgumentError(what, place="RANK, WORLD_SIZE")
    return int(rank), int(ranks)
