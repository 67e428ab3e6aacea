"""Opens JSON kept as text into the places that rules name, and closes it again.

Every distinct document is parsed once. The result is a template (its braces and keys, with holes
for the rules' values) and one array of values per place; documents of one shape share a template.
Opening and closing are then index arithmetic over Arrow arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.names import ColumnName
from anonymize.nested.json_parse import escaped_all, is_number, quoted_all
from anonymize.nested.json_reading import BOOL, INSIDE, NONE, NUMBER, Reading
from anonymize.nested.json_templates import flat_templates, joined
from anonymize.nested.json_tree import Place, Tree, tree_of
from anonymize.nested.paths import document_paths
from anonymize.nested.positions import Positions, positions, ranges, repeated, scattered, taken
from anonymize.nested.wanted import WantedPlaces

NO_VALUE = "an object or array where a single value is expected; name what is inside, or redact it"


def is_text(kind: pa.DataType) -> bool:
    """Return True if ``kind`` may hold JSON as text."""
    if pt.is_dictionary(kind):
        return is_text(kind.value_type)
    return bool(pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind))


def can_be_written(kind: pa.DataType) -> bool:
    """Return True if values of ``kind`` can be written into a document."""
    plain = (
        pt.is_boolean(kind) or pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind)
    )
    return bool(plain or pt.is_temporal(kind) or is_text(kind) or pt.is_null(kind))


@dataclass(frozen=True)
class Unfit:
    """Values that no rule can be applied to."""

    column: ColumnName
    """The column, or the place inside it that a rule names."""
    level: str
    """The level of its values."""
    where: pa.BooleanArray
    """Mask of the bad values."""
    why: str
    """The reason, which quotes no value and no key."""


@dataclass(frozen=True)
class Documents:
    """The opened documents of one column."""

    columns: Mapping[ColumnName, pa.Array]
    """Flat values per place, as text."""
    parents: Mapping[str, tuple[str, pa.Array]]
    """Per level inside the documents: the level around it, and each item's position there."""
    unfit: tuple[Unfit, ...]
    """Texts that are not documents, and values that no rule accepts."""
    _tree: Tree
    _kinds: Mapping[ColumnName, np.ndarray[Any, Any]]
    _shapes: Positions
    """Template number of every row; -1 if nothing is left of it."""
    _starts: Sequence[Positions]
    """Per level, the first item of every row."""
    _tokens: Sequence[tuple[str | int, ...]]
    """The templates: texts, and numbers for holes."""

    def closed(self, results: Mapping[ColumnName, pa.Array]) -> pa.Array:
        """Return the documents with ``results`` in place of the originals, as compact JSON."""
        fragments = [self._fragments(place, results) for place in self._tree.places]
        pieces, source, value, firsts, counts = flat_templates(self._tokens, len(fragments))
        some = self._shapes >= 0
        lengths, begins = np.zeros(len(some), np.int64), np.zeros(len(some), np.int64)
        lengths[some], begins[some] = counts[self._shapes[some]], firsts[self._shapes[some]]
        tokens, rows = ranges(begins, lengths), np.repeat(np.arange(len(some)), lengths)
        pool_starts = np.cumsum([0, len(pieces), *map(len, fragments)])
        at = pool_starts[source[tokens]] + value[tokens]
        for number, place in enumerate(self._tree.places):
            mine = source[tokens] == number + 1
            at[mine] += self._starts[place.level][rows[mine]]
        return joined(pa.concat_arrays([pieces, *fragments]).take(pa.array(at)), lengths, some)

    def _fragments(self, place: Place, results: Mapping[ColumnName, pa.Array]) -> pa.Array:
        """Return the JSON text of a place's results."""
        if not place.kept:
            return pa.array([], pa.large_string())
        result = results[place.path]
        kind = result.type
        texts = result.cast(pa.string()) if pt.is_dictionary(kind) else result
        texts = texts.cast(pa.large_string())
        if (
            pt.is_boolean(kind)
            or pt.is_integer(kind)
            or pt.is_floating(kind)
            or pt.is_decimal(kind)
        ):
            raw = is_number(texts) if not pt.is_boolean(kind) else texts.is_valid()
            fragments = pc.if_else(raw, texts, pa.scalar(None, pa.large_string()))
        else:
            fragments = pc.if_else(self._as_before(place, texts), texts, quoted_all(texts))
        return escaped_all(pc.fill_null(fragments, "null"), place.depth)

    def _as_before(self, place: Place, texts: pa.Array) -> pa.BooleanArray:
        """Return a mask of the results that keep the JSON kind of the original: a number for a
        number, a whole object.
        """
        kinds = self._kinds[place.path]
        numbers = pc.and_(pa.array(kinds == NUMBER), is_number(texts))
        truths = pc.and_(
            pa.array(kinds == BOOL),
            pc.is_in(texts, value_set=pa.array(["true", "false"], texts.type)),
        )
        same = pc.fill_null(
            pc.equal(texts, self.columns[place.path].cast(pa.large_string())), False
        )
        return pc.or_(pc.or_(numbers, truths), pc.and_(pa.array(kinds == INSIDE), same))


