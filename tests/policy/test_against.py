"""``privacy.against`` and ``on_against`` as they are written."""

from __future__ import annotations

from typing import Any

import pytest

from anonymize.errors import PolicyError
from anonymize.policy import PrivacySpec, parse_policy
from anonymize.policy.against import OnAgainst, ReleaseSpec

POLICY = """
version: 1
dataset: d
purpose: test
source: {path: in.csv}
sink: {path: out}
privacy:
  quasi_identifiers: [age]
  %s
columns:
  age: {action: keep, accept: test}
"""


def block(lines: str) -> PrivacySpec:
    """Return the block with these lines."""
    privacy = parse_policy(POLICY % lines, "p.yaml").privacy
    assert privacy is not None
    return privacy


@pytest.mark.parametrize(
    "said, meant",
    [
        ("[previous]", [{}]),
        ("[3, 5]", [{"version": 3}, {"version": 5}]),
        ("[out/other]", [{"dataset": "out/other"}]),
        ("[{dataset: out/other, version: 4}]", [{"dataset": "out/other", "version": 4}]),
    ],
)
def test_each_form_of_a_release(said: str, meant: list[dict[str, Any]]) -> None:
    """A word, a number, a path, several keys."""
    assert block(f"against: {said}").against == tuple(ReleaseSpec(**one) for one in meant)


def test_an_answer_is_for_all_kinds_or_for_each() -> None:
    """Signatures alone are reported by default."""
    assert block("against: [previous]").on_against == OnAgainst()
    assert OnAgainst().signatures == "report"
    made = block("against: [1]\n  on_against: report").on_against
    assert {getattr(made, name) for name in OnAgainst.model_fields} == {"report"}
    made = block("against: [1]\n  on_against: {counts: report}").on_against
    assert (made.values, made.counts) == ("refuse", "report")


@pytest.mark.parametrize(
    "lines, told",
    [
        ("against: [0]", "p.yaml:9"),
        ("against: [az://box/x]", "az"),
        ("on_against: report", "goes with against"),
        ("against: [1]\n  on_against: {count: report}", "counts"),
        ("against: [1]\n  on_against: maybe", "refuse"),
    ],
)
def test_mistakes_are_told_with_their_place(lines: str, told: str) -> None:
    """What cannot be meant is refused."""
    with pytest.raises(PolicyError, match=told):
        block(lines)


def test_a_policy_that_does_not_use_it_has_the_digest_that_it_had() -> None:
    """Neither setting is in what is digested."""
    assert not {"against", "on_against"} & block("k: 5").model_dump().keys()
    assert "against" in block("against: [previous]").model_dump()


def test_what_is_dumped_is_read_again() -> None:
    """As a policy is sent to workers and kept."""
    made = block("against: [previous, 3]\n  on_against: {counts: report}")
    assert PrivacySpec.model_validate(made.model_dump(mode="json")) == made
