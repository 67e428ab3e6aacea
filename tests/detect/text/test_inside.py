"""What the scan of the output finds in cells is seen before a run, too, by the same definition."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.detect import DIRECT_IDENTIFIERS, inspect_samples, sample_columns
from anonymize.gates.residual import residual_findings
from tests.detect.harmless_columns import HARMLESS, values_of
from tests.detect.identifying_values import IDENTIFYING, hidden_in

HIDDEN = {
    "a phone behind its words": "Emergency Contact: Ann +1 303-555-0{:03}",
    "a name and an address": "Ann <ann{}@example.org>",
    "an address in a link": "https://example.org/unsubscribe?email=ann{}%40example.org",
    "a mailto link": "mailto:ann{}@example.org",
    "a card behind its word": "paid by card 4111 1111 1111 1111 ({})",
}


def verdict_and_scan(name: str, values: list[str] | list[int]) -> tuple[bool, bool]:
    """Return whether inspection calls a column personal, and whether the scan refuses it when it is
    kept.
    """
    samples = sample_columns([pa.record_batch({name: values})])
    (seen,) = inspect_samples(samples)
    return seen.verdict in DIRECT_IDENTIFIERS, bool(residual_findings(samples, {}))


@pytest.mark.parametrize("form", HIDDEN)
@pytest.mark.parametrize("header", ["c1", "remark", "product", "city"])
def test_cells_with_an_identifier_are_seen_by_both(form: str, header: str) -> None:
    """A tenth of the cells holds one; the header promises something else."""
    values = [
        *(HIDDEN[form].format(at) for at in range(30)),
        *(f"item {at} in stock" for at in range(270)),
    ]
    assert verdict_and_scan(header, values) == (True, True)


@pytest.mark.parametrize("entity", IDENTIFYING)
def test_every_kind_of_identifier_is_seen_by_both(entity: str) -> None:
    """Six cells of some three hundred."""
    assert verdict_and_scan("c1", hidden_in(values_of("product"), entity, 6)) == (True, True)


def test_numbers_are_read_too() -> None:
    """One card among whole numbers."""
    assert verdict_and_scan("c1", [*range(300), 4111111111111111]) == (True, True)


@pytest.mark.parametrize("kind", HARMLESS)
def test_harmless_columns_stay_so_for_both(kind: str) -> None:
    """The preview does not cry where the gate is silent, nor the gate where the preview is."""
    assert verdict_and_scan(kind, values_of(kind)) == (False, False)


def test_evidence_tells_the_share_and_no_value() -> None:
    """It is printed by inspect, and stands in the refusal of the plan."""
    values = [
        *(f"Ann <ann{at}@example.org>" for at in range(3)),
        *(f"item {at} in stock" for at in range(97)),
    ]
    (seen,) = inspect_samples(sample_columns([pa.record_batch({"c1": values})]))
    assert "EMAIL_ADDRESS: 3 of 100 distinct values (3.0 %)" in seen.evidence[0]
    assert "example" not in " ".join(seen.evidence)


def test_numbers_of_things_that_are_written_like_a_persons() -> None:
    """A few such part numbers under a header that says so, and many of which a tenth begins with 9,
    are no SSNs.
    """
    parts = [f"{at:03}-{at % 89 + 10}-{at * 37 % 9000 + 1000}" for at in range(100, 1000, 3)]
    assert verdict_and_scan("part_no", parts) == (False, False)
    some = [
        *(f"933-56-{at}" for at in range(2671, 2681)),
        *(f"{at}-{at}-B" for at in range(100, 200)),
    ]
    assert verdict_and_scan("part_no", some) == (False, False)
    assert verdict_and_scan("remark", some) == (True, True)


def test_a_column_of_ssns_is_seen_whatever_its_header_says() -> None:
    """All of them can be ones."""
    ssns = [f"{at % 665 + 1:03}-{at % 89 + 10}-{at * 37 % 9000 + 1000}" for at in range(300)]
    ssns = [one.replace("666-", "667-") for one in ssns]
    assert verdict_and_scan("part_no", ssns) == (True, True)
