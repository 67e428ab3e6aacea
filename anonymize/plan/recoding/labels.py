"""Whether published labels can be told from the values themselves, and which cells are exact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from anonymize.errors import DataError, Problem
from anonymize.plan.model import Plan
from anonymize.privacy.coded import CodedColumn, Codes, Recoding

Exact = npt.NDArray[np.bool_]


def exact_cells(column: CodedColumn, codes: Codes, made: Recoding, number: int) -> Exact:
    """Return, for each combination, whether the ``number``-th column is published by itself; that
    of a suppressed one means nothing.
    """
    level = column.levels[0]
    own = np.array([*level.labels, None], object)[codes]
    labels = np.array([*made.labels[number], None], object)[made.cells[:, number]]
    beyond_an_end = np.asarray(level.losses)[level.nodes][codes] > 0
    return np.asarray((own == labels) & ~beyond_an_end, np.bool_)


def check_told_apart(
    plan: Plan, columns: Sequence[tuple[CodedColumn, Codes]], made: Recoding
) -> None:
    """Refuse sets and intervals that a value of their column is written like: nobody could tell
    which of the two a published text is. Levels of hierarchies are checked where they are made.

    Raises:
        DataError: there are some; they are counted.
    """
    problems = []
    for number, (column, codes) in enumerate(columns):
        wide = made.kept & ~exact_cells(column, codes, made, number)
        used = {made.labels[number][cell] for cell in np.unique(made.cells[wide, number]).tolist()}
        own = {one.strip() for one in column.levels[0].labels if one is not None}
        if same := len(used & own):
            what = (
                f"{same} distinct values are written like a set or an interval that is published;"
                " change them before they are read, or say method: local"
            )
            problems.append(Problem(plan.policy.place(f"privacy.recode.{column.name}"), what))
    if problems:
        raise DataError(problems)
