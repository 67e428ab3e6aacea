"""What values are asked first, so that most need no other test: nothing that passes the test is
left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import CodeType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.detect.columns import measures as values
from anonymize.detect.columns.shapes import DATES, STREET
from anonymize.detect.text import check_digits, checksums
from anonymize.detect.text.id_lengths import LENGTHS

PARTS = {"card": "card_shaped"}
"""Tests whose pattern stands in another function."""


def _patterns_of(test: str) -> Iterator[str]:
    """Yield the patterns that a test of ``checksums`` compares a whole text with."""
    name = PARTS.get(test, test)
    code: CodeType = (getattr(checksums, name, None) or getattr(check_digits, name)).__code__
    yield from (
        text for text in code.co_consts if isinstance(text, str) and ("\\d" in text or "[" in text)
    )


PATTERNS = [(test, next(_patterns_of(test))) for test in LENGTHS]


def test_every_test_that_columns_are_given_has_its_lengths() -> None:
    """A test without lengths would fail when it is first tried."""
    tried = {test.__name__ for test, _ in checksums.NATIONAL_IDS.values()}
    assert tried | {"iban", "card", "imei", "vin"} == set(LENGTHS)


@pytest.mark.parametrize(("test", "pattern"), PATTERNS)
@settings(max_examples=12)
@given(data=st.data())
def test_a_number_that_has_a_tests_form_has_one_of_its_lengths(
    test: str, pattern: str, data: st.DataObject
) -> None:
    """Whatever its marks; drawn from the pattern that the test itself compares with."""
    text = data.draw(st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True))
    assert len(check_digits.bare(text)) in LENGTHS[test]


@pytest.mark.parametrize("pattern", [*DATES, *STREET])
@settings(max_examples=12)
@given(data=st.data())
def test_a_date_has_a_digit_and_a_street_a_letter(
    pattern: re.Pattern[str], data: st.DataObject
) -> None:
    """So a value without one is not compared with all of their patterns."""
    text = data.draw(st.from_regex(pattern, fullmatch=pattern in DATES))
    gate = values._DIGIT if pattern in DATES else values._LETTER
    assert gate.search(text)
