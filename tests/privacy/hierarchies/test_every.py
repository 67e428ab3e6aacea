"""What every hierarchy promises: nested groups, labels that tell them apart, losses from 0 to 1."""

from __future__ import annotations

import pickle
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.privacy.coded import CodedColumn
from anonymize.privacy.hierarchies import hierarchy_of
from tests.examples import examples
from tests.privacy.hierarchies.examples import EXAMPLES, FILE, Example

EVERY = pytest.mark.parametrize("name", EXAMPLES)
FEW = settings(max_examples=examples(30))


def drawn(data: st.DataObject, example: Example) -> pa.Array:
    """Return distinct values, with null in one of two."""
    values = data.draw(st.lists(example.values, unique=True, max_size=12))
    if data.draw(st.booleans()):
        values.insert(data.draw(st.integers(0, len(values))), None)
    return pa.array(values, example.kind)


def coded(example: Example, values: pa.Array) -> CodedColumn:
    """Return the values' column."""
    return hierarchy_of(example.spec, FILE).coded("c", values)


def of_values(column: CodedColumn, level: int) -> list[tuple[Any, float]]:
    """Return the label and the loss of each value at a level."""
    at = column.levels[level]
    labels = list(at.labels)
    return [(labels[node], float(at.losses[node])) for node in at.nodes.tolist()]


ENDED = ("ages", "ranges with ends")
"""Hierarchies with values that are never published exactly."""


@EVERY
@given(data=st.data())
@FEW
def test_groups_are_nested_and_the_last_is_everything(name: str, data: st.DataObject) -> None:
    """Values that are together at a level are together above."""
    values = drawn(data, EXAMPLES[name])
    column = coded(EXAMPLES[name], values)
    assert len(column.levels) == EXAMPLES[name].levels
    assert column.levels[0].nodes.tolist() == list(range(len(values)))
    for low, high in pairwise(column.levels):
        pairs = set(zip(low.nodes.tolist(), high.nodes.tolist(), strict=True))
        assert len(pairs) == len({low for low, _ in pairs})
    assert set(column.levels[-1].nodes.tolist()) <= {0}
    assert list(column.levels[-1].labels) == ["*"]


@EVERY
@given(data=st.data())
@FEW
def test_each_group_has_one_label_and_one_loss(name: str, data: st.DataObject) -> None:
    """No group is empty, no two groups of a level are written alike; level 0 is the values, with
    the zeros of a width, and the first band beyond an end.
    """
    values = drawn(data, EXAMPLES[name])
    column = coded(EXAMPLES[name], values)
    texts, own = values.cast(pa.string()).to_pylist(), list(column.levels[0].labels)
    if name == "prefix of numbers":
        texts = [text if text is None else text.zfill(5) for text in texts]
    first = [column.levels[1].labels[node] for node in column.levels[1].nodes.tolist()]
    for text, label, band in zip(texts, own, first, strict=True):
        assert label == text or (name in ENDED and label == band != text)
    for number, level in enumerate(column.levels if len(values) else ()):
        assert level.nodes.dtype == np.int32
        assert len(level.nodes) == len(values)
        assert sorted(set(level.nodes.tolist())) == list(range(len(level.labels)))
        assert len(level.labels) == len(level.losses)
        if number or name not in ENDED:
            assert len(set(level.labels)) == len(level.labels)


@EVERY
@given(data=st.data())
@FEW
def test_losses_grow_from_none_to_all(name: str, data: st.DataObject) -> None:
    """A value's group loses at least what the group below does."""
    column = coded(EXAMPLES[name], drawn(data, EXAMPLES[name]))
    losses = np.array([level.losses[level.nodes] for level in column.levels])
    beyond = losses[0] > 0
    assert name in ENDED or not beyond.any()
    assert (losses[0][beyond] == losses[1][beyond]).all()
    assert (losses[-1] == 1).all()
    assert (np.diff(losses, axis=0) >= 0).all()
    assert ((losses >= 0) & (losses <= 1)).all()


@EVERY
@given(data=st.data())
@FEW
def test_null_is_by_itself_until_everything_is_one(name: str, data: st.DataObject) -> None:
    """It has the label None and loses nothing, and changes no other value's groups."""
    values = drawn(data, EXAMPLES[name]).drop_null()
    with_null = coded(EXAMPLES[name], pa.concat_arrays([values, pa.nulls(1, values.type)]))
    without = coded(EXAMPLES[name], values)
    for level in range(len(with_null.levels) - 1):
        *others, null = of_values(with_null, level)
        assert null == (None, 0.0)
        assert others == of_values(without, level)


@EVERY
@given(data=st.data())
@FEW
def test_the_order_of_values_changes_nothing(name: str, data: st.DataObject) -> None:
    """Nor does a dictionary, nor how long a chunk is, nor a pickle."""
    values = drawn(data, EXAMPLES[name])
    places = data.draw(st.permutations(range(len(values))))
    one = coded(EXAMPLES[name], values)
    other = coded(EXAMPLES[name], values.take(pa.array(places, pa.int64())).dictionary_encode())
    for level in range(len(one.levels)):
        expected = of_values(pickle.loads(pickle.dumps(one)), level)
        assert [expected[place] for place in places] == of_values(other, level)


@EVERY
@given(data=st.data())
@FEW
def test_an_order_is_that_of_the_values(name: str, data: st.DataObject) -> None:
    """Groups of ordered values are stretches of that order, so that cuts make intervals."""
    values = drawn(data, EXAMPLES[name])
    column = coded(EXAMPLES[name], values)
    if column.order is None:
        return
    known = np.flatnonzero(~np.isnan(column.order))
    by_order = known[np.argsort(column.order[known], kind="stable")]
    for level in column.levels[1:]:
        nodes = level.nodes[by_order]
        assert 1 + np.count_nonzero(np.diff(nodes)) == len(set(nodes.tolist())) or not len(nodes)


def test_a_hierarchy_can_be_pickled() -> None:
    """It goes to other processes in a plan."""
    for example in EXAMPLES.values():
        hierarchy = hierarchy_of(example.spec, FILE)
        again = pickle.loads(pickle.dumps(hierarchy))
        assert type(again) is type(hierarchy)
