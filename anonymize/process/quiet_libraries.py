"""What the libraries below us would tell others, switched off in one place, before they are
imported.

The processes that import them hold raw values and keys. None may look up a host, connect to one, or
write an id or a queue of events into the user's folders.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

SWITCHES: Mapping[str, str] = {
    "ORT_DISABLE_TELEMETRY": (
        "1"
    ),  # ONNX Runtime from 1.29: read when it is imported; its API comes too late
    "TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS": (
        ""
    ),  # tldextract, under Presidio: fetches a list into a cache
    "HF_HUB_DISABLE_TELEMETRY": (
        "1"
    ),  # the Hugging Face hub, under Transformers, GLiNER and datasets
    "DISABLE_TELEMETRY": "1",  # the same, by its older name
    "DO_NOT_TRACK": "1",  # what several tools agreed on, Prefect's and the hub's among them
    "PREFECT_SERVER_ANALYTICS_ENABLED": (
        "false"
    ),  # Prefect, and the server that it starts as a child
    "GRADIO_ANALYTICS_ENABLED": "False",  # a demo library that model packages import at times
    "WANDB_MODE": "disabled",  # trackers that Transformers looks for and starts by itself
    "COMET_MODE": "DISABLED",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}
"""Variable → value. Children inherit them; none is ours, so a caller's own value is overruled only
here.
"""


def quiet_libraries() -> None:
    """Switch the libraries' telemetry and look-ups off for this process and those that it starts
    from now on.

    Called before each import that matters. A library that was imported before has said what it says
    at its import.
    """
    os.environ.update(SWITCHES)
