"""Types of the source's columns, as this plan and as an earlier version read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anonymize.nested.places import Places
from anonymize.plan import Plan


def source_types(plan: Plan) -> dict[str, str]:
    """Return the type of every place whose values a rule reads."""
    places = Places(plan.input_schema)
    found = {str(path): places.find(path) for path in sorted(plan.opened_paths)}
    return {path: str(leaf.type) for path, leaf in found.items() if leaf is not None}


def types_before(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the type of each place of the source that a version was made of, by its facts."""
    before = {path: counts.get("source_type") for path, counts in facts.get("columns", {}).items()}
    return {**before, **facts.get("types", {})}
