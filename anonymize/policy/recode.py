"""How a quasi-identifier may be generalized, as a frozen model: an entry of ``privacy.recode``."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from anonymize.policy.actions import StrictModel
from anonymize.policy.local_paths import without_nul

RecodeWord = Literal["dates", "ages", "countries", "values"]
"""Ways that have no parameters, which one word says."""

_WAYS = (
    "ranges", "edges", "prefix", "postcodes", "codes", "dates", "ages", "countries", "file",
    "values",
)  # fmt: skip
_DETAILS = {"top": "ranges", "bottom": "ranges", "width": "prefix"}

Finite = Annotated[float, Field(allow_inf_nan=False)]


def _levels(edges: Any) -> Any:
    """Return edges as a list per level; a single list is one level."""
    return (edges,) if edges and not isinstance(edges[0], list | tuple) else edges


def _edges_form(edges: Any) -> str:
    nested = isinstance(edges, list | tuple) and edges and isinstance(edges[0], list | tuple)
    return "levels" if nested else "one level"


_Edges = tuple[Finite, ...]
if TYPE_CHECKING:
    EdgesOfLevels = tuple[tuple[float, ...], ...]
else:
    EdgesOfLevels = Annotated[
        Annotated[_Edges, AfterValidator(_levels), Tag("one level")]
        | Annotated[tuple[_Edges, ...], Tag("levels")],
        Discriminator(_edges_form),
    ]


class RecodeSpec(StrictModel):
    """Which groups the values of a quasi-identifier may become, from fine to coarse; the last is
    everything, written ``*``. Give exactly one way.
    """

    ranges: tuple[Annotated[Finite, Field(gt=0)], ...] | None = None
    """Numbers: widths of bands, each a multiple of the one before: [5, 10, 20, 40] gives 30–34,
    30–39, 20–39, 0–39; numbers that are not whole [30, 35).
    """
    top: Finite | None = None
    """With ``ranges``: this number and larger ones share a band (``90+``); a multiple of the first
    width.
    """
    bottom: Finite | None = None
    """With ``ranges``: smaller numbers share a band (``<18``); a multiple of the first width."""
    edges: EdgesOfLevels | None = None
    """Numbers: lower edges of bands, ascending: [0, 18, 65] gives <0, 0–17, 18–64, 65+. A list of
    such lists gives levels, each with some of the edges of the one before.
    """
    prefix: tuple[Annotated[int, Field(ge=1, le=32)], ...] | None = None
    """Text: numbers of first characters, falling: [4, 3, 1] gives 9810*, 981**, 9****."""
    width: Annotated[int, Field(ge=1, le=32)] | None = None
    """With ``prefix``: characters of a full code; codes that were read as numbers get their zeros
    in front back.
    """
    postcodes: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """Postcodes of this country, by the areas that their first characters are."""
    codes: Literal["icd10", "naics"] | None = None
    """icd10: diagnoses by category, ten categories and letter. naics: industries by 5, 4 and 3
    digits and sector.
    """
    dates: bool = False
    """Dates: month, quarter, year, decade; the day first where there are times of day."""
    ages: bool = False
    """Ages in whole years: bands of 5, 10, 20 and 40, 90+ in one."""
    countries: bool = False
    """Countries by ISO 3166 code or English name: sub-region and region of the United Nations'
    M49.
    """
    file: Annotated[str, Field(min_length=1), AfterValidator(without_nul)] | None = None
    """A CSV file without header (value;level 1;level 2;…;*) that gives the groups of each value;
    every group lies in one group of the next level.
    """
    values: bool = False
    """No groups: a value, or everything."""
    unknown: Literal["refuse", "root"] = "refuse"
    """Values that the hierarchy does not have: refuse counts them and stops the run, root leaves
    them as they are until they become ``*``.
    """

    @model_validator(mode="after")
    def _one_way(self) -> RecodeSpec:
        """Refuse none and several, and details of another way."""
        said = [way for way in _WAYS if getattr(self, way) not in (None, False)]
        if len(said) != 1:
            have = f"{' and '.join(said)} do not go together" if said else "does not say how"
            raise ValueError(f"{have}; say one of {', '.join(_WAYS)}")
        lists = (self.ranges, self.prefix, self.edges, *(self.edges or ()))
        if any(one is not None and not one for one in lists):
            raise ValueError(f"{said[0]}: is empty; say at least one number")
        for detail, way in _DETAILS.items():
            if getattr(self, detail) is not None and said != [way]:
                raise ValueError(f"{detail}: goes with {way}:")
        return self

    @model_validator(mode="after")
    def _numbers_nest(self) -> RecodeSpec:
        """Refuse bands that would cut narrower ones."""
        for fine, coarse in pairwise(self.ranges or ()):
            if coarse <= fine or _exact(coarse) % _exact(fine):
                raise ValueError(f"ranges: {coarse:.15g} is not a multiple of {fine:.15g}")
        for name, end in (("top", self.top), ("bottom", self.bottom)):
            if end is not None and self.ranges and _exact(end) % _exact(self.ranges[0]):
                raise ValueError(f"{name}: is a multiple of the first width in ranges:")
        if self.top is not None and self.bottom is not None and self.bottom >= self.top:
            raise ValueError("bottom: must be below top:")
        for level in self.edges or ():
            if any(low >= high for low, high in pairwise(level)):
                raise ValueError("edges: edges must rise")
        for one, next_ in pairwise(self.edges or ()):
            if not set(next_) < set(one):
                raise ValueError("edges: each level has some of the edges of the one before")
        if any(long <= short for long, short in pairwise(self.prefix or ())):
            raise ValueError("prefix: numbers of characters must fall")
        if self.width is not None and self.prefix and self.width < self.prefix[0]:
            raise ValueError("width: is not below the first prefix")
        return self


def _exact(number: float) -> Fraction:
    """Return a number as it is written: 0.1 is a tenth."""
    return Fraction(repr(float(number)))


def _of_word(word: str) -> RecodeSpec:
    return RecodeSpec.model_validate({word: True})


RECODE_TAGS = frozenset({"one word", "several keys", "one level", "levels"})
"""Parts of pydantic's locations that no policy has."""

if TYPE_CHECKING:
    Recode = RecodeSpec
else:
    Recode = Annotated[
        Annotated[RecodeWord, AfterValidator(_of_word), Tag("one word")]
        | Annotated[RecodeSpec, Tag("several keys")],
        Discriminator(lambda said: "one word" if isinstance(said, str) else "several keys"),
    ]
"""How one quasi-identifier may be generalized: a word (``dates``) or a `RecodeSpec`."""
