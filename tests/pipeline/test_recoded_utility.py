"""What-if, manifest and report say of a version's use what pandas, SciPy and scikit-learn say of
the rows in it.
"""

from __future__ import annotations

import builtins
import itertools
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.stats import wasserstein_distance
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import cross_val_score

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.errors import PlanError, PolicyError
from anonymize.keys import Keyring
from anonymize.pipeline.what_if import WhatIf, what_if
from anonymize.policy import Policy, parse_policy

ROWS = 1_500
K = 40


def people() -> pd.DataFrame:
    """Return people whose plan hangs on age and town, and whose pay on age."""
    draw = np.random.default_rng(11)
    age = draw.integers(18, 70, ROWS)
    towns = ["10115", "10117", "10245", "20095", "20097", "30159"]
    town = draw.choice(towns, ROWS, p=[0.45, 0.03, 0.12, 0.3, 0.04, 0.06])
    older, north = age > 40, np.char.startswith(town.astype(str), "2")
    chance = 0.1 + 0.5 * older + 0.3 * north
    return pd.DataFrame(
        {
            "age": age,
            "town": town,
            "sex": draw.choice(["f", "m"], ROWS),
            "plan": np.where(draw.random(ROWS) < chance, "gold", "basic"),
            "pay": (age * 90 + draw.normal(0, 400, ROWS)).round(),
        }
    )


def policy(folder: Path, target: str = "plan", more: str = "", sink: str = "") -> Policy:
    """Return a policy over ``folder/in.parquet``."""
    keep = "{action: keep, accept: test}"
    columns = "\n".join(f"  {name}: {keep}" for name in ("age", "town", "sex", "plan", "pay"))
    return parse_policy(
        f"""version: 1
dataset: d
purpose: test
source: {{path: {folder}/in.parquet}}
sink: {{path: {folder}/out{sink}}}
detect: {{ner: off}}
checks: {{residual: off}}
privacy:
  quasi_identifiers: [age, town, sex]
  k: {K}
  target: {target}
  recode: {{age: {{ranges: [5, 10, 20]}}, town: {{prefix: [4, 3, 1]}}, sex: values}}
{more}columns:
{columns}
""",
        "p.yaml",
    )


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory, keyring: Keyring, keyring_uri: str
) -> tuple[Path, WhatIf, pd.DataFrame]:
    """Return the folder of a version, what-if before it was made, and its rows."""
    folder = tmp_path_factory.mktemp("utility")
    pq.write_table(pa.Table.from_pandas(people()), folder / "in.parquet")
    (found,) = what_if(policy(folder), [K], keyring=keyring_uri)
    anonymize.run(policy(folder), keyring=keyring_uri)
    return folder, found, read(folder / "out", keyring=keyring).to_pandas()


def covered(name: str, cell: str, values: list[Any]) -> list[Any]:
    """Return the values of the source that a published cell can stand for."""
    if cell == "*":
        return values
    if name == "age" and "–" in cell:
        low, high = map(int, cell.split("–"))
        return [value for value in values if low <= value <= high]
    pattern = re.escape(cell).replace(r"\*", ".")
    return [value for value in values if re.fullmatch(pattern, str(value))]


def spread(raw: pd.DataFrame, out: pd.DataFrame) -> pd.DataFrame:
    """Return each published row as rows of single values with parts of its weight."""
    values = {name: sorted(raw[name].unique()) for name in ("age", "town", "sex", "plan")}
    rows = []
    for cells, count in out.groupby(list(values)).size().items():
        each = [
            covered(name, cell, all_) if name != "plan" else [cell]
            for (name, all_), cell in zip(values.items(), cells, strict=True)
        ]
        assert all(each)
        share = count / np.prod([len(one) for one in each])
        rows += [(*one, share) for one in itertools.product(*each)]
    return pd.DataFrame(rows, columns=[*values, "weight"])


def cramers_v(frame: pd.DataFrame, one: str, other: str) -> float:
    """Return Bergsma's Cramér's V."""
    table = frame.pivot_table("weight", one, other, "sum", fill_value=0).to_numpy()
    n, (r, c) = table.sum(), table.shape
    expected = np.outer(table.sum(1), table.sum(0)) / n
    square = ((table - expected) ** 2 / expected).sum() / n
    over = max(0, square - (r - 1) * (c - 1) / (n - 1))
    return float(
        np.sqrt(over / min(r - 1 - (r - 1) ** 2 / (n - 1), c - 1 - (c - 1) ** 2 / (n - 1)))
    )


