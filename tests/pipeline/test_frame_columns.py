"""A frame and rules for its columns, without a file."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.errors import ArgumentError, GateError, PlanError, PolicyError, SourceError
from anonymize.plan.bind import registry
from tests.plan.helpers import policy_of

FRAME = pd.DataFrame(
    {
        "email": ["ana.castro@example.org", "bo.jensen@example.org", "ana.castro@example.org"],
        "visits": [3, 1, 2],
    }
)
RULES: dict[str, dict[str, Any]] = {
    "email": {"action": "pseudonymize"},
    "visits": {"action": "keep"},
}


def test_rules_alone_do_what_a_policy_of_them_does(keyring_uri: str) -> None:
    """Neither a source nor a sink is needed; the same purpose and dataset give the same values."""
    out = anonymize.anonymize_frame(FRAME, columns=RULES, purpose="test", keyring=keyring_uri)
    assert out["visits"].tolist() == [3, 1, 2]
    assert out["email"][0] == out["email"][2] != out["email"][1]
    assert "example.org" not in out.to_csv()
    rules = {"email": {"action": "pseudonymize", "domain": "email"}, "visits": RULES["visits"]}
    columns = "  email: {action: pseudonymize, domain: email}\n  visits: {action: keep}\n"
    pd.testing.assert_frame_equal(
        anonymize.anonymize_frame(FRAME, columns=rules, keyring=keyring_uri),
        anonymize.anonymize_frame(FRAME, policy_of(columns), keyring=keyring_uri),
    )


def test_a_rule_without_a_key_needs_no_keyring() -> None:
    """The first thing that a stranger tries, in a folder without anything, warns of nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        out = anonymize.anonymize_frame(
            FRAME, columns={"email": {"action": "redact"}, "visits": {"action": "keep"}}
        )
    assert out["email"].nunique() == 1


def test_values_join_by_purpose_and_without_one_that_is_said(keyring_uri: str) -> None:
    """Two purposes do not join; frames without one do, which a warning says."""

    def emails(**said: Any) -> list[str]:
        out = anonymize.anonymize_frame(FRAME, columns=RULES, keyring=keyring_uri, **said)
        return list(out["email"])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not set(emails(purpose="a")) & set(emails(purpose="b"))
    with pytest.warns(UserWarning, match="no purpose was said"):
        assert emails() == emails()


def test_a_column_without_a_rule_is_refused() -> None:
    """It is named, and nothing comes back."""
    with pytest.raises(PlanError, match="visits"):
        anonymize.anonymize_frame(FRAME, columns={"email": {"action": "redact"}})


def test_a_kept_identifier_is_refused_as_in_a_policy() -> None:
    """The plan's gate is on."""
    rules = {"email": {"action": "keep"}, "visits": {"action": "keep"}}
    with pytest.raises(PlanError, match="EMAIL_ADDRESS"):
        anonymize.anonymize_frame(FRAME, columns=rules)


@dataclass(frozen=True)
class MadeUp:
    """Stands in for an installed action, and makes an address of each value."""

    function_of_row = True
    distribution, version = "made-up", "1"

    def make(self, parameters: object) -> MadeUp:
        """Return itself."""
        return self

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return addresses."""
        return pa.array([f"person{number}@example.org" for number in range(len(column))])


def test_the_result_is_scanned_as_in_a_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the plan could not know is refused by the scan of the output."""
    monkeypatch.setattr(registry, "custom_action", lambda name: MadeUp())
    rules = {"email": {"action": "custom", "name": "made-up"}, "visits": RULES["visits"]}
    with pytest.raises(GateError, match="EMAIL_ADDRESS"):
        anonymize.anonymize_frame(FRAME, columns=rules)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"email": {"action": "blur"}}, "columns.email: unknown action 'blur'"),
        ({"email": {"action": "keep", "reasons": 1}}, "columns.email.reasons: unknown key"),
        ({"email": {}}, "columns.email: has no action"),
        ({}, "columns: "),
    ],
)
def test_a_wrong_rule_is_told_by_its_key(said: dict[str, Any], told: str) -> None:
    """There is no file and so no line to name."""
    with pytest.raises(PolicyError) as refused:
        anonymize.anonymize_frame(FRAME, columns=said)
    assert str(refused.value).startswith(told)


def test_countries_and_detect_are_a_policy_s() -> None:
    """What detection is told of countries it is told here too; mistakes in it are the policy's."""
    frame = pd.DataFrame({"n": ["86 095 742 719", "12 004 044 937", "65 027 406 295"] * 9})
    rule = {"n": {"action": "keep"}}
    with pytest.raises(PolicyError, match=r"detect\.countries"):
        anonymize.anonymize_frame(frame, columns=rule, countries=["Germany"])
    with pytest.raises(PolicyError, match=r"detect\.smaple: unknown key"):
        anonymize.anonymize_frame(frame, columns=rule, detect={"smaple": 20})
    with pytest.raises(ArgumentError, match="say them once"):
        anonymize.anonymize_frame(
            frame, columns=rule, countries=["de"], detect={"countries": ["de"]}
        )


def test_a_policy_and_rules_or_neither_are_refused() -> None:
    """Nobody need guess which of two counts."""
    policy = policy_of("  visits: {action: keep}\n")
    for beside in ({"columns": RULES}, {"purpose": "x"}, {"countries": ["de"]}, {"detect": {}}):
        with pytest.raises(ArgumentError, match="give one of the two"):
            anonymize.anonymize_frame(FRAME, policy, **beside)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="give a policy, or columns"):
        anonymize.anonymize_frame(FRAME)


@pytest.mark.parametrize(
    "names", [("Anna Meier", "day"), ("day", "a.meier@acme.org"), ("S. Brennan", "day")]
)
def test_columns_called_like_people_are_refused_as_a_sources_are(names: tuple[str, str]) -> None:
    """By position: warnings, errors and the result quote columns' names."""
    frame = pd.DataFrame({name: [1, 2] for name in names})
    rules = {name: {"action": "keep"} for name in names}
    with pytest.raises(SourceError, match=r"df: column [12] is called like people") as refused:
        anonymize.anonymize_frame(frame, columns=rules)
    assert not [name for name in names if name != "day" and name in str(refused.value)]
