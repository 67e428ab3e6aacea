"""Cells before and after: paired row by row through filters and nesting, bounded, only where names
must go.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.errors import GateError
from anonymize.gates.cell_pairs import CellPairs
from anonymize.names import ColumnName
from anonymize.plan import Plan, PlanWithKeys
from tests.plan.helpers import plan_of, policy_of

NER = "detect: {ner: coatcheck}\n"
PEOPLE = [
    "Maria Lopez",
    "Kwame Mensah",
    "John Smith",
    "Anna Schneider",
    "Priya Sharma",
    "Oliver Brown",
]
TABLE = pa.table(
    {"who": PEOPLE, "note": [f"Please call {name} back before noon." for name in PEOPLE]}
)
NESTED = pa.table(
    {"n": [1, 2, 3], "said": [[{"text": "a one"}, {"text": "b two"}], None, [{"text": "c three"}]]}
)


def pairs_of(plan: Plan, table: pa.Table, size: int | None = 100) -> CellPairs:
    """Return the pairs after the whole table has been applied."""
    pairs, bound = CellPairs(plan, size), PlanWithKeys(plan, None)
    for batch in table.to_batches(max_chunksize=50):
        done = bound.apply(batch)
        pairs.add(batch, done.rows, done.batch)
    return pairs


def cells(pairs: CellPairs) -> dict[str, list[tuple[str, str]]]:
    """Return the sampled cells by column."""
    return {
        str(path): sorted((c.before, c.after) for _, c in kept)
        for path, kept in pairs._cells.items()
    }


def test_cells_stand_beside_what_they_were_made_of() -> None:
    """Rows that the filter leaves out are missing on both sides."""
    plan = plan_of(
        TABLE, "  note: {action: free_text}\n", NER + "rows: {where: [[who, '!=', Maria Lopez]]}\n"
    )
    (found,) = cells(pairs_of(plan, TABLE)).values()
    assert len(found) == 5
    assert all(
        after == "Please call <PERSON_1> back before noon." and "Maria" not in before
        for before, after in found
    )


def test_nested_cells_are_paired_item_by_item() -> None:
    """Lists keep their items where rows are left out."""
    plan = plan_of(
        NESTED, "  'said[].text': {action: free_text}\n", NER + "rows: {where: [[n, '>', 1]]}\n"
    )
    assert cells(pairs_of(plan, NESTED)) == {"said[].text": [("c three", "c three")]}


@pytest.mark.parametrize(
    ("rule", "paired"),
    [
        ("{action: free_text}", True),
        ("{action: free_text, entities: {DEFAULT: {action: fake, kind: name}}}", True),
        ("{action: free_text, entities: {PERSON: keep}}", False),
        ("{action: free_text, entities: {DEFAULT: keep}}", False),
        ("{action: free_text, entities: {DEFAULT: keep, PERSON: label}}", True),
        ("{action: free_text, accept: 'authors of books'}", False),
        ("{action: keep}", False),
        ("{action: mask}", False),
    ],
)
def test_only_text_that_names_must_leave_is_read_again(rule: str, paired: bool) -> None:
    """What the policy keeps or accepts is its own business; without a model there is nobody to
    ask.
    """
    assert bool(CellPairs(plan_of(TABLE, f"  note: {rule}\n", NER), 100)._cells) is paired
    assert not CellPairs(plan_of(TABLE, f"  note: {rule}\n", "detect: {ner: 'off'}\n"), 100)._cells


def test_the_sample_is_bounded_and_the_same_every_time() -> None:
    """A thousand rows in twenty batches, thirty cells."""
    table = pa.table({"note": [f"case number {n}" for n in range(1_000)]})
    plan = plan_of(table, "  note: {action: free_text}\n", NER)
    first, second = (cells(pairs_of(plan, table, 30)) for _ in range(2))
    assert first == second
    assert len(first["note"]) == 30
    assert len(cells(pairs_of(plan, table, None))["note"]) == 1_000


def test_a_run_in_which_names_are_left_is_refused() -> None:
    """A rule that only hunts for the row's own values lets other people through."""
    frame = pd.DataFrame(
        {"who": PEOPLE, "note": TABLE["note"].to_pylist()[1:] + TABLE["note"].to_pylist()[:1]}
    )
    columns = "  who: {action: redact}\n  note: {action: free_text, scan: false, same_row: [who]}\n"
    with pytest.raises(
        GateError,
        match=r"columns.note: the output still holds PERSON \(\d of 6 cells still hold a name",
    ):
        anonymize.anonymize_frame(frame, policy_of(columns, NER))
    assert len(anonymize.anonymize_frame(frame, policy_of(columns, "detect: {ner: 'off'}\n"))) == 6


def test_a_run_in_which_names_were_replaced_is_not() -> None:
    """By labels here."""
    columns = "  who: {action: redact}\n  note: {action: free_text}\n"
    out = anonymize.anonymize_frame(TABLE.to_pandas(), policy_of(columns, NER))
    assert not any(name in note for name, note in zip(PEOPLE, out["note"], strict=True))


@pytest.mark.parametrize(
    "kind",
    [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string_view())],
    ids=str,
)
def test_text_is_read_again_in_every_layout(kind: pa.DataType) -> None:
    """Views were not, so that names left in them were not counted."""
    table = pa.table({"note": pa.array(["a one", "b two"]).cast(kind)})
    plan = plan_of(table, "  note: {action: free_text}\n", NER)
    assert cells(pairs_of(plan, table))["note"] == [("a one", "a one"), ("b two", "b two")]


def test_names_left_are_counted_per_column() -> None:
    """Too few to refuse is still said."""
    (left,) = pairs_of(plan_of(TABLE, "  note: {action: free_text}\n", NER), TABLE).names_left()
    assert (left.column, left.cells, left.named) == (ColumnName("note"), 6, 0)
