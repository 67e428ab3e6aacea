"""Shows one value per column before and after; of the original only its shape."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from anonymize.arrow.plain_layouts import plain_batch
from anonymize.detect.columns.sample import as_texts
from anonymize.errors import Problem
from anonymize.keys import Keyring
from anonymize.names import ColumnName
from anonymize.nested.open_close import open_batch
from anonymize.plan.apply import PlanWithKeys
from anonymize.plan.model import Plan
from anonymize.plan.show.bad_examples import bad_values_seen
from anonymize.vault import MemoryVault

ROWS = 40
"""Number of rows that are tried for an example."""
WIDTH = 28
"""Maximum characters of a value."""
TELLING = 5
"""Number of consecutive letters and digits of an original that a shown result may not contain; a
year or an area code has fewer.
"""
_SHOWN_AFTER = (
    "mask",
    "pseudonymize",
    "tokenize",
    "fake",
    "redact",
    "generalize",
    "encrypt_format",
    "shift_dates",
)
"""Actions whose result is shown as text; results of other actions are shown by their shape."""


@dataclass(frozen=True)
class Examples:
    """Examples from the first rows."""

    pairs: Mapping[ColumnName, str]
    """``before → after`` per output column."""
    bad: tuple[Problem, ...] = ()
    """Columns with bad values, and what would fix them."""


def examples(plan: Plan, batch: pa.RecordBatch, keyring: Keyring | None) -> Examples:
    """Return ``before → after`` per output column, from the first rows of ``batch`` that have a
    value.

    The original is shown by its shape: letters as x, digits as 9. It cannot be read from that, and
    nothing is stored: vault tokens are drawn for the example alone. A result that contains much of
    its original is shown by its shape too, because plans are printed and logged.
    """
    policy = plan.policy.model_copy(update={"privacy": None})
    alone = replace(plan, policy=policy, steps=tuple(step for step in plan.steps if not step.fits))
    few = plain_batch(batch.slice(0, ROWS).select(list(alone.input_columns)))
    before = open_batch(few, alone.asked).columns
    after, bad = PlanWithKeys(alone, keyring, MemoryVault()).preview(few)
    pairs = {
        step.column: _pair(step.rule.action, before[step.column], after[step.column])
        for step in alone.steps
    }
    for column in {item.column for item in bad if not pairs.get(item.column, "")}:
        pairs[column] = _bad(before.get(column))
    return Examples(pairs, bad_values_seen(plan, bad, before, few.num_rows))


def _bad(before: pa.Array | None) -> str:
    """Return the example of a column in which all values were bad."""
    first = (
        next((value for value in before if value.is_valid), None) if before is not None else None
    )
    return f"{_of(first, str(first.as_py()))} → bad value" if first is not None else "bad value"


def _pair(action: str, before: pa.Array, after: pa.Array) -> str:
    for old, new in zip(before, after, strict=True):
        if old.is_valid and new.is_valid:
            text, original = as_texts(pa.array([new]))[0], as_texts(pa.array([old]))[0]
            shown = action in _SHOWN_AFTER and original not in text and not _tells(original, text)
            return f"{_of(old, original)} → {_cut(text) if shown else _of(new, text)}"
    return ""


def _tells(before: str, after: str) -> bool:
    """Return True if a result contains much of its original: all of it, or ``TELLING`` letters and
    digits in a row.
    """
    old, new = ("".join(filter(str.isalnum, text.casefold())) for text in (before, after))
    return old == new or any(old[at : at + TELLING] in new for at in range(len(old) - TELLING + 1))


def _of(value: pa.Scalar, text: str) -> str:
    """Return the shape of a value that reads ``text``; of bytes their number alone."""
    binary = isinstance(value.as_py(), bytes)
    return _cut("·" * len(value.as_py()) if binary else shape(text))


def shape(text: str) -> str:
    """Return ``text`` with letters and their marks as x, digits as 9, what is no text as ·, and
    everything else as it is.

    Marks are letters too: the vowels of Thai, Devanagari and Hebrew, an accent written apart.
    """
    return "".join(map(_sign, text))


def _sign(letter: str) -> str:
    if letter.isdigit():
        return "9"
    kind = unicodedata.category(letter)[0]
    if letter.isalnum() or kind == "M":
        return "x"
    return "·" if kind == "C" and not letter.isspace() else letter


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"
