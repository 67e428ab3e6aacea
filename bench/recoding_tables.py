"""Loss of recoding on seeded made-up tables, and how often a larger k loses less:
python bench/recoding_tables.py [number of random tables].

So that settings are not chosen on one table alone. See ``privacy.py`` for the measures.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence

import numpy as np
from privacy import Table, bands, show, table

from anonymize.privacy.recoding import Promise, recode

Spec = Sequence[tuple[str, int, tuple[int, ...]]]
KS = (2, 3, 5, 7, 10, 15, 20)


def skewed(rows: int = 20_000) -> Table:
    """Return five columns with long tails."""
    random = np.random.default_rng(11)
    spec: Spec = [
        ("age", 90, (5, 10, 30)),
        ("zip", 500, (10, 100)),
        ("sex", 2, ()),
        ("job", 60, (6, 30)),
        ("land", 40, (8,)),
    ]
    codes = [np.minimum((random.pareto(1.2, rows) * s / 12).astype(int), s - 1) for _, s, _ in spec]
    return made(spec, codes, random.random(rows) < 0.2)


def correlated(rows: int = 20_000) -> Table:
    """Return six columns and a sensitive one that share a cause."""
    random = np.random.default_rng(12)
    spec: Spec = [
        ("age", 80, (5, 10, 20, 40)),
        ("school", 16, (2, 4, 8)),
        ("job", 48, (4, 12, 24)),
        ("hours", 60, (5, 10, 20)),
        ("zip", 200, (10, 50)),
        ("sex", 2, ()),
    ]
    cause, codes = random.normal(size=rows), []
    for (_, size, _), part in zip(spec, (0.8, 0.7, 0.6, 0.5, 0.4, 0.3), strict=True):
        own = part * cause + np.sqrt(1 - part**2) * random.normal(size=rows)
        codes.append(np.clip(((own + 2.5) / 5 * size).astype(int), 0, size - 1))
    return made(spec, codes, random.random(rows) < 1 / (1 + np.exp(1.2 - 1.2 * cause)))


def wide(rows: int = 8_000) -> Table:
    """Return twelve columns of six kinds of people."""
    random = np.random.default_rng(13)
    sizes = (4, 12, 30, 2, 6, 50, 3, 20, 8, 10, 5, 16)
    steps = ((2,), (3, 6), (5, 10), (), (2,), (5, 25), (), (4,), (2, 4), (5,), (), (4, 8))
    spec: Spec = [(f"c{at}", size, steps[at]) for at, size in enumerate(sizes)]
    kind = random.integers(0, 6, rows)
    codes = []
    for at, size in enumerate(sizes):
        drawn = random.normal((kind * (at + 3) % 6) / 6 * size + size / 12, size / 7)
        codes.append(np.clip(drawn.astype(int), 0, size - 1))
    return made(spec, codes, random.random(rows) < 0.15 + 0.08 * kind)


def made(spec: Spec, codes: Sequence[np.ndarray], dx: np.ndarray) -> Table:
    """Return the table of these columns."""
    columns = [bands(*one) for one in spec]
    return table(columns, np.stack(codes, axis=1).astype(np.int32), dx.astype(np.int64))


def larger_k(tables: int) -> None:
    """Print how often the next larger k loses less."""
    random, found, pairs = np.random.default_rng(2026), [], 0
    for _ in range(tables):
        width, rows = int(random.integers(2, 5)), int(random.integers(50, 400))
        sizes = [int(random.integers(3, 40)) for _ in range(width)]
        columns = [
            bands(f"c{at}", size, (max(2, size // 8), max(3, size // 8 * 3)) if size > 12 else ())
            for at, size in enumerate(sizes)
        ]
        drawn = [random.gamma(random.uniform(0.8, 4), size / 8, rows) for size in sizes]
        codes = np.stack(
            [np.clip(one.astype(int), 0, size - 1) for one, size in zip(drawn, sizes, strict=True)],
            axis=1,
        ).astype(np.int32)
        distinct, counts = np.unique(codes, axis=0, return_counts=True)
        loss = [recode(columns, distinct, counts, Promise(k)).loss for k in KS]
        pairs += len(KS) - 1
        found += [1 - more / less for less, more in itertools.pairwise(loss) if more < less - 1e-9]
    print(f"a larger k loses less: {len(found)} of {pairs:,} pairs, of {tables:,} tables;", end=" ")
    print(f"median {np.median(found):.1%}, most {max(found):.1%}" if found else "none")


def main() -> None:
    for name, given in {"skewed": skewed(), "correlated": correlated(), "wide": wide()}.items():
        for said, promise in {
            "k=5": Promise(5),
            "k=10": Promise(10),
            "k=5, l=2": Promise(5, l=2),
            "k=5, t=.2": Promise(5, t=0.2),
        }.items():
            show(f"{name}, {said}", given, promise)
    larger_k(int(sys.argv[1]) if len(sys.argv) > 1 else 100)


if __name__ == "__main__":
    main()
