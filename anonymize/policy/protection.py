"""Compares how much two rules, or two settings, leave of what they protect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from typing import Any, Literal

from anonymize.policy.actions import GeneralizeRule, MaskRule, Rule

Protection = Literal["more", "less", "unclear", "same"]

_LEVELS: Mapping[str, int] = {
    "keep": 0,
    "shuffle": 1,
    "perturb": 1,
    "shift_dates": 1,
    "generalize": 2,
    "mask": 2,
    "free_text": 2,
    "encrypt_format": 3,
    "tokenize": 3,
    "pseudonymize": 4,
    "fake": 4,
    "redact": 5,
    "null": 5,
    "constant": 5,
    "drop": 6,
}
"""Action → how little of a value it leaves: of 1 and 2 a part, of 3 what the reveal key opens, of 4
what is equal to what, of 5 what is missing. ``custom`` has none.
"""
_COMPARABLE = frozenset({0, 3, 4, 5, 6})
"""Levels that tell for every value which of two rules leaves more; what a part is, nobody knows."""
_UNITS = ("day", "week", "month", "quarter", "year", "decade")


def of_rules(before: Rule, after: Rule) -> Protection:
    """Return whether ``after`` protects more than ``before``; unclear where it depends on the
    values.
    """
    if before == after:
        return "same"
    if before.otherwise is not None or after.otherwise is not None:
        return "unclear"
    if before.action != after.action:
        one, other = _LEVELS.get(str(before.action)), _LEVELS.get(str(after.action))
        if one is None or other is None or one == other:
            return "unclear"
        told = 0 in (one, other) or max(one, other) >= 5 or {one, other} <= _COMPARABLE
        return ("more" if other > one else "less") if told else "unclear"
    if isinstance(before, GeneralizeRule) and isinstance(after, GeneralizeRule):
        return _coarser(before, after)
    if isinstance(before, MaskRule) and isinstance(after, MaskRule):
        return _shows_less(before, after)
    return "unclear"


def _coarser(before: GeneralizeRule, after: GeneralizeRule) -> Protection:
    changed = _changed(before, after)
    if changed == {"to"} and before.to in _UNITS and after.to in _UNITS:
        return _larger(_UNITS.index(before.to), _UNITS.index(after.to))
    for name, grows in (
        *(("prefix", False), ("significant", False), ("geohash", False), ("quantiles", False)),
        *(("grid_metres", True), ("rare", True), ("level", True), ("nearest", True)),
    ):
        one, other = getattr(before, name), getattr(after, name)
        if changed == {name} and one is not None and other is not None:
            return _larger(one, other) if grows else _larger(other, one)
    if changed == {"band"} and before.band and after.band:
        whole = max(before.band, after.band) % min(before.band, after.band) == 0
        return _larger(before.band, after.band) if whole else "unclear"
    return "unclear"


def _shows_less(before: MaskRule, after: MaskRule) -> Protection:
    if not _changed(before, after) <= {"keep_first", "keep_last"}:
        return "unclear"
    first, last = (
        _larger(getattr(after, name), getattr(before, name)) for name in ("keep_first", "keep_last")
    )
    known = {first, last} - {"same"}
    return known.pop() if len(known) == 1 else "unclear"


def _changed(before: Rule, after: Rule) -> set[str]:
    names = type(before).model_fields
    return {name for name in names if getattr(before, name) != getattr(after, name)}


def _larger(before: float, after: float) -> Protection:
    return "same" if before == after else "more" if after > before else "less"


def _smaller(before: float, after: float) -> Protection:
    return _larger(after, before)


def _later(*order: str) -> Callable[[Any, Any], Protection]:
    def compared(before: Any, after: Any) -> Protection:
        known = before in order and after in order
        return _larger(order.index(before), order.index(after)) if known else "unclear"

    return compared


def _superset(before: Any, after: Any) -> Protection:
    one, other = set(map(str, before or ())), set(map(str, after or ()))
    return (
        "same" if one == other else "more" if one < other else "less" if one > other else "unclear"
    )


def _subset(before: Any, after: Any) -> Protection:
    return _superset(after, before)


def _model(before: Any, after: Any) -> Protection:
    return "more" if before == "off" else "less" if after == "off" else "unclear"


def _there(before: Any, after: Any) -> Protection:
    """A block that is only one of the policies'."""
    return "more" if before is None else "less" if after is None else "unclear"


def _limit(before: Any, after: Any) -> Protection:
    """A number of which fewer protects more, and none not at all."""
    if before is None or after is None:
        return _there(before, after)
    return _smaller(before, after)


def _asked(compare: Callable[[Any, Any], Protection]) -> Callable[[Any, Any], Protection]:
    """A promise that may be absent, a number, or a block, which tells only with its meaning."""

    def compared(before: Any, after: Any) -> Protection:
        if before is None or after is None:
            return _there(before, after)
        numbers = isinstance(before, int | float) and isinstance(after, int | float)
        return compare(before, after) if numbers else "unclear"

    return compared


_SETTINGS: Mapping[str, Callable[[Any, Any], Protection]] = {
    "unlisted": _later("drop", "refuse"),
    "rows.order": _later("source", "shuffled"),
    "privacy": _there,
    "privacy.k": _larger,
    "privacy.quasi_identifiers": _superset,
    "privacy.l": _asked(_larger),
    "privacy.t": _asked(_smaller),
    "checks.residual": _later("off", "report", "refuse"),
    "detect.ner": _model,
    "detect.countries": _superset,
    "detect.languages": _superset,
    "detect.allow": _subset,
    "detect.deny": _superset,
    "detect.recognizers": _superset,
    "detect.sample": _larger,
    "sink.restricted": _there,
    "sink.restricted.columns": _superset,
    "sink.layout": _later("duckdb", "standard"),
    "audit.anchor": _there,
    "audit.reads": _larger,
    "reveal.approvals": _larger,
    "reveal.above": _limit,
}


def of_settings(place: str, before: Any, after: Any) -> Protection:
    """Return whether a setting protects more than before; unclear for those that are about
    something else.
    """
    compare = _SETTINGS.get(place)
    return compare(before, after) if compare is not None else "unclear"


def size(values: Any) -> str:
    """Return how many values there are, in words; the values may be names of people."""
    return f"{len(values)} values" if isinstance(values, Sized) else "a value"
