"""Rules with random noise, and rules of other packages."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from anonymize.policy.actions.base import ActionRule, Name


class PerturbRule(ActionRule):
    """Add random noise to numbers."""

    action: Literal["perturb"]
    """New noise from the operating system for every row and run; averages stay close."""
    noise: Literal["laplace", "gaussian", "uniform"] = "laplace"
    """Distribution of the noise."""
    scale: Annotated[float, Field(gt=0)]
    """Laplace: the scale b; Gaussian: the standard deviation; uniform: the largest noise to either
    side.
    """
    lowest: float | None = None
    """Smaller results become this."""
    highest: float | None = None
    """Larger results become this."""

    @model_validator(mode="after")
    def _range_is_one(self) -> PerturbRule:
        if self.lowest is not None and self.highest is not None and self.lowest >= self.highest:
            raise ValueError("lowest: must be below highest:")
        return self


class CustomRule(ActionRule):
    """Apply an installed package's action."""

    action: Literal["custom"]
    """An action that a package registers under the entry points ``coatcheck.actions``."""
    name: Name
    """The entry point's name."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Parameters of the action, which checks them."""
