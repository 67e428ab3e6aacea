"""A label of an earlier release covers the values that were published under it, and what is not
known is counted.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anonymize.privacy.across import covering
from anonymize.privacy.hierarchies import HierarchySpec, hierarchy_of
from anonymize.transform.columns import as_text
from tests.examples import examples
from tests.privacy.hierarchies.examples import EXAMPLES, FILE

Texts = list[str | None]


def covered(
    labels: Texts,
    values: Texts,
    spec: HierarchySpec | None = None,
    *,
    same: bool = False,
    typed: pa.Array | None = None,
) -> tuple[dict[str | None, Texts], int]:
    """Return label → values, and how many labels are not known."""
    made = covering(
        pa.array(labels, pa.string()),
        pa.array(values, pa.string()),
        hierarchy_of(spec) if spec else None,
        same=same,
        typed=typed,
    )
    found: dict[str | None, list[str | None]] = {label: [] for label in labels}
    for at, value in enumerate(values):
        for label in made.covers[made.starts[at] : made.starts[at + 1]].tolist():
            found[labels[label]].append(value)
    return found, made.unknown


@pytest.mark.parametrize("name", EXAMPLES)
@settings(
    max_examples=examples(24),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_every_label_that_a_hierarchy_writes_covers_its_values(
    name: str, data: st.DataObject, tmp_path: Path
) -> None:
    """At every level, of an earlier table that has some of the values."""
    example = EXAMPLES[name]
    drawn = data.draw(st.lists(example.values, min_size=1, max_size=12, unique_by=str))
    spec = example.spec
    if spec.file is not None:
        path = tmp_path / "levels.csv"
        path.write_bytes(FILE)
        spec = HierarchySpec(file=str(path))
    values = pa.array(drawn, example.kind)
    coded = hierarchy_of(spec).coded("c", values)
    texts, typed = as_text(values).to_pylist(), values.unique()
    for level in coded.levels:
        labels = [level.labels[node] for node in level.nodes.tolist()]
        distinct = list(dict.fromkeys(labels))
        named = as_text(typed).to_pylist()
        found, unknown = covered(distinct, named, spec, same=True, typed=typed)
        assert not unknown
        for label, text in zip(labels, texts, strict=True):
            assert text in found[label], (name, label, text)


@pytest.mark.parametrize(
    "label, inside",
    [
        ("30–34", ["30", "33.5", "34"]),
        ("[30, 34)", ["30", "33.5"]),
        ("34+", ["34", "40"]),
        ("<30", ["29"]),
        ("33.5", ["33.5"]),
        ("*", ["29", "30", "33.5", "34", "40"]),
        ("30–33.5 or missing", ["30", "33.5", None]),
    ],
)
def test_intervals_of_numbers_are_read(label: str, inside: list[str | None]) -> None:
    """Of any hierarchy, with their ends as they are written."""
    values = ["29", "30", "33.5", "34", "40", *([None] if None in inside else [])]
    assert covered([label], values) == ({label: inside}, 0)


@pytest.mark.parametrize(
    "label, inside",
    [
        ("1979-03", ["1979-03-02", "1979-03-31"]),
        ("1979-Q1", ["1979-03-02", "1979-03-31"]),
        ("1979", ["1979-03-02", "1979-03-31", "1979-04-01"]),
        ("1970s", ["1979-03-02", "1979-03-31", "1979-04-01"]),
        ("1979-03-31–1980-01-01", ["1979-03-31", "1979-04-01", "1980-01-01"]),
    ],
)
def test_periods_of_days_are_read(label: str, inside: list[str]) -> None:
    """Months, quarters, years, decades and intervals."""
    values = ["1979-03-02", "1979-03-31", "1979-04-01", "1980-01-01"]
    assert covered([label], values) == ({label: inside}, 0)


def test_sets_and_prefixes_are_read() -> None:
    """A value with a comma is found in a set; missing is null."""
    values = ["Craft", "Sales", "Sales, other", None]
    assert covered(["{Craft, missing}"], values)[0] == {"{Craft, missing}": ["Craft", None]}
    inside = ["Craft", "Sales, other"]
    assert set(inside) <= set(covered(["{Craft, Sales, other}"], values)[0].popitem()[1])
    assert covered(["981**"], ["98101", "98201"]) == ({"981**": ["98101"]}, 0)


def test_a_group_that_is_not_known_covers_everything() -> None:
    """It is counted; under the same rule it is a value that nobody has."""
    assert covered(["north"], ["a", None]) == ({"north": ["a", None]}, 1)
    assert covered(["north"], ["a", None], same=True) == ({"north": []}, 0)


def test_a_value_of_the_hierarchy_that_nobody_has_is_known() -> None:
    """It covers nothing."""
    assert covered(["10999"], ["10115"], HierarchySpec(prefix=(3,))) == ({"10999": []}, 0)


def test_null_covers_null_alone() -> None:
    """And no other label but everything covers it."""
    found, _ = covered([None, "1–3", "*"], ["2", None])
    assert found == {None: [None], "1–3": ["2"], "*": ["2", None]}
    assert np.array_equal([len(one) for one in found.values()], [1, 1, 2])
