"""Singling out, with the predicates that anonymeter makes of a release.

Anonymeter's own evaluator leaves out repeated rows, which would make every class of k people one
row that is alone, and compares labels for equality. So predicates are counted here, on all rows and
by what each label covers: "age is 30–34" is true of everybody of 30 to 34 years. Its correction for
the size of the control set fits a curve to samples of 1,000 rows and more, so with fewer it is
fitted to one size; `alone` is ours.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from anonymize.privacy.attacks import AttackColumn, AttackTable, Rate, risk_of
from anonymize.privacy.attacks.alone import alone, control_rate
from anonymize.report.attacks.attack import Attack
from anonymize.report.attacks.quiet import quiet

if TYPE_CHECKING:
    import polars as pl

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_TRIES = 20
"""Random combinations that are tried for each attack that singles out: in a release in which
nobody is alone, anonymeter's ten million would take an hour.
"""
_LEAST_TRIES = 1000
_MOST_COLUMNS = 3
"""Columns of a predicate; anonymeter's own number."""
_TERM = re.compile(r'\(col\("c(\d+)"\)\) (==|>=|<=) \((?:dyn int: |")?(\d+)"?\)')


def singling_out(table: AttackTable, attacks: int, seed: int, columns: int) -> Attack:
    """Return how often a predicate that one published record fulfils is fulfilled by one person.

    ``columns`` is 1 for rare values of single columns, more for combinations of at most three.
    """
    import polars as pl
    from anonymeter.evaluators.singling_out_evaluator import (
        multivariate_singling_out_queries,
        univariate_singling_out_queries,
    )

    draw, every = np.random.default_rng(seed), table.columns
    release = pl.DataFrame(
        {f"c{at}": _coded(column, table.published[:, at]) for at, column in enumerate(every)}
    )
    with quiet():
        if columns == 1:
            queries = univariate_singling_out_queries(release, attacks, draw)
        else:
            wide, tries = min(columns, _MOST_COLUMNS, len(every)), _TRIES * attacks
            queries = multivariate_singling_out_queries(
                release, attacks, wide, max(_LEAST_TRIES, tries), draw
            )
    terms = [_terms(query) for query in queries]
    found = sum(_fulfilling(table, one, table.source).sum() == 1 for one in terms)
    counts = np.array([_fulfilling(table, one, table.control).sum() for one in terms], np.int64)
    sizes = len(table.control), len(table.source)
    rates = (
        Rate(attacks, float(found)),
        control_rate(alone(counts, *sizes), attacks, *sizes),
    )
    return Attack(
        "singling out, one column" if columns == 1 else "singling out, several columns",
        tuple(column.name for column in every),
        "a predicate that is true of one person alone",
        *rates,
        risk_of(*rates),
        len(queries),
    )


def _coded(column: AttackColumn, codes: Ints) -> list[Any]:
    """Return what anonymeter makes predicates of: ranks of numbers, and codes of labels as text."""
    if column.numbers is not None:
        return list(_ranks(column)[codes].tolist())
    return [str(code) for code in codes.tolist()]


def _ranks(column: AttackColumn) -> Ints:
    """Return the rank of each code's number."""
    numbers = np.zeros(0) if column.numbers is None else column.numbers
    return np.unique(numbers, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _terms(query: pl.Expr) -> list[tuple[int, str, int]]:
    """Return the column, comparison and code (or rank) of each part of a predicate.

    Raises:
        AssertionError: polars writes predicates in another way.
    """
    found = _TERM.findall(str(query))
    if len(found) != len(query.meta.root_names()):
        raise AssertionError("internal error: a predicate is written in an unknown way")
    return [(int(column), comparison, int(code)) for column, comparison, code in found]


def _fulfilling(table: AttackTable, terms: list[tuple[int, str, int]], people: Ints) -> Mask:
    """Return of which of ``people`` all ``terms`` are true, shape (people,)."""
    fulfilled = np.ones(len(people), np.bool_)
    for at, comparison, code in terms:
        column, values = table.columns[at], people[:, at]
        if column.numbers is None:
            known = column.covering(np.array([code]), np.arange(len(column.values)))[0]
        else:
            ranks = _ranks(column)
            known = {"==": ranks == code, ">=": ranks >= code, "<=": ranks <= code}[comparison]
        fulfilled &= known[values]
    return fulfilled
