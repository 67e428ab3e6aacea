"""Name models of the GLiNER library, prompted with plain names of kinds; they run on the CPU
without network access.

Tested against a stand-in with the library's documented shape only: neither the library nor a model
of it comes with the package or its tests.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.detect.name_models.hub_cache import locate_hub_model, offline
from anonymize.detect.name_models.interface import Located, require

if TYPE_CHECKING:
    from anonymize.detect.name_models.interface import Loaded, Marked

ASKED_FOR: dict[str, str] = {
    "person": "PERSON",
    "location": "LOCATION",
    "street address": "LOCATION",
    "organization": "ORGANIZATION",
    "nationality": "NRP",
    "religious group": "NRP",
    "political group": "NRP",
}
"""What the model is asked for → Presidio's entity."""
THRESHOLD = 0.3
"""Spans the model is less sure of are not reported: Presidio's threshold for GLiNER."""
CORE, OVERLAP = 600, 200
"""Code points read at once: GLiNER cuts what is longer than a few hundred words, and says so only
in its log.
"""


def locate(name: str) -> Located:
    """Return where the model is: a folder, or the hub's cache.

    Raises:
        ArgumentError: it is in neither.
        MissingExtraError: GLiNER is not installed.
    """
    require("names by GLiNER", "gliner", "gliner", "huggingface_hub")
    return locate_hub_model("GLiNER", name, "gliner_config.json")


def load(folder: Path) -> Loaded:
    """Return the model in ``folder``."""
    with offline():
        from gliner import GLiNER

        model = GLiNER.from_pretrained(str(folder), local_files_only=True, map_location="cpu")

    from anonymize.detect.name_models.interface import Loaded

    labels = list(ASKED_FOR)

    def read(text: str) -> list[Marked]:
        found = model.predict_entities(
            text, labels, flat_ner=True, threshold=THRESHOLD, multi_label=False
        )
        return [
            (one["start"], one["end"], ASKED_FOR[one["label"]], float(one["score"]))
            for one in found
        ]

    return Loaded(read, CORE, OVERLAP)
