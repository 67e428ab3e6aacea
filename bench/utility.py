"""What a model learns from recoded rows: python bench/utility.py FOLDER [WHAT …]

FOLDER holds Adult as in ``bench/privacy.py``. A model (gradient boosting of histograms, 60
iterations, learning rate .15, five stratified folds with a fixed seed) predicts the salary class
from the eight quasi-identifiers, as ``anonymize.privacy.utility`` encodes them: ages by the mean of
what a cell covers, other columns by their group at each level. *Released* learns from released rows
and is asked about released rows; *on raw* learns from released rows and is asked about raw ones.
Rows that are suppressed count as rows of which every cell is ``*``. WHAT names lines (default all).
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from privacy import adult, made_up

from anonymize.privacy.coded import Recoding
from anonymize.privacy.recoding import Promise, recode
from anonymize.privacy.utility import Score, scores_of, utility_of
from anonymize.privacy.utility.objective import weights_for

LINES: dict[str, tuple[Promise, dict[str, Any]]] = {
    "k5": (Promise(5), {}),
    "k10": (Promise(10), {}),
    "k5-l2-best": (Promise(5, l=2), {"effort": "best"}),
    "k5-t.2": (Promise(5, t=0.2), {}),
    "k5-sets": (Promise(5), {"method": "mondrian"}),
    "k5-full-domain": (Promise(5), {"method": "hierarchy"}),
    "k5-target": (Promise(5), {"weights": True}),
    "k5-l2-best-target": (Promise(5, l=2), {"effort": "best", "weights": True}),
    "k5-t.2-target": (Promise(5, t=0.2), {"weights": True}),
}
"""Lines by name; ``weights: True`` weights columns by what they tell of the target."""


def whole(made: Recoding) -> Recoding:
    """Return ``made`` with suppressed combinations published as ``*`` in every column."""
    if made.kept.all():
        return made
    labels, cells = [], made.cells.copy()
    for at, names in enumerate(made.labels):
        names = [*names, *(["*"] if "*" not in names else [])]
        cells[~made.kept, at] = names.index("*")
        labels.append(names)
    return replace(made, cells=cells, labels=tuple(labels), kept=np.ones(len(cells), np.bool_))


def said(score: Score | None) -> str:
    return f"{score.accuracy:.4f} {score.auc:.4f}" if score and score.auc else " " * 13


def main() -> None:
    columns, codes, rows, sensitive = adult(Path(sys.argv[1]))
    of = sensitive[0]
    assert of.count is not None
    counted = of.combination, of.value.astype(float), of.count.astype(np.int64)
    print(f"{'':<20}    NCP  distr. assoc. | accuracy, AUC: released | on raw | raw")
    known = None
    for name in sys.argv[2:] or LINES:
        promise, options = LINES[name]
        if options.get("weights"):
            found = weights_for(columns, codes, of.combination, of.value, counted[2])
            options = {**options, "weights": found}
        wanted = sensitive if promise.l is not None or promise.t is not None else []
        made = recode(columns, codes, rows, promise, sensitive=wanted, **options)
        useful = utility_of(columns, codes, rows, made)
        assert useful is not None
        known = scores_of(columns, codes, rows, whole(made), *counted, "classify", known)
        print(
            f"{name:<20} {made.loss:6.4f} {useful.distribution:6.4f} {useful.association:6.4f} |"
            f" {said(known.released)} | {said(known.on_raw)} | {said(known.raw)}",
            flush=True,
        )
    given = made_up(1_000_000)
    made = recode(*given[:3], Promise(5))
    start = time.process_time()
    utility_of(*given[:3], made)
    took = time.process_time() - start
    print(f"changes of 1,000,000 rows, {len(given[2]):,} combinations, 4 columns: {took:.2f} s")
    ten(1_000_000)


def ten(rows: int) -> None:
    """Print the time of ten columns, half of them categories, of which each row is a combination
    of its own.
    """
    given = made_up(rows)
    random = np.random.default_rng(8)
    columns = [*given[0], *(replace(column, order=None) for column in given[0]), *given[0][:2]]
    codes = np.stack([random.integers(0, c.values, rows) for c in columns], axis=1).astype(np.int32)
    cells = np.stack([c.levels[1].nodes[codes[:, at]] for at, c in enumerate(columns)], axis=1)
    labels = tuple(list(column.levels[1].labels) for column in columns)
    made = Recoding(cells.astype(np.int32), labels, np.ones(rows, np.bool_))
    start = time.process_time()
    utility_of(columns, codes, np.ones(rows, np.int64), made)
    took = time.process_time() - start
    print(f"changes of {rows:,} different rows, {len(columns)} columns: {took:.2f} s")


if __name__ == "__main__":
    main()
