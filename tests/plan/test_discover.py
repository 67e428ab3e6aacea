"""Places in JSON kept as text, found by looking."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from anonymize.detect import inspect_samples, sample_columns
from anonymize.plan import compile_plan
from anonymize.plan.json_samples import with_documents
from anonymize.policy import SourceSpec, parse_policy
from tests.plan.helpers import draft_policy

EVENTS = [
    {
        "user": {"email": f"user{n}@mail.org", "e.x": n},
        "items": [{"sku": f"A{n}"}] * (n % 3),
        "by_address": {f"user{n}@mail.org": {"seen": n}},
        "either": n if n % 2 else {"n": n},
        "none": None,
    }
    for n in range(60)
]


def _found(documents: list[Any]) -> list[str]:
    texts = [text if isinstance(text, str | None) else json.dumps(text) for text in documents]
    samples = with_documents(
        sample_columns([pa.record_batch({"payload": pa.array(texts, pa.string())})])
    )
    return [str(sample.name) for sample in samples]


def test_the_places_of_documents_are_told_in_their_order() -> None:
    """What has no fixed shape, or data for keys, is one place; such keys are never told."""
    assert _found(EVENTS) == [
        "payload",
        "payload.$.user.email",
        'payload.$.user["e.x"]',
        "payload.$.items[].sku",
        "payload.$.by_address",
        "payload.$.either",
        "payload.$.none",
    ]


def test_text_that_is_not_json_has_no_places() -> None:
    """Nor have numbers, single values, or documents of which a twentieth is broken."""
    for texts in (["hello"], ["17", "true"], [None], ["{}", "{"], []):
        assert _found(texts) == ["payload"]


def test_keys_that_are_names_of_people_are_not_told() -> None:
    """Keys that hardly ever occur twice are data, whatever they look like."""
    assert _found([{f"person {chr(97 + n // 26)}{chr(97 + n % 26)}": 1} for n in range(50)]) == [
        "payload"
    ]


def test_verdicts_reach_into_documents() -> None:
    """A place is judged as a column would be."""
    batch = pa.record_batch({"payload": [json.dumps(event) for event in EVENTS]})
    findings = inspect_samples(with_documents(sample_columns([batch])))
    assert {f.column: f.verdict for f in findings}["payload.$.user.email"] == "EMAIL_ADDRESS"


def test_a_draft_has_a_rule_for_every_place() -> None:
    """It loads and compiles; a map gets one rule."""
    attrs = pa.array([[("a", "1")]] * len(EVENTS), pa.map_(pa.string(), pa.string()))
    batch = pa.record_batch({"payload": [json.dumps(event) for event in EVENTS], "attrs": attrs})
    findings = inspect_samples(with_documents(sample_columns([batch])))
    policy = parse_policy(
        draft_policy(SourceSpec(path="data/events.parquet"), batch.schema, findings)
    )
    compile_plan(policy, batch.schema, findings)
    assert list(policy.columns) == [*_found(EVENTS)[1:], "attrs"]
