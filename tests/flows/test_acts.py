"""The flows around a published version: inspection with drift, verification, rotation, expiry; and
blocks that say where things are.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from anonymize.dataset import Dataset
from anonymize.errors import ArgumentError, DriftError, GateError
from anonymize.keys import init_keyring
from anonymize.pipeline.run import run
from tests.prefect_server import database_text, stored
from tests.workplace import Workplace


def named(place: Workplace, dataset: str) -> str:
    """Write the policy for a dataset of its own, so that its artifacts are; return the path."""
    policy = place.policy()
    policy.write_text(policy.read_text().replace("dataset: people", f"dataset: {dataset}"))
    return str(policy)


def page(key: str) -> str:
    """Return the newest artifact under a key."""
    newest = "SELECT data FROM artifact WHERE key = ? ORDER BY created DESC LIMIT 1"
    ((data,),) = stored(newest, key)
    return str(json.loads(data))


def events(event: str, dataset: str, least: int = 0) -> list[dict[str, Any]]:
    """Return the payloads of a dataset's events."""
    query = "SELECT payload FROM events WHERE event = ? AND resource_id = ?"
    found = stored(query, event, f"coatcheck.dataset.{dataset}", least=least)
    return [json.loads(payload) for (payload,) in found]


def test_an_inspection_has_a_page_per_source(prefect_home: Path, workplace: Workplace) -> None:
    """One key for all sources let each overwrite the last; evidence is in lines of its own."""
    from anonymize.flows.inspect_dataset import inspect_dataset

    inspect_dataset(str(workplace.source))
    (other := workplace.folder / "wuxo_lami.csv").write_text(workplace.source.read_text())
    inspect_dataset(str(other))
    query = "SELECT DISTINCT key FROM artifact WHERE type = 'markdown' AND key LIKE '%-inspection'"
    keys = {key for (key,) in stored(query)}
    assert len([key for key in keys if len(key) == len("coatcheck-12345678-inspection")]) >= 2
    assert not [key for key in keys if "wuxo" in key]
    text = page(sorted(keys)[0])
    assert "<br>the name says 'name'" in text


def test_drift_is_an_event_and_a_page(prefect_home: Path, workplace: Workplace) -> None:
    """A policy's ``expect:`` is compared with its source; the run fails by them alone."""
    from anonymize.flows.inspect_dataset import inspect_dataset

    policy = named(workplace, "drifting")
    assert len(inspect_dataset(expect=policy, keyring=workplace.keyring_uri)) == 5
    workplace.source.write_text(workplace.source.read_text().replace("visits", "visit"))
    with pytest.raises(DriftError, match="did you mean 'visit'"):
        inspect_dataset(expect=policy, keyring=workplace.keyring_uri)
    (drift,) = events("coatcheck.drift", "drifting", least=1)
    assert drift["problems"] == 1
    assert not events("coatcheck.refused", "drifting")
    text = page("coatcheck-drifting-inspection")
    assert "## Not as expected" in text
    assert "| email | EMAIL_ADDRESS 0.99 |" in text


def test_an_inspection_needs_something_to_inspect(prefect_home: Path) -> None:
    """A source, or a policy that names one."""
    from anonymize.flows.inspect_dataset import inspect_dataset

    with pytest.raises(ArgumentError, match="name a source, or a policy in expect"):
        inspect_dataset()


@pytest.mark.soak
def test_verification_fails_on_a_changed_byte(prefect_home: Path, workplace: Workplace) -> None:
    """And its page lists what is not sound."""
    from anonymize.flows.verify_dataset import verify_dataset

    policy = named(workplace, "verified")
    run(policy, keyring=workplace.keyring_uri)
    assert verify_dataset(policy, keyring=workplace.keyring_uri)["rows"] == 3
    (part,) = workplace.sink.glob("versions/000001/part-*.parquet")
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(GateError, match="the manifest says"):
        verify_dataset(policy, keyring=workplace.keyring_uri)
    assert page("coatcheck-verified-verification").startswith("# verified, version 1: not sound")
    (refused,) = events("coatcheck.refused", "verified", least=1)
    assert (refused["act"], refused["kind"]) == ("verification", "GateError")


@pytest.mark.soak
def test_expiry_keeps_the_newest(prefect_home: Path, workplace: Workplace) -> None:
    """With the reason in the dataset's log."""
    from anonymize.flows.expire_versions import expire_versions

    policy, uri = named(workplace, "expired"), workplace.keyring_uri
    for _ in range(3):
        run(policy, keyring=uri)
    assert expire_versions(policy, 2, "retention of two", keyring=uri) == {"removed": [1]}
    dataset = Dataset(workplace.sink)
    assert dataset.versions() == (2, 3)
    assert dataset.audit.entries()[-1].why == "retention of two"


@pytest.mark.soak
def test_expiry_goes_by_the_policys_retention_and_tries_first(
    prefect_home: Path, workplace: Workplace
) -> None:
    """Never the current version, whatever its age; what the caller names counts instead."""
    from anonymize.flows.expire_versions import expire_versions

    policy, uri = named(workplace, "retained"), workplace.keyring_uri
    for _ in range(3):
        run(policy, keyring=uri)
    with pytest.raises(ArgumentError, match="here or in the policy's retention:"):
        expire_versions(policy, keyring=uri, reason="a test")
    path = Path(policy)
    path.write_text(path.read_text() + "retention: {keep: 2, older_than: 0h}\n")
    assert expire_versions(policy, keyring=uri, dry_run=True) == {"would_remove": [1]}
    assert Dataset(workplace.sink).versions() == (1, 2, 3)
    assert expire_versions(policy, keyring=uri, older_than="9w", reason="a test")["removed"] == []
    assert expire_versions(policy, keyring=uri) == {"removed": [1]}
    why = Dataset(workplace.sink).audit.entries()[-1].why
    assert why == "the policy's retention: keep: 2, older_than: 0h"
    assert expire_versions(policy, keyring=uri, older_than="0h", reason="a test")["removed"] == [2]
    assert "| versions removed | 2 |" in page("coatcheck-retained-expiry")


