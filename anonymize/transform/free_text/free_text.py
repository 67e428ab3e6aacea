"""Replaces personal data inside free text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import attrgetter
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.arrow.plain_layouts import plain_layout
from anonymize.names import ColumnName
from anonymize.transform.columns import as_text, is_text, plain, text_result, value_type
from anonymize.transform.free_text.labels import Label, LabelOfSubject
from anonymize.transform.free_text.markup import Markup, joined, pieces_of
from anonymize.transform.free_text.same_row.hunt import RowValue, hunt
from anonymize.transform.free_text.same_row.name_parts import PARTICLES
from anonymize.transform.free_text.spans import Span, outside, resolved, rewritten
from anonymize.transform.interface import (
    BadValuesError,
    Row,
    RowTransform,
    Transform,
    UnsupportedTypeError,
)
from anonymize.transform.simple.redact import Keep, Redact
from anonymize.transform.words import words_of


class TextScanner(Protocol):
    """Finds personal data in texts; ``anonymize.detect.interface.Scanner`` implements it."""

    def scan(self, texts: pa.Array) -> pa.Table:
        """Return a table with row, start, end (code points), entity and score of each span in
        ``texts``.
        """
        ...


Operator = Transform | RowTransform | Label | LabelOfSubject
"""A function from the spans of one entity to their replacements."""

_MAIL = "EMAIL_ADDRESS"
DEFAULT = "DEFAULT"
"""Key of the operator for entities without their own."""


@dataclass(frozen=True)
class FreeText:
    """Replaces spans found by detection, and the row's own values; other text does not change.

    A hit on a value of the same row is replaced by the result of that value's column, so that text
    and columns agree. What neither finds stays: recall is measured, not promised.
    """

    operators: Mapping[str, Operator]
    """Operators per entity; ``DEFAULT`` is for all others."""
    scanner: TextScanner | None = field(default=None, repr=False)
    """Finds spans; None if only the row's own values are searched for."""
    same_row: tuple[RowValue, ...] = ()
    """Columns whose values are searched for."""
    markup: Markup = "none"
    """Format of the cells, so that they stay well-formed."""

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return the searched columns, and those that the operators read."""
        others = (
            operator.reads for operator in self.operators.values() if isinstance(operator, _READING)
        )
        return tuple(
            dict.fromkeys(
                [*(value.column for value in self.same_row), *chain.from_iterable(others)]
            )
        )

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the texts; accepts text and lists of text."""
        if _is_list(input_type):
            self.output_type(input_type.value_type)
            return pa.list_(pa.string())
        if not (is_text(value_type(input_type)) or pa.types.is_null(input_type)):
            raise UnsupportedTypeError(input_type, "text and lists of text")
        return text_result(input_type)

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return the texts with their spans replaced; null for null."""
        kind = self.output_type(column.type)
        if _is_list(column.type):
            return self._of_lists(column, row)
        cells: list[str | None] = as_text(plain(column)).to_pylist()
        return self._of_cells(cells, range(len(cells)), row).cast(kind)

    def _of_cells(self, cells: Sequence[str | None], owners: Sequence[int], row: Row) -> pa.Array:
        """Return cells with their texts replaced; texts of one cell share the numbers of their
        labels.
        """
        pieces = [pieces_of(cell, self.markup) if cell else [] for cell in cells]
        places = [at for at, parts in enumerate(pieces) for part in parts if part.text is not None]
        texts = [part.text for parts in pieces for part in parts if part.text is not None]
        changed = iter(self._changed(texts, [owners[at] for at in places], _taken(row, places)))
        news = [
            [None if part.text is None else next(changed) for part in parts] for parts in pieces
        ]
        done = [
            joined(parts, new) if parts else cell
            for cell, parts, new in zip(cells, pieces, news, strict=True)
        ]
        return pa.array(done, pa.string())

    def _of_lists(self, column: pa.Array, row: Row) -> pa.Array:
        """Return lists with their texts replaced; each text gets the columns of its list's row."""
        lists = plain_layout(column).cast(pa.list_(pa.string()))
        owners = pc.list_parent_indices(lists).to_pylist()
        done = self._of_cells(pc.list_flatten(lists).to_pylist(), owners, _taken(row, owners))
        lengths = pc.list_value_length(lists).fill_null(0)
        offsets = pa.array(np.concatenate([[0], np.cumsum(np.asarray(lengths))]).astype(np.int32))
        return pa.ListArray.from_arrays(offsets, done, mask=lists.is_null())

    def _changed(self, texts: list[str], owners: Sequence[int], row: Row) -> list[str]:
        """Return ``texts`` with their spans replaced; texts of one owner share the numbers of their
        labels.
        """
        spans = self._spans(texts, row)
        self._fill(texts, owners, spans, row)
        return [
            rewritten(text, here) if here else text for text, here in zip(texts, spans, strict=True)
        ]

    def _spans(self, texts: list[str], row: Row) -> list[list[Span]]:
        """Return the spans of each text without overlap; the row's own values take precedence."""
        found: list[list[Span]] = [[] for _ in texts]
        if self.scanner is not None:
            table = self.scanner.scan(pa.array(texts, pa.string()))
            columns = (
                table[name].to_pylist() for name in ("row", "start", "end", "entity", "score")
            )
            for at, start, end, entity, score in zip(*columns, strict=True):
                found[at].append(Span(start, end, entity, score))
        found = [
            resolved(spans, text) if spans else spans
            for spans, text in zip(found, texts, strict=True)
        ]
        for at, hits in enumerate(hunt(texts, row, self.same_row)) if self.same_row else ():
            hits = self._not_inside_mails(hits, found[at]) if hits else hits
            if hits:
                left = outside(found[at], hits, texts[at])
                own = [replace(hit, own=True) for hit in hits]
                found[at] = own + [
                    span for span in left if not _is_title(span, found[at], texts[at])
                ]
        return found

    def _not_inside_mails(self, hits: list[Span], spans: Sequence[Span]) -> list[Span]:
        """Return ``hits`` without names inside a longer e-mail address. The address is replaced as
        a whole; otherwise a part of its host would be left.
        """
        if isinstance(self._operator(_MAIL, False), Keep):
            return hits
        mails = [span for span in spans if span.entity == _MAIL]
        return [hit for hit in hits if hit.entity == _MAIL or not any(map(hit.is_inside, mails))]

    def _fill(
        self, texts: Sequence[str], owners: Sequence[int], spans: list[list[Span]], row: Row
    ) -> None:
        """Give every span without a replacement that of its entity's operator."""
        waiting: dict[tuple[str, bool], list[tuple[int, int]]] = {}
        for at, here in enumerate(spans):
            for number, span in enumerate(here):
                if span.replacement is None:
                    waiting.setdefault((span.entity, span.own), []).append((at, number))
        for (entity, own), places in waiting.items():
            operator = self._operator(entity, own)
            if not isinstance(operator, Label):
                values = [texts[at][spans[at][n].start : spans[at][n].end] for at, n in places]
                done = _operated(operator, entity, values, _taken(row, [at for at, _ in places]))
                for (at, n), new in zip(places, done, strict=True):
                    spans[at][n] = replace(spans[at][n], replacement=new)
        numbers: dict[str, dict[str, int]] = {}
        owner = -1
        for at, here in enumerate(spans):
            if owners[at] != owner:
                owner, numbers = owners[at], {}
            if any(span.replacement is None for span in here):
                spans[at] = [
                    self._labelled(span, texts[at], numbers) for span in sorted(here, key=_by_start)
                ]

    def _operator(self, entity: str, own: bool) -> Operator:
        """Return the operator of an entity's spans. The row's own values are never kept, because
        the policy names them to be replaced.
        """
        operator = self.operators.get(entity) or self.operators.get(DEFAULT) or Label()
        return Label() if own and isinstance(operator, Keep) else operator

    def _labelled(self, span: Span, text: str, numbers: dict[str, dict[str, int]]) -> Span:
        """Return ``span`` with a label if it has no replacement; ``numbers`` are those used
        so far.
        """
        if span.replacement is not None:
            return span
        operator = self._operator(span.entity, span.own)
        if isinstance(operator, Label) and not operator.numbered:
            return replace(span, replacement=f"<{span.entity}>")
        seen = numbers.setdefault(span.entity, {})
        number = seen.setdefault(text[span.start : span.end].casefold(), len(seen) + 1)
        return replace(span, replacement=f"<{span.entity}_{number}>")


