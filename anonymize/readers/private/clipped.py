"""Sums gradients by person, each person's as a whole no longer than the clipping norm."""

from __future__ import annotations

import numpy as np

from anonymize.readers.private.features import Encoded, Ints
from anonymize.readers.private.needed import GradSampleModule, torch

NUMBERS_AT_ONCE = 32_000_000
"""Of gradients by row; more people are taken one after the other."""
_INSIDE = 1 - 1e-5
"""Rounding may not make a clipped gradient longer than the norm."""


def by_rows(model: torch.nn.Module) -> GradSampleModule:
    """Return a model that keeps the gradient of each row by itself. ``sum``, as the loss is added
    up: by Opacus's default each row's gradient is multiplied by the number of rows of the batch, so
    that a person more would change what all others contribute.
    """
    return GradSampleModule(model, loss_reduction="sum")


def clipped_sum(
    model: GradSampleModule, rows: Encoded, people: Ints, clip: float, device: torch.device
) -> list[torch.Tensor]:
    """Return for each parameter the sum of these people's gradients, float64.

    A person's gradient is the mean over the person's rows, scaled down to a length of ``clip`` over
    all parameters together; one that is not finite counts as 0. So a person more or less changes
    the sum by ``clip`` at most, and other rows of a person by twice that, whatever the rows hold
    (up to the rounding of float32).
    """
    parameters = [p for p in model.parameters() if p.requires_grad]
    sums = [torch.zeros(p.shape, dtype=torch.float64, device=device) for p in parameters]
    size = sum(p.numel() for p in parameters)
    for some in _portions(rows, people, max(1, NUMBERS_AT_ONCE // max(1, size))):
        for total, part in zip(sums, _of_some(model, rows, some, clip, device), strict=True):
            total += part
    return sums


def _portions(rows: Encoded, people: Ints, most_rows: int) -> list[Ints]:
    """Return the people in portions of about so many rows; nobody is divided."""
    ends = (rows.starts[people + 1] - rows.starts[people]).cumsum()
    found, begin = [], 0
    while begin < len(people):
        before = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(ends.searchsorted(before + most_rows, side="right")))
        found.append(people[begin:end])
        begin = end
    return found


def _of_some(
    model: GradSampleModule, rows: Encoded, people: Ints, clip: float, device: torch.device
) -> list[torch.Tensor]:
    places, whose = rows.rows_of(people)
    inputs = torch.from_numpy(rows.matrix(places)).to(device)
    inputs.requires_grad_()  # or torch warns of Opacus's hooks
    labels = torch.from_numpy(rows.labels[places]).to(device)
    model.zero_grad(set_to_none=True)
    torch.nn.functional.cross_entropy(model(inputs), labels, reduction="sum").backward()
    counts = torch.from_numpy(np.bincount(whose, minlength=len(people))).to(device)
    by = None if len(places) == len(people) else torch.from_numpy(whose).to(device)
    grads = [_by_person(p, by, counts) for p in model.parameters() if p.requires_grad]
    model.zero_grad(set_to_none=True)
    lengths = [torch.linalg.vector_norm(g, dim=1, dtype=torch.float64) for g in grads]
    norms = torch.stack(lengths).norm(dim=0)
    scales = torch.clamp(clip * _INSIDE / norms.clamp(min=1e-300), max=1.0)
    finite = torch.isfinite(norms)
    if not finite.all():
        scales = torch.where(finite, scales, 0.0)
        grads = [torch.where(finite[:, None], g, 0.0) for g in grads]
    parameters = [p for p in model.parameters() if p.requires_grad]
    return [
        (scales.to(g.dtype) @ g).double().reshape(p.shape)
        for g, p in zip(grads, parameters, strict=True)
    ]


def _by_person(
    parameter: torch.Tensor, by: torch.Tensor | None, counts: torch.Tensor
) -> torch.Tensor:
    """Return the mean of the rows' gradients for each person, shape (people, numbers); 0 for a
    weight that is not used. Without ``by`` each row is a person's own.
    """
    if parameter.grad_sample is None:
        return torch.zeros(len(counts), parameter.numel(), device=parameter.device)
    rows: torch.Tensor = parameter.grad_sample.flatten(1)
    if by is None:
        return rows
    total = torch.zeros(len(counts), rows.shape[1], dtype=rows.dtype, device=rows.device)
    return total.index_add_(0, by, rows) / counts[:, None]
