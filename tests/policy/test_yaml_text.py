"""YAML that is written for people reads back as the data it was made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.policy.yaml_places import read_yaml
from anonymize.policy.yaml_text import flow, plain

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(TEXTS)
def test_any_text_reads_back_as_key_and_as_value(text: str) -> None:
    """Line breaks of other scripts, control characters and signs of YAML included."""
    assert read_yaml(f"{plain(text)}: {plain(text)}  # why\n", "p").data == {text: text}
    assert read_yaml(flow({"a": [text, {text: 1}]}), "p").data == {"a": [text, {text: 1}]}


@pytest.mark.parametrize("text", ["email", "Manager ID", "first_name", "data/x.csv", "año", "NO"])
def test_common_names_stand_without_quotes(text: str) -> None:
    """A person would not quote them."""
    assert plain(text) == text


@pytest.mark.parametrize(
    "text", ["010", "1e3", "2024-01-02", "null", "true", "~", "", " a", "a: b", "a #b", "[x]", "-"]
)
def test_what_would_be_read_as_something_else_is_quoted(text: str) -> None:
    """As a number, a date, nothing, a list, a comment."""
    assert plain(text).startswith('"')


def test_numbers_and_truths_keep_their_type() -> None:
    """A rule's parameters are written as they are meant."""
    said = {"keep_last": 2, "nulls_too": True, "label": None, "band": 2.5}
    assert read_yaml(flow(said), "p").data == said
