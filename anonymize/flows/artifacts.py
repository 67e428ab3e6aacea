"""Artifacts of a run: its progress while it runs, then what was found, done and left, or why it was
refused.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from anonymize.flows.logs import only_told
from anonymize.flows.names import artifact_key

PAUSE_SECONDS = 2.0
"""At least between two steps of a progress: each is a request to Prefect's server."""


class RunProgress:
    """How far a run is: one artifact, which is updated."""

    def __init__(self, dataset: str) -> None:
        """Create the artifact, at nothing."""
        self._dataset, self._told_at, self._percent = dataset, time.monotonic(), 0.0
        self._id: Any = None
        from prefect.artifacts import create_progress_artifact

        with only_told():
            key, said = artifact_key(dataset, "progress"), f"{dataset}: planned"
            self._id = create_progress_artifact(0.0, key=key, description=said)

    def parts(self, what: str, done: int, of: int) -> None:
        """Tell that ``done`` of ``of`` partitions are done, at most every two seconds."""
        if done == of or time.monotonic() - self._told_at >= PAUSE_SECONDS:
            self._tell(99.0 * done / of, f"{what}: {done:,} of {of:,} partitions")

    def end(self, said: str, *, done: bool) -> None:
        """Tell how the run ended; only what is published is at 100 %."""
        self._tell(100.0 if done else None, said)

    def _tell(self, percent: float | None, said: str) -> None:
        from prefect.artifacts import update_progress_artifact

        if self._id is None:
            return
        self._told_at = time.monotonic()
        self._percent = self._percent if percent is None else percent
        with only_told():
            update_progress_artifact(self._id, self._percent, f"{self._dataset}: {said}")


def show_page(dataset: str, what: str, markdown: str, description: str) -> None:
    """Create a Markdown artifact of a dataset."""
    from prefect.artifacts import create_markdown_artifact

    key = artifact_key(dataset, what)
    with only_told():
        create_markdown_artifact(markdown, key=key, description=description)


def show_table(
    dataset: str, what: str, rows: Sequence[Mapping[str, Any]], description: str
) -> None:
    """Create a table artifact of a dataset."""
    from prefect.artifacts import create_table_artifact

    key = artifact_key(dataset, what)
    with only_told():
        create_table_artifact([dict(row) for row in rows], key=key, description=description)
