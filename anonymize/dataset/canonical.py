"""Canonical JSON: the bytes that are signed and hashed are the bytes on disk."""

from __future__ import annotations

import json
from typing import Any

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
    """Return ``value`` as JSON: keys sorted, no spaces, UTF-8, no NaN; equal values give equal
    bytes.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


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


def plain_json(value: Any, place: str) -> Any:
    """Return ``value`` as it would be read back from JSON (text keys, lists), so that its canonical
    form is stable.

    Raises:
        ArgumentError: JSON cannot represent it (NaN, bytes, half a surrogate pair).
    """
    try:
        return json.loads(json.dumps(value, ensure_ascii=False, allow_nan=False).encode())
    except (TypeError, ValueError, RecursionError):
        raise ArgumentError(
            "holds something that JSON cannot, such as NaN or bytes", place=place
        ) from None
