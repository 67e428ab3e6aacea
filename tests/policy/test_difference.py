"""Two policies are compared by what they mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from anonymize.policy import Policy, make_policy
from anonymize.policy.difference import Difference, differences
from tests.workplace import Workplace
from tests.workplace import workplace as workplace

COLUMNS: Mapping[str, Any] = {
    "user_id": {"action": "pseudonymize", "domain": "user"},
    "manager_id": {"action": "pseudonymize", "domain": "user"},
    "email": {"action": "pseudonymize"},
    "zip": {"action": "generalize", "prefix": 3},
}


def policy(columns: Mapping[str, Any] | None = None, **said: Any) -> Policy:
    """Return a policy; ``columns`` replace its rules, None takes one away."""
    rules = {name: one for name, one in {**COLUMNS, **(columns or {})}.items() if one is not None}
    base: dict[str, Any] = {
        "version": 1,
        "dataset": "d",
        "purpose": "p",
        "source": {"path": "d.csv"},
        "sink": {"path": "out/d"},
    }
    return make_policy({**base, **said, "columns": rules})


def difference(columns: Mapping[str, Any] | None = None, **said: Any) -> Difference:
    """Return the only difference from the policy as it is."""
    (one,) = differences(policy(), policy(columns, **said))
    return one


def test_policies_that_mean_the_same_do_not_differ() -> None:
    """The order of keys, defaults written out, and cases change nothing of a run."""
    other = policy(
        {"email": {"normalize": "exact", "action": "pseudonymize"}},
        unlisted="drop",
        tests=[{"row": {"zip": "12345"}, "expect": {"zip": "123"}}],
    )
    assert differences(policy(), other) == ()


@pytest.mark.parametrize(
    ("column", "rule", "protection"),
    [
        ("email", {"action": "keep"}, "less"),
        ("email", {"action": "drop"}, "more"),
        ("email", {"action": "redact"}, "more"),
        ("email", {"action": "tokenize"}, "less"),
        ("email", {"action": "fake", "kind": "email"}, "unclear"),
        ("email", {"action": "mask", "keep_last": 2}, "unclear"),
        ("zip", {"action": "generalize", "prefix": 2}, "more"),
        ("zip", {"action": "generalize", "prefix": 4}, "less"),
        ("zip", {"action": "generalize", "postcode": "US"}, "unclear"),
        ("zip", {"action": "keep"}, "less"),
    ],
)
def test_a_rule_protects_more_or_less(
    column: str, rule: Mapping[str, Any], protection: str
) -> None:
    """Where that does not depend on the values."""
    assert difference({column: rule}).protection == protection


@pytest.mark.parametrize(
    ("before", "after", "protection"),
    [
        ({"to": "day"}, {"to": "month"}, "more"),
        ({"to": "year"}, {"to": "quarter"}, "less"),
        ({"band": 10}, {"band": 20}, "more"),
        ({"band": 10}, {"band": 15}, "unclear"),
        ({"significant": 3}, {"significant": 2}, "more"),
        ({"rare": 5}, {"rare": 50}, "more"),
    ],
)
def test_coarser_values_protect_more(
    before: Mapping[str, Any], after: Mapping[str, Any], protection: str
) -> None:
    """A band of 15 is no union of bands of 10."""
    one, other = (policy({"x": {"action": "generalize", **said}}) for said in (before, after))
    (found,) = differences(one, other)
    assert found.protection == protection


def test_a_domain_tells_what_stops_joining() -> None:
    """Both columns say so, because both are read."""
    found = differences(policy(), policy({"manager_id": {"action": "pseudonymize"}}))
    means = {one.place: one.means for one in found}
    assert means == {
        "columns.user_id": ("no longer joins with manager_id",),
        "columns.manager_id": (
            "values no longer join those of earlier versions",
            "no longer joins with user_id",
        ),
    }


@pytest.mark.parametrize(
    "rule",
    [
        {"action": "pseudonymize", "key": "other"},
        {"action": "pseudonymize", "normalize": "fold"},
        {"action": "pseudonymize", "domain": "email"},
    ],
)
def test_what_changes_keyed_values_is_told(rule: Mapping[str, Any]) -> None:
    """Key, domain and spelling decide on every value."""
    assert "values no longer join those of earlier versions" in difference({"email": rule}).means


def test_another_purpose_tells_which_columns_hang_on_it() -> None:
    """Those without a domain."""
    one = difference(purpose="other")
    assert (one.place, one.before, one.after) == ("purpose", "p", "other")
    assert one.means[0].startswith("values of email no longer join")


@pytest.mark.parametrize(
    ("said", "place", "protection"),
    [
        ({"privacy": {"quasi_identifiers": ["zip"]}}, "privacy", "more"),
        ({"checks": {"residual": "report"}}, "checks.residual", "less"),
        ({"rows": {"order": "source"}}, "rows.order", "less"),
        ({"unlisted": "refuse"}, "unlisted", "more"),
        ({"detect": {"countries": ["de"]}}, "detect.countries", "more"),
        ({"detect": {"ner": "off"}}, "detect.ner", "less"),
        (
            {"sink": {"path": "out/d", "restricted": {"key": "special", "columns": ["zip"]}}},
            "sink.restricted",
            "more",
        ),
    ],
)
def test_settings_protect_more_or_less(
    said: Mapping[str, Any], place: str, protection: str
) -> None:
    """Gates, detection, keys, and who reads what."""
    one = difference(**said)
    assert (one.place, one.protection) == (place, protection)


@pytest.mark.parametrize(
    ("before", "after", "place", "protection"),
    [
        ({"k": 5}, {"k": 9}, "privacy.k", "more"),
        ({}, {"l": 2}, "privacy.l", "more"),
        ({"l": 3}, {"l": 2}, "privacy.l", "less"),
        ({"t": 0.2}, {"t": 0.3}, "privacy.t", "less"),
        ({"t": 0.2}, {}, "privacy.t", "less"),
        ({"l": 2}, {"l": {"entropy": 2}}, "privacy.l", "unclear"),
    ],
)
def test_promises_of_classes_protect_more_or_less(
    before: Mapping[str, Any], after: Mapping[str, Any], place: str, protection: str
) -> None:
    """A larger k and l, and a smaller t, protect more; another kind of them is for people."""
    block = {"quasi_identifiers": ["zip"], "sensitive": ["email"]}
    found = differences(policy(privacy={**block, **before}), policy(privacy={**block, **after}))
    assert [(one.place, one.protection) for one in found] == [(place, protection)]


def test_values_in_a_policy_are_not_printed() -> None:
    """A deny list holds names of people, and so may a condition."""
    rule = {
        "action": "keep",
        "when": [["email", "==", "ana@example.org"]],
        "otherwise": {"action": "constant", "value": "Castro"},
    }
    found = differences(policy(), policy({"zip": rule}, detect={"deny": ["Ana Castro"]}))
    assert [one.after for one in found] == [
        "1 values",
        '{action: keep, when: "…", otherwise: {action: constant, value: "…"}}',
    ]


def test_a_rule_that_is_gone_is_told_with_what_follows() -> None:
    """Left out, or a reason to refuse; and the other way round."""
    assert difference({"zip": None}).means == ("the column is dropped",)
    assert difference({"x": {"action": "keep"}}).protection == "less"


def test_the_command_ends_with_1_where_they_differ(workplace: Workplace) -> None:
    """So that a pull request stops; JSON has the same content."""
    first = workplace.policy()
    second = workplace.folder / "other.yaml"
    second.write_text(first.read_text().replace("prefix: 2", "prefix: 3"))
    same = workplace.coatcheck("policy", "diff", "people.yaml", "people.yaml")
    assert (same.returncode, same.stdout) == (0, "")
    shown = workplace.coatcheck("policy", "diff", "people.yaml", "other.yaml")
    assert shown.returncode == 1
    assert shown.stdout == (
        "columns.zip: {action: generalize, prefix: 2} → {action: generalize, prefix: 3};"
        " protects less\n"
    )
    told = workplace.coatcheck("policy", "diff", "people.yaml", "other.yaml", "--json")
    assert told.returncode == 1
    assert json.loads(told.stdout)[0]["protection"] == "less"


def test_fewer_people_for_a_reveal_protect_less() -> None:
    """And so does a larger number without one."""
    who = {"anna": f"ed25519:{'A' * 43}="}

    def compared(before: dict[str, object], after: dict[str, object]) -> dict[str, str]:
        said = [policy(reveal={**one, "approvers": who}) for one in (before, after)]
        return {one.place: one.protection for one in differences(*said)}

    assert compared({"approvals": 2}, {"approvals": 1})["reveal.approvals"] == "less"
    assert compared({"above": 3}, {"above": 9})["reveal.above"] == "less"
    assert compared({}, {"above": 9})["reveal.above"] == "more"
