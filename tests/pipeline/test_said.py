"""What was not looked for is said by the plan, the summary, the manifest and the artifact, in the
same words.
"""

from __future__ import annotations

import json

from anonymize.dataset import Dataset
from anonymize.keys import Keyring
from anonymize.report import summary_line, summary_markdown
from tests.workplace import Workplace

OFF = "names in text and in columns that rules leave open: the policy says detect: {ner: off}"


def test_it_is_said_in_all_places(workplace: Workplace, keyring: Keyring) -> None:
    """For people and for programs."""
    policy = str(workplace.policy("detect: {ner: 'off'}"))
    plan = workplace.coatcheck("plan", policy).stdout
    planned = json.loads(workplace.coatcheck("plan", policy, "--json").stdout)
    run = workplace.coatcheck("run", policy).stdout
    done = json.loads(workplace.coatcheck("run", policy, "--json").stdout)
    manifest = Dataset(workplace.sink).manifest(keyring=keyring)
    assert f"not looked for: {OFF}" in plan
    assert f"not looked for: {OFF}" in run
    assert (
        planned["not_looked_for"]
        == done["not_looked_for"]
        == list(manifest.checks.not_looked_for)
        == [OFF]
    )
    assert planned["name_model"] is None
    assert f"| not looked for | {OFF} |" in summary_markdown(done)


def test_nothing_is_said_where_all_was_looked_for(workplace: Workplace, keyring: Keyring) -> None:
    """The usual policy: an empty list, and a line without it."""
    done = json.loads(workplace.coatcheck("run", str(workplace.policy()), "--json").stdout)
    assert (
        done["not_looked_for"]
        == list(Dataset(workplace.sink).manifest(keyring=keyring).checks.not_looked_for)
        == []
    )
    assert "not looked for" not in summary_line(done)
    assert "| not looked for | nothing left out |" in summary_markdown(done)
