"""Models that are named: what takes a row's numbers and gives a score for each class."""

from __future__ import annotations

from collections.abc import Callable

from anonymize.errors import ArgumentError
from anonymize.readers.private.features import Features
from anonymize.readers.private.needed import ModuleValidator, torch

Maker = Callable[[int, int], "torch.nn.Module"]
"""Makes a model for a number of inputs and of classes."""
_HIDDEN = 32


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
            a person's gradient would hold other people, or cannot be taken apart by rows.
    """
    if isinstance(model, str):
        if model not in NAMED:
            raise ArgumentError(f"there are: {', '.join(NAMED)}", place="model")
        model = NAMED[model]
    built = model(features.width, features.classes)
    if problems := ModuleValidator.validate(built, strict=False):
        kinds = sorted({type(one).__name__ for one in problems})
        names = sorted({type(m).__name__ for m in built.modules() if _mixes(m)}) or kinds
        what = f"has layers that mix rows or that Opacus does not take apart: {', '.join(names)}"
        raise ArgumentError(f"{what}; GroupNorm and LayerNorm do", place="model")
    return built


def _mixes(module: torch.nn.Module) -> bool:
    return isinstance(module, torch.nn.modules.batchnorm._BatchNorm)
