"""Who must agree before tokens are turned back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from anonymize.keys.keyring.public_keys import PATTERN
from anonymize.policy.actions import StrictModel

ApproverName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
PublicKeyText = Annotated[str, Field(pattern=PATTERN)]


class RevealSpec(StrictModel):
    """When `reveal` needs a second person, and who that may be."""

    approvals: Literal[1, 2] = 1
    """People whom a reveal needs, with the one who reveals: 2 asks for a second person's signed
    approval of each.
    """
    above: Annotated[int, Field(ge=1)] | None = None
    """Number of values that may be revealed within 24 hours, by all people together, without
    another's approval; by default there is no limit.
    """
    approvers: dict[ApproverName, PublicKeyText] = Field(default_factory=dict)
    """Name → public signing key (``coatcheck approval key``) of who may approve. Names and keys are
    entered in the log with each publication.
    """

    @model_validator(mode="after")
    def _somebody_approves(self) -> RevealSpec:
        """Refuse a need of approval that nobody can give, and two settings of one thing."""
        needs = self.approvals == 2 or self.above is not None
        if needs and not self.approvers:
            raise ValueError("name who may approve: approvers: {NAME: ed25519:…}")
        if self.approvals == 2 and self.above is not None:
            raise ValueError("approvals: 2 asks for each reveal; above: has no effect beside it")
        return self
