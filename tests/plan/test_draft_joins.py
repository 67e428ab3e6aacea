"""Columns of one kind of ids join in a draft, and its privacy block names what the draft leaves."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

from anonymize.detect import inspect_samples, sample_columns
from anonymize.names import ColumnName
from anonymize.plan import compile_plan, id_values
from anonymize.plan.draft import Refusal, ValueCounts
from anonymize.plan.same_ids import SharedIds
from anonymize.policy import Policy, SourceSpec, parse_policy
from tests.plan.helpers import draft_policy

ROWS = 400
IDS = random.Random(5).sample(range(10_000, 99_999), ROWS)


def _some(of: Sequence[Any], many: int) -> list[Any]:
    chosen = random.Random(6)
    few = chosen.sample(list(of), many)
    return [*few, *(chosen.choice(few) for _ in range(ROWS - many))]


def _drafted(columns: dict[str, Any], batches: int = 3) -> tuple[str, Policy]:
    table = pa.table(columns)
    findings = inspect_samples(sample_columns(table.to_batches()))
    ids = SharedIds(findings)
    passed = list(ids.watch(table.to_batches(max_chunksize=ROWS // batches)))
    assert pa.Table.from_batches(passed) == table
    counted = ValueCounts(ROWS, ids.counts(), dict.fromkeys(ids.counts(), ROWS))
    said = {"domains": ids.domains(), "counted": counted}
    text = draft_policy(SourceSpec(path="p.csv"), table.schema, findings, **said)
    policy = parse_policy(text)
    compile_plan(policy, table.schema, findings)
    return text, policy


def _domain(policy: Policy, column: str) -> str | None:
    return getattr(policy.columns[ColumnName(column)], "domain", None)


@pytest.mark.parametrize("kind", [int, str, float, lambda number: f"E{number}"])
def test_ids_of_the_same_people_get_one_domain(kind: Any) -> None:
    """A manager is an employee: apart, their pseudonyms did not join; order numbers have a space of
    their own.
    """
    orders = random.Random(7).sample(range(100_000, 999_999), ROWS)
    columns = {"EmpID": IDS, "Manager ID": _some(IDS, 80), "order_id": orders}
    _, policy = _drafted({name: [kind(one) for one in values] for name, values in columns.items()})
    assert _domain(policy, "EmpID") == _domain(policy, "Manager ID") == "empid"
    assert _domain(policy, "order_id") is None


def test_types_need_not_agree_and_some_ids_may_be_gone() -> None:
    """As text in one place, as a number with gaps in another; a tenth has left."""
    gone = [*_some(IDS, 90)[:-40], *range(1_000_000, 1_000_020), *[None] * 20]
    _, policy = _drafted(
        {"EmpID": [str(one) for one in IDS], "parent_id": [g and float(g) for g in gone]}
    )
    assert _domain(policy, "parent_id") == _domain(policy, "EmpID") == "empid"


def test_numbers_that_count_up_share_ids_only_where_names_say_so() -> None:
    """1 to 200 lie in 1 to 400 whatever they are of."""
    count = list(range(1, ROWS + 1))
    small = _some(count[:200], 120)
    columns = {
        "customer_id": count,
        "order_id": small,
        "first_customer_id": small,
        "visits": _some(count[:60], 55),
    }
    _, policy = _drafted(columns)
    assert _domain(policy, "order_id") is None
    assert _domain(policy, "first_customer_id") == _domain(policy, "customer_id") == "customer_id"
    _, alone = _drafted({"id": count, "supervisor_id": small})
    assert _domain(alone, "supervisor_id") == _domain(alone, "id") == "id"
    assert policy.columns[ColumnName("visits")].action == "keep"


def test_ids_under_a_name_that_says_nothing_are_not_kept() -> None:
    """The draft published raw in one column what it pseudonymized in another."""
    _, policy = _drafted(
        {"EmpID": [f"E{one}" for one in IDS], "x2": [f"E{one}" for one in _some(IDS, 90)]}
    )
    assert policy.columns[ColumnName("x2")].action == "pseudonymize"
    assert _domain(policy, "x2") == "empid"


@pytest.mark.parametrize("kind", [int, lambda number: f"E{number}"])
@pytest.mark.parametrize("many", [3, 12])
def test_few_ids_that_another_column_holds_join_and_the_rule_says_the_price(
    kind: Any, many: int
) -> None:
    """Twelve managers were redacted under a comment that said that they join; how often each occurs
    may tell them, so the plan asks for a reason, and the draft gives it.
    """
    ids = [kind(one) for one in IDS]
    text, policy = _drafted({"EmpID": ids, "Manager ID": _some(ids, many)})
    rule = policy.columns[ColumnName("Manager ID")]
    assert (rule.action, _domain(policy, "EmpID")) == ("pseudonymize", "empid")
    assert _domain(policy, "Manager ID") == "empid"
    assert rule.accept is not None
    assert "how often each value occurs may tell it" in rule.accept
    lines = dict(line.strip().split(": ", 1) for line in text.splitlines() if ": {" in line)
    assert lines["EmpID"].endswith("equal values join with Manager ID")
    assert "; equal values join with EmpID; redact it if" in lines["Manager ID"]


@pytest.mark.parametrize("header", ["approver_mail", "login2"])
def test_few_addresses_that_another_column_holds_join(header: str) -> None:
    """Also where case differs, which the rules of both ignore."""
    mails = [f"guest{one}@example.org" for one in IDS]
    columns = {"email": mails, header: [one.upper() for one in _some(mails, 8)]}
    _, policy = _drafted(columns)
    assert policy.columns[ColumnName(header)].action == "pseudonymize"
    assert _domain(policy, header) == _domain(policy, "email") == "email"


def test_few_user_names_that_differ_in_case_join() -> None:
    """`normalize: exact` gave one account two pseudonyms."""
    users = [f"kowalski{one}" for one in IDS]
    columns = {"username": users, "approved by user name": [u.title() for u in _some(users, 9)]}
    _, policy = _drafted(columns)
    rules = [policy.columns[ColumnName(name)] for name in columns]
    assert {(one.action, getattr(one, "domain", "")) for one in rules} == {("pseudonymize", "user")}
    assert {getattr(one, "normalize", "") for one in rules} == {"fold"}


def test_what_joins_with_nothing_is_not_said_to_join() -> None:
    """Few values that no column holds are redacted, and nothing claims otherwise."""
    text, policy = _drafted({"EmpID": IDS, "office_id": [one % 9 + 700_000 for one in IDS]})
    assert policy.columns[ColumnName("office_id")].action == "redact"
    assert "join with" not in text


def test_a_column_that_is_not_published_is_not_said_to_join() -> None:
    """The comment stood on, when a gate had the other column emptied."""
    table = pa.table({"EmpID": IDS, "Manager ID": _some(IDS, 12)})
    findings = inspect_samples(sample_columns(table.to_batches()))
    ids = SharedIds(findings)
    list(ids.watch(table.to_batches()))
    refused = {ColumnName("EmpID"): (Refusal("plan", "of a test"),)}
    source = SourceSpec(path="p.csv")
    text = draft_policy(source, table.schema, findings, domains=ids.domains(), refused=refused)
    actions = {name: rule.action for name, rule in parse_policy(text).columns.items()}
    assert actions == {"EmpID": "redact", "Manager ID": "redact"}
    assert "join with" not in text
    assert "need not join" not in text


@pytest.mark.parametrize("many", [12, 90])
def test_ids_with_and_without_zeros_in_front_join(many: int) -> None:
    """One export pads them, the other holds numbers: `number` makes one pseudonym of both."""
    columns = {"EMPLID": [f"{one:08}" for one in IDS], "Manager ID": _some(IDS, many)}
    _, policy = _drafted(columns)
    rules = [policy.columns[ColumnName(name)] for name in columns]
    assert {getattr(rule, "domain", None) for rule in rules} == {"emplid"}
    assert {getattr(rule, "normalize", None) for rule in rules} == {"number"}


def test_ids_that_differ_in_zeros_alone_stay_apart() -> None:
    """042 and 42 are two people where one column holds both."""
    padded = [f"0{one}" for one in IDS[: ROWS // 2]]
    columns = {"EMPLID": [*map(str, IDS[: ROWS // 2]), *padded], "Manager ID": _some(IDS[200:], 90)}
    _, policy = _drafted(columns)
    assert getattr(policy.columns[ColumnName("EMPLID")], "normalize", None) == "exact"


@pytest.mark.parametrize("outlier", [0, 99_999_999])
def test_small_numbers_among_ids_that_count_up_are_no_ids(outlier: int) -> None:
    """A rating, an age and a floor are kept, also where one test account stretches the range of
    the ids.
    """
    columns: dict[str, Any] = {
        "id": [*range(1, ROWS), outlier or ROWS],
        "rating": [1 + at % 5 for at in range(ROWS)],
        "shoe size": [30 + at % 20 for at in range(ROWS)],
        "points": [1 + at * 7 % 300 for at in range(ROWS)],
    }
    _, policy = _drafted(columns)
    kept = {name for name, rule in policy.columns.items() if rule.action == "keep"}
    assert kept == {"rating", "shoe size", "points"}


def test_a_column_called_manager_that_holds_ids_joins_with_them() -> None:
    """It was taken for names of people, or kept, because its name says *manager* and not *id*."""
    columns = {
        "employee_no": list(range(1, ROWS + 1)),
        "Vorgesetzter": _some(range(1, 200), 8),
        "staff code": [f"E{one}" for one in IDS],
        "manager": [f"E{one}" for one in _some(IDS, 8)],
    }
    _, policy = _drafted(columns)
    assert _domain(policy, "Vorgesetzter") == _domain(policy, "employee_no") is not None
    assert _domain(policy, "manager") == _domain(policy, "staff code") is not None


def test_a_domain_is_not_called_after_a_role() -> None:
    """`referrer_customer_id` named the domain of `customer_id`, because both held as many."""
    _, policy = _drafted({"customer_id": IDS, "referrer_customer_id": IDS[::-1]})
    assert _domain(policy, "referrer_customer_id") == "customer_id"


def test_numbers_of_things_that_share_values_stay() -> None:
    """Two columns of articles were pseudonymized because they shared a word."""
    columns = {"mail": [f"a{i}@x.org" for i in IDS], "product_id": IDS, "old_product_id": IDS[::-1]}
    _, policy = _drafted(columns)
    assert {policy.columns[ColumnName(n)].action for n in ("product_id", "old_product_id")} == {
        "keep"
    }


def test_ids_that_count_up_far_are_dense(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more ids than are kept as hashes, those kept looked sparse, and any number seemed held."""
    monkeypatch.setattr(id_values, "KEPT", 64)
    monkeypatch.setattr(id_values, "WIDEST", 16)
    count = list(range(1, ROWS + 1))
    _, policy = _drafted({"customer_id": count, "visits": _some(count, 300)})
    assert policy.columns[ColumnName("visits")].action == "keep"


