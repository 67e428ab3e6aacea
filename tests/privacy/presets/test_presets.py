"""The presets' files say what their sources say, and name verdicts and treatments that exist."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from anonymize.detect.interface import DIRECT_IDENTIFIERS, VERDICTS
from anonymize.policy.preset import PresetName
from anonymize.privacy.presets import FEW_PEOPLE, NAMES, explained, preset_of
from anonymize.privacy.presets.treatments import TREATMENTS
from anonymize.transform.generalize.codes import FEW_PEOPLE as OF_TRANSFORM

EVERY = pytest.mark.parametrize("name", NAMES)


def test_the_policy_knows_every_preset() -> None:
    """A file that no policy can name, or a name without a file, is missed here."""
    assert get_args(PresetName) == NAMES
    with pytest.raises(KeyError, match=r"no preset 'hipaa'; there are hipaa-safe-harbor, "):
        preset_of("hipaa")


def test_safe_harbor_has_the_eighteen_letters_of_the_rule() -> None:
    """A to R of 45 CFR 164.514(b)(2)(i), in their order."""
    letters = [one.letter for one in preset_of("hipaa-safe-harbor").identifiers]
    assert list(dict.fromkeys(letters)) == list("ABCDEFGHIJKLMNOPQR")
    assert letters == sorted(letters)


def test_the_seventeen_areas_are_those_of_the_guidance() -> None:
    """By the 2000 Census; the action generalize makes the same ones 000."""
    assert len(FEW_PEOPLE) == 17
    assert all(re.fullmatch(r"\d{3}", area) for area in FEW_PEOPLE)
    assert FEW_PEOPLE is OF_TRANSFORM
    assert {"036", "203", "821", "893"} <= FEW_PEOPLE
    assert not {"000", "981", "100"} & FEW_PEOPLE


@EVERY
def test_verdicts_are_those_of_detection(name: str) -> None:
    """And no direct identifier is forgotten."""
    named = {verdict for one in preset_of(name).identifiers for verdict in one.verdicts}
    assert named <= {*VERDICTS, "DEVICE"}
    assert named >= DIRECT_IDENTIFIERS


def test_every_treatment_is_asked_for() -> None:
    """What no preset asks for is not here."""
    asked = {one.treatment.asks for name in NAMES for one in preset_of(name).identifiers}
    assert asked == {one.asks for one in TREATMENTS.values()}


@EVERY
def test_an_explanation_cites_asks_and_says_what_is_not_achieved(name: str) -> None:
    """Each in a sentence of its own; what was accepted is repeated."""
    preset = preset_of(name)
    said = explained(name, {"born": "nobody is over 89"})
    assert said[0] == f"preset {name}: {preset.title}"
    assert [f"by {source}" for source in preset.sources] == said[1 : 1 + len(preset.sources)]
    assert all(any(one.what in line for line in said) for one in preset.identifiers)
    assert "does not hold for 'born': nobody is over 89" in said
    assert sum(line.startswith("you confirm that ") for line in said) >= 3 or name.startswith(
        "gdpr"
    )
    assert sum(line.startswith("it does not achieve ") for line in said) >= 2
    assert len(explained(name)) == len(said) - 1


@pytest.mark.parametrize(
    ("name", "cited"),
    [
        ("hipaa-safe-harbor", ["45 CFR 164.514(b)(2)", "2000 Census", "164.514(c)"]),
        ("hipaa-expert-determination", ["45 CFR 164.514(b)(1)", "1/11", "0.09", "EMA", "CMS"]),
        ("gdpr-pseudonymisation", ["4(5), 25 and 32", "EDPB, Guidelines 01/2025", "recital 26"]),
    ],
)
def test_sources_are_named(name: str, cited: list[str]) -> None:
    """By article, so that a lawyer can look them up."""
    text = "\n".join(explained(name))
    assert all(source in text for source in cited)
