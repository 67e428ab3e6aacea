"""Searches a text for its row's own values, in the forms in which people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import pyarrow as pa

from anonymize.detect.text.file_names import whole_stem
from anonymize.names import ColumnName
from anonymize.transform.columns import as_text, plain
from anonymize.transform.free_text.same_row.dates import date_hits
from anonymize.transform.free_text.same_row.everyday_words import ordinary, placeholders, roles
from anonymize.transform.free_text.same_row.name_parts import spellings_of
from anonymize.transform.free_text.same_row.names import name_hits
from anonymize.transform.free_text.same_row.phones_and_ids import id_hits, phone_hits
from anonymize.transform.free_text.same_row.user_names import handle_hits
from anonymize.transform.free_text.spans import Span, literal_hits, outside
from anonymize.transform.interface import Row
from anonymize.transform.words import Word, letters_of, unspaced, words_of

SHORTEST_VALUE = 4
"""Minimum letters and digits of a value that is searched for on its own; shorter ones would match
words by chance.
"""

_WRITTEN_OUT = re.compile(
    r"\\+(?:[abfnrtv0]|u(?:000[9A-Da-d]|0020|00[Aa]0|2028|2029|[Ff][Ee][Ff][Ff])|x(?:0[9A-Da-d]|20|[Aa]0))"
    r"|%(?:0[9A-Da-d]|20|[Aa]0)|=(?:0[9A-Da-d]|20|[Aa]0)|_x00(?:0[9A-Da-d]|20|[Aa]0)_"
)
"""White space in escaped form, as in exports, addresses, mails and spreadsheets."""

_BETWEEN = frozenset(("at", "dot", "punkt", "point", "arroba", "punto"))


@dataclass(frozen=True)
class RowValue:
    """A column whose values are searched for in the text of their row."""

    column: ColumnName
    """The column."""
    kind: str
    """name, email, phone, date, id or text: determines which forms of a value count as a
    mention.
    """
    entity: str
    """Entity for a hit if the column has no result of its own."""


def hunt(texts: Sequence[str | None], row: Row, wanted: Sequence[RowValue]) -> Iterator[list[Span]]:
    """Yield, per text, the places of its own row's values, with the results of their columns.

    Names match in any order, by part, by initial beside another part, with one edit in words of six
    letters or more, without accents or in Latin letters; e-mails also by their local part, and with
    the at sign spelled out; phones in any format; ids with or without separators.
    """
    columns = [
        (value, _texts(row.before.get(value.column)), _texts(row.after.get(value.column)))
        for value in wanted
    ]
    for at, text in enumerate(texts):
        values = [
            (value, before[at], after[at] if after is not None else None)
            for value, before, after in columns
            if text and before is not None and before[at]
        ]
        yield hits_of(text or "", values) if values else []


def _texts(column: pa.Array | None) -> list[str] | None:
    return None if column is None else as_text(plain(column)).fill_null("").to_pylist()


def hits_of(text: str, values: Sequence[tuple[RowValue, str, str | None]]) -> list[Span]:
    r"""Return the places of one row's values in its text, without overlap; longer ones win.

    White space may be escaped in the text (``\\n``, ``%20``): the escape's letters are not part of
    the next word.
    """
    found, spaced = (
        _hits(text, values),
        _WRITTEN_OUT.sub(lambda match: " " * len(match.group()), text),
    )
    if spaced == text:
        return found
    behind = _hits(spaced, values)

    def is_bare(hit: Span) -> bool:
        """Return True if a hit is longer than another only by letters of an escape."""
        return any(
            hit.start < other.start < hit.end <= other.end
            and spaced[hit.start : other.start].isspace()
            for other in behind
        )

    return without_overlap([*(hit for hit in found if not is_bare(hit)), *behind])


def _hits(text: str, values: Sequence[tuple[RowValue, str, str | None]]) -> list[Span]:
    values = [value for value in values if value[1].strip().casefold() not in placeholders()]
    words = words_of(text)
    hint = next(
        (original.rpartition("@")[0] for value, original, _ in values if value.kind == "email"), ""
    )
    found: list[Span] = []
    for value, original, result in values:
        if value.kind == "name":
            continue
        if value.kind == "phone":
            found += phone_hits(text, original, result or None, value.entity)
        elif value.kind == "date":
            found += date_hits(text, original, result or None, value.entity)
            found += _whole_hits(text, words, value, original, result or None)
        elif value.kind == "email":
            found += _email_hits(text, words, value, original, result or None)
        else:
            found += _whole_hits(text, words, value, original, result or None)
            if value.kind == "id":
                found += id_hits(text, original, result or None, value.entity)
    found = without_overlap(found)
    free = [
        word
        for word in words
        if all(word.end <= hit.start or word.start >= hit.end for hit in found)
    ]
    names = [
        hit
        for value, original, result in values
        if value.kind == "name"
        for hit in name_hits(text, free, original, result or None, value.entity, hint)
    ]
    names += _handles_of_columns(text, free, [item for item in values if item[0].kind == "name"])
    if not names:
        return found
    names = _with_stems(text, without_overlap(names))
    return without_overlap([*found, *outside(names, found, text)])


def _with_stems(text: str, hits: Sequence[Span]) -> list[Span]:
    """Return names' hits, in order, with all of the stem of a file's name that they stand in.

    Words between two of one stem go with the first.
    """
    done: list[Span] = []
    behind = 0
    for hit in hits if "." in text else ():
        start, end = whole_stem(text, hit.start, hit.end)
        if done and start < done[-1].end:
            between = re.sub(r"[\W_]+$", "", text[behind : hit.start])
            done[-1] = replace(done[-1], end=behind + len(between))
            start = hit.start
        done.append(replace(hit, start=start, end=end))
        behind = hit.end
    return done or list(hits)


def _handles_of_columns(
    text: str, words: Sequence[Word], names: Sequence[tuple[RowValue, str, str | None]]
) -> Iterator[Span]:
    """Yield where the values of two columns, given and family name, occur joined in one word."""
    for (value, given, new_given), (_, family, new_family) in permutations(names, 2):
        both = f"{new_given} {new_family}" if new_given and new_family else None
        yield from handle_hits(
            text, words, spellings_of(given), spellings_of(family), both, value.entity
        )


def without_overlap(spans: Sequence[Span]) -> list[Span]:
    """Return the longest of overlapping ``spans``, in order of position."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start - span.end, span.start)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)


