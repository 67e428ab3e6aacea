"""Switches off telemetry and network access of libraries, in one place, before they are imported.

The processes that import them hold raw values and keys. No library may look up a host, connect to
one, or write an id or a queue of events into the user's folders.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

SWITCHES: Mapping[str, str] = {
    "ORT_DISABLE_TELEMETRY": (
        "1"
    ),  # ONNX Runtime from 1.29: read at import; calling its API later is too late
    "TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS": (
        ""
    ),  # tldextract, under Presidio: fetches a list into a cache
    "HF_HUB_DISABLE_TELEMETRY": (
        "1"
    ),  # the Hugging Face hub, under Transformers, GLiNER and datasets
    "DISABLE_TELEMETRY": "1",  # the same, under its older name
    "DO_NOT_TRACK": "1",  # a convention of several tools, for example Prefect and the hub
    "PREFECT_SERVER_ANALYTICS_ENABLED": (
        "false"
    ),  # Prefect, and the server that it starts as a child
    "GRADIO_ANALYTICS_ENABLED": "False",  # a demo library that model packages import at times
    "WANDB_MODE": "disabled",  # trackers that Transformers starts by itself if installed
    "COMET_MODE": "DISABLED",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}
"""Variable → value. Child processes inherit them. None is this project's, so a caller's own value
is overruled only here.
"""


def quiet_libraries() -> None:
    """Switch the libraries' telemetry and look-ups off for this process and those that it starts
    from now on.

    Must be called before each relevant import. It has no effect on what an already imported library
    did at its import.
    """
    os.environ.update(SWITCHES)
