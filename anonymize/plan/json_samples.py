"""Finds JSON that is kept as text: which places its documents have, and a sample of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from anonymize.detect import ColumnSample, ColumnSampler
from anonymize.detect.columns.personal_names import holds_a_person, logins
from anonymize.names import ColumnName
from anonymize.nested.json_parse import DocumentError, parsed
from anonymize.nested.json_text import is_text, open_documents
from anonymize.nested.path_index import PathIndex
from anonymize.nested.paths import document_paths, key_text
from anonymize.nested.raw_names import keys_are_data
from anonymize.nested.wanted import WantedPlaces

LOOKED_AT = 500
"""Number of distinct texts of a column that are parsed."""
MOST_BAD = 0.05
"""Maximum share of a column's texts that are not documents."""
MOST_PLACES = 200
"""Maximum number of places of one column; a column with more is treated as a whole."""
_NAME = re.compile(r"[^\W\d][\w .\-/:$]{0,63}")
"""Pattern of record keys; a key that is an address, a number or a sentence is data."""


@dataclass
class _Seen:
    """The values of all documents at one position."""

    times: int = 0
    objects: int = 0
    values: int = 0
    kinds: set[str] = field(default_factory=set)
    keys: dict[str, _Seen] = field(default_factory=dict)
    items: _Seen | None = None

    def add(self, value: Any) -> None:
        """Add one value."""
        self.times += 1
        if value is not None:
            self.kinds.add(type(value).__name__)
        if isinstance(value, dict):
            self.objects += 1
            for key, inner in value.items():
                self.keys.setdefault(key, _Seen()).add(inner)
        elif isinstance(value, list):
            self.items = self.items or _Seen()
            for inner in value:
                self.items.add(inner)
        elif value is not None:
            self.values += 1

    def paths(self, path: str) -> Iterator[str]:
        """Yield the places at and below ``path``; a value without a fixed shape is one place."""
        kinds = bool(self.values) + bool(self.keys) + (self.items is not None)
        if kinds > 1 or (self.keys and self._is_data()):
            yield path
        elif self.keys:
            for key, inner in self.keys.items():
                yield from inner.paths(path + key_text(key))
        elif self.items is not None and self.items.times:
            yield from self.items.paths(f"{path}[]")
        else:
            yield path

    def _is_data(self) -> bool:
        """Return True if the keys are values themselves (ids, addresses, names). Such keys are not
        shown.
        """
        if not all(map(_NAME.fullmatch, self.keys)):
            return True
        present = {key: inner.times for key, inner in self.keys.items()}
        once = sum(times == 1 for times in present.values())
        seldom = self.times > 2 and len(present) > 3 and 2 * once > len(present)
        kinds = {kind for inner in self.keys.values() for kind in inner.kinds}
        return (
            seldom
            or keys_are_data(self.objects, present, len(kinds) < 2)
            or any(map(holds_a_person, present))
            or bool(logins([*present]))
        )


def with_documents(samples: Sequence[ColumnSample]) -> tuple[ColumnSample, ...]:
    """Return ``samples``; each column of JSON text is followed by samples of the places in it.

    A column whose places are among the samples already is not changed.
    """
    names = PathIndex(sample.name for sample in samples)
    inside = (() if names.has_inside(f"{sample.name}.$") else _inside(sample) for sample in samples)
    return tuple(
        shown for sample, more in zip(samples, inside, strict=True) for shown in (sample, *more)
    )


def _inside(sample: ColumnSample) -> tuple[ColumnSample, ...]:
    if not is_text(sample.type) or not len(sample.distinct):
        return ()
    texts = sample.distinct.slice(0, LOOKED_AT)
    paths = _paths(f"{sample.name}.$", texts.to_pylist())
    if not paths:
        return ()
    asked = WantedPlaces(read=frozenset(paths), whole=frozenset(paths))
    columns = open_documents(sample.name, texts, asked).columns
    sampler = ColumnSampler(
        pa.schema([(path, pa.string()) for path in paths]), len(sample.distinct)
    )
    sampler.add_values([columns[path] for path in paths], whole=sample.complete)
    return tuple(
        replace(inside, name=_named(sample.name, inside.name)) for inside in sampler.samples()
    )


def _named(column: ColumnName, path: ColumnName) -> ColumnName:
    """Return ``path`` as a rule names it: an object in a document is not JSON text of its own."""
    in_document = bool(document_paths(column.partition(".$")[0], [column]))
    return ColumnName(column + path[len(column) + len(".$") :]) if in_document else path


def _paths(root: str, texts: Sequence[str]) -> tuple[ColumnName, ...]:
    """Return the places of the documents in ``texts``; none if too few are objects or arrays."""
    seen, bad = _Seen(), 0
    for text in texts:
        if not text.lstrip().startswith(("{", "[")):
            bad += 1
        else:
            try:
                seen.add(parsed(text))
            except DocumentError:
                bad += 1
        if bad > MOST_BAD * len(texts):
            return ()
    paths = tuple(map(ColumnName, seen.paths(root)))
    return paths if len(paths) <= MOST_PLACES and ColumnName(root) not in paths else ()
