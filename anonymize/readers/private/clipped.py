"""Sums gradients by person, each person's as a whole no longer than the clipping norm."""

from __future__ import annotations

from anonymize.readers.private.features import Encoded, Ints
from anonymize.readers.private.needed import GradSampleModule, torch

NUMBERS_AT_ONCE = 32_000_000
"""Of gradients by row; more people are taken one after the other."""
_INSIDE = 1 - 1e-6
"""Rounding may not make a clipped gradient longer than the norm."""


def clipped_sum(
    model: GradSampleModule, rows: Encoded, people: Ints, clip: float, device: torch.device
) -> list[torch.Tensor]:
    """Return for each parameter the sum of these people's gradients, float64.

    A person's gradient is the mean over the person's rows, scaled down to a length of ``clip`` over
    all parameters together; one that is not finite counts as 0. So a person more or less changes
    the sum by ``clip`` at most, and other rows of a person by twice that, whatever the rows hold.
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
    labels = torch.from_numpy(rows.labels[places]).to(device)
    model.zero_grad(set_to_none=True)
    torch.nn.functional.cross_entropy(model(inputs), labels, reduction="sum").backward()
    by = torch.from_numpy(whose).to(device)
    counts = torch.bincount(by, minlength=len(people)).double()
    grads = [_by_person(p, by, counts) for p in model.parameters() if p.requires_grad]
    norms = torch.stack([g.flatten(1).norm(dim=1) for g in grads]).norm(dim=0)
    scales = torch.clamp(clip * _INSIDE / norms.clamp(min=1e-300), max=1.0)
    scales = torch.where(torch.isfinite(norms), scales, torch.zeros_like(scales))
    model.zero_grad(set_to_none=True)
    return [torch.einsum("p,p...->...", scales, torch.nan_to_num(g, 0, 0, 0)) for g in grads]


def _by_person(parameter: torch.Tensor, by: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """Return the mean of the rows' gradients for each person, float64; 0 for an unused weight."""
    shape = (len(counts), *parameter.shape)
    total = torch.zeros(shape, dtype=torch.float64, device=parameter.device)
    if parameter.grad_sample is not None:
        total.index_add_(0, by, parameter.grad_sample.double())
    return total / counts.reshape(-1, *[1] * (total.dim() - 1))
