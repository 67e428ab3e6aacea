"""What a row says of its person is found in its own published cells, row by row, in samples of the
size that is said.
"""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.gates import own_values
from anonymize.gates.own_values import OwnCount, OwnValues
from anonymize.names import ColumnName
from tests.plan.helpers import plan_of

NOTE = ColumnName("note")
PLAN = plan_of(pa.table({"note": ["a"]}), "  note: {action: keep}\n")


def counter(size: int | None, *kept: str, kind: str = "PERSON_NAME") -> OwnValues:
    """Return a counter for people in ``who`` and these columns of text."""
    counted = OwnValues(PLAN, size)
    counted._kinds = {ColumnName("who"): kind}
    counted._kept = {name: ColumnName(name) for name in kept or ("note",)}
    return counted


def count(
    who: list[str | None], notes: list[object], rows: list[int] | None = None, **asked: str
) -> OwnCount:
    """Return the counts of one batch of which ``rows`` are published with these notes."""
    counted = counter(None, **asked)
    at = pa.array(range(len(who)) if rows is None else rows, pa.int64())
    counted.add(pa.record_batch({"who": who}), at, pa.record_batch({"note": notes}))
    return next(iter(counted.counts()), OwnCount(NOTE, 0, 0, 0))


def test_published_cells_are_compared_with_the_rows_they_were_made_of() -> None:
    """A row that is left out moves the others up."""
    who: list[str | None] = ["Anna Lindqvist", "Chidi Okafor", "Sean Brennan"]
    assert count(who, ["to lindqvist", "Brennan!"], [0, 2]) == OwnCount(NOTE, 2, 2, 0)
    assert count(who, ["to okafor", "Okafor!"], [0, 2]) == OwnCount(NOTE, 2, 0, 0)
    assert count(who, [], []) == OwnCount(NOTE, 0, 0, 0)


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())], ids=str
)
def test_text_is_compared_in_every_layout(kind: pa.DataType) -> None:
    """Arrow takes no rows of views by itself."""
    counted, texts = counter(None), pa.array(["Anna Lindqvist", "Okafor"])
    batch = pa.record_batch({"who": texts.cast(kind), "note": texts.cast(kind)})
    counted.add(batch, pa.array([0, 1]), batch)
    assert counted.counts() == (OwnCount(NOTE, 2, 2, 0),)


def test_cells_that_hold_nothing_to_compare_are_not_counted() -> None:
    """No words, or words of less than four letters."""
    notes: list[object] = [None, "", "12 - 7", "abc", "abcd"]
    assert count(["Anna Lindqvist"] * 5, notes).cells == 1


def test_words_of_other_rows_are_chance() -> None:
    """Every cell names both people, of which one is another row's in every second pair of rows."""
    found = count(["Lindqvist", "Okafor"] * 100, ["okafor and lindqvist"] * 200)
    assert (found.cells, found.own) == (200, 200)
    assert 70 < found.others < 130
    assert count(["Lindqvist"] * 50, ["lindqvist"] * 50).others == 0


@pytest.mark.parametrize(
    ("kind", "who", "note", "own"),
    [
        ("PERSON_NAME", "Lindqvist-Okafor", "okafor", 1),
        ("PERSON_NAME", "Émile", "emile", 1),
        ("PERSON_NAME", "Lee", "lee", 0),
        ("PERSON_NAME", "Cole", "cole", 1),
        ("PERSON_NAME", " Unknown ", "unknown", 0),
        ("PERSON_NAME", "Market Lindqvist", "market", 0),
        ("PERSON_NAME", "Bookings", "bookings", 0),
        ("EMAIL_ADDRESS", "A.Cole@x.example", "a.cole", 1),
        ("EMAIL_ADDRESS", "A.Cole@lindqvist.example", "lindqvist", 0),
        ("USERNAME", " Cole77 ", "by cole77", 1),
        ("USERNAME", "lee", "lee", 0),
        ("USERNAME", None, "none", 0),
    ],
)
def test_words_of_names_and_whole_logins_are_a_persons_own(
    kind: str, who: str | None, note: str, own: int
) -> None:
    """But no short or everyday word, no text for missing, and no domain."""
    assert count([who], [note], kind=kind).own == own


@pytest.mark.parametrize(
    ("size", "kept", "read"),
    [(None, 1, 70), (1000, 1, 60), (1000, 4, 50), (1000, 8, 50), (20, 1, 20), (60, 1, 60)],
)
def test_so_many_rows_of_a_batch_are_read(
    size: int | None, kept: int, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fewer where columns are many, but for 50; as few as the policy says; all where it says so."""
    monkeypatch.setattr(own_values, "ROWS", 60)
    monkeypatch.setattr(own_values, "CELLS", 200)
    names = [f"c{at}" for at in range(kept)]
    counted, rows = counter(size, *names), pa.array(range(70))
    batch = pa.record_batch({"who": ["Lindqvist"] * 70, **{name: ["text"] * 70 for name in names}})
    counted.add(batch, rows, batch)
    assert [one.cells for one in counted.counts()] == [read] * kept


def test_counts_of_parts_add_up() -> None:
    """Number by number."""
    one, more = OwnCount(NOTE, 100, 10, 1), OwnCount(NOTE, 50, 7, 2)
    assert one.plus(more) == OwnCount(NOTE, 150, 17, 3)


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ("note: {action: keep}", {"note": "note"}),
        ("note: {action: redact}", {}),
        ("note: {action: mask}", {}),
        ("note: {action: keep, accept: made up}", {}),
        ("n: {action: keep}", {}),
        ("code: {action: keep}", {"code": "code"}),
        ("view: {action: keep}", {"view": "view"}),
        (
            "note: {action: redact, when: [[n, '<', 3]], otherwise: {action: keep}}",
            {"note": "note"},
        ),
        ("tags: {action: keep}", {"tags": "tags"}),
        ("'tags[]': {action: keep}", {"tags": "tags[]"}),
        ("'box.x': {action: keep}\n  'box.y': {action: keep}", {"box": "box.x"}),
        ("'box.x': {action: keep}\n  'box.y': {action: keep, accept: made up}", {}),
        ("note: {action: free_text}", {}),
    ],
)
def test_columns_that_publish_text_of_the_source_are_looked_at(
    rules: str, kept: dict[str, str]
) -> None:
    """Unless a reason accepts it; nobody looks for names in free text without a model."""
    table = pa.table(
        {
            "note": ["a"],
            "n": [1],
            "code": pa.array(["a"]).dictionary_encode(),
            "view": pa.array(["a"], pa.string_view()),
            "tags": [["a"]],
            "box": [{"x": "a", "y": "b"}],
        }
    )
    assert own_values._kept(plan_of(table, f"  {rules}\n", "detect: {ner: 'off'}\n")) == kept
