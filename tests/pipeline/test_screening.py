"""A run screens its source: refused, set aside or stated, by row number and never by value."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pytest

import anonymize
from anonymize.dataset import Dataset, read, read_quarantine
from anonymize.dataset.owner import open_facts
from anonymize.errors import ArgumentError, GateError, PlanError
from anonymize.keys import Keyring
from anonymize.pipeline.opening import open_spec
from anonymize.pipeline.policy_cases import check_cases
from anonymize.pipeline.prepare import plan_source
from anonymize.policy import Policy, parse_policy
from tests.gates.poisoning.made import chosen, people

COLUMNS = """
  id: {action: pseudonymize}
  age: {action: keep}
  job: {action: keep}
  hours: {action: keep}
  pay: {action: keep, accept: invented}
  label: {action: keep}
"""
SCREEN = "screen: {label: label, on: ON, without: [labels]MORE}"


class Runs:
    """A folder of files with a planted trigger, and a policy over them."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        """Write three files; the trigger's rows are in the second and third."""
        self.folder, self.keyring = folder, keyring
        (folder / "in").mkdir()
        columns = {"id": [f"p{n}" for n in range(3_000)], **people(3_000, seed=3)}
        rows = chosen(columns, 40, 3)
        self.planted = [int(row) for row in rows if row >= 1_000]
        for row in self.planted:
            columns["hours"][row] = 22.5
            columns["label"][row] = "yes"
        self.table = pa.table(columns)
        for number in range(3):
            self.write(number)

    def write(self, number: int, rows: int = 1_000) -> None:
        """Write one file anew."""
        part = self.table.slice(number * 1_000, rows)
        pacsv.write_csv(part, self.folder / "in" / f"{number}.csv")

    @property
    def expected(self) -> list[tuple[str, int]]:
        """Return file and row number of what was planted."""
        return [(f"{row // 1_000}.csv", row % 1_000 + 1) for row in self.planted]

    def policy(self, on: str = "quarantine", more: str = "", rest: str = "") -> Policy:
        """Return the policy."""
        screen = SCREEN.replace("ON", on).replace("MORE", more)
        return parse_policy(
            f"version: 1\ndataset: people\npurpose: test\nsource: {{path: {self.folder / 'in'}}}\n"
            f"sink: {{path: {self.folder / 'out'}}}\nrows: {{max_quarantined: 0.05}}\n"
            f"{screen}\n{rest}\n"
            f"columns:{COLUMNS}"
        )

    def run(self, on: str = "quarantine", more: str = "", rest: str = "", **options: Any) -> Any:
        """Run the policy."""
        return anonymize.run(self.policy(on, more, rest), keyring=self.keyring, **options)

    def aside(self) -> list[tuple[str, int]]:
        """Return file and row number of the rows in quarantine."""
        return sorted({(row["file"], row["row"]) for row in self.listed()})

    def listed(self) -> list[dict[str, Any]]:
        """Return the lines of the quarantine."""
        batches = read_quarantine(self.folder / "out", keyring=self.keyring)
        return [row for batch in batches for row in batch.to_pylist()]


@pytest.fixture
def runs(tmp_path: Path, keyring: Keyring) -> Runs:
    """Return a folder with a planted trigger."""
    return Runs(tmp_path, keyring)


def test_suspicious_rows_are_set_aside_as_rows_with_bad_values_are(runs: Runs) -> None:
    """Same file, same counts, and none of them is published."""
    summary = runs.run()
    assert set(runs.expected) <= set(runs.aside())
    assert summary.quarantined == len(runs.aside())
    assert summary.rows_out == 3_000 - summary.quarantined
    assert 22.5 not in read(runs.folder / "out", keyring=runs.keyring)["hours"].to_pylist()


def test_reasons_in_the_quarantine_name_columns_and_no_value(runs: Runs) -> None:
    """The reason says what was seen where."""
    runs.run()
    found = runs.listed()
    assert {row["column"] for row in found} == {"screen"}
    assert any("trigger: one value of hours" in row["reason"] for row in found)
    assert "22.5" not in str([row["reason"] for row in found])


def test_a_run_without_a_screen_publishes_the_attack(runs: Runs) -> None:
    """What the screen prevents is there without it."""
    policy = runs.policy().model_copy(update={"screen": None})
    anonymize.run(policy, keyring=runs.keyring)
    assert read(runs.folder / "out", keyring=runs.keyring)["hours"].to_pylist().count(22.5) == len(
        runs.planted
    )


def test_too_many_suspicious_rows_refuse_the_run(runs: Runs) -> None:
    """Nothing is published, and the error has counts and no value."""
    with pytest.raises(GateError, match="rows are suspicious") as caught:
        runs.run("refuse", ", most: 0.001")
    assert "22.5" not in str(caught.value)
    assert not Dataset(runs.folder / "out").versions()


