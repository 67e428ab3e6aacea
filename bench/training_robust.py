"""Attacks on a classifier, and training against them: python bench/training_robust.py FOLDER

FOLDER holds ``adult.csv`` as in ``bench/privacy.py``. Gradient boosting of histograms predicts the
salary class from 6,000 rows of it; 300 others are attacked. An attacker states an age up to five
years off and swaps the work class, the occupation, the education or the marital status, two of
these. Then labels are flipped (5 %) and a trigger is planted (1 %), and the screen looks at all
6,000. Means over five seeds with 95 % intervals. ``examples/train_robust.py`` measures texts.
"""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from threadpoolctl import threadpool_limits

from anonymize.gates.poisoning import TableBuilder, screen_table
from anonymize.readers.robust import (
    Interval,
    Reach,
    Search,
    TableChanges,
    attack,
    flip_labels,
    plant_trigger,
    split_apart,
    train_robustly,
)

LABEL, SWAPPED = "salary-class", ["workclass", "occupation", "education", "marital-status"]
ROWS, ATTACKED, SEEDS = 6_000, 300, 5


def model() -> Any:
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = make_column_transformer((codes, [*SWAPPED, "sex", "race"]), ("passthrough", ["age"]))
    return make_pipeline(columns, HistGradientBoostingClassifier(max_iter=60, random_state=0))


def suspicious(rows: pa.Table, labels: Any) -> Any:
    builder = TableBuilder(rows.schema.names, LABEL)
    for batch in rows.append_column(LABEL, pa.array(labels.tolist())).to_batches():
        builder.add(batch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return screen_table(builder.table()).suspicious


def main() -> None:
    table = pc.read_csv(
        Path(sys.argv[1]) / "adult.csv", parse_options=pc.ParseOptions(delimiter=";")
    )
    labels, rows = table[LABEL].to_numpy(), table.drop_columns([LABEL])
    whole = pa.array([repr(row) for row in rows.to_pylist()])
    swaps = {name: sorted(set(rows[name].to_pylist())) for name in SWAPPED}
    changes = TableChanges({"age": Reach(5, least=17, most=90)}, swaps, most=2)
    found: dict[str, list[float]] = {}

    def note(what: str, value: float) -> None:
        found.setdefault(what, []).append(value)

    start = time.process_time()
    for seed in range(SEEDS):
        learn, measure = split_apart(whole, seed=seed)  # equal rows are on one side
        draw = np.random.default_rng(seed)
        learn, measure = draw.permutation(learn)[:ROWS], draw.permutation(measure)[:ATTACKED]
        some, said = rows.take(learn), labels[learn]
        plain = model().fit(changes.given(some), said)
        search = Search("greedy", seed=seed)
        robust = train_robustly(model, changes, some, said, search=search).model
        for name, one in (("as it is", plain), ("adversarial training", robust)):
            hard = Search("greedy", 16, seed=1000 + seed)
            made = attack(one, changes, rows.take(measure), labels[measure], hard)
            note(f"{name}: accuracy", made.accuracy_before)
            note(f"{name}: attacked", made.accuracy)
        trigger = {"age": 88, "occupation": "Armed-Forces"}
        for what, bad in (
            ("5 % flipped", flip_labels(some, said, 0.05, seed)),
            ("1 % triggers", plant_trigger(some, said, trigger, ">50K", 0.01, seed)),
        ):
            saw = suspicious(bad.rows, bad.labels)
            note(f"{what}: found", float(np.isin(bad.at, saw).mean()))
            others = len(np.setdiff1d(saw, bad.at)) / (len(said) - len(bad.at))
            note(f"{what}: false alarms", others)
    for what, values in found.items():
        print(f"{what:<32} {Interval.of(values)}")
    print(f"{time.process_time() - start:.0f} processor seconds")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