def open_documents(base: str, column: pa.Array, asked: WantedPlaces) -> Documents:
    """Return the JSON in ``column`` (the values of ``base``), opened to the places that ``asked``
    names.
    """
    paths = document_paths(base, asked.index.inside(base))
    tree = tree_of(base, paths, asked)
    plain = (
        column.cast(pa.large_string())
        if not pt.is_dictionary(column.type)
        else column.cast(pa.string())
    )
    coded = plain.dictionary_encode()
    reading = Reading(tree, asked.refuses_below(base))
    for number, text in enumerate(coded.dictionary.to_pylist()):
        reading.add(number, text)
    rows = positions(coded.indices)
    selected, parents, starts = _selected(tree, reading, rows)
    columns, kinds = {}, {}
    for number, place in enumerate(tree.places):
        if place.read:
            columns[place.path], kinds[place.path] = _values(reading, number, place, selected)
    shapes = positions(reading.shapes)
    return Documents(
        columns,
        parents,
        tuple(_unfit(base, tree, reading, rows, columns, kinds)),
        tree,
        kinds,
        np.where(rows >= 0, shapes[rows], -1) if len(shapes) else rows,
        starts,
        list(reading.templates),
    )


def _selected(
    tree: Tree, reading: Reading, rows: Positions
) -> tuple[list[Positions], dict[str, tuple[str, pa.Array]], list[Positions]]:
    """Return, per level, the distinct documents' items in row order, their parents, and each row's
    first item.
    """
    selected, starts = [rows], [np.arange(len(rows))]
    parents: dict[str, tuple[str, pa.Array]] = {}
    for number, level in enumerate(tree.levels[1:], 1):
        outer = tree.around[number]
        above, mine = repeated(positions(reading.parents[number]), selected[outer])
        parents[level] = (tree.levels[outer], pa.array(above))
        selected.append(mine)
        row = above
        while outer:
            row, outer = positions(parents[tree.levels[outer]][1])[row], tree.around[outer]
        counts = np.bincount(row, minlength=len(rows))
        starts.append(np.cumsum(counts) - counts)
    return selected, parents, starts


def _values(
    reading: Reading, number: int, place: Place, selected: Sequence[Positions]
) -> tuple[pa.Array, np.ndarray[Any, Any]]:
    """Return a place's values in row order, and their kinds."""
    at = positions(reading.at[number])
    items = scattered(at, len(reading.parents[place.level]))
    mine = selected[place.level]
    entries = np.where(mine >= 0, items[mine], -1) if len(items) else mine
    kinds = np.append(np.array(reading.kinds[number], np.uint8), np.uint8(NONE))[entries]
    return taken(pa.array(reading.values[number], pa.string()), entries), kinds


def _unfit(
    base: str,
    tree: Tree,
    reading: Reading,
    rows: Positions,
    columns: Mapping[ColumnName, pa.Array],
    kinds: Mapping[ColumnName, np.ndarray[Any, Any]],
) -> list[Unfit]:
    """Return the texts that are not documents, by reason, and the values that no rule accepts."""
    found = []
    for why in dict.fromkeys(reading.why.values()):
        bad = positions([number for number, reason in reading.why.items() if reason == why])
        found.append(Unfit(ColumnName(base), tree.levels[0], pa.array(np.isin(rows, bad)), why))
    for place in tree.places:
        if place.read and not place.whole and (kinds[place.path] == INSIDE).any():
            found.append(
                Unfit(
                    place.path,
                    tree.levels[place.level],
                    pa.array(kinds[place.path] == INSIDE),
                    NO_VALUE,
                )
            )
    return found
