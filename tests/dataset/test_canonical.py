"""What is signed is JSON that every language writes alike (RFC 8785)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from anonymize.dataset.canonical import canonical, parse_canonical, plain_json
from anonymize.errors import ArgumentError

# RFC 8785, section 3.2.2 (input) and 3.2.4 (output).
SAMPLE = {
    "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
    "literals": [None, True, False],
}
WRITTEN = (
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
)


def test_the_sample_of_the_standard_is_written_as_it_says() -> None:
    """Numbers as ECMAScript writes them, escapes and key order."""
    assert canonical(SAMPLE) == WRITTEN.encode()
    assert canonical(parse_canonical(WRITTEN.encode())) == WRITTEN.encode()


def test_keys_are_sorted_by_their_utf_16_units() -> None:
    """Not by code points: an emoji comes before a letter of the private range."""
    assert canonical({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


ODD = st.text('a/\x7f\x1f\\"\ud7ff\ue000\U00010000')
TEXTS = st.text(st.characters(exclude_categories=[])) | ODD
SCALARS = st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats() | TEXTS
VALUES = st.recursive(SCALARS, lambda of: st.lists(of) | st.dictionaries(TEXTS, of), max_leaves=12)


def _written_by(write: Callable[[object], bytes], value: object) -> bytes | str:
    try:
        return write(value)
    except ValueError as error:
        return type(error).__name__


@given(VALUES)
def test_any_value_is_written_as_the_library_writes_it(value: object) -> None:
    """Or refused as it refuses it: what our own way takes is what both write alike."""
    assert _written_by(canonical, value) == _written_by(rfc8785.dumps, value)


@pytest.mark.parametrize("data", [b'{"a":1.0}', b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1e0}'])
def test_another_spelling_is_no_canonical_form(data: bytes) -> None:
    """Two files with one meaning would have two digests."""
    with pytest.raises(ValueError, match="canonical"):
        parse_canonical(data)


@pytest.mark.parametrize("value", [2**53 + 1, float("nan"), b"x", "\ud800", {"a": [10**30]}])
def test_what_no_reader_keeps_exact_is_refused(value: object) -> None:
    """Before it is signed."""
    with pytest.raises(ArgumentError, match="JSON cannot"):
        plain_json(value, "here")
