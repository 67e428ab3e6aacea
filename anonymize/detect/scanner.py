"""Spans of personal data in texts: Presidio's recognizers over distinct texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from anonymize.detect.engine import DEFAULT_THRESHOLD, CustomRecognizer, EngineConfig, build_engine
from anonymize.detect.interface import SPAN_SCHEMA, Scanner
from anonymize.names import EntityType

Span = tuple[int, int, str, float, str]
"""start, end, entity, score, recognizer"""


def make_scanner(
    *,
    entities: Sequence[EntityType] | None = None,
    countries: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
    score_threshold: float = DEFAULT_THRESHOLD,
    custom: Sequence[CustomRecognizer] = (),
    allow: Sequence[str] = (),
    deny: Sequence[str] = (),
    ner: Scanner | None = None,
) -> PresidioScanner:
    """Return a scanner; it is picklable and builds its engine once per process, when first used.

    Args:
        entities: kinds to look for; None means every kind the recognizers know.
        countries: country packs to switch on, ISO codes.
        languages: languages of the texts; each is tried, the best score of a span counts.
        score_threshold: spans below are dropped, 0 to 1.
        custom: recognizers of the policy.
        allow: texts that are never a finding.
        deny: texts that always are, as the entity ``DENY_LISTED``.
        ner: a scanner for names, whose spans are added (``PERSON``, ``LOCATION``…).

    Raises:
        ArgumentError: a country, language or checksum is unknown.
    """
    denied = (CustomRecognizer("deny list", "DENY_LISTED", deny=tuple(deny), score=1.0),) if deny else ()
    config = EngineConfig(tuple(c.lower() for c in countries), tuple(languages), (*custom, *denied))
    return PresidioScanner(config, tuple(entities) if entities is not None else None, score_threshold, tuple(allow), ner)


@dataclass(frozen=True)
class PresidioScanner:
    """Finds spans with Presidio's recognizers; equal texts are looked at once."""

    config: EngineConfig = field(default_factory=EngineConfig)
    entities: tuple[EntityType, ...] | None = None
    score_threshold: float = DEFAULT_THRESHOLD
    allow: tuple[str, ...] = ()
    ner: Scanner | None = None

    def scan(self, texts: pa.Array | pa.ChunkedArray) -> pa.Table:
        """Return the spans in ``texts`` (strings, nulls and dictionaries allowed), sorted by row and start."""
        column = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
        encoded = column if pt.is_dictionary(column.type) else column.dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        found = [self.scan_text(text) if text else [] for text in distinct]
        own = _table(encoded.indices, found)
        if self.ner is None:
            return own
        return pa.concat_tables([own, self.ner.scan(column)]).sort_by([("row", "ascending"), ("start", "ascending")])

    def scan_text(self, text: str) -> list[Span]:
        """Return the spans in one text, sorted by start."""
        engine = build_engine(self.config)
        best: dict[tuple[int, int, str], Span] = {}
        for language in self.config.languages:
            results = engine.analyze(text, language=language, entities=self._entities(engine, language), allow_list=list(self.allow) or None,
                                     score_threshold=self.score_threshold) if self._entities(engine, language) != [] else []
            for span in map(_span, results):
                key = span[:3]
                if key not in best or best[key][3] < span[3]:
                    best[key] = span
        return sorted(best.values())

    def _entities(self, engine: Any, language: str) -> list[str] | None:
        if self.entities is None:
            return None
        known = set(engine.get_supported_entities(language))
        return [entity for entity in self.entities if entity in known]


def _span(result: Any) -> Span:
    name = (result.recognition_metadata or {}).get("recognizer_name", "")
    return result.start, result.end, result.entity_type, float(result.score), str(name)


def _table(indices: pa.Array, found: Sequence[Iterable[Span]]) -> pa.Table:
    """Return the span table for rows that point at distinct texts by ``indices``."""
    spans = [list(s) for s in found]
    counts = np.array([len(s) for s in spans], np.int64)
    flat = [span for some in spans for span in some]
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    rows = np.flatnonzero(indices.is_valid().to_numpy(zero_copy_only=False))
    which = indices.drop_null().to_numpy(zero_copy_only=False).astype(np.int64)
    repeat = counts[which] if len(which) else np.array([], np.int64)
    total = int(repeat.sum())
    offset = np.arange(total) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    take = pa.array(np.repeat(starts[which], repeat) + offset, pa.int64())
    columns = list(zip(*flat, strict=True)) if flat else [(), (), (), (), ()]
    table = [pa.array(np.repeat(rows, repeat), pa.int64())]
    table += [pa.array(values, kind.type).take(take) for values, kind in zip(columns, list(SPAN_SCHEMA)[1:], strict=True)]
    return pa.table(table, schema=SPAN_SCHEMA)
