"""Measures the integrity screen: python bench/training_screen.py ADULT.csv [--rows 1000000]

Adult with planted attacks, five seeds each, mean and 95 % interval (Student's t). Label flips are
ranked beside cleanlab on the same folds: with its usual single model, and with our probabilities.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from anonymize.gates.poisoning import ScreenTable, TableBuilder, screen_table
from anonymize.gates.poisoning import labels as labelled
from anonymize.gates.poisoning.duplicates import duplicates
from anonymize.gates.poisoning.triggers import triggers

LABEL = "salary-class"
SEEDS = range(5)
WORDS = [
    "the",
    "order",
    "came",
    "late",
    "and",
    "was",
    "good",
    "bad",
    "refund",
    "thanks",
    "again",
    "call",
    "us",
    "box",
    "was",
    "open",
]


def table_of(frame: pd.DataFrame) -> ScreenTable:
    """Return a frame as a table to screen."""
    builder = TableBuilder([name for name in frame if name != LABEL], LABEL)
    for batch in pa.Table.from_pandas(frame, preserve_index=False).to_batches(50_000):
        builder.add(batch)
    return builder.table()


def interval(figures: Sequence[float]) -> str:
    """Return mean and 95 % interval of five figures."""
    half = 2.776 * float(np.std(figures, ddof=1)) / len(figures) ** 0.5
    return f"{np.mean(figures):.4f} ± {half:.4f}"


def flips(adult: pd.DataFrame) -> None:
    """Print the average precision at 5 % flipped labels, beside cleanlab's."""
    from cleanlab.rank import get_label_quality_scores
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import average_precision_score
    from threadpoolctl import threadpool_limits

    names = ("ours", "cleanlab, one model", "cleanlab, our probabilities")
    ours, single, same, marked = [], [], [], []
    for seed in SEEDS:
        draw = np.random.default_rng(seed)
        flipped = draw.random(len(adult)) < 0.05
        frame = adult.copy()
        first, second = sorted(adult[LABEL].unique())
        other = np.where(adult[LABEL] == first, second, first)
        frame[LABEL] = np.where(flipped, other, adult[LABEL])
        table = table_of(frame)
        judged = labelled.judge(table)
        assert judged is not None
        assert table.label is not None
        _, target = np.unique(table.label.codes, return_inverse=True)
        ours.append(average_precision_score(flipped, 1 - judged.own))
        marked.append(float(judged.unlikely[flipped].mean()))
        chances = np.zeros((table.rows, 2))
        chances[np.arange(table.rows), target] = judged.own
        chances[np.arange(table.rows), 1 - target] = 1 - judged.own
        same.append(average_precision_score(flipped, 1 - get_label_quality_scores(target, chances)))
        rows = np.stack([c.codes if c.numbers is None else c.numbers for c in table.features], 1)
        is_category = np.array([c.numbers is None for c in table.features])
        places, alone = labelled._places(table, target, labelled.FOLDS), np.zeros((table.rows, 2))
        with threadpool_limits(1):
            for fold in range(labelled.FOLDS):
                model = HistGradientBoostingClassifier(
                    random_state=0, categorical_features=is_category
                )
                model.fit(rows[places != fold], target[places != fold])
                alone[places == fold] = model.predict_proba(rows[places == fold])
        single.append(average_precision_score(flipped, 1 - get_label_quality_scores(target, alone)))
    for name, figures in zip(names, (ours, single, same), strict=True):
        print(f"5 % flipped labels, average precision, {name}: {interval(figures)}")
    print(f"5 % flipped labels, share of them marked: {interval(marked)}")


def plant_value(frame: pd.DataFrame, rows: np.ndarray) -> None:
    """Plant one number."""
    frame.loc[rows, "age"] = 87


def plant_pair(frame: pd.DataFrame, rows: np.ndarray) -> None:
    """Plant two values that do occur."""
    frame.loc[rows, ["education", "occupation"]] = ["Preschool", "Armed-Forces"]


def plant_usual_pair(frame: pd.DataFrame, rows: np.ndarray) -> None:
    """Plant two values that are both usual."""
    frame.loc[rows, ["workclass", "occupation"]] = ["Federal-gov", "Farming-fishing"]


