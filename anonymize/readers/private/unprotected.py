"""Trains the same model without privacy, to compare. What it learned is not for release."""

from __future__ import annotations

import numpy as np

from anonymize.readers.private.features import Encoded
from anonymize.readers.private.needed import torch


def train_unprotected(
    model: torch.nn.Module,
    rows: Encoded,
    device: torch.device,
    *,
    epochs: int = 20,
    batch_rows: int = 512,
    rate: float = 0.01,
    seed: int = 0,
) -> torch.nn.Module:
    """Return the model trained on all rows with Adam: nothing is clipped, no noise is added."""
    order = np.random.default_rng(seed)
    model = model.to(device).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for _ in range(epochs):
        mixed = order.permutation(len(rows.labels))
        for begin in range(0, len(mixed), batch_rows):
            some = mixed[begin : begin + batch_rows]
            inputs = torch.from_numpy(rows.matrix(some)).to(device)
            labels = torch.from_numpy(rows.labels[some]).to(device)
            optimizer.zero_grad(set_to_none=True)
            torch.nn.functional.cross_entropy(model(inputs), labels).backward()
            optimizer.step()
    return model.cpu().eval()
