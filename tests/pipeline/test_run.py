"""A run publishes one whole version or nothing, and says what it did."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import anonymize
from anonymize.dataset import Dataset, read, read_quarantine
from anonymize.detect.name_models.shipped_model import SHA256
from anonymize.errors import AnonymizeError, DataError, GateError, KeysError, PlanError, SourceError
from anonymize.keys import Keyring, share_keyring
from anonymize.pipeline.passing import PassingRows
from anonymize.pipeline.prepare import preview_plan
from tests.workplace import Workplace


def _run(workplace: Workplace, extra: str = "") -> anonymize.pipeline.run.RunSummary:
    return anonymize.run(workplace.policy(extra), keyring=workplace.keyring_uri)


def test_a_run_publishes_a_version_that_reads(workplace: Workplace, keyring: Keyring) -> None:
    """Rows, columns and nulls arrive; nothing personal does."""
    summary = _run(workplace)
    table = read(workplace.sink, keyring=keyring)
    assert (summary.version, summary.rows_in, summary.rows_out) == (1, 3, 3)
    assert sorted(table["born"].to_pylist()) == [1984, 1991, 2001]
    assert table["name"].null_count == 1
    assert "Castro" not in str(table.to_pylist())


def test_every_run_is_a_new_version_with_equal_content(
    workplace: Workplace, keyring: Keyring
) -> None:
    """Deterministic actions under one keyring give one result, up to the order of its rows."""
    versions = [_run(workplace).version, _run(workplace).version]
    first, second = (read(workplace.sink, version=number, keyring=keyring) for number in versions)
    assert versions == [1, 2]
    assert first.sort_by("visits").equals(second.sort_by("visits"))


def test_the_manifest_says_what_was_done(workplace: Workplace, keyring: Keyring) -> None:
    """Policy digest, key versions, rows, columns, source and residual scan are in it."""
    _run(workplace)
    manifest = Dataset(workplace.sink).manifest(keyring=keyring)
    assert manifest.rows.read == manifest.rows.written == 3
    assert set(manifest.keys) == {"pseudonym.1", "training.1"}
    assert manifest.owner.key == "owner.1"
    assert manifest.columns["email"].source_verdict == "EMAIL_ADDRESS"
    assert manifest.checks.residual.sampled_distinct["visits"] == 3
    assert "Castro" not in manifest.model_dump_json()


def test_the_manifest_names_the_model_that_found_names(
    workplace: Workplace, keyring: Keyring
) -> None:
    """By its digest; without one there is no such line."""
    _run(workplace, "detect: {ner: coatcheck}")
    assert SHA256 in Dataset(workplace.sink).manifest(keyring=keyring).software["name model"]
    _run(workplace, "detect: {ner: 'off'}")
    assert "name model" not in Dataset(workplace.sink).manifest(keyring=keyring).software


def test_a_glob_of_files_becomes_a_part_each(workplace: Workplace, keyring: Keyring) -> None:
    """Partitions are transformed alone and agree on pseudonyms."""
    text = workplace.source.read_text()
    for number in (1, 2):
        (workplace.folder / f"people-{number}.csv").write_text(text)
    policy = workplace.policy().read_text().replace("people.csv", "people-*.csv")
    workplace.policy().write_text(policy)
    summary = anonymize.run(workplace.folder / "people.yaml", keyring=workplace.keyring_uri)
    emails = read(workplace.sink, keyring=keyring)["email"].to_pylist()
    assert summary.rows_out == 6
    assert set(Counter(emails).values()) == {2}


def _refused(workplace: Workplace, kind: type[AnonymizeError], what: str, extra: str = "") -> None:
    with pytest.raises(kind, match=what):
        _run(workplace, extra)
    assert Dataset(workplace.sink).current is None
    assert not list(workplace.sink.rglob("*.parquet"))


def test_an_unknown_column_stops_the_run(workplace: Workplace) -> None:
    """Promise 4: under ``unlisted: refuse`` a new column publishes nothing."""
    workplace.source.write_text(
        workplace.source.read_text().replace("visits", "visits,ssn").replace(",12", ",12,x")
    )
    lines = workplace.source.read_text().splitlines()
    workplace.source.write_text(
        "\n".join(line if line.count(",") == 5 else line + ",y" for line in lines) + "\n"
    )
    _refused(workplace, PlanError, "column 'ssn' has no rule", "unlisted: refuse")


def test_a_changed_type_stops_the_run(workplace: Workplace) -> None:
    """Promise 4: dates that became numbers are refused before row one."""
    text = workplace.source.read_text()
    for date in ("1984-02-29", "1991-07-01", "2001-12-31"):
        text = text.replace(date, "7.5")
    workplace.source.write_text(text)
    _refused(workplace, PlanError, "columns.born: generalize does not take double")


def test_a_failed_privacy_gate_stops_the_run(workplace: Workplace) -> None:
    """Promise 4: more suppression than allowed publishes nothing."""
    _refused(
        workplace,
        GateError,
        "would be suppressed",
        "privacy: {quasi_identifiers: [zip, born], k: 2}",
    )


def test_a_bad_value_under_refuse_stops_the_run(workplace: Workplace) -> None:
    """Promise 4: and the error leaves the value where it is."""
    workplace.source.write_text(workplace.source.read_text().replace("10117", "1"))
    _refused(
        workplace,
        DataError,
        r"people.csv: column zip: 1 value: .* \(row 2\)",
        "rows: {on_bad_value: refuse}",
    )


@pytest.mark.usefixtures("gate_alone")
def test_what_the_residual_scan_finds_stops_the_run(workplace: Workplace) -> None:
    """Promise 4: e-mails too few to make a column of numbers one of e-mails are caught in the
    output.
    """
    rows = "".join(f"N{i},n{i}@example.com,10115,1990-01-01,{i}\n" for i in range(3_000))
    late = "".join(f"M{i},m{i}@example.com,10115,1990-01-01,x{i}@example.com\n" for i in range(30))
    workplace.source.write_text("name,email,zip,born,visits\n" + rows + late)
    types = (
        workplace.policy()
        .read_text()
        .replace("people.csv}", "people.csv, types: {visits: string, zip: string}}")
    )
    (workplace.folder / "people.yaml").write_text(types)
    with pytest.raises(GateError, match="the output still holds EMAIL_ADDRESS"):
        anonymize.run(workplace.folder / "people.yaml", keyring=workplace.keyring_uri)
    assert Dataset(workplace.sink).current is None


def test_a_source_that_changes_while_it_is_read_stops_the_run(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read is not what is there: nothing is published."""
    whole = PassingRows.scan

    def touch(passing: PassingRows) -> None:
        workplace.source.write_text(
            workplace.source.read_text() + "x,y@example.com,10115,2000-01-01,1\n"
        )
        whole(passing)

    monkeypatch.setattr(PassingRows, "scan", touch)
    _refused(workplace, SourceError, "changed while it was read")


