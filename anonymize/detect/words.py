"""Word lists: in a module where they are short, in a file of the package where they are long.

A file ``NAME.txt`` beside a module holds one entry a line, in UTF-8. Blank lines and lines that
begin with ``#`` are for who reads the file. ``[section]`` begins a section; what stands before the
first is the section ``""``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def word_set(text: str) -> frozenset[str]:
    """Return the blank-separated words of ``text``."""
    return frozenset(text.split())


@cache
def word_lists(package: str, name: str) -> Mapping[str, tuple[str, ...]]:
    """Return the entries of ``name``.txt in ``package``, by section, in the file's order.

    Read once per process.

    Raises:
        FileNotFoundError: there is no such file.
    """
    lists: dict[str, list[str]] = {}
    section = ""
    for line in files(package).joinpath(f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line[1:-1]
        elif line and not line.startswith("#"):
            lists.setdefault(section, []).append(line)
    return {section: tuple(entries) for section, entries in lists.items()}
