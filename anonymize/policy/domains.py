"""What a policy may say of values beforehand: keys, bounds, and what a release may cost."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Epsilon = Annotated[float, Field(ge=1e-4, le=100)]
Delta = Annotated[float, Field(ge=1e-15, lt=0.01)]
Key = str | bool | Annotated[int, Field(ge=-(1 << 63), lt=1 << 63)] | None
Bound = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]


def spelled(value: Key) -> str | None:
    """Return a listed value as texts of columns are written: true and "true" are one."""
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
