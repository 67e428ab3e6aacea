"""Consistency that is said is true: shifts, joins, and what a plan depends on besides data and
keys.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.errors import PlanError, VaultError
from anonymize.keys import Keyring
from anonymize.plan import Plan, PlanWithKeys, compile_plan, explain
from anonymize.plan.bind import pinned_pools as pinned_pools_module
from anonymize.vault import open_vault, vault_if_there, vault_place
from tests.plan.helpers import applied, plan_of, policy_of

ROOT = Path(__file__).resolve().parents[2]
SHIFT = "{action: shift_dates, within_days: 30}"
SHIFTS = f"  pid: {{action: drop}}\n  came: {SHIFT}\n  left: {SHIFT}\n"
DAYS = st.dates(date(1950, 1, 1), date(2050, 1, 1))


@given(
    st.lists(st.tuples(st.sampled_from("abc"), DAYS, st.integers(0, 900)), min_size=1, max_size=12)
)
@settings(max_examples=25, deadline=None)
def test_all_dates_of_a_subject_move_alike(
    keyring: Keyring, stays: list[tuple[str, date, int]]
) -> None:
    """Columns of different types, without a domain, by policy alone: each column had a shift of its
    own before.
    """
    came = pa.array([day for _, day, _ in stays])
    ends = [
        datetime(day.year, day.month, day.day, 8, tzinfo=UTC) + timedelta(days=n)
        for _, day, n in stays
    ]
    left = pa.array(ends, pa.timestamp("us", "America/New_York"))
    table = pa.table({"pid": [who for who, _, _ in stays], "came": came, "left": left})
    rows = applied(table, SHIFTS, "subject: pid\n", keyring)
    moved = {who: set() for who, _, _ in stays}  # type: ignore[var-annotated]
    for (who, day, _), end, row in zip(stays, ends, rows, strict=True):
        moved[who] |= {(row["came"] - day).days, (row["left"] - end) / timedelta(days=1)}  # type: ignore[operator]
    assert all(len(shifts) == 1 for shifts in moved.values())


def test_domains_shift_apart(keyring: Keyring) -> None:
    """Two domains are two shifts, for somebody among twenty."""
    table = pa.table(
        {"pid": list(range(20)), "a": [date(2024, 1, 1)] * 20, "b": [date(2024, 1, 1)] * 20}
    )
    rule = "  {}: {{action: shift_dates, within_days: 30, domain: {}}}\n"
    rows = applied(table, rule.format("a", "x") + rule.format("b", "y"), "subject: pid\n", keyring)
    assert any(row["a"] != row["b"] for row in rows)


def test_two_bounds_for_one_shift_are_refused() -> None:
    """A shift within 30 days and one within 10 cannot be the same."""
    table = pa.table({"pid": ["a"], "came": [date(2024, 1, 1)], "left": [date(2024, 1, 3)]})
    columns = SHIFTS.replace(
        "left: {action: shift_dates, within_days: 30}",
        "left: {action: shift_dates, within_days: 9}",
    )
    with pytest.raises(PlanError, match="'came' says 30 and shifts the same subjects"):
        plan_of(table, columns, "subject: pid\n")


IDS = [1001, 20002, 999_999_999]


@pytest.mark.parametrize(
    "action", ["pseudonymize", "tokenize", "fake, kind: email", "tokenize, method: vault"]
)
def test_one_id_joins_in_every_type(
    action: str, keyring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Integers, text, floats, decimals with a scale, dictionaries."""
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{tmp_path / 'v.db'}")
    columns = f"  c: {{action: {action}, domain: d}}\n"
    kinds = [
        pa.int64(),
        pa.int32(),
        pa.uint64(),
        pa.float64(),
        pa.decimal128(20, 0),
        pa.decimal128(30, 10),
    ]
    tables = [pa.table({"c": pa.array(IDS, pa.int64()).cast(kind)}) for kind in kinds]
    texts = pa.array(map(str, IDS))
    tables += [
        pa.table({"c": texts.cast(kind)})
        for kind in (pa.string(), pa.large_string(), pa.string_view())
    ]
    tables.append(pa.table({"c": texts.dictionary_encode()}))
    made = {
        tuple(str(row["c"]) for row in applied(table, columns, "", keyring)) for table in tables
    }
    assert len(made) == 1


