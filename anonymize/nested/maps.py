"""Opens maps into the keys that rules name and the other entries, and closes them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.nested.json_text import Unfit, is_text
from anonymize.nested.paths import entry_keys, level_of
from anonymize.nested.positions import Positions, positions, ranges, scattered, taken
from anonymize.nested.wanted import WantedPlaces

TWICE = "a map with two entries of one key that a rule names"
UNLISTED = "a map with an entry that no rule names; give it a rule, or say unlisted: drop"
_REST = -1


def key_path(path: str) -> str:
    """Return the path of the keys of the map ``path`` that no rule names."""
    return f"{path}[].key"


def value_path(path: str) -> str:
    """Return the path of those keys' values."""
    return f"{path}[].value"


def has_text_keys(kind: pa.DataType) -> bool:
    """Return True if rules can name entries of a map by their keys."""
    return bool(pt.is_map(kind) and is_text(kind.key_type))


@dataclass(frozen=True)
class Entries:
    """The entries of a column of maps, in sequence."""

    rows: int
    named: Mapping[str, str]
    """Keys that rules name, each with the path of its value."""
    keys: pa.Array
    items: pa.Array
    parents: Positions
    """Each entry's row."""
    which: Positions
    """Each entry's number among ``named``, or -1."""
    in_order: bool = False
    """True if entries are written in the order of their new keys, whatever their order was."""

    @property
    def rest(self) -> npt.NDArray[np.bool_]:
        """Return a mask of the entries that no rule names."""
        return np.equal(self.which, _REST)

    def of_key(self, number: int) -> pa.Array:
        """Return the value under the ``number``-th named key per row; null if it is missing, or
        occurs more than once.
        """
        mine = np.flatnonzero(self.which == number)
        at = np.full(self.rows, -1, dtype=np.int64)
        at[self.parents[mine]] = mine
        at[self.twice] = -1
        return taken(self.items, at)

    @property
    def twice(self) -> npt.NDArray[np.bool_]:
        """Return a mask of the rows with a named key twice."""
        mine = ~self.rest
        both = self.parents[mine] * max(len(self.named), 1) + self.which[mine]
        found, counts = np.unique(both, return_counts=True)
        twice = np.zeros(self.rows, dtype=bool)
        twice[found[counts > 1] // max(len(self.named), 1)] = True
        return twice


def entries_of(path: str, column: pa.Array, asked: WantedPlaces) -> Entries:
    """Return the entries of ``column``, a map at ``path``."""
    named = entry_keys(path, asked.index.inside(path))
    offsets = positions(column.offsets)
    lengths = np.diff(offsets)
    lengths[column.is_null().to_numpy(zero_copy_only=False)] = 0
    flat = pa.array(ranges(offsets[:-1], lengths))
    keys, items = column.keys.take(flat), column.items.take(flat)
    which = np.full(len(keys), _REST, dtype=np.int64)
    if named:
        text = keys.cast(pa.string())
        which = positions(pc.index_in(text, value_set=pa.array(list(named), pa.string())))
    parents = np.repeat(np.arange(len(column)), lengths)
    return Entries(len(column), named, keys, items, parents, which, asked.orders(path))


def unfit_maps(path: str, entries: Entries, asked: WantedPlaces) -> list[Unfit]:
    """Return the maps that no rule can be applied to."""
    found = [(entries.twice, TWICE)]
    if asked.refuses_below(path) and key_path(path) not in asked.listed:
        unlisted = np.zeros(entries.rows, dtype=bool)
        unlisted[entries.parents[entries.rest]] = True
        found.append((unlisted, UNLISTED))
    return [Unfit(path, level_of(path), pa.array(bad), why) for bad, why in found if bad.any()]  # type: ignore[arg-type]


def closed_map(
    column: pa.Array,
    entries: Entries,
    named: Mapping[int, pa.Array],
    rest: tuple[pa.Array, pa.Array] | None,
    unfit: Sequence[Unfit],
) -> pa.Array:
    """Return ``column`` with new values, entries in their order or in that of their new keys.

    Args:
        column: The maps.
        entries: Their entries.
        named: New values per row of each named key that stays.
        rest: New keys and values of the other entries, if they stay; an entry without a key is left
            out.
        unfit: Maps that become null.
    """
    values = [*named.values(), *([rest[1]] if rest else [])]
    starts = np.cumsum([0, *map(len, values)])
    at = np.full(len(entries.which), -1, dtype=np.int64)
    for start, number in zip(starts, named, strict=False):
        mine = entries.which == number
        at[mine] = start + entries.parents[mine]
    keys = entries.keys
    if rest:
        mine = entries.rest
        numbers = scattered(np.flatnonzero(mine), len(mine))
        at[mine] = starts[len(named)] + numbers[mine]
        at[mine] = np.where(rest[0].is_valid().to_numpy(zero_copy_only=False), at[mine], -1)
        keys = (
            pc.if_else(pa.array(mine), taken(rest[0], numbers), keys)
            if named
            else taken(rest[0], numbers)
        )
    stays = np.flatnonzero(at >= 0)
    if entries.in_order:
        stays = stays[np.lexsort([_ranks(keys.take(pa.array(stays))), entries.parents[stays]])]
    counts = np.bincount(entries.parents[stays], minlength=entries.rows)
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
    null = np.logical_or.reduce(
        [column.is_null().to_numpy(zero_copy_only=False), *(_mask(bad) for bad in unfit)]
    )
    items = pa.concat_arrays(values).take(pa.array(at[stays]))
    return pa.MapArray.from_arrays(offsets, keys.take(pa.array(stays)), items, mask=pa.array(null))


def _ranks(keys: pa.Array) -> npt.NDArray[np.uint64]:
    return np.asarray(pc.rank(keys, tiebreaker="dense"))


def _mask(unfit: Unfit) -> npt.NDArray[np.bool_]:
    return unfit.where.to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]
