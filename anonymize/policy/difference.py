"""What differs between two policies in meaning: actions, keys, domains, what stops joining, what is
protected more or less. Comments, the order of keys, ``extends`` and tags make no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from anonymize.names import ColumnName
from anonymize.policy.actions import KeyedRule, Rule, key_name, keyed_rules
from anonymize.policy.load import HOLD_VALUES
from anonymize.policy.model import Policy
from anonymize.policy.protection import Protection, of_rules, of_settings, size
from anonymize.policy.yaml_text import flow

_REVERSIBLE = frozenset({"tokenize", "encrypt_format"})
_NO_MEANING = frozenset({"tests", "columns"})
"""Fields that are compared elsewhere, or change nothing of a run."""


@dataclass(frozen=True)
class Difference:
    """One thing in which two policies differ."""

    place: str
    """``columns.email``, ``privacy.k``."""
    before: str | None
    """What the first policy says, as YAML in one line; None if nothing. Raw values are ``…``."""
    after: str | None
    """What the second says."""
    protection: Protection
    """Whether the second protects more of it, less, or that depends on the values."""
    means: tuple[str, ...] = ()
    """What follows, in words."""


def differences(before: Policy, after: Policy) -> tuple[Difference, ...]:
    """Return in what ``after`` differs from ``before``: settings first, then columns in the order
    of ``after``.
    """
    return (*_settings(before, after), *_columns(before, after))


def _settings(before: Policy, after: Policy) -> Iterator[Difference]:
    one = before.model_dump(mode="json", exclude=set(_NO_MEANING))
    other = after.model_dump(mode="json", exclude=set(_NO_MEANING))
    for place, was, is_ in _unequal("", one, other):
        yield Difference(
            place,
            _told(place, was),
            _told(place, is_),
            of_settings(place, was, is_),
            tuple(_means(place, before, after)),
        )


def _unequal(place: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the settings that differ, mappings key by key."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            inner = f"{place}.{key}" if place else str(key)
            yield from _unequal(inner, before.get(key), after.get(key))
    else:
        yield place, before, after


def _means(place: str, before: Policy, after: Policy) -> Iterator[str]:
    if place in ("purpose", "dataset"):
        names = sorted(
            name
            for name in before.columns.keys() & after.columns.keys()
            if any(rule.domain is None for rule in keyed_rules(after.columns[name]))
        )
        if names:
            yield (
                f"values of {', '.join(names)} no longer join those of earlier versions: no domain"
                " is named"
            )
    elif place == "unlisted":
        yield (
            "a new column stops the run"
            if after.unlisted == "refuse"
            else "a new column is left out, and the run goes on"
        )
    elif place.startswith("sink.restricted"):
        was, is_ = (
            set(one.sink.restricted.columns) if one.sink.restricted else set[ColumnName]()
            for one in (before, after)
        )
        if was - is_:
            yield f"{', '.join(sorted(was - is_))}: read by all readers of the dataset"
        if is_ - was:
            yield f"{', '.join(sorted(is_ - was))}: read with the restricted key only"


def _columns(before: Policy, after: Policy) -> Iterator[Difference]:
    for name in dict.fromkeys([*after.columns, *before.columns]):
        was, is_ = before.columns.get(name), after.columns.get(name)
        place = f"columns.{name}"
        if was is None or is_ is None:
            yield _only_one(place, was, is_, before, after)
            continue
        means = (*_apart(name, before, after, was == is_), *_joins(name, before, after))
        if was == is_ and not means:
            continue
        if was.action in _REVERSIBLE and is_.action not in _REVERSIBLE:
            means = (*means, "new values cannot be revealed")
        if is_.action in _REVERSIBLE and was.action not in _REVERSIBLE:
            means = (*means, "holders of the reveal key can turn values back")
        yield Difference(place, _rule(was), _rule(is_), of_rules(was, is_), means)


def _only_one(
    place: str, was: Rule | None, is_: Rule | None, before: Policy, after: Policy
) -> Difference:
    """Return the difference of a column that one policy has no rule for."""
    if is_ is None and was is not None:
        refused = after.unlisted == "refuse"
        what = "the column has no rule, so a run is refused" if refused else "the column is dropped"
        return Difference(
            place, _rule(was), None, "same" if was.action == "drop" else "more", (what,)
        )
    new = is_ is not None and is_.action != "drop"
    what = "the column was refused" if before.unlisted == "refuse" else "the column was dropped"
    return Difference(place, None, _rule(is_) if is_ else None, "less" if new else "same", (what,))


def _apart(name: ColumnName, before: Policy, after: Policy, same: bool) -> Iterator[str]:
    """Yield that a column's values join no earlier ones; what follows from the purpose alone is
    said of the purpose.
    """
    was, is_ = _spaces(before, name), _spaces(after, name)
    if was and is_ and not was & is_ and not same:
        yield "values no longer join those of earlier versions"


def _joins(name: ColumnName, before: Policy, after: Policy) -> Iterator[str]:
    """Yield which other columns a column joins with no longer, and which now."""
    then, now = _beside(before, name), _beside(after, name)
    if apart := sorted(then - now):
        yield f"no longer joins with {', '.join(apart)}"
    if together := sorted(now - then):
        yield f"joins with {', '.join(together)}"


def _beside(policy: Policy, name: ColumnName) -> set[str]:
    own = {space for space in _spaces(policy, name) if space[2]}  # with a domain
    return {
        str(other) for other in policy.columns if other != name and own & _spaces(policy, other)
    }


def _spaces(policy: Policy, name: ColumnName) -> set[tuple[str, ...]]:
    """Return what decides which values of a column are equal to which of others: action, key,
    domain or column and purpose, and the parameters of the result.
    """
    defaults = policy.default_keys.by_role()
    alone = "\0".join((policy.purpose, policy.dataset, name))
    return {
        (
            str(rule.action),  # type: ignore[attr-defined]
            str(key_name(rule, defaults)),
            rule.domain or "",
            "" if rule.domain else alone,
            flow(_of_result(rule)),
        )
        for rule in keyed_rules(policy.columns[name])
    }


def _of_result(rule: KeyedRule) -> Mapping[str, Any]:
    """Return the parameters that decide which result a value gets."""
    besides = {"accept", "entity", "when", "otherwise", "key", "domain"}
    return rule.model_dump(mode="json", exclude=besides)


def _rule(rule: Rule) -> str:
    said = rule.model_dump(mode="json", exclude_unset=True)
    return _told("", {"action": rule.action, **said}) or ""


def _told(place: str, said: Any) -> str | None:
    """Return what a policy says as one line of YAML, without values that may be raw."""
    if said is None:
        return None
    if not HOLD_VALUES.isdisjoint(place.split(".")):
        return size(said)
    return flow(_without_values(said))


def _without_values(said: Any) -> Any:
    if isinstance(said, Mapping):
        return {
            key: "…" if key in HOLD_VALUES and value is not None else _without_values(value)
            for key, value in said.items()
        }
    return [_without_values(one) for one in said] if isinstance(said, list) else said
