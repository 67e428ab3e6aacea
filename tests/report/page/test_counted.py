"""Charts of a published version: what is counted, with which keys, and how values are called."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.keys import Keyring, share_keyring
from anonymize.names import KeyName
from anonymize.privacy.value_counts import nice_step, round_edges
from anonymize.report.page import Reported, report_page, reported

RARE = "Rarityville"
ROWS = 400
POLICY = """version: 1
dataset: counted
purpose: charts
source: {{path: {folder}/rows.parquet}}
sink: {{path: {folder}/out, key: training, restricted: {{key: clinical, columns: [shut]}}}}
detect: {{ner: 'off'}}
checks: {{residual: report}}
{more}
columns:
  mail: {mail}
  plan: {{action: keep}}
  shut: {{action: keep}}
  size: {{action: keep}}
  paid: {{action: keep}}
  joined: {{action: generalize, to: year}}
  place: {{action: keep}}
  code: {{action: keep, when: [[paid, '=', true]], otherwise: {{action: redact}}}}
  tags: {{action: keep}}
"""


def published(
    folder: Path,
    keyring_uri: str,
    more: str = "",
    mail: str = "{action: pseudonymize}",
    *,
    people: int = ROWS,
) -> Dataset:
    """Publish 400 rows of as many people, or fewer; return the dataset."""
    numbers = range(ROWS)
    rows = pa.table(
        {
            "mail": [f"somebody{n % people}@example.org" for n in numbers],
            "plan": [None if n % 25 == 0 else ("gold", "basic", "trial")[n % 3] for n in numbers],
            "shut": [f"s{n % 2}" for n in numbers],
            "size": pa.array([n % 100 for n in numbers], pa.int32()),
            "paid": [n % 4 > 0 for n in numbers],
            "joined": pa.array([date(2001, 3, 4) + timedelta(9 * n) for n in numbers]),
            "place": [RARE if n < 4 else f"zone {n % 5}" for n in numbers],
            "code": [f"c{n % 3}" for n in numbers],
            "tags": [["a"]] * ROWS,
        }
    )
    pq.write_table(rows, folder / "rows.parquet")
    policy = folder / "counted.yaml"
    policy.write_text(POLICY.format(folder=folder, more=more, mail=mail))
    anonymize.run(policy, keyring=keyring_uri)
    return Dataset(folder / "out")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, keyring_uri: str) -> Dataset:
    """A version without a privacy: block."""
    return published(tmp_path_factory.mktemp("counted"), keyring_uri)


@pytest.fixture(scope="module")
def said(dataset: Dataset, keyring: Keyring) -> Reported:
    """Its report."""
    return reported(dataset, keyring=keyring)


def bars(said: Reported, column: str) -> dict[str, int]:
    """Return label → rows of a column's chart."""
    (chart,) = (chart for chart in said.charts if chart.column == column)
    return {bar.label: bar.rows for bar in chart.bars}


def test_which_columns_are_counted(said: Reported) -> None:
    """Not pseudonyms, restricted columns, two rules, lists; the page says so."""
    assert [one.column for one in said.charts] == ["plan", "size", "paid", "joined", "place"]
    assert said.charts_say.startswith("Charts: 5 of 9 columns and places; identifiers,")


def test_numbers_are_rounded_and_no_bar_is_below_ten(said: Reported) -> None:
    """Whatever the column."""
    rows = [bar.rows for chart in said.charts for bar in chart.bars]
    assert all(number >= 10 and number % 10 == 0 for number in rows)


def test_values_that_are_kept_are_called_by_their_rank(said: Reported) -> None:
    """A report is not encrypted; truth values tell nothing by their names."""
    assert bars(said, "plan") == {"value 1": 130, "value 2": 130, "value 3": 130, "missing": 20}
    assert bars(said, "paid") == {"false": 100, "true": 300}
    page = report_page(said)
    assert not [text for text in ("gold", "basic", "zone 1", RARE, "somebody1@") if text in page]


def test_values_are_named_where_somebody_asks_for_it(dataset: Dataset, keyring: Keyring) -> None:
    """Frequent ones alone."""
    named = reported(dataset, keyring=keyring, names_values=True)
    assert bars(named, "plan") == {"basic": 130, "gold": 130, "trial": 130, "missing": 20}
    assert {"zone 0", "zone 4"} <= set(bars(named, "place"))
    assert RARE not in report_page(named)


def test_numbers_are_in_round_ranges_that_have_no_ends(said: Reported) -> None:
    """So that no extreme is told."""
    found = bars(said, "size")
    assert list(found) == [
        "under 10", *(f"{low} to under {low + 10}" for low in range(10, 90, 10)), "90 or more",
    ]  # fmt: skip
    assert set(found.values()) == {40}


def test_coarser_values_are_called_by_themselves_in_their_order(said: Reported) -> None:
    """A rule made them, so they are no exact values. The few of the last year are put to the
    rarest other one.
    """
    found = bars(said, "joined")
    assert list(found) == [*(str(year) for year in range(2002, 2011)), "other values"]
    assert found["2005"] == 40


