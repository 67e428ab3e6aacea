"""Two versions compared by what their manifests state."""

from __future__ import annotations

from typing import Any

import pytest

from anonymize.dataset import Dataset, Manifest, RowCounts
from anonymize.dataset.difference import differences
from anonymize.dataset.facts import ColumnFacts, PrivacyFacts
from anonymize.dataset.manifest import OwnersPart
from anonymize.errors import ArgumentError, DatasetError
from anonymize.keys import Keyring


def made(**changed: Any) -> Manifest:
    """Return a manifest with a few facts."""
    facts: dict[str, Any] = {
        "dataset": "people",
        "purpose": "test",
        "policy_hmac_sha256": "a" * 64,
        "owner": OwnersPart(key="owner.1"),
        "rows": RowCounts(read=1005, written=1000, suppressed=5, raised_to=5),
        "columns": {
            "zip": ColumnFacts(type="string", nulls=5),
            "visits[].ip": ColumnFacts(type="string", nulls=40),
        },
        "keys": ("pseudonym.1", "training.1"),
    }
    return Manifest(**{**facts, **changed})


def told(before: Manifest, after: Manifest) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the differences by section and name."""
    return {(one.section, one.name): (one.before, one.after) for one in differences(before, after)}


def test_a_manifest_does_not_differ_from_itself() -> None:
    """Nor by what it does not state."""
    assert differences(made(), made()) == ()


def test_columns_that_came_went_or_changed_type_are_named() -> None:
    """Empty where a version has none."""
    columns = {
        "zip": ColumnFacts(type="int64", nulls=250),
        "born": ColumnFacts(type="int32", nulls=0),
    }
    found = told(made(), made(columns=columns))
    assert found["schema", "zip"] == ("string", "int64")
    assert found["schema", "born"] == ("", "int32")
    assert found["schema", "visits[].ip"] == ("string", "")
    assert found["nulls", "zip"][1] == "250 (25.00% of the rows)"


def test_counts_that_were_raised_are_told_as_raised() -> None:
    """5 of k = 5 may be one person: no number below k is said, nor one that gives it."""
    found = told(made(), made(rows=RowCounts(read=1012, written=1000, suppressed=12, raised_to=5)))
    assert found["rows", "suppressed"] == ("at most 5", "12")
    assert found["rows", "read"] == ("at most 1,005", "1,012")
    before, _ = told(made(), made(columns={}))["nulls", "zip"]
    assert before == "at most 5 (0.50% of the rows)"


def test_places_inside_columns_have_no_share_of_the_rows() -> None:
    """A list of a row may have many nulls, and more than there are rows."""
    found = told(made(), made(columns={}))
    assert found["nulls", "visits[].ip"] == ("40", "")


def test_a_policy_under_another_owners_key_is_not_said_to_have_changed() -> None:
    """Its digest is keyed: other bytes say nothing."""
    other = made(policy_hmac_sha256="b" * 64, owner=OwnersPart(key="owner.2"))
    before, after = told(made(), other)["policy", "keyed digest"]
    assert before == "not comparable: made under owner.1, purpose test"
    assert after == "not comparable: made under owner.2, purpose test"
    assert told(made(), made(policy_hmac_sha256="b" * 64))["policy", "keyed digest"] == (
        "a" * 12,
        "b" * 12,
    )


def test_keys_are_compared_by_what_they_are() -> None:
    """Another version, and another key of one id."""
    before = made(key_checks={"training.1": "aaaa"})
    after = made(keys=("pseudonym.2", "training.1"), key_checks={"training.1": "bbbb"})
    found = told(before, after)
    assert found["keys", "pseudonym"] == ("pseudonym.1", "pseudonym.2")
    assert found["keys", "training"] == (
        "training.1 (check value aaaa)",
        "training.1 (check value bbbb)",
    )


def test_privacy_measures_are_compared() -> None:
    """And that one version measured none."""
    facts = PrivacyFacts(
        quasi_identifiers=("zip",),
        asked_k=5,
        counts="people",
        counted="classes are counted in people",
        measured_on="the output",
        k=7,
        classes=12,
        highest=1 / 7,
        average=0.05,
        rows_without_subject=1,
    )
    found = told(made(), made(privacy=facts))
    assert found["privacy", "k"] == ("", "7")
    assert found["privacy", "measured"][0] == "no: the policy has no privacy: block"
    assert not [name for _, name in found if "without" in name]


def test_two_versions_on_disk_are_compared_as_signed(dataset: Dataset, keyring: Keyring) -> None:
    """By whoever can check the signatures; two publications of one policy state the same."""
    found = dataset.diff(1, 2, keyring=keyring)
    assert found == ()
    with pytest.raises(DatasetError, match="no version 9"):
        dataset.diff(1, 9, keyring=keyring)
    with pytest.raises(ArgumentError, match="before"):
        dataset.diff("1", 2, keyring=keyring)  # type: ignore[arg-type]


def test_a_changed_manifest_is_not_compared(dataset: Dataset, keyring: Keyring) -> None:
    """What it states is not what was published."""
    path = dataset.folder(1) / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"purpose":""', b'"purpose":"x"'))
    with pytest.raises(DatasetError, match="is not the manifest that was published"):
        dataset.diff(1, 2, keyring=keyring)
