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
    path, key = policy.sink.path, policy.sink.bucket_key
    if anchor is None:
        return Dataset(path, wait_seconds=wait_seconds, bucket_key=key)
    file = Path(anchor.file) if anchor.file is not None else None
    told = Anchor(policy.dataset, file, anchor.command, anchor.latest)
    return Dataset(path, told, wait_seconds=wait_seconds, bucket_key=key)
