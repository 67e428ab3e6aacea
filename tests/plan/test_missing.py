"""Missing is not a person: blanks and ``null_values`` are null where an action looks at values, in
every format.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.detect.vocabulary.missing_words import folded
from anonymize.errors import PlanError
from anonymize.keys import Keyring
from anonymize.pipeline.frame import anonymize_frame
from anonymize.pipeline.prepare import open_spec
from anonymize.plan import PlanWithKeys, compile_plan
from anonymize.plan.markers import null_values_in
from anonymize.policy import SourceSpec
from tests.plan.helpers import applied, plan_of, policy_of

BLANKS = [
    "",
    " ",
    "\t\r\n",
    "\u00a0",
    "\u200b",
    "\ufeff \u2060",
    "\u3000",
    "\u2800",
    "\u3164",
    "\x00",
    "\u00ad",
]
LOOKING = [
    "{action: pseudonymize}",
    "{action: tokenize}",
    "{action: fake, kind: name}",
    "{action: fake, kind: company, unique: stable}",
    "{action: mask}",
    "{action: encrypt_format, small_domains: permute}",
    "{action: generalize, to: year}",
    "{action: generalize, nearest: 5}",
    "{action: generalize, prefix: 2}",
    "{action: perturb, scale: 1}",
]


@pytest.mark.parametrize("rule", LOOKING)
def test_text_in_which_nothing_can_be_seen_is_null_and_counted(rule: str, keyring: Keyring) -> None:
    """Not one shared pseudonym, not one invented person, not a row set aside; empty text had each
    of them before.
    """
    table = pa.table({"c": pa.array([*BLANKS, None])})
    bound = PlanWithKeys(plan_of(table, f"  c: {rule}\n", keyring=keyring), keyring)
    done = bound.apply(table.to_batches()[0])
    assert done.batch.column(0).null_count == done.batch.num_rows == len(BLANKS) + 1
    assert done.missing == {"c": len(BLANKS)}


@given(st.lists(st.sampled_from([*BLANKS, "Jane Doe", "x", None]), min_size=1, max_size=12))
@settings(max_examples=20, deadline=None)
def test_what_can_be_seen_is_kept_beside_blanks(keyring: Keyring, names: list[str | None]) -> None:
    """Only blanks become null, in any order; ``keep`` and ``redact`` do not look."""
    table = pa.table({"c": pa.array(names, pa.string()), "d": pa.array(names, pa.string())})
    rows = applied(table, "  c: {action: pseudonymize}\n  d: {action: keep}\n", "", keyring)
    seen = [name is not None and name not in BLANKS for name in names]
    assert [row["c"] is not None for row in rows] == seen
    assert [row["d"] for row in rows] == names


def test_what_is_not_a_number_is_no_person(keyring: Keyring) -> None:
    """NaN in a column of ids had a pseudonym that all of them shared."""
    table = pa.table({"c": pa.array([float("nan"), 5.0])})
    rows = applied(table, "  c: {action: pseudonymize}\n", "", keyring)
    assert rows[0]["c"] is None
    assert (
        rows[1]["c"]
        == applied(pa.table({"c": ["5"]}), "  c: {action: pseudonymize}\n", "", keyring)[0]["c"]
    )


def test_a_blank_subject_is_no_subject(keyring: Keyring) -> None:
    """Rows without one would else share a shift."""
    table = pa.table({"who": ["", "p1"], "day": ["2024-01-01", "2024-01-01"]})
    columns = "  who: {action: drop}\n  day: {action: shift_dates, within_days: 9, by: who}\n"
    bound = PlanWithKeys(plan_of(table, columns, keyring=keyring), keyring)
    assert bound.apply(table.to_batches()[0]).quarantined["reason"].to_pylist() == [
        "has no subject"
    ]


ROWS: list[dict[str, Any]] = [
    {
        "name": "N/A",
        "tags": ["-", "a"],
        "of": {"city": "N/A"},
        "doc": json.dumps({"who": "N/A", "n": -9}),
        "n": -9,
    },
    {
        "name": "Ann",
        "tags": ["b"],
        "of": {"city": "Oslo"},
        "doc": json.dumps({"who": "Bo", "n": 3}),
        "n": 3,
    },
]
MARKED = [
    {
        "name": None,
        "tags": [None, "a"],
        "of": {"city": None},
        "doc": '{"who":null,"n":null}',
        "n": None,
    },
    {"name": "Ann", "tags": ["b"], "of": {"city": "Oslo"}, "doc": '{"who":"Bo","n":3}', "n": 3},
]
KEPT = "".join(
    f"  {path}: {{action: keep}}\n"
    for path in ("name", "tags[]", "of.city", "doc.$.who", "doc.$.n", "n")
)


def _written(folder: Path, ending: str) -> Path:
    path = folder / f"rows.{ending}"
    table = pa.Table.from_pylist(ROWS)
    if ending == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    else:
        encoded = table.column("name").dictionary_encode()
        pq.write_table(table.set_column(0, "name", encoded), path)
    return path


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_null_values_work_in_every_format_and_at_every_depth(ending: str, tmp_path: Path) -> None:
    """Columns, lists, structs, JSON kept as text, numbers; they were for CSV alone before."""
    source = open_spec(SourceSpec(path=str(_written(tmp_path, ending))))
    policy = policy_of(KEPT).model_copy(
        update={"source": SourceSpec(path="p", null_values=("N/A", "-", "-9"))}
    )
    batch = next(source.batches())
    done = PlanWithKeys(compile_plan(policy, source.schema, ()), None).apply(batch)
    assert [{**row, "doc": row["doc"]} for row in done.batch.to_pylist()] == MARKED
    assert done.missing == {
        "name": 1,
        "tags[]": 1,
        "of.city": 1,
        "doc.$.who": 1,
        "doc.$.n": 1,
        "n": 1,
    }


def test_null_values_work_in_frames_whatever_their_dtype() -> None:
    """Categories too, and a marker of one column is a value in another."""
    frame = pd.DataFrame({"a": pd.Categorical(["x", "-", "y"]), "b": ["x", "-", "y"]})
    policy = policy_of("  a: {action: keep}\n  b: {action: keep}\n")
    named = policy.model_copy(update={"source": SourceSpec(path="p", null_values={"a": ("-",)})})
    out = anonymize_frame(frame, named)
    assert out["a"].isna().tolist() == [False, True, False]
    assert out["b"].tolist() == ["x", "-", "y"]


def test_null_values_of_one_csv_column_leave_its_type_and_the_others(tmp_path: Path) -> None:
    """A number stays a number where its markers are named."""
    path = tmp_path / "t.csv"
    path.write_text("n,s\n1,-\n-,a\n3,b\n")
    source = open_spec(SourceSpec(path=str(path), null_values={"n": ("-",)}))
    assert source.schema.field("n").type == pa.int64()
    assert next(source.batches()).to_pydict() == {"n": [1, None, 3], "s": ["-", "a", "b"]}


def test_null_values_of_a_column_that_is_not_there_are_refused() -> None:
    """A typing mistake would else publish what was meant to go."""
    table = pa.table({"name": ["x"]})
    policy = policy_of("  name: {action: keep}\n")
    policy = policy.model_copy(
        update={"source": SourceSpec(path="p", null_values={"nmae": ("N/A",)})}
    )
    with pytest.raises(PlanError, match="no column 'nmae'"):
        compile_plan(policy, table.schema, ())


def test_a_row_filter_sees_markers_as_missing() -> None:
    """A null holds no condition."""
    table = pa.table({"plan": ["pro", "N/A"]})
    policy = policy_of("  plan: {action: keep}\n", "rows: {where: [[plan, '!=', basic]]}\n")
    policy = policy.model_copy(update={"source": SourceSpec(path="p", null_values=("N/A",))})
    done = PlanWithKeys(compile_plan(policy, table.schema, ()), None).apply(table.to_batches()[0])
    assert (done.batch.num_rows, done.filtered) == (1, 1)


NAMES = [f"person {at}" for at in range(20)]


@pytest.mark.parametrize(
    ("values", "proposed"),
    [
        ([*NAMES, "N/A", "-", "None", "Unknown", "NULL"], ("-", "N/A", "NULL", "None", "Unknown")),
        (["low", "high", "none", "unknown"], ()),
        (["+", "-", "0"], ()),
        (["5", "7", "-", "N/A"], ("-", "N/A")),
        ([f"{a}{b}" for a in "DFG" for b in "BEKR"] + ["NA", "?"], ("?",)),
        ([*NAMES, "Null Island", "n/a pending"], ()),
        (["-", "N/A"], ()),
        (NAMES, ()),
    ],
)
def test_markers_are_proposed_where_they_are_no_values(
    values: list[str], proposed: tuple[str, ...]
) -> None:
    """``none`` is a choice beside ``low`` and ``high``, NA a country among countries, ``-`` a sign
    beside ``+``.
    """
    batch = pa.RecordBatch.from_pydict({"c": values, "n": list(range(len(values)))})
    assert null_values_in([batch.slice(0, 2), batch.slice(2)]).get("c", ()) == proposed  # type: ignore[call-overload]


@given(st.lists(st.text(st.characters(max_codepoint=127), max_size=8), max_size=20))
def test_ascii_is_folded_like_other_text(texts: list[str]) -> None:
    """A column of ASCII is folded without Unicode's tables, and alike."""
    column = pa.array(texts, pa.string())
    beside = pa.concat_arrays([column, pa.array(["\u00e9"])])
    assert folded(column).to_pylist() == folded(beside).to_pylist()[:-1]
