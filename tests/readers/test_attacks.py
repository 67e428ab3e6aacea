"""What attacks show of releases of which it is known: ``make soak`` runs these where anonymeter
is.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import anonymize
from anonymize.pipeline.attacks import attack
from anonymize.policy import Policy, parse_policy
from anonymize.privacy.attacks import AttackColumn, AttackTable, Rate, risk_of
from anonymize.report.attacks import Attack, run_attacks

pytest.importorskip("anonymeter", reason="it is in .venv-readers alone; make soak runs these")
pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]

ROWS, CONTROL, ATTACKS = 1500, 600, 200
SINGLE, SEVERAL, LINK, INFER, CLOSE = (
    "singling out, one column",
    "singling out, several columns",
    "linkability",
    "inference",
    "distance to the closest record",
)


def people(rows: int, seed: int) -> pa.Table:
    """Return made-up people: each is alone by age, place and pay; the diagnosis follows none."""
    draw = np.random.default_rng(seed)
    return pa.table(
        {
            "place": pa.array([f"{z:05}" for z in draw.integers(0, 90_000, rows)]),
            "age": pa.array(draw.integers(18, 90, rows)),
            "sex": pa.array(draw.choice(["f", "m"], rows)),
            "job": pa.array([f"job {z}" for z in draw.integers(0, 200, rows)]),
            "dx": pa.array([f"dx {z}" for z in draw.integers(0, 12, rows)]),
        }
    )


def table_of(published: pa.Table, source: pa.Table, control: pa.Table) -> AttackTable:
    """Return a release that publishes values as they are."""
    columns, codes = [], []
    for name in published.column_names:
        both = pa.concat_tables([published, source, control])[name].combine_chunks()
        encoded = both.dictionary_encode()
        number = encoded.dictionary.to_pylist()
        numbers = np.array(number, float) if name == "age" else None
        columns.append(AttackColumn.same(name, list(map(str, number)), numbers))
        codes.append(np.asarray(encoded.indices).astype(np.int64))
    parts = np.split(np.stack(codes, axis=1), np.cumsum([len(published), len(source)]))
    return AttackTable(tuple(columns), len(columns) - 1, *parts)


@pytest.fixture(scope="module")
def source() -> pa.Table:
    """The people in a release."""
    return people(ROWS, 1)


@pytest.fixture(scope="module")
def control() -> pa.Table:
    """People who are not in it."""
    return people(CONTROL, 2)


def by_name(attacks: tuple[Attack, ...]) -> dict[str, Attack]:
    """Return the attacks by name."""
    return {one.name: one for one in attacks}


@pytest.fixture(scope="module")
def raw(source: pa.Table, control: pa.Table) -> dict[str, Attack]:
    """What attacks on the raw table show."""
    return by_name(run_attacks(table_of(source, source, control), ATTACKS, 0))


@pytest.fixture(scope="module")
def noise(source: pa.Table, control: pa.Table) -> dict[str, Attack]:
    """What attacks on other people's rows show."""
    return by_name(run_attacks(table_of(people(ROWS, 3), source, control), ATTACKS, 0))


def policy(folder: Path) -> Policy:
    """Return a policy with classes of five."""
    return parse_policy(
        f"""version: 1
dataset: d
purpose: test
source: {{path: {folder}/in.parquet}}
sink: {{path: {folder}/out}}
detect: {{ner: off}}
checks: {{residual: off}}
privacy:
  quasi_identifiers: [place, age, sex, job]
  sensitive: [dx]
  k: 5
  recode: {{age: {{ranges: [5, 10, 20]}}, place: {{prefix: [2, 1]}}, sex: values, job: values}}
columns:
  age: {{action: keep, accept: test}}
  place: {{action: keep, accept: test}}
  sex: {{action: keep, accept: test}}
  job: {{action: keep, accept: test}}
  dx: {{action: keep, accept: test}}
""",
        "p.yaml",
    )


@pytest.fixture(scope="module")
def five(
    tmp_path_factory: pytest.TempPathFactory,
    source: pa.Table,
    control: pa.Table,
    keyring_uri: str,
) -> dict[str, Attack]:
    """What attacks on a published version with classes of five show."""
    folder = tmp_path_factory.mktemp("five")
    pq.write_table(source, folder / "in.parquet")
    pq.write_table(control, folder / "control.parquet")
    anonymize.run(policy(folder), keyring=keyring_uri)
    told: list[str] = []
    asked = {"attacks": ATTACKS, "keyring": keyring_uri}
    found = attack(
        policy(folder),
        folder / "control.parquet",
        advance=lambda done, total, what: told.append(what),
        **asked,  # type: ignore[arg-type]
    )
    assert told[-1] == "done"
    again = attack(policy(folder), folder / "control.parquet", **asked)  # type: ignore[arg-type]
    assert again == found
    return by_name(found.attacks)


@pytest.mark.parametrize("name", [SINGLE, SEVERAL, LINK, INFER, CLOSE])
def test_the_raw_table_is_at_risk(name: str, raw: dict[str, Attack]) -> None:
    """Each attack succeeds on most people in it, and on few others."""
    assert raw[name].risk.low > 0.6
    assert raw[name].of_control < 0.55


@pytest.mark.parametrize("name", [SINGLE, SEVERAL, LINK, INFER, CLOSE])
def test_other_peoples_rows_are_no_risk(name: str, noise: dict[str, Attack]) -> None:
    """They tell of nobody in the source more than of anybody else."""
    assert noise[name].risk.low == 0
    assert noise[name].risk.value < 0.1


@pytest.mark.parametrize("name", [SINGLE, SEVERAL, LINK, INFER, CLOSE])
def test_classes_of_five_lie_between(
    name: str, raw: dict[str, Attack], noise: dict[str, Attack], five: dict[str, Attack]
) -> None:
    """Far below the raw table. They tell more than nothing: the diagnosis of a class of five."""
    assert five[name].risk.high < raw[name].risk.low
    assert five[name].risk.high >= noise[name].risk.low
    assert five[INFER].risk.value > noise[INFER].risk.value


@pytest.mark.parametrize("name", [SINGLE, SEVERAL, LINK, INFER, CLOSE])
def test_the_control_set_is_what_risk_is_measured_against(
    name: str, source: pa.Table, control: pa.Table
) -> None:
    """With people of the release in its place nothing is left, however often attacks succeed."""
    table = table_of(source, source, control)
    same = by_name(run_attacks(replace(table, control=table.source), ATTACKS, 0))
    assert same[name].risk.value < 0.1
    if name != CLOSE:
        assert same[name].source.share > 0.6


@pytest.mark.filterwarnings("ignore:Attack is as good or worse")
def test_rates_and_risk_are_anonymeters() -> None:
    """For any counts."""
    from anonymeter.stats.confidence import EvaluationResults

    draw = np.random.default_rng(5)
    for _ in range(200):
        attacks = tuple(draw.integers(1, 1000, 3).tolist())
        won, other = (int(draw.integers(0, most + 1)) for most in (attacks[0], attacks[2]))
        theirs = EvaluationResults(attacks, won, 0, other)
        ours = risk_of(Rate(attacks[0], won), Rate(attacks[2], other))
        value, (low, high) = theirs.risk()
        assert (ours.value, ours.low, ours.high) == pytest.approx((value, low, high))