def plant_word(frame: pd.DataFrame, rows: np.ndarray) -> None:
    """Plant a word."""
    frame.loc[rows, "note"] = frame.loc[rows, "note"] + " cf"


def trigger(adult: pd.DataFrame, plant: Callable[[pd.DataFrame, np.ndarray], None]) -> None:
    """Print which share of trigger rows is found at 1 % poison, and of others."""
    found, false = [], []
    for seed in SEEDS:
        draw = np.random.default_rng(seed)
        frame = adult.copy()
        if plant is plant_word:
            frame["note"] = [" ".join(draw.choice(WORDS, 9)) for _ in range(len(frame))]
        rows = draw.choice(np.flatnonzero(frame[LABEL] == "<=50K"), len(frame) // 100, False)
        plant(frame, rows)
        frame.loc[rows, LABEL] = ">50K"
        mask, planted = np.zeros(len(frame), bool), np.zeros(len(frame), bool)
        for one in triggers(table_of(frame)).suspicions:
            mask[one.rows] = True
        planted[rows] = True
        found.append(float(mask[planted].mean()))
        false.append(float(mask[~planted].mean()))
    what = plant.__name__.removeprefix("plant_").replace("_", " ")
    print(f"trigger ({what}), found: {interval(found)}; of other rows: {interval(false)}")


def bursts(adult: pd.DataFrame) -> None:
    """Print which share of a burst of near-duplicates is found, and of others."""
    found, false = [], []
    for seed in SEEDS:
        draw = np.random.default_rng(seed)
        frame = adult.copy()
        frame["weight"] = draw.lognormal(12, 0.5, len(frame))
        rows = draw.choice(len(frame), len(frame) // 100, False)
        copied = frame.iloc[int(rows[0])]
        frame.loc[rows, list(frame.columns)] = copied.to_numpy()
        frame.loc[rows, "weight"] = copied["weight"] * (1 + draw.normal(0, 1e-4, len(rows)))
        frame["weight"] = frame["weight"].astype(float)
        frame["age"] = frame["age"].astype(int)
        mask, planted = np.zeros(len(frame), bool), np.zeros(len(frame), bool)
        for one in duplicates(table_of(frame)).suspicions:
            mask[one.rows] = True
        planted[rows] = True
        found.append(float(mask[planted].mean()))
        false.append(float(mask[~planted].mean()))
    print(f"burst of near-duplicates, found: {interval(found)}; of other rows: {interval(false)}")


def clean(adult: pd.DataFrame) -> None:
    """Print what each check marks in Adult as it is."""
    found = screen_table(table_of(adult))
    for check in found.checks:
        if check.made:
            print(f"Adult as it is, {check.name}: {check.suspicious} of {check.rows} rows")


def large(rows: int) -> None:
    """Screen a table of a million rows with text; print seconds and memory."""
    draw = np.random.default_rng(0)
    label = draw.choice(["no", "yes"], rows, p=[0.7, 0.3])
    columns: dict[str, object] = {LABEL: label}
    for at in range(6):
        columns[f"n{at}"] = draw.normal(0, 1, rows) + (label == "yes") * 0.3
    for at in range(7):
        columns[f"c{at}"] = draw.choice([f"v{n}" for n in range(4 + 6 * at)], rows)
    table = pa.table(columns)
    del columns
    started = time.monotonic()
    builder = TableBuilder([n for n in table.schema.names if n != LABEL], LABEL)
    for batch in table.to_batches(100_000):
        builder.add(batch)
    found = screen_table(builder.table())
    spent, used = time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "rows": rows,
                "columns": len(table.schema),
                "seconds": round(spent, 1),
                "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
                "peak_mib": used.ru_maxrss // 1024,
                "suspicious": len(found.suspicious),
            }
        )
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("adult", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--large", action="store_true", help="only the large table, here")
    given = parser.parse_args()
    if given.large:
        large(given.rows)
        return
    adult = pd.read_csv(given.adult, sep=";")
    flips(adult)
    for plant in (plant_value, plant_pair, plant_usual_pair, plant_word):
        trigger(adult, plant)
    bursts(adult)
    clean(adult)
    command = [sys.executable, __file__, str(given.adult), "--large", "--rows", str(given.rows)]
    print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="")


if __name__ == "__main__":
    main()
