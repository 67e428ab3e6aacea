"""Presets as their files say them, and what they say to people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from anonymize.privacy.presets.treatments import TREATMENTS, Treatment
from anonymize.word_lists import word_lists

NAMES = ("hipaa-safe-harbor", "hipaa-expert-determination", "gdpr-pseudonymisation")
"""Every preset."""

FEW_PEOPLE = frozenset(word_lists("anonymize.privacy.presets", "few_people")[""])
"""First three digits of US ZIP codes that Safe Harbor makes 000; source in ``few_people.txt``."""


@dataclass(frozen=True)
class Identifier:
    """One kind of what a preset speaks of."""

    letter: str
    """Its letter in the rule, or a number."""
    what: str
    """What the rule names."""
    treatment: Treatment
    """What must be done with it."""
    verdicts: tuple[str, ...]
    """Verdicts of columns that may hold it; DEVICE for those with ids of devices."""


@dataclass(frozen=True)
class Measure:
    """Something that the whole policy must have."""

    name: str
    """``k``, ``subject`` or ``keys_apart``."""
    value: str
    """What it must be."""
    why: str
    """The reason."""


@dataclass(frozen=True)
class Preset:
    """A preset, as its file says it."""

    name: str
    """Its name in policies."""
    title: str
    """What it is."""
    sources: tuple[str, ...]
    """Law and guidance, with dates."""
    identifiers: tuple[Identifier, ...]
    """What must be treated, in the rule's order."""
    measures: tuple[Measure, ...]
    """What the policy must have."""
    confirm: tuple[str, ...]
    """What only its author can confirm."""
    not_achieved: tuple[str, ...]
    """What a policy that keeps the preset does not achieve."""

    def of_verdict(self, verdict: str) -> tuple[Identifier, ...]:
        """Return the identifiers that a column of this verdict may hold."""
        return tuple(one for one in self.identifiers if verdict in one.verdicts)


@cache
def preset_of(name: str) -> Preset:
    """Return the preset of this name.

    Raises:
        KeyError: there is none.
    """
    if name not in NAMES:
        raise KeyError(f"no preset '{name}'; there are {', '.join(NAMES)}")
    said = word_lists("anonymize.privacy.presets", name)
    identifiers = []
    for line in said["identifiers"]:
        letter, what, treatment, verdicts = (part.strip() for part in line.split(";"))
        identifiers.append(Identifier(letter, what, TREATMENTS[treatment], tuple(verdicts.split())))
    measures = [
        Measure(*(part.strip() for part in line.split(";"))) for line in said.get("measures", ())
    ]
    return Preset(
        name=name,
        title=said["title"][0],
        sources=said["sources"],
        identifiers=tuple(identifiers),
        measures=tuple(measures),
        confirm=said["confirm"],
        not_achieved=said["not achieved"],
    )


def explained(name: str, accepted: Mapping[Any, str] | None = None) -> list[str]:
    """Return what a preset asks for and by which text, what its author must confirm, and what it
    does not achieve: a sentence each, for people.

    Args:
        name: The preset.
        accepted: Columns for which it does not hold, with the reasons of the policy.

    Raises:
        KeyError: there is no such preset.
    """
    return list(_sentences(preset_of(name), accepted or {}))


def _sentences(preset: Preset, accepted: Mapping[Any, str]) -> Iterator[str]:
    yield f"preset {preset.name}: {preset.title}"
    yield from (f"by {source}" for source in preset.sources)
    for asks in dict.fromkeys(one.treatment.asks for one in preset.identifiers):
        asked = [one for one in preset.identifiers if one.treatment.asks == asks]
        named = "; ".join(f"({one.letter}) {one.what}" for one in asked)
        kinds = dict.fromkeys(verdict for one in asked for verdict in one.verdicts)
        columns = f" [columns that look like {', '.join(kinds)}]" if kinds else ""
        yield f"{named}{columns}: {asks}"
    yield from (f"{one.name}: {one.value}; {one.why}" for one in preset.measures)
    yield from (
        f"does not hold for '{column}': {reason}" for column, reason in sorted(accepted.items())
    )
    yield from (f"you confirm {one}" for one in preset.confirm)
    yield from (f"it does not achieve {one}" for one in preset.not_achieved)
