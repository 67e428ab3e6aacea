"""Texts with truth: a template's slots are filled, and where each personal value landed is
remembered.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sampling.people import between, pick

_SLOT = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[a-z]{5,}")


@dataclass(frozen=True)
class Mention:
    """A personal value as a text says it."""

    text: str
    kind: str
    """Presidio's name of the entity, or ``CUSTOMER_ID``."""
    of: str | None = None
    """Path of the row's column that holds the value, or nothing when no column does."""
    form: str = "exact"
    """``exact``, ``part`` (a first name), ``variant`` (another spelling or format) or ``typo``."""


@dataclass
class Marked:
    """A text that grows, with the spans of what is personal in it."""

    text: str = ""
    spans: list[tuple[int, int, Mention]] = field(default_factory=list)

    def add(self, piece: str) -> None:
        """Append words in which nothing is personal."""
        self.text += piece

    def mention(self, mention: Mention) -> None:
        """Append a personal value and remember where it lies, in code points."""
        self.spans.append((len(self.text), len(self.text) + len(mention.text), mention))
        self.text += mention.text


def truth_of(row: int, path: str, marked: Marked) -> list[dict[str, Any]]:
    """Return the truth records of one text: ``row`` counts from 0, ``path`` leads to the text
    within the row.
    """
    records: list[dict[str, Any]] = []
    for start, end, mention in marked.spans:
        record: dict[str, Any] = {
            "row": row,
            "path": path,
            "start": start,
            "end": end,
            "kind": mention.kind,
        }
        exact = mention.of is not None and mention.form == "exact"
        if mention.of:
            record["of"] = mention.of
            if not exact:
                record["form"] = mention.form
        records.append(record | {"exact": exact})
    return records


def slip(rng: random.Random, word: str) -> str:
    """Return ``word`` with one slip of the fingers: two letters swapped, one left out, one
    doubled.
    """
    if len(word) < 4:
        return word + word[-1]
    at = between(rng, 1, len(word) - 3)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    slips = (swapped, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:])
    chosen = pick(rng, slips)
    return chosen if chosen != word else slips[2]


def _typed(rng: random.Random, words: str, typo_share: float) -> str:
    return _WORD.sub(
        lambda m: slip(rng, m.group()) if rng.random() < typo_share else m.group(), words
    )


def fill(
    rng: random.Random,
    marked: Marked,
    template: str,
    value: Callable[[str], Mention | str],
    typo_share: float = 0.012,
) -> None:
    """Append ``template`` to ``marked``, its ``{slots}`` replaced by what ``value`` returns for
    their names.

    A string fills a slot with words that are nobody's; a ``Mention`` is remembered as a span. A
    small share of the words between slots gets a typo.
    """
    pieces = _SLOT.split(template)
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            marked.add(_typed(rng, piece, typo_share))
            continue
        drawn = value(piece)
        if isinstance(drawn, Mention):
            marked.mention(drawn)
        else:
            marked.add(drawn)
