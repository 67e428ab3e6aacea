"""k counts people, over values that are functions of the row, and only what was counted is
published.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.errors import GateError, PlanError
from anonymize.gates.interface import Output
from anonymize.gates.refuse import refuse
from anonymize.gates.suppression import privacy_measured, privacy_sentences
from anonymize.keys import Keyring
from anonymize.names import ColumnName
from anonymize.plan import PlanWithKeys
from anonymize.plan.bind.build import build
from anonymize.privacy import ClassCounts
from anonymize.transform import BadValuesError, Unfitted, is_function_of_row
from anonymize.transform.simple import custom
from tests.plan.helpers import plan_of
from tests.transform.conftest import RULE, Context
from tests.transform.rules import DATE_RULES, NUMBER_RULES, TEXT_RULES

KEEP = "  zip: {action: keep}\n"
BY_PERSON = "subject: who\nprivacy: {quasi_identifiers: [zip], k: 3, max_suppressed: 1}\n"
BY_ROW = "privacy: {quasi_identifiers: [zip], k: 3, max_suppressed: 1}\n"


def published(
    who: list[Any], zips: list[str], extra: str = BY_PERSON, columns: str = KEEP
) -> list[str]:
    """Return the zips of a small table that are left."""
    table = pa.table({"who": who, "zip": zips})
    plan, batch = plan_of(table, columns, extra), table.to_batches()[0]
    out: list[str] = (
        PlanWithKeys(plan.fit(plan.measure(batch)), None).apply(batch).batch["zip"].to_pylist()
    )
    return out


def test_rows_of_one_person_are_one() -> None:
    """Five visits of one patient are a class of one; without a subject they are five rows."""
    who, zips = ["p", "q", "r", *["s"] * 5], ["1"] * 3 + ["2"] * 5
    assert published(who, zips) == ["1"] * 3
    assert published(who, zips, BY_ROW) == zips


@pytest.mark.parametrize("nobody", [None, "", "  ", "N/A", "-", "?", "null"])
def test_a_row_of_nobody_is_no_further_person(nobody: str | None) -> None:
    """Two people and a row without a subject are two people; with a third person the row goes
    along.
    """
    assert published(["p", "q", nobody, nobody], ["1"] * 4) == []
    assert published(["p", "q", "r", nobody], ["1"] * 4) == ["1"] * 4


@pytest.mark.parametrize("other", ["P ", "p", " p", "P\u200a"])
def test_spellings_of_one_subject_are_one_person(other: str) -> None:
    """Case and spaces make no new person."""
    assert published(["P", other, "q"], ["1"] * 3) == []


def test_whole_numbers_are_the_same_person_as_floats_of_them() -> None:
    """A column of ids with gaps is floats in one file; 1.0 is 1."""
    assert published([1.0, 1.0, 2.0], ["1"] * 3) == []
    assert published([1.0, 3.0, 2.0], ["1"] * 3) == ["1"] * 3


def test_the_subject_need_not_be_published() -> None:
    """It is read for counting alone."""
    table = pa.table({"who": ["p"], "zip": ["1"], "other": ["x"]})
    assert plan_of(table, KEEP, BY_PERSON).input_columns == ("who", "zip")
    assert plan_of(table, KEEP, "subject: who\n").input_columns == ("zip",)


def test_a_class_that_the_first_pass_never_saw_is_suppressed() -> None:
    """A fitted plan is an allow list."""
    plan = plan_of(pa.table({"zip": ["1"]}), KEEP, BY_ROW)
    plan = plan.fit(plan.measure(pa.RecordBatch.from_pydict({"zip": ["1"] * 3})))
    done = PlanWithKeys(plan, None).apply(pa.RecordBatch.from_pydict({"zip": ["1", "2", None]}))
    assert (done.batch["zip"].to_pylist(), done.suppressed) == (["1"], 2)


def _output(classes: ClassCounts | None, *, written: int, suppressed: int) -> Output:
    read = written + suppressed
    return Output(read, written, 0, suppressed, 0, classes=classes)


def test_what_was_written_is_counted_again() -> None:
    """Fewer rows of an allowed class than were measured: the second count finds it, and so does a
    missing count.
    """
    plan = plan_of(pa.table({"zip": ["1"]}), KEEP, BY_ROW)
    plan = plan.fit(plan.measure(pa.RecordBatch.from_pydict({"zip": ["1"] * 3})))
    done = PlanWithKeys(plan, None).apply(pa.RecordBatch.from_pydict({"zip": ["1", "1"]}))
    with pytest.raises(GateError, match="1 of 1 classes in what was written are smaller than 3"):
        refuse(_output(done.classes, written=2, suppressed=0), plan)
    with pytest.raises(GateError, match="classes of 2 counted"):
        refuse(_output(done.classes, written=3, suppressed=0), plan)
    with pytest.raises(GateError, match="classes of 0 counted"):
        refuse(_output(None, written=2, suppressed=0), plan)


def test_too_many_rows_suppressed_in_the_end_are_refused() -> None:
    """What the first pass promised is checked against what became of the rows."""
    plan = plan_of(
        pa.table({"zip": ["1"]}), KEEP, BY_ROW.replace("max_suppressed: 1", "max_suppressed: 0.5")
    )
    plan = plan.fit(plan.measure(pa.RecordBatch.from_pydict({"zip": ["1"] * 3})))
    batch = pa.RecordBatch.from_pydict({"zip": ["1"] * 3 + ["2"] * 4})
    done = PlanWithKeys(plan, None).apply(batch)
    with pytest.raises(GateError, match="4 of 7 rows"):
        refuse(_output(done.classes, written=3, suppressed=4), plan)


def test_a_plan_says_what_it_counts() -> None:
    """People by their column, or rows because no subject is declared; sensitive columns are only
    measured.
    """
    table = pa.table({"who": ["p"], "zip": ["1"], "dx": ["x"]})
    columns = KEEP + "  dx: {action: keep}\n"
    by_person = plan_of(table, columns, BY_PERSON.replace("k: 3", "k: 3, sensitive: [dx]"))
    assert privacy_sentences(by_person) == (
        "k = 3 over zip; people counted: distinct values of who",
        "sensitive: dx: diversity is measured and stated, not enforced",
    )
    said = privacy_sentences(plan_of(table, columns, BY_ROW))
    assert said == ("k = 3 over zip; rows counted: no subject: declared",)
    assert privacy_sentences(plan_of(table, columns)) == ()


@pytest.mark.parametrize(
    "rule",
    [
        "{action: perturb, scale: 2}",
        "{action: shuffle, by: who}",
        "{action: keep, when: [[who, '=', p]], otherwise: {action: perturb, scale: 2}}",
        "{action: perturb, scale: 2, when: [[who, '=', p]], otherwise: {action: keep}}",
    ],
)
def test_what_draws_anew_is_no_quasi_identifier(rule: str) -> None:
    """Refused before row one, as a quasi-identifier only."""
    table = pa.table({"who": ["p", "q"], "age": [30, 40], "zip": ["1", "2"]})
    with pytest.raises(PlanError, match=r"'age': .*(perturb|shuffle).* equal rows"):
        plan_of(table, f"  age: {rule}\n", "privacy: {quasi_identifiers: [age], k: 2}\n")
    plan_of(
        table,
        f"  zip: {{action: keep}}\n  age: {rule}\n",
        "privacy: {quasi_identifiers: [zip], sensitive: [age]}\n",
    )


@dataclass(frozen=True)
class _Silent:
    """Another package's action that says nothing of itself."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type as it is."""
        return input_type

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the column."""
        return column


@dataclass(frozen=True)
class _Sure(_Silent):
    """One that says that it is a function of the row."""

    function_of_row = True


@dataclass(frozen=True)
class _Entry:
    """A stand-in for an entry point."""

    kind: type

    def load(self) -> type:
        """Return the class."""
        return self.kind


@pytest.mark.parametrize(("kind", "allowed"), [(_Silent, False), (_Sure, True)])
def test_a_custom_action_must_say_that_it_is_a_function_of_the_row(
    kind: type, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What says nothing is refused, with what to say."""
    installed = {"mine": custom.CustomAction("mine", "package", "1", _Entry(kind))}  # type: ignore[arg-type]
    monkeypatch.setattr(custom, "custom_actions", lambda: installed)
    table, rule = pa.table({"zip": ["1"]}), "  zip: {action: custom, name: mine}\n"
    if allowed:
        assert plan_of(table, rule, BY_ROW).steps[0].function_of_row
        return
    with pytest.raises(PlanError, match="function_of_row = True"):
        plan_of(table, rule, BY_ROW)


