"""The page of actions says what the code does."""

from __future__ import annotations

import os
import re

import pytest
import yaml

from anonymize.policy.actions import RULES
from tests.transform.actions_page import PAGE, rewritten
from tests.transform.conftest import RULE


def test_every_table_of_the_page_is_what_the_code_gives(request: pytest.FixtureRequest) -> None:
    """Parameters and before → after are run; --update-golden or UPDATE_GOLDEN=1 rewrites the
    page.
    """
    said = PAGE.read_text(encoding="utf-8")
    given = rewritten(said)
    if request.config.getoption("--update-golden", default=False) or os.environ.get(
        "UPDATE_GOLDEN"
    ):
        PAGE.write_text(given, encoding="utf-8")
        said = given
    assert said.split("\n") == given.split("\n")


def test_every_action_has_an_entry() -> None:
    """No action is left out, and none is made up."""
    entries = re.findall(r"^## (\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(entries) == set(RULES)


def test_every_rule_on_the_page_is_one_that_policies_take() -> None:
    """Each YAML block is valid."""
    for block in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        for rule in yaml.safe_load(block).values():
            RULE.validate_python(rule)
