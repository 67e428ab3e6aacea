"""No shape takes long on any value: a regular expression of ours that blows up would hang a run."""

from __future__ import annotations

import time

import pytest

from anonymize.detect.columns import shapes as patterns

UNITS = (
    "a",
    "A",
    "1",
    "aA1",
    "a.",
    "a-",
    "1-",
    "1 ",
    "1.",
    "a b ",
    "Ab ",
    "1,",
    "(1)",
    ":",
    "0:",
    "@",
    "a@",
    "a@b.",
    " ",
    "é",
)
LONG = [unit * (2000 // len(unit)) + end for unit in UNITS for end in ("", "!", "\x00", "@", ".")]
SHORT = [text[:60] + text[-1:] for text in LONG]
ALL = {
    **patterns.SHAPES,
    **{f"date {n}": p for n, p in enumerate(patterns.DATES)},
    **{f"street {n}": p for n, p in enumerate(patterns.STREET)},
}


@pytest.mark.parametrize("name", ALL)
def test_a_shape_is_quick_on_every_repetition(name: str) -> None:
    """2,000 characters of any repetition, and 60 of it, are decided in well under a second."""
    slowest = 0.0
    for text in SHORT + LONG:
        start = time.process_time()
        ALL[name].fullmatch(text)
        slowest = max(slowest, time.process_time() - start)
    assert slowest < 0.5
