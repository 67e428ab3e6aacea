"""The output is scanned with what the policy and each free-text rule name."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from anonymize.detect.columns.identifiers_in_cells import SearchedKinds
from anonymize.gates.residual_scan import scan_output
from anonymize.plan.bind.scanners import DENY_LIST
from tests.plan.helpers import plan_of

TABLE = pa.table({"note": ["a"], "memo": ["a"], "n": ["a"]})
DETECT = "detect: {ner: 'off', countries: [de]"


@pytest.mark.parametrize(
    ("extra", "rule", "entities", "own"),
    [
        ("", "", ("DE_",), set()),
        ("", ", countries: [fr, de]", ("DE_", "FR_"), set()),
        ("", ", deny: [Ana]", ("DE_",), {DENY_LIST}),
        (", deny: [Ana]", "", ("DE_",), {DENY_LIST}),
    ],
)
def test_cells_of_text_are_read_with_the_rules_own_lists_too(
    extra: str, rule: str, entities: tuple[str, ...], own: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of other columns with the policy's alone."""
    asked: dict[str, SearchedKinds] = {}

    def noted(*_: object, **said: Any) -> tuple[()]:
        asked.update(said["asked"])
        return ()

    monkeypatch.setattr("anonymize.gates.residual_scan.residual_findings", noted)
    columns = f"  note: {{action: free_text{rule}}}\n  n: {{action: keep}}\n"
    scan_output(plan_of(TABLE, columns, f"{DETECT}{extra}}}\n"), ())
    assert (asked["note"].entities, asked["n"].entities) == (entities, ("DE_",))
    assert asked["note"].own == own
    assert bool(asked["n"].own) is bool(extra)
