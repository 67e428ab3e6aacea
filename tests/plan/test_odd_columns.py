"""Columns in the layouts that Arrow has besides the plain ones."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.errors import PlanError
from anonymize.plan import explain
from anonymize.plan.show.example import examples, shape
from tests.plan.helpers import applied, plan_of

VIEW = pa.string_view()


def test_views_at_any_depth_are_filtered_and_transformed() -> None:
    """Kept ones come out as views again."""
    table = pa.table(
        {
            "d": pa.array(["aa", None, "cc"], VIEW),
            "l": pa.array([["a"], None, ["c"]], pa.list_(VIEW)),
            "s": pa.array([{"x": "a"}, None, {"x": "c"}], pa.struct([("x", VIEW)])),
            "m": pa.array([[("k", "b")], None, []], pa.map_(VIEW, VIEW)),
            "w": pa.array(["x", "y", "z"], VIEW),
        }
    )
    columns = (
        "  d: {action: mask, keep_last: 1, when: [[w, '=', x]], otherwise: {action: mask}}\n"
        "  l: {action: keep}\n  s.x: {action: mask}\n  m.k: {action: mask}\n"
    )
    assert applied(table, columns, "rows: {where: [[w, in, [x, y]]]}\n") == [
        {"d": "*a", "l": ["a"], "s": {"x": "*"}, "m": [("k", "*")]},
        {"d": None, "l": None, "s": None, "m": None},
    ]


@pytest.mark.parametrize(
    "condition", ["[w, '=', x]", "[w, in, [x]]", "[w, '!=', y]", "[w, not in, [y]]"]
)
def test_conditions_read_dictionaries(condition: str) -> None:
    """By every comparison that plain text has."""
    table = pa.table({"d": ["a", "b", "c"], "w": pa.array(["x", "y", None]).dictionary_encode()})
    assert applied(table, "  d: {action: keep}\n", f"rows: {{where: [{condition}]}}\n") == [
        {"d": "a"}
    ]


def test_lists_of_text_are_taken_whole_by_free_text() -> None:
    """As the page of actions says; the row's own values are hunted in each text."""
    table = pa.table({"n": ["Jane Doe", "Bo Li"], "t": [["hi Jane", None], ["Jane"]]})
    columns = "  n: {action: redact}\n  t: {action: free_text, same_row: {n: name}, scan: false}\n"
    assert [row["t"] for row in applied(table, columns)] == [["hi <REDACTED>", None], ["Jane"]]


@pytest.mark.parametrize(
    "rule,expected", [("'null'", [None, None]), ("constant, value: 5", [5, None])]
)
def test_actions_that_look_at_no_value_take_nested_ones(rule: str, expected: list[object]) -> None:
    """They take every type, the page says."""
    rows = applied(pa.table({"t": pa.array([["a"], None])}), f"  t: {{action: {rule}}}\n")
    assert [row["t"] for row in rows] == expected


@pytest.mark.parametrize(
    "rule",
    [
        "free_text, same_row: [tags], scan: false",
        "shift_dates, within_days: 3, by: tags",
        "fake, kind: name, person: {name: p, by: n, gender: tags}",
        "generalize, postcode_by: tags",
        "shuffle, by: data",
        "free_text, entities: {DEFAULT: {action: label, numbered: subject, by: tags}}",
    ],
)
def test_a_column_that_a_rule_reads_has_one_value_per_row(rule: str) -> None:
    """Lists, structs and bytes stopped the run at the first batch; the plan refuses them."""
    table = pa.table({"n": ["x"], "tags": [["a"]], "data": pa.array([b"\xff"])})
    with pytest.raises(PlanError, match="which has no one text form per row"):
        plan_of(table, f"  n: {{action: {rule}}}\n")


