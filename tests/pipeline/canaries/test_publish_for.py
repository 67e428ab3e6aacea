"""A recipient's dataset: ids of its own, canaries of its own, all else as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.dataset.owner import open_facts
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, KeysError, PlanError
from anonymize.keys import share_keyring
from anonymize.names import KeyName
from anonymize.pipeline.canaries.check import check_canaries, list_canaries
from anonymize.pipeline.canaries.publish_for import publish_for
from tests.pipeline.canaries.made import Made

IDS = ("customer", "email", "card", "name")
OTHERS = ("born", "region", "plan", "spent", "seen")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a dataset that two recipients have."""
    place = Made(tmp_path_factory.mktemp("shared"), rows=600)
    place.run()
    for recipient in ("ads", "research"):
        publish_for(place.file, recipient, place.uri)
    return place


def _of(place: Made, recipient: str) -> pa.Table:
    return anonymize.read(f"{place.out}@{recipient}", keyring=place.uri)


@pytest.mark.parametrize("column", ["customer", "email", "card"])
def test_ids_join_with_no_other_s(shared: Made, column: str) -> None:
    """Nor with the base's."""
    tables = [shared.rows(), _of(shared, "ads"), _of(shared, "research")]
    values = [set(table[column].to_pylist()) for table in tables]
    assert not values[0] & values[1] | values[0] & values[2] | values[1] & values[2]
    assert len(values[1]) == len(values[0]) == 620


def test_other_columns_are_as_they_were(shared: Made) -> None:
    """Every real row of the base is there once, in another order."""
    invented = {tuple(row.values()) for row in _canary_rows(shared, shared.dataset)}
    base = sorted(set(_rows(shared.rows())) - invented)
    theirs = {tuple(row.values()) for row in _canary_rows(shared, Dataset(f"{shared.out}@ads"))}
    assert base == sorted(set(_rows(_of(shared, "ads"))) - theirs)
    assert _rows(shared.rows()) != _rows(_of(shared, "ads"))


def _rows(table: pa.Table) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in table.select(list(OTHERS)).to_pylist()]


def _canary_rows(place: Made, dataset: Dataset) -> list[dict[str, object]]:
    return place.records(dataset)[0].rows.select(list(OTHERS)).to_pylist()


def test_a_leak_names_the_recipient(shared: Made) -> None:
    """Canaries of two recipients differ, and the base's are not among them."""
    for recipient in ("ads", "research"):
        found = check_canaries(shared.leak(_of(shared, recipient)), shared.out, shared.uri)
        assert [one.version.recipient for one in found.accused] == [recipient]
    found = check_canaries(shared.leak(shared.rows()), shared.out, shared.uri)
    assert [one.version.recipient for one in found.accused] == [""]


def test_a_leak_without_ids_names_the_recipient_too(shared: Made) -> None:
    """The rows of the canaries differ, not only their ids."""
    leak = shared.leak(_of(shared, "ads").select(list(OTHERS)))
    found = check_canaries(leak, shared.out, shared.uri)
    assert [one.version.recipient for one in found.accused] == ["ads"]


def test_it_is_a_dataset_like_any_other(shared: Made) -> None:
    """Signed, verified, listed; its source is the base's version."""
    dataset = Dataset(f"{shared.out}@ads")
    assert dataset.verify(keyring=shared.keyring).problems == ()
    made = dataset.manifest(keyring=shared.keyring)
    assert (made.dataset, made.source.format) == ("customers@ads", "version 1 of customers")
    assert open_facts(made, shared.keyring)["source"]["recipient"] == "ads"
    assert {one.recipient for one in list_canaries(shared.out, shared.uri)} == {
        "", "ads", "research",
    }  # fmt: skip


def test_ids_of_one_recipient_join_across_datasets(tmp_path: Path) -> None:
    """Where those of the base do: two datasets of one domain."""
    tables = []
    one, other = Made(tmp_path / "one", rows=80), Made(tmp_path / "other", rows=80)
    other.uri = one.uri
    for place, dataset in ((one, "customers"), (other, "orders")):
        text = place.policy().read_text().replace("dataset: customers", f"dataset: {dataset}")
        place.file.write_text(text)
        anonymize.run(place.file, keyring=place.uri)
        publish_for(place.file, "ads", place.uri)
        tables.append(_of(place, "ads"))
    shared_ids = [set(table["email"].to_pylist()) for table in tables]
    assert len(shared_ids[0] & shared_ids[1]) == 80
    cards = [set(table["card"].to_pylist()) for table in tables]
    assert not cards[0] & cards[1]  # no domain: nothing joins in the base either


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()


def test_a_fake_person_stays_one_person(tmp_path: Path) -> None:
    """Name and e-mail of a row agree, and equal people stay equal."""
    place = Made(tmp_path, rows=90, each=3)
    person = "{{action: fake, kind: {}, person: p}}"
    text = place.policy(5).read_text()
    text = text.replace("{action: fake, kind: name, domain: person}", person.format("name"))
    text = text.replace(
        "{action: pseudonymize, domain: email, normalize: fold}",
        "{action: fake, kind: email, unique: stable, person: p}",
    )
    place.file.write_text(text)
    anonymize.run(place.file, keyring=place.uri)
    publish_for(place.file, "ads", place.uri)
    table = _of(place, "ads")
    by_person = table.group_by("customer").aggregate(
        [("name", "count_distinct"), ("email", "count_distinct")]
    )
    assert set(by_person["name_count_distinct"].to_pylist()) == {1}
    assert set(by_person["email_count_distinct"].to_pylist()) == {1}
    for name, email in zip(table["name"].to_pylist(), table["email"].to_pylist(), strict=True):
        assert name.split()[-1].lower()[:3] in email.lower()


