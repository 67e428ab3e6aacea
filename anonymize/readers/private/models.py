"""Models that are named: what takes a row's numbers and gives a score for each class."""

from __future__ import annotations

import copy
from collections.abc import Callable

from anonymize.errors import ArgumentError
from anonymize.readers.private.features import Features
from anonymize.readers.private.needed import ModuleValidator, torch

Maker = Callable[[int, int], "torch.nn.Module"]
"""Makes a model for a number of inputs and of classes."""
_HIDDEN = 32
_TRIED, _SAME = 4, 1e-5
"""Rows that a model is tried with, and by how much rounding may change what it says of one."""


def linear(width: int, classes: int) -> torch.nn.Module:
    """Return multinomial logistic regression that begins at 0."""
    made = torch.nn.Linear(width, classes)
    torch.nn.init.zeros_(made.weight)
    torch.nn.init.zeros_(made.bias)
    return made


def mlp(width: int, classes: int) -> torch.nn.Module:
    """Return a network with one hidden layer of tanh units, whose gradients stay short."""
    last = linear(_HIDDEN, classes)
    return torch.nn.Sequential(torch.nn.Linear(width, _HIDDEN), torch.nn.Tanh(), last)


NAMED: dict[str, Maker] = {"linear": linear, "mlp": mlp}


def made(model: str | Maker, features: Features) -> torch.nn.Module:
    """Return a new model.

    Raises:
        ArgumentError: there is none of that name; or a layer of it mixes rows (batch norm), so that
            a person's gradient would hold other people, or cannot be taken apart by rows; or it
            keeps something of the rows that it sees, to which no noise would be added.
    """
    if isinstance(model, str):
        if model not in NAMED:
            raise ArgumentError(f"there are: {', '.join(NAMED)}", place="model")
        model = NAMED[model]
    built = model(features.width, features.classes)
    mixing = sorted({type(m).__name__ for m in built.modules() if _mixes(m)})
    if mixing or (problems := ModuleValidator.validate(built, strict=False)):
        names = mixing or sorted({type(one).__name__ for one in problems})
        what = f"has layers that mix rows or that Opacus does not take apart: {', '.join(names)}"
        raise ArgumentError(f"{what}; GroupNorm and LayerNorm do", place="model")
    _try(built, features.width)
    return built


def _mixes(module: torch.nn.Module) -> bool:
    """Return whether it is a batch norm: also one without weights, at which Opacus does not look,
    and which keeps the mean of the rows that it saw.
    """
    return isinstance(module, torch.nn.modules.batchnorm._BatchNorm)


def _try(model: torch.nn.Module, width: int) -> None:
    """Refuse a model that says something else of a row beside other rows, or whose buffers change
    when it sees rows. A copy of it sees invented rows, with invented weights: those of ``linear``
    are 0, and would hide what is before them.

    Raises:
        ArgumentError: see there.
    """
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        tried = copy.deepcopy(model).train()
        for parameter in tried.parameters():
            parameter.normal_()
        rows = torch.randn(_TRIED, width)
        before = [one.clone() for one in tried.buffers()]
        said = []
        for first in (rows[:1], rows[:1] + 1):
            torch.manual_seed(1)  # for dropout
            said.append(tried(torch.cat([first, rows[1:]])))
        after = list(tried.buffers())
    if len(before) != len(after) or not all(map(torch.equal, before, after)):
        what = "keeps something of the rows that it sees (a buffer), to which no noise is added"
        raise ArgumentError(what, place="model")
    if said[0].shape[:1] != (_TRIED,) or not torch.allclose(
        said[0][1:], said[1][1:], rtol=_SAME, atol=_SAME, equal_nan=True
    ):
        what = "says something else of a row beside other rows: it mixes them, so that a person's"
        raise ArgumentError(f"{what} gradient would hold other people", place="model")
