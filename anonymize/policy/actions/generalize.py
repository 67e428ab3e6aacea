"""The rule that makes values coarser."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from anonymize.policy.actions.base import ActionRule

DateUnit = Literal["day", "week", "month", "quarter", "year", "decade"]
"""How coarse a date becomes."""

_WAYS = ("to", "band", "bands", "nearest", "significant", "top", "bottom", "prefix")
_ENDS = (("top",), ("bottom",), ("top", "bottom"))
_COMBINES = {frozenset(("top", "bottom")), *(frozenset(("band", *ends)) for ends in _ENDS)}


class GeneralizeRule(ActionRule):
    """Replace values by coarser ones: dates by year, numbers by bands, postcodes by their first characters."""

    action: Literal["generalize"]
    """Values become coarser, so that more rows look alike; say exactly one way."""
    to: DateUnit | None = None
    """Dates: ``day`` gives a date, ``year`` a number, the others text: 2024-W07, 2024-02, 2024-Q1, 2020s."""
    format: str | None = None
    """Dates kept as text: how they are written, as for strptime (``%d/%m/%Y``); ISO 8601 when absent."""
    band: Annotated[float, Field(gt=0)] | None = None
    """Numbers: width of equal bands that start at zero; 10 gives 30-39."""
    bands: Annotated[tuple[float, ...], Field(min_length=1)] | None = None
    """Numbers: lower edges of the bands, rising; [0, 18, 65] gives <0, 0-17, 18-64, 65+."""
    nearest: Annotated[float, Field(gt=0)] | None = None
    """Numbers: round to a multiple of this, ties to even; the type is kept."""
    significant: Annotated[int, Field(ge=1, le=15)] | None = None
    """Numbers: significant digits that stay; the type is kept."""
    top: float | None = None
    """Numbers: larger ones become this one; with ``band`` they share the band ``90+``."""
    bottom: float | None = None
    """Numbers: smaller ones become this one; with ``band`` they share the band ``<18``."""
    prefix: Annotated[int, Field(ge=1, le=32)] | None = None
    """Postcodes and codes: characters that stay, after removal of spaces; shorter values are bad values."""
    width: Annotated[int, Field(ge=1, le=32)] | None = None
    """With ``prefix``, for codes kept as integers: digits of a full code; leading zeros are put back."""

    @model_validator(mode="after")
    def _one_way(self) -> GeneralizeRule:
        said = frozenset(way for way in _WAYS if getattr(self, way) is not None)
        if len(said) != 1 and said not in _COMBINES:
            have = f"{' and '.join(sorted(said))} do not go together" if said else "does not say how"
            raise ValueError(f"{have}; say one of {', '.join(_WAYS)}; top and bottom also go together and with band")
        return self

    @model_validator(mode="after")
    def _details_fit(self) -> GeneralizeRule:
        if self.format is not None and self.to is None:
            raise ValueError("format: is for dates and needs to:")
        if self.width is not None and (self.prefix is None or self.width <= self.prefix):
            raise ValueError("width: goes with prefix: and is larger than it")
        if self.bands is not None and any(low >= high for low, high in pairwise(self.bands)):
            raise ValueError("bands: edges must rise")
        if self.top is not None and self.bottom is not None and self.bottom >= self.top:
            raise ValueError("bottom: must be below top:")
        return self