def test_floats_of_any_width_and_decimals_are_one_number(keyring: Keyring) -> None:
    """0.1 of 32 bits had another pseudonym than 0.1 of 64, and a decimal zero was 0E-10."""
    columns = "  c: {action: pseudonymize, domain: d}\n"
    made = set()
    for kind in (pa.float32(), pa.float64(), pa.decimal128(20, 10)):
        column = pa.array(["0.1", "0", "0.0000001", "12345.5"]).cast(kind)
        made.add(
            tuple(str(row["c"]) for row in applied(pa.table({"c": column}), columns, "", keyring))
        )
    assert len(made) == 1


NAMES = [f"Person {at}" for at in range(60)]


def test_stable_inventions_do_not_depend_on_who_else_is_there(keyring: Keyring) -> None:
    """Not on the rows' order, not on other originals, not on the dataset; ``unique: true`` depends
    on all of them.
    """
    columns = "  c: {action: fake, kind: name, unique: stable, domain: d}\n"
    once = {
        name: row["c"]
        for name, row in zip(
            NAMES, applied(pa.table({"c": NAMES}), columns, "", keyring), strict=True
        )
    }
    others = [*NAMES[30:], "Somebody Else", *NAMES[:10]][::-1]
    again = dict(
        zip(
            others,
            (row["c"] for row in applied(pa.table({"c": others}), columns, "", keyring)),
            strict=True,
        )
    )
    assert len(set(once.values())) == len(NAMES)
    assert all(again[name] == once[name] for name in others if name in once)


def test_a_plan_says_joins_in_only_where_results_join(keyring: Keyring) -> None:
    """Inventions that depend on the other rows join nowhere; the plan said their domain before."""
    table, rule = (
        pa.table({"c": NAMES}),
        "  c: {{action: fake, kind: name, unique: {}, domain: d}}\n",
    )
    said = {
        how: explain(plan_of(table, rule.format(how), keyring=keyring))[0]
        for how in ("true", "stable", "false")
    }
    assert {how: line.joins for how, line in said.items()} == {
        "true": "",
        "stable": "d",
        "false": "d",
    }
    assert "joins nowhere" in said["true"].note


def _vault_plan(keyring: Keyring) -> Plan:
    policy = policy_of("  c: {action: tokenize, method: vault, domain: d}\n")
    ids = keyring.current_ids()
    return compile_plan(
        policy, pa.schema([("c", pa.string())]), (), key_ids=ids, keyring=keyring.place
    )


def test_the_vault_lies_beside_the_keyring(keyring: Keyring) -> None:
    """Wherever a process works, a value has one token; each working folder had a vault of its own
    before.
    """
    plan = _vault_plan(keyring)
    assert (
        plan.vault_place
        == f"sqlite:{Path(keyring.place.removeprefix('file:')).parent / 'vault.db'}"
    )
    assert (
        plan_of(pa.table({"c": ["x"]}), "  c: {action: tokenize}\n", keyring=keyring).vault_place
        is None
    )