def ratio(frame: pd.DataFrame, by: str) -> float:
    """Return the correlation ratio of age by a column."""
    weight = frame["weight"]
    mean = np.average(frame["age"], weights=weight)
    groups = frame.assign(sum=frame["age"] * weight).groupby(by)[["sum", "weight"]].sum()
    between = ((groups["sum"] / groups["weight"] - mean) ** 2 * groups["weight"]).sum()
    return float(np.sqrt(between / ((frame["age"] - mean) ** 2 * weight).sum()))


def changes(raw: pd.DataFrame, out: pd.DataFrame) -> tuple[dict[str, float], dict[str, float]]:
    """Return the change of each column's distribution, and of each column's associations, made
    from the rows of both alone.
    """
    before, after = raw.assign(weight=1.0), spread(raw, out)
    width = raw["age"].max() - raw["age"].min()
    moved = wasserstein_distance(before["age"], after["age"], before["weight"], after["weight"])
    columns = {"age": moved / width}
    for name in ("town", "sex", "plan"):
        one, other = (frame.groupby(name)["weight"].sum() for frame in (before, after))
        columns[name] = float((one / one.sum()).sub(other / other.sum(), fill_value=0).abs().sum())
        columns[name] /= 2
    pairs = {
        (one, other): abs(ratio(before, other) - ratio(after, other))
        if one == "age"
        else abs(cramers_v(before, one, other) - cramers_v(after, one, other))
        for one, other in itertools.combinations(columns, 2)
    }
    means = {
        name: float(np.mean([change for pair, change in pairs.items() if name in pair]))
        for name in columns
    }
    return columns, {**means, "": float(np.mean(list(pairs.values())))}


def test_what_if_and_manifest_tell_the_changes_of_the_published_rows(
    made: tuple[Path, WhatIf, pd.DataFrame], keyring: Keyring
) -> None:
    """Recomputed from the files: by themselves in what-if, rounded in the manifest."""
    folder, found, out = made
    columns, associations = changes(people(), out)
    assert found.compared == ("age", "town", "sex", "plan")
    assert found.distribution == pytest.approx(np.mean(list(columns.values())))
    assert found.association == pytest.approx(associations[""])
    assert found.distribution > 0.01
    assert associations[""] > 0.01
    privacy = Dataset(folder / "out").manifest(keyring=keyring).privacy
    assert privacy is not None
    told = privacy.utility
    assert told is not None
    step = K / ROWS
    assert told.step == pytest.approx(step, abs=1e-4)
    assert told.distribution == pytest.approx(found.distribution, abs=0.501 * step)
    assert told.association == pytest.approx(found.association, abs=0.501 * step)
    for one in told.columns:
        assert one.distribution == pytest.approx(columns[one.column], abs=0.501 * step)
        assert one.association == pytest.approx(associations[one.column], abs=0.501 * step)
        assert one.distribution / step == pytest.approx(round(one.distribution / step), abs=0.01)


