"""What the README promises of a run, checked on the three samples as `make run` leaves them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from anonymize.dataset import Dataset
from tests.promises.canaries import Canaries
from tests.promises.conftest import ROOT, SampleRun

RAW_COLUMNS = {
    "customers": ("full_name", "email", "phone", "street", "card", "customer_id"),
    "support_tickets": ("customer.full_name", "customer.email", "customer.phone", "customer.id"),
    "patients": ("full_name", "ssn", "patient_id"),
}


def _values(table: pa.Table, path: str) -> Iterator[str]:
    column = table[path.split(".")[0]]
    for part in path.split(".")[1:]:
        column = pc.struct_field(column, part)
    for value in column.unique().to_pylist():
        if value:
            yield from {value, value.strip()}


def _canaries(run: SampleRun) -> Canaries:
    raw = (value for name, paths in RAW_COLUMNS.items() for path in paths for value in _values(run.sources[name], path))
    return Canaries(raw)


def _exact_in_own_row(run: SampleRun) -> Canaries:
    """Return the texts of spans that are exact copies of their own row's columns."""
    texts: set[str] = set()
    for name, column in (("customers", "notes"), ("support_tickets", "messages")):
        rows = run.sources[name][column].to_pylist()
        truth = (ROOT / "data/samples" / f"{name}.truth.jsonl").read_text().splitlines()
        for line in map(json.loads, truth):
            if line["exact"] and line["of"] and "author" not in line["of"]:
                texts.add(_span_text(rows, line))
    return Canaries(texts)


def _span_text(rows: list[object], span: dict[str, object]) -> str:
    cell = rows[int(str(span["row"]))]
    if isinstance(cell, list):
        cell = cell[int(str(span["path"]).split("[")[1].split("]")[0])]["body"]
    return str(cell)[int(str(span["start"])) : int(str(span["end"]))]


def test_no_raw_value_is_in_any_byte_a_run_writes(sample_run: SampleRun) -> None:
    """Promise 1: datasets, manifests, audit logs, keyring, Prefect's database and logs, temporary files, terminal."""
    canaries = _canaries(sample_run)
    assert len(canaries) > 20_000
    leaks = {path.name for path, data in sample_run.written().items() if any(canaries.found_in(data))}
    assert leaks == set()
    assert not any(canaries.found_in(sample_run.said.encode()))


def test_the_search_for_raw_values_would_find_one(sample_run: SampleRun) -> None:
    """The test above can fail: a raw e-mail planted in the middle of bytes is found."""
    email = next(_values(sample_run.sources["customers"], "email"))
    assert email in set(_canaries(sample_run).found_in(b"\x00" * 13 + email.encode() + b"tail"))


def test_no_raw_value_is_in_a_decrypted_output(sample_run: SampleRun) -> None:
    """Promise 1, inside: what readers get holds no raw e-mail, phone, card, national id, street or full name."""
    exact = _exact_in_own_row(sample_run)
    for name, data in sample_run.decrypted().items():
        found = set(_canaries(sample_run).found_in(data)) | set(exact.found_in(data))
        assert len(found) == 0, f"{name}: {len(found)} raw values"


def test_three_versions_are_published_and_verified(sample_run: SampleRun) -> None:
    """Promise 2: every dataset has one version, whole and signed."""
    for name in sample_run.outputs:
        result = Dataset(sample_run.folder / "out" / name).verify(keyring=sample_run.keyring)
        assert (result.version, result.ok) == (1, True)


@pytest.mark.parametrize("name", ["customers", "support_tickets"])
def test_row_counts_are_those_of_the_source(sample_run: SampleRun, name: str) -> None:
    """No row is lost where the policy suppresses none."""
    assert len(sample_run.outputs[name]) == len(sample_run.sources[name])


def test_suppressed_rows_are_accounted_for(sample_run: SampleRun) -> None:
    """Where k-anonymity suppresses rows, read = written + suppressed, and the manifest says so."""
    rows = Dataset(sample_run.folder / "out/patients").manifest(keyring=sample_run.keyring).rows
    assert rows.read == 3000 == rows.written + rows.suppressed
    assert rows.written == len(sample_run.outputs["patients"])


def test_kept_columns_and_nulls_are_those_of_the_source(sample_run: SampleRun) -> None:
    """Kept columns are equal to the source, transformed ones have its nulls."""
    source, output = sample_run.sources["customers"], sample_run.outputs["customers"]
    for name in ("gender", "country", "plan", "consent", "lifetime_value"):
        assert output[name].combine_chunks().equals(source[name].combine_chunks())
    for name in ("customer_id", "full_name", "email", "phone", "card", "visited_at", "notes"):
        assert output[name].is_null().combine_chunks().equals(source[name].is_null().combine_chunks())


def test_equal_emails_give_equal_pseudonyms_across_datasets(sample_run: SampleRun) -> None:
    """Two datasets of one domain join on the pseudonym exactly where the e-mails were equal."""
    mine = _pairs(sample_run, "customers", "email")
    theirs = _pairs(sample_run, "support_tickets", "customer.email")
    shared = mine.keys() & theirs.keys()
    assert len(shared) > 500
    assert all(mine[email] == theirs[email] for email in shared)
    assert len(set(mine.values()) | set(theirs.values())) == len(mine.keys() | theirs.keys())


def _pairs(run: SampleRun, name: str, path: str) -> dict[str, str]:
    first, *rest = path.split(".")
    before, after = run.sources[name][first], run.outputs[name][first]
    for part in rest:
        before, after = pc.struct_field(before, part), pc.struct_field(after, part)
    pairs = zip(before.to_pylist(), after.to_pylist(), strict=True)
    return {" ".join(old.split()).casefold(): new for old, new in pairs if old}


def test_published_files_begin_as_encrypted_parquet_with_an_encrypted_footer(sample_run: SampleRun) -> None:
    """No part is plaintext."""
    parts = list((sample_run.folder / "out").rglob("part-*.parquet"))
    assert len(parts) == 3
    assert all(Path(part).read_bytes()[:4] == b"PARE" for part in parts)
