"""A plan refuses everything that can be refused before the first row, all at once, with its
place.
"""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

from anonymize.detect.interface import Finding
from anonymize.errors import KeysError, PlanError
from anonymize.keys import Keyring
from anonymize.names import ColumnName, KeyId, KeyName, Verdict
from anonymize.plan import compile_plan, explain
from tests.plan.helpers import applied, plan_of, policy_of

TABLE = pa.table(
    {
        "name": ["Ana"],
        "zip": ["02139"],
        "age": [41],
        "tags": [["a"]],
        "who": [{"mail": "a@example.com"}],
    }
)
KEYS = {KeyName(name): KeyId(f"{name}.1") for name in ("training", "pseudonym", "reveal")}


def _problems(columns: str, extra: str = "", findings: tuple[Finding, ...] = ()) -> list[str]:
    with pytest.raises(PlanError) as caught:
        compile_plan(policy_of(columns, extra), TABLE.schema, findings, key_ids=KEYS)
    return str(caught.value).splitlines()


def _finding(column: str, verdict: str, confidence: float = 0.9) -> Finding:
    return Finding(
        ColumnName(column), Verdict(verdict), confidence, Verdict("NONE"), 1.0, None, ("seen",), 10
    )


def test_an_absent_column_is_named_with_the_nearest() -> None:
    """A rule for a column that the source lacks is refused, with what was probably meant."""
    assert _problems("  zipp: {action: keep}\n") == [
        "people.yaml:7: columns.zipp: the source has no such column; did you mean 'zip'"
    ]


def test_a_policy_that_drops_all_is_refused() -> None:
    """A dataset without columns is no dataset; the error says why there is none."""
    with pytest.raises(PlanError, match="columns: every rule drops"):
        plan_of(pa.table({"a": [1], "b": [2]}), "  a: {action: drop}\n")


def test_an_unlisted_column_is_refused_under_refuse() -> None:
    """Minimization may be made strict: every leaf then needs a rule."""
    problems = _problems("  name: {action: keep}\n", "unlisted: refuse\n")
    assert [line.split("'")[1] for line in problems] == ["zip", "age", "tags[]", "who.mail"]


def test_a_type_the_action_cannot_take_names_those_that_can() -> None:
    """The refusal lists the actions for that type."""
    (problem,) = _problems("  age: {action: generalize, to: year}\n")
    assert problem.startswith("people.yaml:7: columns.age: generalize does not take int64")
    assert "actions that take int64: keep, redact, mask" in problem
    assert "generalize (another form of it)" in problem


def test_the_inside_of_a_nested_column_must_be_named() -> None:
    """A rule on a struct or list says which places inside exist."""
    assert "is a struct; name what is inside: who.mail" in _problems("  who: {action: mask}\n")[0]
    assert "is a list; name what is inside: tags[]" in _problems("  tags: {action: mask}\n")[0]


def test_a_key_the_keyring_lacks_is_named() -> None:
    """Both a rule's key and the sink's are looked for, and the message lists what there is."""
    with pytest.raises(KeysError) as caught:
        compile_plan(
            policy_of("  name: {action: pseudonymize, key: person}\n  zip: {action: keep}\n"),
            TABLE.schema,
            (),
            key_ids=KEYS,
        )
    assert str(caught.value).splitlines() == [
        "people.yaml:7: columns.name: key 'person' is not in the keyring; it holds training,"
        " pseudonym, reveal"
    ]


def test_a_detected_identifier_under_keep_is_refused() -> None:
    """What detection is sure of does not pass by mistake."""
    (problem,) = _problems("  name: {action: keep}\n", findings=(_finding("name", "PERSON_NAME"),))
    assert problem.startswith(
        "people.yaml:7: columns.name: keep, but 'name' looks like PERSON_NAME (seen)"
    )


def test_a_detected_identifier_inside_a_kept_struct_is_refused() -> None:
    """Keeping the whole struct keeps its leaves."""
    assert (
        "who.mail"
        in _problems("  who: {action: keep}\n", findings=(_finding("who.mail", "EMAIL_ADDRESS"),))[
            0
        ]
    )


def test_a_reason_accepts_a_detected_identifier() -> None:
    """The data owner may overrule detection, and the plan keeps the reason."""
    policy = policy_of('  name: {action: keep, accept: "these are ship names"}\n')
    plan = compile_plan(policy, TABLE.schema, (_finding("name", "PERSON_NAME"),), key_ids=KEYS)
    assert plan.steps[0].rule.accept == "these are ship names"


def test_overlapping_rules_are_refused() -> None:
    """A struct and a place inside it cannot both have a rule."""
    assert (
        "lies inside 'who'" in _problems("  who: {action: keep}\n  who.mail: {action: mask}\n")[0]
    )


def test_filters_and_checks_name_what_is_there() -> None:
    """Row filters, quasi-identifiers, subject and restricted columns are all checked, in one go."""
    problems = _problems(
        "  zip: {action: keep}\n",
        "subject: id\nrows: {where: [[age, '=', 'old'], [town, '=', 'x']]}\n"
        "privacy: {quasi_identifiers: [age], k: 3}\n",
    )
    assert [line.split(": ", 1)[1].split(":")[0] for line in problems] == [
        "rows.where",
        "rows.where",
        "privacy.quasi_identifiers",
        "subject",
    ]


