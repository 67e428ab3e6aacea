"""How often an attack succeeds, and how much more often than on people who are not in the data."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959963984540054
"""The normal distribution's quantile for a two-sided level of 95 %."""


@dataclass(frozen=True)
class Rate:
    """A rate of success with its 95 % interval: Wilson's score interval, whose middle lies a little
    nearer to one half than the plain share does.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    JASA 22 (1927).
    """

    attacks: int
    """Number of attacks, 1 or more."""
    successes: float
    """How many succeeded, 0 to ``attacks``; not whole where counts are corrected for sizes."""

    def __post_init__(self) -> None:
        """Refuse a rate that is none."""
        if self.attacks < 1 or not 0 <= self.successes <= self.attacks:
            raise ValueError("successes are 0 to the number of attacks, which is 1 or more")

    @property
    def share(self) -> float:
        """Return the plain share of successes, 0 to 1."""
        return self.successes / self.attacks

    @property
    def value(self) -> float:
        """Return the middle of the interval, 0 to 1."""
        return (self.successes + _Z * _Z / 2) / (self.attacks + _Z * _Z)

    @property
    def error(self) -> float:
        """Return half the width of the interval."""
        variance = self.successes * (self.attacks - self.successes) / self.attacks
        return _Z / (self.attacks + _Z * _Z) * math.sqrt(variance + _Z * _Z / 4)


@dataclass(frozen=True)
class Risk:
    """How much more an attack learns of people in the data: 0 nothing, 1 everything there was left
    to learn; with the 95 % interval.
    """

    value: float
    """The best estimate, 0 to 1."""
    low: float
    """The interval's lower end."""
    high: float
    """The interval's upper end."""


def risk_of(source: Rate, control: Rate) -> Risk:
    """Return the success on people of the source beyond that on the control set, as a share of what
    was left to succeed: (source - control) / (1 - control). The errors of both are propagated.

    Source: M. Giomi, F. Boenisch, C. Wehmeyer, B. Tasnádi, A unified framework for quantifying
    privacy risk in synthetic data, PoPETs 2023(2), section 4.
    """
    return _bounded(source.value, source.error, control.value, control.error)


def risk_above_chance(source: Rate) -> Risk:
    """Return the same for a rate that is one half, by its making, where nothing is learnt."""
    return _bounded(source.value, source.error, 0.5, 0.0)


def _bounded(source: float, error: float, control: float, control_error: float) -> Risk:
    left = 1.0 - control
    middle = (source - control) / left
    half = math.hypot(error / left, control_error * (source - 1.0) / left**2)
    low, value, high = (min(1.0, max(0.0, one)) for one in (middle - half, middle, middle + half))
    return Risk(value, low, high)