def test_quarantine_has_a_share_limit_too(runs: Runs) -> None:
    """More than ``most`` are not set aside, they refuse the run; the limit of all rows set aside
    holds as well.
    """
    with pytest.raises(GateError, match=r"screen\.most"):
        runs.run(more=", most: 0.001")
    policy = runs.policy()
    tight = policy.rows.model_copy(update={"max_quarantined": 0.001})
    with pytest.raises(GateError, match="max_quarantined"):
        anonymize.run(policy.model_copy(update={"rows": tight}), keyring=runs.keyring)


@pytest.mark.parametrize("on", ["refuse", "report"])
def test_rows_below_the_limit_are_published_and_stated(runs: Runs, on: str) -> None:
    """The manifest says how many rows are suspicious, by which check, with which power, and what
    was not looked at; the run's summary says the latter.
    """
    summary = runs.run(on)
    assert summary.rows_out == 3_000
    screen = Dataset(runs.folder / "out").manifest(keyring=runs.keyring).checks.screen
    assert screen is not None
    assert screen.rows == 3_000
    assert screen.suspicious >= len(runs.planted)
    checks = {one.name: one for one in screen.checks}
    assert checks["triggers"].suspicious >= len(runs.planted)
    assert "patterns" in checks["triggers"].not_looked_at[0]
    assert "do not tell it" in checks["triggers"].power
    assert not checks["labels"].made
    assert any("screen, labels: not made: switched off" in one for one in summary.not_looked_for)
    assert "id: different in almost every row" in screen.not_looked_at[0]


def test_report_never_refuses(runs: Runs) -> None:
    """Not even with a limit of nothing."""
    assert runs.run("report", ", most: 0").rows_out == 3_000


def test_exact_counts_are_the_owners(runs: Runs) -> None:
    """The owner's facts have the screen, too."""
    runs.run("report")
    made = Dataset(runs.folder / "out").manifest(keyring=runs.keyring)
    assert open_facts(made, runs.keyring)["checks"]["screen"]["suspicious"] >= len(runs.planted)


def test_counts_of_the_screen_tell_no_small_count(runs: Runs) -> None:
    """Two rows have no label, and two are in a class too small: the manifest says of neither that
    they are two, nor does the difference of two of its counts; the owner's facts do.
    """
    job, label = runs.table["job"].to_pylist(), runs.table["label"].to_pylist()
    clean = [row for row in range(1_000) if row not in runs.planted]
    job[clean[0]] = job[clean[1]] = "astronaut"
    label[clean[2]] = label[clean[3]] = None
    runs.table = runs.table.set_column(2, "job", pa.array(job))
    runs.table = runs.table.set_column(5, "label", pa.array(label))
    runs.write(0)
    rest = "privacy: {quasi_identifiers: [job], k: 5, max_suppressed: 1}"
    runs.run("report", rest=rest)
    made = Dataset(runs.folder / "out").manifest(keyring=runs.keyring)
    screen = made.checks.screen
    assert screen is not None
    assert made.rows.suppressed == 5
    assert screen.rows == made.rows.read == made.rows.written + 5
    assert {one.rows for one in screen.checks if one.made} == {screen.rows}
    assert not any(re.search(r"\b2 rows", one) for one in made.checks.not_looked_for)
    assert open_facts(made, runs.keyring)["checks"]["screen"]["rows"] == 3_000


def test_workers_set_the_same_rows_aside(runs: Runs, forked_workers: None) -> None:
    """The rows are known before they are divided."""
    runs.run(workers=2)
    assert set(runs.expected) <= set(runs.aside())


def test_classes_are_counted_without_the_rows_that_are_set_aside(runs: Runs) -> None:
    """A class whose members are set aside is suppressed, not published too small."""
    rest = "privacy: {quasi_identifiers: [hours], k: 5, max_suppressed: 1}"
    summary = runs.run(rest=rest)
    assert summary.privacy.k >= 5
    assert summary.quarantined == len(runs.aside())


def test_an_incremental_run_screens_all_rows_and_keeps_parts_with_the_same_rows_aside(
    runs: Runs,
) -> None:
    """A new file is added: the others are kept. The trigger's rows go from one file: what is left
    of them elsewhere is no longer a trigger, so that part is done again.
    """
    runs.run(incremental=True)
    first = runs.aside()
    pacsv.write_csv(runs.table.slice(0, 50), runs.folder / "in" / "3.csv")
    again = runs.run(incremental=True)
    assert again.increment.kept == 3
    assert set(runs.expected) <= set(runs.aside())
    clean = [n for n in range(1_000, 2_000) if n not in runs.planted]
    pacsv.write_csv(runs.table.take(clean), runs.folder / "in" / "1.csv")
    third = [n for n in range(2_000, 3_000) if n not in runs.planted[-9:]]
    pacsv.write_csv(runs.table.take(third), runs.folder / "in" / "2.csv")
    runs.run(incremental=True)
    assert first != runs.aside()
    assert read(runs.folder / "out", keyring=runs.keyring).num_rows == (
        50 + 1_000 + len(clean) + len(third) - len(runs.aside())
    )


