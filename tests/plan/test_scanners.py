"""What a policy's scanner finds beyond Presidio's recognizers."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.plan.bind.scanners import scanner_of
from anonymize.policy import DetectSpec

CARDS = [
    "2221 0000 0000 0009",
    "2223-0000-4841-0010",
    "2720999999999996",
    "5555 5555 5555 4444",
    "4111111111111111",
]
"""Published test numbers of card networks."""
OTHERS = [
    "2223 0000 4841 0011",
    "2220 0000 0000 0000",
    "2721 0000 0000 0004",
    "20240101 20240102",
    "2223 0000",
]
"""A wrong check digit, ranges that are no cards', and other digits."""


@pytest.mark.parametrize("text", CARDS)
def test_cards_of_every_range_are_found(text: str) -> None:
    """Mastercard's second range too, which Presidio's recognizer leaves in."""
    spans = scanner_of(DetectSpec()).scan(pa.array([f"charge {text} please"])).to_pylist()
    assert ("CREDIT_CARD", 7, 7 + len(text)) in [
        (span["entity"], span["start"], span["end"]) for span in spans
    ]


@pytest.mark.parametrize("text", OTHERS)
def test_other_numbers_are_not_taken_for_cards(text: str) -> None:
    """The check digit and the range decide."""
    assert (
        "CREDIT_CARD" not in scanner_of(DetectSpec()).scan(pa.array([text]))["entity"].to_pylist()
    )
