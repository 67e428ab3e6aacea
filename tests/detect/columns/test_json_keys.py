"""People who are keys of JSON kept as text make the column personal; fields, days, towns and
articles do not.
"""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from anonymize.detect import DIRECT_IDENTIFIERS, inspect_samples, sample_columns
from anonymize.gates.residual import residual_findings
from tests.detect.text.test_names_within import GIVEN, NAMES

PEOPLE = {
    "full names": NAMES,
    "given names": [*GIVEN, "Hannah", "Peter", "Sofia", "Lucas"],
    "given names in small letters": [name.lower() for name in GIVEN],
    "addresses": [f"{name.replace(' ', '.').lower()}@example.org" for name in NAMES],
    "telephones": [f"+1 303-555-{at:04}" for at in range(100, 160)],
}
THINGS = {
    "days": [f"2024-01-{day:02}" for day in range(1, 29)],
    "articles": [f"sku-{at}" for at in range(1000, 1060)],
    "fields": ["width", "height", "colour", "theme", "size"],
    "words": ["lamp", "kettle", "basket", "mirror", "tray", "vase", "clock", "shelf"],
}


def documents(keys: list[str], nested: bool) -> list[str]:
    """Return 120 documents with two or three of ``keys`` each."""
    some = [{keys[(at + step) % len(keys)]: at for step in (0, 1, 7)} for at in range(120)]
    return [json.dumps({"n": 3, "scores": one} if nested else one) for one in some]


@pytest.mark.parametrize("kind", PEOPLE)
@pytest.mark.parametrize("nested", [False, True])
def test_people_as_keys_are_seen_by_verdict_and_scan(kind: str, nested: bool) -> None:
    """Whether the objects are the documents or lie in them."""
    samples = sample_columns([pa.record_batch({"c1": documents(PEOPLE[kind], nested)})])
    (seen,) = inspect_samples(samples)
    assert seen.verdict in DIRECT_IDENTIFIERS
    assert residual_findings(samples, {})


@pytest.mark.parametrize("kind", THINGS)
@pytest.mark.parametrize("nested", [False, True])
def test_other_keys_are_not(kind: str, nested: bool) -> None:
    """Nobody is in these."""
    (seen,) = inspect_samples(
        sample_columns([pa.record_batch({"c1": documents(THINGS[kind], nested)})])
    )
    assert seen.verdict not in DIRECT_IDENTIFIERS
