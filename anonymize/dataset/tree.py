"""The state of a dataset in an object store: one object that says which objects are its files.

The object is ``CURRENT``. It is replaced by a conditional write, so a state is seen whole or not at
all. It is not signed, and need not be: what it points to is checked as on disk, by the signed log
and the signed manifests. Whoever can write it can do what one can do in a folder, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from anonymize.dataset.canonical import canonical, parse_canonical
from anonymize.errors import DatasetError

NAME = "CURRENT"
LARGEST_BYTES = 64 << 20
SMALL = ("CURRENT", "audit.head")
"""Files of a folder that are in the tree itself: with it, they change in one step."""
LOG = "audit.jsonl"
_SMALL_BYTES = 4096
_FILE = re.compile(r"versions/([0-9]{6,12})/(quarantine/|subjects/)?[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_KEY = re.compile(
    r"(versions|audit)/[A-Za-z0-9-]+/(quarantine/|subjects/)?[A-Za-z0-9_-][A-Za-z0-9_.-]*"
)


@dataclass(frozen=True)
class Tree:
    """The files of a dataset."""

    files: Mapping[str, str] = field(default_factory=dict)
    """Path in a dataset's folder → the object, by its name below the dataset's address."""
    small: Mapping[str, str] = field(default_factory=dict)
    """Name → text of `SMALL` files."""
    bucket_key: str = ""
    """The KMS key that encrypts the objects; empty for the store's own."""
    written: str = ""
    """Differs in every tree, so that a writer recognizes its own."""

    @classmethod
    def parsed(cls, data: bytes, place: str) -> Tree:
        """Return the tree in ``data``.

        Raises:
            DatasetError: it is none, or names what no dataset has, for example a path out of it.
        """
        try:
            outer: dict[str, Any] = parse_canonical(data)
            if set(outer) != {"format", "files", "small", "bucket_key", "written"}:
                raise ValueError
            tree = cls(outer["files"], outer["small"], outer["bucket_key"], outer["written"])
            texts = [*tree.files, *tree.files.values(), *tree.small.values(), tree.bucket_key]
            if outer["format"] != 1 or not all(isinstance(text, str) for text in texts):
                raise ValueError
            if not all(path == LOG or _FILE.fullmatch(path) for path in tree.files):
                raise ValueError
            if not all(map(_KEY.fullmatch, tree.files.values())) or set(tree.small) - set(SMALL):
                raise ValueError
            if any(len(text) > _SMALL_BYTES for text in tree.small.values()):
                raise ValueError
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise DatasetError("is damaged, or no dataset's", place=place) from None
        return tree

    def data(self) -> bytes:
        """Return the tree's bytes in the store."""
        return canonical(
            {
                "format": 1,
                "files": dict(self.files),
                "small": dict(self.small),
                "bucket_key": self.bucket_key,
                "written": self.written,
            }
        )

    def versions(self) -> set[str]:
        """Return the names of the version folders."""
        found = (_FILE.fullmatch(path) for path in self.files)
        return {match.group(1) for match in found if match}
