"""What a policy promises of a version, and where it promises less than the last version's did.

A weaker promise is never silent: those that decide what is published stop a run once, as every
changed rule does; the others are told.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from anonymize.policy import Policy, PrivacySpec


class Weaker(NamedTuple):
    """One promise that is weaker now."""

    place: str
    """Place in the policy."""
    what: str
    """What it was, and what it is."""
    stops: bool
    """True if a run stops unless that is accepted."""


def promises_of(policy: Policy) -> dict[str, Any]:
    """Return what ``policy`` promises, as plain values. They go into the part of the manifest that
    only the owner can open.
    """
    anchor, residual = policy.audit.anchor, policy.checks.residual
    against = bool(policy.privacy and policy.privacy.against)
    return {
        "privacy": _classes(policy.privacy) if policy.privacy else None,
        "preset": policy.preset.model_dump(mode="json") if policy.preset else None,
        "told": {
            "checks.residual": residual != "off",
            "unlisted": policy.unlisted == "refuse",
            "audit.anchor": anchor is not None,
            "audit.reads": policy.audit.reads,
            "expect": policy.expect is not None,
            "privacy.against": against,
            "privacy.on_against": against and _refuses(policy.privacy),
            "reveal.approvals": policy.reveal.approvals > 1 or policy.reveal.above is not None,
        },
    }


def _refuses(privacy: PrivacySpec | None) -> bool:
    """Return whether what others learn with an earlier release stops a run."""
    if privacy is None:
        return False
    asked = privacy.on_against
    return "report" not in (asked.values, asked.counts, asked.uncompared)


def _classes(privacy: PrivacySpec) -> dict[str, Any]:
    asked, close = privacy.diversity, privacy.closeness
    return {
        "k": privacy.k,
        "l": asked.model_dump(mode="json", exclude_none=True) if asked else None,
        "t": close.most if close else None,
        "distance": close.distance if close else "",
        "max_suppressed": privacy.max_suppressed,
        "quasi_identifiers": sorted(map(str, privacy.quasi_identifiers)),
        "sensitive": sorted(map(str, privacy.sensitive)),
        "parts": _parts(privacy),
    }


_TOLD = {
    "checks.residual": "the output was scanned for personal data, and is not now",
    "unlisted": "an unknown column stopped the run, and is dropped now",
    "audit.anchor": "the state of the log was kept outside of the folder, and is not now",
    "audit.reads": "reads were entered in a log, and are not now",
    "expect": "the output was held to a contract, and is not now",
    "privacy.against": "a version was compared with earlier releases, and is not now",
    "privacy.on_against": (
        "what somebody learns who has an earlier release, too, stopped the run, and is reported now"
    ),
    "reveal.approvals": "turning tokens back needed a second person, and does not now",
}


def weaker(before: Mapping[str, Any], policy: Policy) -> Iterator[Weaker]:
    """Yield what ``policy`` promises less than ``before``, a result of `promises_of`; nothing where
    that is not known.
    """
    now = promises_of(policy)
    was, is_ = before.get("privacy"), now["privacy"]
    if was and not is_:
        yield Weaker("privacy", f"k was {was['k']}, and no class has a least size now", True)
    elif was:
        said = "; ".join(_weaker_classes(was, is_))
        if said:
            yield Weaker("privacy", f"promises less than for the last version: {said}", True)
    yield from _weaker_preset(before.get("preset"), now["preset"])
    for place, held in before.get("told", {}).items():
        if held and not now["told"].get(place, True):
            if place == "privacy.on_against" and not now["told"]["privacy.against"]:
                continue  # that nothing is compared any more is said already
            yield Weaker(place, _TOLD[place], place.startswith("privacy."))


_NOT_COMPARED = ("against", "on_against")
"""Parts of ``privacy:`` that change nothing that is published."""


def changed_in_block(before: Mapping[str, Any], policy: Policy) -> str:
    """Return what the block ``privacy:`` says otherwise than ``before``, a result of `promises_of`;
    empty if nothing, or if that is not known.
    """
    was, is_ = before.get("privacy"), promises_of(policy)["privacy"]
    if was is None or is_ is None:
        return "" if was is is_ else "there was no such block, and is one now"
    said = []
    for name in ("k", "l", "t", "max_suppressed"):
        if was[name] != is_[name]:
            words = _words if name == "l" else _number
            said.append(f"{name} was {words(was[name])} and is {words(is_[name])}")
    parts, now = was.get("parts", {}), is_["parts"]
    shown = {"k", "l", "max_suppressed", *(("t",) if was["t"] != is_["t"] else ())}
    other = [name for name in now if name not in shown and parts.get(name, now[name]) != now[name]]
    said += [f"another {name}" for name in other]
    return "; ".join(said)


def _number(value: float | None) -> str:
    return "not asked for" if value is None else f"{value:g}"


def _parts(privacy: PrivacySpec) -> dict[str, str]:
    """Return a digest of each setting, so that a later run can name those that changed."""
    said = {name: getattr(privacy, name) for name in type(privacy).model_fields}
    return {
        name: hashlib.sha256(repr(value).encode()).hexdigest()
        for name, value in sorted(said.items())
        if name not in _NOT_COMPARED
    }


def _weaker_preset(
    was: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> Iterator[Weaker]:
    if was is None:
        return
    if now is None or now["name"] != was["name"]:
        what = f"was {was['name']}, and is {now['name'] if now else 'dropped'} now"
        yield Weaker("preset", f"{what}: nothing is held to {was['name']} any more", True)
    elif more := sorted(set(now["accept"]) - set(was["accept"])):
        yield Weaker("preset", f"{', '.join(more)}: accepted against it now, and was not", True)


def _weaker_classes(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if now["k"] < was["k"]:
        yield f"k was {was['k']} and is {now['k']}"
    if was["l"] and _less_diverse(was["l"], now["l"]):
        yield f"l was {_words(was['l'])} and is {_words(now['l'])}"
    if was["t"] is not None and (now["t"] is None or now["t"] > was["t"]):
        yield f"t was {was['t']:g} and is {'not asked for' if now['t'] is None else now['t']}"
    elif was["t"] is not None and now["distance"] != was["distance"]:
        yield f"t is about {now['distance']} distance, and was about {was['distance']} distance"
    if now["max_suppressed"] > was["max_suppressed"]:
        yield f"max_suppressed was {was['max_suppressed']:g} and is {now['max_suppressed']:g}"
    for name in ("quasi_identifiers", "sensitive"):
        if gone := sorted(set(was[name]) - set(now[name])):
            yield f"{', '.join(gone)} no longer in {name}"


def _less_diverse(was: Mapping[str, Any], now: Mapping[str, Any] | None) -> bool:
    """Return True unless ``now`` asks for as much or more, in the same way or in one that follows
    from it: a class of entropy l has as many different values, rounded up, and one of recursive
    (c, l) has l.
    """
    if now is None:
        return True
    (way,) = was
    if set(was) != set(now):
        if way != "distinct":
            return True
        values = math.ceil(now["entropy"]) if "entropy" in now else now["recursive"]["l"]
        return bool(values < was[way])
    if way != "recursive":
        return bool(now[way] < was[way])
    return bool(now[way]["l"] < was[way]["l"] or now[way]["c"] > was[way]["c"])


def _words(asked: Mapping[str, Any] | None) -> str:
    if asked is None:
        return "not asked for"
    ((way, value),) = asked.items()
    if way == "recursive":
        return f"recursive ({value['c']:g}, {value['l']})"
    return f"{value}" if way == "distinct" else f"{way} {value:g}"
