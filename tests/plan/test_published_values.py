"""Actions that publish some values as they are face the questions of ``keep``."""

from __future__ import annotations

import pandas as pd
import pytest

import anonymize
from anonymize.errors import GateError, PlanError
from tests.plan.helpers import policy_of

NAMES = ["Anna Weber", "Jonas Keller", "Rosa Novak", "Nils Larsen"]
MAILS = ["anna@gmx.de", "jo@web.de", "rosa@x.org", "nils@y.net"]
CARDS = [4111111111111111, 5500005555555559, 4012888888881881, 5105105105105100]
ROWS = 150
PUBLISHING = [
    (NAMES, "action: keep"),
    (MAILS, "action: keep"),
    (NAMES, "action: generalize, rare: 5"),
    (MAILS, "action: generalize, rare: 5"),
    (NAMES, "action: shuffle, by: line"),
    (MAILS, "action: shuffle, by: line"),
    (CARDS, "action: generalize, top: 9000000000000000"),
    (CARDS, "action: generalize, bottom: 1"),
]
BY_FORM = [(NAMES, "action: mask, hide: digits"), (MAILS, "action: mask, hide: digits")]


@pytest.fixture
def scan_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave identifiers to the scan of the output."""
    monkeypatch.setattr("anonymize.plan.checks._kept_identifiers", lambda *_: ())


def run(values: list[object], rule: str, uri: str, more: str = "") -> None:
    """Anonymize ``values``, each in many rows, under a header that says nothing."""
    frame = pd.DataFrame({"c1": values * ROWS, "line": range(len(values) * ROWS)})
    columns = f"  c1: {{{rule}{more}}}\n  line: {{action: keep}}\n"
    anonymize.anonymize_frame(frame, policy_of(columns), keyring=uri)


@pytest.mark.parametrize(("values", "rule"), PUBLISHING)
def test_a_plan_refuses_what_leaves_identifiers_as_they_are(
    values: list[object], rule: str, keyring_uri: str
) -> None:
    """Under any action that does so whatever the values are."""
    with pytest.raises(PlanError, match=r"c1: .*, but 'c1' looks like"):
        run(values, rule, keyring_uri)


@pytest.mark.usefixtures("scan_alone")
@pytest.mark.parametrize(("values", "rule"), [*PUBLISHING, *BY_FORM])
def test_the_scan_of_the_output_refuses_it_too(
    values: list[object], rule: str, keyring_uri: str
) -> None:
    """Few full names, each in many rows, are enough for it."""
    with pytest.raises(GateError, match="the output still holds"):
        run(values, rule, keyring_uri)


@pytest.mark.parametrize("rule", ["action: generalize, rare: 5", "action: shuffle, by: line"])
def test_what_the_owner_accepts_is_published(rule: str, keyring_uri: str) -> None:
    """As under ``keep``."""
    run(list(NAMES), rule, keyring_uri, ', accept: "names of rooms"')


def test_categories_are_no_identifiers(keyring_uri: str) -> None:
    """``rare`` is made for them."""
    run(["red", "green", "blue", "grey"], "action: generalize, rare: 5", keyring_uri)
