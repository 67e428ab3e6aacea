"""What a plan looks for less thoroughly than by default is said, once for each thing, and nothing
else is.
"""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from anonymize.detect.interface import Finding
from anonymize.gates.not_looked_for import USUAL_SAMPLE, not_looked_for, not_looked_for_unasked
from anonymize.names import ColumnName, Verdict
from anonymize.plan import compile_plan
from anonymize.policy import parse_policy
from tests.plan.helpers import plan_of

OFF = "detect: {ner: 'off'}\n"
NAMES = "names in text and in columns that rules leave open: the policy says detect: {ner: off}"
TABLE = pa.table({"note": ["Please call back"], "n": [1]})


def said(columns: str, extra: str = OFF, table: pa.Table = TABLE) -> list[str]:
    """Return what is said beside that names are not looked for."""
    first, *others = not_looked_for(plan_of(table, columns, extra))
    assert first == NAMES
    return others


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ("", ""),
        (", score_threshold: 0.35", ""),
        (", score_threshold: 0.36", "what detection is less sure of in 'note' than its rule asks"),
        (", entities: {PERSON: keep}", "what is found in 'note' as PERSON: its rule keeps it"),
        (", entities: {DEFAULT: keep, PERSON: keep}", "in 'note' as DEFAULT or PERSON: its rule"),
        (", entities: {EMAIL_ADDRESS: keep}", ""),
        (
            ", same_row: [n], scan: false, score_threshold: 0.9",
            "anything but the row's own values in 'note': its rule says scan: false",
        ),
    ],
)
def test_a_free_text_rule_that_looks_for_less_is_said(rule: str, what: str) -> None:
    """One sentence at most: a rule that does not scan has no threshold that counts."""
    found = said(f"  note: {{action: free_text{rule}}}\n  n: {{action: keep}}\n")
    assert len(found) == bool(what)
    assert not what or what in found[0]


def test_all_rules_of_a_column_are_asked() -> None:
    """Also the one for rows that a condition leaves out, behind one that looks for everything."""
    rule = "{action: redact, when: [[n, '<', 3]], otherwise: {action: free_text, scan: false"
    found = said(f"  note: {rule}, same_row: [n]}}}}\n  n: {{action: keep}}\n")
    assert found == ["anything but the row's own values in 'note': its rule says scan: false"]


@pytest.mark.parametrize(("score", "told"), [(0.34, True), (0.35, False)])
def test_a_recognizer_is_said_that_needs_a_word_beside_it(score: float, told: bool) -> None:
    """One whose score is below what a span needs."""
    spec = f"{{name: badge, entity: BADGE, patterns: ['B\\d+'], score: {score}}}"
    found = said("  n: {action: keep}\n", f"detect: {{ner: 'off', recognizers: [{spec}]}}\n")
    what = (
        f"what the recognizer 'badge' matches without a context word beside it: its score {score}"
    )
    assert found == [f"{what} is below 0.35"] * told


@pytest.mark.parametrize(
    ("checks", "what"),
    [
        (f"residual_sample: {USUAL_SAMPLE}", ""),
        (f"residual_sample: {USUAL_SAMPLE}, residual: refuse", ""),
        ("residual_sample: all", ""),
        ("residual_sample: 999", "the output beyond 999 distinct values a column"),
        ("residual: 'off', residual_sample: 200", "personal data left in the output: the policy"),
        ("residual: report", "so findings are published"),
    ],
)
def test_a_scan_of_less_than_by_default_is_said(checks: str, what: str) -> None:
    """Where there is none, its sample does not matter."""
    found = said("  n: {action: keep}\n", f"{OFF}checks: {{{checks}}}\n")
    assert len(found) == bool(what)
    assert not what or what in found[0]


@pytest.mark.parametrize(
    ("count", "named"), [(3, "'c0', 'c1', 'c2'"), (5, "'c0', 'c1', 'c2' and 2 more")]
)
def test_three_columns_are_named_and_the_others_counted(count: int, named: str) -> None:
    """Of those that the policy accepts, and of those of bytes."""
    names = [f"c{at}" for at in range(count)]
    texts, blobs = (pa.table({name: [one] for name in names}) for one in ("a", b"a"))
    accepted = "".join(f"  {name}: {{action: keep, accept: made up}}\n" for name in names)
    kept = "".join(f"  {name}: {{action: keep}}\n" for name in names)
    what = f"anything in the output of {named}: accepted by the policy"
    assert said(accepted, table=texts) == [what]
    what = f"anything but UTF-8 text in {named}, whose cells are bytes"
    assert said(kept, table=blobs) == [what]


