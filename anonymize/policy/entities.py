"""Checks the entities and countries in a policy against the known ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from anonymize.policy.actions import FreeTextRule, nested_rules
from anonymize.policy.entity_names import KNOWN_COUNTRIES, known_entities, nearest
from anonymize.policy.model import Policy

_OURS = ("off", "coatcheck")


def entity_problems(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield path and problem for each unknown country, and for each entity that nothing finds.

    A model other than the shipped one has its own labels, so with such a model any name is
    accepted.
    """
    yield from _countries("detect.countries", policy.detect.countries)
    own = {spec.entity for spec in policy.detect.recognizers} | {
        r.entity for r in policy.columns.values() if r.entity
    }
    known = known_entities(own)
    for column, rule in policy.columns.items():
        for inner in nested_rules(rule):
            if not isinstance(inner, FreeTextRule):
                continue
            where = f"columns.{column}"
            yield from _countries(f"{where}.countries", inner.countries or ())
            for entity in inner.entities if policy.detect.ner in _OURS else ():
                if entity not in known:
                    hint = ", ".join(nearest(entity, known)) or "those in schemas/README.md"
                    yield (
                        f"{where}.entities.{entity}",
                        f"unknown entity '{entity}'; the nearest are {hint}",
                    )


def _countries(path: str, codes: Sequence[str]) -> Iterator[tuple[str, str]]:
    for what in unknown_countries(codes):
        yield path, what


def unknown_countries(codes: Sequence[str]) -> tuple[str, ...]:
    """Return a sentence about the countries without known number formats, listing the known ones;
    None if all are known.
    """
    unknown = [code for code in codes if code.lower() not in KNOWN_COUNTRIES]
    said = f"no numbers of {', '.join(unknown)} are known; choose from {', '.join(KNOWN_COUNTRIES)}"
    return (said,) if unknown else ()
