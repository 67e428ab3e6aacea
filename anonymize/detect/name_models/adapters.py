"""The kinds of models that a data owner may bring: each located and loaded by the module of its
library.
"""

from __future__ import annotations

from pathlib import Path

from anonymize.detect.name_models.interface import Loaded, Located
from anonymize.process.quiet_libraries import quiet_libraries


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


def load_model(kind: str, folder: Path) -> Loaded:
    """Return the model in ``folder``, in memory; whatever its library raises over a model it cannot
    take.
    """
    quiet_libraries()
    if kind == "spacy":
        from anonymize.detect.name_models.spacy_model import load
    elif kind == "transformers":
        from anonymize.detect.name_models.transformers_model import load
    else:
        from anonymize.detect.name_models.gliner_model import load
    return load(folder)
