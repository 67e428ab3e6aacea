"""What the residual scan lets through is what the policy asked for, and no more."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.gates.expected import expected_in_output
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