@pytest.mark.parametrize("seed", range(3))
def test_ids_drawn_apart_do_not_join(seed: int) -> None:
    """No domain without common values, however alike they look."""
    draw = random.Random(seed)
    columns = {
        name: draw.sample(range(10**8, 10**9), ROWS)
        for name in ("EmpID", "manager_id", "parent_id")
    }
    _, policy = _drafted(columns)
    assert {_domain(policy, name) for name in columns} == {None}


def test_the_drafted_privacy_block_names_what_the_draft_leaves() -> None:
    """Uncommented it was refused: columns that the draft drops, or redacts, or that are many per
    row, stood in it.
    """
    columns = {
        "date_of_birth": [f"{1 + at % 28} March {1950 + at % 50}" for at in range(ROWS)],
        "born": pa.array([at * 40 for at in range(ROWS)], pa.date32()),
        "postal_code": [10_000 + at for at in range(ROWS)],
        "gender": ["F", "M"] * (ROWS // 2),
        "visits": [[{"city": "Berlin"}, {"city": "Paris"}]] * ROWS,
        "age": [20 + at % 50 for at in range(ROWS)],
    }
    text, policy = _drafted(columns)
    left = {name for name, rule in policy.columns.items() if rule.action != "drop"}
    assert "# k counts rows. If one person has several, say also whose each row is\n" in text
    block = text[text.index("# privacy:") :].replace("# ", "")
    asked = parse_policy(text + block)
    assert asked.privacy is not None
    assert set(asked.privacy.quasi_identifiers) <= left
    assert {"born", "gender", "age"} <= set(asked.privacy.quasi_identifiers)
    assert {"date_of_birth", "visits[].city"}.isdisjoint(asked.privacy.quasi_identifiers)
    table = pa.table(columns)
    compile_plan(asked, table.schema, inspect_samples(sample_columns(table.to_batches())))


def test_the_drafted_privacy_block_says_what_it_counts() -> None:
    """Rows, and by which column people could be counted: no key of visits is an example of one."""
    columns = {
        "visit_id": [f"C-{at // 4:05}" for at in range(ROWS)],
        "email": [f"p{at // 4}@example.org" for at in range(ROWS)],
        "gender": ["F", "M"] * (ROWS // 2),
        "age": [20 + at % 50 for at in range(ROWS)],
    }
    text, _ = _drafted(columns)
    said = "say also whose each row is, for example subject: email"
    assert text.index(said) < text.index("# privacy:")
    text, policy = _drafted({"customer_id": columns.pop("visit_id"), **columns})
    assert policy.subject == "customer_id"
    assert "# k counts people: different values of customer_id" in text
