"""A plan makes of a batch what it makes of equal values in their plain layout."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from anonymize.detect import sample_columns
from anonymize.errors import SourceError
from anonymize.gates.cell_pairs import CellPairs
from anonymize.io.spread import SpreadRows
from anonymize.keys import Keyring
from anonymize.plan import Plan, PlanWithKeys, compile_plan
from anonymize.plan.model import Applied
from anonymize.plan.source_samples import source_samples
from anonymize.vault import MemoryVault
from tests.examples import examples
from tests.layouts import HIDDEN, NESTED, array_of, laid_out
from tests.plan.helpers import applied, plan_of, policy_of
from tests.transform.rules import EVERY_RULE, shown

OWN_NAME: dict[str, Any] = {"action": "free_text", "same_row": {"who": "name"}, "scan": False}
RULES: list[dict[str, Any]] = [
    *(rule for rule in EVERY_RULE if rule["action"] != "perturb"),
    OWN_NAME,
    {"action": "free_text", "entities": {"DEFAULT": {"action": "label", "numbered": True}}},
    {"action": "shift_dates", "within_days": 9, "by": "who"},
    {"action": "generalize", "postcode_by": "who"},
    {"action": "mask", "when": [["who", "=", "ann lee"]], "otherwise": {"action": "redact"}},
]
PLACES: dict[str, tuple[str, ...]] = {
    "text": ("c",),
    "list": ("c[]",),
    "large list": ("c[]",),
    "fixed size list": ("c[]",),
    "struct": ("c.note", "c.who"),
    "list of structs": ("c[].note", "c[].who"),
    "struct of lists": ("c.tags[]", "c.pair[]"),
    "map": ("c.k", "c[].value"),
    "map of lists": ("c.k[]", "c[].value[]"),
    "list of lists": ("c[][]",),
    "list of fixed size lists": ("c[][]",),
    "dictionary": ("c",),
    "list of dictionaries": ("c[]",),
}
"""Where the texts are in each of the nested types."""
WHOLE = ("keep", "redact", "null", "constant")
SETTINGS: Any = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow],
    "phases": [Phase.explicit, Phase.generate],
}
"""Without shrinking: the cases are small, and a failure is told in seconds."""


@st.composite
def batches(
    draw: Any, name: str, *, same_type: bool = False
) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Return two batches of equal values, the first in plain layout: whose row it is, when, and a
    nested column.
    """
    rows = draw(st.integers(1, 6))
    kinds = {"who": pa.string(), "n": pa.int64(), "c": NESTED[name]}
    plain = {column: draw(array_of(kind, rows)) for column, kind in kinds.items()}
    other = {column: draw(laid_out(array, same_type=same_type)) for column, array in plain.items()}
    return pa.RecordBatch.from_pydict(plain), pa.RecordBatch.from_pydict(other)


def _rules(paths: tuple[str, ...], rule: dict[str, Any], name: str) -> str:
    lines = [f"  {json.dumps(path)}: {json.dumps(rule)}\n" for path in paths]
    keys = "  'c[].key': {action: keep}\n" if name.startswith("map") else ""
    return "  who: {action: redact}\n" + "".join(lines) + keys


def _outcome(done: Applied) -> tuple[Any, ...]:
    batch, aside = done.batch, done.quarantined
    batch.validate(full=True)
    return (
        batch.schema,
        batch.to_pylist(),
        done.rows.to_pylist(),
        aside.to_pylist(),
        dict(done.nulled),
    )


def _same(
    plan: Plan, keyring: Keyring | None, batch: pa.RecordBatch, other: pa.RecordBatch
) -> None:
    bound = PlanWithKeys(plan, keyring, MemoryVault())
    assert _outcome(bound.apply(other)) == _outcome(bound.apply(batch))


