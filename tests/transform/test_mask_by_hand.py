"""A mask does what one would do by hand, character by character."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from anonymize.transform.blank import is_blank
from anonymize.transform.simple.mask import Mask, is_punctuation

TEXTS = st.lists(
    st.none() | st.text(st.sampled_from("aZ7 -./+\u00a0éß中\u0301\U0001f600Ⓐ_"), max_size=9),
    max_size=9,
)


def _by_hand(text: str | None, mask: Mask) -> str | None:
    if text is None or is_blank(pa.array([text]))[0].as_py():
        return None
    counted = [
        at
        for at, c in enumerate(text)
        if not mask.keep_separators or not (c.isspace() or is_punctuation(c))
    ]
    shown = mask.keep_first + mask.keep_last
    hidden = (
        counted[mask.keep_first : len(counted) - mask.keep_last]
        if len(counted) > shown
        else counted
    )
    return "".join(mask.char if at in hidden else c for at, c in enumerate(text))


@given(
    TEXTS,
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from("*•"),
    st.booleans(),
    st.integers(0, 3),
)
def test_a_mask_hides_what_one_would_hide_by_hand(
    texts: list[str | None], first: int, last: int, char: str, separators: bool, start: int
) -> None:
    """Also of a slice; in any script, with marks of one byte or more."""
    mask = Mask(first, last, char, separators)
    column = pa.array(texts, pa.string()).slice(min(start, len(texts)))
    assert mask(column).to_pylist() == [_by_hand(text, mask) for text in texts[start:]]
