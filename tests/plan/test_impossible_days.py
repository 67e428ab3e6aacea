"""An impossible day among ISO dates is told what mends it: no format reads a day that is not in the
calendar.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.plan.show.bad_examples import _mend
from tests.plan.helpers import plan_of


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["2024-01-31"] * 9 + ["2024-02-31"], "on_bad_value"),
        (["2024-01-31"] * 9 + ["31.01.2024"], "written otherwise"),
        (["31.01.2024"] * 10, 'format: "%d.%m.%Y"'),
    ],
)
def test_the_hint_is_one_that_mends(days: list[str], said: str) -> None:
    """A format would have turned the nine good days bad."""
    table = pa.table({"day": ["2024-01-31"]})
    (step,) = plan_of(table, "  day: {action: generalize, to: month}\n").steps
    hint = _mend(step, pa.array(days))
    assert said in hint
    assert ("on_bad_value" in hint) is ("format" not in said)


def test_values_that_a_hierarchy_lacks_are_not_told_to_need_a_format(tmp_path: Path) -> None:
    """A hierarchy takes no format; its file is what can be mended."""
    (tmp_path / "h.csv").write_text("milk,drinks\n")
    rule = f"  item: {{action: generalize, hierarchy: {tmp_path / 'h.csv'}, level: 1}}\n"
    (step,) = plan_of(pa.table({"item": ["milk"]}), rule).steps
    hint = _mend(step, pa.array(["bread"]))
    assert "add what its file lacks" in hint
    assert "format" not in hint
