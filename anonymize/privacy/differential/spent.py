"""What releases cost one person: ε and δ, added up exactly."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Loss:
    """A privacy loss (ε, δ). Decimals, so that ten times 0.1 is 1 and not less."""

    epsilon: Decimal = Decimal(0)
    """ε ≥ 0."""
    delta: Decimal = Decimal(0)
    """0 ≤ δ < 1."""

    @classmethod
    def of(cls, epsilon: float | str, delta: float | str = 0) -> Loss:
        """Return a loss from numbers as they were written."""
        return cls(Decimal(str(epsilon)), Decimal(str(delta)))

    def __add__(self, other: Loss) -> Loss:
        """Return the loss of both releases together: basic composition (Dwork et al. 2006)."""
        return Loss(self.epsilon + other.epsilon, self.delta + other.delta)

    def __sub__(self, other: Loss) -> Loss:
        """Return what is left of a budget after ``other``, at least 0."""
        none = Decimal(0)
        return Loss(max(none, self.epsilon - other.epsilon), max(none, self.delta - other.delta))

    def within(self, budget: Loss) -> bool:
        """Return whether neither ε nor δ is above the budget's."""
        return self.epsilon <= budget.epsilon and self.delta <= budget.delta

    def as_json(self) -> dict[str, str]:
        """Return the loss as plain texts: JSON numbers would be rounded."""
        return {"epsilon": plain(self.epsilon), "delta": plain(self.delta)}

    def __str__(self) -> str:
        """Return ``ε = 0.5, δ = 1e-06``, without a δ of 0."""
        delta = f", δ = {float(self.delta):.3g}" if self.delta else ""
        return f"ε = {plain(self.epsilon)}{delta}"


def plain(number: Decimal) -> str:
    """Return a number without an exponent or needless zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
