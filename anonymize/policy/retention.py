"""How long versions stay."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from anonymize.policy.actions import StrictModel


class RetentionSpec(StrictModel):
    """Which versions an expiry by the policy leaves; nothing is removed by a run. With both, only
    what neither keeps goes; the current version stays always.
    """

    keep: Annotated[int, Field(ge=1)] | None = None
    """How many of the newest versions stay."""
    older_than: Annotated[str, Field(pattern="^[0-9]{1,5}[hdw]$")] | None = None
    """Versions that were published longer ago than this go, for example 30d, 12h or 8w."""

    @model_validator(mode="after")
    def _says_something(self) -> RetentionSpec:
        """Refuse an empty block."""
        if self.keep is None and self.older_than is None:
            raise ValueError("say keep, older_than, or both")
        return self

    def __str__(self) -> str:
        """Return it as in the policy, for reasons in the log."""
        said = {"keep": self.keep, "older_than": self.older_than}
        return ", ".join(f"{name}: {value}" for name, value in said.items() if value is not None)
