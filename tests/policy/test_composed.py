"""One rule set serves many tables: what extends what, tags, and places in the right file."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonymize.errors import PolicyError
from anonymize.names import ColumnName
from anonymize.policy import Policy, load_policy, make_policy

BASE = """version: 1
purpose: churn model
source: {path: all.csv, delimiter: ";"}
tags:
  identifier: {action: pseudonymize, domain: user}
columns:
  user_id: {tag: identifier}
  zip: {action: generalize, prefix: 3}
"""
CHILD = """extends: shared/base.yaml
dataset: orders
source: {path: orders.csv}
sink: {path: out/orders}
columns:
  zip: {action: drop}
  manager_id: {tag: identifier, normalize: fold}
"""


@pytest.fixture
def policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a policy and its base."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "base.yaml").write_text(BASE)
    (tmp_path / "orders.yaml").write_text(CHILD)
    return tmp_path


def problems(path: Path | str) -> list[str]:
    """Return what is wrong with a policy."""
    with pytest.raises(PolicyError) as refused:
        load_policy(path)
    return [str(problem) for problem in refused.value.problems]


def test_a_policy_is_merged_over_its_base(policies: Path) -> None:
    """Blocks key by key; the rule of a column as a whole."""
    policy = load_policy(policies / "orders.yaml")
    assert (policy.purpose, policy.source.path, policy.source.delimiter) == (
        "churn model",
        "orders.csv",
        ";",
    )
    assert policy.columns[ColumnName("zip")].action == "drop"
    tagged = policy.columns[ColumnName("manager_id")]
    assert (tagged.domain, tagged.normalize) == ("user", "fold")  # type: ignore[union-attr]


def test_the_digest_is_that_of_the_merged_content(policies: Path) -> None:
    """However a policy was put together, it is the same one."""
    whole: dict[str, object] = {
        "version": 1,
        "purpose": "churn model",
        "dataset": "orders",
        "source": {"path": "orders.csv", "delimiter": ";"},
        "sink": {"path": "out/orders"},
        "columns": {
            "user_id": {"action": "pseudonymize", "domain": "user"},
            "zip": {"action": "drop"},
            "manager_id": {"action": "pseudonymize", "domain": "user", "normalize": "fold"},
        },
    }
    assert load_policy(policies / "orders.yaml").digest() == make_policy(whole).digest()


def test_a_mistake_is_placed_in_the_file_it_is_in(policies: Path) -> None:
    """In the base, in the child, and in a tag that a child's rule names."""
    base, child = policies / "shared" / "base.yaml", policies / "orders.yaml"
    base.write_text(BASE.replace("prefix: 3", "prefix: 99").replace("domain: user", "domian: user"))
    child.write_text(CHILD.replace("zip: {action: drop}", "zap: {action: dorp}"))
    found = problems("orders.yaml")
    assert found[0].startswith("orders.yaml:6: columns.zap: unknown action 'dorp'")
    assert any(one.startswith("shared/base.yaml:8: columns.zip.prefix: 99") for one in found)
    assert any(
        one.startswith("shared/base.yaml:5: columns.manager_id.domian: unknown key")
        for one in found
    )


def test_places_name_the_right_file(policies: Path) -> None:
    """Planning words its problems by them."""
    policy = load_policy("orders.yaml")
    assert policy.place("columns.user_id") == "shared/base.yaml:7: columns.user_id"
    assert policy.place("columns.zip") == "orders.yaml:6: columns.zip"
    assert policy.place("purpose") == "shared/base.yaml:2: purpose"


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("extends: ../orders.yaml", "shared/base.yaml:1: extends: goes in a circle"),
        ("extends: base.yaml", "shared/base.yaml:1: extends: goes in a circle"),
        ("extends: [a.yaml]", "shared/base.yaml:1: extends: takes the path of one policy file"),
        ("extends: nowhere.yaml", "shared/base.yaml:1: extends: there is no file"),
        ("a: 1\na: 2", "shared/base.yaml:2: a: stands twice"),
        ("", "shared/base.yaml: is empty"),
    ],
)
def test_what_cannot_be_extended_is_refused(policies: Path, base: str, said: str) -> None:
    """A circle would never end; each is placed where it is written."""
    (policies / "shared" / "base.yaml").write_text(base)
    assert problems("orders.yaml")[0].startswith(said)


def test_a_base_that_is_missing_is_placed_where_it_is_named(policies: Path) -> None:
    """The file that is not there has no lines."""
    (policies / "shared" / "base.yaml").unlink()
    said = "orders.yaml:1: extends: there is no file shared/base.yaml"
    assert problems("orders.yaml") == [said]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{tag: identifer}", "columns.manager_id.tag: unknown tag; did you mean 'identifier'"),
        ("{tag: x}", "columns.manager_id.tag: unknown tag; known are identifier"),
        (
            "{action: keep, when: [[a, ==, 1]], otherwise: {tag: x}}",
            "columns.manager_id.otherwise.tag: unknown tag; known are identifier",
        ),
    ],
)
def test_an_unknown_tag_is_refused(policies: Path, rule: str, said: str) -> None:
    """With the nearest one, on the line of the rule."""
    child = CHILD.replace("{tag: identifier, normalize: fold}", rule)
    (policies / "orders.yaml").write_text(child)
    assert problems("orders.yaml") == [f"orders.yaml:7: {said}"]


def test_rules_inside_rules_may_name_tags(policies: Path) -> None:
    """The other side of a condition, and the entities of free text."""
    child = CHILD + (
        "  notes: {action: free_text, entities: {EMAIL_ADDRESS: {tag: identifier}}}\n"
        "  code: {action: keep, when: [[zip, ==, a]], otherwise: {tag: identifier}}\n"
    )
    (policies / "orders.yaml").write_text(child)
    policy: Policy = load_policy("orders.yaml")
    notes, code = (policy.columns[ColumnName(name)] for name in ("notes", "code"))
    assert notes.entities["EMAIL_ADDRESS"].domain == "user"  # type: ignore[union-attr]
    assert code.otherwise is not None
    assert code.otherwise.action == "pseudonymize"


def test_a_policy_of_data_extends_nothing() -> None:
    """It lies in no folder that another file lies in."""
    with pytest.raises(PolicyError, match="no file that others lie beside"):
        make_policy({"extends": "base.yaml"})