def test_source_and_sink_may_not_overlap(workplace: Workplace) -> None:
    """A policy that would write into the folder it reads is refused."""
    policy = (
        workplace.policy()
        .read_text()
        .replace(f"sink: {{path: {workplace.sink}}}", f"sink: {{path: {workplace.folder}}}")
    )
    Path(workplace.folder / "people.yaml").write_text(policy)
    with pytest.raises(AnonymizeError, match="source and sink overlap"):
        anonymize.run(workplace.folder / "people.yaml", keyring=workplace.keyring_uri)


def test_a_sink_that_holds_another_dataset_is_refused(workplace: Workplace) -> None:
    """A policy that was copied with its sink would publish other people's rows to the first one's
    readers.
    """
    path = workplace.policy()
    anonymize.run(path, keyring=workplace.keyring_uri)
    path.write_text(path.read_text().replace("dataset: people", "dataset: others"))
    with pytest.raises(AnonymizeError, match="this folder holds dataset 'people', not 'others'"):
        anonymize.run(path, keyring=workplace.keyring_uri)
    assert Dataset(workplace.sink).current == 1


def test_names_that_cannot_be_restricted_are_refused_by_the_plan(workplace: Workplace) -> None:
    """With their place in the policy, before a row is read."""
    workplace.source.write_text(workplace.source.read_text().replace("visits", '"a, b"'))
    path = workplace.policy()
    text = path.read_text().replace("visits: {action: keep}", '"a, b": {action: keep}')
    path.write_text(text.replace("out}", "out, restricted: {key: reveal, columns: [name]}}"))
    with pytest.raises(
        AnonymizeError, match=r"people.yaml:5: sink.restricted: names with a comma.*'a, b'"
    ):
        preview_plan(path, workplace.keyring_uri)


def test_rows_with_bad_values_are_set_aside_and_said_where(
    workplace: Workplace, keyring: Keyring
) -> None:
    """Quarantine holds file, row, column and reason under the owner's key; the other rows are
    published.
    """
    workplace.source.write_text(workplace.source.read_text().replace("10117", "1"))
    summary = _run(workplace, "rows: {max_quarantined: 0.5}")
    (batch,) = read_quarantine(workplace.sink, keyring=keyring)
    (aside,) = batch.to_pylist()
    assert (summary.rows_out, summary.quarantined) == (2, 1)
    assert (aside["file"], aside["row"], aside["column"]) == ("people.csv", 2, "zip")


def test_a_readers_keyring_moves_no_version(workplace: Workplace) -> None:
    """Least privilege: rolling back needs the signing key."""
    for _ in range(2):
        _run(workplace)
    reader = share_keyring(["training"], workplace.folder / "reader.json", workplace.keyring_uri)
    with pytest.raises(KeysError):
        Dataset(workplace.sink).rollback(1, keyring=reader, why="no right")
    assert Dataset(workplace.sink).current == 2


def test_progress_is_told_in_rows_from_the_first_pass_to_the_publication(
    workplace: Workplace,
) -> None:
    """First passes too; the last word is that it is published."""
    told: list[tuple[int, int, str]] = []
    policy = workplace.policy()
    text = policy.read_text().replace(
        "born: {action: generalize, to: year}", "born: {action: shuffle, by: email, accept: test}"
    )
    policy.write_text(text)
    anonymize.run(policy, keyring=workplace.keyring_uri, progress=lambda *args: told.append(args))
    passes = [(0, 3, "measuring"), (3, 3, "measuring"), (0, 3, "writing"), (3, 3, "writing")]
    assert told == [*passes, (3, 3, "publishing")]
