"""A budget is spent once, by however many processes, and never silently raised."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from anonymize.addresses.ledger import LedgerError
from anonymize.custody.budget import PaidError, budget_of, spend
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, GateError
from anonymize.keys import Keyring, open_keyring
from anonymize.policy import Policy, load_policy
from anonymize.privacy.differential import Loss

POLICY = """version: 1
dataset: visits
purpose: {purpose}
source: {{path: v.csv}}
sink: {{path: {folder}/out}}
subject: person
columns: {{person: {{action: drop}}}}
aggregates:
  budget: {{epsilon: {epsilon}, delta: 1e-6}}
{ledger}
  queries: {{people: {{count: people, epsilon: 0.1}}}}
"""


def policy_in(
    folder: Path, epsilon: str = "1", ledger: str = "", purpose: str = "planning"
) -> Policy:
    """Return a policy with a budget."""
    file = folder / "p.yaml"
    said = f"  ledger: {ledger}" if ledger else ""
    file.write_text(POLICY.format(folder=folder, epsilon=epsilon, ledger=said, purpose=purpose))
    return load_policy(file)


@pytest.fixture
def opened(keyring_uri: str) -> Keyring:
    """Return a keyring that can sign."""
    return open_keyring(keyring_uri)


def spent(policy: Policy, keyring: Keyring, cost: str = "0.1", why: str = "") -> Loss:
    """Spend, and return what is spent then."""
    return spend(policy, Loss.of(cost), {}, why, keyring).spent


def test_a_budget_is_spent_to_the_last_tenth_and_no_further(
    tmp_path: Path, opened: Keyring
) -> None:
    """Ten times 0.1 is 1; what is refused costs nothing."""
    policy = policy_in(tmp_path)
    for tenth in range(1, 11):
        assert spent(policy, opened).epsilon == Decimal(tenth) / 10
    with pytest.raises(GateError, match="ε = 1 of ε = 1, δ = 1e-06 is spent, and this costs ε = 0"):
        spent(policy, opened)
    assert budget_of(policy, opened).left.epsilon == 0


def test_a_delta_beyond_the_budget_is_refused_like_an_epsilon(
    tmp_path: Path, opened: Keyring
) -> None:
    """Both are promised."""
    with pytest.raises(GateError, match="nothing was released"):
        spend(policy_in(tmp_path), Loss.of("0.1", "0.00001"), {}, "", opened)


def test_another_purpose_has_a_budget_of_its_own(tmp_path: Path, opened: Keyring) -> None:
    """As its pseudonyms are its own. Another spelling is no other purpose."""
    spent(policy_in(tmp_path), opened, "1")
    unseen = (
        "plan\u200bning",
        "planning\u2060",
        "plan\u00adning",
        "planning\ufe0f",
        "\u3164planning",
    )
    for same in ("Planning", "' planning '", "ｐlanning", *unseen):
        with pytest.raises(GateError, match="nothing was released"):
            spent(policy_in(tmp_path, purpose=same), opened)
    assert spent(policy_in(tmp_path, purpose="research"), opened).epsilon == Decimal("0.1")


def test_a_shared_ledger_is_not_left_out_silently(
    tmp_path: Path, opened: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dataset's own log knows nothing of what other machines released."""
    monkeypatch.setattr("anonymize.custody.budget.ledger.spend_shared", lambda *_, **__: True)
    shared = policy_in(tmp_path, ledger="postgresql://me@db/budgets")
    spent(shared, opened)
    alone = policy_in(tmp_path)
    with pytest.raises(GateError, match="shared ledger"):
        spent(alone, opened)
    assert spent(shared, opened).epsilon == Decimal("0.2")
    assert spent(alone, opened, why="the database is gone").epsilon == Decimal("0.3")
    assert spent(alone, opened).epsilon == Decimal("0.4")


def test_a_budget_that_is_raised_needs_a_reason(tmp_path: Path, opened: Keyring) -> None:
    """A lowered one does not; the reason is in the log."""
    spent(policy_in(tmp_path), opened, "0.5")
    raised = policy_in(tmp_path, "3")
    with pytest.raises(GateError, match=r"gets weaker; say --reason"):
        spent(raised, opened)
    assert spent(raised, opened, why="a second year").epsilon == Decimal("0.6")
    assert spent(policy_in(tmp_path, "2"), opened).epsilon == Decimal("0.7")
    from anonymize.dataset.sink import sink_of

    assert [one.why for one in sink_of(raised).audit.entries(opened)] == ["", "a second year", ""]


def test_by_rows_is_no_way_around_a_budget_of_people(tmp_path: Path, opened: Keyring) -> None:
    """Another unit goes on from what was spent, and says why."""
    spent(policy_in(tmp_path), opened, "0.9")
    file = tmp_path / "p.yaml"
    file.write_text(file.read_text().replace("aggregates:", "aggregates:\n  unit: row"))
    with pytest.raises(GateError, match="another unit's contribution"):
        spent(load_policy(file), opened)
    with pytest.raises(GateError, match=r"ε = 0\.9 of ε = 1"):
        spent(load_policy(file), opened, "0.2", why="one row each")


