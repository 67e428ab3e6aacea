"""Token classifiers of the Transformers library as readers of names, on the processor, without the
network.

Tested against a stand-in with the library's documented shape only: neither the library nor a model
of it comes with the package or its tests.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.detect.name_models.hub_cache import locate_hub_model, offline
from anonymize.detect.name_models.interface import Located, require
from anonymize.detect.text.long_texts import CORE, OVERLAP
from anonymize.errors import DataError

if TYPE_CHECKING:
    from anonymize.detect.name_models.interface import Loaded, Marked

MAX_PIECES = 512
"""Word pieces read at once where the tokenizer does not say how many the model takes."""
STRIDE = 64
"""Word pieces that neighbouring windows of a longer text share."""


def locate(name: str) -> Located:
    """Return where the model is: a folder, or the hub's cache.

    Raises:
        ArgumentError: it is in neither.
        MissingExtraError: Transformers or PyTorch is not installed.
    """
    require("names by Transformers", "transformers", "transformers", "torch", "huggingface_hub")
    return locate_hub_model("Transformers", name, "config.json")


def load(folder: Path) -> Loaded:
    """Return the token classifier in ``folder``; code that comes with a model is not run.

    Raises:
        DataError: it does not say what its labels mean, or its tokenizer not where its pieces
            stand.
    """
    with offline():
        from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

        tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        model = AutoModelForTokenClassification.from_pretrained(str(folder), local_files_only=True)

    from anonymize.detect.name_models.interface import Loaded

    if not tokenizer.is_fast:
        raise DataError(
            "its tokenizer does not say where words stand in the text; it takes a fast one"
        )
    if all(label.startswith("LABEL_") for label in model.config.id2label.values()):
        raise DataError("its labels have no names (LABEL_0, …); set id2label in its config.json")
    if tokenizer.model_max_length > 100_000:  # the library's word for "not said"
        tokenizer.model_max_length = MAX_PIECES
    classify = pipeline(
        "token-classification",
        model=model,
        tokenizer=tokenizer,
        aggregation_strategy="simple",
        stride=STRIDE,
        device=-1,
    )

    def read(text: str) -> list[Marked]:
        return [
            (found["start"], found["end"], found["entity_group"], float(found["score"]))
            for found in classify(text)
        ]

    return Loaded(read, CORE, OVERLAP)
