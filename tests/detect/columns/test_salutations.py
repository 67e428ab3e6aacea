"""Greetings by a given name."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.detect.columns.inspect import inspect_samples
from anonymize.detect.columns.sample import sample_columns
from anonymize.detect.interface import DIRECT_IDENTIFIERS

GIVEN = ["Robert", "Anna", "Jonas", "Maria"]


def is_personal(texts: list[str]) -> bool:
    """Return whether a plan refuses to keep such a column, whose header says nothing."""
    batch = pa.record_batch({"c1": texts * 100})
    return inspect_samples(sample_columns([batch]))[0].verdict in DIRECT_IDENTIFIERS


@pytest.mark.parametrize(
    "text", ["Dear {},", "Hallo {}!", "Liebe {}", "Hi {}, thanks for your order", "Querido {}:"]
)
def test_who_is_greeted_by_name_is_named(text: str) -> None:
    """Also by few names, each in many rows."""
    assert is_personal([text.format(name) for name in GIVEN])


@pytest.mark.parametrize(
    "texts",
    [
        ["Dear Customer,", "Dear Sir or Madam,", "Dear all,", "Hello World"],
        ["Oh dear", "High Street", "Hi there", "Hello again"],
        ["Dear Robert,", "Dear Customer,", "Dear colleagues,", "Hello team"],
    ],
)
def test_other_greetings_name_nobody(texts: list[str]) -> None:
    """Nobody in particular, or one of many."""
    assert not is_personal(texts)