def _is_title(span: Span, whole: Sequence[Span], text: str) -> bool:
    """Return True if the rest beside a hit is only a title or particle of a name: ``Mr`` of ``Mr
    Smith``.
    """
    rest = span not in whole and span.entity == "PERSON"
    return rest and all(word.fold in PARTICLES for word in words_of(text[span.start : span.end]))


_by_start = attrgetter("start")
_READING = (RowTransform, LabelOfSubject)


def _is_list(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


def _taken(row: Row, at: Sequence[int]) -> Row:
    """Return ``row``'s columns at the positions ``at``."""
    places = pa.array(at, pa.int64())
    before = {name: column.take(places) for name, column in row.before.items()}
    return Row(before, {name: column.take(places) for name, column in row.after.items()})


def _operated(
    operator: Transform | RowTransform | LabelOfSubject,
    entity: str,
    values: Sequence[str],
    row: Row,
) -> Sequence[str | None]:
    """Return the operator's texts; None, which becomes a label, for values that it does not
    accept.
    """
    if isinstance(operator, LabelOfSubject):
        return operator.labels(entity, values, row)
    column = pa.array(values, pa.string())
    try:
        result = operator(column, row) if isinstance(operator, RowTransform) else operator(column)
    except BadValuesError as error:
        result = error.values
    texts = as_text(plain(result)).to_pylist()
    emptied = isinstance(operator, Redact) and operator.label is None
    return ["" if emptied else new for new in texts]
