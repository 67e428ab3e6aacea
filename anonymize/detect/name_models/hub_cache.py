"""Where models of the Hugging Face hub are cached on this machine; the hub itself is never
contacted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anonymize.detect.name_models.interface import Located
from anonymize.errors import ArgumentError


@contextmanager
def offline() -> Iterator[None]:
    """Keep the hub's libraries off the network while a model is located or loaded, whatever was
    imported before.

    A model may name a tokenizer or base model by its hub name in its own configuration; without
    this, loading it would fetch them.
    """
    from huggingface_hub import constants

    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY")
    before, was_offline = {name: os.environ.get(name) for name in names}, constants.HF_HUB_OFFLINE
    os.environ.update(dict.fromkeys(names, "1"))
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = was_offline
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({name: value} if value is not None else {})


def locate_hub_model(library: str, name: str, config: str) -> Located:
    """Return where the model is: a folder, else the hub's cache; ``config`` is the file that makes
    it a model.

    Raises:
        ArgumentError: it is in neither.
    """
    folder, version = Path(name), ""
    if not folder.is_dir():
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

        try:
            with offline():
                folder = Path(snapshot_download(name, local_files_only=True))
            version = folder.name
        except (HFValidationError, LocalEntryNotFoundError, OSError):
            raise ArgumentError(
                f"{library} has no model '{name}' here; name its folder, or fetch it into the hub's"
                f" cache first (hf download {name}): Coatcheck does not download"
            ) from None
    if not (folder / config).is_file():
        raise ArgumentError(f"'{name}' holds no {config}, so it is no model of {library}'s")
    return Located(folder, version)
