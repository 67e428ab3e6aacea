"""Prefect's settings for these flows: no telemetry, nothing persisted; set before Prefect is
imported.
"""

from __future__ import annotations

import os
from pathlib import Path

from anonymize.process.quiet_libraries import quiet_libraries


def quiet_prefect(home: Path | None = None) -> None:
    """Switch off Prefect's telemetry and result storage for this process and its children.

    Args:
        home: Where Prefect keeps its database when no server is configured; left as it is where
            ``PREFECT_HOME`` or ``PREFECT_API_URL`` is set.
    """
    quiet_libraries()
    os.environ.setdefault("PREFECT_RESULTS_PERSIST_BY_DEFAULT", "false")
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")
    if home is not None and "PREFECT_API_URL" not in os.environ:
        home.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("PREFECT_HOME", str(home.resolve()))
