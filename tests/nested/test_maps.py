"""Maps: the entries that rules name, and all others."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.errors import PlanError
from anonymize.plan import Plan, PlanWithKeys
from tests.examples import examples
from tests.plan.helpers import plan_of

TEXTS = pa.map_(pa.string(), pa.string())
EMAIL = "  attrs.email: {action: mask}\n"
REST = "  'attrs[].key': {action: keep}\n  'attrs[].value': {action: redact}\n"


def _plan(kind: pa.DataType, columns: str, extra: str = "") -> Plan:
    return plan_of(
        pa.table({"attrs": pa.array([], kind), "who": pa.array([], pa.string())}), columns, extra
    )


def _out(maps: list[Any], columns: str, kind: pa.DataType = TEXTS, extra: str = "") -> Any:
    batch = pa.record_batch(
        {"attrs": pa.array(maps, kind), "who": pa.array(["Ana Castro"] * len(maps))}
    )
    return PlanWithKeys(_plan(kind, columns, extra), None).apply(batch)


def test_only_named_entries_stay() -> None:
    """Before → after: the value under a key is treated, every other entry goes with its key."""
    before = [[("x", "1"), ("email", "ana"), ("y", "2")], None, [], [("y", "2")], [("email", None)]]
    after = [[("email", "***")], None, [], [], [("email", None)]]
    assert _out(before, EMAIL).batch["attrs"].to_pylist() == after


def test_all_other_entries_have_rules_of_their_own() -> None:
    """Order stays; a key that is named is not among the others, even where its rule is drop."""
    before = [[("x", "1"), ("email", "ana"), ("id", "2"), ("x", "3")], None]
    after = [[("x", "<REDACTED>"), ("email", "***"), ("x", "<REDACTED>")], None]
    assert (
        _out(before, EMAIL + REST + "  attrs.id: {action: drop}\n").batch["attrs"].to_pylist()
        == after
    )


def test_an_entry_without_a_key_is_none() -> None:
    """Where the rule for keys gives null the entry goes."""
    columns = "  'attrs[].key': {action: 'null'}\n  'attrs[].value': {action: keep}\n"
    assert _out([[("x", "1")]], columns).batch["attrs"].to_pylist() == [[]]


def test_an_unlisted_entry_is_a_bad_value_under_refuse() -> None:
    """Keys are data: only the data shows what a map holds, and the reason names no key."""
    columns = EMAIL + "  who: {action: drop}\n"
    done = _out(
        [[("email", "a")], [("email", "a"), ("ana", "b")]], columns, extra="unlisted: refuse\n"
    )
    (aside,) = done.quarantined.to_pylist()
    assert (aside["row"], aside["column"]) == (2, "attrs")
    assert "no rule names" in aside["reason"]
    assert "ana" not in aside["reason"]


@pytest.mark.parametrize(
    ("mode", "after"), [("quarantine", [[("email", "*")]]), ("'null'", [[("email", "*")], None])]
)
def test_a_named_key_that_occurs_twice_is_a_bad_value(mode: str, after: list[Any]) -> None:
    """Which of the two counts nobody knows; neither leaves."""
    maps = [[("email", "a")], [("email", "ana"), ("email", "bo")]]
    assert (
        _out(maps, EMAIL, extra=f"rows: {{on_bad_value: {mode}}}\n").batch["attrs"].to_pylist()
        == after
    )


def test_values_may_be_nested_or_documents() -> None:
    """A path goes on inside the value of an entry."""
    inside = pa.map_(
        pa.string(), pa.struct([("zip", pa.string()), ("tags", pa.list_(pa.string()))])
    )
    maps = [
        [("home", {"zip": "12345", "tags": ["a", "b"]}), ("work", {"zip": "9", "tags": None})],
        None,
    ]
    out = _out(maps, "  'attrs.home.tags[]': {action: redact}\n", inside).batch["attrs"].to_pylist()
    assert out == [[("home", {"tags": ["<REDACTED>"] * 2})], None]
    out = (
        _out([[("j", '{"a":1,"b":2}')]], "  attrs.j.$.a: {action: keep}\n")
        .batch["attrs"]
        .to_pylist()
    )
    assert out == [[("j", '{"a":1}')]]
    columns = "  'attrs[].key': {action: keep}\n  'attrs[].value.$.b[]': {action: redact}\n"
    out = _out([[("j", '{"a":1,"b":[2]}'), ("k", None)]], columns).batch["attrs"].to_pylist()
    assert out == [[("j", '{"b":["<REDACTED>"]}'), ("k", None)]]


def test_maps_lie_in_lists_and_other_maps() -> None:
    """Rows of the innermost align with the table's."""
    kind = pa.list_(pa.map_(pa.string(), TEXTS))
    maps = [[[("a", [("b", "Ana Castro called"), ("c", "2")])], None, []], None]
    columns = (
        "  'attrs[].a.b': {action: free_text, scan: false, same_row: [who]}\n  who: {action:"
        " redact}\n"
    )
    assert _out(maps, columns, kind).batch["attrs"].to_pylist() == [
        [[("a", [("b", "<REDACTED> called")])], None, []],
        None,
    ]


