"""A rule for a pattern is the rule of every column that it fits."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from anonymize.errors import PlanError
from anonymize.names import ColumnName
from anonymize.plan import compile_plan
from anonymize.policy import Policy, parse_policy
from anonymize.policy.patterns import unused_patterns
from tests.workplace import Workplace
from tests.workplace import workplace as workplace

SCHEMA = pa.schema(
    [
        ("work_email", pa.string()),
        ("home_email", pa.string()),
        ("home_phone", pa.string()),
        ("profile", pa.struct([("old_email", pa.string()), ("n", pa.int64())])),
        ("visits", pa.int64()),
    ]
)


def policy(columns: str, more: str = "unlisted: refuse") -> Policy:
    """Return a policy with these rules."""
    head = "version: 1\ndataset: d\npurpose: p\nsource: {path: d.csv}\nsink: {path: out/d}\n"
    return parse_policy(f"{head}{more}\ncolumns:\n{columns}", "p.yaml")


def actions(columns: str, more: str = "unlisted: refuse") -> Mapping[str, Any]:
    """Return the action of each step."""
    plan = compile_plan(policy(columns, more), SCHEMA, ())
    return {step.column: step.rule.action for step in plan.steps}


RULES = """  "*_email": {action: redact}
  home_email: {action: mask}
  "*phone*": {action: pseudonymize}
  profile.n: {action: keep}
  visits: {action: keep}
"""


def test_a_pattern_gives_its_rule_to_each_column_that_fits() -> None:
    """Nested places too; a rule of its own wins."""
    assert actions(RULES) == {
        "work_email": "redact",
        "home_email": "mask",
        "home_phone": "pseudonymize",
        "profile.old_email": "redact",
        "profile.n": "keep",
        "visits": "keep",
    }


def test_two_patterns_that_differ_are_refused() -> None:
    """Which is meant, only the owner knows; equal rules need no choice."""
    with pytest.raises(PlanError, match=r"p\.yaml:\d+: columns\.home\*: column 'home_phone' fits"):
        actions(RULES.replace("visits:", '"home*": {action: drop}\n  visits:'))
    same = RULES.replace("visits:", '"home*": {action: pseudonymize}\n  visits:')
    assert actions(same)["home_phone"] == "pseudonymize"


def test_an_exact_rule_around_a_column_keeps_patterns_out() -> None:
    """A struct that is dropped whole has no e-mail address left."""
    rules = RULES.replace("profile.n: {action: keep}", "profile: {action: drop}")
    assert "profile.old_email" not in actions(rules)


def with_phones(rule: str) -> str:
    """Return the rules with another one for phones."""
    return RULES.replace('"*phone*": {action: pseudonymize}', f'"*phone*": {rule}')


def test_problems_of_a_patterns_rule_are_placed_at_the_pattern() -> None:
    """The column has no line of its own."""
    with pytest.raises(PlanError, match=r"p\.yaml:10: columns\.home_phone: the source has no"):
        actions(with_phones("{action: shuffle, by: x}"))


def test_tokens_in_the_vault_need_exact_names() -> None:
    """What forgets a person reads the columns from the policy alone."""
    said = r"p\.yaml:11: columns\.\*phone\*: keeps tokens in the vault"
    with pytest.raises(PlanError, match=said):
        actions(
            with_phones("{action: tokenize, method: vault}"), "subject: visits\nunlisted: refuse"
        )


def test_the_plan_has_the_digest_of_the_policy_as_written() -> None:
    """A new column that a pattern fits is no other policy; a plan that travels keeps it."""
    written = policy(RULES)
    plan = compile_plan(written, SCHEMA, ())
    assert ColumnName("work_email") in plan.policy.columns
    assert plan.policy.digest() == written.digest()
    assert pickle.loads(pickle.dumps(plan)).policy.digest() == written.digest()
    assert policy(RULES.replace("redact", "mask")).digest() != written.digest()


def test_patterns_without_a_column_are_told() -> None:
    """A typing mistake in a pattern would leave its columns to ``unlisted``."""
    written = policy(RULES + '  "*_emial": {action: redact}\n')
    plan = compile_plan(written, SCHEMA, ())
    assert unused_patterns(plan.policy) == ("*_emial",)


def test_a_run_and_a_reveal_know_the_columns_of_a_pattern(workplace: Workplace) -> None:
    """Tokens are of the column, not of the pattern, so that two columns do not join."""
    path: Path = workplace.policy()
    text = (
        path.read_text()
        .replace("email: {action: pseudonymize, domain: email}", "")
        .replace("  zip:", '  "e*l": {action: tokenize}\n  "x_*": {action: drop}\n  zip:')
    )
    path.write_text(text.replace("{action: fake, kind: name}", "{action: drop}"))
    shown = workplace.coatcheck("plan", "people.yaml")
    assert "pattern 'x_*' fits no column" in shown.stderr
    assert workplace.coatcheck("run", "people.yaml").returncode == 0
    workplace.coatcheck("export", "out", "-o", "out.csv", "--columns", "email")
    token = (workplace.folder / "out.csv").read_text().split()[1].strip('"')
    told = workplace.coatcheck("reveal", "people.yaml", "email", token, "--reason", "a test")
    assert told.stdout.strip() in {"ana.castro@example.com", "bo@example.org", "chen@example.net"}
