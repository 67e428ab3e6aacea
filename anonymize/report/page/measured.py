"""What the detectors miss, as ``docs/measured.md`` states it; a test compares the two."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measurement of the detectors."""

    what: str
    """What was measured, on what."""
    value: str
    """The figure."""
    stated: str
    """A part of the line of ``docs/measured.md`` that states it."""
    beyond: str
    """Where it does not hold."""


_TABLES = (
    "one table by itself, which may be far worse; tables unlike public ones; columns of 0 and 1 or"
    " of plain numbers without a header, such as health data"
)
_TICKETS = (
    "every other text: other languages, clinical notes, chats. The tickets were invented, and were"
    " looked at while rules were written, so expect more in yours"
)
FIGURES = (
    Figure(
        "columns with personal data that are missed, on tables that no rule was tuned on",
        "3-13 % with a header, 10-18 % without one",
        "| recall of columns with any personal data | .87-.97 | .82-.90 |",
        _TABLES,
    ),
    Figure(
        "columns without personal data that are taken for personal ones, on the same tables",
        "3-8 % with a header, 0-4 % without one",
        "| columns without any that are flagged | .03-.08 | .00-.04 |",
        _TABLES,
    ),
    Figure(
        "names left in free text, in English sample tickets",
        "0.2 % of the row's own person, 1.1 % of other people",
        "| PERSON | 0.998 (8,145) | 0.989 (1,396) |",
        _TICKETS,
    ),
    Figure(
        "telephone numbers of other people left in the same texts",
        "2.8 %",
        "| PHONE_NUMBER | 1.000 (1,475) | 0.972 (360) |",
        _TICKETS,
    ),
    Figure(
        "German notes: cells with another person's full name that kept one",
        "21 %",
        "21 % of the 941 cells that had another person's full name kept one",
        "the notes were invented; real ones were not measured",
    ),
    Figure(
        "names in scripts other than Latin, Cyrillic and Greek that are found",
        "under one of ten",
        "Names in scripts other than Latin, Cyrillic and Greek are found in under one of ten",
        "such names are as good as not looked for",
    ),
)
"""General figures of the detectors; they were not measured on the dataset of a report."""
