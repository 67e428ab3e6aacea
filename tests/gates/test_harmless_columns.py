"""Columns in which nobody is are published as they are, under the default gates, with a header or
without.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.detect import DIRECT_IDENTIFIERS, inspect_samples, sample_columns
from anonymize.errors import AnonymizeError
from tests.detect.harmless_columns import HARMLESS, values_of
from tests.detect.identifying_values import Draw
from tests.plan.helpers import policy_of

KEPT = policy_of("  c: {action: keep}\n")


def test_there_are_enough_kinds() -> None:
    """The list is not cut short."""
    assert len(HARMLESS) >= 70


@pytest.mark.parametrize("kind", HARMLESS)
def test_a_harmless_column_is_published(kind: str) -> None:
    """Neither the plan nor the scan of the output stops it."""
    frame = pd.DataFrame({kind: values_of(kind)})
    out = anonymize.anonymize_frame(frame, policy_of(f"  {kind}: {{action: keep}}\n"))
    assert out[kind].tolist() == frame[kind].tolist()


@pytest.mark.parametrize("kind", HARMLESS)
def test_a_header_that_says_nothing_changes_nothing(kind: str) -> None:
    """Values alone make no direct identifier of it, however few there are."""
    for rows in (40, 300):
        (found,) = inspect_samples(sample_columns([pa.record_batch({"c1": values_of(kind, rows)})]))
        assert found.verdict not in DIRECT_IDENTIFIERS


@pytest.mark.parametrize("kind", ["network", "epoch", "amount_us", "user_agent", "part_number"])
def test_neither_do_rows_that_say_so_in_a_sentence(kind: str) -> None:
    """The same values behind a few words, as logs and notes have them."""
    frame = pd.DataFrame({"c": [f"set to {value} by the job" for value in values_of(kind)]})
    try:
        anonymize.anonymize_frame(frame, KEPT)
    except AnonymizeError as error:
        pytest.fail(str(error))


@pytest.mark.parametrize("header", ["firmware", "fw_version", "app_version", "OS build"])
def test_versions_of_four_numbers_are_published_under_a_header_that_says_so(header: str) -> None:
    """A third of them could be addresses of devices; a column of addresses is still refused."""
    draw = Draw("versions")
    versions = [
        f"{draw.randint(10, 20)}.{draw.randint(0, 9)}.{draw.randint(0, 99)}.{draw.randint(0, 255)}"
        for _ in range(400)
    ]
    addresses = [".".join(str(draw.randint(20, 250)) for _ in range(4)) for _ in range(400)]
    rule = policy_of(f'  "{header}": {{action: keep}}\n')
    assert len(anonymize.anonymize_frame(pd.DataFrame({header: versions}), rule)) == 400
    with pytest.raises(AnonymizeError, match="IP_ADDRESS"):
        anonymize.anonymize_frame(pd.DataFrame({header: addresses}), rule)
