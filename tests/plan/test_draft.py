"""A drafted policy loads, compiles and covers every leaf."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.detect import inspect_samples, sample_columns
from anonymize.detect.interface import Finding
from anonymize.errors import MissingExtraError, PlanError
from anonymize.names import ColumnName
from anonymize.nested.open_close import leaves
from anonymize.plan import compile_plan
from anonymize.policy import DetectSpec, SourceSpec, parse_policy
from tests.plan.helpers import draft_policy

TABLE = pa.table(
    {
        "email": ["ana@example.com", "bo@example.org"],
        "full name: odd, #1": ["Ana Castro", "Bo Jensen"],
        "age": [41, 52],
        "who": [{"ip": "192.0.2.1", "n": 1}, None],
        "blob": [b"\x00", b"\x01"],
    }
)


def test_a_draft_loads_and_compiles() -> None:
    """Odd names and types do not break the draft, and no detected identifier is kept in it."""
    findings = inspect_samples(sample_columns(TABLE.to_batches()))
    policy = parse_policy(draft_policy(SourceSpec(path="data/people.csv"), TABLE.schema, findings))
    compile_plan(policy, TABLE.schema, findings)
    assert set(policy.columns) == {leaf.path for leaf in leaves(TABLE.schema)}


def test_a_draft_widens_codes_that_lost_their_zeros() -> None:
    """And names the texts that stand for missing values, column by column; both were left to the
    reader.
    """
    rows = 60
    table = pa.table(
        {
            "zip": [601 + 1000 * at for at in range(rows)],
            "email": [f"u{at}@mail.com" for at in range(rows)],
        }
    )
    finding = Finding(
        ColumnName("zip"), "POSTAL_CODE", 0.9, "NONE", 1.0, None, ("the name says 'zip'",), rows
    )
    nulls = {ColumnName("email"): ("-", "N/A")}
    text = draft_policy(SourceSpec(path="p.csv"), table.schema, [finding], null_values=nulls)
    policy = parse_policy(text)
    rule = policy.columns[ColumnName("zip")]
    assert (rule.prefix, rule.width) == (3, 5)  # type: ignore[union-attr]
    assert policy.source.null_values == {"email": ("-", "N/A")}


def test_a_draft_says_why_without_a_value() -> None:
    """The comments carry evidence, never data."""
    findings = inspect_samples(sample_columns(TABLE.to_batches()))
    text = draft_policy(SourceSpec(path="data/people.csv", delimiter=";"), TABLE.schema, findings)
    assert "EMAIL_ADDRESS" in text
    assert parse_policy(text).source.delimiter == ";"
    assert not [word for word in ("ana@", "Castro") if word in text]


def test_a_draft_does_not_suggest_what_the_plan_refuses() -> None:
    """Names of a few people that repeat: pseudonyms would be told by how often each occurs."""
    table = pa.table({"physician": ["Ana Castro", "Bo Jensen", "Chen Li", "Dora Vogel"] * 50})
    findings = inspect_samples(sample_columns(table.to_batches()))
    policy = parse_policy(draft_policy(SourceSpec(path="p.csv"), table.schema, findings))
    assert findings[0].verdict == "PERSON_NAME"
    assert compile_plan(policy, table.schema, findings).steps[0].rule.action == "redact"


def finding(column: str, verdict: str, share: float = 1.0) -> Finding:
    """Return a finding of one verdict."""
    return Finding(ColumnName(column), verdict, 0.9, "NONE", share, None, ("why",), 60)  # type: ignore[arg-type]


def test_a_draft_hunts_the_rows_names_in_its_prose() -> None:
    """The names, e-mails and phones beside a text are the ones that it most often holds."""
    table = pa.table({name: ["x"] for name in ("who", "mail", "note", "city")})
    found = [
        finding("who", "PERSON_NAME"),
        finding("mail", "EMAIL_ADDRESS"),
        finding("note", "FREE_TEXT_PII"),
    ]
    policy = parse_policy(draft_policy(SourceSpec(path="p.csv"), table.schema, found))
    assert set(policy.columns[ColumnName("note")].same_row) == {"who", "mail"}  # type: ignore[union-attr]
    alone = parse_policy(draft_policy(SourceSpec(path="p.csv"), table.schema, found[2:]))
    assert not alone.columns[ColumnName("note")].same_row  # type: ignore[union-attr]


def test_a_draft_masks_no_column_in_which_few_values_are_of_the_kind() -> None:
    """The last signs of every other text would stay, whatever they say."""
    table = pa.table({"reach": ["x"]})
    for share, action in ((0.05, "redact"), (0.9, "mask")):
        text = draft_policy(
            SourceSpec(path="p.csv"), table.schema, [finding("reach", "PHONE_NUMBER", share)]
        )
        assert parse_policy(text).columns[ColumnName("reach")].action == action


def test_a_draft_asks_for_the_extra_only_where_it_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who has it need not be told."""
    table, found = pa.table({"note": ["x"]}), [finding("note", "FREE_TEXT")]
    for here in (object(), None):
        monkeypatch.setattr(
            "anonymize.plan.draft.write.names_if_here", lambda detect, here=here: here
        )
        text = draft_policy(SourceSpec(path="p.csv"), table.schema, found)
        assert ("needs the extra" in text) is (here is None)


def test_a_draft_without_the_name_model_can_be_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has not installed the extra still gets a plan; the draft says what is left in texts."""

    def missing(choice: str) -> None:
        if choice != "off":
            raise MissingExtraError.of("names", "ner")

    for module in ("anonymize.plan.bind.scanners", "anonymize.plan.compile"):
        monkeypatch.setattr(f"{module}.find_name_model", missing)
    table, found = pa.table({"note": ["x"]}), [finding("note", "FREE_TEXT")]
    text = draft_policy(SourceSpec(path="p.csv"), table.schema, found)
    assert "names stay in free text" in text
    policy = parse_policy(text)
    assert policy.detect.ner == "off"
    assert compile_plan(policy, table.schema, found).names is None
    said = draft_policy(SourceSpec(path="p.csv"), table.schema, found, DetectSpec(ner="coatcheck"))
    with pytest.raises(PlanError, match="pip install"):
        compile_plan(parse_policy(said), table.schema, found)