@pytest.mark.parametrize(
    "kind",
    [
        pa.binary(), pa.large_binary(), pa.binary_view(), pa.binary(1),
        pa.dictionary(pa.int32(), pa.binary()),
    ],
    ids=str,
)  # fmt: skip
def test_bytes_of_every_type_are_said(kind: pa.DataType) -> None:
    """Where they are kept; nobody sees them where they are replaced."""
    table = pa.table({"blob": pa.array([b"a"]).cast(kind)})
    assert len(said("  blob: {action: keep}\n", table=table)) == 1
    assert said("  blob: {action: redact}\n", table=table) == []


def test_what_the_policy_accepts_and_nobody_could_recognize_is_not_said() -> None:
    """A pseudonym shows nothing of what it was, so its reason opens nothing."""
    assert said("  note: {action: 'null', accept: made up}\n") == []


def test_what_a_line_of_the_policy_causes_is_left_out_where_nobody_asks() -> None:
    """Bytes are said all the same, because no line of the policy causes that."""
    table = pa.table({"blob": [b"a"], "n": [1]})
    rules = "  blob: {action: keep}\n  n: {action: keep, accept: made up}\n"
    plan = plan_of(table, rules, OFF + "checks: {residual: report}\n")
    assert len(not_looked_for(plan)) == 4
    assert not_looked_for_unasked(plan) == (
        "anything but UTF-8 text in 'blob', whose cells are bytes",
    )


@pytest.mark.parametrize("column", ["box", "box.x", "tags", "tags[]", "doc", "doc.$.x"])
def test_what_the_policy_accepts_is_said_at_any_depth(column: str) -> None:
    """Of a column of structs or lists as of a place inside one."""
    table = pa.table({"box": [{"x": "a", "y": "b"}], "tags": [["a"]], "doc": ['{"x":1}']})
    found = said(f"  '{column}': {{action: keep, accept: made up}}\n", table=table)
    assert found == [f"anything in the output of '{column}': accepted by the policy"]


@pytest.mark.parametrize(("path", "told"), [("out/people", False), ("s3://bucket/people", True)])
def test_a_bucket_that_nobody_looks_at_is_said(path: str, told: bool) -> None:
    """A folder of this machine is none."""
    policy = parse_policy(
        f"version: 1\ndataset: people\npurpose: test\n{OFF}source: {{path: p.csv}}\n"
        f"sink: {{path: '{path}', bucket: accept}}\ncolumns:\n  n: {{action: keep}}\n"
    )
    found = not_looked_for(compile_plan(policy, TABLE.schema, ()))
    assert any("the policy says sink: {bucket: accept}" in one for one in found) is told


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("{action: free_text}", True),
        ("{action: keep}", True),
        ("{action: redact, when: [[n, '<', 3]], otherwise: {action: keep}}", True),
        ("{action: redact}", False),
        ("{action: free_text, scan: false, same_row: [n]}", False),
    ],
)
def test_other_scripts_are_said_of_columns_in_which_names_are_looked_for(
    rule: str, told: bool
) -> None:
    """With their number; what is replaced as a whole needs no reader."""
    nothing = Verdict("UNKNOWN")
    finding = Finding(
        ColumnName("note"), nothing, 0.0, nothing, 0.0, None, (), 40,
        cells=40, unserved=(("Han", 2), ("Thai", 1)),
    )  # fmt: skip
    plan = plan_of(TABLE, f"  note: {rule}\n  n: {{action: keep}}\n", OFF)
    plan = replace(plan, findings=(finding,))
    found = [one for one in not_looked_for(plan) if "names in 3 of the 40 cells of 'note'" in one]
    assert [one.endswith("(Han 2, Thai 1)") for one in found] == [True] * told
    assert [one for one in not_looked_for_unasked(plan) if "Han" in one] == found
