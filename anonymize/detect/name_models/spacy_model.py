"""spaCy's pipelines as readers of names: an installed package or a folder, ``en_core_web_lg`` or
``models/ours``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.detect.name_models.interface import Located, require
from anonymize.detect.text.long_texts import CORE, OVERLAP
from anonymize.errors import ArgumentError, DataError

if TYPE_CHECKING:
    from anonymize.detect.name_models.interface import Loaded, Marked

SCORE = 0.85
"""spaCy gives no score; this is the one Presidio gives its spans."""


def locate(name: str) -> Located:
    """Return where the pipeline is: a package of this name, else a folder.

    Raises:
        ArgumentError: there is neither.
        MissingExtraError: spaCy is not installed.
    """
    require("names by spaCy", "spacy", "spacy")
    from spacy.util import get_package_path, is_package

    folder = get_package_path(name) if is_package(name) else Path(name)
    try:
        said = json.loads((folder / "meta.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        raise ArgumentError(
            f"spaCy has no pipeline '{name}' here; install it (python -m spacy download, or its"
            " wheel) or name its folder: Coatcheck does not download"
        ) from None
    return Located(
        folder, f"{said.get('lang', '')}_{said.get('name', '')} {said.get('version', '')}".strip()
    )


def load(folder: Path) -> Loaded:
    """Return the pipeline in ``folder``.

    Raises:     DataError: no component of it marks names, so it would silently find none.
    """
    import spacy
    from spacy.util import load_model_from_init_py

    from anonymize.detect.name_models.interface import Loaded

    packaged = (folder / "__init__.py").exists()
    language = load_model_from_init_py(folder / "__init__.py") if packaged else spacy.load(folder)
    if not any("doc.ents" in language.get_pipe_meta(name).assigns for name in language.pipe_names):
        raise DataError("has no component that marks names (ner, entity_ruler)")

    def read(text: str) -> list[Marked]:
        return [
            (span.start_char, span.end_char, span.label_, SCORE) for span in language(text).ents
        ]

    return Loaded(read, CORE, OVERLAP)
