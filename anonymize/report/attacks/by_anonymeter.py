"""Linkability and inference, by the package anonymeter.

Anonymeter compares records for equality and numbers for distance, so people are written in the
release's own labels first (``written.py``).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from anonymize.privacy.attacks import AttackTable, Rate, risk_of
from anonymize.report.attacks.attack import Attack
from anonymize.report.attacks.quiet import quiet
from anonymize.report.attacks.written import (
    Ints,
    chosen,
    guesses,
    people_frame,
    release_frame,
    secret_groups,
)


def linkability(table: AttackTable, attacks: int, seed: int) -> Attack | None:
    """Return how often two halves of what is known of somebody lead to one published record; None
    if there is but one column.
    """
    from anonymeter.evaluators.linkability_evaluator import LinkabilityEvaluator

    first, second = halves(table)
    if not second:
        return None
    draw, every = np.random.default_rng(seed), sorted([*first, *second])
    count = min(attacks, len(table.source), len(table.control))
    release = release_frame(table, every, chosen(table.published, len(table.published), draw))
    people = [
        people_frame(table, [first, second], chosen(rows, count, draw))
        for rows in (table.source, table.control)
    ]
    names = [f"c{at}" for at in first], [f"c{at}" for at in second]
    with quiet():
        judge: Any = LinkabilityEvaluator(
            people[0], release, names, n_attacks=count, n_neighbors=1, control=people[1]
        )
        made = judge.evaluate().results()
    rates = Rate(count, int(made.n_success)), Rate(count, int(made.n_control))
    known = [", ".join(table.columns[at].name for at in half) for half in (first, second)]
    what = "that both halves are one person's"
    return Attack("linkability", tuple(known), what, *rates, risk_of(*rates), count)


def halves(table: AttackTable) -> tuple[list[int], list[int]]:
    """Return the columns that each of two parties knows: every other quasi-identifier; with one,
    the sensitive columns are the other half.
    """
    if table.quasi > 1:
        return list(range(0, table.quasi, 2)), list(range(1, table.quasi, 2))
    return [0], list(range(1, len(table.columns)))


def inference(table: AttackTable, secret: int, attacks: int, seed: int) -> Attack:
    """Return how often who knows the quasi-identifiers of somebody guesses a sensitive value: that
    of most rows in the class that fits best.
    """
    from anonymeter.evaluators.inference_evaluator import InferenceEvaluator

    quasi, column = list(range(table.quasi)), table.columns[secret]
    draw = np.random.default_rng(seed)
    rows = chosen(table.published, len(table.published), draw)
    groups = secret_groups(column, table.published[:, secret])
    at, guessed = guesses(rows[:, quasi], groups[rows[:, secret]])
    release = release_frame(table, quasi, rows[at]).assign(secret=_named(guessed))
    frames = []
    for people in (table.source, table.control):
        some = chosen(people, attacks, draw)
        frame = people_frame(table, [quasi], some)
        frames.append(frame.assign(secret=_named(groups[some[:, secret]])))
    with quiet():
        judge: Any = InferenceEvaluator(
            frames[0], release, [f"c{one}" for one in quasi], "secret",
            n_attacks=attacks, control=frames[1],
        )  # fmt: skip
        made = judge.evaluate().results()
    rates = (
        Rate(len(frames[0]), int(made.n_success)),
        Rate(len(frames[1]), int(made.n_control)),
    )
    known = tuple(table.columns[one].name for one in quasi)
    what = f"the person's {column.name}"
    return Attack("inference", known, what, *rates, risk_of(*rates), len(frames[0]))


def _named(groups: Ints) -> list[str]:
    """Return texts: anonymeter takes numbers for quantities."""
    return [f"g{group}" for group in groups.tolist()]
