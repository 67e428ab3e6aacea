"""Builds a tree of the places of a document that rules name, for walking documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from anonymize.names import ColumnName
from anonymize.nested.json_parse import escaped, quoted
from anonymize.nested.paths import Part, PartKind, PathError, level_of, parts_of
from anonymize.nested.wanted import WantedPlaces


@dataclass
class Place:
    """A place of documents that has a rule, or is read."""

    path: ColumnName
    level: int
    """Number of its level in the tree."""
    depth: int
    """Number of JSON strings around it within the document: 1 for a place in JSON kept in JSON."""
    read: bool
    kept: bool
    whole: bool
    listed: bool


@dataclass
class Node:
    """One position in a document."""

    level: int
    depth: int
    opening: str = ""
    """The key with its colon, as the first in an object; empty for positions without a key."""
    following: str = ""
    """The same, preceded by a comma."""
    keys: dict[str, Node] = field(default_factory=dict)
    items: Node | None = None
    document: Node | None = None
    place: int | None = None
    """Number of its place in the tree, if it is a place."""
    below: Node | None = None
    """Positions inside a place that other rules read."""
    kept: bool = False
    """True if something at or below it is in the output."""


@dataclass
class Tree:
    """The places of one column's documents."""

    root: Node
    places: list[Place]
    levels: list[str]
    """Path of every level; the column's own first."""
    around: list[int]
    """Per level, the number of the level around it."""
    in_order: bool = False
    """True if keys are written in one order, whatever their order was."""


def tree_of(base: str, paths: Iterable[ColumnName], asked: WantedPlaces) -> Tree:
    """Return the tree of ``paths``, places in the JSON kept in ``base``.

    Raises:
        PathError: a path cannot be read.
    """
    tree = Tree(Node(0, 0), [], [level_of(base)], [0], asked.orders(base))
    places: list[Node] = []
    for path in paths:
        parts = parts_of(path[len(base) :])
        if len(parts) < 2:
            raise PathError(
                f"names whole documents; name '{base}', or what is inside: {base}.$.name"
            )
        nodes = [tree.root]
        at = base + parts[0].text
        for part in parts[1:]:
            at += part.text
            nodes.append(_below(tree, nodes[-1], part, at))
        node = nodes[-1]
        node.place = len(tree.places)
        place = Place(
            path,
            node.level,
            node.depth,
            read=path in asked.read,
            kept=path in asked.kept,
            whole=path in asked.whole,
            listed=path in asked.listed,
        )
        tree.places.append(place)
        for node in nodes:
            node.kept |= place.kept
        places.append(nodes[-1])
    for node in places:
        if node.keys or node.items or node.document:
            node.below = Node(
                node.level, node.depth, keys=node.keys, items=node.items, document=node.document
            )
    return tree


def _below(tree: Tree, node: Node, part: Part, path: str) -> Node:
    """Return the node that ``part`` leads to; creates it if it is new."""
    if part.kind is PartKind.ITEMS:
        if node.items is None:
            tree.levels.append(path)
            tree.around.append(node.level)
            node.items = Node(len(tree.levels) - 1, node.depth)
        return node.items
    if part.kind is PartKind.DOCUMENT:
        if node.document is None:
            node.document = Node(node.level, node.depth + 1)
        return node.document
    if part.key not in node.keys:
        opening = escaped(quoted(part.key) + ":", node.depth)
        node.keys[part.key] = Node(node.level, node.depth, opening, "," + opening)
    return node.keys[part.key]
