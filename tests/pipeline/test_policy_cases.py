"""Cases in a policy: rows, and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from anonymize.errors import ArgumentError, PolicyError, SourceError
from anonymize.pipeline.policy_cases import check_cases
from anonymize.policy import Policy, parse_policy
from tests.workplace import Workplace
from tests.workplace import workplace as workplace

POLICY = """version: 1
dataset: d
purpose: p
source: {path: nowhere.csv, types: {zip: string}, null_values: [N/A]}
sink: {path: out/d, restricted: {key: special, columns: [notes]}}
unlisted: refuse
subject: id
rows: {where: [[country, ==, US]]}
columns:
  id: {action: pseudonymize}
  name: {action: fake, kind: name}
  zip: {action: generalize, prefix: 3}
  born: {action: generalize, to: year}
  street: {action: drop}
  country: {action: keep}
  amount: {action: generalize, rare: 2}
  notes: {action: free_text, same_row: [name]}
  "*_phone": {action: mask, keep_last: 2}
  "messages[].body": {action: redact}
privacy: {quasi_identifiers: [zip]}
"""
ROW = {
    "id": 7,
    "name": "Ana Castro",
    "zip": "02139",
    "born": "1984-02-29",
    "street": "1 Oak St",
    "country": "US",
    "notes": "Ana Castro called",
    "work_phone": "555-0199",
}


def policy(*cases: dict[str, Any]) -> Policy:
    """Return the policy with these cases."""
    return parse_policy(POLICY + yaml.safe_dump({"tests": [*cases]}), "d.yaml")


def differences(expect: dict[str, Any], **row: Any) -> tuple[str, ...]:
    """Return the differences of one case."""
    (one,) = check_cases(policy({"row": {**ROW, **row}, "expect": expect}))
    return one.differences


@pytest.mark.parametrize(
    "expect",
    [
        {"id": "changed", "name": "changed", "country": "kept", "street": "absent"},
        {"zip": "021", "born": 1984},
        {"notes": {"lacks": ["Ana", "Castro"], "contains": "called"}},
        {"work_phone": {"matches": r"[*-]+99", "outcome": "changed"}},
        {"country": {"equals": "US"}},
        {"amount": None},
    ],
)
def test_a_case_that_ends_as_it_says_has_no_difference(expect: dict[str, Any]) -> None:
    """Literally, or by what became of the value; patterns of columns are known."""
    assert differences(expect) == ()


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({"id": "kept"}, "id: expected kept, is changed"),
        ({"zip": "02139"}, "zip: expected '02139', is another value (changed)"),
        ({"street": "null"}, "street: expected null, is absent"),
        ({"notes": {"contains": "Ana"}}, "notes: does not contain 'Ana' (changed)"),
        ({"country": {"matches": "[a-z]+"}}, "country: does not match '[a-z]+' (kept)"),
        ({"country": {"lacks": "U"}}, "country: contains 'U' (kept)"),
        ({"nothing": "changed"}, "nothing: expected changed, is absent"),
    ],
)
def test_a_difference_quotes_the_case_alone(expect: dict[str, Any], said: str) -> None:
    """Never what the plan made of the row."""
    assert differences(expect) == (said,)


def test_rows_that_are_set_aside_or_left_out() -> None:
    """With the reason, where the case says one."""
    short, abroad = {**ROW, "zip": "1"}, {**ROW, "country": "FR"}
    results = check_cases(
        policy(
            {"row": short, "quarantined": True},
            {"row": short, "quarantined": "shorter than 3"},
            {"row": short, "quarantined": "no date"},
            {"row": short, "expect": {"zip": "changed"}},
            {"row": ROW, "quarantined": True},
            {"row": abroad, "filtered": True},
            {"row": abroad, "expect": {"zip": "changed"}},
            {"row": ROW, "filtered": True, "name": "a row of home"},
        )
    )
    found = [one.differences for one in results]
    assert found[0] == found[5] == ()
    assert found[2] == ("the row is set aside for another reason than 'no date'",)
    assert found[3][0].startswith("the row is set aside: ")
    assert found[4] == ("the row is not set aside",)
    assert found[6] == ("rows.where leaves the row out",)
    assert found[7] == ("rows.where leaves the row in",)
    assert results[7].place.endswith("tests.7 (a row of home)")


def test_texts_for_missing_values_are_null_in_a_case_too() -> None:
    """The source's own words are read as it is read."""
    assert differences({"name": None}, name="N/A") == ()


def test_nested_rows_are_compared_by_path() -> None:
    """A list's places give a list."""
    messages = [{"body": "hello"}, {"body": None}]
    assert differences({"messages[].body": ["<REDACTED>", None]}, messages=messages) == ()
    assert differences({"messages": "changed"}, messages=messages) == ()


def test_rules_of_the_whole_table_measure_all_cases() -> None:
    """Two rows of one kind are not rare."""
    often, once = {**ROW, "amount": "a"}, {**ROW, "amount": "b"}
    results = check_cases(
        policy(
            {"row": often, "expect": {"amount": "kept"}},
            {"row": often, "expect": {"amount": "kept"}},
            {"row": once, "expect": {"amount": "other"}},
        )
    )
    assert [one.differences for one in results] == [(), (), ()]


def test_cases_are_no_part_of_the_digest() -> None:
    """A new case is no reason to publish anew."""
    assert policy({"row": ROW, "expect": {"id": "kept"}}).digest() == parse_policy(POLICY).digest()


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"row": {"a": 1}}, "needs expect:"),
        ({"row": {"a": 1}, "expect": {"a": "kept"}, "filtered": True}, "needs expect:"),
        ({"row": {"a": 1}, "expect": {"a": {"matches": "("}}}, "is no regular expression"),
        ({"row": {"a": 1}, "expect": {"a": {"matches": "(?=a)a"}}}, "which has no look-around"),
        ({"row": {}, "expect": {"a": "kept"}}, "at least 1 item"),
    ],
)
def test_a_case_that_says_nothing_is_refused(case: dict[str, Any], said: str) -> None:
    """Before any row is read."""
    with pytest.raises(PolicyError, match=said):
        policy(case)


def test_a_pattern_matches_in_a_time_that_grows_with_the_text_alone() -> None:
    """A matcher that tries every way would take years for this one."""
    row = {"notes": "a" * 60 + "!"}
    assert differences({"notes": {"matches": "(a+)+$"}}, **row) == (
        "notes: does not match '(a+)+$' (kept)",
    )


def test_a_policy_without_cases_is_refused() -> None:
    """Nothing was tested, which is not the same as no difference."""
    with pytest.raises(ArgumentError, match="has none; write tests:"):
        check_cases(parse_policy(POLICY))


def test_values_of_two_types_are_refused_without_them() -> None:
    """A column has one type."""
    cases = [{"row": {**ROW, "born": born}, "expect": {"id": "changed"}} for born in (1984, "x")]
    with pytest.raises(SourceError, match="column born: the cases' values are not of one type"):
        check_cases(policy(*cases))


def test_the_command_ends_with_1_and_names_the_line(workplace: Workplace) -> None:
    """With a keyring, pseudonyms are those of the runs."""
    path = workplace.policy("tests:\n- {row: {visits: 3}, expect: {visits: 4}}")
    shown = workplace.coatcheck("policy", "test", "people.yaml")
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "people.yaml:7: tests.0: visits: expected 4, is another value (kept)" in shown.stderr
    assert "0 of 1 cases end as they say" in shown.stderr
    path.write_text(path.read_text().replace("visits: 4", "visits: kept"))
    assert workplace.coatcheck("policy", "test", "people.yaml").returncode == 0
