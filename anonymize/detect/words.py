"""Word lists in a module, where they are short; long ones lie in files, see `word_lists`."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """Return the blank-separated words of ``text``."""
    return frozenset(text.split())
