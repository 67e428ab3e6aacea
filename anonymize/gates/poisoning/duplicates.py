"""Bursts of near-duplicates: far more rows alike than chance gives.

Rows are hashed on rounded numbers, on a shifted rounding, and with each column left out in turn. A
group is a burst if it is larger than a tree of the strongest dependencies between columns lets
expect (Chow and Liu, Approximating discrete probability distributions with dependence trees, 1968)
and than groups of the table are. Texts are compared by MinHash (Broder, On the resemblance and
containment of documents, 1997). If ``subject:`` is known, rows of one person count once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from anonymize.gates.poisoning.chow_liu import Tree
from anonymize.gates.poisoning.result import Found, Suspicion, found, not_made
from anonymize.gates.poisoning.table import Feature, ScreenTable
from anonymize.gates.poisoning.words import Text

NAME = "duplicates"
LEAST = 10
"""Rows of the smallest burst."""
BINS = 64
"""Bins that a column has in the tree."""
STEPS = 256
"""Steps of the range between the 1 % and the 99 % quantile that numbers are rounded to."""
OFTEN = 4.0
"""A burst is larger than this multiple of what 99 of 100 groups of the table reach."""
EXPECTED = 12.0
"""And than this multiple of the tree's expectation."""
LOG_ALPHA = float(np.log(1e-6))
NATURAL = 0.05
"""Share of texts in bursts above which the table's texts repeat by nature."""
BANDS = 4
ALIKE = 0.5
"""Jaccard similarity from which on texts are alike."""
Hashes = npt.NDArray[np.uint64]
_LEAST_COLUMNS = 3


def duplicates(table: ScreenTable) -> Found:
    """Return the rows in bursts of near-duplicates."""
    features = [one for one in table.features if one.distinct > 1]
    left_out: list[str] = []
    suspicions: list[Suspicion] = []
    if len(features) >= _LEAST_COLUMNS:
        suspicions += _of_rows(table, features)
    else:
        left_out.append(f"{len(features)} columns tell rows apart, fewer than {_LEAST_COLUMNS}")
    for text in table.texts:
        bursts, why = _of_texts(table, text)
        suspicions += bursts
        left_out += why
    if table.rows < 2 * LEAST:
        return not_made(NAME, *left_out, f"too few rows: {2 * LEAST} are needed")
    if len(features) < _LEAST_COLUMNS and not table.texts:
        return not_made(NAME, *left_out, "too few columns")
    power = (
        f"{LEAST} or more rows that agree in all columns, or all but one, with numbers within"
        f" 1/{STEPS} of their range, where fewer than one in {EXPECTED:g} of them is to be"
        " expected; not copies that differ in two columns or more"
    )
    return found(NAME, suspicions, table.rows, power, left_out)


def _of_rows(table: ScreenTable, features: list[Feature]) -> list[Suspicion]:
    tree = Tree(*zip(*(one.binned(BINS) for one in features), strict=True))
    suspicions, seen = [], np.zeros(table.rows, bool)
    for left_out, hashes in _hashings(features):
        for rows in _bursts(table, hashes, tree, left_out):
            if seen[rows].mean() > 0.5:
                continue
            seen[rows] = True
            suspicions.append(Suspicion(rows, f"duplicates: one of {len(rows)} rows alike"))
    return suspicions


def _hashings(features: list[Feature]) -> Iterator[tuple[int | None, Hashes]]:
    """Yield each way of hashing rows, with the number of the column that it leaves out."""
    for shift in (0.0, 0.5):
        parts = [_hashed(one, at, shift) for at, one in enumerate(features)]
        whole = np.zeros(len(parts[0]), np.uint64)
        for part in parts:
            whole += part
        yield None, whole
        if shift == 0.0:
            for at, part in enumerate(parts):
                yield at, whole - part
        elif all(one.numbers is None for one in features):
            return


def _hashed(one: Feature, at: int, shift: float) -> Hashes:
    """Return a hash of each row's value, rounded if it is a number."""
    codes = one.codes.astype(np.int64)
    if one.numbers is not None and one.distinct > STEPS:
        low, high = np.nanquantile(one.numbers, [0.01, 0.99])
        step = max((high - low) / STEPS, 1e-12)
        steps = np.clip((one.numbers - low) / step + shift, -(2.0**62), 2.0**62)
        codes = np.floor(np.nan_to_num(steps, nan=2.0**62)).astype(np.int64)
    return _mixed(codes.astype(np.uint64) ^ _mixed(np.full(1, at + 1, np.uint64)))


