"""Which model finds names in text: the one that ships with the package, or one that the data owner
has.
"""

from __future__ import annotations

from anonymize.detect.interface import Scanner
from anonymize.detect.name_models.adapters import locate
from anonymize.detect.name_models.interface import (
    CHOICES,
    SHIPPED,
    NameModel,
    folder_digest,
    library,
    require,
)
from anonymize.errors import ArgumentError

__all__ = ["CHOICES", "SHIPPED", "NameModel", "find_name_model", "names_scanner"]


def find_name_model(choice: str) -> NameModel | None:
    """Return the model that ``choice`` names, None for ``off``. Nothing is loaded, and nothing
    downloaded, ever.

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


def names_scanner(model: NameModel) -> Scanner:
    """Return what finds names with ``model``; it is loaded when the first text is scanned, once per
    process.
    """
    if model.choice == SHIPPED:
        from anonymize.detect.name_models.shipped import ENTITIES_IN_TEXT, load_recogniser

        return load_recogniser(entities=ENTITIES_IN_TEXT)
    from anonymize.detect.name_models.adapted import OwnNames

    return OwnNames(model)
