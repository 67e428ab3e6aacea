"""Differential privacy, measured: python bench/aggregates.py FOLDER.

The folder holds ``adult.csv`` as the ARX project ships it (UCI Adult, CC BY 4.0; semicolons).
Prints how often intervals hold in 1,000 releases, the error of counts beside OpenDP called
directly, the error of two-way marginals of synthetic rows beside noise on every pair, and how well
an attacker who knows whole records tells members from others by their nearest synthetic row. Times
are processor seconds.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from statistics import mean

import numpy as np

from anonymize.privacy.differential import bounded, counts, means, sums
from anonymize.privacy.differential.mechanisms import noisy, scale_of
from anonymize.privacy.synthetic import drawn, fitted
from anonymize.privacy.synthetic.fit import shares_of

NAMES = (
    "sex race marital-status education native-country workclass occupation salary-class".split()  # noqa: SIM905
)
REPEATS = 5


def adult(folder: Path) -> tuple[np.ndarray, list[int]]:
    """Return Adult as codes, and the number of values of each column; ages in tens of years."""
    with (folder / "adult.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    codes = [np.array([int(row["age"]) // 10 for row in rows])]
    for name in NAMES:
        codes.append(np.unique([row[name] for row in rows], return_inverse=True)[1])
    table = np.stack(codes, axis=1).astype(np.int64)
    return table, [int(column.max()) + 1 for column in table.T]


def marginal(table: np.ndarray, a: int, b: int, sizes: list[int]) -> np.ndarray:
    """Return the shares of a pair of columns."""
    flat = np.bincount(table[:, a] * sizes[b] + table[:, b], minlength=sizes[a] * sizes[b])
    return flat / max(1, len(table))


def coverage() -> None:
    """Print how often the stated intervals hold."""
    chance = np.random.default_rng(5)
    codes, values = chance.integers(0, 4, 2_000), chance.normal(50, 20, 2_000)
    clipped = np.clip(values, 0, 100)
    true_sums = np.bincount(codes, clipped)
    true = np.bincount(codes)
    held = dict.fromkeys(("counts", "sums", "means"), 0)
    for _ in range(1_000):
        for name, made, right in (
            ("counts", counts(true, 2, 1, 0.5), true),
            ("sums", sums(codes, values, 4, (0, 100), (2, 1), 0.5, whole=False), true_sums),
            ("means", means(codes, values, 4, (0, 100), (2, 1), 0.5), true_sums / true),
        ):
            ends = zip(made.low, right, made.high, strict=True)
            held[name] += sum(low <= one <= high for low, one, high in ends)  # type: ignore[operator]
    print("intervals hold:", {name: f"{count / 4_000:.3f}" for name, count in held.items()})


def beside_opendp() -> None:
    """Print the mean error of counts beside OpenDP's own Laplace mechanism at the same ε."""
    from opendp.domains import atom_domain, vector_domain
    from opendp.measurements import make_laplace
    from opendp.metrics import l1_distance

    true = [1_000] * 200_000
    space = vector_domain(atom_domain(T="i64")), l1_distance(T="i64")
    theirs = mean(abs(one - 1_000) for one in make_laplace(*space, scale=2 / 0.5)(true))
    made = counts(np.array(true), 2, 1, 0.5).values
    ours = mean(abs((one or 0) - 1_000) for one in made)
    print(f"mean error of a count: {ours:.3f}, OpenDP directly {theirs:.3f}")


def synthetic(table: np.ndarray, sizes: list[int], epsilon: float) -> None:
    """Print the mean error of two-way marginals, and an attacker's AUC."""
    pairs = list(combinations(range(len(sizes)), 2))
    ours, theirs, attack = list[float](), list[float](), list[float]()
    for repeat in range(REPEATS):
        order = np.random.default_rng(repeat).permutation(len(table))
        inside, outside = table[order[: len(table) // 2]], table[order[len(table) // 2 :]]
        made = drawn(fitted(table, sizes, 1, epsilon), len(table))
        ours.append(mean(_apart(marginal(made, a, b, sizes), table, a, b, sizes) for a, b in pairs))
        scale = scale_of(1, epsilon / len(pairs))
        direct = []
        for a, b in pairs:
            found = marginal(table, a, b, sizes) * len(table)
            noise = np.array(noisy(found.round().astype(int).tolist(), scale), float)
            direct.append(_apart(shares_of(noise, len(table)), table, a, b, sizes))
        theirs.append(mean(direct))
        half = drawn(fitted(inside, sizes, 1, epsilon), len(inside))
        attack.append(_auc(*(_nearest(who[:1_000], half) for who in (inside, outside))))
    print(
        f"ε = {epsilon}: two-way error {_spread(ours)}, noise on every pair {_spread(theirs)};"
        f" attacker's AUC {_spread(attack)}"
    )


def _apart(found: np.ndarray, table: np.ndarray, a: int, b: int, sizes: list[int]) -> float:
    return float(np.abs(found - marginal(table, a, b, sizes)).sum() / 2)


def _nearest(people: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return in how many columns each person's nearest row differs."""
    return np.array([(rows != person).sum(axis=1).min() for person in people])


def _auc(inside: np.ndarray, outside: np.ndarray) -> float:
    nearer = (inside[:, None] < outside[None, :]).mean()
    return float(nearer + (inside[:, None] == outside[None, :]).mean() / 2)


def _spread(found: list[float]) -> str:
    return f"{mean(found):.4f} ({min(found):.4f}-{max(found):.4f})"


def timed(what: str, work: Callable[[], object]) -> None:
    """Print processor seconds."""
    start = time.process_time()
    work()
    print(f"{what}: {time.process_time() - start:.2f} s")


def main() -> None:
    """Run all."""
    coverage()
    beside_opendp()
    if len(sys.argv) > 1:
        table, sizes = adult(Path(sys.argv[1]))
        for epsilon in (0.3, 1.0, 3.0):
            synthetic(table, sizes, epsilon)
        timed("synthetic Adult", lambda: drawn(fitted(table, sizes, 1, 1.0), len(table)))
    chance = np.random.default_rng(2)
    people, groups = chance.integers(0, 300_000, 1_000_000), chance.integers(0, 50, 1_000_000)
    timed("bounding a million rows", lambda: bounded(people, groups, 2, 3))


if __name__ == "__main__":
    main()