def _mixed(x: Hashes) -> Hashes:
    """Return a mix of the bits (splitmix64)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _groups(hashes: Hashes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the rows in the order of their groups, and each group's start."""
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return order, starts


def _bursts(
    table: ScreenTable, hashes: Hashes, tree: Tree, left_out: int | None
) -> Iterator[npt.NDArray[np.int64]]:
    order, starts = _groups(hashes)
    sizes = np.diff(np.append(starts, len(order)))
    usual = float(np.quantile(sizes, 0.99))
    large = np.flatnonzero(sizes >= max(LEAST, OFTEN * usual))
    if not len(large):
        return
    expected = table.rows * tree.share(order[starts[large]], left_out, sizes[large])
    log_alpha = LOG_ALPHA - np.log(len(starts))
    for group, chance in zip(large.tolist(), expected.tolist(), strict=True):
        rows = np.sort(order[starts[group] : starts[group] + sizes[group]])
        size = _people(table, rows)
        if size >= max(LEAST, OFTEN * usual) and _log_tail(size, EXPECTED * chance) < log_alpha:
            yield rows


def _people(table: ScreenTable, rows: npt.NDArray[np.int64]) -> int:
    if table.subject is None:
        return len(rows)
    mine = table.subject[rows]
    return len(np.unique(mine[mine > 0])) + int((mine == 0).sum())


def _log_tail(count: int, mean: float) -> float:
    """Return a bound of log P(at least ``count``) of a Poisson variable (Chernoff's)."""
    if count <= mean:
        return 0.0
    mean = max(mean, 1e-12)
    return float(count - mean - count * np.log(count / mean))


def _of_texts(table: ScreenTable, text: Text) -> tuple[list[Suspicion], list[str]]:
    lengths = np.diff(text.starts)
    long = np.flatnonzero(lengths >= 2 * 4)
    few = int((lengths > 0).sum()) - len(long)
    left_out = [f"{text.name}: texts of fewer than five words"] if few else []
    if len(long) < LEAST:
        return [], left_out
    part = text.take(long)
    seen, bursts = np.zeros(table.rows, bool), []
    for band in range(BANDS):
        hashes = np.zeros(len(long), np.uint64)
        for seed in (2 * band + 1, 2 * band + 2):
            mixed = _mixed(part.words.astype(np.uint64) + np.uint64(seed << 32))
            hashes = _mixed(hashes ^ np.minimum.reduceat(mixed, part.starts[:-1]))
        order, starts = _groups(hashes)
        sizes = np.diff(np.append(starts, len(order)))
        for group in np.flatnonzero(sizes >= LEAST).tolist():
            some = order[starts[group] : starts[group] + sizes[group]]
            rows = np.sort(long[_alike(part, np.sort(some))])
            if len(rows) and _people(table, rows) >= LEAST and seen[rows].mean() <= 0.5:
                bursts.append(rows)
                seen[rows] = True
    if sum(map(len, bursts)) > NATURAL * len(long):
        share = sum(map(len, bursts)) / len(long)
        left_out.append(f"{text.name}: {share:.0%} of its texts are much alike, so none is judged")
        return [], left_out
    why = f"duplicates: text of {text.name} like that of"
    return [Suspicion(rows, f"{why} {len(rows) - 1} others") for rows in bursts], left_out


def _alike(text: Text, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return those of ``rows`` that share half of their words with what most of them have."""
    part = text.take(rows)
    words, counts = np.unique(part.words, return_counts=True)
    usual = words[counts >= len(rows) / 2]
    if not len(usual):
        return rows[:0]
    mine = np.concatenate([[0], np.cumsum(np.isin(part.words, usual))])
    shared = mine[part.starts[1:]] - mine[part.starts[:-1]]
    together = np.diff(part.starts) + len(usual) - shared
    return np.asarray(rows[shared >= ALIKE * together])
