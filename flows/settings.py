"""Prefect's settings for these flows: no telemetry, nothing persisted; set before Prefect is imported."""

from __future__ import annotations

import os
from pathlib import Path


def quiet_prefect(home: Path | None = None) -> None:
    """Switch off Prefect's telemetry and result storage for this process and its children.

    Args:
        home: Where Prefect keeps its database when no server is configured; left as it is where
            ``PREFECT_HOME`` or ``PREFECT_API_URL`` is set.
    """
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ.setdefault("PREFECT_RESULTS_PERSIST_BY_DEFAULT", "false")
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")
    if home is not None and "PREFECT_API_URL" not in os.environ:
        home.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("PREFECT_HOME", str(home.resolve()))
