"""A source that leaves its policy's ``expect:`` stops the run, or loses the rows that do."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import anonymize
from anonymize.dataset import read_quarantine
from anonymize.errors import AnonymizeError, DataError, GateError, PlanError
from anonymize.keys import init_keyring, open_keyring
from anonymize.pipeline.drift import drift
from anonymize.pipeline.prepare import inspect_source, key_uses, keys_wanted
from anonymize.policy import load_policy

POLICY = """version: 1
dataset: visits
purpose: test
source: {{path: visits.csv}}
sink: {{path: out}}
columns:
  id: {{action: pseudonymize}}
  age: {{action: generalize, band: 10}}
  ward: {{action: keep}}
  day: {{action: keep}}
rows: {{max_quarantined: 0.5}}
expect:
{expect}
"""
ROWS = 200


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a keyring."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COATCHECK_KEYRING", f"file:{tmp_path}/keys/keyring.json")
    return tmp_path


def visits(**changed: object) -> None:
    """Write the source; each change replaces the values of some rows of a column."""
    frame = pd.DataFrame(
        {
            "id": [f"V{i:04}" for i in range(ROWS)],
            "age": [20 + i % 60 for i in range(ROWS)],
            "ward": [("north", "south")[i % 2] for i in range(ROWS)],
            "day": [f"2026-03-{1 + i % 28:02}" for i in range(ROWS)],
            "note": ["x"] * ROWS,
        }
    )
    for column, values in changed.items():
        frame.loc[range(len(values)), column] = values  # type: ignore[arg-type]
    frame.to_csv("visits.csv", index=False)


def run(expect: str) -> anonymize.RunSummary:  # type: ignore[name-defined]
    """Write the policy with these lines under ``expect:`` and run it."""
    Path("p.yaml").write_text(POLICY.format(expect=expect))
    policy = load_policy("p.yaml")
    init_keyring(None, keys_wanted(policy), key_uses(policy))
    return anonymize.run("p.yaml")


KEPT = """  columns:
    id: {type: string, nulls: 0, matches: "V[0-9]{4}"}
    age: {type: integer, min: 0, max: 120}
    ward: {values: [north, south]}
    day: {type: date, min: 2026-01-01, max: 2026-12-31}
    note: {}
  rows: {min: 100, max: 1000}
