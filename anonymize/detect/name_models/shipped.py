"""Names of people, places, organizations and groups in text, found by a small model that ships with
the package.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt
from numpy.typing import NDArray

from anonymize.detect.interface import SPAN_SCHEMA
from anonymize.detect.name_models import shipped_encode as ner_encode
from anonymize.detect.name_models import shipped_model as ner_model
from anonymize.detect.name_models.shipped_dates import plausible
from anonymize.detect.name_models.shipped_spans import Spans, find_spans, rows_of, without_words
from anonymize.errors import ArgumentError, DataError, MissingExtraError
from anonymize.names import EntityType
from anonymize.process.quiet_libraries import quiet_libraries

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

MODEL = Path(ner_model.__file__).with_name("names.onnx")
"""The model's one file: weights, tokenizer, labels and calibration."""

ENTITIES: tuple[EntityType, ...] = tuple(
    EntityType(name) for name in ("PERSON", "LOCATION", "ORGANIZATION", "NRP")
)
"""What is reported unless asked otherwise; the model also marks MISC, and the next two."""

ENTITIES_IN_TEXT: tuple[EntityType, ...] = (*ENTITIES, EntityType("DATE_TIME"), EntityType("ID"))
"""What free text is looked through for: beside names dates in words, and numbers of cases and
applications.
"""

_PLACE, _PERSON, _DATE, _ID = (
    EntityType(name) for name in ("LOCATION", "PERSON", "DATE_TIME", "ID")
)

RECOGNIZER = "CoatcheckNames"
"""The recognizer's name in span tables and in Presidio."""

WINDOW = 80
"""Word pieces looked at together in long text: attention over more costs speed, overlaps of more
windows too.
"""

_BATCH_PIECES = 256
_BATCH_TEXTS = 1024
_WORDS = r"\pL[\p{Mn}\p{Cf}]*\pL|\pL(?:[ ._*-]\pL){3}"
"""Two letters in a row, or four letters spaced out, as a disguised name is."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Model:
    """The loaded model; one per process."""

    tokenizer: Any
    labels: tuple[str, ...]
    """``O`` and ``B-``/``I-`` of each entity; the index is the model's output."""
    calibration: dict[str, list[list[float]]]
    """Per entity two equally long lists: mean probability of a span, and how often such a span is
    right.
    """
    score: Callable[[NDArray[np.int64], NDArray[np.int64]], Floats]
    """Piece ids and shapes (texts, pieces) to label scores (texts, pieces, labels)."""


def load_recogniser(
    recall: float | None = None, entities: Sequence[EntityType] = ENTITIES
) -> NameRecogniser:
    """Return the recogniser that ships with the package, its model loaded once per process.

    Args:
        recall: how sure the model must be that a word is nothing before it is left alone, 0 to 1;
            None is 0.5. Higher finds more names and flags more words that are none.
        entities: kinds to report.

    Raises:
        ArgumentError: ``recall`` is not between 0 and 1, or an entity is not one the model knows.
        MissingExtraError: onnxruntime or tokenizers is not installed.
        DataError: the model's file is missing or damaged.
    """
    if recall is not None and not 0 < recall < 1:
        raise ArgumentError("recall must lie between 0 and 1, or be left out")
    known = {label[2:] for label in load_model().labels[1:]}
    if unknown := sorted(set(entities) - known):
        raise ArgumentError(
            f"the name model does not know {', '.join(unknown)}; it knows"
            f" {', '.join(sorted(known))}"
        )
    return NameRecogniser(recall, tuple(entities))


@lru_cache(maxsize=2)
def load_model(path: Path = MODEL, digest: str = ner_model.SHA256) -> Model:
    """Return the model in ``path`` after its SHA-256 was checked.

    Raises:
        MissingExtraError: onnxruntime or tokenizers is not installed.
        DataError: the file is missing, or is not the one this version was released with.
    """
    quiet_libraries()
    try:
        import onnxruntime
        import tokenizers  # noqa: F401
    except ImportError:
        raise MissingExtraError.of("finding names in text", "ner") from None
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise DataError("the name model is missing; reinstall coatcheck", place=path.name) from None
    if found != digest:
        raise DataError(
            "the name model is damaged or from another version; reinstall coatcheck",
            place=path.name,
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        str(path),
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=["SkipLayerNormFusion"],
    )
    kept = session.get_modelmeta().custom_metadata_map

    def score(ids: NDArray[np.int64], shapes: NDArray[np.int64]) -> Floats:
        scores: Floats = session.run(None, {"ids": ids, "shapes": shapes})[0]
        return scores

    tokenizer = ner_encode.load_tokenizer(kept["tokenizer"])
    return Model(
        tokenizer, tuple(json.loads(kept["labels"])), json.loads(kept["calibration"]), score
    )


