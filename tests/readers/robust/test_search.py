"""Attacks: what they hand in is in the set, and is worse for the model."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from anonymize.errors import ArgumentError
from anonymize.readers.robust import (
    FoldingModel,
    Reach,
    Search,
    TableChanges,
    TextChanges,
    attack,
    train_robustly,
)
from anonymize.readers.robust.words import FOLDED
from tests.readers.robust.simple import Above, Counting, texts

CHANGES = TextChanges(2)
METHODS = pytest.mark.parametrize("method", ["greedy", "worst_of"])


def rows(count: int, seed: int) -> tuple[pa.Array, np.ndarray]:
    """Return texts as Arrow, and labels."""
    found, labels = texts(count, seed)
    return pa.array(found), labels


def fitted() -> Counting:
    """Return a model that is right about every clean text."""
    train, labels = rows(200, 1)
    return Counting().fit(CHANGES.given(train), labels)


@METHODS
def test_an_attack_is_real_and_stays_in_the_set(method: str) -> None:
    """A model that is always right is wrong about a tenth of the texts and more."""
    test, labels = rows(150, 2)
    found = attack(fitted(), CHANGES, test, labels, Search(method, 8))  # type: ignore[arg-type]
    assert found.accuracy_before == 1.0
    assert found.accuracy < 0.9
    assert CHANGES.holds(test, found.rows).all()
    assert found.rows.equals(CHANGES.changed(test, found.choices))


def test_greed_finds_more_than_chance() -> None:
    """Both words that tell the class have to go."""
    test, labels = rows(150, 2)
    accuracies = [
        attack(fitted(), CHANGES, test, labels, Search(method, 4)).accuracy  # type: ignore[arg-type]
        for method in ("greedy", "worst_of")
    ]
    assert accuracies[0] < accuracies[1] - 0.2


@METHODS
def test_what_the_attack_says_is_what_the_model_says(method: str) -> None:
    """Right and wrong, before and after."""
    test, labels = rows(60, 3)
    model = fitted()
    found = attack(model, CHANGES, test, labels, Search(method, 3))  # type: ignore[arg-type]
    for some, right in ((test, found.right_before), (found.rows, found.right)):
        likely = model.predict_proba(CHANGES.given(some))
        said = model.classes_[likely.argmax(axis=1)]
        sure = likely.max(axis=1) > likely.min(axis=1)
        assert ((said == labels) & sure).tolist() == right.tolist()


def test_the_same_seed_finds_the_same() -> None:
    """And another one something else."""
    test, labels = rows(60, 3)
    found = [
        attack(fitted(), CHANGES, test, labels, Search("worst_of", 2, seed)).rows
        for seed in (1, 1, 2)
    ]
    assert found[0].equals(found[1])
    assert not found[0].equals(found[2])


def test_rows_that_are_wrong_already_are_left() -> None:
    """So is a label that the model does not know."""
    test = pa.array(["pay code hello", "cash size hello"])
    found = attack(fitted(), CHANGES, test, np.array(["good", "unknown"]))
    assert found.rows.equals(test)
    assert not found.right_before.any()
    assert not found.choices.any()


def test_no_rows_and_rows_without_options() -> None:
    """Nothing to attack."""
    none = attack(fitted(), CHANGES, pa.array([], pa.string()), np.array([], str))
    assert np.isnan(none.accuracy)
    assert len(none.rows) == 0
    short = attack(fitted(), CHANGES, pa.array([None, "", "12"]), np.array(["bad"] * 3))
    assert short.rows.to_pylist() == [None, "", "12"]


def test_a_number_moves_as_far_as_it_can_and_no_farther() -> None:
    """Rows within reach of the model's border fall, others hold."""
    amounts = pa.table({"amount": [10.0, 11.9, 12.1, 20.0, None]})
    changes = TableChanges({"amount": Reach(2, "down")})
    found = attack(Above("amount", 10.0), changes, amounts, np.array(["high"] * 5))
    assert found.right.tolist() == [False, False, True, True, False]
    assert found.rows["amount"].to_pylist()[1:] == [11.9 - 2, 12.1 - 2, 18.0, None]


def test_labels_of_other_rows_are_refused() -> None:
    """And searches that are none."""
    with pytest.raises(ArgumentError, match="labels"):
        attack(fitted(), CHANGES, pa.array(["a"]), np.array(["bad", "good"]))
    for wrong in ({"tries": 0}, {"method": "best"}, {"seed": -1}):
        with pytest.raises(ArgumentError):
            Search(**wrong)  # type: ignore[arg-type]


def test_folding_undoes_what_the_detector_knows() -> None:
    """Without folding the same attack gets through."""
    train, labels = rows(200, 1)
    test, truth = rows(100, 2)
    changes = TextChanges(2, [kind for kind in FOLDED if kind != "look_alike"])
    plain = Counting().fit(changes.given(train), labels)
    folding = FoldingModel(Counting()).fit(changes.given(train), labels)
    assert attack(plain, changes, test, truth).accuracy < 0.6
    assert attack(folding, changes, test, truth).accuracy == 1.0


def test_adversarial_training_helps() -> None:
    """Accuracy under attack rises by a quarter at least; without attack it stays."""
    train, labels = rows(300, 1)
    test, truth = rows(100, 2)
    before = attack(fitted(), CHANGES, test, truth)
    robust = train_robustly(Counting, CHANGES, train, labels, search=Search("greedy", 8))
    after = attack(robust.model, CHANGES, test, truth)
    assert after.accuracy > before.accuracy + 0.25
    assert after.accuracy_before > 0.95
    assert [one.learned_from for one in robust.rounds] == sorted(
        one.learned_from for one in robust.rounds
    )


def test_training_learns_from_its_own_rows_alone() -> None:
    """All that a model is fitted on is a training row, or one that it can become."""
    train, labels = rows(30, 1)
    robust = train_robustly(Counting, CHANGES, train, labels, rounds=2)
    learned = pa.array(robust.model.seen.tolist())
    assert learned.slice(0, 30).equals(train)
    assert len(learned) == robust.rounds[-1].learned_from
    for text in learned.slice(30).to_pylist():
        assert CHANGES.holds(train, pa.array([text] * 30)).any()


def test_training_without_rows_or_rounds_is_refused() -> None:
    """Or with labels of other rows."""
    for given in (([], [], 3), (["code"], ["bad"], 0), (["code"], [], 1)):
        with pytest.raises(ArgumentError):
            train_robustly(
                Counting, CHANGES, pa.array(given[0], pa.string()), given[1], rounds=given[2]
            )
