"""Reads JSON documents as JSON Lines: an array of objects, alone or inside an object."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from anonymize.errors import SourceError
from anonymize.io.sources.found import Found
from anonymize.io.sources.json_scan import CHUNK_BYTES, Bytes, CutShort, JsonText, Levels, Places
from anonymize.io.sources.line_stream import LineStream
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.text_streams import WithoutMark, open_text
from anonymize.nested.raw_names import told_path

_DEEPEST = 8
"""Maximum objects inside each other that are searched for an array."""
_COMMA, _NEWLINE, _RETURN, _SPACE = b",\n\r "
_NO_OBJECTS = (
    "is neither one object a line nor an array of objects; a row is an object that names its"
    ' columns, as {"id": 1, "town": "…"}: convert the file, or save it as CSV'
)
_NOT_CLOSED = "is a JSON document that is not closed: cut short, or several documents"


@dataclass(frozen=True)
class JsonLayout:
    """How a file holds its objects."""

    encoding: str = "utf-8"
    array: bool = False
    """True if the objects are items of an array, False if each is a line."""
    path: tuple[str, ...] = ()
    """The keys of the objects around the array."""

    def open(self, file: FilePlace) -> WithoutMark | ItemsAsLines:
        """Return the file's text with one object in each line.

        Raises:
            SourceError: there is no array at ``path``.
        """
        text = open_text(file, self.encoding)
        if not self.array:
            return text
        reading = JsonText(text)
        try:
            for key in self.path:
                _enter(reading, key)
            if reading.peek() != b"[":
                raise CutShort
        except CutShort:
            where = f"{file}: records" if self.path else str(file)
            what = "there is no array at this path, or the document is cut short"
            raise SourceError(what if self.path else _NOT_CLOSED, place=where) from None
        return ItemsAsLines(reading, len(self.path), str(file))


def _enter(text: JsonText, wanted: str) -> None:
    """Go to the value of a key of the object that is next."""
    for key in _keys(text):
        if key == wanted:
            return
        text.skip()
    raise CutShort


def _keys(text: JsonText) -> Iterator[str]:
    """Yield the keys of the object that is next; the caller passes each value."""
    text.take(b"{")
    while text.peek() != b"}":
        try:
            yield str(json.loads(_key(text)))
        except ValueError:
            raise CutShort from None
        if text.peek() == b",":
            text.take(b",")
        elif text.peek() != b"}":
            raise CutShort
    text.take(b"}")


def _key(text: JsonText) -> bytes:
    key = text.string()
    text.take(b":")
    return key


class ItemsAsLines(LineStream):
    """The items of an array, one in each line."""

    def __init__(self, text: JsonText, levels_around: int, place: str) -> None:
        """Read from ``text``, where the array is next, inside ``levels_around`` objects."""
        text.take(b"[")
        self._text, self._place = text, place
        self._levels = Levels()
        self._levels.depth = levels_around + 1
        self._inside = levels_around + 1
        super().__init__()
        self._closed = False

    def _next(self) -> bytes:
        text = self._text
        if text.at >= len(text.data) and not text.more():
            self._ended = True
            if self._levels.depth:
                raise SourceError(_NOT_CLOSED, place=self._place)
            return b""
        part = np.frombuffer(text.data, np.uint8)[text.at : text.at + CHUNK_BYTES].copy()
        text.at += len(part)
        before = self._levels.depth
        outside, places, levels = self._levels.of(part)
        if self._closed:
            self._check_rest(part, places, levels, 0, before)
            return b""
        ends = np.flatnonzero(levels < self._inside)
        length = len(part)
        if len(ends):
            self._closed, length = True, int(places[ends[0]])
            after = int(ends[0]) + 1
            self._check_rest(part, places[after:], levels[after:], length + 1, self._inside - 1)
        part = part[:length]
        breaks = np.flatnonzero(((part == _NEWLINE) | (part == _RETURN)) & outside[:length])
        part[breaks] = _SPACE
        commas = np.flatnonzero((part == _COMMA) & outside[:length])
        at = np.searchsorted(places, commas)
        around = np.concatenate([[before], levels])[at]
        part[commas[around == self._inside]] = _NEWLINE
        return part.tobytes() + (b"\n" if self._closed else b"")

    def _check_rest(
        self, part: Bytes, places: Places, levels: np.ndarray, start: int, depth: int
    ) -> None:
        """Refuse a second document behind the one with the array."""
        ends = np.flatnonzero(levels <= 0)
        if depth and len(ends):
            start, depth = int(places[ends[0]]) + 1, 0
        if not depth and part[start:].tobytes().strip():
            raise SourceError(_NOT_CLOSED, place=self._place)

    def close(self) -> None:
        """Close the text too."""
        self._text.close()
        super().close()


def json_layout(file: FilePlace, encoding: str, records: str | None, found: Found) -> JsonLayout:
    """Return how ``file`` holds its objects; ``records`` is the path of the array inside a
    document.

    Without it, a document whose only array of objects is somewhere inside is read from there.

    Raises:
        SourceError: ``records`` for a file that is not one document; several such arrays; an array
            of something else than objects.
    """
    if records is not None:
        return JsonLayout(encoding, True, tuple(records.split(".")))
    with open_text(file, encoding) as stream:
        text = JsonText(stream)
        first = text.peek()
        if first == b"[":
            text.take(b"[")
            if text.peek() not in b"{]n":  # null is refused with its row
                raise SourceError(_NO_OBJECTS, place=str(file))
            return JsonLayout(encoding, True)
        if first != b"{" or ".jsonl" in file.name.lower() or ".ndjson" in file.name.lower():
            return JsonLayout(encoding)
        try:
            text.skip()
            if text.peek():
                return JsonLayout(encoding)
        except CutShort:
            return JsonLayout(encoding)  # refused when it is read, with the row
    with open_text(file, encoding) as stream:
        try:
            paths = list(_arrays(JsonText(stream)))
        except CutShort:
            return JsonLayout(encoding)
    if not paths:
        found.note("the document is one object, read as one row: no array of objects is in it")
        return JsonLayout(encoding)
    if len(paths) > 1:
        told = ", ".join(sorted({told_path(".".join(path)) for path in paths} - {""}))
        raise SourceError(
            f"is one document with {len(paths)} arrays of objects ({told}); say records: PATH for"
            " the one to read",
            place=str(file),
        )
    found.setting("records", ".".join(paths[0]), "is the only array of objects in the document")
    return JsonLayout(encoding, True, paths[0])


def _arrays(text: JsonText, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the paths of arrays of objects in the object that is next."""
    for key in _keys(text):
        next_ = text.peek()
        if next_ == b"{" and len(path) < _DEEPEST:
            yield from _arrays(text, (*path, key))
            continue
        if next_ == b"[":
            text.take(b"[")
            if text.peek() == b"{":
                yield (*path, key)
            text.leave()
            continue
        text.skip()