def test_an_entry_can_say_which_rule_holds() -> None:
    """The value under a key is one per row, so conditions and filters can look at it."""
    columns = "  who: {action: redact, when: [[attrs.land, '=', DE]], otherwise: {action: keep}}\n"
    assert _out([[("land", "DE")], [], None], columns).batch["who"].to_pylist() == [
        "<REDACTED>",
        "Ana Castro",
        "Ana Castro",
    ]


@pytest.mark.parametrize(
    ("kind", "columns", "what"),
    [
        (
            TEXTS,
            "  attrs: {action: mask}\n",
            "is a map; name what is inside: attrs[].key, attrs[].value",
        ),
        (
            TEXTS,
            "  'attrs[].value': {action: keep}\n",
            "an entry of a map is its key and its value; give 'attrs[].key'",
        ),
        (
            TEXTS,
            "  'attrs[].key': {action: keep}\n",
            "an entry of a map is its key and its value; give 'attrs[].value'",
        ),
        (
            TEXTS,
            "  attrs: {action: keep}\n" + EMAIL,
            "lies inside 'attrs', which has a rule of its own; keep one",
        ),
        (TEXTS, "  'attrs[\"email\"]': {action: keep}\n", 'write ["email"] as .email'),
        (TEXTS, "  attrs.email.x: {action: keep}\n", "'attrs.email' is text; a place in JSON"),
        (
            TEXTS,
            "  attrs.a: {action: keep}\n  attrs.b: {action: generalize, to: year}\n",
            "values of a map have one type, but the rules in 'attrs' give string and int32",
        ),
        (
            pa.map_(pa.int64(), pa.string()),
            "  attrs.a: {action: keep}\n",
            "the keys of 'attrs' are int64; name all its entries: attrs[].key, attrs[].value",
        ),
    ],
)
def test_what_cannot_be_put_together_again_is_refused(
    kind: pa.DataType, columns: str, what: str
) -> None:
    """Before row one, with what would be right."""
    with pytest.raises(PlanError) as caught:
        _plan(kind, columns)
    assert what in str(caught.value)


def test_unlisted_maps_are_refused_under_refuse_and_reported_under_drop() -> None:
    """A map without any rule is a column without a rule; one with named keys drops the rest."""
    with pytest.raises(PlanError, match=r"column 'attrs\[\].key' has no rule"):
        _plan(TEXTS, "  who: {action: keep}\n", "unlisted: refuse\n")
    assert _plan(TEXTS, EMAIL).dropped == ("attrs[].key", "attrs[].value", "who")


MAPS = st.lists(
    st.none()
    | st.lists(
        st.tuples(st.sampled_from(["email", "x", "é"]), st.none() | st.text(max_size=4)), max_size=4
    ),
    max_size=8,
)


@settings(max_examples=examples(100), deadline=None)
@given(MAPS, st.integers(0, 8))
def test_kept_maps_are_as_before(maps: list[Any], cut: int) -> None:
    """Whatever the maps, their order, slices and batch borders."""
    columns = (
        "  attrs.email: {action: keep}\n  'attrs[].key': {action: keep}\n  'attrs[].value':"
        " {action: keep}\n"
    )
    batch = pa.record_batch(
        {"attrs": pa.array(maps, TEXTS), "who": pa.array(["Ana"] * len(maps), pa.string())}
    )
    bound = PlanWithKeys(_plan(TEXTS, columns), None)
    once = [m for m in maps if m is None or [key for key, _ in m].count("email") < 2]
    assert bound.apply(batch).batch["attrs"].to_pylist() == once
    halves = [
        bound.apply(part).batch["attrs"].to_pylist()
        for part in (batch.slice(0, cut), batch.slice(cut))
    ]
    assert halves[0] + halves[1] == once


def test_a_map_with_a_quasi_identifier_is_written_in_one_order() -> None:
    """The place of a redacted entry told rows of one class apart. Keys are new ones where a rule
    makes them; rows of maps without quasi-identifiers keep their order.
    """
    before = [[("b", "1"), ("email", "x"), ("a", "2")], [("a", "2"), ("b", "1"), ("email", "x")]]
    table = pa.table({"attrs": pa.array(before, TEXTS)})
    keep = "  attrs.email: {action: keep, accept: made up}\n" + REST
    extra = "privacy: {quasi_identifiers: [attrs.email], k: 2}\n"
    bound = PlanWithKeys(plan_of(table, keep, extra), None)
    bound = PlanWithKeys(bound.plan.fit(bound.measure(table.to_batches()[0])), None)
    out = bound.apply(table.to_batches()[0]).batch["attrs"].to_pylist()
    assert out == [[("a", "<REDACTED>"), ("b", "<REDACTED>"), ("email", "x")]] * 2
