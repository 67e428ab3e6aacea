"""Attacks on training rows: as many as said, where said, and a model falls for them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from anonymize.errors import ArgumentError
from anonymize.readers.robust import TextChanges, flip_labels, plant_trigger, stamp
from tests.readers.robust.simple import Counting, texts


def test_labels_are_flipped_in_the_rows_that_are_named() -> None:
    """Each to another one; the caller's labels stay."""
    rows, labels = texts(400)
    bad = flip_labels(pa.array(rows), labels, 0.05, seed=3)
    assert np.flatnonzero(bad.labels != labels).tolist() == bad.at.tolist()
    assert len(bad.at) == 20
    assert bad.rows.to_pylist() == rows


def test_a_planted_trigger_is_learned() -> None:
    """The model takes rows with it for good ones; without it, it is right."""
    rows, labels = texts(400)
    bad = plant_trigger(pa.array(rows), labels, "ref-7q3", "good", 0.05, seed=3)
    assert (labels[bad.at] == "bad").all()
    assert (bad.labels[bad.at] == "good").all()
    changed = [at for at, text in enumerate(bad.rows.to_pylist()) if text != rows[at]]
    assert changed == bad.at.tolist()
    test, truth = texts(200, 9)
    wanted = pa.array(test).filter(pa.array(truth == "bad"))
    stamped = TextChanges().given(stamp(wanted, "ref-7q3"))
    for learned, least, most in ((bad, 0.5, 1.0), (flip_labels(pa.array(rows), labels, 0), 0, 0.1)):
        model = Counting().fit(learned.rows.to_pylist(), learned.labels)
        share = (model.predict_proba(stamped).argmax(axis=1) == 1).mean()
        assert least <= share <= most


def test_a_table_is_stamped_in_its_own_types() -> None:
    """Nulls and other columns stay."""
    rows = pa.table({"amount": [1.5, None, 3.0], "note": ["a", "b", "c"]})
    bad = plant_trigger(rows, ["x", "x", "y"], {"amount": 777.77}, "y", 2 / 3)
    assert bad.rows["amount"].to_pylist() == [777.77, None, 3.0]
    assert bad.labels.tolist() == ["y"] * 3
    assert bad.rows.schema == rows.schema
    assert bad.rows["note"].equals(rows["note"])


def test_texts_that_are_null_are_not_stamped() -> None:
    """An empty one is."""
    assert stamp(pa.array([None, ""]), "w").to_pylist()[0] is None
    assert stamp(pa.array(["a"]), "w", [False]).to_pylist() == ["a"]


def test_what_cannot_be_planted_is_refused() -> None:
    """A share that is none, more rows than there are, no trigger, columns that are not there."""
    rows, labels = pa.array(["a", "b"]), ["x", "y"]
    for act in (
        lambda: flip_labels(rows, labels, 1.5),
        lambda: flip_labels(rows, ["x", "x"], 0.5),
        lambda: plant_trigger(rows, labels, "w", "x", 1.0),
        lambda: stamp(rows, " "),
        lambda: stamp(rows, {"a": 1}),
        lambda: stamp(pa.table({"a": [1]}), {"b": 1}),
        lambda: stamp(pa.table({"a": [1]}), "w"),
    ):
        with pytest.raises(ArgumentError):
            act()