def test_a_log_that_was_cut_is_no_ledger(tmp_path: Path, opened: Keyring) -> None:
    """What was spent cannot be taken out of the signed log."""
    policy = policy_in(tmp_path)
    spent(policy, opened, "0.9")
    spent(policy, opened, "0.1")
    log = tmp_path / "out" / "audit.jsonl"
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(DatasetError, match="cut short"):
        spent(policy, opened)
    log.write_bytes(log.read_bytes().replace(b'"epsilon":"0.9"', b'"epsilon":"0.0"'))
    with pytest.raises(DatasetError):
        spent(policy, opened)


def _anchored(folder: Path, said: str, ledger: str = "") -> Policy:
    """Return a policy with a budget and an anchor."""
    file = folder / "p.yaml"
    policy_in(folder, ledger=ledger)
    file.write_text(file.read_text() + f"audit: {{anchor: {{{said}}}}}\n")
    return load_policy(file)


def _put_back(folder: Path, held: dict[str, bytes]) -> None:
    """Put the log and its head back to what they held."""
    for name, data in held.items():
        (folder / "out" / name).write_bytes(data)


def _log(folder: Path) -> dict[str, bytes]:
    return {name: (folder / "out" / name).read_bytes() for name in ("audit.jsonl", "audit.head")}


def test_an_anchor_shows_a_log_that_was_put_back(tmp_path: Path, opened: Keyring) -> None:
    """Log and head of an earlier day are whole by themselves: without it the budget is new."""
    policy = _anchored(tmp_path, f"file: {tmp_path}/heads.jsonl")
    spent(policy, opened, "0.5")
    before = _log(tmp_path)
    spent(policy, opened, "0.5")
    _put_back(tmp_path, before)
    with pytest.raises(DatasetError, match="anchor"):
        spent(policy, opened, "0.1")
    for name in before:
        (tmp_path / "out" / name).unlink()
    with pytest.raises(DatasetError):
        spent(policy, opened, "0.1")
    text = (tmp_path / "p.yaml").read_text().partition("audit:")[0]
    (tmp_path / "p.yaml").write_text(text)
    _put_back(tmp_path, before)
    assert spent(load_policy(tmp_path / "p.yaml"), opened, "0.5").epsilon == 1


def test_an_anchor_that_does_not_accept_stops_the_release(tmp_path: Path, opened: Keyring) -> None:
    """What was entered stays spent: the release is refused, and the next one knows of it."""
    refuses = _anchored(tmp_path, f"command: ['false'], latest: [cat, {tmp_path}/heads.jsonl]")
    (tmp_path / "heads.jsonl").write_text("")
    with pytest.raises(DatasetError, match="so nothing was released; the budget is spent all the"):
        spent(refuses, opened, "0.7")
    policy = policy_in(tmp_path)
    assert spent(policy, opened).epsilon == Decimal("0.8")


def test_a_release_with_a_name_is_paid_for_once(tmp_path: Path, opened: Keyring) -> None:
    """Also under another purpose, and with a reason."""
    policy = policy_in(tmp_path)
    spend(policy, Loss.of("0.1"), {}, "", opened, once="report-7")
    for again in (policy, policy_in(tmp_path, purpose="research")):
        with pytest.raises(PaidError, match=r"paid for \(report-7, in the audit log\)"):
            spend(again, Loss.of("0.1"), {}, "again", opened, once="report-7")
    spend(policy, Loss.of("0.1"), {}, "", opened, once="report-8")
    assert budget_of(policy, opened).spent.epsilon == Decimal("0.2")


def test_a_dataset_in_an_object_store_has_no_ledger(tmp_path: Path, opened: Keyring) -> None:
    """Its log cannot be locked; said before anything is spent."""
    policy = policy_in(tmp_path)
    away = policy.model_copy(
        update={"sink": policy.sink.model_copy(update={"path": "s3://bucket/p"})}
    )
    with pytest.raises(ArgumentError, match="is in an object store"):
        spent(away, opened)


def _spend_often(
    file: Path, keyring_uri: str, times: int, won: multiprocessing.Queue[int], once: str
) -> None:
    policy, keyring, count = load_policy(file), open_keyring(keyring_uri), 0
    for _ in range(times):
        try:
            spend(policy, Loss.of("0.1"), {}, "", keyring, once=once)
            count += 1
        except AnonymizeError:
            pass
    won.put(count)


