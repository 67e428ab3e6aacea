"""Ids of canaries in a leak: each is a value that the key drew for one invented person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.dataset.canaries import CanaryRecord
from anonymize.pipeline.canaries.leak import Leak
from anonymize.privacy.tracing import by_chance
from anonymize.transform.columns import is_text

_NO_SIGN = r"[^\p{L}\p{N}]+"
_SIGNS = re.compile(r"[\W_]+")
_BETWEEN = re.compile(r"[\s,;|\"'<>()\[\]{}=]+")
_SEARCHED = 20_000_000_000
"""Characters times ids up to which a text is also searched without regard to where words end."""
_LONG = 12
"""Shortest id that is looked for in this way."""


@dataclass(frozen=True)
class Searched:
    """The different values of a leak, without case and signs."""

    values: frozenset[str] | pa.Array
    count: int
    """How many values an id could be equal to by chance."""
    text: str
    """All of it without signs, if it is text; else empty."""

    @classmethod
    def of(cls, leak: Leak) -> Searched:
        """Return what is searched of a leak."""
        if leak.table is None:
            words = frozenset(plain_text(word) for word in _BETWEEN.split(leak.text))
            text = plain_text(leak.text)
            return cls(words, len(words) + len(text), text)
        columns = [_plain_cells(column) for column in leak.table.columns]
        chunks = [chunk for column in columns for chunk in column.chunks]
        whole = pc.unique(pa.chunked_array(chunks, pa.string())) if chunks else pa.array([], "str")
        return cls(whole, len(whole), "")

    def holding(self, ids: Sequence[str]) -> set[str]:
        """Return those of ``ids`` that the leak holds."""
        if isinstance(self.values, frozenset):
            found = {one for one in ids if one in self.values}
            if self.text and len(self.text) * len(ids) <= _SEARCHED:
                found |= {one for one in ids if len(one) >= _LONG and one in self.text}
            return found
        if not len(ids):
            return set()
        wanted = pa.array(list(ids), pa.string())
        return set(wanted.filter(pc.is_in(wanted, value_set=self.values)).to_pylist())


def plain_text(text: str) -> str:
    """Return a text without case, spaces and signs."""
    return _SIGNS.sub("", text).lower()


def _plain_cells(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the different cells of a column without case and signs; of nested ones the leaves."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        leaves = {leaf for value in column.to_pylist() for leaf in _leaves(value)}
        column = pa.chunked_array([pa.array(sorted(leaves), pa.string())])
    texts = pc.unique(column).drop_null()
    texts = texts if is_text(texts.type) else texts.cast(pa.string())
    texts = pc.replace_substring_regex(texts.cast(pa.string()), r"\.0+$", "")
    cells = pc.utf8_lower(pc.replace_substring_regex(texts, _NO_SIGN, ""))
    inside = texts.filter(pc.match_substring_regex(texts, r"[{\[]"))
    words = {plain_text(word) for text in inside.to_pylist() for word in _BETWEEN.split(text)}
    return pa.chunked_array([cells, pa.array(sorted(words), pa.string())])


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None:
        yield value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def ids_of(record: CanaryRecord) -> list[tuple[float, dict[int, set[str]]]]:
    """Return, per column of ids, its random bits and each canary's ids without case and signs."""
    persons = record.rows["person"].to_pylist()
    found = []
    for path, bits in record.facts["marks"]:
        ids: dict[int, set[str]] = {}
        for person, values in zip(persons, _at(record.rows, str(path)), strict=True):
            ids.setdefault(person, set()).update(plain_text(one) for one in values)
        found.append((float(bits), ids))
    return found


def _at(rows: pa.Table, path: str) -> list[list[str]]:
    """Return the texts at a place of each row."""
    if path in rows.schema.names:
        return [list(_leaves(value)) for value in rows[path].to_pylist()]
    top = max((n for n in rows.schema.names if path.startswith(n)), key=len, default="")
    steps = [step for step in re.split(r"\.|(\[\])", path[len(top) :]) if step]
    return [list(_walk(value, steps)) for value in rows[top].to_pylist()] if top else []


def _walk(value: object, steps: Sequence[str]) -> Iterator[str]:
    if value is None:
        return
    if not steps:
        yield from _leaves(value)
    elif steps[0] == "$" and isinstance(value, str):
        yield from _walk(json.loads(value), steps[1:])
    elif steps[0] == "[]" and isinstance(value, list):
        for inner in value:
            yield from _walk(inner, steps[1:])
    elif isinstance(value, Mapping):
        yield from _walk(value.get(steps[0]), steps[1:])


def found_by_ids(
    searched: Searched, records: Sequence[CanaryRecord]
) -> tuple[set[tuple[int, int]], float]:
    """Return the canaries that a leak holds an id of, by record and person, and a bound of the
    probability that a leak of something else holds as many.
    """
    found, bounds = set[tuple[int, int]](), []
    columns: dict[int, list[tuple[int, float, dict[int, set[str]]]]] = {}
    for number, record in enumerate(records):
        for place, (bits, ids) in enumerate(ids_of(record)):
            columns.setdefault(place, []).append((number, bits, ids))
    for of_column in columns.values():
        hits, expected = 0, 0.0
        for number, bits, ids in of_column:
            wanted = [one for values in ids.values() for one in values if one]
            held = searched.holding(wanted)
            those = {(number, person) for person, values in ids.items() if values & held}
            hits += len(those)
            found |= those if bits > 0 else set()
            expected += len(ids) * searched.count * 2.0**-bits
        bounds.append(by_chance(hits, expected))
    return found, min(1.0, len(bounds) * min(bounds, default=1.0))