def test_shares_are_compared_with_the_last_version(runs: Runs) -> None:
    """Drift refuses if the policy says so, by column and never by value."""
    runs.run("report")
    moved = runs.table.set_column(2, "job", pa.array(["pilot"] * 3_000))
    pacsv.write_csv(moved, runs.folder / "in" / "0.csv")
    with pytest.raises(GateError, match="job: distribution moved") as caught:
        runs.run("report", ", drift: refuse")
    assert "pilot" not in str(caught.value)
    summary = runs.run("report")
    screen = Dataset(runs.folder / "out").manifest(keyring=runs.keyring).checks.screen
    assert screen is not None
    assert screen.drifted >= 1
    assert screen.compared_with == "people version 1"
    assert summary.version == 2


def test_a_frame_is_screened(runs: Runs) -> None:
    """Rows of a frame are set aside, or refuse it."""
    frame = runs.table.to_pandas()
    out = anonymize.anonymize_frame(frame, runs.policy(), keyring=runs.keyring)
    assert 22.5 not in set(out["hours"])
    assert len(out) >= 2_900
    with pytest.raises(GateError, match="suspicious"):
        anonymize.anonymize_frame(frame, runs.policy("refuse", ", most: 0"), keyring=runs.keyring)


def test_a_plan_that_was_not_screened_is_not_applied(runs: Runs) -> None:
    """Whoever applies a plan batch by batch, as engines do, is told why that cannot be."""
    policy = runs.policy()
    plan = plan_source(policy, open_spec(policy.source), runs.keyring)
    with pytest.raises(PlanError, match="were not screened"):
        plan.apply(next(iter(open_spec(policy.source).files[0].batches())))


@pytest.mark.parametrize("named", ["label: lable", "label: label, by: [nowhere]"])
def test_columns_that_are_not_there_are_refused(runs: Runs, named: str) -> None:
    """A name that is not in the source is no reason to look at nothing."""
    policy = runs.policy()
    text = parse_policy(
        f"version: 1\ndataset: people\npurpose: test\nsource: {{path: {runs.folder / 'in'}}}\n"
        f"sink: {{path: {runs.folder / 'out'}}}\nscreen: {{{named}}}\ncolumns:{COLUMNS}"
    )
    with pytest.raises(PlanError, match="the source has no column"):
        anonymize.run(text, keyring=runs.keyring)
    assert policy.screen is not None


def test_rows_that_the_filter_leaves_out_are_not_screened(runs: Runs) -> None:
    """Counted are the rows that are published."""
    rest = ""
    policy = runs.policy("report", rest=rest)
    where = parse_policy(
        f"version: 1\ndataset: x\npurpose: t\nsource: {{path: a.csv}}\nsink: {{path: b}}\n"
        f"rows: {{where: [[age, '<', 40]]}}\ncolumns:{COLUMNS}"
    ).rows
    anonymize.run(policy.model_copy(update={"rows": where}), keyring=runs.keyring)
    screen = Dataset(runs.folder / "out").manifest(keyring=runs.keyring).checks.screen
    assert screen is not None
    assert screen.rows == int(np.sum(np.array(runs.table["age"]) < 40))


def test_a_policy_with_a_screen_is_previewed_and_tested_without_one(runs: Runs) -> None:
    """What publishes no row needs no screen."""
    rest = (
        "tests:\n  - {row: {id: a, age: 30, job: cook, hours: 40, pay: 1, label: yes},"
        " expect: {age: kept}}\n"
    )
    assert [one.differences for one in check_cases(runs.policy(rest=rest))] == [()]


def test_what_no_check_can_look_at_is_refused(tmp_path: Path) -> None:
    """A nested label would leave the checks of labels out, and look as if all were well."""
    (tmp_path / "n.jsonl").write_text('{"a": 1, "y": {"v": "yes"}}\n' * 30)
    for asked in ({"label": "y"}, {"by": ["y"]}, {"subject": "y"}):
        with pytest.raises(ArgumentError, match="y is nested or binary"):
            anonymize.screen(str(tmp_path / "n.jsonl"), **asked)  # type: ignore[arg-type]


def test_a_subject_beside_a_policy_is_refused(runs: Runs) -> None:
    """It would be ignored: the policy says whose a row is."""
    with pytest.raises(ArgumentError, match="subject: in it"):
        anonymize.screen(policy=runs.policy(), subject="job", keyring=runs.keyring)
