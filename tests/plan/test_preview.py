"""What the scan of the output would refuse is refused by the plan, with a step that works, and
drafted by no init.
"""

from __future__ import annotations

import re

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.errors import PlanError
from anonymize.io.spread import SpreadRows
from anonymize.plan.findings import findings_of
from anonymize.policy import SourceSpec
from tests.plan.helpers import draft_policy, policy_of

STAFF = (
    "recognizers: [{name: staff number, entity: EMPLOYEE_ID, patterns: ['EMP-[A-Z]{6}'], score:"
    " 0.9}]"
)
LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
SPANISH = [f"del cliente {n}{LETTERS[n % 23]} con pago" for n in range(40_000_000, 40_000_040)]


def refusal(values: list[str], rule: str, extra: str = "", uri: str | None = None) -> str:
    """Return why no plan is made for one column, empty where the frame comes back."""
    try:
        anonymize.anonymize_frame(
            pd.DataFrame({"c1": values}), policy_of(f"  c1: {rule}\n", extra), keyring=uri
        )
    except PlanError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("values", "detect", "said"),
    [
        (
            [*(f"ticket {at}" for at in range(300)), "of EMP-QQQQQQ"],
            f"detect: {{{STAFF}}}\n",
            "EMPLOYEE_ID: 1 of 301",
        ),
        (
            [*(f"ticket {at}" for at in range(300)), "of Zaphod"],
            "detect: {deny: [Zaphod]}\n",
            "DENY_LISTED: 1 of 301",
        ),
        (SPANISH, "detect: {countries: [es]}\n", "ES_NIF"),
        (
            [*(f"ticket {at}" for at in range(300)), "ann@example.org"],
            "",
            "EMAIL_ADDRESS: 1 of 301",
        ),
    ],
)
def test_the_plan_reads_cells_with_what_the_policy_names(
    values: list[str], detect: str, said: str
) -> None:
    """Its recognizers, its deny list, its countries, and what counts under any policy."""
    assert said in refusal(values, "{action: keep}", detect)
    assert not refusal(values, '{action: keep, accept: "of test users"}', detect)


def test_the_step_that_a_refusal_names_works(keyring_uri: str) -> None:
    """Each of the actions it offers publishes the column."""
    values = [*(f"ticket {at}" for at in range(300)), "ann@example.org"]
    ways = re.findall(r"\{action: \w+\}", refusal(values, "{action: keep}"))
    assert len(ways) == 2
    assert not [way for way in ways if refusal(values, way, uri=keyring_uri)]


def drafted(header: str, values: list[str]) -> str:
    """Return the rule that is drafted for one column."""
    batch = pa.record_batch({header: values})
    rows = SpreadRows(batch.schema)
    rows.add(batch)
    findings = findings_of(rows, sample=500)
    return next(
        line
        for line in draft_policy(SourceSpec(path="x.csv"), batch.schema, findings).splitlines()
        if header in line
    )


def test_a_draft_does_not_keep_what_a_run_would_refuse() -> None:
    """Text with a telephone number here and there is rewritten."""
    values = [
        *(f"Emergency Contact: Ann +1 303-555-0{at}" for at in range(100, 130)),
        *(f"none {at}" for at in range(270)),
    ]
    assert "free_text" in drafted("remark", values)


@pytest.mark.parametrize("header", ["isbn", "SKU", "part_no", "Artikelnummer", "product_id"])
def test_numbers_of_things_are_drafted_as_they_are(header: str) -> None:
    """They are printed on all of a kind; keys of records and of people are not."""
    values = [
        f"978-3-16-{at}-{at % 10}" if header == "isbn" else f"TB-{at}"
        for at in range(100_000, 100_200)
    ]
    assert "{action: keep}" in drafted(header, values)
    assert "pseudonymize" in drafted("customer_id", [f"TB-{at}" for at in range(100_000, 100_200)])
