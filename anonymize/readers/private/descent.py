"""Takes the steps that were paid for, and no others."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np

from anonymize.errors import ArgumentError, GateError
from anonymize.privacy.training import TrainingTerms
from anonymize.readers.private.clipped import by_rows, clipped_sum
from anonymize.readers.private.features import Encoded
from anonymize.readers.private.needed import torch
from anonymize.readers.private.randomness import SecretDraws

Optimizer = Callable[[Iterable["torch.nn.Parameter"]], "torch.optim.Optimizer"]
RATE, MOMENTUM = 2.0, 0.9


def sgd(parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
    """Return gradient descent with momentum, with a rate that suits gradients of length 1."""
    return torch.optim.SGD(parameters, lr=RATE, momentum=MOMENTUM)


class Descent:
    """DP-SGD over people (Abadi et al., Deep learning with differential privacy, 2016).

    Each step draws each person independently with probability ``share``, sums their clipped
    gradients, adds Gaussian noise of ``noise × clip``, divides by ``share × people`` of the terms,
    and has the optimizer take that for the gradient. All weights on the way may be shown: the
    stated ε is of all steps together.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        rows: Encoded,
        terms: TrainingTerms,
        device: torch.device,
        optimizer: Optimizer = sgd,
        draws: SecretDraws | None = None,
    ) -> None:
        """Begin at the weights of ``model``, which must not come from these rows.

        Raises:
            ArgumentError: the terms are not ones under which their ε holds.
        """
        terms.check()
        self.terms, self.done, self._rows, self._device = terms, 0, rows, device
        self._model = by_rows(model.to(device))
        self._model.train()
        self._parameters = [p for p in self._model.parameters() if p.requires_grad]
        if not self._parameters:
            raise ArgumentError("has no weights to train", place="model")
        self._optimizer = optimizer(self._parameters)
        self._draws = draws or SecretDraws()

    def step(self) -> None:
        """Take the next step.

        Raises:
            GateError: all steps that were paid for are taken.
        """
        if self.done >= self.terms.steps:
            what = f"{self.terms.steps} steps were paid for, and are taken; another one would cost"
            raise GateError(f"{what} more than the log says", place="allowance")
        self.done += 1
        drawn = self._draws.uniform(self._rows.people) < self.terms.share
        sums = clipped_sum(
            self._model, self._rows, np.flatnonzero(drawn), self.terms.clip, self._device
        )
        self._noisy(sums)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)

    def _noisy(self, sums: list[torch.Tensor]) -> None:
        """Add the noise, and give the optimizer what it takes for gradients."""
        scale = self.terms.noise * self.terms.clip
        for parameter, total in zip(self._parameters, sums, strict=True):
            noise = self._draws.normal(math.prod(total.shape)) * scale
            noisy = total + torch.from_numpy(noise).to(self._device).reshape(total.shape)
            divided = noisy / (self.terms.share * self.terms.people)
            parameter.grad = divided.to(parameter.dtype)

    def run(self) -> torch.nn.Module:
        """Take all steps that are left, and return the trained model on the CPU."""
        while self.done < self.terms.steps:
            self.step()
        return self.model()

    def model(self) -> torch.nn.Module:
        """Return the model as it is, on the CPU, without what took gradients apart by rows."""
        inner: torch.nn.Module = self._model.to_standard_module()
        return inner.cpu().eval()
