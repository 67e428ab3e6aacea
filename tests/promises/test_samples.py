"""What the README promises of a run, checked on the three samples as `make run` leaves them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from anonymize.dataset import Dataset
from tests.promises.canaries import Canaries
from tests.promises.conftest import ROOT, SampleRun

pytestmark = pytest.mark.soak
RAW_COLUMNS = {
    "customers": ("full_name", "email", "phone", "street", "card", "customer_id"),
    "support_tickets": ("customer.full_name", "customer.email", "customer.phone", "customer.id"),
    "patients": ("full_name", "ssn", "patient_id"),
}

FREE_TEXT = {"customers": {"notes": None}, "support_tickets": {"messages": None, "subject": None}}
"""Columns of free text, or around it."""


def _values(table: pa.Table, path: str) -> Iterator[str]:
    column = table[path.split(".")[0]]
    for part in path.split(".")[1:]:
        column = pc.struct_field(column, part)
    for value in column.unique().to_pylist():
        if value:
            yield from {value, value.strip()}


def _canaries(run: SampleRun) -> Canaries:
    raw = (
        value
        for name, paths in RAW_COLUMNS.items()
        for path in paths
        for value in _values(run.sources[name], path)
    )
    return Canaries(raw)


def _own_spans(run: SampleRun, name: str) -> Iterator[tuple[int, str, str]]:
    """Yield (row, path, text) of every span that is an exact copy of a column of its own row.

    Authors are left out: a message may name the author of another message of the same list.
    """
    rows = run.sources[name].to_pylist()
    for line in (ROOT / "data/samples" / f"{name}.truth.jsonl").read_text().splitlines():
        span = json.loads(line)
        if span["exact"] and span.get("of") and span["of"] != "messages[].author":
            yield (
                span["row"],
                span["path"],
                _text_at(rows[span["row"]], span["path"])[span["start"] : span["end"]],
            )


def _text_at(row: Any, path: str) -> str:
    """Return the text that a path such as ``messages[2].body`` means in one row."""
    for part in path.replace("[", ".").replace("]", "").split("."):
        row = row[int(part)] if part.isdigit() else row[part]
    return str(row)


def test_no_raw_value_is_in_any_byte_a_run_writes(sample_run: SampleRun) -> None:
    """Promise 1: datasets, manifests, audit logs, keyring, Prefect's database and logs, temporary
    files, terminal.
    """
    canaries = _canaries(sample_run)
    assert len(canaries) > 20_000
    leaks = {
        path.name for path, data in sample_run.written().items() if any(canaries.found_in(data))
    }
    assert leaks == set()
    assert not any(canaries.found_in(sample_run.said.encode()))


def test_the_search_for_raw_values_would_find_one(sample_run: SampleRun) -> None:
    """The test above can fail: a raw e-mail planted in the middle of bytes is found."""
    email = next(_values(sample_run.sources["customers"], "email"))
    assert email in set(_canaries(sample_run).found_in(b"\x00" * 13 + email.encode() + b"tail"))


@pytest.mark.parametrize("name", list(RAW_COLUMNS))
def test_no_raw_identifier_is_in_a_decrypted_output(sample_run: SampleRun, name: str) -> None:
    """Promise 1, inside: readers get no raw e-mail, phone, card, national id or record id, free
    text included.
    """
    paths = [path for path in RAW_COLUMNS[name] if not path.endswith(("full_name", "street"))]
    values = Canaries(value for path in paths for value in _values(sample_run.sources[name], path))
    assert len(set(values.found_in(sample_run.decrypted()[name]))) == 0


@pytest.mark.parametrize("name", list(RAW_COLUMNS))
def test_no_raw_name_or_street_is_in_a_decrypted_column(sample_run: SampleRun, name: str) -> None:
    """Promise 1, inside: outside free text no full name or street of the source is left."""
    paths = [path for path in RAW_COLUMNS[name] if path.endswith(("full_name", "street"))]
    values = Canaries(value for path in paths for value in _values(sample_run.sources[name], path))
    rows = [{**row, **FREE_TEXT.get(name, {})} for row in sample_run.outputs[name].to_pylist()]
    assert (
        len(set(values.found_in(json.dumps(rows, ensure_ascii=False, default=str).encode()))) == 0
    )


@pytest.mark.parametrize("name", list(FREE_TEXT))
def test_free_text_holds_no_exact_copy_of_its_own_rows_identifiers(
    sample_run: SampleRun, name: str
) -> None:
    """Promise 1, inside free text, as far as exact copies of the row's own values go."""
    rows, spans = sample_run.outputs[name].to_pylist(), list(_own_spans(sample_run, name))
    left = [
        path for row, path, text in spans if len(text) > 3 and text in _text_at(rows[row], path)
    ]
    assert len(spans) > 500
    assert left == []


@pytest.mark.parametrize("name", list(FREE_TEXT))
@pytest.mark.parametrize("kind", ["PERSON", "LOCATION"])
def test_other_peoples_names_and_places_leave_free_text(
    sample_run: SampleRun, name: str, kind: str
) -> None:
    """Of names and places that no column of the row tells at most one in fifty stands in its cell
    as it did.
    """
    before, after = sample_run.sources[name].to_pylist(), sample_run.outputs[name].to_pylist()
    lines = (ROOT / "data/samples" / f"{name}.truth.jsonl").read_text().splitlines()
    spans = [span for span in map(json.loads, lines) if span["kind"] == kind and not span.get("of")]
    texts = [(_text_at(before[s["row"]], s["path"])[s["start"] : s["end"]], s) for s in spans]
    left = [
        s["row"]
        for text, s in texts
        if len(text) > 4 and text in _text_at(after[s["row"]], s["path"])
    ]
    assert len(spans) > 100
    assert len(left) <= 0.02 * len(spans)


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
        assert (
            output[name].is_null().combine_chunks().equals(source[name].is_null().combine_chunks())
        )


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


def test_published_files_begin_as_encrypted_parquet_with_an_encrypted_footer(
    sample_run: SampleRun,
) -> None:
    """No part is plaintext."""
    parts = list((sample_run.folder / "out").rglob("part-*.parquet"))
    assert len(parts) == 3
    assert all(Path(part).read_bytes()[:4] == b"PARE" for part in parts)
