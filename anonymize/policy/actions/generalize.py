"""The rule that makes values less precise."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from anonymize.policy.actions.base import ActionRule, Name, StrictModel

DateUnit = Literal["day", "week", "month", "quarter", "year", "decade", "age"]
"""Units of a generalized date."""

_WAYS = (
    "to",
    "band",
    "bands",
    "quantiles",
    "nearest",
    "significant",
    "top",
    "bottom",
    "prefix",
    "postcode",
    "postcode_by",
    "network",
    "grid_metres",
    "geohash",
    "part",
    "rare",
    "hierarchy",
)
_ENDS = (("top",), ("bottom",), ("top", "bottom"))
_COMBINES = {frozenset(("top", "bottom")), *(frozenset(("band", *ends)) for ends in _ENDS)}
_AGES = {frozenset(("to", *more)) for more in ((), ("band",), ("top",), ("band", "top"))}
_DETAILS = {
    "format": ("to",),
    "at": ("to",),
    "width": ("prefix", "postcode", "postcode_by"),
    "axis": ("grid_metres",),
    "latitude": ("grid_metres",),
    "level": ("hierarchy",),
    "other": ("rare",),
}


class NetworkSpec(StrictModel):
    """Number of leading bits of an address that are kept."""

    v4: Annotated[int, Field(ge=1, le=31)] = 24
    """For an IPv4 address."""
    v6: Annotated[int, Field(ge=1, le=127)] = 48
    """For an IPv6 address."""


class GeneralizeRule(ActionRule):
    """Replace values by less precise ones: dates by year, numbers by bands, postcodes by their
    first characters.
    """

    action: Literal["generalize"]
    """Values become less precise, so that more rows look alike; give exactly one way."""
    to: DateUnit | None = None
    """Dates: ``day`` gives a date, ``year`` a number, the others text: 2024-W07, 2024-02, 2024-Q1,
    2020s, age 30-39.
    """
    at: date | None = None
    """With ``to: age``: the day for which ages are computed; ``band`` (10) and ``top`` (90) set the
    bands.
    """
    format: str | None = None
    """Dates kept as text: their format, as for strptime (``%d/%m/%Y``); ISO 8601 by default."""
    band: Annotated[float, Field(gt=0)] | None = None
    """Numbers: width of equal bands that start at zero; 10 gives 30-39."""
    bands: Annotated[tuple[float, ...], Field(min_length=1)] | None = None
    """Numbers: lower edges of the bands, ascending; [0, 18, 65] gives <0, 0-17, 18-64, 65+."""
    quantiles: Annotated[int, Field(ge=2, le=1000)] | None = None
    """Numbers: this many bands with about equally many rows; a first pass finds the edges between
    them.
    """
    nearest: Annotated[float, Field(gt=0)] | None = None
    """Numbers: round to a multiple of this, ties to even; the type does not change."""
    significant: Annotated[int, Field(ge=1, le=15)] | None = None
    """Numbers: significant digits that are kept; the type does not change."""
    top: float | None = None
    """Numbers: larger ones become this one; with ``band`` they share the band ``90+``."""
    bottom: float | None = None
    """Numbers: smaller ones become this one; with ``band`` they share the band ``<18``."""
    prefix: Annotated[int, Field(ge=1, le=32)] | None = None
    """Postcodes and codes: characters that are kept, after removal of spaces; shorter values are
    bad values.
    """
    width: Annotated[int, Field(ge=1, le=32)] | None = None
    """With ``prefix`` or ``postcode``, for codes that were read as numbers: digits of a full code;
    leading zeros are restored.
    """
    postcode: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """Postcodes: the region that their first characters identify in this country; US areas with few
    people become 000.
    """
    postcode_by: Name | None = None
    """Postcodes: the column with each row's country."""
    network: NetworkSpec | None = None
    """IP addresses: their network, for example {v4: 24, v6: 48}; {} means these values."""
    grid_metres: Annotated[float, Field(ge=10, le=1_000_000)] | None = None
    """Latitudes or longitudes in degrees: the centre of their cell in a grid of this width; needs
    ``axis``.
    """
    axis: Literal["latitude", "longitude"] | None = None
    """With ``grid_metres``: which of the two the column holds."""
    latitude: Name | None = None
    """With ``axis: longitude``: the column of latitudes, so that cells have the same width
    everywhere.
    """
    geohash: Annotated[int, Field(ge=1, le=10)] | None = None
    """Positions written ``latitude, longitude``: number of characters of their geohash; 5 is about
    5 km.
    """
    part: Literal["domain", "host"] | None = None
    """``domain`` of e-mail addresses, ``host`` of URLs."""
    rare: Annotated[int, Field(ge=2)] | None = None
    """Categories: those with fewer rows than this in the whole column become ``other``; a first
    pass counts them.
    """
    other: Annotated[str, Field(min_length=1)] = "other"
    """With ``rare``: the replacement for rare categories."""
    hierarchy: Name | None = None
    """Categories: a CSV file without header (value; level 1; level 2 ...) that gives the group of
    each value.
    """
    level: Annotated[int, Field(ge=1, le=20)] = 1
    """With ``hierarchy``: the level to use."""

    @field_validator("hierarchy")
    @classmethod
    def _hierarchy_is_a_path(cls, path: str | None) -> str | None:
        if path is not None and "\0" in path:
            raise ValueError("holds a NUL character, which no path has")
        return path

    @model_validator(mode="after")
    def _one_way(self) -> GeneralizeRule:
        said = frozenset(way for way in _WAYS if getattr(self, way) is not None)
        fits = said in _AGES if self.to == "age" else len(said) == 1 or said in _COMBINES
        if not fits:
            have = (
                f"{' and '.join(sorted(said))} do not go together" if said else "does not say how"
            )
            raise ValueError(
                f"{have}; say one of {', '.join(_WAYS)}; top and bottom also go together and with"
                " band"
            )
        return self

    @model_validator(mode="after")
    def _details_fit(self) -> GeneralizeRule:
        for detail, ways in _DETAILS.items():
            if detail in self.model_fields_set and all(getattr(self, way) is None for way in ways):
                raise ValueError(f"{detail}: goes with {' or '.join(ways)}:")
        if (self.to == "age") != (self.at is not None):
            raise ValueError(
                "to: age needs at:, the day on which ages are taken, and only that does"
            )
        if self.grid_metres is not None and self.axis is None:
            raise ValueError("grid_metres: needs axis: latitude or longitude")
        if self.latitude is not None and self.axis != "longitude":
            raise ValueError("latitude: goes with axis: longitude")
        return self

    @model_validator(mode="after")
    def _numbers_are_in_order(self) -> GeneralizeRule:
        if self.width is not None and self.prefix is not None and self.width <= self.prefix:
            raise ValueError("width: is larger than prefix:")
        if self.bands is not None and any(low >= high for low, high in pairwise(self.bands)):
            raise ValueError("bands: edges must rise")
        if self.top is not None and self.bottom is not None and self.bottom >= self.top:
            raise ValueError("bottom: must be below top:")
        return self
