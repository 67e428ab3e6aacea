"""The shipped model on sentences, names and disguises that training never saw."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from anonymize.detect.name_models.shipped import NameRecogniser
from training import evaluate, fairness
from training.names import ORIGINS

FLOOR_GROUP, FLOOR_ALL, FLOOR_TEMPLATES, FLOOR_PROSE = 0.89, 0.985, 0.93, 1
"""Measured at release less sampling error: lowest group but one 0.94, mean 0.99, held-out templates
0.94.
"""
FLOOR_OF = {("burmese_khmer", "male"): 0.83}
"""Names that are English words (Phone, Than, Touch): 0.85 of these sentences, 0.91 of the model
card's.
"""
FLOOR_TRICK = {
    "lower": 0.94,
    "upper": 0.96,
    "leet": 0.8,
    "dots": 0.92,
    "spaced": 0.92,
    "no space": 0.88,
    "doubled": 0.95,
    "random case": 0.95,
    "hyphen inside": 0.88,
}
"""What folding cannot undo; the rest must cost nothing."""

PROSE = """the kettle boils too slowly and leaks at the base
please find the signed form attached
the second instalment is due at the end of the quarter
I changed my mind about the colour, can I still swap it
the deployment was rolled back after the health check failed
both lanes were closed while the crews cleared the snow
add the onions and cook until they are soft
Our opening hours change over the holidays.
The sample was stored at four degrees until it was analysed.
She has been off work since the operation and hopes to return soon.
No changes were made to the configuration file.
Two invoices were paid twice and one was never paid.
the sound cuts out whenever I plug in headphones
You can cancel at any time before the trial ends.
The river rose by a metre overnight.
A spokesperson said the talks would go on.
patient reports poor sleep and loss of appetite
WHY HAS NOBODY ANSWERED MY LAST THREE MESSAGES
The new model is lighter, quieter and more expensive.
Retry with a smaller batch size.
how long does shipping take to an island
The defendant was acquitted on all counts.
my sister's landlord raised the rent again
Thanks, that solved it!""".splitlines()


@pytest.fixture(scope="module")
def groups(recogniser: NameRecogniser) -> dict[tuple[str, str], float]:
    """Return PERSON recall by origin and gender, the same sentences for each."""
    return fairness.recalls(recogniser, count=48)


@pytest.fixture(scope="module")
def tricks(recogniser: NameRecogniser) -> dict[str, float]:
    """Return PERSON recall by disguise, over all origins."""
    return fairness.trick_recalls(recogniser, count=96)


@pytest.fixture(scope="module")
def templates() -> list[dict[str, Any]]:
    """Return held-out templates, filled; half of them with held-out names."""
    return evaluate.held_out_templates(per_template=10)


@pytest.mark.soak
def test_every_origin_and_gender_is_measured(groups: dict[tuple[str, str], float]) -> None:
    """At least ten origins, two genders."""
    assert len(groups) == 2 * len(ORIGINS) >= 20


@pytest.mark.soak
def test_no_group_falls_below_the_released_floor(groups: dict[tuple[str, str], float]) -> None:
    """The floor is what was measured at release, less sampling error; the model card says how far
    it is from even.
    """
    assert [
        group for group, share in groups.items() if share < FLOOR_OF.get(group, FLOOR_GROUP)
    ] == []
    assert sum(groups.values()) / len(groups) >= FLOOR_ALL


@pytest.mark.soak
@pytest.mark.parametrize("trick", fairness.TRICKS)
def test_disguised_names_are_found(tricks: dict[str, float], trick: str) -> None:
    """What folding undoes costs nothing; what it cannot undo has its own floor."""
    floor = FLOOR_TRICK.get(trick, tricks["plain"] - 0.03)
    assert tricks[trick] >= floor


@pytest.mark.soak
def test_held_out_templates_keep_their_measure(templates: list[dict[str, Any]]) -> None:
    """Strict spans of PERSON, noise and disguises included."""
    predicted = evaluate.found([example["text"] for example in templates])
    line = evaluate.strict(templates, predicted, ["PERSON"])["PERSON"]
    assert float(line.split("F1 ")[1].split()[0]) >= FLOOR_TEMPLATES


def test_prose_without_names_is_left_alone(recogniser: NameRecogniser) -> None:
    """Of these sentences, which training never saw, at most one is touched."""
    touched = set(recogniser.scan(pa.array(PROSE))["row"].to_pylist())
    assert len(touched) <= FLOOR_PROSE
