"""pandas in, pandas out."""

from __future__ import annotations

import re
import traceback
import warnings
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.errors import ArgumentError, GateError, PlanError, SourceError
from anonymize.report.terminal import names_left_words
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
RULES = (
    "  name: {action: pseudonymize}\n  visits: {action: keep}\n  plan: {action: keep}\n  at:"
    " {action: keep}\n"
)


def test_kept_dtypes_stay_and_the_index_is_a_fresh_range(keyring_uri: str) -> None:
    """Kept columns come back equal, dtype included, under row numbers: no rule looked at the
    index.
    """
    out = anonymize.anonymize_frame(FRAME, policy_of(RULES), keyring=keyring_uri)
    kept = ["visits", "plan", "at"]
    pd.testing.assert_frame_equal(out[kept], FRAME[kept].reset_index(drop=True))


def test_the_callers_frame_is_untouched(keyring_uri: str) -> None:
    """Nothing is changed in place."""
    before = FRAME.copy(deep=True)
    anonymize.anonymize_frame(FRAME, policy_of(RULES), keyring=keyring_uri)
    pd.testing.assert_frame_equal(FRAME, before)


def test_rows_left_out_are_missing() -> None:
    """A filter keeps the other rows, counted anew; no key is opened where none is needed."""
    policy = policy_of("  visits: {action: keep}\n", "rows: {where: [[visits, '>', 1]]}\n")
    out = anonymize.anonymize_frame(FRAME, policy, keyring="file:/nonexistent")
    assert out["visits"].tolist() == [3]
    assert out.index.equals(pd.RangeIndex(1))


RAW = ["ana.castro@example.org", "bo.jensen@example.org", "cy.doe@example.org"]
INDEXES = {
    "text": pd.Index(RAW, name="email"),
    "several levels": pd.MultiIndex.from_arrays([RAW, [1, 2, 3]], names=["email", "n"]),
    "categories": pd.CategoricalIndex(["x", "x", "y"], categories=["x", "y", *RAW]),
    "moments": pd.DatetimeIndex(["1985-03-01", "1990-07-12", "1971-11-30"], name=RAW[0]),
    "numbers": pd.Index([4111111111111111, 4012888888881881, 5555555555554444]),
    "intervals": pd.interval_range(0, 3),
    "a named range": pd.RangeIndex(5, 8, name=RAW[0]),
}


@pytest.mark.parametrize("index", INDEXES.values(), ids=INDEXES)
def test_no_index_comes_back(index: pd.Index) -> None:
    """Of any kind, by label, name or category."""
    out = anonymize.anonymize_frame(FRAME.set_index(index), policy_of("  visits: {action: keep}\n"))
    assert type(out.index) is pd.RangeIndex
    assert (out.index.start, out.index.step, out.index.name) == (0, 1, None)


@pytest.mark.parametrize("index", [index for name, index in INDEXES.items() if "range" not in name])
def test_an_index_is_refused_where_the_policy_refuses_what_it_does_not_list(
    index: pd.Index,
) -> None:
    """It would be left out in silence; the message names what mends it and no label."""
    policy = policy_of("  visits: {action: keep}\n", "unlisted: refuse\n")
    with pytest.raises(
        ArgumentError, match=r"give df.reset_index\(\) and a rule for it"
    ) as refused:
        anonymize.anonymize_frame(FRAME[["visits"]].set_index(index), policy)
    assert not any(raw in str(refused.value) for raw in RAW)
    anonymize.anonymize_frame(FRAME[["visits"]].reset_index(drop=True), policy)


def test_a_rule_for_the_index_says_how_the_frame_is_given() -> None:
    """The rule would find no such column."""
    frame = FRAME.set_index(INDEXES["several levels"])
    with pytest.raises(
        ArgumentError, match=r"email: the policy has a rule .* give df.reset_index\(\)"
    ):
        anonymize.anonymize_frame(
            frame, policy_of("  email: {action: redact}\n  visits: {action: keep}\n")
        )
    out = anonymize.anonymize_frame(frame.reset_index(), policy_of("  email: {action: redact}\n"))
    assert out["email"].tolist() == ["<REDACTED>"] * 3


def test_nothing_that_hangs_on_a_frame_comes_back() -> None:
    """Attributes, the name of the columns' index, of a column's categories, a fill value, an Arrow
    field's metadata.
    """
    item = pa.field("x", pa.int64(), metadata={"patient": RAW[0]})
    nested = pd.array([{"x": 1}, {"x": 2}, {"x": 3}], dtype=pd.ArrowDtype(pa.struct([item])))
    frame = pd.DataFrame(
        {
            "a": pd.Categorical(
                ["x", "y", "x"], categories=pd.Index(["x", "y", RAW[1]], name=RAW[2])
            ),
            "b": pd.arrays.SparseArray(["x", "y", "z"], fill_value=RAW[0]),
            "c": nested,
            "d": pd.Categorical.from_codes([0, 1, 0], categories=pd.interval_range(0, 2)),
        }
    )
    frame.attrs["owner"], frame.columns.name, frame["b"].attrs["of"] = RAW[0], RAW[1], RAW[2]
    rules = "".join(f"  {name}: {{action: keep}}\n" for name in ("a", "b", "c", "d"))
    out = anonymize.anonymize_frame(frame, policy_of(rules))
    hidden = [
        out.attrs,
        out.columns.name,
        *(out[name].attrs for name in out),
        *map(repr, out.dtypes),
    ]
    hidden += [out["a"].cat.categories.name, getattr(out["b"].dtype, "fill_value", None)]
    assert not any(raw in repr(hidden) for raw in RAW)
    assert out["a"].tolist() == ["x", "y", "x"]
    assert out["b"].tolist() == ["x", "y", "z"]
    assert out["d"].tolist() == ["(0, 1]", "(1, 2]", "(0, 1]"]
    assert not out["c"].dtype.pyarrow_dtype.field("x").metadata


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
    out = anonymize.anonymize_frame(
        pd.DataFrame({"n": [1, 2]}), policy_of('  n: {action: "null"}\n')
    )
    assert out["n"].isna().all()
    assert str(out["n"].dtype) == "Int64"


