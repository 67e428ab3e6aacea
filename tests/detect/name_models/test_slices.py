"""Who is found less often: one-word names and lower case, by origin; floors are what was measured,
less error.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from anonymize.detect.name_models.shipped import NameRecogniser
from training import fairness
from training.names import ORIGINS, Origin, held_out

COUNT = 32
SPREAD = 0.13
"""Between the best and the worst found origin and gender; measured .06 here and .037 on more names
(the model card).
"""


def given_alone(origin: Origin, dice: random.Random) -> str:
    """Return a given name as one writes of a friend."""
    return dice.choice(held_out(origin.female + origin.male))


def family_alone(origin: Origin, dice: random.Random) -> str:
    """Return a family name as one writes of a colleague."""
    return dice.choice(held_out(origin.family))


def full_in_lower_case(origin: Origin, dice: random.Random) -> str:
    """Return a full name as one writes in a chat."""
    return f"{given_alone(origin, dice)} {family_alone(origin, dice)}".lower()


@pytest.mark.soak
@pytest.mark.parametrize(
    ("name", "worst", "mean"),
    [(given_alone, 0.7, 0.92), (family_alone, 0.65, 0.9), (full_in_lower_case, 0.75, 0.95)],
    ids=["given name alone", "family name alone", "lower case"],
)
def test_a_slice_keeps_its_floor(
    recogniser: NameRecogniser,
    name: Callable[[Origin, random.Random], str],
    worst: float,
    mean: float,
) -> None:
    """Measured at release: .84 and .95, .81 and .94, .87 and .98."""
    shares = []
    for origin in ORIGINS.values():
        dice = random.Random(5)
        names = [name(origin, dice) for _ in range(COUNT)]
        texts = [fairness.SENTENCES[at % len(fairness.SENTENCES)] for at in range(COUNT)]
        texts = [text.format(one) for text, one in zip(texts, names, strict=True)]
        if name is full_in_lower_case:
            texts = [text.lower() for text in texts]
        shares.append(sum(fairness.covered(recogniser, texts, names)) / COUNT)
    assert min(shares) >= worst
    assert sum(shares) / len(shares) >= mean


@pytest.mark.soak
def test_no_origin_is_found_far_less_often_than_another(recogniser: NameRecogniser) -> None:
    """Full names, the same sentences for every origin and gender."""
    shares = fairness.recalls(recogniser, count=COUNT).values()
    assert max(shares) - min(shares) <= SPREAD
