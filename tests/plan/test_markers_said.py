"""A plan says which texts for "missing" would become people, with the line that mends it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from anonymize.gates.not_looked_for import not_looked_for, not_looked_for_unasked
from anonymize.pipeline.prepare import preview_plan
from anonymize.policy import load_policy

ROWS = [*(f"a{at}@example.org,{at}" for at in range(200)), *("N/A,1", "-,2", "?,3") * 20]


def policy_at(folder: Path, rule: str, null_values: str = "") -> Path:
    """Write a source with markers in its column ``email``, and a policy; return the policy's
    path.
    """
    (folder / "in.csv").write_text("\n".join(["email,n", *ROWS, ""]))
    text = f"""version: 1
dataset: people
purpose: test
source: {{path: {folder}/in.csv{null_values}}}
sink: {{path: {folder}/out}}
columns:
  email: {rule}
  n: {{action: keep}}
"""
    (folder / "people.yaml").write_text(text)
    return folder / "people.yaml"


@pytest.mark.parametrize(
    "rule",
    ["{action: pseudonymize}", "{action: tokenize}", "{action: fake, kind: email}"],
)
def test_markers_that_would_become_people_are_said_with_what_mends_it(
    tmp_path: Path, rule: str
) -> None:
    """The line that it names is taken, and then nothing is left to say."""
    (said,) = preview_plan(policy_at(tmp_path, rule)).missing
    assert "'?', 'N/A' in 'email'" in str(said).replace("'-', ", "")
    mend = re.search(r"null_values: (\{.*\})$", str(said))
    assert mend is not None
    assert sorted(json.loads(mend[1])["email"]) == ["-", "?", "N/A"]
    path = policy_at(tmp_path, rule, f", null_values: {mend[1]}")
    assert load_policy(path).source.null_values
    assert not preview_plan(path).missing


@pytest.mark.parametrize(
    "rule", ["{action: redact}", "{action: drop}", '{action: keep, accept: "known"}']
)
def test_other_actions_make_nobody_of_them(tmp_path: Path, rule: str) -> None:
    """Nothing is said."""
    assert not preview_plan(policy_at(tmp_path, rule)).missing


def test_markers_that_the_policy_names_for_all_columns_are_told_in_that_form(
    tmp_path: Path,
) -> None:
    """A list stays a list."""
    (said,) = preview_plan(
        policy_at(tmp_path, "{action: pseudonymize}", ", null_values: ['?']")
    ).missing
    assert str(said).endswith('null_values: ["?", "-", "N/A"]')


def test_summary_and_manifest_say_it_and_what_recurs_without_the_values(tmp_path: Path) -> None:
    """The plan's warning is gone when the data is read; who reads the result learns that markers
    became people.
    """
    path = policy_at(tmp_path, "{action: pseudonymize}")
    source = tmp_path / "in.csv"
    source.write_text(source.read_text() + "no-such-patient-x@example.org,4\n" * 60)
    plan = preview_plan(path).plan
    said = "; ".join(not_looked_for(plan))
    assert "whether 3 texts of 'email' that usually stand for none are people" in said
    assert "1 value(s) of 'email' stand in 23% of its rows" in said
    assert "no-such" not in said
    assert not set(not_looked_for(plan)) - set(not_looked_for_unasked(plan))
