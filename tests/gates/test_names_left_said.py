"""What a run says of names that a free text kept: the count, whose count it is, and what helps
first.
"""

from __future__ import annotations

import pyarrow as pa

from anonymize.gates.residual_scan import residual_problem
from anonymize.names import ColumnName
from anonymize.report.terminal import names_left_words
from tests.plan.helpers import plan_of

OFF = "detect: {ner: 'off'}\n"


def test_cells_with_names_left_are_told_with_what_the_number_does_not_hold() -> None:
    """A small count from the model that made the misses is no promise."""
    (said,) = names_left_words(
        {"names_left": {"note": {"cells": 500, "named": 7}, "empty": {"cells": 0, "named": 0}}}
    )
    assert said.startswith("cells read again that kept a name: 7 of 500 in note (")
    assert "names that it misses are not in the number" in said


def test_nothing_is_said_where_no_text_was_read() -> None:
    """No free text, or no scan."""
    assert names_left_words({}) == names_left_words({"names_left": {}}) == []


def test_the_hint_for_names_in_text_begins_with_what_finds_them() -> None:
    """Emptying or accepting the column mends nothing; same_row is named only where the rule has
    none.
    """
    table = pa.table({"who": ["a b"], "note": ["x"]})
    rules = "  who: {action: redact}\n  note: {action: free_text%s}\n"
    said = str(
        residual_problem(plan_of(table, rules % "", OFF), ColumnName("note"), "PERSON", ("why",))
    )
    assert (
        0
        < said.index("same_row")
        < said.index("languages")
        < said.index("ner:")
        < said.index("redact")
    )
    said = str(
        residual_problem(
            plan_of(table, rules % ", same_row: [who]", OFF), ColumnName("note"), "PERSON", ()
        )
    )
    assert "same_row" not in said
    assert "languages" in said