def test_places_inside_columns_are_made_again(tmp_path: Path) -> None:
    """Of structs and lists; other places beside them stay."""
    place = Made(tmp_path, rows=1)
    rows = [
        {"id": f"c{at}", "who": {"mail": f"m{at}@x.org", "age": at}, "tags": [f"t{at}", "u"]}
        for at in range(60)
    ]
    (tmp_path / "people.jsonl").write_text("\n".join(map(json.dumps, rows)))
    head = place.policy(5).read_text().split("subject:")[0].replace("people.csv", "people.jsonl")
    rules = "  id: {action: tokenize}\n  who.mail: {action: pseudonymize}\n"
    rules += "  who.age: {action: keep}\n  'tags[]': {action: pseudonymize}\n"
    place.file.write_text(f"{head}columns:\n{rules}")
    anonymize.run(place.file, keyring=place.uri)
    publish_for(place.file, "ads", place.uri)
    base, theirs = place.rows().to_pylist(), _of(place, "ads").to_pylist()
    mails = [{row["who"]["mail"] for row in table} for table in (base, theirs)]
    tags = [{one for row in table for one in row["tags"]} for table in (base, theirs)]
    assert not mails[0] & mails[1]
    assert not tags[0] & tags[1]
    assert sum(row["who"]["age"] for row in base) - sum(r["who"]["age"] for r in theirs) < 60 * 5


@pytest.mark.parametrize(
    ("recipient", "error", "says"),
    [("../x", ArgumentError, "no name for a folder"), ("", ArgumentError, "no name")],
)
def test_a_name_that_leads_elsewhere_is_refused(
    shared: Made, recipient: str, error: type[AnonymizeError], says: str
) -> None:
    """Folders are named by it."""
    with pytest.raises(error, match=says):
        publish_for(shared.file, recipient, shared.uri)


def test_what_cannot_be_done_is_refused(tmp_path: Path) -> None:
    """Nothing published, another policy, no canaries, a reader's keyring, ids by condition."""
    place = Made(tmp_path, rows=40)
    with pytest.raises(DatasetError):
        publish_for(place.policy(5), "ads", place.uri)
    place.run(5)
    with pytest.raises(ArgumentError, match="run it first"):
        publish_for(place.policy(6), "ads", place.uri)
    share_keyring([KeyName("training")], tmp_path / "reader.json", place.uri)
    with pytest.raises(KeysError):
        publish_for(place.policy(5), "ads", f"file:{tmp_path / 'reader.json'}")
    plain = place.policy(5).read_text().replace(", canaries: 5}", "}")
    place.file.write_text(plain)
    with pytest.raises(ArgumentError, match="canaries: 20"):
        publish_for(place.file, "ads", place.uri)
    rule = "{action: pseudonymize, when: [[plan, '=', pro]], otherwise: {action: 'null'}}"
    text = (
        place.policy(5)
        .read_text()
        .replace("{action: pseudonymize, domain: email, normalize: fold}", rule)
    )
    place.file.write_text(text)
    anonymize.run(place.file, keyring=place.uri, accept_change=True)
    with pytest.raises(PlanError, match="does not tell which"):
        publish_for(place.file, "ads", place.uri)


def test_the_next_version_follows(tmp_path: Path) -> None:
    """Published again it is version 2 there, of the base's current one; rolled back it is 1."""
    place = Made(tmp_path, rows=60)
    place.run(5)
    publish_for(place.file, "ads", place.uri)
    place.write_rows(80)
    place.run(5, accept_change=True)
    done = publish_for(place.file, "ads", place.uri)
    assert (done.version, done.base, done.rows) == (2, 2, 85)
    dataset = Dataset(f"{place.out}@ads")
    dataset.rollback(1, keyring=place.keyring, why="sweep")
    assert _of(place, "ads").num_rows == 65


def test_classes_hold_for_a_recipient_and_screened_rows_are_published(tmp_path: Path) -> None:
    """Each class of the base only grows; the screen was made when the base was."""
    place = Made(tmp_path, rows=400)
    asked = {"quasi_identifiers": ["region", "plan"], "sensitive": ["seen"], "k": 5}
    extra = f"privacy: {json.dumps(asked)}\nscreen: {{label: plan, 'on': report}}"
    text = place.policy(60, extra).read_text().replace("generalize, to: year", "drop")
    place.file.write_text(text)
    anonymize.run(place.file, keyring=place.uri)
    base = place.rows().group_by(["region", "plan"]).aggregate([([], "count_all")])
    publish_for(place.file, "ads", place.uri)
    theirs = _of(place, "ads").group_by(["region", "plan"]).aggregate([([], "count_all")])
    assert min(theirs["count_all"].to_pylist()) >= 5
    classes = [set(zip(*table.to_pydict().values(), strict=True)) for table in (base, theirs)]
    assert {one[:2] for one in classes[0]} == {one[:2] for one in classes[1]}
    made = Dataset(f"{place.out}@ads").manifest(keyring=place.keyring)
    assert made.checks.screen is not None
    assert made.privacy is not None
