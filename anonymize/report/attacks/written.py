"""The release and people as anonymeter takes them: data frames of labels and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anonymize.privacy.attacks import AttackColumn, AttackTable, written_as_published

if TYPE_CHECKING:
    import pandas as pd

Ints = npt.NDArray[np.int64]

MISSING = "(missing)"
"""How null is written: anonymeter's comparisons never find null equal to null."""
_GROUPS = 20
"""Groups of equally many published records by which a guess of a number is right or wrong."""


def chosen(rows: Ints, count: int, draw: np.random.Generator) -> Ints:
    """Return ``count`` different ones of ``rows``, drawn at random; all if there are no more."""
    return rows[draw.permutation(len(rows))[:count]]


def release_frame(table: AttackTable, columns: Sequence[int], rows: Ints) -> pd.DataFrame:
    """Return published ``rows`` as a frame of these columns, called c0, c1, …"""
    import pandas as pd

    return pd.DataFrame(
        {f"c{at}": _cells(table.columns[at], rows[:, at], published=True) for at in columns}
    )


def people_frame(table: AttackTable, known: Sequence[Sequence[int]], people: Ints) -> pd.DataFrame:
    """Return people's rows, written in the release's labels.

    Args:
        table: The release.
        known: Lists of columns; those of one list are known together, so that the class that
            covers them all is looked for.
        people: Codes of the people's values.
    """
    import pandas as pd

    made: dict[str, npt.NDArray[np.object_]] = {}
    for together in known:
        columns = [table.columns[at] for at in together]
        texts = written_as_published(columns, table.published[:, together], people[:, together])
        for at, column, text in zip(together, columns, texts, strict=True):
            made[f"c{at}"] = (
                _texts(text)
                if column.numbers is None
                else _cells(column, people[:, at], published=False)
            )
    return pd.DataFrame({name: made[name] for name in sorted(made)})


def _cells(column: AttackColumn, codes: Ints, *, published: bool) -> npt.NDArray[np.object_]:
    if column.numbers is not None:
        return column.numbers[codes]  # type: ignore[return-value]
    known = column.labels if published else column.values
    return _texts(np.array([*known, None], object)[codes])


def _texts(texts: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    missing = np.array([text is None for text in texts.tolist()], np.bool_)
    return np.where(missing, MISSING, texts)


def secret_groups(column: AttackColumn, published: Ints) -> Ints:
    """Return the group of each code, by which a guess is right or wrong: the value itself, or for
    numbers of more than 20 values one of 20 groups of equally many published records.
    """
    codes = np.arange(len(column.values))
    if column.numbers is None or len(codes) <= _GROUPS:
        return codes
    edges = np.quantile(column.numbers[published], np.linspace(0, 1, _GROUPS + 1)[1:-1])
    return np.searchsorted(edges, column.numbers, "right")


def guesses(classes: Ints, secrets: Ints) -> tuple[Ints, Ints]:
    """Return the row of each distinct class, and the secret that most of its rows have: what an
    attacker guesses of somebody whose class it is. The least one of those equally frequent.
    """
    _, first, number = np.unique(classes, axis=0, return_index=True, return_inverse=True)
    pairs, counts = np.unique(
        np.stack([number.reshape(-1), secrets], axis=1), axis=0, return_counts=True
    )
    order = np.lexsort((pairs[:, 1], -counts, pairs[:, 0]))
    best = order[np.unique(pairs[order, 0], return_index=True)[1]]
    return first, pairs[best, 1]
