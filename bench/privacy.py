"""Loss and speed of recoding: python bench/privacy.py [folder of Adult's files].

The folder holds ``adult.csv`` and ``adult_hierarchy_*.csv`` as the ARX project ships them (UCI
Adult, CC BY 4.0; semicolons; value, level 1, level 2, …). Without it only speed on made-up rows is
measured. Loss is NCP: mean over rows and columns of (leaves - 1) / (all leaves - 1), where a
suppressed row counts 1 a cell. Time is processor time of one thread.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from anonymize.privacy.coded import CodedColumn, Level
from anonymize.privacy.coded_measures import (
    Histogram,
    class_sizes,
    classes_of,
    distinct_l,
    entropy_l,
    equal_distance,
)
from anonymize.privacy.recoding import Promise, Sensitive, recode

NAMES = (
    "sex age race marital-status education native-country workclass occupation".split()  # noqa: SIM905
)
SENSITIVE = "salary-class"
Table = tuple[list[CodedColumn], np.ndarray, np.ndarray, list[Sensitive]]


def hierarchy(file: Path, name: str, values: Sequence[str]) -> CodedColumn:
    """Return the column of ``values`` with the hierarchy in ``file``."""
    with file.open(encoding="utf-8") as lines:
        paths = {line[0]: line for line in csv.reader(lines, delimiter=";") if line}
    levels = []
    for at in range(len(next(iter(paths.values())))):
        leaves = Counter(path[at] for path in paths.values())
        labels = list(values) if at == 0 else sorted({paths[value][at] for value in values})
        place = {label: number for number, label in enumerate(labels)}
        nodes = np.array([place[paths[value][at]] for value in values], np.int32)
        losses = np.array([(leaves[label] - 1) / (len(paths) - 1) for label in labels])
        levels.append(Level(nodes, labels, losses))
    order = np.arange(len(values), dtype=float) if values[0].isdigit() else None
    return CodedColumn(name, tuple(levels), order)


def adult(folder: Path) -> Table:
    """Return Adult's columns, distinct combinations, their rows, and its sensitive column."""
    with (folder / "adult.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    columns, codes = [], []
    for name in NAMES:
        values = sorted({row[name] for row in rows})
        columns.append(hierarchy(folder / f"adult_hierarchy_{name}.csv", name, values))
        place = {value: number for number, value in enumerate(values)}
        codes.append(np.array([place[row[name]] for row in rows], np.int32))
    dx = np.array([row[SENSITIVE] == ">50K" for row in rows], np.int64)
    return table(columns, np.stack(codes, axis=1), dx)


def made_up(rows: int) -> Table:
    """Return ``rows`` rows of four columns with hierarchies, skewed as people are."""
    random = np.random.default_rng(7)
    sizes, widths = (90, 900, 2, 60), ((5, 10, 30), (10, 100), (), (6, 30))
    columns, codes = [], []
    for name, size, steps in zip(("age", "zip", "sex", "job"), sizes, widths, strict=True):
        columns.append(bands(name, size, steps))
        codes.append(np.minimum(random.gamma(2.0, size / 6, rows), size - 1).astype(np.int32))
    return table(columns, np.stack(codes, axis=1), random.integers(0, 10, rows))


def bands(name: str, size: int, widths: Sequence[int]) -> CodedColumn:
    """Return ``size`` numbers in bands of ``widths``."""
    levels = []
    for width in (1, *widths, size):
        nodes = (np.arange(size) // width).astype(np.int32)
        labels = [f"{width}:{at}" for at in range(int(nodes.max()) + 1)]
        levels.append(Level(nodes, labels, (np.bincount(nodes) - 1) / (size - 1)))
    return CodedColumn(name, tuple(levels), np.arange(size, dtype=float))


def table(columns: list[CodedColumn], codes: np.ndarray, dx: np.ndarray) -> Table:
    """Return the distinct combinations of ``codes``."""
    key = np.zeros(len(codes), np.int64)
    for at, column in enumerate(columns):
        key = key * column.values + codes[:, at]
    _, first, where, rows = np.unique(
        key, return_index=True, return_inverse=True, return_counts=True
    )
    values = int(dx.max()) + 1
    pairs, counts = np.unique(where * values + dx, return_counts=True)
    sensitive = Sensitive(pairs // values, pairs % values, counts.astype(float), name=SENSITIVE)
    return columns, codes[first], rows, [sensitive]


def show(what: str, given: Table, promise: Promise, **options: Any) -> None:
    """Print loss, suppressed rows and time of one recoding."""
    columns, codes, rows, sensitive = given
    wanted = sensitive if promise.l is not None or promise.t is not None else []
    start = time.process_time()
    made = recode(columns, codes, rows, promise, sensitive=wanted, **options)
    took = time.process_time() - start
    print(f"{what:<44} {made.loss:8.4f} {made.suppressed:>8,} rows {took:8.2f} s", flush=True)


def main() -> None:
    if len(sys.argv) > 1:
        given = adult(Path(sys.argv[1]))
        print(
            f"Adult, {given[2].sum():,} rows, {len(given[2]):,} combinations: NCP, suppressed, time"
        )
        for effort in ("quick", "best"):
            for k in (5, 10):
                show(f"local {effort}, k={k}", given, Promise(k), effort=effort)
            show(f"local {effort}, k=5, l=2", given, Promise(5, l=2), effort=effort)
            show(f"local {effort}, k=5, t=.2", given, Promise(5, t=0.2), effort=effort)
        for said, promise in {
            "k=5": Promise(5),
            "k=10": Promise(10),
            "k=5, l=2": Promise(5, l=2),
            "k=5, t=.2": Promise(5, t=0.2),
        }.items():
            show(f"sets and ranges, {said}", given, promise, method="mondrian")
        show("full domain, k=5", given, Promise(5), method="hierarchy")
    given = made_up(1_000_000)
    print(f"made up, {given[2].sum():,} rows, {len(given[2]):,} combinations")
    show("local quick, k=5", given, Promise(5))
    show("sets and ranges, k=5", given, Promise(5), method="mondrian")
    measures(1_000_000)


def measures(rows: int) -> None:
    """Print the time of k, l and t of made-up rows."""
    random = np.random.default_rng(7)
    columns = [random.integers(0, size, rows) for size in (90, 300, 2, 10)]
    value = random.integers(0, 50, rows)
    start = time.process_time()
    group, groups = classes_of(columns)
    sizes = class_sizes(group, groups)
    counts = Histogram.of(group, value, groups=groups, values=50)
    found = (sizes.min(), distinct_l(counts).min(), entropy_l(counts).min())
    distance = equal_distance(counts, counts.together()).max()
    took = time.process_time() - start
    print(f"k, l, t of {rows:,} rows, {groups:,} classes: {found}, {distance:.2f}  {took:.2f} s")


if __name__ == "__main__":
    main()
