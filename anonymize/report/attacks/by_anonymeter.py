"""Singling out, linkability and inference, by the package anonymeter.

Anonymeter compares records for equality and numbers for order, so people are written in the
release's own labels first (``written.py``). Its evaluator of singling out leaves out repeated rows,
which would make every class of k people one row that is alone: so its queries and its correction
for the size of the control set are used here, and counted on all rows.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from anonymize.privacy.attacks import AttackTable, Rate, risk_of
from anonymize.report.attacks.attack import Attack
from anonymize.report.attacks.written import (
    Ints,
    chosen,
    guesses,
    people_frame,
    release_frame,
    secret_groups,
)

if TYPE_CHECKING:
    import polars as pl

_TRIES = 20
"""Random combinations that are tried for each attack that singles out: in a release in which
nobody is alone, anonymeter's ten million would take an hour.
"""
_AT_A_TIME = 1000
_MOST_COLUMNS = 3
"""Columns of a query that singles out; anonymeter's own number."""


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep back anonymeter's advice, which is about baselines that are not used here."""
    logger = logging.getLogger("anonymeter")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def singling_out(table: AttackTable, attacks: int, seed: int, columns: int) -> Attack:
    """Return how often a predicate that one published record fulfils is fulfilled by one person.

    ``columns`` is 1 for rare values of single columns, more for combinations of at most three.
    """
    import polars as pl
    from anonymeter.evaluators.singling_out_evaluator import (
        multivariate_singling_out_queries,
        univariate_singling_out_queries,
    )

    every, quasi = range(len(table.columns)), range(table.quasi)
    draw = np.random.default_rng(seed)
    release = pl.DataFrame(release_frame(table, every, table.published))
    with _quiet():
        if columns == 1:
            queries = univariate_singling_out_queries(release, attacks, draw)
        else:
            wide = min(columns, _MOST_COLUMNS, len(every))
            tries = max(_AT_A_TIME, _TRIES * attacks)
            queries = multivariate_singling_out_queries(release, attacks, wide, tries, draw)
        others = every[table.quasi :]
        source, control = (
            pl.DataFrame(people_frame(table, [quasi], others, people))
            for people in (table.source, table.control)
        )
        found = float(_alone(source, queries))
        beside = _corrected(control, queries, len(source), seed)
    rates = Rate(attacks, found), Rate(attacks, min(float(attacks), beside))
    return Attack(
        "singling out, one column" if columns == 1 else "singling out, several columns",
        tuple(column.name for column in table.columns),
        "a predicate that is true of one person alone",
        *rates,
        risk_of(*rates),
        len(queries),
    )


def _alone(frame: pl.DataFrame, queries: list[pl.Expr]) -> int:
    """Return how many of ``queries`` are true of exactly one row."""
    found = 0
    for start in range(0, len(queries), _AT_A_TIME):
        some = queries[start : start + _AT_A_TIME]
        counts = frame.select([query.sum().alias(f"q{at}") for at, query in enumerate(some)])
        found += sum(count == 1 for count in counts.row(0))
    return found


def _corrected(control: pl.DataFrame, queries: list[pl.Expr], rows: int, seed: int) -> float:
    """Return how many of ``queries`` would be true of one row in a control set of ``rows`` rows, as
    anonymeter corrects it.
    """
    import polars as pl
    from anonymeter.evaluators.singling_out_evaluator import fit_correction_term

    found = _alone(control, queries)
    if not found or len(control) == rows:
        return float(found)
    pl.set_random_seed(seed)
    try:
        model = fit_correction_term(control, queries)
        return float(found * model(rows) / model(len(control)))
    except (RuntimeError, ZeroDivisionError):  # no curve fits so few successes
        return float(found)


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
        people_frame(table, [first, second], (), chosen(rows, count, draw))
        for rows in (table.source, table.control)
    ]
    names = [f"c{at}" for at in first], [f"c{at}" for at in second]
    with _quiet():
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
        frame = people_frame(table, [quasi], (), some)
        frames.append(frame.assign(secret=_named(groups[some[:, secret]])))
    with _quiet():
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
