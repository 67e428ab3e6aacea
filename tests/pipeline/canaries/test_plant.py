"""Canaries in a version: invented, among the rows, and in no count of people."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import anonymize
from anonymize.custody.where_is import where_is_subject
from anonymize.dataset.canaries import LEAST_BYTES, CanaryRecord
from anonymize.dataset.owner import open_facts
from anonymize.errors import ArgumentError, KeysError
from anonymize.io import open_source
from anonymize.keys import init_keyring, share_keyring
from anonymize.names import KeyName
from anonymize.pipeline.canaries.check import check_canaries, list_canaries
from anonymize.pipeline.canaries.plant import Planting, Wanted, stream_of
from anonymize.pipeline.erase import erase
from anonymize.pipeline.prepare import preview_plan
from anonymize.plan import PlanWithKeys
from anonymize.report.page import Reported, report_page
from tests.conftest import NAMES
from tests.pipeline.canaries.made import Made


def test_the_record_says_which_rows_are_invented(made: Made) -> None:
    """The rows at its positions are those of the canaries, of the plan's form."""
    (record,), rows = made.records(), made.rows()
    assert record.people == 20
    invented = rows.take(record.rows["row"])
    assert invented.equals(record.rows.drop_columns(["person", "row"]))


def test_ids_are_nobody_s(made: Made) -> None:
    """Each canary has a token and an e-mail's pseudonym that no other row has."""
    (record,), rows = made.records(), made.rows()
    for column in ("customer", "email"):
        values = rows[column].to_pylist()
        assert all(values.count(one) == 1 for one in record.rows[column].to_pylist())
    lengths = {len(one) for one in rows["customer"].to_pylist()}
    assert {len(one) for one in record.rows["customer"].to_pylist()} <= lengths


def test_readers_are_told_the_rows_in_the_files(made: Made) -> None:
    """And the owner how many of them are invented."""
    told, facts = made.manifest(), open_facts(made.manifest(), made.keyring)
    assert told.rows.written == told.rows.read == made.rows().num_rows == 1_520
    assert facts["canaries"] == {"people": 20, "rows": 20}
    assert facts["rows"]["written"] == 1_500
    assert made.dataset.verify(keyring=made.keyring).problems == ()


def test_neither_screen_nor_risk_tells_how_many_are_invented(tmp_path: Path) -> None:
    """A screen counts rows as the other counts do, and no other fact has their number: the scan's
    number of distinct values is coarse, groups divided by the average risk are the people in the
    files.
    """
    asked = "privacy: {quasi_identifiers: [region], k: 5}\nscreen: {label: plan, by: [region]}"
    made = Made(tmp_path, rows=615).run(30, asked)
    assert made.checks.screen is not None
    assert made.privacy is not None
    assert made.checks.screen.rows == made.rows.read == 645
    assert round(made.privacy.classes / made.privacy.average, 6) == 645
    body = made.as_json()
    del body["files"], body["owner"]
    assert not re.search(r"\b(585|615)\b", json.dumps(body))
    assert not re.search(r"\b(585|615)\b", report_page(Reported.of(made)))


def test_a_reader_cannot_check_or_list(made: Made, tmp_path: Path) -> None:
    """The key is the owner's: it is not shared, and a reader's keyring opens no record."""
    with pytest.raises(KeysError, match="not shared"):
        share_keyring([KeyName("canary")], tmp_path / "no.json", made.uri)
    share_keyring([KeyName("training")], tmp_path / "reader.json", made.uri)
    reader = f"file:{tmp_path / 'reader.json'}"
    assert anonymize.read(made.out, keyring=reader).num_rows == 1_520
    for act in (list_canaries, lambda place, key: check_canaries("-", place, key, given=b"x")):
        with pytest.raises(KeysError, match="canary"):
            act(made.out, reader)


