"""Which rules keep a preset, and what is said of those that do not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from anonymize.policy import Policy
from anonymize.policy.actions import keys_of
from anonymize.privacy.presets import preset_problems
from tests.plan.helpers import policy_of

SAFE = "preset: hipaa-safe-harbor\n"
EXPERT = "preset: hipaa-expert-determination\n"
GDPR = "preset: gdpr-pseudonymisation\n"


@dataclass(frozen=True)
class Seen:
    """What detection thinks of a column."""

    column: str
    verdict: str
    device: bool = False


def problems(policy: Policy, *seen: Seen) -> list[str]:
    """Return what is said of a policy."""
    roles = policy.default_keys.by_role()
    keys = {key for rule in policy.columns.values() for key in keys_of(rule, roles)}
    return [str(one) for one in preset_problems(policy, seen, keys)]


def broken(preset: str, verdict: str, rule: str, device: bool = False) -> bool:
    """Return whether a column of a verdict under a rule breaks a preset."""
    found = problems(policy_of(f"  c: {rule}\n", preset), Seen("c", verdict, device))
    return any("columns.c" in one for one in found)


GONE = ["{action: drop}", "{action: redact}", "{action: 'null'}", "{action: constant, value: x}"]


@pytest.mark.parametrize("rule", GONE)
@pytest.mark.parametrize("preset", [SAFE, EXPERT, GDPR])
@pytest.mark.parametrize(
    "verdict", ["PERSON_NAME", "DATE_OF_BIRTH", "AGE", "POSTAL_CODE", "FREE_TEXT_PII", "RECORD_ID"]
)
def test_what_is_removed_breaks_nothing(preset: str, verdict: str, rule: str) -> None:
    """Whatever it was."""
    assert not broken(preset, verdict, rule)


@pytest.mark.parametrize(
    ("verdict", "rule", "breaks"),
    [
        ("PERSON_NAME", "{action: keep}", True),
        ("PERSON_NAME", "{action: pseudonymize}", True),
        ("PERSON_NAME", "{action: tokenize, method: vault}", True),
        ("PERSON_NAME", "{action: keep, accept: the owner says so}", True),
        ("ORGANIZATION", "{action: keep}", True),
        ("CITY", "{action: keep}", True),
        ("REGION", "{action: keep}", False),
        ("COUNTRY", "{action: keep}", False),
        ("LATITUDE_LONGITUDE", "{action: generalize, geohash: 3}", True),
        ("POSTAL_CODE", "{action: keep}", True),
        ("POSTAL_CODE", "{action: generalize, prefix: 3}", True),
        ("POSTAL_CODE", "{action: generalize, postcode: DE}", True),
        ("POSTAL_CODE", "{action: generalize, postcode: US}", False),
        ("POSTAL_CODE", "{action: generalize, postcode_by: country}", False),
        ("DATE_TIME", "{action: keep}", True),
        ("DATE_TIME", "{action: shift_dates, within_days: 30, by: c}", True),
        ("DATE_TIME", "{action: generalize, to: month}", True),
        ("DATE_TIME", "{action: generalize, to: year}", False),
        ("DATE_TIME", "{action: generalize, to: decade}", False),
        ("DATE_OF_BIRTH", "{action: generalize, to: year}", True),
        ("DATE_OF_BIRTH", "{action: generalize, to: age, at: 2026-01-01}", False),
        ("DATE_OF_BIRTH", "{action: generalize, to: age, at: 2026-01-01, top: 85}", False),
        ("DATE_OF_BIRTH", "{action: generalize, to: age, at: 2026-01-01, top: 100}", True),
        ("AGE", "{action: keep}", True),
        ("AGE", "{action: generalize, band: 10}", True),
        ("AGE", "{action: generalize, top: 90}", False),
        ("AGE", "{action: generalize, band: 10, top: 90}", False),
        ("AGE", "{action: generalize, top: 95}", True),
        ("AGE", "{action: generalize, bands: [0, 18, 65]}", False),
        ("AGE", "{action: generalize, bands: [0, 18, 100]}", True),
        ("RECORD_ID", "{action: pseudonymize}", True),
        ("RECORD_ID", "{action: tokenize}", True),
        ("RECORD_ID", "{action: tokenize, method: vault}", False),
        ("URL", "{action: generalize, part: host}", True),
        ("FREE_TEXT", "{action: keep}", True),
        ("FREE_TEXT", "{action: free_text}", False),
        ("FREE_TEXT_PII", "{action: free_text, entities: {PERSON: fake}}", True),
        ("FREE_TEXT_PII", "{action: free_text, entities: {PERSON: redact}}", False),
        ("FREE_TEXT_PII", "{action: free_text, scan: false, same_row: [c]}", True),
        ("FIELD_VALUES", "{action: free_text}", True),
        ("GENDER", "{action: keep}", False),
        ("HEALTH", "{action: keep}", False),
        ("NONE", "{action: keep}", False),
    ],
)
def test_safe_harbor_takes_what_the_rule_takes(verdict: str, rule: str, breaks: bool) -> None:
    """A code that is made of an identifier is none that was removed (164.514(c))."""
    assert broken(SAFE, verdict, rule) is breaks


@pytest.mark.parametrize(
    ("verdict", "rule", "breaks"),
    [
        ("PERSON_NAME", "{action: keep}", True),
        ("PERSON_NAME", "{action: shuffle, by: c}", True),
        ("PERSON_NAME", "{action: fake, kind: name}", False),
        ("PERSON_NAME", "{action: generalize, rare: 5}", True),
        ("RECORD_ID", "{action: keep}", True),
        ("RECORD_ID", "{action: pseudonymize}", False),
        ("EMAIL_ADDRESS", "{action: mask, keep_last: 2}", False),
        ("DATE_OF_BIRTH", "{action: keep}", True),
        ("DATE_OF_BIRTH", "{action: generalize, to: year}", False),
        ("DATE_OF_BIRTH", "{action: shift_dates, within_days: 30, by: c}", False),
        ("FREE_TEXT_PII", "{action: free_text, entities: {PERSON: fake}}", False),
        ("FREE_TEXT_PII", "{action: free_text, entities: {PERSON: keep}}", True),
        ("AGE", "{action: keep}", False),
    ],
)
def test_pseudonymisation_takes_what_does_not_attribute(
    verdict: str, rule: str, breaks: bool
) -> None:
    """Direct identifiers are replaced, what attributes by combination is less precise."""
    assert broken(GDPR, verdict, rule) is breaks


def test_a_quasi_identifier_that_is_counted_is_taken() -> None:
    """By the rule's name; the age that is not counted is refused."""
    columns = "  born: {action: keep, accept: because}\n  age: {action: keep}\n"
    privacy = "privacy: {quasi_identifiers: [born], k: 11}\nsubject: who\n"
    seen = (Seen("born", "DATE_OF_BIRTH"), Seen("age", "AGE"))
    assert problems(policy_of(columns, GDPR + privacy), *seen) == []
    (said,) = problems(policy_of(columns, EXPERT + privacy), *seen)
    assert "columns.age: keep, but 'age' looks like AGE" in said
    assert "must be one of privacy.quasi_identifiers" in said


