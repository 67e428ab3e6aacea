"""Opens the dataset that a policy publishes to."""

from __future__ import annotations

from pathlib import Path

from anonymize.dataset.anchor import Anchor
from anonymize.dataset.dataset import Dataset
from anonymize.policy import Policy


def sink_of(policy: Policy, wait_seconds: float = 0.0) -> Dataset:
    """Return the dataset that a policy publishes to, with the anchor of its audit log.

    Its lock waits ``wait_seconds`` for another run.
    """
    anchor = policy.audit.anchor
    if anchor is None:
        return Dataset(policy.sink.path, wait_seconds=wait_seconds)
    file = Path(anchor.file) if anchor.file is not None else None
    told = Anchor(policy.dataset, file, anchor.command, anchor.latest)
    return Dataset(policy.sink.path, told, wait_seconds=wait_seconds)