@dataclass(frozen=True)
class NameRecogniser:
    """Finds names in texts; picklable, because the model is looked up in the process that scans."""

    recall: float | None = None
    """How sure the model must be that a word is nothing before it is left alone; None is 0.5."""
    entities: tuple[EntityType, ...] = ENTITIES
    """Kinds reported."""

    def scan(self, texts: pa.Array | pa.ChunkedArray) -> pa.Table:
        """Return the spans in ``texts`` as a table of ``SPAN_SCHEMA``, sorted by row and start.

        Accepts strings, large strings, dictionaries of them, nulls and chunks. A distinct text is
        read once; one without two adjacent letters, or four spaced ones, is not read. Spans do not
        overlap and do not depend on the texts around them: any batch size and order gives the same.
        Scores are calibrated: of spans scored 0.8, about 80 % are right.
        """
        column = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
        column = column.cast(pa.string()) if pt.is_null(column.type) else column
        encoded = column if pt.is_dictionary(column.type) else column.dictionary_encode()
        values = encoded.dictionary
        wanted = np.flatnonzero(
            pc.fill_null(pc.match_substring_regex(values, _WORDS), False).to_numpy(
                zero_copy_only=False
            )
        )
        parts = []
        for begin in range(0, len(wanted), _BATCH_TEXTS):
            chosen = wanted[begin : begin + _BATCH_TEXTS]
            parts.append(self._spans(values.take(pa.array(chosen)).to_pylist(), chosen))
        return self._table(encoded.indices, Spans.joined(parts))

    def scan_text(self, text: str) -> pa.Table:
        """Return the spans in one text."""
        return self.scan(pa.array([text], pa.string()))

    def _spans(self, texts: list[str], which: NDArray[np.int64]) -> Spans:
        model = load_model()
        encoded = ner_encode.encode(model.tokenizer, texts)
        words = word_probabilities(model, encoded)
        found = find_spans(
            model, encoded, words, which, self.entities, 0.5 if self.recall is None else self.recall
        )
        place, person, date, identifier = (
            self.entities.index(e) if e in self.entities else -1
            for e in (_PLACE, _PERSON, _DATE, _ID)
        )
        return plausible(
            without_words(found, texts, which, place, person), texts, which, date, identifier
        )

    def _table(self, indices: pa.Array, spans: Spans) -> pa.Table:
        rows, take = rows_of(indices, spans.text)
        names = pa.array([*self.entities], pa.string()).take(pa.array(spans.entity[take]))
        columns = [
            rows,
            spans.start[take],
            spans.end[take],
            names,
            spans.score[take],
            pa.array([RECOGNIZER] * len(rows), pa.string()),
        ]
        return pa.table(columns, schema=SPAN_SCHEMA)


def word_probabilities(model: Model, encoded: list[ner_encode.Encoded]) -> list[Floats]:
    """Return for each text the label probabilities of its words: the mean over the word's
    pieces.
    """
    pieces = [
        (at, begin, stop)
        for at, text in enumerate(encoded)
        for begin, stop in ner_encode.windows(text, WINDOW)
    ]
    scored: dict[tuple[int, int, int], Floats] = {}
    for batch in _batches(pieces):
        scores = _softmax(model.score(*_inputs(encoded, batch))[:, 1:-1])
        scored.update(zip(batch, scores, strict=True))
    found = [np.zeros((len(text.ids), len(model.labels)), np.float32) for text in encoded]
    reached = dict.fromkeys(range(len(encoded)), 0)
    for at, begin, stop in pieces:
        # in an overlap the earlier window keeps the first half, the later one the second
        middle = begin + (reached[at] - begin) // 2 if reached[at] > begin else begin
        found[at][middle:stop] = scored[at, begin, stop][middle - begin :]
        reached[at] = stop
    return [_by_word(rows, text) for rows, text in zip(found, encoded, strict=True)]


def _batches(pieces: list[tuple[int, int, int]]) -> Iterator[list[tuple[int, int, int]]]:
    """Yield windows of equal length together: no padding, so a text's result cannot depend on its
    neighbours.
    """
    by_length: dict[int, list[tuple[int, int, int]]] = {}
    for piece in pieces:
        by_length.setdefault(piece[2] - piece[1], []).append(piece)
    for length, group in by_length.items():
        size = max(_BATCH_PIECES // (length + 2), 1)
        yield from (group[begin : begin + size] for begin in range(0, len(group), size))


def _inputs(
    encoded: list[ner_encode.Encoded], batch: list[tuple[int, int, int]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    length = batch[0][2] - batch[0][1]
    ids, shapes = np.zeros((2, len(batch), length + 2), np.int64)
    ids[:, 0], ids[:, -1] = ner_encode.OPENS, ner_encode.CLOSES
    for row, (at, begin, stop) in enumerate(batch):
        ids[row, 1:-1] = encoded[at].ids[begin:stop]
        shapes[row, 1:-1] = encoded[at].shapes[begin:stop]
    return ids, shapes


def _softmax(scores: Floats) -> Floats:
    spread = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return spread / spread.sum(axis=-1, keepdims=True)  # type: ignore[no-any-return]


def _by_word(rows: Floats, text: ner_encode.Encoded) -> Floats:
    if not len(rows):
        return rows
    first = np.flatnonzero(np.concatenate(([True], text.word[1:] != text.word[:-1])))
    count = np.diff(np.concatenate((first, [len(rows)])))
    means: Floats = (np.add.reduceat(rows, first, axis=0) / count[:, None]).astype(np.float32)
    return means


def presidio_recognizer(
    recogniser: NameRecogniser | None = None, language: str = "en"
) -> EntityRecognizer:
    """Return the recogniser as Presidio's ``EntityRecognizer``, for an ``AnalyzerEngine`` of your
    own.
    """
    from presidio_analyzer import EntityRecognizer, RecognizerResult

    chosen = recogniser or load_recogniser()

    class CoatcheckNames(EntityRecognizer):  # type: ignore[misc]
        """Names by the model that ships with Coatcheck."""

        def load(self) -> None:
            """Load the model."""
            load_model()

        def analyze(
            self, text: str, entities: list[str], nlp_artifacts: Any = None
        ) -> list[RecognizerResult]:
            """Return the spans of ``entities`` in ``text``."""
            details = {
                RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
            }
            return [
                RecognizerResult(
                    span["entity"],
                    span["start"],
                    span["end"],
                    span["score"],
                    recognition_metadata=details,
                )
                for span in chosen.scan_text(text).to_pylist()
                if not entities or span["entity"] in entities
            ]

    return CoatcheckNames(
        supported_entities=[*chosen.entities], supported_language=language, name=RECOGNIZER
    )
