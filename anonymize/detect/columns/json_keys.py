"""Detects personal names as keys of JSON objects kept as text: ``{"Alice Smith": 3}``, in a column
that is not expanded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

import pyarrow as pa

from anonymize.detect.columns.column_evidence import ColumnEvidence
from anonymize.detect.columns.headings import is_heading
from anonymize.detect.columns.personal_names import holds_a_person, logins
from anonymize.detect.columns.sample import ColumnSample
from anonymize.detect.interface import DIRECT_IDENTIFIERS
from anonymize.detect.vocabulary.lexicon import fold, lexicon
from anonymize.names import ColumnName

CELLS = 500
"""Cells of one column that are looked at."""
MOST_OTHER = 0.05
"""Share of a column's cells that may be no objects or arrays."""
FEWEST_NAMES = 2
"""Keys that are full names from which a column is about people: one may be a theorem's."""
NAMES_SHARE, GIVEN_SHARE = 0.2, 0.6
"""Shares of the keys that are no headings from which full names and given names count: towns are
called like people.
"""
FEWEST_KEYS = 5
"""Keys from which on they are judged like values of a column."""
_KEY = re.compile(r'"((?:[^"\\]|\\.){1,200})"\s*:')
_SEEN_IN_KEYS = DIRECT_IDENTIFIERS - {"SECRET", "DATE_OF_BIRTH", "FREE_TEXT_PII"}
"""Verdicts that count of keys: names of fields are mixed in no fixed form, too, and measures are
kept by day.
"""


def look_at_keys(cases: Sequence[ColumnEvidence], judge: Callable[[ColumnSample], str]) -> None:
    """Give FREE_TEXT_PII to columns of JSON text whose objects have people as keys; ``judge`` gives
    a sample's verdict.

    Keys are no places that a rule could name, and a rule for the text as a whole would publish
    them.
    """
    for case in cases:
        if case.ranking()[0][0] in DIRECT_IDENTIFIERS or not (
            keys := keys_in(case.values.texts[:CELLS])
        ):
            continue
        values = [key for key in keys if not (key.isidentifier() and is_heading(key))]
        called = {key for key in values if holds_a_person(key)}
        people = len(called.union(keys[at] for at in logins(keys)))
        given = sum(fold(key) in lexicon()["given"] for key in values)
        if people >= max(FEWEST_NAMES, NAMES_SHARE * len(values)):
            _found(case, people, keys, "are full names")
        elif given >= max(FEWEST_KEYS, GIVEN_SHARE * len(values)):
            _found(case, given, keys, "are given names")
        elif len(values) >= FEWEST_KEYS and (verdict := judge(_as_column(values))) in _SEEN_IN_KEYS:
            _found(case, len(values), keys, f"look like {verdict}")


def _found(case: ColumnEvidence, found: int, keys: Sequence[str], what: str) -> None:
    share = found / len(keys)
    why = f"{found} of {len(keys)} different keys of its JSON objects {what}"
    case.overrule("FREE_TEXT_PII", 0.85, why, share=share)


def keys_in(texts: Sequence[str]) -> list[str]:
    """Return the different keys of the objects in a column of JSON text; none where it is of
    something else.

    They are found by how they are written, so that a long text that was cut is read as far as it
    goes.
    """
    documents = [text for text in texts if text.startswith(("{", "["))]
    if not documents or len(documents) < (1 - MOST_OTHER) * len(texts):
        return []
    return list(dict.fromkeys(_plain(found) for text in documents for found in _KEY.findall(text)))


def _plain(key: str) -> str:
    """Return a key without its escapes."""
    try:
        return str(json.loads(f'"{key}"')) if "\\" in key else key
    except ValueError:
        return key


def _as_column(values: Sequence[str]) -> ColumnSample:
    column, n = pa.array(values, pa.string()), len(values)
    return ColumnSample(
        ColumnName("c1"), pa.string(), column, column.slice(0, 256), n, 0, n, n, complete=True
    )
