"""Texts without disguises in front of a classifier."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

from anonymize.readers.robust import FoldingModel, fold_texts
from tests.readers.robust.simple import Counting

TEXTS = ["p\u0430y", "pay", None, "f\u200be\u200be", "\uff46\uff45\uff45", "p4y", "Привет", ""]
FOLDED = ["pay", "pay", None, "fee", "fee", "p4y", "Привет", ""]


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string()])
def test_a_column_is_folded(type_: pa.DataType) -> None:
    """Null stays, foreign text stays, the type stays, slices and chunks are columns too."""
    column = pa.array(TEXTS, type_)
    assert fold_texts(column).equals(pa.array(FOLDED, type_))
    assert fold_texts(column.slice(3, 2)).to_pylist() == FOLDED[3:5]
    assert fold_texts(pa.chunked_array([column, column])).to_pylist() == FOLDED * 2
    assert fold_texts(column.slice(0, 0)).type == type_


def test_the_model_sees_folded_texts_only() -> None:
    """When it learns and when it is asked; it can be stored."""
    model = FoldingModel(Counting()).fit(["p\u0430y fee", "cash box"], ["bad", "good"])
    assert model.model.seen.tolist() == ["pay fee", "cash box"]
    again = pickle.loads(pickle.dumps(model))
    assert again.predict(["pay f\u0435e", "c\u200bash"]).tolist() == ["bad", "good"]
    assert again.classes_.tolist() == ["bad", "good"]
