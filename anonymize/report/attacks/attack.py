"""What one attack showed."""

from __future__ import annotations

from dataclasses import dataclass

from anonymize.privacy.attacks import Rate, Risk


@dataclass(frozen=True)
class Attack:
    """One attack, and how often it succeeded; no value of the data."""

    name: str
    """The attack."""
    knows: tuple[str, ...]
    """The columns that the attacker knows, or asks about."""
    learns: str
    """What success is."""
    source: Rate
    """Success on people of the release's source."""
    control: Rate | None
    """Success of the same attack on the control set; None if it is one half by its making."""
    risk: Risk
    """What was learnt beyond the control set."""
    guesses: int
    """Guesses that the release let the attacker make; fewer than the attacks if there was nothing
    to guess from.
    """

    @property
    def of_control(self) -> float:
        """Return the rate of success without the release knowing the person, 0 to 1."""
        return 0.5 if self.control is None else self.control.share
