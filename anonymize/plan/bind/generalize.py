"""Turns a ``generalize`` rule into the transform for its way to generalize."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from anonymize.names import ColumnName
from anonymize.policy.actions import GeneralizeRule
from anonymize.transform import (
    AgeBand,
    BandNumber,
    GeneralizeDate,
    GeneralizeGeohash,
    GeneralizeGrid,
    GeneralizeHierarchy,
    GeneralizeNetwork,
    GeneralizePart,
    GeneralizePostcode,
    GeneralizePrefix,
    GroupRareCategories,
    QuantileBands,
    RoundNumber,
    RowTransform,
    Transform,
    Unfitted,
)
from anonymize.transform.date_formats import Part, format_problem

AnyTransform = Transform | RowTransform | Unfitted
"""The transform of a rule; an ``Unfitted`` one needs a first pass."""


def generalizer(
    rule: GeneralizeRule, hierarchy: Callable[[GeneralizeRule], Mapping[str, str]]
) -> AnyTransform:
    """Return the transform for the rule's way to generalize; ``hierarchy`` reads the rule's file.

    Raises:
        ValueError: the hierarchy file cannot be read.
    """
    return (
        _generalize_dates(rule)
        or _generalize_numbers(rule)
        or _generalize_codes(rule)
        or (
            GeneralizeHierarchy(hierarchy(rule))
            if rule.hierarchy is not None
            else _generalize_places(rule)
        )
    )


_NEEDED: Mapping[str, tuple[Part, ...]] = {
    "month": ("year", "month"),
    "quarter": ("year", "month"),
    "year": ("year",),
    "decade": ("year",),
}
"""Parts that a date format must have for a period; other periods need the whole day."""


def _generalize_dates(rule: GeneralizeRule) -> AnyTransform | None:
    needed = _NEEDED.get(rule.to or "", ("year", "month", "day"))
    if rule.format is not None and (problem := format_problem(rule.format, needed)):
        raise ValueError(problem)
    if rule.to == "age" and rule.at is not None:
        return AgeBand(
            rule.at, rule.band or 10, rule.top if rule.top is not None else 90, rule.format
        )
    return GeneralizeDate(rule.to, rule.format) if rule.to is not None else None


def _generalize_numbers(rule: GeneralizeRule) -> AnyTransform | None:
    if rule.quantiles is not None:
        return QuantileBands(rule.quantiles)
    if rule.band is not None or rule.bands is not None:
        return BandNumber(rule.band, rule.bands or (), rule.bottom, rule.top)
    if any(way is not None for way in (rule.nearest, rule.significant, rule.bottom, rule.top)):
        return RoundNumber(rule.nearest, rule.significant, rule.bottom, rule.top)
    return None


def _generalize_codes(rule: GeneralizeRule) -> AnyTransform | None:
    if rule.prefix is not None:
        return GeneralizePrefix(rule.prefix, rule.width)
    if rule.postcode is not None or rule.postcode_by is not None:
        return GeneralizePostcode(
            rule.postcode, ColumnName(rule.postcode_by) if rule.postcode_by else None, rule.width
        )
    if rule.part is not None:
        return GeneralizePart(rule.part)
    if rule.rare is not None:
        return GroupRareCategories(rule.rare, rule.other)
    return None


def _generalize_places(rule: GeneralizeRule) -> AnyTransform:
    if rule.network is not None:
        return GeneralizeNetwork(rule.network.v4, rule.network.v6)
    if rule.geohash is not None:
        return GeneralizeGeohash(rule.geohash)
    if rule.grid_metres is None or rule.axis is None:
        raise AssertionError("unreachable: the policy model requires exactly one way to generalize")
    return GeneralizeGrid(
        rule.grid_metres, rule.axis, ColumnName(rule.latitude) if rule.latitude else None
    )
