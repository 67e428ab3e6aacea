"""Whether a column of grouped digits is one country's telephone numbers: its plan takes them, not
arbitrary digits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anonymize.detect.text.phone_plans import region_plan

REGIONS = tuple(
    str.split(
        "US GB FR ES IT PT NL BE CH SE NO DK PL CZ HU RO GR IE TR RU UA IL AE SA EG NG KE ZA IN PK"
        " BD CN JP KR HK TW SG MY TH VN PH AU NZ BR MX AR CL CO PE"
    )
)
"""Regions whose plans are asked; those that take nearly every run of digits could not tell."""
VALUES = 40
"""Values that are compared."""
FEWEST = 5
"""Fewer values say nothing."""
TAKEN = 0.9
"""Share of them that a plan must take."""
BY_CHANCE = 0.5
"""Share of arbitrary digits of the same lengths that it may take at most."""


def valid_somewhere(texts: Sequence[str]) -> bool:
    """Return whether nearly all of ``texts`` are valid numbers of one region, in which arbitrary
    digits are not.
    """
    some = ["".join(filter(str.isdigit, text.partition("x")[0])) for text in texts[:VALUES]]
    digits = [one for one in some if one]
    draw = np.random.default_rng(7)
    arbitrary = ["".join(map(str, draw.integers(0, 10, len(one)))) for one in digits]
    if len(digits) < FEWEST:
        return False
    return any(
        _taken(region, digits) >= TAKEN and _taken(region, arbitrary) <= BY_CHANCE
        for region in REGIONS
    )


def _taken(region: str, digits: Sequence[str]) -> float:
    plan = region_plan(region)
    return sum(plan.takes(one, one) for one in digits) / len(digits)