@pytest.mark.parametrize("rule", RULES, ids=shown)
def test_a_rule_gives_the_same_in_every_layout(rule: dict[str, Any], keyring: Keyring) -> None:
    """Each text stays beside the row it is of; a bad value is told of its own row."""

    @settings(max_examples=examples(15), **SETTINGS)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(PLACES)))
        on_bad = data.draw(st.sampled_from(("null", "quarantine")))
        batch, other = data.draw(batches(name))
        paths = PLACES[name] if rule["action"] not in WHOLE or data.draw(st.booleans()) else ("c",)
        columns = _rules(paths, rule, name if paths != ("c",) else "")
        table = pa.Table.from_batches([batch])
        _same(
            plan_of(table, columns, f"rows: {{on_bad_value: '{on_bad}'}}\n", keyring),
            keyring,
            batch,
            other,
        )

    holds()


@pytest.mark.parametrize("name", sorted(PLACES))
def test_the_owner_s_name_goes_from_the_owner_s_texts(name: str, keyring: Keyring) -> None:
    """And a filter takes the rows that it names, whatever lies beside them in the buffers."""

    @settings(max_examples=examples(30), **SETTINGS)
    @given(batches(name))
    def holds(pair: tuple[pa.RecordBatch, pa.RecordBatch]) -> None:
        table = pa.Table.from_batches([pair[0]])
        where = "rows: {where: [[who, in, [ann lee, bo li]]]}\n"
        _same(plan_of(table, _rules(PLACES[name], OWN_NAME, name), where, keyring), keyring, *pair)

    holds()


@pytest.mark.parametrize("name", sorted(PLACES))
def test_a_first_pass_learns_the_same_in_every_layout(name: str) -> None:
    """Classes, and the facts of what is fitted."""

    @settings(max_examples=examples(20), **SETTINGS)
    @given(batches(name))
    def holds(pair: tuple[pa.RecordBatch, pa.RecordBatch]) -> None:
        columns = (
            _rules(PLACES[name], {"action": "generalize", "rare": 2}, name)
            + "  n: {action: keep}\n"
        )
        extra = "privacy: {quasi_identifiers: [n, who], k: 2}\n"
        table = pa.Table.from_batches([pair[0]])
        plans = [plan_of(table, columns, extra)] * 2
        while plans[0].needs_first_pass:
            partials = [
                PlanWithKeys(plan, None).measure(batch)
                for plan, batch in zip(plans, pair, strict=True)
            ]
            assert repr(partials[1].facts) == repr(partials[0].facts)
            plans = [plan.fit(partial) for plan, partial in zip(plans, partials, strict=True)]
        done = [
            _outcome(PlanWithKeys(plan, None).apply(batch))
            for plan, batch in zip(plans, pair, strict=True)
        ]
        assert done[1] == done[0]

    holds()


@pytest.mark.parametrize("name", sorted(NESTED))
def test_samples_are_the_same_in_every_layout(name: str) -> None:
    """Detection, and the scan of the output, count and look at the values of rows and no others."""

    @settings(max_examples=examples(30), **SETTINGS)
    @given(batches(name))
    def holds(pair: tuple[pa.RecordBatch, pa.RecordBatch]) -> None:
        seen = []
        for batch in pair:
            rows = SpreadRows(batch.schema)
            rows.add(batch)
            seen_here = source_samples(rows, None, policy_of("  who: {action: keep}\n"))
            samples = (*seen_here, *sample_columns([batch], None))
            seen.append(
                [
                    (s.name, s.type, s.rows, s.nulls, s.head_texts, sorted(map(repr, s.texts)))
                    for s in samples
                ]
            )
        assert seen[1] == seen[0]
        assert HIDDEN not in repr(seen)

    holds()