def test_values_before_are_told_of_columns_that_a_rule_made_coarser(
    dataset: Dataset, said: Reported, keyring: Keyring
) -> None:
    """From the manifest: pooled and rounded when the run looked at the source."""
    facts = dataset.manifest(keyring=keyring).columns
    assert [name for name, one in facts.items() if one.before] == ["joined"]
    (joined,) = (chart for chart in said.charts if chart.column == "joined")
    assert joined.bars_before[0].label == "2002"
    assert all(bar.rows >= 10 and bar.rows % 10 == 0 for bar in joined.bars_before)
    assert "Before, in the rows of the source that were looked at" in report_page(said)


WITHIN_TWO_YEARS = [("2002", 40), ("other values", 40)]
PEOPLE = "subject: mail\nprivacy: {quasi_identifiers: [plan], k: 20, max_suppressed: 0.2}"


def test_where_people_are_counted_a_chart_counts_each_once(
    tmp_path: Path, keyring_uri: str, keyring: Keyring
) -> None:
    """By their pseudonyms; each has five rows, so of 400 rows there are 80 people. Years and places
    have fewer than 20 of them each.
    """
    said = reported(published(tmp_path, keyring_uri, PEOPLE, people=80), keyring=keyring)
    assert [one.column for one in said.charts] == ["plan", "size", "paid"]
    assert {one.unit for one in said.charts} == {"people"}
    numbers = [bar.rows for one in said.charts for bar in one.bars]
    assert all(number >= 20 and number % 20 == 0 for number in numbers)
    assert sum(bars(said, "paid").values()) == 80
    before = said.told.manifest.columns["joined"].before
    assert [(bar.label, bar.rows) for bar in before or ()] == WITHIN_TWO_YEARS


def test_where_people_cannot_be_told_apart_only_quasi_identifiers_have_charts(
    tmp_path: Path, keyring_uri: str, keyring: Keyring
) -> None:
    """Ten rows may be one person's; of a class's columns each value is shared by k people."""
    text = PEOPLE + "\nunlisted: drop"
    said = reported(published(tmp_path, keyring_uri, text, "{action: redact}"), keyring=keyring)
    assert [(one.column, one.unit) for one in said.charts] == [("plan", "rows")]
    assert all(rows >= 20 and rows % 20 == 0 for rows in bars(said, "plan").values())
    assert "k counts people here" in said.charts_say


def test_who_cannot_read_rows_gets_a_report_without_charts(
    dataset: Dataset, tmp_path: Path, keyring_uri: str
) -> None:
    """By a keyring that can check signatures alone; it says why."""
    auditor = share_keyring([KeyName("support")], tmp_path / "auditor.json", keyring_uri)
    said = reported(dataset, keyring=auditor)
    assert said.charts == ()
    assert "does not open the rows" in report_page(said)
    assert said.seal is not None


def test_edges_are_round_and_inside(said: Reported) -> None:
    """Of numbers of any size, of one value, of two."""
    for numbers in ([0.5] * 9, [-3.0, 4e9], [1e-9, 2e-9, 5e-9], list(range(1000)), [0.0]):
        edges = round_edges(np.asarray(numbers, float))
        assert 1 <= len(edges) <= 14
        assert list(edges) == sorted(set(edges))
    assert [nice_step(step) for step in (0.011, 1, 1.5, 30, 7)] == [0.02, 1, 2, 50, 10]


def test_a_recoded_column_is_told_before_and_after(
    tmp_path: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """Both sides hold k and ten or more; groups are called by themselves, and exact texts are
    not, unless asked for.
    """
    draw = np.random.default_rng(4)
    rows = pa.table(
        {
            "age": pa.array(draw.integers(18, 90, ROWS)),
            "zip": [f"{at}" for at in draw.choice([10115, 10117, 20095, 20097, 20099], ROWS)],
            "town": draw.choice(["Northtown", "Southtown"], ROWS),
        }
    )
    pq.write_table(rows, tmp_path / "rows.parquet")
    (tmp_path / "recoded.yaml").write_text(
        f"""version: 1
dataset: recoded
purpose: charts
source: {{path: {tmp_path}/rows.parquet}}
sink: {{path: {tmp_path}/out}}
detect: {{ner: off}}
checks: {{residual: report}}
privacy:
  quasi_identifiers: [age, zip, town]
  k: 12
  recode: {{age: ages, zip: {{prefix: [4, 3, 1]}}, town: values}}
columns:
  age: {{action: keep, accept: test}}
  zip: {{action: keep, accept: test}}
  town: {{action: keep, accept: test}}
"""
    )
    anonymize.run(tmp_path / "recoded.yaml", keyring=keyring_uri)
    dataset = Dataset(tmp_path / "out")
    charts = {one.column: one for one in reported(dataset, keyring=keyring).charts}
    assert set(charts) == {"age", "zip", "town"}
    for chart in charts.values():
        assert chart.bars_before
        for bar in (*chart.bars, *chart.bars_before):
            assert bar.rows >= 12
            assert bar.rows % 12 == 0
        assert "where a group would be too small otherwise" in chart.before
    assert any("–" in bar.label or bar.label == "*" for bar in charts["age"].bars)
    assert {bar.label for bar in charts["town"].bars} <= {"value 1", "value 2", "*"}
    for bar in charts["zip"].bars:
        assert bar.label.endswith("*") or bar.label.startswith(("value", "other"))
    named = reported(dataset, keyring=keyring, names_values=True).charts
    assert "Northtown" in {bar.label for one in named for bar in one.bars}
    assert "Northtown" not in (dataset.folder(1) / "manifest.json").read_text()
