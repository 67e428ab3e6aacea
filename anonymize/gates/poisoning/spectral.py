"""Rows of one label that point in a direction which rows of other labels do not take.

Rows are hashed to vectors by random signs per value; per label the direction with the largest
variance relative to that of all other rows is found, and rows far out on it are suspicious: farther
than any row of another label by a margin. After B. Tran, J. Li and A. Madry, Spectral signatures in
backdoor attacks, NeurIPS 2018, on raw features instead of learned ones, and whitened by the other
labels so that what is natural cancels.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from anonymize.gates.poisoning.evidence import Evidence
from anonymize.gates.poisoning.result import Found, Suspicion, found, not_made
from anonymize.gates.poisoning.table import ScreenTable

NAME = "spectral"
WIDTH = 64
LEAST = 10
LEAST_ROWS = 500
MARGIN = 1.5
"""Suspicious is what lies this many times farther out than 99.99 of 100 rows of other labels."""
RIDGE = 0.05
_AT_ONCE = 100_000
Floats = npt.NDArray[np.float32]


def spectral(table: ScreenTable) -> Found:
    """Return rows of one label in a direction of their own, where the rest of the row does not tell
    the label.
    """
    if why := table.label_why_not:
        return not_made(NAME, why)
    label = table.label
    if table.rows < LEAST_ROWS or label is None or not (table.features or table.texts):
        return not_made(NAME, f"too few rows: {LEAST_ROWS} are needed")
    vectors = _vectors(table)
    evidence = Evidence(table)
    suspicions: list[Suspicion] = []
    left_out: list[str] = []
    for code in range(1, label.distinct):
        mine = label.codes == code
        if not LEAST_ROWS // 5 <= mine.sum() <= table.rows - LEAST_ROWS // 5:
            left_out.append("a label that too few rows have, or all but too few")
            continue
        rows = _apart(vectors, mine)
        if len(rows) < LEAST:
            continue
        rest = evidence.rest(code, evidence.constant(rows))
        if rest[rows].mean() <= evidence.base[code]:
            why = f"spectral: one of {len(rows)} rows of one label in a direction of their own"
            suspicions.append(Suspicion(rows, why))
    power = (
        f"{LEAST} or more rows that share a pattern that no other label's rows have, in {WIDTH}"
        " hashed dimensions; patterns of a few columns among many hardly show there"
    )
    return found(NAME, suspicions, table.rows, power, left_out)


def _vectors(table: ScreenTable) -> Floats:
    """Return each row's hashed vector, shape (rows, `WIDTH`); equal seeds, so equal in every
    run.
    """
    draw = np.random.default_rng(20)
    made = np.zeros((table.rows, WIDTH), np.float32)
    for one in table.features:
        codes, size = one.binned(1_024)
        signs = draw.choice(np.array([-1, 1], np.int8), (size, WIDTH)).astype(np.float32)
        made += signs[codes]
    for text in table.texts:
        signs = draw.choice(np.array([-1, 1], np.int8), (4_096, WIDTH)).astype(np.float32)
        lengths = np.diff(text.starts)
        for start in range(0, table.rows, _AT_ONCE):
            end = min(start + _AT_ONCE, table.rows)
            words = text.words[text.starts[start] : text.starts[end]] % 4_096
            whole = np.zeros((len(words) + 1, WIDTH), np.float32)
            np.cumsum(signs[words], axis=0, out=whole[1:])
            at = text.starts[start : end + 1] - text.starts[start]
            length = np.sqrt(np.maximum(1, lengths[start:end]))[:, None]
            made[start:end] += (whole[at[1:]] - whole[at[:-1]]) / length
    return made


def _apart(vectors: Floats, mine: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return the rows of ``mine`` that lie far out where no other row does."""
    others = vectors[~mine]
    centre = others.mean(axis=0)
    spread = np.cov(others, rowvar=False) + RIDGE * np.eye(WIDTH) * others.var()
    root = np.linalg.inv(np.linalg.cholesky(spread)).astype(np.float32)
    white = (vectors - centre) @ root.T
    _, directions = np.linalg.eigh(np.cov(white[mine], rowvar=False))
    found_rows = [np.zeros(0, np.int64)]
    for direction in _strongest(directions):
        along = white @ direction
        along -= np.median(along[mine])
        for side in (along, -along):
            limit = MARGIN * float(np.quantile(side[~mine], 0.9999))
            found_rows.append(np.flatnonzero(mine & (side > max(limit, 1e-6))))
    return np.unique(np.concatenate(found_rows))


def _strongest(directions: npt.NDArray[np.float64]) -> Iterator[npt.NDArray[np.float64]]:
    yield directions[:, -1]
