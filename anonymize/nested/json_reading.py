"""Distinct JSON documents walked one after the other: templates of what stays, values per place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anonymize.nested.json_parse import DocumentError, Number, escaped, parsed, written
from anonymize.nested.json_tree import Node, Place, Tree

UNLISTED = "JSON with a place that no rule names; give it a rule, or say unlisted: drop"
NONE, TEXT, NUMBER, BOOL, INSIDE = range(5)
"""Kind of value at a place: nothing or null, text, a number, true or false, an object or array."""


class Reading:
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
        for key, inner in sorted(value.items()) if self.tree.in_order else value.items():
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
            self.kinds[number].append(_KINDS.get(kind, INSIDE))
            self.values[number].append(_text_of(value, kind, place))
        if place.kept:
            offset = at - self.starts[place.level][-1]
            self._tokens.append(number + offset * len(self.tree.places))
        return place.kept


_KINDS = {str: TEXT, Number: NUMBER, bool: BOOL}


def _text_of(value: Any, kind: type, place: Place) -> str | None:
    if kind is str or kind is Number:
        return str(value)
    return written(value) if kind is bool or place.whole else None
