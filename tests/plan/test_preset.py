"""A policy with a preset: refused before row one, explained by the plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anonymize.cli.commands import plan_command
from anonymize.errors import PlanError, PolicyError
from anonymize.pipeline.prepare import preview_plan
from anonymize.plan.show.preset import preset_sentences
from anonymize.policy import parse_policy
from anonymize.privacy.presets import explained
from tests.plan.helpers import policy_of

EMAILS = "".join(f"user{n}@example.org,{n % 7}\n" for n in range(60))


def written(at: Path, columns: str, preset: str = "hipaa-safe-harbor") -> Path:
    """Write a table of addresses and a policy for it; return the policy's path."""
    (at / "people.csv").write_text("email,score\n" + EMAILS)
    path = at / "p.yaml"
    path.write_text(
        f"version: 1\ndataset: people\npurpose: test\nsource: {{path: {at}/people.csv}}\n"
        f"sink: {{path: {at}/out}}\npreset: {preset}\ncolumns:\n{columns}"
    )
    return path


def test_a_plan_that_breaks_its_preset_is_refused(tmp_path: Path) -> None:
    """By the line of the rule, with the identifier's letter."""
    policy = written(tmp_path, "  email: {action: pseudonymize}\n  score: {action: keep}\n")
    with pytest.raises(PlanError, match=r"p.yaml:8: columns.email: pseudonymize, .* \(F\) e-mail"):
        preview_plan(policy)


def test_a_pattern_is_judged_for_each_column_that_it_names(tmp_path: Path) -> None:
    """Its place is that of the pattern."""
    policy = written(tmp_path, '  "e*": {action: mask}\n  score: {action: keep}\n')
    with pytest.raises(PlanError, match=r"p.yaml:8: columns.email: mask, but 'email' looks like"):
        preview_plan(policy)


def test_a_plan_that_keeps_it_explains_it(tmp_path: Path) -> None:
    """With what it does not achieve."""
    columns = "  email: {action: redact}\n  score: {action: keep}\n"
    plan = preview_plan(written(tmp_path, columns)).plan
    assert preset_sentences(plan) == tuple(explained("hipaa-safe-harbor"))
    accepting = "{name: hipaa-safe-harbor, accept: {email: they are invented}}"
    kept = "  email: {action: keep, accept: invented}\n  score: {action: keep}\n"
    said = preset_sentences(preview_plan(written(tmp_path, kept, accepting)).plan)
    assert "does not hold for 'email': they are invented" in said


def test_the_command_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """People on stderr, programs in the answer."""
    policy = written(tmp_path, "  email: {action: redact}\n  score: {action: keep}\n")
    plan_command(policy, None, as_json=False)
    told = " ".join(capsys.readouterr().err.split())
    assert all(" ".join(line.split()) in told for line in explained("hipaa-safe-harbor"))
    plan_command(policy, None, as_json=True)
    assert json.loads(capsys.readouterr().out)["preset"] == explained("hipaa-safe-harbor")


def test_a_name_is_short_for_its_block() -> None:
    """Both have one digest, and what is accepted is part of it."""
    columns = "  a: {action: keep}\n"
    word = policy_of(columns, "preset: gdpr-pseudonymisation\n")
    block = policy_of(columns, "preset: {name: gdpr-pseudonymisation}\n")
    accepting = policy_of(columns, "preset: {name: gdpr-pseudonymisation, accept: {a: because}}\n")
    assert word.digest() == block.digest()
    assert len({one.digest() for one in (word, accepting, policy_of(columns))}) == 3


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("hipaa", "preset: 'hipaa' is not one of hipaa-safe-harbor, hipaa-expert"),
        ("{}", "preset.name: is missing"),
        ("{name: hipaa-safe-harbor, accept: {a: x}}", "preset.accept.a: "),
        (
            "{name: hipaa-safe-harbor, acept: {}}",
            "preset.acept: unknown key; did you mean 'accept'",
        ),
        ("5", "preset: 5 is not a mapping"),
    ],
)
def test_mistakes_have_their_line(said: str, what: str) -> None:
    """And no part that the model added."""
    with pytest.raises(PolicyError) as error:
        parse_policy(
            "version: 1\ndataset: d\npurpose: p\nsource: {path: p.csv}\nsink: {path: o}\n"
            f"preset: {said}\ncolumns: {{a: {{action: keep}}}}\n",
            "p.yaml",
        )
    assert [str(one).startswith(f"p.yaml:6: {what}") for one in error.value.problems] == [True]