"""


def test_a_source_that_keeps_its_contract_passes(place: Path) -> None:
    """Every kind of promise at once."""
    visits()
    assert run(KEPT).rows_out == ROWS
    assert drift(load_policy("p.yaml").source, inspect_source("visits.csv"), "p.yaml") == ()


OUTSIDE = [
    ("age", {"age": [130, -1]}, "min", 1),
    ("age", {"age": [130]}, "max", 1),
    ("ward", {"ward": ["west", "north", "east"]}, "values", 2),
    ("day", {"day": ["2031-01-01"]}, "max", 1),
    ("id", {"id": ["V1", "V00001"]}, "matches", 2),
]


@pytest.mark.parametrize(("column", "changed", "word", "rows"), OUTSIDE, ids=str)
def test_a_value_outside_its_contract_stops_the_run_and_is_not_quoted(
    place: Path, column: str, changed: dict[str, list[object]], word: str, rows: int
) -> None:
    """The error names the column, the promise and the rows."""
    visits(**changed)
    with pytest.raises(DataError) as caught:
        run(KEPT)
    assert f"outside expect: {word}" in str(caught.value)
    assert column in str(caught.value)
    assert caught.value.exit_code == 1
    for values in changed.values():
        assert str(values[0]) not in str(caught.value).replace("row 1", "")
    assert not Path("out/CURRENT").exists()


@pytest.mark.parametrize(("column", "changed", "word", "rows"), OUTSIDE[1:], ids=str)
def test_or_sets_its_row_aside(
    place: Path, column: str, changed: dict[str, list[object]], word: str, rows: int
) -> None:
    """With ``on_drift: quarantine`` the other rows are published, and the reason is kept."""
    visits(**changed)
    summary = run(KEPT + "  on_drift: quarantine\n")
    assert (summary.quarantined, summary.rows_out) == (rows, ROWS - rows)
    aside = [row for b in read_quarantine("out", keyring=open_keyring()) for row in b.to_pylist()]
    assert [(row["column"], row["reason"]) for row in aside] == [
        (column, f"outside expect: {word}")
    ] * rows


def test_rows_that_are_set_aside_do_not_fill_a_class(place: Path) -> None:
    """The first pass counts the classes of the rows that will be published."""
    visits(ward=["west"] * 10)
    Path("p.yaml").write_text(
        POLICY.format(expect=KEPT + "  on_drift: quarantine\n")
        + "privacy: {quasi_identifiers: [ward], k: 5, max_suppressed: 0}\n"
    )
    policy = load_policy("p.yaml")
    init_keyring(None, keys_wanted(policy), key_uses(policy))
    summary = anonymize.run("p.yaml")
    assert (summary.quarantined, summary.suppressed) == (10, 0)


@pytest.mark.parametrize(
    ("expect", "changed", "said"),
    [
        ("  columns: {gone: {}}\n", {}, "no such column"),
        ("  columns: {age: {type: string}}\n", {}, "the source has int64"),
        ("  columns: {ward: {nulls: 0.01}}\n", {"ward": [None] * 20}, "20 of 200 rows"),
        (
            "  columns: {ward: {nulls: 0.0049}}\n",
            {"ward": [None]},
            "0.49% may",
        ),
        ("  others: refuse\n", {}, "1 columns that the policy does not know"),
        ("  rows: {min: 201}\n", {}, "the source has 200 rows"),
        ("  rows: {max: 199}\n", {}, "the source has 200 rows"),
    ],
    ids=str,
)
def test_what_concerns_the_whole_source_always_stops_the_run(
    place: Path, expect: str, changed: dict[str, list[object]], said: str
) -> None:
    """Also under ``on_drift: quarantine``; and ``inspect --expect`` says the same."""
    visits(**changed)
    with pytest.raises(GateError, match=said):
        run(expect + "  on_drift: quarantine\n")
    found = drift(load_policy("p.yaml").source, inspect_source("visits.csv"), "p.yaml")
    assert said in "; ".join(map(str, found))
    assert not Path("out/CURRENT").exists()


def test_inspect_counts_the_values_outside(place: Path) -> None:
    """All rows are read, not a sample."""
    visits(age=[130, 131, 7])
    Path("p.yaml").write_text(POLICY.format(expect=KEPT))
    found = drift(load_policy("p.yaml").source, inspect_source("visits.csv"), "p.yaml")
    assert ["2 of 200 values are outside expect: max" in str(one) for one in found] == [True]


def test_values_that_drift_are_told_beside_columns_that_do(place: Path) -> None:
    """A missing column and one of another type hide nothing about the others, in one call."""
    visits(age=[130, 131, 7], ward=["west"])
    frame = pd.read_csv("visits.csv").rename(columns={"note": "remark"})
    frame["day"] = "soon"
    frame.to_csv("visits.csv", index=False)
    Path("p.yaml").write_text(POLICY.format(expect=KEPT.replace("{min: 100", "{min: 300")))
    found = drift(load_policy("p.yaml").source, inspect_source("visits.csv"), "p.yaml")
    told = "; ".join(map(str, found))
    for words in (
        "expect.columns.note: the source has no such column",
        "expect.columns.day.type: the source has string",
        "2 of 200 values are outside expect: max",
        "1 of 200 values are outside expect: values",
        "expect.rows.min: the source has 200 rows",
    ):
        assert words in told, words


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("  columns: {age: {type: number}}\n", "unknown type 'number'"),
        ("  columns: {ward: {min: 3}}\n", "cannot be checked on a column of type string"),
        ("  columns: {age: {matches: x}}\n", "cannot be checked on a column of type int64"),
        ("  columns: {ward: {matches: '('}}\n", "cannot be checked"),
        ("  columns: {age: {values: [old]}}\n", "cannot be checked"),
        ("  columns: {age: {min: 3, max: 1}}\n", "min is larger than max"),
        ("  columns: {age: {nulls: 2}}\n", "less than or equal to 1"),
    ],
    ids=str,
)
def test_a_contract_that_cannot_be_checked_is_refused(place: Path, expect: str, said: str) -> None:
    """Before row one, with its place."""
    visits()
    with pytest.raises(AnonymizeError, match=said) as caught:
        run(expect)
    assert "expect" in str(caught.value)


def test_frames_are_held_to_it_too(place: Path) -> None:
    """The same plan, the same contract."""
    visits(age=[130])
    frame = pd.read_csv("visits.csv")
    frame["day"] = pd.to_datetime(frame["day"]).dt.date
    Path("p.yaml").write_text(POLICY.format(expect=KEPT))
    policy = load_policy("p.yaml")
    init_keyring(None, keys_wanted(policy), key_uses(policy))
    with pytest.raises(DataError, match="outside expect: max"):
        anonymize.anonymize_frame(frame, "p.yaml")
    with pytest.raises(PlanError, match="no such column"):
        anonymize.anonymize_frame(frame.drop(columns="note"), "p.yaml")


def test_a_column_that_a_pattern_fits_is_no_other(place: Path) -> None:
    """``others: refuse`` means columns that no rule of the policy is for."""
    visits()
    text = POLICY.replace("  ward:", '  "wa*":').format(
        expect="  others: refuse\n  columns: {note: {}}\n"
    )
    Path("p.yaml").write_text(text)
    found = drift(load_policy("p.yaml").source, inspect_source("visits.csv"), "p.yaml")
    assert found == ()
