"""Models of what is written down: named fields alone, which do not change."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer


class FrozenModel(BaseModel):
    """A model of named fields alone that does not change."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class PartlyTold(FrozenModel):
    """Facts of which those that are None are left out where they are written down."""

    @model_serializer(mode="wrap")
    def _without_none(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in written(self).items() if value is not None}
