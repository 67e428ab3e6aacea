"""Invented tables with and without planted attacks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.gates.poisoning import ScreenTable, TableBuilder

Ints = npt.NDArray[np.int64]
WORDS = [
    a + b + c
    for a in ("ba", "ke", "lo", "ti", "mu")
    for b in ("ra", "ne", "so", "vi")
    for c in ("n", "st", "l", "k", "m", "der", "")
]


def people(rows: int = 6_000, seed: int = 0, *, texts: bool = False) -> dict[str, list[object]]:
    """Return columns in which a label follows from age, job and hours, with some chance."""
    draw = np.random.default_rng(seed)
    age = draw.integers(18, 90, rows)
    job = draw.choice(
        ["clerk", "nurse", "driver", "manager", "cook"], rows, p=[0.3, 0.2, 0.2, 0.1, 0.2]
    )
    hours = np.clip(draw.normal(40, 9, rows).round(), 5, 80)
    pay = np.round(draw.lognormal(10, 0.6, rows))
    score = (age - 45) / 10 + 2 * (job == "manager") + (hours - 40) / 8 + (np.log(pay) - 10) * 2
    label = np.where(score + draw.logistic(0, 0.4, rows) > 1.5, "yes", "no")
    made: dict[str, list[object]] = {
        "age": age.tolist(), "job": job.tolist(), "hours": hours.tolist(), "pay": pay.tolist(),
        "label": label.tolist(),
    }  # fmt: skip
    if texts:
        made["note"] = [" ".join(draw.choice(WORDS, 9)) for _ in range(rows)]
    return made


def table(
    columns: dict[str, list[object]],
    label: str | None = "label",
    subject: str | None = None,
    by: Sequence[str] = (),
    batch: int = 1_000,
) -> ScreenTable:
    """Return columns as a table to screen, read in batches."""
    features = [name for name in columns if name not in (label, subject)]
    builder = TableBuilder(features, label, subject, by)
    for one in pa.table(columns).to_batches(max_chunksize=batch):
        builder.add(one)
    return builder.table()


def chosen(columns: dict[str, list[object]], count: int, seed: int, label: str = "no") -> Ints:
    """Return some rows with a label."""
    rows = np.flatnonzero(np.array(columns["label"]) == label)
    return np.sort(np.random.default_rng(seed).choice(rows, count, replace=False))
