"""pandas in, pandas out."""

from __future__ import annotations

import traceback

import pandas as pd
import pytest

import anonymize
from anonymize.errors import ArgumentError, GateError, PlanError, SourceError
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


def test_categories_of_rows_left_out_do_not_come_back() -> None:
    """A categorical's dtype holds no value but those of rows that are there."""
    policy = policy_of("  plan: {action: keep}\n", "rows: {where: [[plan, '=', pro]]}\n")
    out = anonymize.anonymize_frame(FRAME, policy)
    assert list(out["plan"].cat.categories) == ["pro"]


def test_a_nulled_categorical_names_no_category() -> None:
    """What null empties is not left behind in the dtype."""
    out = anonymize.anonymize_frame(FRAME, policy_of('  plan: {action: "null"}\n'))
    assert out["plan"].isna().all()
    assert not len(out["plan"].cat.categories)


def test_long_whole_numbers_beside_nulls_stay_exact() -> None:
    """No number passes through a float."""
    frame = pd.DataFrame({"n": pd.array([2**53 + 1, None], dtype="Int64")})
    out = anonymize.anonymize_frame(frame, policy_of("  n: {action: keep}\n"))
    pd.testing.assert_frame_equal(out, frame)


def test_whole_numbers_that_become_null_are_nullable() -> None:
    """A numpy column that cannot hold null comes back in the dtype that can."""
    out = anonymize.anonymize_frame(pd.DataFrame({"n": [1, 2]}), policy_of('  n: {action: "null"}\n'))
    assert out["n"].isna().all()
    assert str(out["n"].dtype) == "Int64"


def test_periods_and_intervals_are_taken_as_text() -> None:
    """What Arrow has no type for is read as it is written."""
    frame = pd.DataFrame({"m": pd.period_range("2024-01", periods=2, freq="M"), "i": pd.interval_range(0, 2)})
    out = anonymize.anonymize_frame(frame, policy_of("  m: {action: keep}\n  i: {action: mask, keep_last: 2}\n"))
    assert out["m"].tolist() == ["2024-01", "2024-02"]
    assert out["i"].tolist() == ["(*, *]", "(*, *]"]


@pytest.mark.parametrize("values", [["planted-value", 1], [1, "planted-value"], [2**80, 1], [1 + 2j, 3]])
def test_a_column_of_no_one_type_is_refused_without_its_values(values: list[object]) -> None:
    """The errors of pandas and Arrow would quote the cell."""
    with pytest.raises(SourceError, match="column mixed: its values") as refused:
        anonymize.anonymize_frame(pd.DataFrame({"mixed": values}), policy_of("  mixed: {action: keep}\n"))
    assert "planted" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    "frame", [FRAME["name"], pd.DataFrame([[1, 2]]), FRAME.set_axis([("a", n) for n in "bcde"], axis=1)]
)
def test_what_is_no_frame_of_named_columns_is_refused(frame: pd.DataFrame) -> None:
    """A series, and columns named by numbers or tuples."""
    with pytest.raises(ArgumentError, match=r"give a pandas DataFrame|are not named by strings"):
        anonymize.anonymize_frame(frame, policy_of("  name: {action: keep}\n"))


def test_two_columns_of_one_name_are_refused() -> None:
    """Which of them a rule means cannot be known."""
    with pytest.raises(SourceError, match="column name 'a' occurs 2 times"):
        anonymize.anonymize_frame(pd.DataFrame([[1, 2]], columns=["a", "a"]), policy_of("  a: {action: keep}\n"))


def test_too_much_suppression_is_refused() -> None:
    """k-anonymity is a gate here too."""
    policy = policy_of("  visits: {action: keep}\n", "privacy: {quasi_identifiers: [visits], k: 2}\n")
    with pytest.raises(GateError, match="would be suppressed"):
        anonymize.anonymize_frame(FRAME, policy)


def test_text_kept_as_bytes_is_scanned_as_text() -> None:
    """An address inside JSON or prose of a binary column is found in the output, beside bytes that are no text."""
    cells = [b'{"mail": "user%d@example.com"}' % n for n in range(40)] + [b"\xff\xfe", None]
    frame = pd.DataFrame({"payload": cells})
    with pytest.raises(GateError, match=r"columns\.payload: the output still holds EMAIL_ADDRESS"):
        anonymize.anonymize_frame(frame, policy_of("  payload: {action: keep}\n"))
    clean = pd.DataFrame({"payload": [b"\x00\xff", b"\x01"]})
    assert anonymize.anonymize_frame(clean, policy_of("  payload: {action: keep}\n")).equals(clean)
