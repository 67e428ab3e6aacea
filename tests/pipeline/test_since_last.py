"""What changed since the last version, from two manifests, and pages of Markdown that hold nothing
of a column's name but its text.
"""

from __future__ import annotations

import pytest

from anonymize.dataset import Dataset
from anonymize.errors import GateError, Problem
from anonymize.keys import init_keyring, rotate_key
from anonymize.names import KeyName
from anonymize.pipeline.run import run
from anonymize.report import problems_markdown
from anonymize.report.markdown import cell, table
from tests.workplace import Workplace


def test_a_first_version_has_nothing_before_it(workplace: Workplace) -> None:
    """No version, no sentence."""
    summary = run(workplace.policy(), keyring=workplace.keyring_uri)
    assert (summary.last_version, summary.changed) == (0, ())


def test_rules_rows_and_keys_that_changed_are_said(workplace: Workplace) -> None:
    """Each in a sentence of its own, without a value."""
    uri = f"file:{workplace.folder / 'keys.json'}"
    init_keyring(uri, ["training", "pseudonym", "reveal"])
    run(workplace.policy(), keyring=uri)
    rotate_key(KeyName("training"), uri)
    policy = workplace.policy()
    text = policy.read_text().replace("to: year", "to: decade").replace("prefix: 2", "prefix: 3")
    policy.write_text(text.replace("  visits: {action: keep}\n", ""))
    workplace.source.write_text("".join(workplace.source.read_text().splitlines(True)[:3]))
    summary = run(policy, keyring=uri, accept_change=True)
    assert summary.last_version == 1
    said = "\n".join(summary.changed)
    for sentence in (
        "2 rows, 1 fewer",
        "the source is another",
        "the policy is another",
        "gone: visits",
        "key training.2 in place of training.1",
    ):
        assert sentence in summary.changed
    assert "zip was generalize (prefix 2) as string, is generalize (prefix 3) as string" in said
    assert "Castro" not in said


def test_a_last_version_that_cannot_be_read_is_not_guessed(workplace: Workplace) -> None:
    """With another keyring nothing of it is checked, so nothing is said of it."""
    from anonymize.pipeline.since_last import current_manifest

    run(workplace.policy(), keyring=workplace.keyring_uri)
    other = init_keyring(f"file:{workplace.folder / 'other.json'}", ["training"])
    assert current_manifest(str(workplace.sink), other) is None
    assert Dataset(workplace.sink).current == 1


@pytest.mark.parametrize(
    "name",
    ["<img src=x>", "![a](https://host/x)", "a|b", "a\nb", "`x`"],
)
def test_a_columns_name_is_text_on_a_page(name: str) -> None:
    """A source's column may be called anything; the page is read in a browser."""
    shown = cell(name)
    assert "\n" not in shown
    assert "<" not in shown
    assert not set("|[`") & set(shown.replace("\\|", "").replace("\\[", "").replace("\\`", ""))


def test_long_cells_are_wrapped() -> None:
    """Prefect's pages cut off what is wider than they are."""
    lines = table(("what",), [("word " * 40,)]).splitlines()
    assert max(len(part) for part in lines[2].split("<br>")) < 70
    assert lines[2].count("<br>") == 3


def test_of_many_problems_the_first_are_listed() -> None:
    """An artifact is kept in a database."""
    error = GateError([Problem(f"column {number}", "no") for number in range(1234)])
    page = problems_markdown("people", error, "Nothing was published.")
    assert page.endswith("* and 1,184 more")
