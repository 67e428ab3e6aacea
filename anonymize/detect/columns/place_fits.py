"""How well sampled values match the place that the column's name suggests (0 = not at all, 1 =
fully).
"""

from __future__ import annotations

from anonymize.detect.columns.measures import ColumnMeasures


def street(v: ColumnMeasures) -> float:
    """Return how well the values fit a street with its number."""
    if (
        v.numeric
        or v.boolean
        or v.mail > 0.3
        or v.ipv4 > 0.3
        or v.share("url") > 0.3
        or v.share("uuid") > 0.3
        or v.mac > 0.3
    ):
        return 0.0
    if v.share_of(lambda t: t[:1] == "#" or t[:3].casefold() in ("apt", "ste", "flo")) > 0.5:
        return 0.9
    return (
        1.0
        if v.street > 0.2
        else 0.8
        if v.share_of(lambda t: any(c.isalpha() for c in t)) > 0.7
        else 0.0
    )


def _place(v: ColumnMeasures) -> float:
    return 1.0 if v.textual and v.date_share < 0.2 and v.words <= 5 and v.mail < 0.2 else 0.0


def city(v: ColumnMeasures) -> float:
    """Return how well the values fit a city."""
    if not _place(v):
        return 0.0
    return (
        1.0
        if v.listed("city") > 0.2 or v.share("city_suffixed") > 0.3
        else 0.75
        if v.name_shaped > 0.6
        else 0.3
    )


def region(v: ColumnMeasures) -> float:
    """Return how well the values fit a region of a country."""
    if not _place(v):
        return 0.0
    known = max(
        v.listed("region"),
        v.listed("region_code"),
        v.in_set("compass"),
        v.listed("country"),
        v.listed("city"),
    )
    return 1.0 if known > 0.3 else 0.6 if v.name_shaped > 0.7 else 0.3


def country(v: ColumnMeasures) -> float:
    """Return how well the values fit a country."""
    if not _place(v):
        return 0.0
    known = max(v.listed("country"), v.listed("country_code"), v.in_set("continent"))
    return 1.0 if known > 0.3 else 0.5 if v.name_shaped > 0.7 else 0.2


def postal_code(v: ColumnMeasures) -> float:
    """Return how well the values fit a postal code."""
    if v.boolean or v.date_share > 0.5:
        return 0.0
    share = max(v.share("any_post"), 0.8 * v.share_of(lambda t: len(t) == 8 and t.isdigit()))
    if share > 0.4:
        return share
    coded = v.share_of(
        lambda t: 3 <= len(t) <= 10 and any(map(str.isdigit, t)) and t.upper() == t and "." not in t
    )
    return 0.7 if coded > 0.8 and not v.numeric else 0.0


def lat_lon(v: ColumnMeasures) -> float:
    """Return how well the values fit a latitude, a longitude or both."""
    if max(v.share("lat_lon"), v.share("position"), v.share("half_position")) > 0.5:
        return 1.0
    if not v.numeric or not v.numbers:
        return 0.0
    if v.integers:  # metres or feet of a projection
        return 0.6 if min(map(abs, v.numbers)) > 10_000 else 0.0
    inside = sum(abs(x) <= 180 for x in v.numbers) / len(v.numbers)
    return inside if inside > 0.9 else 0.15
