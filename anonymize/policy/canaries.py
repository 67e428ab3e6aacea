"""``sink: canaries:``: invented people in a version, by which a leak of it is recognized."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from anonymize.policy.actions import StrictModel

MOST = 10_000
"""Greatest number of canaries of a version."""
Count = Annotated[int, Field(ge=1, le=MOST)]


class CanaryPower(StrictModel):
    """How many canaries, by what is to be noticed."""

    share: Annotated[float, Field(ge=0.0005, le=1)]
    """The share of a version's rows that leaks, drawn at random."""
    power: Annotated[float, Field(ge=0.5, le=0.9999)]
    """The probability with which a leak of that share is recognized."""


Canaries = Count | CanaryPower
"""What a policy says: a number, or a share and a power."""
