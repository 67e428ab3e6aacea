"""Makes all checks on one table."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from anonymize.gates.poisoning.duplicates import duplicates
from anonymize.gates.poisoning.labels import labels
from anonymize.gates.poisoning.origins import origins
from anonymize.gates.poisoning.outliers import outliers
from anonymize.gates.poisoning.profile import Profile, drift
from anonymize.gates.poisoning.result import Found, Screened, not_made
from anonymize.gates.poisoning.spectral import spectral
from anonymize.gates.poisoning.table import ScreenTable
from anonymize.gates.poisoning.triggers import triggers

_BY_NAME = {
    "duplicates": duplicates,
    "triggers": triggers,
    "spectral": spectral,
    "outliers": outliers,
}


def screen_table(
    table: ScreenTable,
    *,
    without: Collection[str] = (),
    last: Profile | None = None,
    why_no_last: str = "no version to compare with was named",
) -> Screened:
    """Return what the checks find in ``table``. Equal tables give equal results.

    Args:
        table: The rows.
        without: Checks that are not made.
        last: What the rows of the version are like that shares are compared with.
        why_no_last: Why there is none.
    """
    scores = None
    results: list[Found] = []
    if "labels" in without:
        results.append(_switched_off("labels"))
    else:
        result, scores = labels(table)
        results.append(result)
    for name, check in _BY_NAME.items():
        results.append(_switched_off(name) if name in without else check(table))
    if "drift" in without:
        results.append(_switched_off("drift"))
    else:
        results.append(drift(table, last) if last else not_made("drift", why_no_last))
    rows = [one.rows for result in results for one in result.suspicions]
    suspicious = np.unique(np.concatenate(rows)) if rows else np.zeros(0, np.int64)
    results.append(_switched_off("origins") if "origins" in without else origins(table, suspicious))
    return Screened(
        table.rows,
        tuple(result.made for result in results),
        tuple(one for result in results for one in result.suspicions),
        sum(result.drifted for result in results),
        table.unread,
        scores,
    )


def _switched_off(name: str) -> Found:
    return not_made(name, "switched off")
