"""Draws rows that have given marginals, as nearly as rows can."""

from __future__ import annotations

import secrets

import numpy as np

from anonymize.privacy.synthetic.fit import Codes, Floats, Marginals, Pair

_ROUNDS = 60
_FIRST, _LAST = 1.0, 0.1
"""What part of a cell's surplus is moved in the first round, and in the last one: less and less, so
that the pairs, which cannot all be met, settle between each other.
"""
_MOST_FITTED = 50_000
"""Rows that are fitted; more are drawn from those."""


def drawn(marginals: Marginals, rows: int) -> Codes:
    """Return ``rows`` rows of codes, shape (rows, columns), in no order.

    Columns are dealt by their shares, independently; then rows of cells that a pair has too many of
    are made into what it has too few of, pair by pair, round by round (the gradual update method of
    Zhang et al. 2021, "PrivSyn"). Depends on the marginals alone.
    """
    chance = np.random.default_rng(secrets.randbits(128))
    fitted = min(rows, _MOST_FITTED)
    columns = [_dealt(shares, fitted, chance) for shares in marginals.singles]
    made = np.stack(columns, axis=1)
    pairs = list(marginals.pairs)
    for part in np.geomspace(_FIRST, _LAST, _ROUNDS):
        for at in chance.permutation(len(pairs)):
            _move(made, pairs[at], marginals.pairs[pairs[at]], part, chance)
    if rows > fitted:
        whole, rest = divmod(rows, fitted)
        more = chance.choice(fitted, rest, replace=False)
        made = np.concatenate([np.tile(made, (whole, 1)), made[more]])
    return made[chance.permutation(rows)]


def _move(
    made: Codes, pair: Pair, shares: Floats, part: float, chance: np.random.Generator
) -> None:
    """Move rows from a pair's cells with too many to those with too few. Half of a cell's new rows
    are copies of rows that are in it, which keeps what they have in common otherwise; the rest
    change only the two columns.
    """
    first, second = pair
    size = shares.shape[1]
    cells = made[:, first] * size + made[:, second]
    counts = np.bincount(cells, minlength=shares.size)
    wanted = shares.ravel() * len(made)
    surplus = _rounded(np.maximum(counts - wanted, 0) * part, chance)
    lacking = np.maximum(wanted - counts, 0)
    if not surplus.sum() or not lacking.sum():
        return
    order = np.lexsort((chance.random(len(cells)), cells))
    starts = np.cumsum(counts) - counts
    in_cell = np.arange(len(order)) - starts[cells[order]]
    free = chance.permutation(order[in_cell < surplus[cells[order]]])
    given = _dealt(lacking / lacking.sum(), len(free), chance)
    copied = (chance.random(len(free)) < 0.5) & (counts[given] > surplus[given])
    # of a cell with too few no row is moved, so that its rows can be copied from where they are
    places = starts[given[copied]] + chance.integers(0, counts[given[copied]])
    made[free[copied]] = made[order[places]]
    changed = free[~copied]
    made[changed, first], made[changed, second] = np.divmod(given[~copied], size)


def _rounded(numbers: Floats, chance: np.random.Generator) -> Codes:
    whole: Codes = np.floor(numbers + chance.random(numbers.shape)).astype(np.int64)
    return whole


def _dealt(shares: Floats, rows: int, chance: np.random.Generator) -> Codes:
    """Return ``rows`` values in a random order: each as often as its share says, rounded at
    random.
    """
    exact = shares / shares.sum() * rows
    counts = np.floor(exact).astype(np.int64)
    left = rows - int(counts.sum())
    if left > 0:
        rest = exact - counts
        weights = rest / rest.sum() if rest.sum() > 0 else np.full(len(rest), 1 / len(rest))
        counts += chance.multinomial(left, weights)
    return chance.permutation(np.repeat(np.arange(len(shares)), counts))
