"""Takes from a cell as many combinations as are close enough together to the whole table.

A cell of which too many rows have one value still holds a class: the others, with as many of these
rows as they bear. The rest stay free and meet the value's counterparts in a wider cell. Any union
of such classes is close enough, too, so what is small may be joined later: the decomposition into
fairlets (Chierichetti, Kumar, Lattanzi, Vassilvitskii, NIPS 2017), within cells.
"""

from __future__ import annotations

import numpy as np

from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.trees import Ints, Mask

_TABLE = 1 << 22
"""Groups times values up to which rows are tabulated."""
_ROUNDS = 3
"""Values, one after another, of which a group may have too many rows."""


def trimmed(judge: Judge, members: Ints, group: Ints, groups: int) -> Mask:
    """Return which members make a class of their group's; none where no class is found.

    Args:
        judge: Judges classes; its promise has t.
        members: Combinations.
        group: The group of each.
        groups: Their number.
    """
    keep = np.ones(len(members), np.bool_)
    column = judge.sensitive[0]
    limit = judge.promise.t
    if limit is None or groups * column.values > _TABLE:
        return np.zeros(len(members), np.bool_)
    most, pure = judge.values
    for _ in range(_ROUNDS):
        at = np.flatnonzero(keep)
        counts = judge.tabulated(members[at], group[at], groups)
        total = counts.sum(axis=1)
        excess = counts / np.maximum(total, 1)[:, None] - column.whole
        worst = excess.argmax(axis=1)
        share = np.minimum(column.whole[worst] + limit, 1 - 1e-9)
        mine = counts[np.arange(groups), worst]
        drop = np.ceil(mine - share / (1 - share) * (total - mine) - 1e-9)
        spare = at[pure[members[at]] & (most[members[at]] == worst[group[at]])]
        spare = spare[np.argsort(group[spare], kind="stable")]
        weights = judge.rows[members[spare]]
        of = group[spare]
        sums = np.cumsum(weights)
        starts = np.searchsorted(of, of)
        before = sums - weights - np.concatenate([[0], sums])[starts]
        gone = before < drop[of]
        if not gone.any():
            break
        keep[spare[gone]] = False
    at = np.flatnonzero(keep)
    fine = judge.meets(members[at], group[at], groups)
    return np.asarray(keep & fine[group])