def test_another_key_of_that_name_opens_nothing(made: Made, tmp_path: Path) -> None:
    """A wrong key is refused like a missing one."""
    other = f"file:{tmp_path / 'other.json'}"
    init_keyring(other, (*NAMES, KeyName("canary")))
    with pytest.raises((KeysError, anonymize.AnonymizeError)):
        list_canaries(made.out, other)


def test_the_key_is_needed_before_the_first_row(tmp_path: Path) -> None:
    """`keys init POLICY` makes it."""
    place = Made(tmp_path, rows=30)
    place.uri = f"file:{tmp_path / 'none.json'}"
    init_keyring(place.uri, NAMES)
    with pytest.raises(KeysError, match="'canary' is not in the keyring"):
        place.run()


def test_the_length_of_the_record_does_not_tell_the_number() -> None:
    """It is a power of four times 64 KiB."""
    lengths = set()
    for people in (0, 1, 200):
        rows = pa.table({"a": [0.5] * people, "person": range(people), "row": range(people)})
        record = CanaryRecord({"dataset": "d"}, rows, rows.drop_columns(["row"]))
        lengths.add(len(record.as_bytes()))
        assert CanaryRecord.of_bytes(record.as_bytes()).rows.equals(rows)
    assert lengths == {LEAST_BYTES}


def test_k_is_of_real_people_only(tmp_path: Path) -> None:
    """What is measured is the same with canaries and without."""
    asked = "privacy: {quasi_identifiers: [region], sensitive: [plan], k: 5}"
    with_ = Made(tmp_path / "a", rows=400)
    told = with_.run(10, asked).privacy
    plain = Made(tmp_path / "b", rows=400)
    plain.file.write_text(plain.policy(1, asked).read_text().replace(", canaries: 1}", "}"))
    anonymize.run(plain.file, keyring=plain.uri)
    without = plain.manifest().privacy
    assert told is not None
    assert without is not None
    assert told.model_copy(update={"average": without.average}) == without
    assert not {"canaries"} & {entry.role for entry in plain.manifest().files}


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()


def test_a_person_of_several_rows_is_invented_with_several(tmp_path: Path) -> None:
    """All rows of a canary have one id, as those of a real person have."""
    place = Made(tmp_path, rows=900, each=3)
    place.run(15)
    (record,) = place.records()
    persons = record.rows.group_by("person").aggregate(
        [("row", "count"), ("customer", "count_distinct"), ("born", "count_distinct")]
    )
    assert persons["row_count"].to_pylist() == [3] * 15
    assert persons["customer_count_distinct"].to_pylist() == [1] * 15
    assert persons["born_count_distinct"].to_pylist() == [1] * 15


def test_the_scan_and_the_counts_do_not_see_them(tmp_path: Path) -> None:
    """A run that is refused for a name in the output is not refused for an invented one."""
    place = Made(tmp_path, rows=200)
    summary = anonymize.run(place.policy(50), keyring=place.uri)
    assert (summary.rows_in, summary.rows_out) == (200, 200)
    assert summary.residual is not None
    assert not summary.residual.findings


def test_versions_have_canaries_of_their_own(tmp_path: Path) -> None:
    """Derived from the version's number and run."""
    place = Made(tmp_path, rows=200)
    place.run()
    first = set(place.records()[0].rows["email"].to_pylist())
    place.run()
    assert not first & set(place.records()[0].rows["email"].to_pylist())


def test_parts_that_are_taken_over_bring_theirs(tmp_path: Path) -> None:
    """An incremental run plants in what it does, and the record of the rest goes on."""
    place = Made(tmp_path, rows=300)
    source = tmp_path / "people.csv"
    (tmp_path / "in").mkdir()
    source.rename(tmp_path / "in" / "1.csv")
    place.policy(10).write_text(place.policy(10).read_text().replace("people.csv", "in"))
    anonymize.run(place.file, keyring=place.uri, incremental=True)
    before = {one for record in place.records() for one in record.rows["email"].to_pylist()}
    place.write_rows(300, seed=2)
    source.rename(tmp_path / "in" / "2.csv")
    anonymize.run(place.file, keyring=place.uri, incremental=True)
    after = {one for record in place.records() for one in record.rows["email"].to_pylist()}
    assert before < after
    assert 14 <= len(after) <= 16
    found = check_canaries(place.leak(place.rows()), place.out, place.uri)
    assert {one.version.version for one in found.accused} == {1, 2}


