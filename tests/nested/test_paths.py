"""Paths below a column: every place has one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.nested.paths import PartKind, PathError, key_text, level_of, parts_of


def test_a_path_is_read_part_by_part() -> None:
    """Keys, items and documents, quoted keys among them."""
    parts = parts_of('.$.user["e.mail"][].x')
    kinds = [PartKind.DOCUMENT, PartKind.KEY, PartKind.KEY, PartKind.ITEMS, PartKind.KEY]
    assert [(part.kind, part.key) for part in parts] == list(
        zip(kinds, ["", "user", "e.mail", "", "x"], strict=True)
    )


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_every_key_can_be_written(keys: list[str]) -> None:
    """Whatever the keys of a document, a path names them, and its parts give them back."""
    assert [part.key for part in parts_of("".join(map(key_text, keys)))] == keys


@pytest.mark.parametrize("path", ["a", ".", ".a]", "[0]", ".a..b", '["a', '["\\x"]'])
def test_what_is_no_path_is_refused(path: str) -> None:
    """The message says how odd keys are written."""
    with pytest.raises(PathError, match="written"):
        parts_of(path)


def test_a_key_has_one_spelling() -> None:
    """Two spellings could carry two rules for one place."""
    with pytest.raises(PathError, match=r'write \["email"\] as \.email'):
        parts_of('.$["email"]')


def test_a_level_is_the_innermost_list() -> None:
    """Brackets inside a quoted key open nothing."""
    assert level_of("a[].b[].c") == "a[].b[]"
    assert level_of('a.$["[]"].c') == ""
    assert level_of('a.$.b[]["[]"]') == "a.$.b[]"
