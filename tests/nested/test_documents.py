"""JSON kept as text: rules reach the places inside, and nothing else of a document is left."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.errors import DataError, PlanError
from anonymize.keys import Keyring
from anonymize.nested.json_parse import DEEPEST
from anonymize.plan import PlanWithKeys, explain
from tests.examples import examples
from tests.plan.helpers import applied, plan_of

KEEP_ALL = (
    "  payload.$.a: {action: keep}\n  payload.$.b: {action: keep}\n  payload.$.c: {action: keep}\n"
)
EMAIL = "  payload.$.user.email: {action: mask, keep_first: 1}\n"
BAD = {
    "{": "not JSON",
    "": "not JSON",
    '{"user": NaN}': "not JSON",
    '{"a": 1} {"b": 2}': "not JSON",
    '{"user": {"email": "x", "\\u0065mail": "y"}}': "JSON in which an object has a key twice",
    '{"user": {"email": "\\ud800"}}': "JSON with half of a surrogate pair, which is no text",
    "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1): f"JSON deeper than {DEEPEST} levels",
    "[" * 200_000 + "]" * 200_000: f"JSON deeper than {DEEPEST} levels",
}


def _out(documents: list[str | None], columns: str, extra: str = "") -> list[Any]:
    batch = pa.record_batch({"payload": pa.array(documents, pa.string())})
    plan = plan_of(pa.Table.from_batches([batch]), columns, extra)
    return PlanWithKeys(plan, None).apply(batch).batch["payload"].to_pylist()  # type: ignore[no-any-return]


def test_rules_reach_places_in_documents() -> None:
    """Before → after: keys keep their order, numbers their digits, lists their length; the rest is
    gone.
    """
    before = (
        '{"n": 1.10, "user": {"name": "Ana", "email": "ana@x.example", "born": "1984-02-29"},'
        ' "secret": {"k": [1]}, "items": [{"sku": "A\\"1", "by": "Ana"}, null, {"by": "Bo"}],'
        ' "tags": ["é\\u00e9", 7, true, null]}'
    )
    columns = (
        "  payload.$.user.email: {action: mask, keep_first: 1}\n  payload.$.user.born: {action:"
        " generalize, to: year}\n  payload.$.n: {action: keep}\n  'payload.$.items[].sku': {action:"
        " keep}\n  'payload.$.tags[]': {action: keep}\n"
    )
    assert _out([before], columns) == [
        '{"n":1.10,"user":{"email":"a**@*.*******","born":1984},'
        '"items":[{"sku":"A\\"1"},null,{}],"tags":["éé",7,true,null]}'
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, None),
        ("null", "null"),
        ("{}", "{}"),
        ("[]", "[]"),
        ('{"user": null}', '{"user":null}'),
        ('{"user": {}}', '{"user":{}}'),
        ('{"user": []}', '{"user":[]}'),
        ('{"user": {"email": null}}', '{"user":{"email":null}}'),
        ('{"user": "ana@x.example"}', "{}"),
        ('{"user": [{"email": "ana@x.example"}]}', "{}"),
        ('{"ana@x.example": 1, "user": {"x": 1}}', '{"user":{}}'),
        ('"ana@x.example"', None),
        ("17", None),
    ],
)
def test_what_no_rule_names_is_dropped_at_every_level(
    before: str | None, after: str | None
) -> None:
    """Absent stays absent, null stays null, and a value where rules expect an object has no
    rule.
    """
    assert _out([before], EMAIL) == [after]


@pytest.mark.parametrize(("text", "why"), BAD.items())
def test_what_is_no_document_is_a_bad_value(text: str, why: str) -> None:
    """Its row is set aside with the reason, and no other row is lost."""
    table = pa.table({"payload": ['{"user":{"email":"a"}}', text, None]})
    done = PlanWithKeys(plan_of(table, EMAIL), None).apply(table.to_batches()[0])
    assert done.batch["payload"].to_pylist() == ['{"user":{"email":"*"}}', None]
    assert done.quarantined.to_pylist() == [{"row": 2, "column": "payload", "reason": why}]


def test_a_bad_document_can_become_null() -> None:
    """Under ``null`` the document goes, its row stays, and the count says how many."""
    table = pa.table({"payload": ["{", '{"user":{"email":{"x":1}}}', "[1,", '{"user":{}}']})
    done = PlanWithKeys(plan_of(table, EMAIL, 'rows: {on_bad_value: "null"}\n'), None).apply(
        table.to_batches()[0]
    )
    assert done.batch["payload"].to_pylist() == [
        None,
        '{"user":{"email":null}}',
        None,
        '{"user":{}}',
    ]
    assert done.nulled == {"payload": 2, "payload.$.user.email": 1}


def test_a_bad_document_can_stop_the_run() -> None:
    """The error counts and points; neither a value nor a key of the document is in it."""
    with pytest.raises(DataError, match=r"column payload: 1 value: not JSON \(row 1\)") as caught:
        _out(['{"ana@x.example": secret}'], EMAIL, "rows: {on_bad_value: refuse}\n")
    assert not [word for word in ("ana", "secret") if word in str(caught.value)]


def test_an_unlisted_place_is_a_bad_value_under_refuse() -> None:
    """Only the data shows what a document holds; the reason says what to do and does not name the
    key.
    """
    table = pa.table(
        {"payload": ['{"user":{"email":"a"}}', '{"user":{"email":"a","ana@x.example":null}}', "7"]}
    )
    done = PlanWithKeys(plan_of(table, EMAIL, "unlisted: refuse\n"), None).apply(
        table.to_batches()[0]
    )
    reason = "JSON with a place that no rule names; give it a rule, or say unlisted: drop"
    assert done.quarantined.to_pylist() == [
        {"row": row, "column": "payload", "reason": reason} for row in (2, 3)
    ]
    assert done.batch["payload"].to_pylist() == ['{"user":{"email":"*"}}']


def test_a_dropped_place_is_listed() -> None:
    """Under ``unlisted: refuse`` the rule drop says that a place may be there, and leaves it
    out.
    """
    columns = "  payload.$.a: {action: drop}\n  payload.$.b: {action: keep}\n"
    assert _out(['{"a": {"x": 1}, "b": 2}'], columns, "unlisted: refuse\n") == ['{"b":2}']


def test_an_object_under_a_rule_for_single_values_is_a_bad_value() -> None:
    """Keep and redact take objects and arrays whole, other actions do not."""
    columns = (
        "  payload.$.a: {action: keep}\n  payload.$.b: {action: redact}\n  payload.$.c: {action:"
        " mask}\n"
    )
    table = pa.table(
        {"payload": ['{"a":{"x":[1.0,"é"]},"b":[1],"c":"x"}', '{"c":{"ana@x.example":1}}']}
    )
    done = PlanWithKeys(plan_of(table, columns), None).apply(table.to_batches()[0])
    assert done.batch["payload"].to_pylist() == ['{"a":{"x":[1.0,"é"]},"b":"<REDACTED>","c":"*"}']
    assert done.quarantined.to_pylist()[0]["column"] == "payload.$.c"
    assert "ana" not in str(done.quarantined.to_pylist())


def test_a_number_stays_a_number_where_its_result_is_one() -> None:
    """What no longer reads as the same kind becomes text."""
    columns = (
        "  payload.$.a: {action: generalize, band: 10}\n  payload.$.b: {action: generalize,"
        " nearest: 5}\n"
    )
    assert _out(['{"a": 37, "b": 38}', '{"a": "37", "b": "38"}'], columns) == [
        '{"a":"30 to <40","b":40}',
        '{"a":"30 to <40","b":40}',
    ]


def test_documents_in_lists_and_lists_in_documents_align() -> None:
    """A document may be the item of a list, and hold lists of lists."""
    table = pa.table(
        {
            "who": ["x", "y"],
            "said": [
                [{"body": '{"m":[["a","b"],[],["c"]]}'}, {"body": None}, None],
                [{"body": '{"m":[["d"]]}'}],
            ],
        }
    )
    columns = (
        '  "said[].body.$.m[][]": {action: free_text, scan: false, same_row: [who]}\n  who:'
        " {action: keep}\n"
    )
    rows = applied(table, columns)
    assert [row["said"] for row in rows] == table["said"].to_pylist()


def test_json_in_json_is_opened_too() -> None:
    """Quotes are escaped once more at every depth."""
    innermost = json.dumps({"email": 'a"\\é', "x": 1})
    before = json.dumps({"inner": json.dumps({"deep": innermost, "y": 2})})
    (after,) = _out([before], "  payload.$.inner.$.deep.$.email: {action: keep}\n")
    assert json.loads(json.loads(json.loads(after)["inner"])["deep"]) == {"email": 'a"\\é'}


def test_bad_json_in_json_is_a_bad_value() -> None:
    """The whole document is set aside."""
    assert _out(['{"inner": "{"}', '{"inner": 5}'], "  payload.$.inner.$.x: {action: keep}\n") == [
        "{}"
    ]


def test_odd_keys_are_named_in_quotes() -> None:
    """Dots, brackets and the dollar sign are keys like others."""
    columns = '  \'payload.$["a.b"]["$"]\': {action: keep}\n  \'payload.$[""][]\': {action: keep}\n'
    assert _out(['{"a.b": {"$": 1, "c": 2}, "": [3]}'], columns) == ['{"a.b":{"$":1},"":[3]}']


def test_documents_join_with_the_columns_of_their_row() -> None:
    """same_row, when:, filters, and a subject may be places in documents, listed or not."""
    table = pa.table(
        {
            "note": ["Ana Castro called", "Bo called"],
            "payload": ['{"name":"Ana Castro","land":"DE"}', '{"name":"Bo","land":"US"}'],
        }
    )
    columns = (
        "  note: {action: free_text, scan: false, same_row: [payload.$.name]}\n  payload.$.name:"
        " {action: mask, when: [[payload.$.land, '=', DE]], otherwise: {action: redact}}\n"
    )
    assert applied(table, columns, "rows: {where: [[payload.$.land, in, [DE, US]]]}\n") == [
        {"note": "*** ****** called", "payload": '{"name":"*** ******"}'},
        {"note": "<REDACTED> called", "payload": '{"name":"<REDACTED>"}'},
    ]


def test_places_inside_a_place_that_is_kept_whole_can_be_read() -> None:
    """A rule takes the object, a filter and a condition look into it; nothing of that is
    unlisted.
    """
    table = pa.table(
        {"payload": [f'{{"meta":{{"land":"{land}","n":[1]}}}}' for land in ("DE", "US", "FR")]}
    )
    columns = (
        "  payload.$.meta: {action: keep, when: [[payload.$.meta.land, '=', DE]], otherwise:"
        " {action: redact}}\n"
    )
    extra = "unlisted: refuse\nrows: {where: [[payload.$.meta.land, in, [DE, US]]]}\n"
    rows = applied(table, columns, extra)
    assert [row["payload"] for row in rows] == [
        '{"meta":{"land":"DE","n":[1]}}',
        '{"meta":"<REDACTED>"}',
    ]


def test_places_in_a_column_with_a_rule_of_its_own_can_be_read() -> None:
    """Text that is kept or masked as a whole, and maps, may still say which rows are taken."""
    attrs = pa.array([[("land", "DE"), ("x", "1")], None], pa.map_(pa.string(), pa.string()))
    table = pa.table({"payload": ['{"land":"DE","x":1}', "{}"], "attrs": attrs})
    extra = "unlisted: refuse\nrows: {where: [[payload.$.land, '=', DE], [attrs.land, '=', DE]]}\n"
    (row,) = applied(table, "  payload: {action: redact}\n  attrs: {action: keep}\n", extra)
    assert row == {"payload": "<REDACTED>", "attrs": [("land", "DE"), ("x", "1")]}


@pytest.mark.parametrize(("mode", "filtered", "aside"), [("quarantine", 1, 1), ("'null'", 2, 0)])
def test_a_filter_on_a_bad_document_does_not_hide_it(mode: str, filtered: int, aside: int) -> None:
    """What a filter cannot read is not silently left out, unless bad values are nulls."""
    table = pa.table({"payload": ['{"land":"DE"}', "{", '{"land":"US"}']})
    extra = f"rows: {{on_bad_value: {mode}, where: [[payload.$.land, '=', DE]]}}\n"
    plan = plan_of(table, "  payload.$.land: {action: keep}\n", extra)
    done = PlanWithKeys(plan, None).apply(table.to_batches()[0])
    assert (done.filtered, done.quarantined.num_rows, done.batch.num_rows) == (filtered, aside, 1)


def test_places_in_documents_can_be_quasi_identifiers() -> None:
    """Small classes are suppressed by what a document says; bad documents do not count towards
    k.
    """
    table = pa.table(
        {"payload": ['{"zip":"10115"}', '{"zip":"10117"}', "{", '{"zip":"20095"}', "{}", "{}"]}
    )
    columns = "  payload.$.zip: {action: generalize, prefix: 2}\n"
    plan = plan_of(
        table, columns, "privacy: {quasi_identifiers: [payload.$.zip], k: 2, max_suppressed: 1}\n"
    )
    batch = table.to_batches()[0]
    done = PlanWithKeys(plan.fit(plan.measure(batch)), None).apply(batch)
    assert done.batch["payload"].to_pylist() == ['{"zip":"10"}'] * 2 + ["{}"] * 2
    assert (done.suppressed, done.quarantined.num_rows) == (1, 1)


def test_columns_and_places_join(keyring: Keyring) -> None:
    """One domain gives one pseudonym, in a column and in a document."""
    table = pa.table({"email": ["ana@x.example"], "payload": ['{"email": "ana@x.example"}']})
    rule = "{action: pseudonymize, domain: email}"
    (row,) = applied(table, f"  email: {rule}\n  payload.$.email: {rule}\n", keyring=keyring)
    assert json.loads(str(row["payload"]))["email"] == row["email"]


def test_a_first_pass_reaches_into_documents(keyring: Keyring) -> None:
    """Rules that need facts about the whole table work on places too."""
    table = pa.table({"payload": [f'{{"n": {n}}}' for n in range(8)]})
    plan = plan_of(table, "  payload.$.n: {action: generalize, quantiles: 2}\n", keyring=keyring)
    batch = table.to_batches()[0]
    halves = [plan.measure(batch.slice(5)), plan.measure(batch.slice(0, 5))]
    out = (
        PlanWithKeys(plan.fit(halves[0].merge(halves[1])), keyring)
        .apply(batch)
        .batch["payload"]
        .to_pylist()
    )
    assert len(set(out[:4])) == len(set(out[4:])) == 1 < len(set(out))


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
)
def test_every_kind_of_text_may_hold_documents(kind: pa.DataType) -> None:
    """The result is plain text, or large text where it was."""
    texts = pa.array(['{"user":{"email":"ab"}}', None]).cast(kind)
    table = pa.table({"payload": texts})
    plan = plan_of(table, EMAIL)
    out = PlanWithKeys(plan, None).apply(table.to_batches()[0]).batch["payload"]
    assert out.type == (kind if kind == pa.large_string() else pa.string())
    assert out.to_pylist() == ['{"user":{"email":"a*"}}', None]


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcé$"), inner, max_size=4)
    ),
    max_leaves=12,
)
DOCUMENTS = st.lists(st.none() | JSON_VALUES, max_size=8)
REACHING = (
    "  payload.$.a.b: {action: redact}\n  'payload.$.c[].a': {action: redact}\n "
    " 'payload.$.c[].b[]': {action: keep}\n"
)


def _texts(documents: list[Any]) -> list[str | None]:
    return [None if document is None else json.dumps(document) for document in documents]


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), JSON_VALUES), max_size=6))
def test_what_is_kept_parses_as_before(documents: list[dict[str, Any]]) -> None:
    """Whatever the documents, kept places are the same to every digit."""
    out = _out(_texts(documents), KEEP_ALL)
    exact = [json.loads(text, parse_float=str, parse_int=str) for text in _texts(documents) if text]
    assert [json.loads(text, parse_float=str, parse_int=str) for text in out] == exact


def _places(value: Any, path: str = "") -> Any:
    """What should be left of a document under REACHING; ``...`` stands for nothing."""
    if path not in ("", ".a", ".c", ".c[]", ".c[].b", ".a.b", ".c[].a", ".c[].b[]"):
        return ...
    if value is None or (path not in (".a.b", ".c[].a") and value in ([], {})):
        return value
    if isinstance(value, dict) and path in ("", ".a", ".c[]"):
        inside = {key: _places(inner, f"{path}.{key}") for key, inner in value.items()}
        return {key: inner for key, inner in inside.items() if inner is not ...}
    if isinstance(value, list) and path in (".c", ".c[].b"):
        inside = [_places(inner, f"{path}[]") for inner in value]
        return [None if inner is ... else inner for inner in inside]
    if path in (".a.b", ".c[].a"):
        return "<REDACTED>"
    return value if path == ".c[].b[]" else ...


@settings(max_examples=examples(300), deadline=None)
@given(DOCUMENTS)
def test_what_is_left_is_what_a_walk_would_leave(documents: list[Any]) -> None:
    """The vectorised way agrees with the plain one on every document."""
    wanted = [None if (left := _places(document)) is ... else left for document in documents]
    found = [
        None if text is None else json.loads(text) for text in _out(_texts(documents), REACHING)
    ]
    assert found == wanted


def _strings(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(_strings, value.values()))
    if isinstance(value, list):
        return set().union(*map(_strings, value))
    return {value} if isinstance(value, str) else set()


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), JSON_VALUES), max_size=6))
def test_nothing_redacted_is_left(documents: list[Any]) -> None:
    """No string of the original documents is in the output."""
    out = _out(_texts(documents), KEEP_ALL.replace("keep", "redact"))
    assert all(_strings(json.loads(text)) <= {"<REDACTED>"} for text in out)
    assert all(set(json.loads(text).values()) <= {"<REDACTED>", None} for text in out)


@settings(max_examples=examples(60), deadline=None)
@given(DOCUMENTS, st.integers(0, 8))
def test_one_batch_is_its_slices(documents: list[Any], cut: int) -> None:
    """Batch borders and slices do not show, down to the bytes."""
    table = pa.table({"payload": pa.array(_texts(documents), pa.string())})
    bound = PlanWithKeys(plan_of(table, REACHING), None)
    batch = pa.RecordBatch.from_arrays([table["payload"].combine_chunks()], schema=table.schema)
    parts = [
        bound.apply(part).batch["payload"].to_pylist()
        for part in (batch.slice(0, cut), batch.slice(cut))
    ]
    assert parts[0] + parts[1] == bound.apply(batch).batch["payload"].to_pylist()


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        (
            "  payload.user: {action: keep}\n",
            "'payload' is text; a place in JSON that is kept as text is written payload.$.user",
        ),
        (
            "  age.$.x: {action: keep}\n",
            "'age' is int64; '.$' looks inside JSON that is kept as text",
        ),
        (
            "  payload.$: {action: keep}\n",
            "names whole documents; name 'payload', or what is inside: payload.$.name",
        ),
        (
            "  payload: {action: keep}\n  payload.$.x: {action: keep}\n",
            "lies inside 'payload', which has a rule of its own",
        ),
        (
            "  payload.$.x: {action: keep}\n  payload.$.x.y: {action: keep}\n",
            "lies inside 'payload.$.x', which has a rule",
        ),
        (
            "  payload.$..x: {action: keep}\n",
            'cannot be read as a path; a key with a dot or a bracket is written ["a.b"]',
        ),
        ("  age: {action: keep}\n", "column 'payload' has no rule; add one"),
        (
            (
                "  payload.$.x: {action: keep, when: [[payload.$.y, '=', z]], otherwise: {action:"
                " keep}}\n"
            ),
            "column 'payload.$.y' has no rule; add one",
        ),
        (
            (
                "  payload.$.x: {action: keep, when: [[payload.$.n, '>', 3]], otherwise: {action:"
                " keep}}\n"
            ),
            "payload.$.n is string, which cannot be compared with the given value by '>'",
        ),
        (
            "  note: {action: free_text, same_row: ['payload.$.tags[]']}\n",
            "'payload.$.tags[]' is inside a list of its own, so it has no one value beside 'note'",
        ),
    ],
)
def test_what_a_path_cannot_name_is_refused(columns: str, what: str) -> None:
    """Before row one, with what would be right."""
    table = pa.table({"payload": ["{}"], "age": [1], "note": [""]})
    with pytest.raises(PlanError) as caught:
        plan_of(table, columns, "unlisted: refuse\n")
    assert what in str(caught.value)


@pytest.mark.parametrize("other", ["payload.$.x", "attrs.x"])
def test_a_column_whose_name_reads_as_a_place_is_refused(other: str) -> None:
    """Nobody could say which of the two a rule is for."""
    attrs = pa.array([None], pa.map_(pa.string(), pa.string()))
    table = pa.table({"payload": ["{}"], "attrs": attrs, other: ["x"]})
    with pytest.raises(PlanError, match="two places of the source have this path; rename one"):
        plan_of(table, f"  {other}: {{action: keep}}\n")


def test_a_plan_with_documents_pickles() -> None:
    """It travels to workers like any other."""
    plan = plan_of(pa.table({"payload": ["{}"]}), EMAIL)
    batch = pa.record_batch({"payload": ['{"user":{"email":"ana"}}']})
    assert pickle.loads(pickle.dumps(plan)).apply(batch) == plan.apply(batch)


def test_the_plan_says_what_a_document_loses() -> None:
    """One line stands for every place that no rule names."""
    lines = explain(plan_of(pa.table({"payload": ["{}"]}), EMAIL))
    assert [(line.column, line.action, line.output_type) for line in lines] == [
        ("payload.$.user.email", "mask (keep_first 1)", "string"),
        ("payload.$", "drop", ""),
    ]
    assert lines[1].note == "every place in the JSON that no rule names"


def test_documents_with_a_quasi_identifier_are_written_in_one_order() -> None:
    """The place of a redacted sibling told six rows of a class of ten from the other four. Deeper
    objects, and JSON kept in JSON, are in order too.
    """
    one = '{"a":"X","b":{"c":1,"d":[{"e":1,"f":2}]},"g":"{\\"h\\":1,\\"i\\":2}"}'
    other = '{"g":"{\\"i\\":2,\\"h\\":1}","b":{"d":[{"f":2,"e":1}],"c":1},"a":"X"}'
    table = pa.table({"payload": [one] * 6 + [other] * 4})
    rest = ("b.c", "b.d[].e", "b.d[].f", "g.$.h", "g.$.i")
    columns = "  payload.$.a: {action: keep}\n" + "".join(
        f"  'payload.$.{path}': {{action: redact}}\n" for path in rest
    )
    extra = "privacy: {quasi_identifiers: [payload.$.a], k: 10}\n"
    bound = PlanWithKeys(plan_of(table, columns, extra), None)
    bound = PlanWithKeys(bound.plan.fit(bound.measure(table.to_batches()[0])), None)
    out = bound.apply(table.to_batches()[0]).batch["payload"].to_pylist()
    assert len(out) == 10
    assert len(set(out)) == 1
    assert len(set(_out([one, other], columns))) == 2
