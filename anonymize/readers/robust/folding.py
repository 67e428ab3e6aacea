"""Texts without disguises in front of a classifier: at training and for each question."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.detect.text.disguises import fold_disguises
from anonymize.readers.robust.interface import Model


def fold_texts(texts: pa.Array) -> pa.Array:
    """Return the texts as the detector reads them: look-alike letters in Latin words, invisible
    characters, full-width letters, HTML entities and percent-encoding become what they stand for.

    n texts in, n out, of the same type, null where the input is null; texts without disguises stay
    as they are. Digits for letters and letters apart stay, too, and so do words of look-alike
    letters alone. A foreign text loses accents that are marks of their own (NFD).

    Source: ``anonymize.detect.text.disguises``.
    """
    column = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    coded = column.dictionary_encode()
    folded = [None if text is None else _folded(text) for text in coded.dictionary.to_pylist()]
    return pa.array(folded, column.type).take(coded.indices)


class FoldingModel:
    """A classifier of texts that folds disguises first, when it learns and when it is asked.

    An attack on it is an attack on both: it searches for what folding leaves. It may be pickled if
    the model may.
    """

    def __init__(self, model: Model) -> None:
        """Put folding in front of ``model``, which takes an array of ``str``."""
        self.model = model

    @property
    def classes_(self) -> Any:
        """Return the labels, in the order of the columns of `predict_proba`."""
        return self.model.classes_

    def fit(self, texts: Any, labels: Any) -> FoldingModel:
        """Let the model learn from folded texts, shape (n,), null excluded."""
        self.model.fit(_all_folded(texts), labels)
        return self

    def predict_proba(self, texts: Any) -> Any:
        """Return the probability of each class for each folded text, shape (n, classes)."""
        return self.model.predict_proba(_all_folded(texts))

    def predict(self, texts: Any) -> Any:
        """Return the most probable class of each text, shape (n,)."""
        return np.asarray(self.classes_)[np.asarray(self.predict_proba(texts)).argmax(axis=1)]


def _all_folded(texts: Any) -> npt.NDArray[np.object_]:
    return np.array([_folded(str(text)) for text in texts], object)


def _folded(text: str) -> str:
    found = fold_disguises(text)
    return text if found is None else found.text