def _whole_hits(
    text: str, words: Sequence[Word], value: RowValue, original: str, result: str | None
) -> list[Span]:
    """Return where a whole value occurs, whatever separates its words."""
    if unspaced(original):
        return literal_hits(text, original, value.entity, result)
    wanted = letters_of(original)
    if len(wanted) < SHORTEST_VALUE:
        return []
    return [
        Span(start, end, value.entity, 1.0, result)
        for start, end in _runs(text, words, wanted, frozenset())
    ]


def _email_hits(
    text: str, words: Sequence[Word], value: RowValue, original: str, result: str | None
) -> list[Span]:
    """Return where an e-mail address or its local part occurs."""
    local, _, _ = original.strip().rpartition("@")
    whole = letters_of(original)
    spans = [
        Span(start, end, value.entity, 1.0, result)
        for start, end in _runs(text, words, whole, _BETWEEN)
    ]
    alone = letters_of(local)
    if len(alone) > SHORTEST_VALUE and alone not in roles() and alone not in ordinary():
        new = result.rpartition("@")[0] or result if result else None
        for start, end in _runs(text, words, alone, frozenset()):
            if text[start:end].casefold() == local.casefold() and text[end : end + 1] != "@":
                spans.append(Span(start, end, value.entity, 1.0, new))
    return spans


def _runs(
    text: str, words: Sequence[Word], wanted: str, between: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """Yield start and end of every run of words that together spell ``wanted``, with few characters
    between them.

    Words in ``between`` may occur between them: ``jane (at) example.com``.
    """
    for first, word in enumerate(words):
        if not wanted.startswith(word.fold):
            continue
        left, last = wanted[len(word.fold) :], first
        while left:
            last += 1
            if last >= len(words) or not _close(text[words[last - 1].end : words[last].start]):
                break
            if left.startswith(words[last].fold):
                left = left[len(words[last].fold) :]
            elif words[last].fold not in between:
                break
        if not left:
            yield word.start, words[last].end


def _close(between: str) -> bool:
    """Return True if words with ``between`` between them may belong to one value."""
    return len(between) <= 3 and "\n" not in between
