"""The inside of phonenumbers that we rely on is what it was when we wrote against it."""

from __future__ import annotations

from pathlib import Path

import pytest
from phonenumbers import PhoneNumberMatcher

from anonymize.detect.text.phone_numbers import PhoneFinder
from anonymize.detect.text.phonenumbers_inside import MatcherParts, NumberRules

ROOM = Path(__file__).parents[3] / "anonymize"


def test_no_other_module_uses_a_private_name_of_the_library() -> None:
    """An upgrade breaks in one place."""
    using = [
        path.name
        for path in ROOM.rglob("*.py")
        if "phonenumberutil" in (text := path.read_text("utf-8")) or "phonenumbermatcher" in text
    ]
    assert using == ["phonenumbers_inside.py"]


def test_its_patterns_find_what_they_are_named_for() -> None:
    """Each by a text that has it and one that has not."""
    parts = MatcherParts()
    for pattern, has, has_not in (
        (parts.candidate, "(030) 1234-567", "none"),
        (parts.lead, "+49", "x"),
        (parts.pages, "211-227 (2003)", "030 1234567"),
        (parts.dates, "8/19/2011", "030 1234567"),
        (parts.stamp, "2012-01-02 08", "030 1234567"),
        (parts.stamp_end, ":12", "x"),
        (parts.second_number, "030 1/x7654321", "0301234567"),
        (parts.unwanted_end, "0301234567-", "0301234567"),
        (parts.going_on, "-1", "a"),
    ):
        found = [pattern.search(text) is not None for text in (has, has_not)]
        assert found == [True, False], pattern.pattern[:40]
    assert parts.brackets.fullmatch("(030) 1234567")
    assert not parts.brackets.fullmatch(")030( 1234567")
    assert parts.forbids("a")
    assert parts.forbids("$")
    assert not parts.forbids("(")
    assert parts.is_number("030 901820", "DE", "030 901820", parts.valid)
    assert not parts.is_number("1", "DE", "1", parts.valid)


def test_its_rules_know_prefixes_and_lengths() -> None:
    """Of Germany: 0 before the area code."""
    from phonenumbers import PhoneMetadata

    rules, metadata = NumberRules(), PhoneMetadata.metadata_for_region("DE")
    assert rules.without_prefix("030901820", metadata)[0] == "30901820"
    assert rules.is_too_short("1", metadata)
    assert rules.is_too_long("1" * 30, metadata)
    assert rules.has_first_group_only(r"(\1)")
    assert not rules.has_first_group_only(r"0\1")


@pytest.mark.parametrize("text", ["call 030 901820 or +1 212 555 0123", "no number", "8/19/2011"])
def test_the_finder_finds_what_the_matcher_does(text: str) -> None:
    """The reason for all of it."""
    theirs = [
        (match.start, match.end)
        for region in ("US", "DE")
        for match in PhoneNumberMatcher(text, region, leniency=1)
    ]
    assert set(PhoneFinder(("US", "DE"), 1).find(text)) == set(theirs)
