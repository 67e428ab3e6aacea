"""The results of detection: findings per column, spans per text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from anonymize.names import ColumnName, EntityType, Verdict


def _words(text: str) -> list[str]:
    return text.split()


VERDICTS: tuple[Verdict, ...] = tuple(
    Verdict(name)
    for name in _words(
        "PERSON_NAME EMAIL_ADDRESS PHONE_NUMBER STREET_ADDRESS CITY REGION POSTAL_CODE COUNTRY"
        " LATITUDE_LONGITUDE DATE_OF_BIRTH AGE GENDER DEMOGRAPHIC NATIONAL_ID CREDIT_CARD"
        " BANK_ACCOUNT IP_ADDRESS MAC_ADDRESS URL USERNAME SECRET RECORD_ID ORGANIZATION HEALTH"
        " FINANCIAL DATE_TIME FIELD_VALUES FREE_TEXT_PII FREE_TEXT NONE"
    )
)
"""Every verdict a column can get."""

DIRECT_IDENTIFIERS: frozenset[Verdict] = frozenset(
    Verdict(name)
    for name in _words(
        "PERSON_NAME EMAIL_ADDRESS PHONE_NUMBER STREET_ADDRESS NATIONAL_ID CREDIT_CARD BANK_ACCOUNT"
        " IP_ADDRESS MAC_ADDRESS USERNAME SECRET DATE_OF_BIRTH FIELD_VALUES FREE_TEXT_PII"
    )
)
"""Verdicts that a plan refuses to ``keep`` unless the policy accepts it with a reason."""


UNCOUNTED: frozenset[Verdict] = DIRECT_IDENTIFIERS | {
    Verdict(name) for name in _words("FREE_TEXT RECORD_ID URL LATITUDE_LONGITUDE")
}
"""Verdicts of columns whose values are counted for no chart."""


@dataclass(frozen=True)
class Finding:
    """What detection thinks one column holds, and why, without a raw value."""

    column: ColumnName
    verdict: Verdict
    confidence: float
    """0 to 1."""
    runner_up: Verdict
    share: float
    """Share of the sampled distinct values that carry the verdict's entity, 0 to 1."""
    entity: EntityType | None
    """Presidio's entity behind the verdict, where one is."""
    evidence: tuple[str, ...]
    """Sentences a data owner can check, e.g. ``96 % of 412 distinct values pass the Luhn
    check``.
    """
    sampled_distinct: int
    """Distinct values looked at."""
    distinct_estimate: int = 0
    """Distinct values of the column as far as it was read, estimated for large ones; 0 where
    unknown.
    """
    repeats: bool = False
    """Whether a hundred values or more occur twice or more on average, so that frequencies tell."""
    cells: int = 0
    """Cells with a value that were looked at, or all of them where there are few."""
    unserved: tuple[tuple[str, int], ...] = ()
    """Cells among them in a script or language in which no names are found: its name and their
    number.
    """

    prose: bool = True
    """Whether the cells read like prose; False for codes and for a few words, which rules for free
    text do not suit.
    """
    names_people: bool = False
    """Whether cells name people beside something else, by dictionaries; what a model alone sees is
    not counted.
    """
    unread: bool = False
    """Whether the verdict is what the column's name says, and the values are in no form that is
    read.
    """
    device: bool = False
    """Whether a RECORD_ID numbers somebody's device or vehicle, which stays the same wherever it is
    seen.
    """
    position: bool = False
    """Whether a LATITUDE_LONGITUDE tells places to a hundred metres or so: a house, which is
    somebody's.
    """
    markers: tuple[str, ...] = ()
    """Texts that usually stand for a missing value and are values of the column as it is read:
    ``N/A``, ``-``.
    """

    recurring: int = 0
    """Values that recur far above the others in a column of people's values; the policy's rule says
    that it is one.
    """
    recurring_share: float = 0.0
    """Their share of the column's values that were looked at, 0 to 1."""
    numbers_twice: bool = False
    """Whether texts of a column of people's values, or one that classes are made of, write one
    number in several ways: 7 and 7.0.
    """
    zeros_twice: bool = False
    """Whether such texts differ in zeros at the beginning alone: 007 and 7."""

    @property
    def unserved_cells(self) -> int:
        """Return how many cells that are, whatever the script."""
        return sum(count for _, count in self.unserved)


SPAN_SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("entity", pa.string()),
        ("score", pa.float32()),
        ("recognizer", pa.string()),
    ]
)
"""Spans in text: row index in the scanned array; start and end in code points of the original
text.
"""


class Scanner(Protocol):
    """Finds spans of personal data in texts."""

    def scan(self, texts: pa.Array) -> pa.Table:
        """Return the spans found in ``texts`` (string array, nulls allowed) as a table of
        ``SPAN_SCHEMA``.
        """
        ...
