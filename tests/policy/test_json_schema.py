"""The JSON Schema for editors is generated from the models and kept fresh."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from anonymize.policy import policy_json_schema
from tests.workplace import Workplace

SCHEMA = Path("schemas/policy.schema.json")


def test_the_schema_file_is_fresh() -> None:
    """`make schema` has been run since the models changed."""
    assert SCHEMA.read_text() == policy_json_schema()


@pytest.mark.parametrize("path", sorted(Path("schemas").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_schema_accepts_every_shipped_policy(path: Path) -> None:
    """What the loader takes, an editor does not underline."""
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(yaml.safe_load(path.read_text()))


def test_the_command_prints_it(workplace: Workplace) -> None:
    """Who installed the package has no other way to it."""
    shown = workplace.coatcheck("schema")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout == policy_json_schema()


def test_the_schema_refuses_an_unknown_action() -> None:
    """Editors underline what the loader refuses."""
    policy = yaml.safe_load(Path("schemas/patients.yaml").read_text())
    policy["columns"]["zip"] = {"action": "blur"}
    assert not Draft202012Validator(json.loads(SCHEMA.read_text())).is_valid(policy)


@pytest.mark.parametrize(
    ("said", "valid"),
    [
        ("extends: base.yaml\ncolumns: {id: {tag: identifier, normalize: fold}}", True),
        ("extends: base.yaml", True),
        ("extends: [a.yaml]", False),
        ("dataset: d", False),
        ("extends: base.yaml\ncolumns: {'*_id': {action: blur}}", False),
        ("extends: base.yaml\ntests: [{row: {a: 1}, expect: {a: kept, b: {matches: x}}}]", True),
        ("extends: base.yaml\ntests: [{expect: {a: kept}}]", False),
    ],
)
def test_the_schema_knows_what_policies_are_put_together_from(said: str, valid: bool) -> None:
    """A policy that extends another need not repeat what that one says."""
    schema = Draft202012Validator(json.loads(policy_json_schema()))
    assert schema.is_valid(yaml.safe_load(said)) is valid