def encoded(raw: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows as numbers for a model: the middle of ages, each prefix of towns, the sex."""
    ages = sorted(raw["age"].unique())
    sexes = {"f": 0.0, "m": 1.0}

    def middle(cell: Any) -> float:
        return np.nan if cell == "*" else float(np.mean(covered("age", str(cell), ages)))

    def prefix(cell: str, size: int) -> float:
        known = cell[:size]
        return float(known) if len(known) == size and known.isdigit() else np.nan

    made = {"age": frame["age"].map(middle), "sex": frame["sex"].map(lambda one: sexes.get(one))}
    for size in (1, 3, 4, 5):
        made[f"town{size}"] = [prefix(cell, size) for cell in frame["town"]]
    return pd.DataFrame(made)


def test_the_scores_are_those_of_a_model_on_the_published_rows(
    made: tuple[Path, WhatIf, pd.DataFrame],
) -> None:
    """A model that somebody else trains on the decrypted rows, and one on the raw ones."""
    _, found, out = made
    raw, scores = people(), found.scores
    assert scores is not None
    assert scores.kind == "classify"
    assert scores.rows == ROWS
    areas = {}
    for name, frame in (("raw", raw), ("released", out)):
        model = HistGradientBoostingClassifier(max_iter=60, learning_rate=0.15, random_state=1)
        rows, wanted = encoded(raw, frame), frame["plan"] == "gold"
        theirs, ours = {}, getattr(scores, name)
        for measure, key in (("accuracy", "accuracy"), ("roc_auc", "auc")):
            theirs[key] = cross_val_score(model, rows, wanted, cv=5, scoring=measure).mean()
            assert getattr(ours, key) == pytest.approx(theirs[key], abs=0.025)
        areas[name] = ours.auc
    assert scores.on_raw is not None
    assert scores.on_raw.auc is not None
    assert 0.6 < scores.on_raw.auc < 1


def test_a_number_is_regressed(
    made: tuple[Path, WhatIf, pd.DataFrame], keyring_uri: str, tmp_path: Path
) -> None:
    """R², of which a coarser table has less; of the release as of its own rows."""
    pq.write_table(pa.Table.from_pandas(people()), tmp_path / "in.parquet")
    one, other = what_if(policy(tmp_path, "pay"), [K, 300], keyring=keyring_uri)
    assert one.scores is not None
    assert one.scores.kind == "regress"
    assert one.scores.raw is not None
    assert one.scores.raw.r2 is not None
    assert one.scores.released is not None
    assert one.scores.released.r2 is not None
    model = HistGradientBoostingRegressor(max_iter=60, learning_rate=0.15, random_state=1)
    rows = encoded(people(), people())
    theirs = cross_val_score(model, rows, people()["pay"], cv=5, scoring="r2").mean()
    assert one.scores.raw.r2 == pytest.approx(theirs, abs=0.03)
    assert other.scores is not None
    assert other.scores.raw == one.scores.raw
    assert other.scores.released is not None
    assert other.scores.released.r2 is not None
    assert other.scores.released.r2 < one.scores.released.r2 < one.scores.raw.r2


def test_without_scikit_learn_the_rest_is_told_and_what_to_install(
    made: tuple[Path, WhatIf, pd.DataFrame], keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody needs the extra for the changes."""
    folder, found, _ = made
    real = builtins.__import__

    def without(name: str, *args: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "sklearn":
            raise ImportError(name)
        return real(name, *args, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    (again,) = what_if(policy(folder), [K], keyring=keyring_uri)
    assert again.scores is None
    assert "needs the extra train: python -m pip install 'scikit-learn" in again.not_scored
    assert (again.distribution, again.association) == (found.distribution, found.association)


def test_report_and_card_tell_the_changes(
    made: tuple[Path, WhatIf, pd.DataFrame], keyring: Keyring
) -> None:
    """With the columns that were compared, and in steps."""
    folder, _, _ = made
    dataset = Dataset(folder / "out")
    card = " ".join((dataset.card("card.md", keyring=keyring) or b"").decode().split())
    page = (dataset.card("report.html", keyring=keyring) or b"").decode()
    assert re.search(r"distributions of age, town, sex, plan changed by \d+\.\d% on average", card)
    told = " ".join(re.sub("<[^>]*>", " ", page).split())
    assert re.search(
        r"change of distributions \d+\.\d% on average; \d+\.\d% of \w+, the most", told
    )
    assert "Compared: age, town, sex and plan; no other column was." in told
    assert "change of associations" in told


def test_nothing_is_told_of_restricted_columns(
    tmp_path: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """Their distributions are for those with the key."""
    pq.write_table(pa.Table.from_pandas(people()), tmp_path / "in.parquet")
    shut = policy(tmp_path, sink=", restricted: {key: clinical, columns: [town, plan]}")
    anonymize.run(shut, keyring=keyring_uri)
    privacy = Dataset(tmp_path / "out").manifest(keyring=keyring).privacy
    assert privacy is not None
    assert privacy.utility is not None
    assert [one.column for one in privacy.utility.columns] == ["age", "sex"]


@pytest.mark.parametrize(
    ("target", "more", "why"),
    [
        ("age", "", "age is a quasi-identifier"),
        ("nowhere", "", "'nowhere' is not in the output"),
    ],
)
def test_a_target_that_no_model_can_have_is_refused(
    target: str, more: str, why: str, tmp_path: Path, keyring_uri: str
) -> None:
    """Before rows are read."""
    pq.write_table(pa.Table.from_pandas(people()), tmp_path / "in.parquet")
    with pytest.raises((PolicyError, PlanError), match=why):
        what_if(policy(tmp_path, target, more), [K], keyring=keyring_uri)


def test_columns_that_tell_more_of_the_target_stay_finer(
    made: tuple[Path, WhatIf, pd.DataFrame], keyring: Keyring, keyring_uri: str
) -> None:
    """Unless the policy has weights of its own; manifest and plan name the target."""
    folder, found, _ = made
    own = "  weights: {age: 1}\n"
    (alike,) = what_if(policy(folder, more=own), [K], keyring=keyring_uri)
    assert alike.loss is not None
    assert found.loss is not None
    assert alike.loss < found.loss
    assert found.exact["sex"] < alike.exact["sex"]
    privacy = Dataset(folder / "out").manifest(keyring=keyring).privacy
    assert privacy is not None
    assert privacy.target == "plan"
