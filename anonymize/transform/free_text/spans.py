"""Spans in one text: resolves conflicts like presidio-anonymizer, and rewrites the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter, itemgetter

_PLACE = attrgetter("start", "end")


@dataclass(frozen=True)
class Span:
    """A part of one text that is personal data."""

    start: int
    """Index of the first code point."""
    end: int
    """Index after the last code point."""
    entity: str
    """Presidio's entity."""
    score: float = 1.0
    """0 to 1."""
    replacement: str | None = None
    """The replacement, if it is known already."""
    own: bool = False
    """True if it is the row's own value."""

    def is_inside(self, other: Span) -> bool:
        """Return True if ``other`` covers it and more."""
        covered = other.start <= self.start and self.end <= other.end
        return covered and (self.start, self.end) != (other.start, other.end)


def resolved(spans: Iterable[Span], text: str) -> list[Span]:
    """Return spans without overlap, in order: the same ones that presidio-anonymizer rewrites.

    Overlapping spans of one entity are merged. A span inside another is removed, and of two at the
    same place the one with the higher score is kept. If two spans cross, the one with the lower
    score is cut to the rest. Neighbours of one entity with only spaces between them become one.

    Source: presidio-anonymizer's conflict resolution, strategy ``remove_intersections``.
    """
    merged = _merge_same_entity([span for span in spans if span.start < span.end])
    return _join_over_spaces(_cut_crossings(_drop_contained(merged)), text)


def _merge_same_entity(spans: Sequence[Span]) -> list[Span]:
    by_entity: dict[str, list[tuple[int, Span]]] = {}
    for position, span in enumerate(sorted(spans, key=_PLACE)):
        group = by_entity.setdefault(span.entity, [])
        if group and span.start < group[-1][1].end:
            last = group[-1][1]
            group[-1] = (
                position,
                replace(last, end=max(last.end, span.end), score=max(last.score, span.score)),
            )
        else:
            group.append((position, span))
    everything = [item for group in by_entity.values() for item in group]
    return [span for _, span in sorted(everything, key=itemgetter(0))]


def _drop_contained(spans: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    order = sorted(
        range(len(spans)), key=lambda at: (spans[at].start, -spans[at].end, -spans[at].score, -at)
    )
    for span in (spans[at] for at in order):
        if not kept or span.end > kept[-1].end:
            kept.append(span)
    return kept


def _cut_crossings(spans: list[Span]) -> list[Span]:
    spans = sorted(spans, key=_PLACE)
    at = 0
    while at < len(spans) - 1:
        this, following = spans[at], spans[at + 1]
        if this.end <= following.start:
            at += 1
            continue
        if this.score >= following.score:
            spans[at + 1] = replace(following, start=this.end)
        else:
            spans[at] = replace(this, end=following.start)
        spans.sort(key=_PLACE)
    return [span for span in spans if span.start < span.end]


def _join_over_spaces(spans: Sequence[Span], text: str) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        between = text[last.end : span.start] if last else ""
        if last and last.entity == span.entity and between and not between.strip(" "):
            joined[-1] = replace(last, end=span.end)
        else:
            joined.append(span)
    return joined


def outside(spans: Iterable[Span], taken: Sequence[Span], text: str) -> list[Span]:
    """Return the parts of ``spans`` outside the places ``taken``, without spaces and punctuation at
    the cuts.
    """
    left: list[Span] = []
    for span in spans:
        start = span.start
        for hit in sorted(taken, key=_PLACE):
            if hit.end <= start or hit.start >= span.end:
                continue
            left.extend(_words_of(replace(span, start=start, end=max(start, hit.start)), text))
            start = hit.end
        left.extend(_words_of(replace(span, start=start), text) if start != span.start else [span])
    return left


def _words_of(span: Span, text: str) -> list[Span]:
    """Return ``span`` reduced to its letters and digits, or None if it has none."""
    start, end = span.start, span.end
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return [replace(span, start=start, end=end)] if start < end else []


def rewritten(text: str, spans: Sequence[Span]) -> str:
    """Return ``text`` with every span replaced; spans must not overlap, and must have
    replacements.
    """
    pieces, at = [], 0
    for span in sorted(spans, key=_PLACE):
        pieces += [text[at : span.start], span.replacement or ""]
        at = span.end
    return "".join((*pieces, text[at:]))


def literal_hits(text: str, wanted: str, entity: str, result: str | None) -> list[Span]:
    """Return where ``wanted`` occurs literally, with or without its spaces."""
    parts = [re.escape(part) for part in wanted.split()]
    pattern = r"\s*".join(parts)
    return (
        [Span(m.start(), m.end(), entity, 1.0, result) for m in re.finditer(pattern, text)]
        if pattern
        else []
    )