ALL = [
    *(("text", rule) for rule in TEXT_RULES),
    *(("day", rule) for rule in DATE_RULES),
    *(("number", rule) for rule in NUMBER_RULES),
]
VALUES = {
    "text": pa.array([f"u{at % 7}@x.example" for at in range(60)]),
    "day": pa.array([f"19{60 + at % 9}-02-03" for at in range(60)]),
    "number": pa.array([(at % 11) * 7 for at in range(60)]),
}


@pytest.mark.parametrize(("kind", "rule"), ALL, ids=[f"{kind} {rule}" for kind, rule in ALL])
def test_what_says_that_it_is_a_function_of_the_row_is_one(kind: str, rule: dict[str, Any]) -> None:
    """Equal values get equal results in another order and cut in two; noise says nothing of the
    kind.
    """
    column, context = VALUES[kind], Context()
    made: Any = build(RULE.validate_python(rule), ColumnName("c"), column.type, context)
    assert is_function_of_row(made) == (rule["action"] != "perturb")
    if not is_function_of_row(made) or isinstance(made, Unfitted):
        return
    forward, back = (
        _values(made, column),
        pa.concat_arrays([_values(made, part) for part in (column[30:], column[:30])]),
    )
    assert forward.to_pylist() == [*back.to_pylist()[30:], *back.to_pylist()[:30]]
    by_value: dict[Any, set[Any]] = {}
    for before, after in zip(column.to_pylist(), forward.to_pylist(), strict=True):
        by_value.setdefault(before, set()).add(after)
    assert all(len(results) == 1 for results in by_value.values())


