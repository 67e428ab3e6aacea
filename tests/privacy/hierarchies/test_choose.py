"""The policy's words make the hierarchies that they name."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.errors import PlanError
from anonymize.privacy.hierarchies import WAYS, HierarchySpec, Texts, hierarchy_of
from tests.privacy.hierarchies.examples import EXAMPLES, FILE


def test_a_file_is_read_from_its_path_or_its_bytes(tmp_path: Path) -> None:
    """A plan hands the bytes over whose digest it knows."""
    path = tmp_path / "h.csv"
    path.write_text("a;x;*\n")
    spec = HierarchySpec(file=str(path))
    column = hierarchy_of(spec).coded("c", pa.array(["a"]))
    assert list(column.levels[1].labels) == ["x"]
    column = hierarchy_of(spec, b"a;y;*\n").coded("c", pa.array(["a"]))
    assert list(column.levels[1].labels) == ["y"]


def test_exactly_one_way_is_asked_for() -> None:
    """None and two are refused with all there are."""
    with pytest.raises(PlanError, match=rf"does not say how; say one of {', '.join(WAYS)}"):
        hierarchy_of(HierarchySpec())
    with pytest.raises(PlanError, match=r"dates and values do not go together"):
        hierarchy_of(HierarchySpec(dates=True, values=True))


@pytest.mark.parametrize(
    "kind",
    [
        pa.binary(),
        pa.binary(4),
        pa.binary_view(),
        pa.list_(pa.int8()),
        pa.struct([("a", pa.int8())]),
        pa.map_(pa.string(), pa.int8()),
        pa.month_day_nano_interval(),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", EXAMPLES)
def test_types_without_labels_are_refused_by_every_hierarchy(name: str, kind: pa.DataType) -> None:
    """Before there is a value: a plan asks with none."""
    hierarchy = hierarchy_of(EXAMPLES[name].spec, FILE)
    with pytest.raises(PlanError, match=r"^column c: is .*, which cannot be generalized by a hier"):
        hierarchy.coded("c", pa.array([], kind))


def test_labels_are_a_sequence_over_arrow() -> None:
    """Without a Python object for each, until somebody looks."""
    texts = Texts(pa.array(["a", None, "c"]))
    assert list(texts) == ["a", None, "c"] == [texts[at] for at in range(len(texts))]
    assert (texts[-1], list(texts[1:]), list(texts[::-2])) == ("c", [None, "c"], ["c", "a"])
    with pytest.raises(IndexError):
        texts[3]
