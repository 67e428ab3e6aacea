"""Canonical JSON by RFC 8785: the bytes that are signed and hashed are the bytes on disk.

Anybody can compute them again with a library of their own language and check a signature.
"""

from __future__ import annotations

import json
from typing import Any

import rfc8785

from anonymize.errors import ArgumentError

MOST_ELEMENTS = 2_000_000
"""Separators of JSON that are read before a signature is checked: each may cost 100 bytes."""


_SAFE = 2**53 - 1
"""The largest whole number that every language reads as itself."""


def require_bounded(data: bytes) -> None:
    """Check that JSON has no more elements than a dataset's files have, before it is parsed.

    Raises:
        ValueError: it has.
    """
    if sum(data.count(one) for one in (b",", b"[", b"{")) > MOST_ELEMENTS:
        raise ValueError("more elements than any of ours has")


def canonical(value: Any) -> bytes:
    """Return ``value`` in the JSON Canonicalization Scheme; equal values give equal bytes.

    ``value`` is what `plain_json` returns. What Python's own encoder writes alike it writes, in a
    third of the time; the rest is left to the library.
    """
    if _written_alike(value):
        try:
            text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            return text.encode()
        except UnicodeEncodeError:
            pass  # half a surrogate pair, which the library refuses
    return rfc8785.dumps(value)


def _written_alike(value: Any) -> bool:
    """Return whether Python writes ``value`` as RFC 8785 does: names in the order of UTF-16 (3.2.3)
    are in that of code points where none is beyond the surrogates; numbers are as in ECMAScript
    (3.2.2.3) where they are whole and below 2^53, or have a fraction and no exponent.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-_SAFE <= value <= _SAFE)
    if kind is float:
        text = repr(value)
        return "e" not in text and "n" not in text and not text.endswith(".0")
    if kind is dict:
        return all(
            type(name) is str and (name.isascii() or max(name) < "\ud800") for name in value
        ) and all(map(_written_alike, value.values()))
    return kind is list and all(map(_written_alike, value))


def parse_canonical(data: bytes) -> Any:
    """Return the value whose canonical form ``data`` is.

    Raises:
        ValueError: ``data`` is not JSON, has too many elements, or is not in canonical form.
            Otherwise two files could have different bytes and the same meaning.
    """
    require_bounded(data)
    value = json.loads(data)
    if canonical(value) != data:
        raise ValueError("not in canonical form")
    return value


def parse_each_once(data: bytes) -> Any:
    """Return the value of JSON for people, in any form, whose objects hold each name once. Of two
    members of one name Python takes the last one, and people and other programs the first.

    Raises:
        ValueError: it is no JSON, or an object holds a name twice.
        RecursionError: it is nested too deep.
    """
    return json.loads(data, object_pairs_hook=_each_once)


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("a name is there twice")
    return found


def plain_json(value: Any, place: str) -> Any:
    """Return ``value`` as it would be read back from JSON (text keys, lists), so that its canonical
    form is stable.

    Raises:
        ArgumentError: JSON cannot represent it (NaN, bytes, half a surrogate pair, a whole number
            beyond 2^53, which other languages read as another one).
    """
    try:
        plain = json.loads(json.dumps(value, ensure_ascii=False, allow_nan=False).encode())
        rfc8785.dumps(plain)
    except (TypeError, ValueError, RecursionError, rfc8785.CanonicalizationError):
        raise ArgumentError(
            "holds something that JSON cannot, such as NaN or bytes", place=place
        ) from None
    return plain
