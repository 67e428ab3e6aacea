"""Ways to treat an identifier that presets ask for: whether a rule is one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from anonymize.privacy.presets.interface import JudgedRule

_REMOVING = frozenset({"drop", "redact", "null", "constant"})
_SHOWING = frozenset({"keep", "shuffle", "perturb", "custom"})
"""Actions that publish values, or may, whatever they are; a custom action may do anything."""
_OLDEST = 90


@dataclass(frozen=True)
class Treatment:
    """What may be done with an identifier."""

    asks: str
    """What must be done, after "be": ``removed: drop, redact, …``."""
    by: Callable[[JudgedRule], bool]
    """Whether a rule, its ``otherwise`` left aside, does that."""
    counted: bool = False
    """Whether a place in ``privacy.quasi_identifiers`` does, too."""


def in_turn(rule: JudgedRule) -> Iterator[JudgedRule]:
    """Yield ``rule`` and its ``otherwise``, at any depth: each must treat its rows rightly."""
    yield rule
    if rule.otherwise is not None:
        yield from in_turn(rule.otherwise)


def _removed(rule: JudgedRule) -> bool:
    return rule.action in _REMOVING


def _random_token(rule: JudgedRule) -> bool:
    return rule.action == "tokenize" and getattr(rule, "method", None) == "vault"


def _replaced(rule: JudgedRule) -> bool:
    """Return whether no value is published as it is."""
    if rule.action == "generalize":
        ends = getattr(rule, "top", None) is not None or getattr(rule, "bottom", None) is not None
        banded = getattr(rule, "band", None) is not None or getattr(rule, "to", None) is not None
        return getattr(rule, "rare", None) is None and (banded or not ends)
    return rule.action not in _SHOWING and rule.action != "free_text"


def _searched(rule: JudgedRule, may: Callable[[JudgedRule], bool]) -> bool:
    """Return whether text is searched, and whatever is found is treated so; a title may stay."""
    if rule.action != "free_text":
        return _removed(rule)
    entities: Mapping[str, JudgedRule] = getattr(rule, "entities", {})
    each = (
        may(one) for name, inner in entities.items() if name != "TITLE" for one in in_turn(inner)
    )
    return bool(getattr(rule, "scan", True)) and all(each)


def _gone_from_text(rule: JudgedRule) -> bool:
    return rule.action == "label" or _removed(rule)


def _year(rule: JudgedRule) -> bool:
    return _removed(rule) or (
        rule.action == "generalize" and getattr(rule, "to", None) in ("year", "decade")
    )


def _age(rule: JudgedRule) -> bool:
    """Return whether dates of birth become ages of which 90 and more are one."""
    if rule.action != "generalize" or getattr(rule, "to", None) != "age":
        return _removed(rule)
    top = getattr(rule, "top", None)
    return top is None or top <= _OLDEST  # 90 by default


def _up_to_90(rule: JudgedRule) -> bool:
    if rule.action != "generalize":
        return _removed(rule)
    top, bands = getattr(rule, "top", None), getattr(rule, "bands", None)
    return (top is not None and top <= _OLDEST) or bool(bands and bands[-1] <= _OLDEST)


def _zip_area(rule: JudgedRule) -> bool:
    if rule.action != "generalize":
        return _removed(rule)
    by_country = getattr(rule, "postcode_by", None) is not None
    return by_country or getattr(rule, "postcode", None) == "US"


_GO = "drop, redact, null or constant"
TREATMENTS: Mapping[str, Treatment] = MappingProxyType(
    {
        "removed": Treatment(f"removed: {_GO}", _removed),
        "removed_or_random": Treatment(
            f"removed ({_GO}), or a random code that is not made of it: tokenize, method: vault",
            lambda rule: _removed(rule) or _random_token(rule),
        ),
        "zip_area": Treatment(
            f"the first three digits, 000 for areas with few people: generalize, postcode: US; or"
            f" {_GO}",
            _zip_area,
        ),
        "year": Treatment(f"the year: generalize, to: year; or {_GO}", _year),
        "age_up_to_90": Treatment(
            "an age with 90 and more in one: generalize, to: age, at: DATE; or"
            f" {_GO} (to: year tells who is older than 89)",
            _age,
        ),
        "up_to_90": Treatment(
            f"at most 90, older ones together: generalize, top: 90; or {_GO}", _up_to_90
        ),
        "searched": Treatment(
            "searched for identifiers, which are removed: free_text with label, redact, null or"
            f" constant for all entities; or {_GO}",
            lambda rule: _searched(rule, _gone_from_text),
        ),
        "searched_any": Treatment(
            f"searched for identifiers, none of which is kept: free_text; or {_GO}",
            lambda rule: _searched(rule, lambda one: one.action == "label" or _replaced(one)),
        ),
        "replaced": Treatment(
            f"replaced: pseudonymize, tokenize, encrypt_format, fake, mask, generalize; or {_GO}",
            _replaced,
        ),
        "unlinked": Treatment(
            f"replaced by what no reader can turn back: pseudonymize, tokenize, fake; or {_GO}",
            lambda rule: _removed(rule) or rule.action in ("pseudonymize", "tokenize", "fake"),
        ),
        "replaced_or_counted": Treatment(
            "made less precise (generalize), replaced, or one of privacy.quasi_identifiers",
            _replaced,
            counted=True,
        ),
        "counted": Treatment(
            f"one of privacy.quasi_identifiers, so that k people share it; or {_GO}",
            _removed,
            counted=True,
        ),
        "not_detected": Treatment("confirmed by you: nothing looks for them", lambda _: True),
    }
)
"""Treatments by their name in the presets' files."""
