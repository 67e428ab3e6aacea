"""Interface of name models: which one a plan names, where its files are, and what a loaded one
returns.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from importlib.util import find_spec
from pathlib import Path

from anonymize.errors import MissingExtraError

CHOICES = "off, coatcheck, spacy:MODEL, transformers:MODEL, gliner:MODEL"
"""What ``detect: {ner: …}`` takes; MODEL is an installed model's name or a folder."""
SHIPPED = "coatcheck"
Marked = tuple[int, int, str, float]
"""start, end, the model's own label, score"""
Reader = Callable[[str], Iterable[Marked]]
"""What marks one text."""


@dataclass(frozen=True)
class NameModel:
    """One name model, identified by its digest. Picklable; holds no weights."""

    choice: str
    """As the policy says it: ``coatcheck``, ``spacy:en_core_web_lg``."""
    version: str
    """What the model calls itself, empty where it says nothing."""
    sha256: str
    """Digest of its file, or of its folder's files and their names."""
    library: str
    """Package and version that run it."""

    def __str__(self) -> str:
        """Return everything in one line, as the manifest records it."""
        said = f"{self.choice} {self.version}".strip()
        return f"{said}, sha256 {self.sha256}, run by {self.library}"

    @property
    def kind(self) -> str:
        """Return ``coatcheck``, ``spacy``, ``transformers`` or ``gliner``."""
        return self.choice.partition(":")[0]

    @property
    def name(self) -> str:
        """Return the name or folder behind the kind."""
        return self.choice.partition(":")[2]


@dataclass(frozen=True)
class Located:
    """A model on this machine."""

    folder: Path
    """Where its files are."""
    version: str
    """What it calls itself, empty where it says nothing."""


@dataclass(frozen=True)
class Loaded:
    """A model in memory."""

    read: Reader
    core: int
    """Code points of a long text that are read at once."""
    overlap: int
    """Code points beside them that are read along."""


def require(feature: str, extra: str, *packages: str) -> None:
    """Raise MissingExtraError unless every package is there; none is imported."""
    for package in packages:
        there = (
            sys.modules[package] is not None
            if package in sys.modules
            else find_spec(package) is not None
        )
        if not there:
            raise MissingExtraError.of(feature, extra)


def library(package: str) -> str:
    """Return the package and its version."""
    try:
        return f"{package} {installed_version(package)}"
    except PackageNotFoundError:
        return package


def folder_digest(folder: Path) -> str:
    """Return the SHA-256 over the names and contents of the files below ``folder``, caches and
    hidden ones aside.
    """
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        inside = path.relative_to(folder)
        if any(part.startswith(".") or part == "__pycache__" for part in inside.parts):
            continue
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
        whole.update(inside.as_posix().encode() + b"\0" + digest)
    return whole.hexdigest()
