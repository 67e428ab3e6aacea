"""Counts how often objects have each of their keys, to recognize keys that are values."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa

from anonymize.nested.raw_names import is_value, keys_are_data, told_path, types_hint
from anonymize.nested.schema import is_list


class KeysAreDataError(ValueError):
    """Objects are keyed by values: ``{"jane@example.com": …}``."""

    def __init__(self, column: str, count: int) -> None:
        """Store the path of the objects, empty for the rows themselves, and the number of different
        keys.
        """
        self.column = told_path(column)
        remedy = "bring them under one name first"
        if self.column:
            remedy = f"{types_hint(self.column)} to take it as text"
        keys = "1 key looks" if count == 1 else f"{count} keys look"
        self.keys = f"{keys} like data (persons, addresses, numbers), not like names"
        """The problem, without advice."""
        super().__init__(f"{self.keys}; {remedy}")


class KeyCounts:
    """Per place of objects, the number of objects and of those with each key; empty path: the rows
    themselves.
    """

    def __init__(self) -> None:
        """Start with no objects."""
        self._objects: Counter[str] = Counter()
        self._present: dict[str, Counter[str]] = {}
        self._kinds: dict[str, set[str]] = {}

    def note(self, batch: pa.RecordBatch) -> None:
        """Add a batch's objects.

        Raises:
            KeysAreDataError: a key is an address or a person's number. Other values are recognized
                only by their counts.
        """
        fields = [
            (f.name, column)
            for f, column in zip(batch.schema, batch.columns, strict=True)
            if f.name != "\0"
        ]
        self._note("", batch.num_rows, fields)

    def _note(self, path: str, objects: int, fields: list[tuple[str, pa.Array]]) -> None:
        if values := sum(is_value(name) for name, _ in fields):
            raise KeysAreDataError(path, values)
        self._objects[path] += objects
        present, kinds = (
            self._present.setdefault(path, Counter()),
            self._kinds.setdefault(path, set()),
        )
        for name, column in fields:
            present[name] += len(column) - column.null_count
            if not pa.types.is_null(column.type):
                kinds.add("object" if pa.types.is_struct(column.type) else str(column.type))
            self._inside(f"{path}.{name}" if path else name, column)

    def _inside(self, path: str, column: pa.Array) -> None:
        if pa.types.is_struct(column.type):
            names = [field.name for field in column.type]
            self._note(
                path,
                len(column) - column.null_count,
                list(zip(names, column.flatten(), strict=True)),
            )
        elif is_list(column.type):
            self._inside(f"{path}[]", column.flatten())

    def refuse_data(self) -> None:
        """Refuse objects whose keys are values, recognized by how few of the objects have each.

        Raises:
            KeysAreDataError: for the outermost of them.
        """
        for path in sorted(self._present, key=len):
            present = {name: count for name, count in self._present[path].items() if count}
            if keys_are_data(
                self._objects[path], present, len(self._kinds[path]) < 2, rows=not path
            ):
                raise KeysAreDataError(path, len(present))