@pytest.mark.parametrize(
    "name", ["text", "list", "large list", "fixed size list", "struct", "list of structs", "map"]
)
def test_cells_are_compared_with_their_own_in_every_layout(name: str, keyring: Keyring) -> None:
    """The scan for names that are left reads each text beside what it was made of."""
    pytest.importorskip("onnxruntime")

    @settings(max_examples=examples(20), **SETTINGS)
    @given(batches(name))
    def holds(pair: tuple[pa.RecordBatch, pa.RecordBatch]) -> None:
        rules = _rules(PLACES[name], OWN_NAME, name)
        plan = plan_of(
            pa.Table.from_batches([pair[0]]), rules, "detect: {ner: coatcheck}\n", keyring
        )
        found = []
        for batch in pair:
            done = PlanWithKeys(plan, keyring).apply(batch)
            pairs = CellPairs(plan, None)
            pairs.add(batch, done.rows, done.batch)
            found.append(pairs._cells)
        assert found[1] == found[0]

    holds()


SCHEMA = pa.schema([("id", pa.int64()), ("visits", pa.int64())])
KEPT = "  id: {action: keep}\n  visits: {action: keep}\n"


@pytest.mark.parametrize(
    "columns,said",
    [
        (
            {"id": [1], "visits": ["078051120"]},
            "column visits: is string; the plan was made for int64",
        ),
        (
            {"id": [1], "visits": ["Jane Canary, HIV+"]},
            "column visits: is string; the plan was made for int64",
        ),
        ({"id": [1]}, "column visits: is missing"),
        ({"id": ["x"], "visits": [1.5]}, "column id: is string.*\ncolumn visits: is double"),
    ],
)
@pytest.mark.parametrize("act", ["apply", "measure", "preview"])
def test_a_batch_that_the_plan_was_not_made_for_is_refused(
    columns: Any, said: str, act: str
) -> None:
    """By name and type, all at once, before a value is looked at."""
    bound = PlanWithKeys(plan_of(SCHEMA.empty_table(), KEPT), None)
    with pytest.raises(SourceError, match=said) as refused:
        getattr(bound, act)(pa.RecordBatch.from_pydict(columns))
    assert not any(str(value) in str(refused.value) for value in ("078051120", "Jane"))


def test_the_order_of_columns_is_the_plan_s_own() -> None:
    """Columns are taken by name; others are left where they are, unless the policy refuses them."""
    batch = pa.RecordBatch.from_pydict({HIDDEN: ["x"], "visits": [2], "id": [1]})
    plan = plan_of(SCHEMA.empty_table(), KEPT)
    assert plan.apply(batch).to_pylist() == [{"id": 1, "visits": 2}]
    strict = compile_plan(policy_of(KEPT, "unlisted: refuse\n"), SCHEMA, ())
    with pytest.raises(SourceError, match="1 columns that the plan does not know") as refused:
        strict.apply(batch)
    assert HIDDEN not in str(refused.value)


def test_no_metadata_of_the_source_is_published() -> None:
    """Of the schema, of a field, or of a field inside what is kept whole."""
    kind = pa.struct([pa.field("x", pa.int64(), metadata={"a": HIDDEN})])
    schema = pa.schema([pa.field("s", kind, metadata={"a": HIDDEN})], metadata={"a": HIDDEN})
    batch = pa.RecordBatch.from_arrays([pa.array([{"x": 1}], kind)], schema=schema)
    out = compile_plan(policy_of("  s: {action: keep}\n"), schema, ()).apply(batch)
    for made in (
        out.schema,
        out.schema.empty_table().schema,
        pa.schema(list(out.schema.field("s").type)),
    ):
        assert HIDDEN not in made.to_string(show_field_metadata=True, show_schema_metadata=True)


def test_extension_types_are_taken_as_their_storage() -> None:
    """Rules see the values, and the type's own metadata stays behind."""
    column = pa.ExtensionArray.from_storage(pa.json_(pa.string()), pa.array(['{"a": "x"}', None]))
    rows = applied(pa.table({"j": column}), "  j.$.a: {action: redact}\n")
    assert rows == [{"j": '{"a":"<REDACTED>"}'}, {"j": None}]
