"""What a training was paid for, as the signed allowance states it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from anonymize.errors import ArgumentError
from anonymize.privacy.training.accounting import epsilon_of, noise_for, rounded_up

SAMPLING = "poisson"
"""Each person takes part in each step independently, with the same probability: what the accounting
is of. Batches of a shuffled table are none.
"""
_SLACK = 1e-9


@dataclass(frozen=True)
class TrainingTerms:
    """What training may do. Neighbouring versions differ in all rows of one person."""

    epsilon: float
    """What it costs, with ``delta``."""
    delta: float
    noise: float
    """Standard deviation of the noise of a step's sum, in units of ``clip``."""
    share: float
    """Probability that a person takes part in a step."""
    steps: int
    clip: float
    """Longest gradient of a person."""
    most_rows: int
    """Rows of a person that count."""
    people: int
    """A public number of people; the sum is divided by ``share`` times it."""
    sampling: str = SAMPLING

    @classmethod
    def priced(
        cls,
        *,
        epsilon: float | None,
        noise: float | None,
        delta: float,
        share: float,
        steps: int,
        clip: float,
        most_rows: int,
        people: int,
    ) -> TrainingTerms:
        """Return terms with the noise that ``epsilon`` asks for, or the ε of a ``noise``.

        Raises:
            ArgumentError: a number is out of range, or both or neither are given.
        """
        if (epsilon is None) == (noise is None):
            raise ArgumentError("name either epsilon or noise; the other follows")
        if noise is None:
            noise = noise_for(epsilon or 0.0, share, steps, delta)
        cost = rounded_up(epsilon_of(noise, share, steps, delta))
        return cls(cost, delta, noise, share, steps, clip, most_rows, people)

    @classmethod
    def parsed(cls, said: Mapping[str, Any]) -> TrainingTerms:
        """Return terms as JSON has them.

        Raises:
            ArgumentError: a field is missing, unknown or of another type, the sampling is not the
                one that the accounting is of, or the ε is less than these steps cost.
        """
        kinds = {"steps": int, "most_rows": int, "people": int, "sampling": str}
        values: dict[str, Any] = {}
        for one in fields(cls):
            kind, value = kinds.get(one.name, float), said.get(one.name)
            whole = type(value) is int and kind is float
            if type(value) is not kind and not whole:
                raise ArgumentError("is missing, or of another type", place=f"terms.{one.name}")
            values[one.name] = kind(value)
        if unknown := sorted(set(said) - set(values)):
            raise ArgumentError("is unknown to this release", place=f"terms.{unknown[0]}")
        made = cls(**values)
        made.check()
        return made

    def check(self) -> None:
        """Refuse terms under which the stated ε would not hold.

        Raises:
            ArgumentError: see `parsed`.
        """
        if self.sampling != SAMPLING:
            what = f"is not {SAMPLING}: the stated ε is of independent draws of people, and holds"
            raise ArgumentError(f"{what} for no other batches", place="terms.sampling")
        if not (0 < self.clip < math.inf and self.most_rows >= 1 and self.people >= 1):
            raise ArgumentError("clip, most_rows and people are above 0", place="terms")
        cost = epsilon_of(self.noise, self.share, self.steps, self.delta)
        if not cost <= self.epsilon + _SLACK:  # NaN too
            what = f"ε = {self.epsilon:g} is stated, and these steps cost {cost:.4g}"
            raise ArgumentError(f"{what}: the allowance is not for them", place="terms.epsilon")

    def as_json(self) -> dict[str, Any]:
        """Return the terms for a document."""
        return asdict(self)
