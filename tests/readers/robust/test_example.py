"""The example, from published versions: attacks are real, and what is done against them helps."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean
from typing import Any, ClassVar

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from anonymize.readers.robust import fold_texts, split_apart
from examples import train_robust
from examples.robust_data import write_data
from examples.train_robust import Case, cases, noticed, poisoned

pytestmark = pytest.mark.soak
SEEDS = 3


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the example reads from its versions, with one thread for scikit-learn."""
    with threadpool_limits(1):
        yield cases(tmp_path_factory.mktemp("robust"), 1200)


def accuracies(case: Case) -> dict[str, tuple[float, float]]:
    """Return accuracy without and under attack, means over the seeds."""
    found = [case.measured(seed) for seed in range(SEEDS)]
    return {
        name: (fmean(one[name][0] for one in found), fmean(one[name][1] for one in found))
        for name in case.models
    }


def test_texts_are_attacked_and_defended(made: dict[str, Case]) -> None:
    """Accuracy falls by a fifth and more; folding gives a tenth back, both together more."""
    found = accuracies(made["messages"])
    clean, attacked = found["as it is"]
    assert clean > 0.88
    assert attacked < clean - 0.2
    assert found["folding"][1] > attacked + 0.1
    assert found["adversarial training"][1] > attacked + 0.04
    assert found["both"][1] > attacked + 0.15
    assert min(before for before, _ in found.values()) > clean - 0.05


def test_claims_are_attacked_and_defended(made: dict[str, Case]) -> None:
    """Accuracy falls by a seventh and more; training gives part of it back, and costs some."""
    found = accuracies(made["claims"])
    clean, attacked = found["as it is"]
    assert clean > 0.8
    assert attacked < clean - 0.14
    assert found["adversarial training"][1] > attacked + 0.05
    assert found["adversarial training"][0] > clean - 0.1


@pytest.mark.parametrize("name", ["messages", "claims"])
def test_a_trigger_is_believed_until_it_is_screened(made: dict[str, Case], name: str) -> None:
    """The screen finds the word that was planted; without its rows the model is as it was. The
    amount that was planted in claims is believed, and not found: see the page.
    """
    found = poisoned(name, made[name], 0)
    assert found["trigger rows, false alarms"] < 0.05
    clean = found["trigger believed, clean rows"]
    assert found["trigger believed, poisoned"] > clean + 0.25
    if name == "messages":
        assert found["trigger rows found"] > 0.9
        assert found["trigger believed, screened"] < clean + 0.1


def test_disguised_texts_are_noticed_at_inference(made: dict[str, Case]) -> None:
    """By the safe profile of the training rows; the same texts as they were are not."""
    found = noticed(made["messages"], 0)
    assert found["deceiving inputs noticed"] > 0.5
    assert found["… as they were"] < 0.1


class Watching:
    """A model that remembers what it learned from."""

    seen: ClassVar[set[Any]] = set()

    def __init__(self, model: Any) -> None:
        """Watch ``model``."""
        self.model = model

    def fit(self, rows: Any, labels: Any) -> None:
        """Remember."""
        self.seen.update(_keys(rows))
        self.model.fit(rows, labels)
        self.classes_ = self.model.classes_

    def predict_proba(self, rows: Any) -> Any:
        """Return what the model says."""
        return self.model.predict_proba(rows)


def _keys(rows: Any) -> list[Any]:
    if isinstance(rows, np.ndarray):
        return list(rows)
    return list(rows.itertuples(index=False, name=None))


@pytest.mark.parametrize("name", ["messages", "claims"])
def test_nothing_attacked_is_learned_from_and_measured(
    made: dict[str, Case], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No row that is measured, attacked or not, is among those that any model was fitted on; no
    text is on both sides in other letters, no person with a claim.
    """
    case, measured = made[name], list[Any]()
    attack = train_robust.attack

    def watched(model: Any, changes: Any, rows: Any, *rest: Any) -> Any:
        found = attack(model, changes, rows, *rest)
        measured.extend(_keys(changes.given(rows)) + _keys(changes.given(found.rows)))
        return found

    monkeypatch.setattr(train_robust, "attack", watched)
    monkeypatch.setattr(Watching, "seen", set())
    models = {
        one: (lambda fresh=fresh: Watching(fresh()), robust)
        for one, (fresh, robust) in case.models.items()
        if "fold" not in one and one != "both"
    }
    Case(case.rows, case.labels, case.groups, case.changes, case.search, models).measured(1)
    assert len(measured) >= 200 * len(models)
    assert not Watching.seen & set(measured)
    train, test = split_apart(case.groups, seed=1)
    groups = fold_texts(case.groups) if name == "messages" else case.groups
    sides = [set(groups.take(side).to_pylist()) for side in (train, test)]
    assert not sides[0] & sides[1]


def test_the_data_is_the_same_each_time(tmp_path: Path) -> None:
    """One seed, byte for byte."""
    for folder in ("one", "other"):
        write_data(tmp_path / folder, 50)
    for name in ("messages.csv", "claims.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()
