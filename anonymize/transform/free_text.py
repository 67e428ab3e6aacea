"""Personal data inside running text, replaced in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import pyarrow as pa

from anonymize.names import ColumnName
from anonymize.transform.columns import as_text, is_text, over_distinct, plain, text_result, value_type
from anonymize.transform.interface import BadValuesError, Row, Transform, UnsupportedTypeError
from anonymize.transform.row_values import RowValue, hunt
from anonymize.transform.spans import Span, outside, resolved, rewritten


class TextScanner(Protocol):
    """Finds personal data in texts; what ``anonymize.detect.interface.Scanner`` is."""

    def scan(self, texts: pa.Array) -> pa.Table:
        """Return a table with row, start, end (code points), entity and score of each span in ``texts``."""
        ...


@dataclass(frozen=True)
class Label:
    """The entity's name in place of a span: ``<PERSON_1>``."""

    numbered: bool = True
    """Whether different values of one text get different numbers, in order of appearance."""


Operator = Transform | Label
"""What becomes of one entity's spans."""

DEFAULT = "DEFAULT"
"""Stands for every entity that has no operator of its own."""


@dataclass(frozen=True)
class FreeText:
    """Spans found by detection, and the row's own values, replaced in place; other text stays as it is.

    A hit on a value of the same row gets what that value's column got, so text and columns tell
    one story. What neither finds stays: recall is measured, not promised.
    """

    operators: Mapping[str, Operator]
    """Per entity; ``DEFAULT`` is for the others."""
    scanner: TextScanner | None = field(default=None, repr=False)
    """Finds spans; None where only the row's own values are hunted."""
    same_row: tuple[RowValue, ...] = ()
    """Columns whose values are hunted."""

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return the hunted columns."""
        return tuple(value.column for value in self.same_row)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the text type of ``input_type``; only text is taken."""
        if not (is_text(value_type(input_type)) or pa.types.is_null(input_type)):
            raise UnsupportedTypeError(input_type, "text")
        return text_result(input_type)

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return the texts with their spans replaced; null where null."""
        kind = self.output_type(column.type)
        texts = as_text(plain(column))
        raw: list[str | None] = texts.to_pylist()
        spans = self._spans(texts, raw, row)
        self._fill(raw, spans)
        changed = [rewritten(text or "", spans[at]) if spans[at] else text for at, text in enumerate(raw)]
        return pa.array(changed, pa.string()).cast(kind)

    def _spans(self, texts: pa.Array, raw: Sequence[str | None], row: Row) -> list[list[Span]]:
        """Return the spans of each text without overlap; the row's own values come first."""
        found: list[list[Span]] = [[] for _ in raw]
        if self.scanner is not None:
            table = self.scanner.scan(texts)
            columns = (table[name].to_pylist() for name in ("row", "start", "end", "entity", "score"))
            for at, start, end, entity, score in zip(*columns, strict=True):
                found[at].append(Span(start, end, entity, score))
        for at, hits in enumerate(hunt(raw, row, self.same_row)) if self.same_row else ():
            text = raw[at] or ""
            found[at] = hits + outside(resolved(found[at], text), hits, text) if found[at] else hits
        return [resolved_own(spans, raw[at] or "") for at, spans in enumerate(found)]

    def _fill(self, raw: Sequence[str | None], spans: list[list[Span]]) -> None:
        """Give every span without a replacement the one of its entity's operator."""
        open_spans: dict[str, list[tuple[int, int]]] = {}
        for at, here in enumerate(spans):
            for number, span in enumerate(here):
                if span.replacement is None:
                    open_spans.setdefault(span.entity, []).append((at, number))
        for entity, places in open_spans.items():
            operator = self.operators.get(entity, self.operators.get(DEFAULT, Label()))
            if not isinstance(operator, Label):
                values = [(raw[at] or "")[spans[at][n].start : spans[at][n].end] for at, n in places]
                for (at, n), new in zip(places, _operated(operator, pa.array(values, pa.string())), strict=True):
                    spans[at][n] = replace(spans[at][n], replacement=new)
        for at, here in enumerate(spans):
            if any(span.replacement is None for span in here):
                spans[at] = self._labelled(raw[at] or "", here)

    def _labelled(self, text: str, spans: Sequence[Span]) -> list[Span]:
        """Return the spans of one text with labels where no replacement is known yet."""
        numbers: dict[str, dict[str, int]] = {}
        done = []
        for span in sorted(spans, key=lambda span: span.start):
            if span.replacement is None:
                operator = self.operators.get(span.entity, self.operators.get(DEFAULT, Label()))
                seen = numbers.setdefault(span.entity, {})
                number = seen.setdefault(text[span.start : span.end].casefold(), len(seen) + 1)
                numbered = not isinstance(operator, Label) or operator.numbered
                span = replace(span, replacement=f"<{span.entity}_{number}>" if numbered else f"<{span.entity}>")
            done.append(span)
        return done


def resolved_own(spans: list[Span], text: str) -> list[Span]:
    """Return ``spans`` without overlap; those that know their replacement are left as they are."""
    known = [span for span in spans if span.replacement is not None]
    return known + resolved([span for span in spans if span.replacement is None], text)


def _operated(operator: Transform, values: pa.Array) -> list[str | None]:
    """Return the operator's texts; None, which becomes a label, where it cannot take a value."""
    try:
        result = over_distinct(values, operator)
    except BadValuesError as error:
        result = error.values
    return [None if new is None else str(new) for new in as_text(plain(result)).to_pylist()]
