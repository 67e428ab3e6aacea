"""Parses JSON text without changing or losing anything, and writes it back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from json.encoder import encode_basestring
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.compute as pc

DEEPEST = 100
"""Maximum levels of objects and arrays in one document; deeper ones are refused."""
NOT_JSON = "not JSON"
TWICE = "JSON in which an object has a key twice"
TOO_DEEP = f"JSON deeper than {DEEPEST} levels"
NO_UNICODE = "JSON with half of a surrogate pair, which is no text"

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_TO_ESCAPE = r'["\\\x00-\x1f]'
_NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"


class DocumentError(ValueError):
    """A text is not a document that rules can be applied to; ``why`` quotes nothing of it."""

    def __init__(self, why: str) -> None:
        """Store the reason."""
        self.why = why
        super().__init__(why)


class Number(str):
    """A JSON number as text, so that 1.10 and 10000000000000000001 do not change."""

    __slots__ = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise DocumentError(TWICE)
    return made


def _refuse_constant(_: str) -> NoReturn:
    raise DocumentError(NOT_JSON)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Number, parse_int=Number, parse_constant=_refuse_constant
)


def parsed(text: str) -> Any:
    """Return the document in ``text``: dicts in their order, lists, str, Number, bool, None.

    Raises:
        DocumentError: it is not JSON (RFC 8259, so without NaN and Infinity), has a key twice in
            one object (readers differ on which counts), is deeper than ``DEEPEST``, or contains
            invalid Unicode.
    """
    try:
        document = _DECODER.decode(text)
    except DocumentError:
        raise
    except RecursionError:
        raise DocumentError(TOO_DEEP) from None
    except ValueError:
        raise DocumentError(NOT_JSON) from None
    if text.count("[") + text.count("{") > DEEPEST and _too_deep(document):
        raise DocumentError(TOO_DEEP)
    if _SURROGATE.search(text) and not _is_unicode(document):
        raise DocumentError(NO_UNICODE)
    return document


def _too_deep(document: Any) -> bool:
    level = [document]
    for _ in range(DEEPEST + 1):
        level = [value for value in level if isinstance(value, dict | list)]
        if not level:
            return False
        level = [inner for outer in level for inner in _inside(outer)]
    return True


def _inside(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _is_unicode(document: Any) -> bool:
    try:
        written(document).encode()
    except UnicodeEncodeError:
        return False
    return True


def written(value: Any) -> str:
    """Return a document as compact JSON: keys in their order, numbers unchanged, text escaped only
    where required.
    """
    kind = type(value)
    if kind is str:
        return quoted(value)
    if kind is Number:
        return str(value)
    if kind is dict:
        return (
            "{" + ",".join(f"{quoted(key)}:{written(inner)}" for key, inner in value.items()) + "}"
        )
    if kind is list:
        return "[" + ",".join(map(written, value)) + "]"
    return "null" if value is None else "true" if value else "false"


def quoted(text: str) -> str:
    """Return ``text`` as a JSON string."""
    return encode_basestring(text)


def escaped(text: str, times: int) -> str:
    """Return ``text`` as it is written inside ``times`` nested JSON strings."""
    for _ in range(times):
        text = encode_basestring(text)[1:-1]
    return text


def quoted_all(texts: pa.Array) -> pa.Array:
    """Return every text as a JSON string; nulls stay."""
    mark = pa.scalar('"', texts.type)
    return pc.binary_join_element_wise(mark, escaped_all(texts, 1), mark, pa.scalar("", texts.type))


def escaped_all(texts: pa.Array, times: int) -> pa.Array:
    """Return every text as it is written inside ``times`` nested JSON strings; nulls stay."""
    special = pc.fill_null(pc.match_substring_regex(texts, _TO_ESCAPE), False)
    if times == 0 or not pc.any(special).as_py():
        return texts
    coded = texts.filter(special).dictionary_encode()
    changed = pa.array([escaped(text, times) for text in coded.dictionary.to_pylist()], texts.type)
    return pc.replace_with_mask(texts, special, changed.take(coded.indices))


def is_number(texts: pa.Array) -> pa.BooleanArray:
    """Return a mask of the texts that are JSON numbers; false for null."""
    return pc.fill_null(pc.match_substring_regex(texts, _NUMBER), False)