def test_another_folder_and_environment_use_the_plans_vault(
    keyring: Keyring, tmp_path: Path
) -> None:
    """A worker elsewhere, whose own variable says another vault, gives the token that this process
    gives.
    """
    plan = _vault_plan(keyring)
    (tmp_path / "plan").write_bytes(pickle.dumps(plan))
    code = (
        "import pickle,pyarrow as pa;print(pickle.load(open('plan','rb'))"
        ".apply(pa.RecordBatch.from_pydict({'c':['C-1']})).to_pylist()[0]['c'])"
    )
    env = {"PYTHONPATH": str(ROOT), "COATCHECK_VAULT": "sqlite:elsewhere.db"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    here = plan.apply(pa.RecordBatch.from_pydict({"c": ["C-1"]})).to_pylist()[0]["c"]
    assert done.stdout.strip() == here
    assert not list(tmp_path.glob("*.db"))


@pytest.mark.parametrize(
    "uri",
    [
        "postgresql://user:canary@host:5432/db?sslmode=require",
        "postgres://user:canary@host/db",
        "postgresql://user@host/db?password=canary&sslmode=require",
        "postgresql://u:can%40ary@one:1,two:2/db?sslpassword=canary",
    ],
)
def test_no_password_of_a_vault_is_in_a_plan(
    uri: str, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plans travel to workers, and job stores keep them."""
    monkeypatch.setenv("COATCHECK_VAULT", uri)
    plan = _vault_plan(keyring)
    assert b"canary" not in pickle.dumps(plan)
    assert b"ary" not in (plan.vault_place or "").encode()
    assert plan.vault_place.startswith("postgresql://u")  # type: ignore[union-attr]


def test_a_relative_vault_is_the_one_of_the_folder_it_was_said_in(
    keyring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a keyring's path is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COATCHECK_VAULT", "sqlite:v.db")
    assert vault_place(keyring.place) == f"sqlite:{tmp_path / 'v.db'}"
    assert vault_if_there(vault_place()) is None
    opened = open_vault(vault_place())
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert open_vault(f"sqlite:{tmp_path / 'v.db'}") is opened
    monkeypatch.setenv("COATCHECK_VAULT", "mysql://user:canary@host/db")
    with pytest.raises(VaultError) as caught:
        vault_place()
    assert "canary" not in str(caught.value)


def _hierarchy_plan(folder: Path) -> tuple[Plan, Path]:
    file = folder / "jobs.csv"
    file.write_text("nurse;health\nsmith;craft\n")
    policy = policy_of(f"  job: {{action: generalize, hierarchy: {file}, level: 1}}\n")
    return compile_plan(policy, pa.schema([("job", pa.string())]), ()), file


def test_a_hierarchy_that_changed_after_the_plan_is_refused(tmp_path: Path) -> None:
    """Each process read the file as it found it before."""
    plan, file = _hierarchy_plan(tmp_path)
    batch = pa.RecordBatch.from_pydict({"job": ["nurse", "smith"]})
    assert PlanWithKeys(plan, None).apply(batch).batch.to_pydict() == {"job": ["health", "craft"]}
    file.write_text("nurse;Jane Doe\nsmith;John Roe\n")
    with pytest.raises(PlanError, match="hierarchy file changed"):
        PlanWithKeys(plan, None).apply(batch)
    file.unlink()
    with pytest.raises(PlanError, match="is not there"):
        PlanWithKeys(plan, None).apply(batch)


def test_a_plan_names_what_it_depends_on_by_digest_and_without_folders(
    tmp_path: Path, keyring: Keyring
) -> None:
    """As the manifest keeps it."""
    plan, file = _hierarchy_plan(tmp_path)
    assert list(plan.pins) == ["hierarchy jobs.csv"]
    file.write_text("nurse;care\nsmith;craft\n")
    assert plan.pins != compile_plan(plan.policy, plan.input_schema, ()).pins
    made = plan_of(
        pa.table({"c": NAMES}), "  c: {action: fake, kind: city, locale: de_DE}\n", keyring=keyring
    )
    assert list(made.pins) == ["list faker", "list city de_DE"]


def test_other_lists_of_names_are_refused(
    keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker with another Faker would invent other people."""
    plan = plan_of(pa.table({"c": NAMES}), "  c: {action: fake, kind: city}\n", keyring=keyring)
    told: Callable[[str], str] = lambda name: "0" * 64  # noqa: E731
    monkeypatch.setattr(pinned_pools_module, "_digest", told)
    with pytest.raises(PlanError, match="other values than the plan was made with"):
        PlanWithKeys(plan, keyring).apply(pa.RecordBatch.from_pydict({"c": ["x"]}))


RULES = [
    "pseudonymize, normalize: fold",
    "tokenize",
    "fake, kind: name",
    "fake, kind: name, unique: stable",
    "encrypt_format, small_domains: permute",
    "mask, keep_last: 1",
]


@pytest.mark.parametrize("action", RULES)
@settings(max_examples=8, deadline=None)
@given(numbers=st.lists(st.integers(0, 10**9), min_size=1, max_size=30), data=st.data())
def test_results_do_not_depend_on_rows_batches_or_runs(
    action: str, numbers: list[int], data: st.DataObject, keyring: Keyring
) -> None:
    """Any order, any cut into batches, a second plan: one value, one result."""
    columns = f"  c: {{action: {action}}}\n"
    texts = list(map(str, numbers))
    once = dict(
        zip(
            texts,
            (row["c"] for row in applied(pa.table({"c": texts}), columns, "", keyring)),
            strict=True,
        )
    )
    order = data.draw(st.permutations(texts))
    cut = data.draw(st.integers(0, len(order)))
    bound = PlanWithKeys(plan_of(pa.table({"c": texts}), columns, keyring=keyring), keyring)
    for part in (order[:cut], order[cut:]):
        done = bound.apply(
            pa.RecordBatch.from_pydict({"c": pa.array(part, pa.string())})
        ).batch.to_pydict()["c"]
        assert done == [once[text] for text in part]