def _values(transform: Any, column: pa.Array) -> pa.Array:
    """Return the results, null where a value is bad."""
    try:
        return transform(column)
    except BadValuesError as error:
        return error.values


def test_a_subject_without_one_value_per_row_is_refused() -> None:
    """People cannot be counted by a column inside a list, or by a list."""
    table = pa.table({"events": [[{"who": "p"}]], "tags": [["a"]], "zip": ["1"]})
    for subject in ("events[].who", "tags"):
        with pytest.raises(PlanError, match="no one value per row"):
            plan_of(table, KEEP, BY_PERSON.replace("who", f'"{subject}"'))


def test_a_quasi_identifier_may_depend_on_a_column_that_needs_a_pass_of_its_own() -> None:
    """Bands are found first, classes counted second; the filter reads the originals."""
    table = pa.table({"i": list(range(12)), "c": ["red", "blue"] * 6})
    columns = (
        "  i: {action: generalize, quantiles: 2}\n"
        "  c: {action: mask, when: [[i, '>', 5]], otherwise: {action: redact}}\n"
    )
    plan = plan_of(table, columns, "privacy: {quasi_identifiers: [c], k: 2, max_suppressed: 1}\n")
    batch, passes = table.to_batches()[0], 0
    while plan.needs_first_pass:
        plan, passes = plan.fit(plan.measure(batch)), passes + 1
    assert passes <= 2
    assert plan.apply(batch).num_rows == 12


def test_places_inside_columns_are_counted_when_written() -> None:
    """Structs and documents: the second count sees every row."""
    table = pa.table({"home": [{"zip": "1"}] * 3, "doc": ['{"dx": "a"}'] * 3, "who": list("pqr")})
    columns = "  home.zip: {action: keep}\n  doc.$.dx: {action: keep}\n"
    extra = "subject: who\nprivacy: {quasi_identifiers: [home.zip], sensitive: [doc.$.dx], k: 3}\n"
    plan, batch = plan_of(table, columns, extra), table.to_batches()[0]
    plan = plan.fit(plan.measure(batch))
    done = PlanWithKeys(plan, None).apply(batch)
    assert done.classes is not None
    assert (done.classes.rows, done.classes.sizes().people.tolist(), done.classes.sensitive) == (
        3,
        [3],
        ("doc.$.dx",),
    )


def test_facts_of_another_key_are_refused(keyring: Keyring) -> None:
    """What one run learned does not fit another: nothing is compared that cannot be equal."""
    table = pa.table({"zip": ["1"] * 3, "n": [1, 2, 3]})
    columns = KEEP + "  n: {action: generalize, quantiles: 2}\n"
    plan = plan_of(table, columns, BY_ROW)
    batch = table.to_batches()[0]
    keyed = replace(plan, facts_key=keyring.current("pseudonym"), run="one")  # type: ignore[arg-type]
    first, second = (
        PlanWithKeys(p, keyring).measure(batch) for p in (keyed, replace(keyed, run="two"))
    )
    with pytest.raises(PlanError, match="another key"):
        first.merge(second)
    with pytest.raises(PlanError, match="another key"):
        PlanWithKeys(replace(keyed, run="two").fit(first), keyring).apply(batch)
    with pytest.raises(PlanError, match="another key"):
        PlanWithKeys(replace(plan, fitted=keyed.fit(first).fitted), keyring).apply(batch)


def test_a_first_pass_is_not_skipped() -> None:
    """Neither the classes nor, in a second plan, the facts."""
    table = pa.table({"zip": ["1"]})
    with pytest.raises(PlanError, match="first pass"):
        plan_of(table, KEEP, BY_ROW).apply(table.to_batches()[0])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([None, "p", "q", "r", "s"]), st.sampled_from("12")), max_size=20
    ),
    st.data(),
)
def test_halves_are_the_whole(rows: list[tuple[str | None, str]], data: st.DataObject) -> None:
    """Measured in two parts or one, the same rows are published."""
    table = pa.table(
        {
            "who": pa.array([row[0] for row in rows], pa.string()),
            "zip": pa.array([row[1] for row in rows], pa.string()),
        }
    )
    cut = data.draw(st.integers(0, len(rows)))
    plan, batch = plan_of(table, KEEP, BY_PERSON), table.combine_chunks().to_batches()
    whole = batch[0] if batch else pa.RecordBatch.from_pylist([], schema=table.schema)
    halves = plan.measure(whole.slice(cut)).merge(plan.measure(whole.slice(0, cut)))
    fits = [plan.fit(plan.measure(whole)), plan.fit(halves)]
    assert len({str(PlanWithKeys(fit, None).apply(whole).batch.to_pylist()) for fit in fits}) == 1


def test_a_version_without_rows_still_says_what_was_asked() -> None:
    """No class was counted, which is not the same as privacy not being asked for."""
    plan = plan_of(pa.table({"who": ["p"], "zip": ["1"]}), KEEP, BY_PERSON)
    said = privacy_measured(plan, None)
    assert (said["asked_k"], said["k"], said["classes"], said["counts"]) == (3, 0, 0, "people")
