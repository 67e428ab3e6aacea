"""Overlapping spans end as presidio-anonymizer ends them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.transform.free_text.spans import Span, outside, resolved, rewritten
from tests.examples import examples

TEXT = "ab  cd efg   hij k lmnop  qrstu vw xyz"
ENTITIES, SCORES = st.sampled_from(["PERSON", "CITY", "DATE"]), st.sampled_from([0.3, 0.5, 0.8])
SPANS = st.lists(st.tuples(st.integers(0, 37), st.integers(1, 9), ENTITIES, SCORES), max_size=8)


@settings(max_examples=examples(300), deadline=None)
@given(SPANS)
def test_spans_are_resolved_as_presidio_anonymizer_resolves_them(
    drawn: list[tuple[int, int, str, float]],
) -> None:
    """The same texts are rewritten, with the same entities, whatever overlaps."""
    from presidio_anonymizer import AnonymizerEngine
    from presidio_anonymizer.entities import (
        ConflictResolutionStrategy,
        OperatorConfig,
        RecognizerResult,
    )

    found = [
        Span(start, min(len(TEXT), start + length), entity, score)
        for start, length, entity, score in drawn
    ]
    theirs = AnonymizerEngine().anonymize(
        TEXT,
        [RecognizerResult(span.entity, span.start, span.end, span.score) for span in found],
        {"DEFAULT": OperatorConfig("replace")},
        conflict_resolution=ConflictResolutionStrategy.REMOVE_INTERSECTIONS,
    )
    ours = [
        Span(span.start, span.end, span.entity, 1, f"<{span.entity}>")
        for span in resolved(found, TEXT)
    ]
    assert rewritten(TEXT, ours) == theirs.text


@given(SPANS)
def test_resolved_spans_do_not_overlap_and_cover_what_was_found(
    drawn: list[tuple[int, int, str, float]],
) -> None:
    """No letter that some span held is left out."""
    found = [
        Span(start, min(len(TEXT), start + length), entity, score)
        for start, length, entity, score in drawn
    ]
    kept = resolved(found, TEXT)
    places = [at for span in kept for at in range(span.start, span.end)]
    assert len(places) == len(set(places))
    assert {at for span in found for at in range(span.start, span.end)} <= set(places)


def test_a_rest_beside_a_hit_is_still_a_span() -> None:
    """What detection found and the row does not know is replaced as well."""
    text = "Mr Jane Smith-Jones called"
    left = outside([Span(0, 19, "PERSON")], [Span(3, 7, "PERSON")], text)
    assert [text[span.start : span.end] for span in left] == ["Mr", "Smith-Jones"]
