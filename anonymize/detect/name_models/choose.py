"""Which model finds names in text: the one that ships with the package, or one that the data owner has."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from importlib.util import find_spec
from pathlib import Path

from anonymize.detect.interface import Scanner
from anonymize.errors import ArgumentError, MissingExtraError
from anonymize.process.quiet_libraries import quiet_libraries

CHOICES = "off, coatcheck, spacy:MODEL, transformers:MODEL, gliner:MODEL"
"""What ``detect: {ner: …}`` takes; MODEL is an installed model's name or a folder."""
SHIPPED = "coatcheck"


@dataclass(frozen=True)
class NameModel:
    """One model, told apart from others of its name by its digest; picklable, it holds no weights."""

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

    def scanner(self) -> Scanner:
        """Return what finds names with it; the model is loaded when the first text is scanned, once per process."""
        if self.choice == SHIPPED:
            from anonymize.detect.name_models.shipped import ENTITIES_IN_TEXT, load_recogniser

            return load_recogniser(entities=ENTITIES_IN_TEXT)
        from anonymize.detect.name_models.adapted import OwnNames

        return OwnNames(self)


@dataclass(frozen=True)
class Located:
    """A model on this machine."""

    folder: Path
    """Where its files are."""
    version: str
    """What it calls itself, empty where it says nothing."""


def find_name_model(choice: str) -> NameModel | None:
    """Return the model that ``choice`` names, None for ``off``. Nothing is loaded, and nothing downloaded, ever.

    Raises:
        ArgumentError: there is no such kind, or no such model on this machine.
        MissingExtraError: the package that runs it is not installed.
    """
    kind, _, name = choice.partition(":")
    if choice == "off":
        return None
    if choice == SHIPPED:
        require("finding names in text", "ner", "onnxruntime", "tokenizers")
        from anonymize.detect.name_models import shipped_model as ner_model

        return NameModel(choice, "", ner_model.SHA256, library("onnxruntime"))
    if kind not in ("spacy", "transformers", "gliner") or not name.strip():
        raise ArgumentError(f"'{choice}' is no model for names; choose one of {CHOICES}")
    located = locate(kind, name)
    return NameModel(choice, located.version, folder_digest(located.folder), library(kind))


def locate(kind: str, name: str) -> Located:
    """Return where the model is on this machine.

    Raises:
        ArgumentError: nowhere.
        MissingExtraError: the package that runs it is not installed.
    """
    quiet_libraries()
    if kind == "spacy":
        from anonymize.detect.name_models import spacy_model as ner_spacy

        return ner_spacy.locate(name)
    if kind == "transformers":
        from anonymize.detect.name_models import transformers_model as ner_transformers

        return ner_transformers.locate(name)
    from anonymize.detect.name_models import gliner_model as ner_gliner

    return ner_gliner.locate(name)


def require(feature: str, extra: str, *packages: str) -> None:
    """Raise MissingExtraError unless every package is there; none is imported."""
    for package in packages:
        there = sys.modules[package] is not None if package in sys.modules else find_spec(package) is not None
        if not there:
            raise MissingExtraError.of(feature, extra)


def library(package: str) -> str:
    """Return the package and its version."""
    try:
        return f"{package} {installed_version(package)}"
    except PackageNotFoundError:
        return package


def folder_digest(folder: Path) -> str:
    """Return the SHA-256 over the names and contents of the files below ``folder``, caches and hidden ones aside."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        inside = path.relative_to(folder)
        if any(part.startswith(".") or part == "__pycache__" for part in inside.parts):
            continue
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
        whole.update(inside.as_posix().encode() + b"\0" + digest)
    return whole.hexdigest()
