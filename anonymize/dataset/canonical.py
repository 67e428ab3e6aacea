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


def require_bounded(data: bytes) -> None:
    """Check that JSON has no more elements than a dataset's files have, before it is parsed.

    Raises:
        ValueError: it has.
    """
    if sum(data.count(one) for one in (b",", b"[", b"{")) > MOST_ELEMENTS:
        raise ValueError("more elements than any of ours has")


def canonical(value: Any) -> bytes:
    """Return ``value`` in the JSON Canonicalization Scheme; equal values give equal bytes.

    ``value`` is what `plain_json` returns.
    """
    return rfc8785.dumps(value)


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