def test_periods_and_intervals_are_taken_as_text() -> None:
    """What Arrow has no type for is read as it is written."""
    frame = pd.DataFrame(
        {"m": pd.period_range("2024-01", periods=2, freq="M"), "i": pd.interval_range(0, 2)}
    )
    out = anonymize.anonymize_frame(
        frame, policy_of("  m: {action: keep}\n  i: {action: mask, keep_last: 2}\n")
    )
    assert out["m"].tolist() == ["2024-01", "2024-02"]
    assert out["i"].tolist() == ["(*, *]", "(*, *]"]


@pytest.mark.parametrize(
    "values", [["planted-value", 1], [1, "planted-value"], [2**80, 1], [1 + 2j, 3]]
)
def test_a_column_of_no_one_type_is_refused_without_its_values(values: list[object]) -> None:
    """The errors of pandas and Arrow would quote the cell."""
    with pytest.raises(SourceError, match="column mixed: its values") as refused:
        anonymize.anonymize_frame(
            pd.DataFrame({"mixed": values}), policy_of("  mixed: {action: keep}\n")
        )
    assert "planted" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    "frame",
    [FRAME["name"], pd.DataFrame([[1, 2]]), FRAME.set_axis([("a", n) for n in "bcde"], axis=1)],
)
def test_what_is_no_frame_of_named_columns_is_refused(frame: pd.DataFrame) -> None:
    """A series, and columns named by numbers or tuples."""
    with pytest.raises(ArgumentError, match=r"give a pandas DataFrame|are not named by strings"):
        anonymize.anonymize_frame(frame, policy_of("  name: {action: keep}\n"))


def test_two_columns_of_one_name_are_refused() -> None:
    """Which of them a rule means cannot be known."""
    with pytest.raises(SourceError, match=r"df: columns 1 and 2 have one name; rename them$"):
        anonymize.anonymize_frame(
            pd.DataFrame([[1, 2]], columns=["a", "a"]), policy_of("  a: {action: keep}\n")
        )


def test_too_much_suppression_is_refused() -> None:
    """k-anonymity is a gate here too."""
    policy = policy_of(
        "  visits: {action: keep}\n", "privacy: {quasi_identifiers: [visits], k: 2}\n"
    )
    with pytest.raises(GateError, match="would be suppressed"):
        anonymize.anonymize_frame(FRAME, policy)


def test_text_kept_as_bytes_is_scanned_as_text() -> None:
    """An address inside JSON or prose of a binary column is found in the output, beside bytes that
    are no text.
    """
    cells = [b'{"mail": "user%d@example.com"}' % n for n in range(40)] + [b"\xff\xfe", None]
    frame = pd.DataFrame({"payload": cells})
    with pytest.raises(GateError, match=r"columns\.payload: the output still holds EMAIL_ADDRESS"):
        anonymize.anonymize_frame(frame, policy_of("  payload: {action: keep}\n"))
    clean = pd.DataFrame({"payload": [b"\x00\xff", b"\x01"]})
    assert anonymize.anonymize_frame(clean, policy_of("  payload: {action: keep}\n")).equals(clean)


def test_a_policys_path_does_as_well(tmp_path: Path) -> None:
    """As it does for ``run``."""
    path = tmp_path / "p.yaml"
    head = "version: 1\ndataset: d\npurpose: test\nsource: {path: x.csv}\nsink: {path: out}\n"
    path.write_text(f"{head}columns:\n  n: {{action: keep}}\n")
    assert anonymize.anonymize_frame(pd.DataFrame({"n": [1, 2, 3]}), path)["n"].tolist() == [
        1,
        2,
        3,
    ]


NOTES = pd.DataFrame(
    {
        "who": [f"Bo Jensen {n}" for n in range(60)],
        "note": [f"Please call Maria Lopez back before {n}." for n in range(2)]
        + [f"The parcel number {n} has arrived." for n in range(58)],
    }
)
KEEPS_A_NAME = (
    "  who: {action: redact}\n  note: {action: free_text, scan: false, same_row: [who]}\n"
)


def test_names_that_free_text_kept_are_told_as_a_run_tells_them(
    tmp_path: Path, keyring_uri: str
) -> None:
    """Too few to refuse the result: a warning has the sentence of a run's summary."""
    NOTES.to_csv(tmp_path / "p.csv", index=False)
    (tmp_path / "p.yaml").write_text(
        f"version: 1\ndataset: d\npurpose: test\nsource: {{path: {tmp_path / 'p.csv'}}}\n"
        f"sink: {{path: {tmp_path / 'out'}}}\ncolumns:\n{KEEPS_A_NAME}"
    )
    summary = anonymize.run(tmp_path / "p.yaml", keyring=keyring_uri)
    (said,) = names_left_words(summary.residual)
    assert "2 of 60 in note" in said
    with pytest.warns(UserWarning, match=re.escape(said)):
        anonymize.anonymize_frame(NOTES, tmp_path / "p.yaml")


def test_nothing_is_warned_of_where_no_name_was_left() -> None:
    """Nor where the policy asks for no scan of the result."""
    for frame, extra in ((NOTES[2:], ""), (NOTES, "checks: {residual: 'off'}\n")):
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            anonymize.anonymize_frame(frame.reset_index(drop=True), policy_of(KEEPS_A_NAME, extra))
