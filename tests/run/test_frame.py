"""pandas in, pandas out."""

from __future__ import annotations

import pandas as pd
import pytest

import anonymize
from anonymize.errors import GateError, PlanError
from tests.plan.helpers import policy_of

FRAME = pd.DataFrame(
    {
        "name": ["Ana Castro", None, "Bo Jensen"],
        "visits": pd.array([1, None, 3], dtype="Int64"),
        "plan": pd.Categorical(["pro", "free", "pro"]),
        "at": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03"]),
    },
    index=pd.Index(["x", "y", "z"], name="row"),
)
RULES = "  name: {action: pseudonymize}\n  visits: {action: keep}\n  plan: {action: keep}\n  at: {action: keep}\n"


def test_the_index_and_kept_dtypes_stay(keyring_uri: str) -> None:
    """Kept columns come back equal, dtype included, under their index."""
    out = anonymize.anonymize_frame(FRAME, policy_of(RULES), keyring_uri=keyring_uri)
    kept = ["visits", "plan", "at"]
    pd.testing.assert_frame_equal(out[kept], FRAME[kept])


def test_the_callers_frame_is_untouched(keyring_uri: str) -> None:
    """Nothing is changed in place."""
    before = FRAME.copy(deep=True)
    anonymize.anonymize_frame(FRAME, policy_of(RULES), keyring_uri=keyring_uri)
    pd.testing.assert_frame_equal(FRAME, before)


def test_rows_left_out_are_missing_from_the_index() -> None:
    """A filter keeps the labels of the rows that stay; no key is opened where none is needed."""
    policy = policy_of("  visits: {action: keep}\n", "rows: {where: [[visits, '>', 1]]}\n")
    out = anonymize.anonymize_frame(FRAME, policy, keyring_uri="file:/nonexistent")
    assert list(out.index) == ["z"]


def test_a_detected_identifier_under_keep_is_refused() -> None:
    """Detection looks at the frame too."""
    frame = pd.DataFrame({"contact": [f"user{i}@example.com" for i in range(30)]})
    with pytest.raises(PlanError, match="EMAIL_ADDRESS"):
        anonymize.anonymize_frame(frame, policy_of("  contact: {action: keep}\n"))


def test_too_much_suppression_is_refused() -> None:
    """k-anonymity is a gate here too."""
    policy = policy_of("  visits: {action: keep}\n", "privacy: {quasi_identifiers: [visits], k: 2}\n")
    with pytest.raises(GateError, match="would be suppressed"):
        anonymize.anonymize_frame(FRAME, policy)
