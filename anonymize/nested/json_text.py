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
from anonymize.nested.json_parse import (
    DocumentError,
    Number,
    escaped,
    escaped_all,
    is_number,
    parsed,
    quoted_all,
    written,
)
from anonymize.nested.json_templates import flat_templates, joined
from anonymize.nested.json_tree import Node, Place, Tree, tree_of
from anonymize.nested.paths import document_paths
from anonymize.nested.positions import Positions, positions, ranges, repeated, scattered, taken
from anonymize.nested.wanted import WantedPlaces

UNLISTED = "JSON with a place that no rule names; give it a rule, or say unlisted: drop"
NO_VALUE = (
    "an object or array where a single value is expected; name what is inside, or keep or redact it"
)
_NONE, _TEXT, _NUMBER, _BOOL, _INSIDE = range(5)
"""Kind of value at a place: nothing or null, text, a number, true or false, an object or array."""


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


class _Reading:
    """Walks distinct documents one after the other; collects values per place, and templates."""

    def __init__(self, tree: Tree, refuse_unlisted: bool) -> None:
        self.tree, self._strict = tree, refuse_unlisted
        self.parents: list[list[int]] = [[] for _ in tree.levels]
        self.at: list[list[int]] = [[] for _ in tree.places]
        self.values: list[list[str | None]] = [[] for _ in tree.places]
        self.kinds: list[list[int]] = [[] for _ in tree.places]
        self.starts: list[list[int]] = [[] for _ in tree.levels]
        self.shapes: list[int] = []
        self.why: dict[int, str] = {}
        self.templates: dict[tuple[str | int, ...], int] = {}
        self._tokens: list[str | int] = []
        self._unlisted = False

    def add(self, number: int, text: str) -> None:
        """Walk one document. Of a bad document only the reason is kept."""
        for starts, parents in zip(self.starts, self.parents, strict=True):
            starts.append(len(parents))
        marks = [len(at) for at in self.at]
        self.parents[0].append(number)
        self._tokens, self._unlisted = [], False
        try:
            document = parsed(text)
            stays = self._visit(self.tree.root, document, number)
            if self._unlisted and self._strict:
                raise DocumentError(UNLISTED)
        except DocumentError as error:
            self.why[number] = error.why
            self._take_back(marks)
            stays = False
        self.shapes.append(
            self.templates.setdefault(tuple(self._tokens), len(self.templates)) if stays else -1
        )

    def _take_back(self, marks: Sequence[int]) -> None:
        for mark, at, values, kinds in zip(marks, self.at, self.values, self.kinds, strict=True):
            del at[mark:], values[mark:], kinds[mark:]
        for parents, starts in zip(self.parents[1:], self.starts[1:], strict=True):
            del parents[starts[-1] :]

    def _visit(self, node: Node, value: Any, at: int) -> bool:
        """Collect the values at and below ``node``; return True if it was written to the
        template.
        """
        if node.place is not None:
            if node.below is not None:
                self._read_below(node.below, value, at)
            return self._take(node.place, value, at)
        kind = type(value)
        if value is None:
            self._tokens.append("null")
        elif kind is dict and (node.keys or not value):
            self._visit_keys(node, value, at)
        elif kind is list and (node.items or not value):
            self._visit_items(node, value, at)
        elif kind is str and node.document:
            return self._visit_document(node.document, value, at)
        else:
            self._unlisted = True
            return False
        return True

    def _read_below(self, node: Node, value: Any, at: int) -> None:
        """Collect what other rules read inside a place whose own rule takes it whole; none of it is
        written to the template.
        """
        mark, unlisted = len(self._tokens), self._unlisted
        self._visit(node, value, at)
        del self._tokens[mark:]
        self._unlisted = unlisted

    def _visit_keys(self, node: Node, value: dict[str, Any], at: int) -> None:
        tokens, first = self._tokens, True
        tokens.append("{")
        for key, inner in value.items():
            child = node.keys.get(key)
            if child is None:
                self._unlisted = True
                continue
            mark = len(tokens)
            tokens.append(child.opening if first else child.following)
            if self._visit(child, inner, at) and child.kept:
                first = False
            else:
                del tokens[mark:]
        tokens.append("}")

    def _visit_items(self, node: Node, value: list[Any], at: int) -> None:
        tokens, child = self._tokens, node.items
        tokens.append("[")
        for number, inner in enumerate(value):
            if child is None:
                break
            if number:
                tokens.append(",")
            parents, mark = self.parents[child.level], len(tokens)
            parents.append(at)
            if not (self._visit(child, inner, len(parents) - 1) and child.kept):
                tokens[mark:] = ["null"]
        tokens.append("]")

    def _visit_document(self, node: Node, text: str, at: int) -> bool:
        quote = escaped('"', node.depth - 1)
        self._tokens.append(quote)
        stays = self._visit(node, parsed(text), at)
        self._tokens.append(quote)
        return stays

    def _take(self, number: int, value: Any, at: int) -> bool:
        """Collect the value of a place, and leave a hole for its result."""
        place, kind = self.tree.places[number], type(value)
        self._unlisted |= not place.listed
        if place.read and value is not None:
            self.at[number].append(at)
            self.kinds[number].append(_KINDS.get(kind, _INSIDE))
            self.values[number].append(_text_of(value, kind, place))
        if place.kept:
            offset = at - self.starts[place.level][-1]
            self._tokens.append(number + offset * len(self.tree.places))
        return place.kept


_KINDS = {str: _TEXT, Number: _NUMBER, bool: _BOOL}


def _text_of(value: Any, kind: type, place: Place) -> str | None:
    if kind is str or kind is Number:
        return str(value)
    return written(value) if kind is bool or place.whole else None


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
        numbers = pc.and_(pa.array(kinds == _NUMBER), is_number(texts))
        truths = pc.and_(
            pa.array(kinds == _BOOL),
            pc.is_in(texts, value_set=pa.array(["true", "false"], texts.type)),
        )
        same = pc.fill_null(
            pc.equal(texts, self.columns[place.path].cast(pa.large_string())), False
        )
        return pc.or_(pc.or_(numbers, truths), pc.and_(pa.array(kinds == _INSIDE), same))


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
    reading = _Reading(tree, asked.refuses_below(base))
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
    tree: Tree, reading: _Reading, rows: Positions
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
    reading: _Reading, number: int, place: Place, selected: Sequence[Positions]
) -> tuple[pa.Array, np.ndarray[Any, Any]]:
    """Return a place's values in row order, and their kinds."""
    at = positions(reading.at[number])
    items = scattered(at, len(reading.parents[place.level]))
    mine = selected[place.level]
    entries = np.where(mine >= 0, items[mine], -1) if len(items) else mine
    kinds = np.append(np.array(reading.kinds[number], np.uint8), np.uint8(_NONE))[entries]
    return taken(pa.array(reading.values[number], pa.string()), entries), kinds


def _unfit(
    base: str,
    tree: Tree,
    reading: _Reading,
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
        if place.read and not place.whole and (kinds[place.path] == _INSIDE).any():
            found.append(
                Unfit(
                    place.path,
                    tree.levels[place.level],
                    pa.array(kinds[place.path] == _INSIDE),
                    NO_VALUE,
                )
            )
    return found