def test_every_problem_is_reported_at_once() -> None:
    """Three wrong rules are three lines."""
    columns = "  a: {action: keep}\n  age: {action: free_text}\n  tags: {action: mask}\n"
    assert len(_problems(columns)) == 3


def test_a_plan_pickles_and_holds_no_key(keyring: Keyring) -> None:
    """What travels to workers names key versions and nothing more."""
    plan = plan_of(TABLE, "  name: {action: pseudonymize}\n", keyring=keyring)
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert plan.key_ids == ("pseudonym.1",)


def test_only_needed_columns_are_read(keyring: Keyring) -> None:
    """Minimization is a projection: a dropped column is read only if a filter or rule needs it."""
    plan = plan_of(
        TABLE, "  zip: {action: keep}\n  name: {action: drop}\n", "rows: {where: [[age, '>', 3]]}\n"
    )
    assert plan.input_columns == ("zip", "age")
    assert plan.output_schema.names == ["zip"]


def _few(column: str, verdict: str, distinct: int) -> Finding:
    return Finding(
        ColumnName(column),
        Verdict(verdict),
        0.9,
        Verdict("NONE"),
        1.0,
        None,
        (),
        10,
        distinct,
        True,
    )


@pytest.mark.parametrize(("verdict", "distinct"), [("NONE", 49), ("POSTAL_CODE", 9_999)])
def test_a_deterministic_action_on_few_values_is_refused(verdict: str, distinct: int) -> None:
    """Frequencies of 49 values, or of postcodes, give the originals away."""
    (problem,) = _problems(
        "  zip: {action: pseudonymize}\n", findings=(_few("zip", verdict, distinct),)
    )
    assert f"pseudonymize on {distinct} distinct values" in problem


@pytest.mark.parametrize(("verdict", "distinct"), [("NONE", 50), ("POSTAL_CODE", 10_000)])
def test_a_deterministic_action_on_enough_values_is_not(verdict: str, distinct: int) -> None:
    """The bound is exact, and a reason in the policy lifts it."""
    for columns, few in (
        ("  zip: {action: tokenize}\n", distinct),
        ("  zip: {action: tokenize, accept: why}\n", 2),
    ):
        compile_plan(policy_of(columns), TABLE.schema, (_few("zip", verdict, few),), key_ids=KEYS)


def test_a_pattern_that_can_run_for_ever_is_refused_before_it_meets_data() -> None:
    """The recognizer is named, and nothing is scanned."""
    bomb = "detect: {recognizers: [{name: badge, entity: BADGE, patterns: ['(a+)+$']}]}\n"
    (problem,) = _problems("  zip: {action: keep}\n", bomb)
    assert problem.startswith(
        "people.yaml:6: detect.recognizers.0: recognizer badge: pattern 1 can take for ever"
    )


@pytest.mark.parametrize("rule", ["", "action: redact, when: [[zip, '=', x]], otherwise: {"])
def test_a_mask_s_pattern_that_can_run_for_ever_is_refused_too(rule: str) -> None:
    """It meets every value of the column."""
    mask = f"{rule}action: mask, pattern: '(?P<hide>(a+)+)$'" + ("}" if rule else "")
    (problem,) = _problems(f"  zip: {{{mask}}}\n")
    assert problem.startswith(
        "people.yaml:7: columns.zip.pattern: mask: pattern 1 can take for ever"
    )


def test_a_recognizer_of_the_policy_finds_in_free_text() -> None:
    """Patterns, context and deny words of the policy reach the scanner."""
    table = pa.table({"note": ["badge Q-1234 seen", "Zorro called"]})
    extra = (
        "detect: {deny: [Zorro], recognizers: [{name: badge, entity: BADGE, patterns:"
        " ['Q-[0-9]{4}'], score: 0.9}]}\n"
    )
    rows = applied(table, "  note: {action: free_text}\n", extra)
    assert [row["note"] for row in rows] == ["badge <BADGE_1> seen", "<DENY_LISTED_1> called"]


@pytest.mark.parametrize(
    ("zone", "rule", "note"),
    [
        ("UTC", "generalize, to: day", "days are those of UTC"),
        ("Europe/Berlin", "generalize, to: month", "days are those of Europe/Berlin"),
        (None, "generalize, to: day", ""),
        ("UTC", "keep, accept: 'events, no people'", "accepted: events, no people"),
    ],
)
def test_the_plan_says_whose_day_an_instant_gets(zone: str | None, rule: str, note: str) -> None:
    """The evening of one zone is the next day of another; also inside a list."""
    for kind in (pa.timestamp("us", zone), pa.list_(pa.timestamp("us", zone))):
        table = pa.table({"at": pa.array([], kind)})
        name = '"at[]"' if pa.types.is_list(kind) else "at"
        plan = plan_of(table, f"  {name}: {{action: {rule}}}\n")
        assert explain(plan)[0].note == note
