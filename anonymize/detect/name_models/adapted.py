"""Names found by a model of the data owner's own: spaCy's, a token classifier of Transformers',
GLiNER's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa
import pyarrow.types as pt

from anonymize.detect.name_models.adapters import load_model, locate
from anonymize.detect.name_models.interface import Loaded, NameModel, folder_digest
from anonymize.detect.text.disguises import fold_disguises
from anonymize.detect.text.long_texts import pieces
from anonymize.detect.text.span_table import Span, span_table
from anonymize.detect.vocabulary.label_words import without_labels
from anonymize.detect.vocabulary.roles import without_roles
from anonymize.detect.words import word_set
from anonymize.errors import DataError, kind_of

ENTITIES: dict[str, str] = {
    **dict.fromkeys(("PER", "PERSON", "PATIENT", "STAFF", "HCW", "PS"), "PERSON"),
    **dict.fromkeys(("LOC", "LOCATION", "GPE", "FAC", "FACILITY", "LC"), "LOCATION"),
    **dict.fromkeys(
        ("ORG", "ORGANIZATION", "HOSP", "PATORG", "HOSPITAL", "VENDOR", "OG"),
        "ORGANIZATION",
    ),
    **dict.fromkeys(("NORP", "NRP"), "NRP"),
    "AGE": "AGE",
    "ID": "ID",
    "EMAIL": "EMAIL_ADDRESS",
    "PHONE": "PHONE_NUMBER",
}
"""A model's label → Presidio's entity, as Presidio's own configurations have it."""
LEFT_OUT = word_set("""
    O MISC CARDINAL EVENT LANGUAGE LAW MONEY ORDINAL PERCENT PRODUCT QUANTITY WORK_OF_ART DATE TIME
    DATE_TIME DAT DT TI
    """)
"""Labels that are not reported: not personal, or (dates) found better by rules, which do not mark
"three weeks".
"""
_NAMES = frozenset(("PERSON", "LOCATION", "ORGANIZATION", "NRP"))
_PREFIX = re.compile(r"^[BIULSE]-(?=.)")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class OwnNames:
    """Finds names in texts. Picklable: the model is looked up in the process that scans.

    The guarantees are those of the shipped model: a distinct text is read once and alone, so that a
    result does not depend on batch or order; offsets are code points of the original text; the
    spans of a text do not overlap; disguises (zero-width characters, look-alikes) are removed
    first. A label without a Presidio entity is reported under its own name rather than dropped.
    What is found and what scores mean depends on the model.
    """

    model: NameModel

    def scan(self, texts: pa.Array | pa.ChunkedArray) -> pa.Table:
        """Return the spans in ``texts`` as a table of ``SPAN_SCHEMA``, sorted by row and start.

        Accepts strings, large strings, dictionaries of them, nulls and chunks.

        Raises:
            DataError: the model's files are not those the plan was made with, or it cannot be
                loaded.
        """
        column = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
        encoded = column if pt.is_dictionary(column.type) else column.dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        return span_table(encoded.indices, [self._spans(text) if text else [] for text in distinct])

    def _spans(self, text: str) -> list[Span]:
        if not _LETTER.search(text):
            return []
        loaded = _loaded(self.model)
        folded = fold_disguises(text)
        found: list[Span] = []
        if folded is not None:
            for start, end, *rest in _marked(loaded, folded.text, self.model.kind):
                found.append((*folded.original(start, end), *rest))  # type: ignore[arg-type]
        taken = list(found)
        found += [
            span for span in _marked(loaded, text, self.model.kind) if not _crosses(span, taken)
        ]
        return sorted(found)


@lru_cache(maxsize=2)
def _loaded(model: NameModel) -> Loaded:
    """Return the model, after its files were compared with what the plan was made with."""
    folder = locate(model.kind, model.name).folder
    if folder_digest(folder) != model.sha256:
        raise DataError(
            "the model is not the one the plan was made with: its files differ", place=model.choice
        )
    try:
        return load_model(model.kind, folder)
    except DataError as error:
        raise DataError(error.problems[0].what, place=model.choice) from None
    except Exception as error:  # noqa: BLE001 - whatever a library raises over a model it cannot take
        raise DataError(f"cannot be loaded ({kind_of(type(error))})", place=model.choice) from None


def _marked(loaded: Loaded, text: str, kind: str) -> Iterator[Span]:
    """Yield the spans of one text in order, none crossing another, of whole words, without blanks
    at their ends.
    """
    reached = 0
    for piece in pieces(text, loaded.core, loaded.overlap):
        for start, end, label, score in sorted(loaded.read(piece.text)):
            if not piece.first <= start < piece.last:
                continue
            entity = entity_of(label)
            begin, stop = _whole_words(text, piece.offset + start, piece.offset + end)
            if entity in _NAMES:
                begin, stop = without_labels(text, begin, stop)
            if entity == "PERSON":
                begin = stop - len(without_roles(text[begin:stop]))
            if entity and reached <= begin < stop:
                reached = stop
                yield begin, stop, entity, round(min(max(float(score), 0.0), 1.0), 3), kind


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without blanks at its ends, and with the rest of a word that a model marked
    in part.

    Only letters that have case make words so: scripts without case are written without blanks too.
    """
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    while 0 < start < end and _cased(text[start]) and _cased(text[start - 1]):
        start -= 1
    while start < end < len(text) and _cased(text[end - 1]) and _cased(text[end]):
        end += 1
    return start, end


def _cased(letter: str) -> bool:
    return letter.lower() != letter.upper()


def entity_of(label: str) -> str | None:
    """Return Presidio's entity for a model's label, None for what is not reported; unknown labels
    stay.
    """
    plain = re.sub(r"\W+", "_", _PREFIX.sub("", label.strip())).strip("_").upper()
    if not plain or plain in LEFT_OUT:
        return None
    return ENTITIES.get(plain, plain)


def _crosses(span: Span, others: Iterable[Span]) -> bool:
    return any(span[0] < other[1] and other[0] < span[1] for other in others)