def raced(file: Path, keyring_uri: str, once: str = "") -> int:
    """Return how many of 16 × 4 releases sixteen processes were granted."""
    context = multiprocessing.get_context("fork")
    won: multiprocessing.Queue[int] = context.Queue()
    work = [
        context.Process(target=_spend_often, args=(file, keyring_uri, 4, won, once))
        for _ in range(16)
    ]
    for process in work:
        process.start()
    granted = sum(won.get(timeout=120) for _ in work)
    for process in work:
        process.join()
    return granted


def test_sixteen_processes_never_overspend(
    tmp_path: Path, keyring_uri: str, opened: Keyring
) -> None:
    """Exactly ten of 64 releases fit; each is in the log."""
    policy = policy_in(tmp_path)
    assert raced(tmp_path / "p.yaml", keyring_uri) == 10
    assert budget_of(policy, opened).spent.epsilon == 1


def test_of_sixteen_processes_with_one_name_one_pays(
    tmp_path: Path, keyring_uri: str, opened: Keyring
) -> None:
    """Two workers may be at work on one run of a flow."""
    policy = policy_in(tmp_path)
    assert raced(tmp_path / "p.yaml", keyring_uri, "report-7") == 1
    assert budget_of(policy, opened).spent.epsilon == Decimal("0.1")


@pytest.fixture
def ledger(postgres_uri: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of an empty shared ledger, without its password."""
    import psycopg

    with psycopg.connect(postgres_uri, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS coatcheck_budgets")
        monkeypatch.setenv("PGPASSWORD", connection.info.password)
        info = connection.info
        yield f"postgresql://{info.user}@127.0.0.1:{info.port}/{info.dbname}"


def test_machines_share_a_ledger_in_postgresql(
    tmp_path: Path, keyring_uri: str, opened: Keyring, ledger: str
) -> None:
    """Two folders, as two machines have them, spend one budget; sixteen processes too."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = (policy_in(tmp_path / name, ledger=ledger) for name in "ab")
    spent(first, opened, "0.7")
    spent(second, opened, "0.2")
    with pytest.raises(GateError, match=r"ε = 0\.9 of ε = 1"):
        spent(second, opened, "0.2")
    (tmp_path / "c").mkdir()
    policy = policy_in(tmp_path / "c", ledger=ledger, purpose="race")
    assert raced(tmp_path / "c" / "p.yaml", keyring_uri) == 10
    assert budget_of(policy, opened).spent.epsilon == 1


def test_a_shared_ledger_that_was_put_back_is_refused(
    tmp_path: Path, opened: Keyring, ledger: str, postgres_uri: str
) -> None:
    """It knows of less than the signed log does."""
    import psycopg

    policy = policy_in(tmp_path, ledger=ledger)
    spent(policy, opened, "0.5")
    with psycopg.connect(postgres_uri, autocommit=True) as connection:
        connection.execute("DROP TABLE coatcheck_budgets")
    with pytest.raises(LedgerError, match="it was put back or made anew"):
        spent(policy, opened)


def test_ledger_and_anchor_go_together(tmp_path: Path, opened: Keyring, ledger: str) -> None:
    """Each shows a log that was put back; with the anchor's file gone as well, the ledger does."""
    heads = tmp_path / "heads.jsonl"
    policy = _anchored(tmp_path, f"file: {heads}", ledger)
    spent(policy, opened, "0.5")
    before, known = _log(tmp_path), heads.read_bytes()
    spent(policy, opened, "0.5")
    _put_back(tmp_path, before)
    with pytest.raises(DatasetError, match="anchor"):
        spent(policy, opened, "0.1")
    heads.write_bytes(known)
    with pytest.raises(GateError, match="ε = 1 of ε = 1"):
        spent(policy, opened, "0.1")


def test_the_shared_ledger_takes_a_name_once(
    tmp_path: Path, opened: Keyring, ledger: str, postgres_uri: str
) -> None:
    """Where a commit's answer was lost, the log does not have the release and the table does."""
    import psycopg

    policy = policy_in(tmp_path, ledger=ledger)
    with psycopg.connect(postgres_uri, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS coatcheck_releases")
    spend(policy, Loss.of("0.1"), {}, "", opened, once="a")
    for name in _log(tmp_path):
        (tmp_path / "out" / name).unlink()
    with pytest.raises(PaidError, match="in the shared ledger"):
        spend(policy, Loss.of("0.1"), {}, "", opened, once="a")
    with pytest.raises(GateError, match="nothing was released"):
        spend(policy, Loss.of("2"), {}, "", opened, once="b")
    spend(policy, Loss.of("0.1"), {}, "", opened, once="b")


def test_a_ledgers_address_holds_no_password(tmp_path: Path) -> None:
    """It would be in the policy; the refusal quotes nothing of it."""
    with pytest.raises(AnonymizeError, match="holds a password") as told:
        policy_in(tmp_path, ledger="postgresql://me:Zuqo7@127.0.0.1/x")
    assert "Zuqo7" not in str(told.value)
