"""What the residual scan lets through is what the policy asked for, and no more."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest

from anonymize.gates.expected import expected_in_output, output_leaves
from anonymize.keys import Keyring
from anonymize.names import ColumnName, Verdict
from tests.plan.helpers import plan_of

TABLE = pa.table({"c": ["x"], "name": ["y"], "born": pa.array([0], pa.date32())})


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ("c: {action: keep}", set()),
        ('c: {action: keep, accept: "names of ships"}', {"*"}),
        ("c: {action: mask, keep_first: 3}", set()),
        ("c: {action: redact}", {"*"}),
        ("c: {action: fake, kind: email}", {"*"}),
        ("born: {action: generalize, to: day}", {"DATE_OF_BIRTH", "-"}),
        ("c: {action: mask, form: email, char: x}", {"EMAIL_ADDRESS"}),
        ("c: {action: generalize, prefix: 3}", set()),
        ("c: {action: generalize, network: {}}", set()),
        ("c: {action: pseudonymize, when: [[name, '=', y]], otherwise: {action: redact}}", {"*"}),
        (
            "c: {action: pseudonymize, when: [[name, '=', y]], otherwise: {action: keep}}",
            {"SECRET"},
        ),
        (
            "c: {action: fake, kind: phone, when: [[name, '=', y]], otherwise: {action: keep}}",
            {"PHONE_NUMBER"},
        ),
        ("c: {action: free_text}", {"FREE_TEXT_PII"}),
        (
            "c: {action: free_text, entities: {CREDIT_CARD: encrypt_format}}",
            {"FREE_TEXT_PII", "CREDIT_CARD"},
        ),
        ("c: {action: free_text, entities: {PERSON: keep}}", {"FREE_TEXT_PII", "PERSON"}),
    ],
)
def test_a_column_may_hold_what_its_rule_leaves(rule: str, allowed: set[str]) -> None:
    """Kept and masked columns may hold no identifier; keyed and constant ones are not judged by
    their looks.
    """
    (found,) = expected_in_output(plan_of(TABLE, f"  {rule}\n")).values()
    assert found == allowed


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        ("{action: redact}", set()),
        ("{action: fake, kind: email}", {"EMAIL_ADDRESS"}),
        ("{action: encrypt_format}", {"CREDIT_CARD"}),
    ],
)
def test_text_may_hold_what_replaces_the_rows_own_values(
    rule: str, more: set[str], keyring: Keyring
) -> None:
    """What looks like the original, that is; a redacted number that is found was missed."""
    columns = f"  name: {rule}\n  c: {{action: free_text, same_row: [name]}}\n"
    found = SimpleNamespace(column=ColumnName("name"), verdict=Verdict("CREDIT_CARD"))
    plan = replace(plan_of(TABLE, columns, keyring=keyring), findings=cast(Any, (found,)))
    assert expected_in_output(plan)[ColumnName("c")] == {"FREE_TEXT_PII"} | more


def test_leaves_stand_in_the_order_of_the_schema() -> None:
    """Places under keys of a map and in documents where the column stands, in the rules' order."""
    table = pa.table(
        {
            "z": ["a"],
            "bag": pa.array([[("a", "x")]], pa.map_(pa.string(), pa.string())),
            "doc": ['{"x":"1"}'],
            "a": ["b"],
        }
    )
    places = ("a", "doc.$.x", "bag.b", "bag.a", "z")
    plan = plan_of(table, "".join(f"  '{place}': {{action: keep}}\n" for place in places))
    found = [leaf.path for leaf, _ in output_leaves(plan)]
    assert found == ["z", "bag.b", "bag.a", "doc.$.x", "a"]
