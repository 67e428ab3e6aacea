"""Names in cells that are no prose: names of files, codes; what a draft says of them and what the
gate says after.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pytest
from faker import Faker

import anonymize
from anonymize.detect import Finding, inspect_samples, sample_columns
from anonymize.detect.columns.names_within_cells import holds_full_name
from anonymize.detect.interface import SPAN_SCHEMA
from anonymize.errors import AnonymizeError
from anonymize.gates.residual import residual_findings
from anonymize.names import ColumnName
from anonymize.policy import SourceSpec, parse_policy
from tests.plan.helpers import draft_policy, policy_of

ROWS = 120


class Nobody:
    """A name model that sees no one."""

    def scan(self, texts: pa.Array) -> pa.Table:
        """Return no span."""
        return SPAN_SCHEMA.empty_table()


def people(locale: str = "en_US", seed: int = 71) -> list[tuple[str, str]]:
    """Return given and family names."""
    fake = Faker(locale)
    fake.seed_instance(seed)
    return [(fake.first_name(), fake.last_name()) for _ in range(ROWS)]


FILES = [
    f"scan_{given}_{family}_{2015 + at % 9}.pdf" for at, (given, family) in enumerate(people())
]
SHARES = [f"//srv/fotos/{family}_{given}.jpg" for given, family in people()]
NOTES = [
    f"On Monday {given} {family} asked for another copy of the invoice"
    for given, family in people()
]


def found(name: str, values: Sequence[str]) -> Finding:
    """Return the finding of one column."""
    return inspect_samples(
        sample_columns([pa.record_batch({name: pa.array(values)})]), countries=("de",)
    )[0]


def drafted(name: str, values: Sequence[str]) -> str:
    """Return the action that a draft proposes."""
    schema = pa.schema([(name, pa.string())])
    text = draft_policy(SourceSpec(path="p.csv"), schema, [found(name, values)])
    return str(parse_policy(text).columns[ColumnName(name)].action)


@pytest.mark.parametrize(("name", "values"), [("attachment", FILES), ("Foto", SHARES)])
def test_names_of_files_are_no_prose(name: str, values: list[str]) -> None:
    """A rule for free text would leave most of the names in them."""
    assert (found(name, values).verdict, drafted(name, values)) == ("FREE_TEXT_PII", "pseudonymize")


def test_prose_stays_free_text() -> None:
    """What people write gets the rule that is made for it."""
    assert drafted("c1", NOTES) == "free_text"
    short = [f"none {at}" for at in range(3 * ROWS)]
    assert (
        drafted("remark", [*NOTES, *short]) == "free_text"
    )  # a few words each, under a header of notes


@pytest.mark.parametrize("values", [FILES, SHARES, NOTES])
def test_names_that_a_rule_for_free_text_left_are_found(values: list[str]) -> None:
    """The scan of the output sees in the column what ``inspect`` sees in it."""
    samples = sample_columns([pa.record_batch({"c": pa.array(values)})])
    free_text = {ColumnName("c"): frozenset({"FREE_TEXT_PII"})}
    invented = {ColumnName("c"): frozenset({"FREE_TEXT_PII", "PERSON"})}
    names = Nobody()
    assert [one.what for one in residual_findings(samples, free_text, names=names)] == [
        "FREE_TEXT_PII"
    ]  # type: ignore[arg-type]
    assert not residual_findings(samples, invented, names=names)  # type: ignore[arg-type]
    asked = residual_findings(samples, free_text)  # type: ignore[arg-type]
    assert bool(asked) == (
        values is not NOTES
    )  # without a model the policy says that names in prose stay


def test_labels_are_no_names() -> None:
    """What a rule put in a name's place is no word of one, and parts two that stand beside it."""
    texts = ["//srv/fotos/<PERSON_1>_Eric.jpg", "Grant <LOCATION_2> Eric", "<PERSON_3> <PERSON_4>"]
    assert not [text for text in texts if holds_full_name(text)]
    assert holds_full_name("<LOCATION_2> Eric Grant")


@pytest.mark.parametrize("values", [FILES, SHARES])
def test_free_text_over_names_of_files_stops_the_run(values: list[str]) -> None:
    """The gate passed though nearly all of the names stood in the output."""
    with pytest.raises(AnonymizeError, match="still holds"):
        anonymize.anonymize_frame(
            pd.DataFrame({"c": values}), policy_of("  c: {action: free_text}\n")
        )