@pytest.mark.soak
def test_unusual_activity_is_an_event_and_a_page_without_who(
    prefect_home: Path, workplace: Workplace
) -> None:
    """The run ends well; nothing unusual is no event; a threshold that is none is refused."""
    import anonymize
    from anonymize.dataset.when_and_who import who
    from anonymize.flows.unusual_activity import unusual_activity

    policy, uri = named(workplace, "watched"), workplace.keyring_uri
    path = Path(policy)
    path.write_text(path.read_text() + "audit: {reads: true}\n")
    run(policy, keyring=uri)
    anonymize.read(workplace.sink, keyring=uri)
    quiet = unusual_activity(policy, keyring=uri)
    assert (quiet["judged"], quiet["flags"], quiet["not_judged"]) == (1, [], 2)
    assert not events("coatcheck.unusual", "watched")
    found = unusual_activity(policy, keyring=uri, thresholds={"most_per_hour": 1})
    assert found["flags"] == [{"log": "reads", "line": 1, "rule": "burst"}]
    (event,) = events("coatcheck.unusual", "watched", least=1)
    assert (event["flags"], event["rules"]) == (1, {"burst": 1})
    text = page("coatcheck-watched-unusual")
    assert "reads, line 1" in text
    assert who() not in text + json.dumps(event)
    with pytest.raises(ArgumentError, match="there is no hour"):
        unusual_activity(policy, keyring=uri, thresholds={"hour": 1})


@pytest.mark.parametrize("keep, reason", [(0, "retention"), (True, "retention"), (2, "")])
def test_expiry_without_number_or_reason_is_refused(
    prefect_home: Path, workplace: Workplace, keep: int, reason: str
) -> None:
    """Before anything is opened."""
    from anonymize.flows.expire_versions import expire_versions

    with pytest.raises(ArgumentError):
        expire_versions(str(workplace.policy()), keep, reason)


@pytest.mark.soak
def test_rotation_wraps_the_files_again(prefect_home: Path, workplace: Workplace) -> None:
    """A key that only encrypts files is rotated; one that values derive from only on demand."""
    from anonymize.flows.rotate_key import rotate_key

    uri = f"file:{workplace.folder / 'keys.json'}"
    init_keyring(uri, ["training", "pseudonym", "reveal"])
    policy = named(workplace, "rotated")
    run(policy, keyring=uri)
    with pytest.raises(ArgumentError, match="set other_values if you mean it"):
        rotate_key(policy, "pseudonym", keyring=uri)
    done = rotate_key(policy, "training", keyring=uri)
    assert (done["key"], done["files"]) == ("training.2", 1)
    assert rotate_key(policy, "pseudonym", keyring=uri, other_values=True)["key"] == "pseudonym.2"
    assert "| values of the next version | do not join" in page("coatcheck-rotated-rotation")


@pytest.mark.soak
def test_a_keyrings_block_holds_an_address(
    flow_of: Any, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That flows take by name; the passphrase stays the worker's."""
    from anonymize.flows.blocks import CoatcheckKeyring

    CoatcheckKeyring(uri=workplace.keyring_uri).save("nightly", overwrite=True)
    done = flow_of.anonymize_dataset(str(workplace.policy()), "block:nightly")
    assert done["version"] == 1
    with pytest.raises(ArgumentError, match="there is no block coatcheck-keyring/none"):
        flow_of.anonymize_dataset(str(workplace.policy()), "block:none")
    passphrase = Path(f"{workplace.keyring_uri.removeprefix('file:')}.key").read_text().strip()
    assert passphrase not in database_text()


def test_a_block_takes_no_field_that_is_not_its_own(prefect_home: Path) -> None:
    """A block of Prefect's stores whatever it is given."""
    from anonymize.flows.blocks import CoatcheckStore

    with pytest.raises(ValidationError, match="secret_key") as told:
        CoatcheckStore(secret_key="word")
    assert "word" not in str(told.value)


@pytest.mark.soak
def test_a_stores_block_sets_the_environment_while_it_runs(prefect_home: Path) -> None:
    """And holds no credentials."""
    from anonymize.flows.blocks import CoatcheckStore, addressed

    CoatcheckStore(endpoint_url="http://127.0.0.1:9", profile="night").save("s3", overwrite=True)
    before = dict(os.environ)
    with addressed("s3"):
        assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:9"
        assert os.environ["AWS_PROFILE"] == "night"
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    "address", ["https://user:word@store", "https://store?secret_key=word", "store", "file:///x"]
)
def test_credentials_do_not_go_into_a_block(address: str) -> None:
    """Nor what is no address."""
    from anonymize.flows.blocks import CoatcheckKeyring, CoatcheckStore

    with pytest.raises(ValidationError, match=r"credentials|no address") as told:
        CoatcheckStore(endpoint_url=address)
    assert "word" not in str(told.value)
    with pytest.raises(ValidationError, match="is not a keyring's URI"):
        CoatcheckKeyring(uri=address.replace("file:///x", "x"))
