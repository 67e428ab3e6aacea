"""A promise that is weaker than the last version's is never silent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.errors import GateError
from anonymize.keys import Keyring
from anonymize.pipeline.prepare import preview_plan
from anonymize.pipeline.promises import changed_in_block, promises_of, weaker
from anonymize.policy import Policy, parse_policy
from tests.workplace import Workplace

BLOCK: Mapping[str, Any] = {
    "quasi_identifiers": "[zip, sex]",
    "sensitive": "[dx]",
    "k": 5,
    "l": 2,
    "t": 0.5,
    "max_suppressed": 0.02,
}


def policy(
    folder: Path | str, block: Mapping[str, Any] | None, head: str = "", unlisted: str = "refuse"
) -> Policy:
    """Return a policy with that block."""
    said = [f"  {name}: {value}" for name, value in (block or {}).items() if value is not None]
    lines = [
        f"version: 1\ndataset: d\npurpose: test\nsource: {{path: {folder}/d.csv}}",
        f"sink: {{path: {folder}/out}}\ndetect: {{ner: off}}\nunlisted: {unlisted}\n{head}",
        *(["privacy:", *said] if said else []),
        "columns:\n  zip: {action: keep, accept: test}",
        "  sex: {action: keep}\n  dx: {action: keep}",
    ]
    return parse_policy("\n".join(lines) + "\n", "p.yaml")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"k": 4}, "k was 5 and is 4"),
        ({"l": None}, "l was 2 and is not asked for"),
        ({"t": 0.6}, "t was 0.5 and is 0.6"),
        ({"t": None}, "t was 0.5 and is not asked for"),
        (
            {"t": "{most: 0.5, distance: ordered}"},
            "t is about ordered distance, and was about equal distance",
        ),
        ({"max_suppressed": 0.05}, "max_suppressed was 0.02 and is 0.05"),
        ({"quasi_identifiers": "[zip]"}, "sex no longer in quasi_identifiers"),
    ],
)
def test_each_weaker_setting_is_named(changed: dict[str, Any], said: str) -> None:
    """With what it was and what it is; it stops a run. The other way round nothing is weaker."""
    strong, weak = policy("f", BLOCK), policy("f", {**BLOCK, **changed})
    found = list(weaker(promises_of(strong), weak))
    assert [(one.place, one.stops) for one in found] == [("privacy", True)]
    assert said in found[0].what
    if "ordered" not in said:
        assert not list(weaker(promises_of(weak), strong))


def test_a_promise_that_only_some_settings_weaken_names_these_alone() -> None:
    """A higher k beside a lower t does not hide it."""
    found = list(weaker(promises_of(policy("f", BLOCK)), policy("f", {**BLOCK, "k": 9, "t": 0.9})))
    assert [one.what for one in found] == [
        "promises less than for the last version: t was 0.5 and is 0.9"
    ]


@pytest.mark.parametrize(
    ("was", "now", "less"),
    [
        (2, "{entropy: 3}", False),
        (2, "{entropy: 1.5}", False),
        (3, "{entropy: 1.5}", True),
        (3, "{recursive: {c: 2, l: 3}}", False),
        (4, "{recursive: {c: 2, l: 3}}", True),
        ("{entropy: 2}", 9, True),
    ],
)
def test_a_way_that_another_follows_from_is_not_weaker(
    was: object, now: object, less: bool
) -> None:
    """Entropy l of 1.5 takes two different values, recursive (c, 3) takes three."""
    found = list(
        weaker(promises_of(policy("f", {**BLOCK, "l": was})), policy("f", {**BLOCK, "l": now}))
    )
    assert bool(found) is less


def test_what_a_changed_block_says_otherwise_is_named() -> None:
    """Settings of numbers with both, others by name; of versions of before what is known."""
    before = promises_of(policy("f", BLOCK))
    changed = policy("f", {**BLOCK, "k": 9, "l": "{entropy: 2}", "recode": "{zip: values}"})
    said = changed_in_block(before, changed)
    assert said == "k was 5 and is 9; l was 2 and is entropy 2; another recode"
    assert changed_in_block(before, policy("f", BLOCK)) == ""
    older = {**before, "privacy": {**before["privacy"]}}
    del older["privacy"]["parts"]
    assert changed_in_block(older, changed) == "k was 5 and is 9; l was 2 and is entropy 2"
    assert changed_in_block(promises_of(policy("f", None)), changed).startswith("there was no")


@pytest.mark.parametrize(
    ("before", "after", "place", "stops"),
    [
        ("preset: gdpr-pseudonymisation", "", "preset", True),
        (
            "preset: hipaa-safe-harbor",
            "preset: {name: hipaa-safe-harbor, accept: {zip: no postcode}}",
            "preset",
            True,
        ),
        ("", "checks: {residual: off}", "checks.residual", False),
        ("audit: {reads: true}", "", "audit.reads", False),
        ("expect: {rows: {min: 1}}", "", "expect", False),
        (
            f"reveal: {{approvals: 2, approvers: {{b: 'ed25519:{'A' * 43}='}}}}",
            "",
            "reveal.approvals",
            False,
        ),
    ],
)
def test_other_promises_are_told(before: str, after: str, place: str, stops: bool) -> None:
    """A preset that is dropped stops a run, what protects rows and acts is told."""
    found = list(weaker(promises_of(policy("f", BLOCK, before)), policy("f", BLOCK, after)))
    assert [(one.place, one.stops) for one in found] == [(place, stops)]
    assert not list(weaker(promises_of(policy("f", BLOCK, after)), policy("f", BLOCK, before)))


def test_a_dropped_block_and_a_version_of_before_are_told_apart() -> None:
    """Where the last version does not say what it promised, nothing is called weaker."""
    found = list(weaker(promises_of(policy("f", BLOCK)), policy("f", None)))
    assert [one.what for one in found] == ["k was 5, and no class has a least size now"]
    assert not list(weaker({}, policy("f", None)))


def test_a_run_with_a_weaker_promise_stops_once(workplace: Workplace, keyring: Keyring) -> None:
    """Preset and k: both are named, plan says so before, and the manifest states the preset."""
    rows = "".join(f"{z},{s},{d}\n" for z in (101, 102) for s in "fm" for d in "abab" * 3)
    (workplace.folder / "d.csv").write_text(f"zip,sex,dx\n{rows}")
    strong = policy(workplace.folder, {**BLOCK, "k": 6}, "preset: gdpr-pseudonymisation")
    anonymize.run(strong, keyring=workplace.keyring_uri)
    dataset = Dataset(workplace.sink.parent / "out")
    assert dataset.manifest(keyring=keyring).checks.preset == "gdpr-pseudonymisation"
    other = policy(workplace.folder, {**BLOCK, "k": 8}, "preset: gdpr-pseudonymisation")
    with pytest.raises(GateError, match="than for the last version: k was 6 and is 8"):
        anonymize.run(other, keyring=workplace.keyring_uri)
    weak = policy(workplace.folder, {**BLOCK, "k": 3})
    with pytest.raises(GateError, match="k was 6 and is 3") as caught:
        anonymize.run(weak, keyring=workplace.keyring_uri)
    assert "was gdpr-pseudonymisation, and is dropped now" in str(caught.value)
    assert "--accept-change" in str(caught.value)
    assert preview_plan(weak, workplace.keyring_uri).changes.stopping
    assert anonymize.run(weak, keyring=workplace.keyring_uri, accept_change=True).version == 2


def test_an_earlier_release_that_is_no_longer_looked_at_stops_a_run() -> None:
    """Said once: that nothing is compared says that nothing is refused, too."""
    asked = policy("f", {**BLOCK, "against": "[previous]"})
    reported = policy("f", {**BLOCK, "against": "[previous]", "on_against": "report"})
    found = list(weaker(promises_of(asked), policy("f", BLOCK)))
    assert [(one.place, one.stops) for one in found] == [("privacy.against", True)]
    found = list(weaker(promises_of(asked), reported))
    assert [(one.place, one.stops) for one in found] == [("privacy.on_against", True)]
    assert not list(weaker(promises_of(reported), asked))
