"""Lists what a path may name: the places of a schema, and those below them that are known only from
the data.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.types as pt

from anonymize.names import ColumnName
from anonymize.nested.json_text import is_text
from anonymize.nested.maps import has_text_keys, key_path, value_path
from anonymize.nested.open_close import Leaf, nodes, nodes_at
from anonymize.nested.path_index import PathIndex
from anonymize.nested.paths import PartKind, PathError, level_of, parts_of, within

MOST_COMPARED = 20
"""Maximum number of unknown names for which the nearest known one is searched, because each is
compared with all.
"""


class Places:
    """The places of one schema, by path."""

    def __init__(self, schema: pa.Schema) -> None:
        """Index every place of the schema."""
        self.by_path: dict[ColumnName, Leaf] = {}
        """Every place known so far, in order."""
        self.inner: set[ColumnName] = set()
        """Those with an inside."""
        self.twice: list[ColumnName] = []
        """Paths of two places each."""
        self.unseen: set[ColumnName] = set()
        """Places that are not in the schema: under keys of maps, in documents."""
        self._why: dict[str, str] = {}
        self._documents: set[ColumnName] = set()
        self._top = schema.names
        for has_inside, leaf in nodes(schema):
            if leaf.path in self.by_path:
                self.twice.append(leaf.path)
            self._add(has_inside, leaf)
        self.twice += self._misread(schema)

    def _misread(self, schema: pa.Schema) -> list[ColumnName]:
        """Return the columns whose names can be read as places inside another: ``attrs.email``
        beside a map ``attrs``.
        """
        odd = [ColumnName(name) for name in schema.names if "." in name or "[" in name]
        maps = [field.name for field in schema if pt.is_map(field.type)]
        texts = [f"{field.name}.$" for field in schema if is_text(field.type)] if odd else []
        index = PathIndex((*maps, *texts))
        return [name for name in odd if index.around(name)]

    def _add(self, has_inside: bool, leaf: Leaf) -> None:
        self.by_path[leaf.path] = leaf
        if has_inside:
            self.inner.add(leaf.path)

    @property
    def leaves(self) -> tuple[ColumnName, ...]:
        """Return the paths of known places without an inside; text with documents counts as one."""
        return tuple(path for path in self.by_path if path not in self.inner)

    @property
    def maps(self) -> tuple[ColumnName, ...]:
        """Return the paths of known maps."""
        return tuple(path for path, leaf in self.by_path.items() if pt.is_map(leaf.type))

    def inside(self, path: ColumnName) -> list[ColumnName]:
        """Return the known places inside ``path``."""
        return [other for other in self.by_path if within(path, other)]

    def leaves_at(self, path: ColumnName) -> Iterator[Leaf]:
        """Yield the leaves at ``path`` and inside it."""
        leaf = self.find(path)
        found = nodes_at(leaf.path, leaf.type, leaf.level) if leaf else ()
        return (inside for has_inside, inside in found if not has_inside)

    def in_documents(self, path: ColumnName) -> bool:
        """Return True if ``path`` is a place in JSON that is kept as text."""
        return path in self._documents

    def find(self, path: ColumnName) -> Leaf | None:
        """Return the place that ``path`` names; None if there is none. ``why_not`` then gives the
        reason.
        """
        if path not in self.by_path and path not in self._why:
            try:
                why = self._look_below(path)
            except PathError as error:
                why = str(error)
            if why:
                self._why[path] = why
        return self.by_path.get(path)

    def why_not(self, path: ColumnName) -> str:
        """Return why ``find`` found nothing at ``path``, and what exists instead."""
        return self._why[path]

    def _look_below(self, path: ColumnName) -> str:
        """Add the place that ``path`` names below a known one; return the reason if there is none,
        else empty.
        """
        around = (ColumnName(path[:at]) for at, mark in enumerate(path) if mark in ".[")
        known = [
            other for other in around if other in self.by_path and other not in self._documents
        ]
        base = max(known, key=len, default=None)
        if base is None:
            return self._no_such(path)
        kind, below = self.by_path[base].type, path[len(base) :]
        if has_text_keys(kind) and not below.startswith("[]"):
            return self._add_entry(base, path)
        if pt.is_map(kind):
            return (
                f"the keys of '{base}' are {kind.key_type}; name all its entries: {key_path(base)},"
                f" {value_path(base)}"
            )
        if below.startswith((".$.", ".$[")) or below == ".$":
            return self._add_document_place(base, path)
        if is_text(kind):
            return (
                f"'{base}' is text; a place in JSON that is kept as text is written {base}.${below}"
            )
        return self._no_such(path)

    def _add_entry(self, base: ColumnName, path: ColumnName) -> str:
        """Add the value under the key of the map ``base`` that ``path`` names."""
        leaf = self.by_path[base]
        first = parts_of(path[len(base) :])[0]
        for has_inside, inside in nodes_at(f"{base}{first.text}", leaf.type.item_type, leaf.level):
            self._add(has_inside, inside)
            self.unseen.add(inside.path)
        return "" if path in self.by_path else self._look_below(path)

    def _add_document_place(self, base: ColumnName, path: ColumnName) -> str:
        """Add a place in the JSON that is kept in ``base``."""
        leaf = self.by_path[base]
        if not is_text(leaf.type):
            return f"'{base}' is {leaf.type}; '.$' looks inside JSON that is kept as text"
        parts = parts_of(path[len(base) :])
        if len(parts) < 2 or parts[-1].kind is PartKind.DOCUMENT:
            return f"names whole documents; name '{path[:-2]}', or what is inside: {path}.name"
        self._add(False, Leaf(path, pa.string(), level_of(path)))
        self._documents.add(path)
        self.unseen.add(path)
        return ""

    def _no_such(self, path: ColumnName) -> str:
        compare = len(self._why) < MOST_COMPARED
        near = difflib.get_close_matches(path, list(self.by_path), n=1) if compare else []
        hint = f"did you mean '{near[0]}'" if near else f"it has {listed(self._top)}"
        return f"the source has no such column; {hint}"


def listed(names: Iterable[str], most: int = 12) -> str:
    """Return the names as text for a message."""
    all_names = list(names)
    rest = len(all_names) - most
    return (
        ", ".join(all_names[:most]) + (f" and {rest} more" if rest > 0 else "")
        if all_names
        else "nothing"
    )
