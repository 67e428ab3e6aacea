"""Rows of canaries in a leak without ids: compared with decoys, which were made in the same way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.dataset.canaries import CanaryRecord
from anonymize.pipeline.canaries.ids import plain_text
from anonymize.privacy.tracing import by_decoys
from anonymize.transform.columns import is_text

Form = Callable[[pa.Array], pa.Array]
_OWN = ("person", "row")
_DATES = (
    "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%Y%m%d", "%d %b %Y",
    "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d.%m.%y", "%m/%d/%y", "%d/%m/%y",
)  # fmt: skip
_TIMES = ("", " %H:%M:%S", "T%H:%M:%S", " %H:%M", "T%H:%M", " %I:%M:%S %p", " %I:%M %p")
_ZONE = r"(?:Z|[+-]\d\d:?\d\d)$"
_TRUE = ("true", "t", "yes", "y", "1")


def found_by_rows(
    table: pa.Table, records: Sequence[CanaryRecord]
) -> tuple[set[tuple[int, int]], float]:
    """Return the canaries of which a leaked table holds a row, by record and person, and the
    probability that a table which does not depend on the key's choice holds as many.

    Rows are compared in the columns that both have, by name without case and signs.
    """
    shared = _shared(table, records)
    if not shared:
        return set(), 1.0
    canaries = _numbered([record.rows for record in records])
    decoys = _numbered([record.decoys for record in records])
    held = _held(table, canaries, decoys, shared)
    if held is None:
        return set(), 1.0
    found, met_decoys = held
    count, others = len(set(canaries[1])), len(set(decoys[1]))
    return found, by_decoys(len(found), count, len(found) + len(met_decoys), others)


def _shared(table: pa.Table, records: Sequence[CanaryRecord]) -> list[tuple[str, str]]:
    """Return pairs of a record's column and the leak's of the same name, without columns of ids."""
    theirs = {plain_text(name): name for name in table.schema.names}
    ids = {re.split(r"[.\[]", str(path))[0] for one in records for path, _ in one.facts["marks"]}
    schema = records[0].rows.schema
    return [
        (field.name, theirs[plain_text(field.name)])
        for field in schema
        if field.name not in (*_OWN, *ids)
        and not pa.types.is_nested(field.type)
        and plain_text(field.name) in theirs
    ]


def _numbered(tables: Sequence[pa.Table]) -> tuple[pa.Table, list[tuple[int, int]]]:
    """Return all rows, and whose each is, by the number of the record and the person in it."""
    whose = [(at, person) for at, one in enumerate(tables) for person in one["person"].to_pylist()]
    plain = [
        one.drop_columns([name for name in _OWN if name in one.schema.names]) for one in tables
    ]
    return pa.concat_tables(plain), whose


def _held(
    table: pa.Table,
    canaries: tuple[pa.Table, list[tuple[int, int]]],
    decoys: tuple[pa.Table, list[tuple[int, int]]],
    shared: Sequence[tuple[str, str]],
) -> tuple[set[tuple[int, int]], set[tuple[int, int]]] | None:
    """Return the canaries and the decoys whose rows the table has."""
    both = pa.concat_tables([canaries[0], decoys[0]])
    ours, theirs = [], []
    left = np.arange(table.num_rows)
    for own, name in shared:
        pair = _codes(both[own].combine_chunks(), table[name].combine_chunks())
        if pair is None:  # another kind of values: no row of ours is like any of theirs
            continue
        ours.append(pair[0])
        theirs.append(pair[1])
        left = left[pair[1][left] >= 0]
    if not ours:
        return None
    rows = set(map(tuple, np.stack(theirs, axis=1)[left].tolist()))
    whose = [*((0, *one) for one in canaries[1]), *((1, *one) for one in decoys[1])]
    met = {
        one
        for one, codes in zip(whose, map(tuple, np.stack(ours, axis=1).tolist()), strict=True)
        if codes in rows
    }
    return {one[1:] for one in met if one[0] == 0}, {one[1:] for one in met if one[0] == 1}


def _codes(
    own: pa.Array, theirs: pa.Array
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None:
    """Return codes of both columns' values, -1 for those that the first does not have; None if they
    have none in common.

    Of the ways to read the second one the one is taken that has most values in common with canaries
    and decoys together, so that the choice does not depend on which are which.
    """
    if pa.types.is_dictionary(own.type):
        own = own.cast(own.type.value_type)
    if pa.types.is_dictionary(theirs.type):
        theirs = theirs.cast(theirs.type.value_type)
    best: tuple[int, pa.Array, pa.Array] | None = None
    for mine, read in _readings(own, theirs):
        distinct = pc.unique(mine)
        hits = pc.sum(pc.is_in(read, value_set=distinct.drop_null())).as_py() or 0
        if hits and (best is None or hits > best[0]):
            best = hits, mine, read
    if best is None:
        return None
    encoded = pc.unique(best[1])
    return tuple(  # type: ignore[return-value]
        np.asarray(pc.index_in(one, value_set=encoded).fill_null(-1)).astype(np.int64)
        for one in best[1:]
    )


def _readings(own: pa.Array, theirs: pa.Array) -> Iterator[tuple[pa.Array, pa.Array]]:
    """Yield both columns in a form in which equal values are equal, for each way to read theirs."""
    kind, is_ = own.type, pa.types
    if is_.is_boolean(kind):
        yield own, pc.is_in(_text(theirs), value_set=pa.array(_TRUE))
    elif is_.is_timestamp(kind) or is_.is_date(kind):
        yield from _moments(own, theirs)
    elif is_.is_integer(kind) or is_.is_floating(kind) or is_.is_decimal(kind):
        for numbers in _numbers(theirs):
            decimals = _decimals(numbers)
            yield pc.round(own.cast(pa.float64()), decimals), pc.round(numbers, decimals)
    else:
        yield _text(own), _text(theirs)


def _text(values: pa.Array) -> pa.Array:
    texts = values.cast(pa.string())
    return pc.utf8_lower(pc.replace_substring_regex(texts, r"[^\p{L}\p{N}]+", ""))


def _decimals(numbers: pa.Array) -> int:
    for decimals in range(6):
        if pc.all(pc.equal(pc.round(numbers, decimals), numbers)).as_py() is not False:
            return decimals
    return 6


def _numbers(values: pa.Array) -> Iterator[pa.Array]:
    """Yield numbers, with the point or the comma before decimals."""
    if not is_text(values.type):
        if not pa.types.is_nested(values.type) and not pa.types.is_temporal(values.type):
            yield values.cast(pa.float64(), safe=False)
        return
    bare = pc.replace_substring_regex(values.cast(pa.string()), r"[^\d.,eE+-]", "")
    yield _floats(pc.replace_substring(bare, ",", ""))
    yield _floats(pc.replace_substring(pc.replace_substring(bare, ".", ""), ",", "."))


def _floats(texts: pa.Array) -> pa.Array:
    right = pc.match_substring_regex(texts, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
    return pc.if_else(right, texts, None).cast(pa.float64())


def _moments(own: pa.Array, theirs: pa.Array) -> Iterator[tuple[pa.Array, pa.Array]]:
    """Yield both as seconds; as days if theirs have no time of day."""
    mine = _seconds(own)
    for read in _parsed(theirs):
        days = pc.all(pc.equal(pc.multiply(pc.divide(read, 86_400), 86_400), read)).as_py()
        minutes = pc.all(pc.equal(pc.multiply(pc.divide(read, 60), 60), read)).as_py()
        grain = 86_400 if days is not False else 60 if minutes is not False else 1
        yield pc.divide(mine, grain), pc.divide(read, grain)


def _seconds(values: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.timestamp(values.type.unit))
    return values.cast(pa.timestamp("s"), safe=False).cast(pa.int64())


def _parsed(values: pa.Array) -> Iterator[pa.Array]:
    if pa.types.is_timestamp(values.type) or pa.types.is_date(values.type):
        yield _seconds(values)
        return
    texts = pc.utf8_trim_whitespace(values.cast(pa.string()))
    texts = pc.replace_substring_regex(texts, r"(:\d\d)[.,]\d+", r"\1")
    texts = pc.replace_substring_regex(texts, _ZONE, "")
    sample = texts.drop_null()[:200]
    for date in _DATES:
        for time in _TIMES:
            form = date + time
            if len(sample) and pc.strptime(sample, form, "s", error_is_null=True).null_count < len(
                sample
            ):
                yield pc.strptime(texts, form, "s", error_is_null=True).cast(pa.int64())