def test_forgetting_touches_no_canary(tmp_path: Path) -> None:
    """The person leaves, the index finds real rows alone, and canaries are there again."""
    place = Made(tmp_path, rows=120)
    place.run(10, "erasure: {index: true}")
    found = where_is_subject("C000007", [place.out], place.keyring)
    assert len(found.found) == 1
    certificate = erase(place.file, "C000007", place.uri, reason="asked for it")
    assert certificate["certificate"]["current"]["holds_the_person"] is False
    assert (place.manifest().rows.written, place.records()[0].people) == (129, 10)
    assert not where_is_subject("C000007", [place.out], place.keyring).found


def test_the_index_points_at_real_rows(tmp_path: Path) -> None:
    """Positions count canaries in, and no line is theirs."""
    from anonymize.dataset.reader import read_role

    place = Made(tmp_path, rows=150)
    place.run(25, "erasure: {index: true}")
    lines = pa.Table.from_batches(list(read_role(place.dataset, 1, place.keyring, "subjects")))
    places = set(lines["row"].to_pylist())
    invented = set(place.records()[0].rows["row"].to_pylist())
    assert len(places) == 150
    assert not places & invented
    assert places | invented == set(range(175))


def test_positions_are_all_over_the_file(tmp_path: Path) -> None:
    """Also in source order: neither at an end nor together."""
    place = Made(tmp_path, rows=2_000)
    place.run(60, "rows: {order: source}")
    rows = np.sort(place.records()[0].rows["row"].to_numpy()) / 2_060
    assert np.abs(rows - np.linspace(0, 1, 60)).max() < 0.25
    assert np.diff(rows).max() < 0.2


def test_canaries_are_spread_over_batches(tmp_path: Path) -> None:
    """A large part is written batch by batch: each gets its share of them."""
    place = Made(tmp_path, rows=600)
    plan = preview_plan(place.policy(), place.uri).plan
    bound = PlanWithKeys(plan, place.keyring)
    about = {"dataset": "customers", "recipient": ""}
    stream = stream_of(place.keyring, **about, run="r", version=1, place="0")
    planting = Planting(bound, stream, Wanted(200, 600), {})
    (whole,) = open_source(str(tmp_path / "people.csv")).batches(list(plan.input_columns))
    batches = [whole.slice(at, 60) for at in range(0, 600, 60)]
    applied = (
        (one, bound.apply(one, first_row=at * 60), at * 60) for at, one in enumerate(batches)
    )
    counts = [int((~real).sum()) for *_, real, _ in planting.among(applied)]
    assert sum(counts) == planting.planted().people == 200
    assert min(counts) >= 2
    assert max(counts) <= 45


def test_an_engine_s_workers_plant_none(tmp_path: Path) -> None:
    """It is refused, because nobody knows there how large the source is."""
    from anonymize.pipeline.publish_parts import publish_parts

    place = Made(tmp_path, rows=30)
    plan = preview_plan(place.policy(), place.uri).plan
    with pytest.raises(ArgumentError, match="coatcheck run"):
        publish_parts(plan, lambda job: [], format="ray", keyring=place.uri)


def test_nothing_but_the_record_tells(made: Made) -> None:
    """The word occurs in what readers see as the name of a key and of a folder alone."""
    text = json.dumps(made.manifest().as_json())
    body = made.manifest().as_json()
    del body["files"], body["keys"], body["key_checks"]
    assert "canar" in text
    assert "canar" not in json.dumps(body)
