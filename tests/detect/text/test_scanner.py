"""Spans in texts."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

from anonymize.detect import SPAN_SCHEMA, CustomRecognizer, make_scanner
from anonymize.errors import ArgumentError


def test_spans_point_at_code_points_of_each_row() -> None:
    """Equal texts give equal spans, nulls none, offsets count code points."""
    texts = pa.array(
        ["\U0001f600 mail a.b@example.org", None, "nothing", "\U0001f600 mail a.b@example.org"]
    )
    spans = make_scanner(entities=["EMAIL_ADDRESS"]).scan(texts)
    assert spans.schema == SPAN_SCHEMA
    assert spans.select(["row", "start", "end"]).to_pylist() == [
        {"row": 0, "start": 7, "end": 22},
        {"row": 3, "start": 7, "end": 22},
    ]


def test_context_words_raise_a_score_without_a_model() -> None:
    """A weak number becomes a finding beside the word that names it."""
    scanner = make_scanner(countries=["us"], entities=["US_PASSPORT"])
    assert scanner.scan(pa.array(["my passport number is 912803456", "lot 912803456"]))[
        "row"
    ].to_pylist() == [0]


def test_policies_bring_recognizers_allow_and_deny() -> None:
    """A custom pattern with a checksum, a deny list, an allow list; all through pickling."""
    custom = CustomRecognizer("member", "MEMBER", (r"\bM\d{8}\b",), checksum="luhn")
    scanner = pickle.loads(
        pickle.dumps(make_scanner(custom=[custom], deny=["Project X"], allow=["a@example.org"]))
    )
    found = scanner.scan(pa.array(["M79927398", "Project X", "a@example.org b@example.org"]))
    assert {"DENY_LISTED", "EMAIL_ADDRESS"} <= set(found["entity"].to_pylist())
    assert [s["start"] for s in found.to_pylist() if s["entity"] == "EMAIL_ADDRESS"] == [14]


def test_an_unknown_country_or_checksum_is_refused() -> None:
    """The message names what there is."""
    with pytest.raises(ArgumentError, match=r"there are .*us"):
        make_scanner(countries=["zz"]).scan(pa.array(["x"]))
    with pytest.raises(ArgumentError, match="choose one of aba"):
        make_scanner(custom=[CustomRecognizer("n", "E", ("x",), checksum="sum")]).scan(
            pa.array(["x"])
        )


def test_nothing_in_nothing_out() -> None:
    """Empty input and all nulls give an empty table of the schema."""
    assert make_scanner().scan(pa.array([], pa.string())).num_rows == 0
    assert make_scanner().scan(pa.nulls(3, pa.string())).schema == SPAN_SCHEMA
