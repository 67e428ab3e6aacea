"""Types of strings that several packages share, each with its meaning."""

from __future__ import annotations

from typing import Literal, NewType

ColumnName = NewType("ColumnName", str)
"""A column's name, or the path of a place inside it: ``profile.email``, ``events[].ip``,
``payload.$.user.email``.
"""

EntityType = NewType("EntityType", str)
"""Presidio's name for a kind of personal data: ``EMAIL_ADDRESS``."""

Verdict = NewType("Verdict", str)
"""What a column holds, one of ``anonymize.detect.VERDICTS``."""

KeyName = NewType("KeyName", str)
"""A key's name in the keyring, without its version: ``training``."""

KeyId = NewType("KeyId", str)
"""A key's name and version: ``training.2``."""

Domain = NewType("Domain", str)
"""The scope within which pseudonyms join; two domains never share a derived key."""

Layout = Literal["standard", "duckdb"]
"""How the data parts of a version are laid out: ``standard``, or so that DuckDB can read them."""


def key_name_of(key_id: str) -> KeyName:
    """Return the name in a key's id: ``training`` of ``training.2``."""
    return KeyName(key_id.rpartition(".")[0])


def key_version_of(key_id: str) -> int:
    """Return the version in a key's id: 2 of ``training.2``.

    Raises:
        ValueError: it has none.
    """
    return int(key_id.rpartition(".")[2])
