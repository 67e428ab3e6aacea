"""Stand-ins for two libraries that are not installed here: their documented calls and results, no
model behind them.
"""

from __future__ import annotations

import re
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

MARKED = re.compile(r"Maria Lop|Kumasi")
LABELS = {"Maria Lop": "PER", "Kumasi": "LOC"}


def transformers_stand_in(
    monkeypatch: pytest.MonkeyPatch, **tokenizer: Any
) -> list[dict[str, Any]]:
    """Put a stand-in for ``transformers`` and ``torch`` in place; return what it was called with,
    call by call.

    Shape: ``AutoTokenizer`` and ``AutoModelForTokenClassification``, each with
    ``from_pretrained(folder, local_files_only=)``, and ``pipeline("token-classification", model=,
    tokenizer=, aggregation_strategy=, stride=, device=)``, whose result on one text is a list of
    dicts with entity_group, score, word, start, end.
    """
    calls: list[dict[str, Any]] = []
    said = SimpleNamespace(**{"is_fast": True, "model_max_length": 512, **tokenizer})
    config = SimpleNamespace(id2label={0: "O", 1: "B-PER", 2: "I-PER", 3: "B-LOC"})
    library = ModuleType("transformers")

    def loads(result: Any) -> Any:
        def from_pretrained(folder: str, *, local_files_only: bool = False) -> Any:
            calls.append({"folder": folder, "local_files_only": local_files_only})
            return result

        return SimpleNamespace(from_pretrained=from_pretrained)

    def pipeline(task: str, **options: Any) -> Any:
        calls.append({"task": task, **options})
        return lambda text: [
            {
                "entity_group": LABELS[m[0]],
                "score": 0.987,
                "word": m[0].lower(),
                "start": m.start(),
                "end": m.end(),
            }
            for m in MARKED.finditer(text)
        ]

    library.AutoTokenizer = loads(said)  # type: ignore[attr-defined]
    library.AutoModelForTokenClassification = loads(SimpleNamespace(config=config))  # type: ignore[attr-defined]
    library.pipeline = pipeline  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "transformers", library)
    monkeypatch.setitem(sys.modules, "torch", ModuleType("torch"))
    return calls


def gliner_stand_in(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Put a stand-in for ``gliner`` in place; return what it was called with, call by call.

    Shape: ``GLiNER.from_pretrained(folder, local_files_only=, map_location=)`` and on the model
    ``predict_entities(text, labels, flat_ner=, threshold=, multi_label=)``, whose result is a list
    of dicts with start, end, text, label, score; what lies beyond 384 words of the text is not
    read.
    """
    calls: list[dict[str, Any]] = []
    asked = {"PER": "person", "LOC": "location"}

    class GLiNER:
        @classmethod
        def from_pretrained(cls, folder: str, **options: Any) -> GLiNER:
            calls.append({"folder": folder, **options})
            return cls()

        def predict_entities(
            self, text: str, labels: list[str], **options: Any
        ) -> list[dict[str, Any]]:
            calls.append({"labels": labels, **options})
            words = list(re.finditer(r"\S+", text))
            seen = text if len(words) <= 384 else text[: words[384].start()]
            return [
                {
                    "start": m.start(),
                    "end": m.end(),
                    "text": m[0],
                    "label": asked[LABELS[m[0]]],
                    "score": 0.91,
                }
                for m in MARKED.finditer(seen)
            ]

    library = ModuleType("gliner")
    library.GLiNER = GLiNER  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gliner", library)
    return calls