def test_latitudes_are_numbers() -> None:
    """The plan says so before the first row."""
    table = pa.table({"lon": [1.5], "flag": [True]})
    with pytest.raises(PlanError, match="latitude: 'flag' does not take bool"):
        plan_of(
            table,
            "  lon: {action: generalize, grid_metres: 1000, axis: longitude, latitude: flag}\n",
        )


def test_a_plan_s_examples_do_not_show_originals_through_their_results() -> None:
    """A mask or a top code may leave most of a value as it was; the plan is printed and logged."""
    table = pa.table(
        {"a": ["Jane Doe"], "b": [42], "c": ["12 Main Street"], "d": ["80267"], "e": ["1939-06-24"]}
    )
    columns = (
        "  a: {action: mask, pattern: '^(?P<hide>.)'}\n  b: {action: generalize, top: 90}\n  c:"
        " {action: mask, hide: digits}\n  d: {action: generalize, prefix: 3}\n  e: {action:"
        " generalize, to: year}\n"
    )
    shown = examples(plan_of(table, columns), table.to_batches()[0], None).pairs
    assert list(shown.values()) == [
        "xxxx xxx → *xxx xxx",
        "99 → 99",
        "99 xxxx xxxxxx → ** xxxx xxxxxx",
        "99999 → 802",
        "9999-99-99 → 1939",
    ]


def test_a_plan_counts_the_texts_that_are_always_or_never_personal() -> None:
    """They may be people's names, and the plan goes into the manifest."""
    columns = "  n: {action: free_text, deny: [Jane Doe, Bo Li], allow: [Rose]}\n"
    (line,) = explain(plan_of(pa.table({"n": ["x"]}), columns))
    assert line.action == "free_text (allow 1 texts, deny 2 texts)"


@pytest.mark.parametrize(
    "rule",
    [
        "{action: mask, pattern: 'Jane (?P<hide>Doe)'}",
        "{action: constant, value: Jane Doe}",
        (
            "{action: redact, when: [[n, '=', Jane Doe]], otherwise: {action: constant, value: Jane"
            " Doe}}"
        ),
        "{action: free_text, deny: [Jane Doe], allow: [Jane]}",
        "{action: free_text, entities: {EMAIL_ADDRESS: {action: constant, value: Jane Doe}}}",
        (
            "{action: free_text, entities: {EMAIL_ADDRESS: {action: mask, pattern:"
            " 'Jane(?P<hide>.*)'}}}"
        ),
    ],
)
def test_a_plan_tells_no_text_that_a_rule_may_hold_of_people(rule: str) -> None:
    """Its lines stand in the manifest, in the clear; numbers, and what only says how, are told."""
    (line,) = explain(plan_of(pa.table({"n": ["x", "y"]}), f"  n: {rule}\n"))
    assert "Jane" not in line.action
    assert line.action.startswith(rule[9:].partition(",")[0])
    (line,) = explain(plan_of(pa.table({"n": [1, 2]}), "  n: {action: constant, value: 0}\n"))
    assert line.action == "constant (value 0)"


@pytest.mark.parametrize(
    "text",
    ["सुनीता द्विवेदी", "สุธีรัตน์ ชื่นใจดี", "שָׁלוֹם לֵוִי", "A\u0308O\u0308e\u0301", "\x1b[31mAnna\x07 7"],
)
def test_the_shape_of_a_text_holds_no_mark_and_no_control_of_it(text: str) -> None:
    """Vowels that are marks, accents written apart, signs that steer a terminal."""
    assert set(shape(text)) <= set("x9 ·[")
    assert len(shape(text)) == len(text)


def test_an_example_of_bytes_shows_their_number_alone() -> None:
    """Bytes that are punctuation would read like what they are."""
    table = pa.table({"raw": [b"(Anna)\x00{7}!"]})
    plan = plan_of(table, '  raw: {action: keep, accept: "test"}\n')
    shown = examples(plan, table.to_batches()[0], None).pairs["raw"]  # type: ignore[index]
    assert shown == f"{'·' * 11} → {'·' * 11}"