def test_an_expert_needs_classes_of_eleven_people() -> None:
    """Each lack is said with the reason."""
    columns = "  a: {action: keep}\n"
    lacking = problems(policy_of(columns, EXPERT))
    assert [one.partition(": ")[2] for one in lacking] == [
        "preset: hipaa-expert-determination needs privacy: with quasi_identifiers and k of at least"
        " 11: the most that a match tells is 1/11 = 0.0909 (prosecutor's risk)",
        "preset: hipaa-expert-determination needs subject:, the column that says whose a row is: k"
        " counts people, not rows",
    ]
    (small,) = problems(
        policy_of(columns, EXPERT + "subject: a\nprivacy: {quasi_identifiers: [a], k: 10}\n")
    )
    assert "privacy.k: 10 is below 11, which hipaa-expert-determination needs" in small


def test_readers_do_not_hold_the_keys_of_pseudonyms() -> None:
    """A key that opens the files is no additional information that is kept apart."""
    shared = policy_of("  id: {action: pseudonymize, key: training}\n", GDPR)
    (said,) = problems(shared, Seen("id", "RECORD_ID"))
    assert "sink.key: key 'training' opens the files and makes pseudonyms or tokens" in said
    assert problems(policy_of("  id: {action: pseudonymize}\n", GDPR)) == []


def test_a_problem_says_what_would_be_right_and_how_to_overrule_it() -> None:
    """The line that it names is taken."""
    columns = "  zip: {action: generalize, prefix: 3}\n"
    (said,) = problems(policy_of(columns, SAFE), Seen("zip", "POSTAL_CODE"))
    assert said == (
        "people.yaml:8: columns.zip: generalize, but 'zip' looks like POSTAL_CODE, which under"
        " hipaa-safe-harbor must be the first three digits, 000 for areas with few people:"
        " generalize, postcode: US; or drop, redact, null or constant; it may be (B) ZIP codes. If"
        ' that is wrong, say why under preset: accept: {zip: "the reason"}'
    )
    block = 'preset: {name: hipaa-safe-harbor, accept: {zip: "they are product numbers"}}\n'
    assert problems(policy_of(columns, block), Seen("zip", "POSTAL_CODE")) == []


def test_an_acceptance_of_nothing_is_refused() -> None:
    """It would seem to say something."""
    block = 'preset: {name: hipaa-safe-harbor, accept: {zipp: "a typing error"}}\n'
    (said,) = problems(policy_of("  zip: {action: drop}\n", block))
    assert "preset.accept: 'zipp' has no rule, so there is nothing to accept" in said


def test_rules_judge_what_is_inside_their_column() -> None:
    """The nearest around a place; a column without a rule is not published."""
    columns = "  person: {action: keep}\n  person.email: {action: redact}\n  per: {action: keep}\n"
    policy = policy_of(columns, SAFE)
    seen = [Seen(name, "EMAIL_ADDRESS") for name in ("person.phone", "person.email", "other")]
    (said,) = problems(policy, *seen)
    assert "columns.person: keep, but 'person.phone' looks like EMAIL_ADDRESS" in said


def test_both_sides_of_a_condition_are_judged() -> None:
    """Rows of the one are published, too."""
    rule = "{action: redact, when: [[a, '=', 1]], otherwise: {action: keep}}"
    assert broken(SAFE, "EMAIL_ADDRESS", rule)
    assert not broken(SAFE, "EMAIL_ADDRESS", rule.replace("keep", "drop"))


def test_ids_of_devices_are_identifiers() -> None:
    """Whatever their verdict."""
    assert not broken(SAFE, "NONE", "{action: keep}")
    assert broken(SAFE, "NONE", "{action: keep}", device=True)
    assert broken(GDPR, "NONE", "{action: keep}", device=True)


def test_without_a_preset_nothing_is_said() -> None:
    """As before."""
    assert problems(policy_of("  a: {action: keep}\n"), Seen("a", "PERSON_NAME")) == []
