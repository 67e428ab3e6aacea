"""Moves of combinations between classes that lose less, with the promise kept."""

from __future__ import annotations

import numpy as np

from anonymize.privacy.coded import Floats
from anonymize.privacy.recoding.cells import Covering
from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.leftovers import classes_of
from anonymize.privacy.recoding.trees import Ints, Mask

_LEAST_GAIN = 1e-12


def insert(covering: Covering, judge: Judge, nodes: Ints, rounds: int = 20) -> Ints:
    """Return ``nodes`` with combinations in cheaper classes that cover them, where the class that
    they leave, if it is left at all, and the class that they join fulfil the promise.
    """
    number, cells = classes_of(nodes)
    if not len(cells):
        return nodes
    nodes = nodes.copy()
    loss = covering.trees.loss_of(cells)
    at, cell = covering.within(np.arange(len(number)), cells)
    refused = np.zeros(len(at), np.bool_)
    for _ in range(rounds):
        mine = number[at]
        gain = np.where(mine >= 0, loss[np.maximum(mine, 0)], 1.0) - loss[cell]
        useful = np.flatnonzero((gain > _LEAST_GAIN) & ~refused)
        if not len(useful):
            break
        best = useful[np.lexsort((cell[useful], -gain[useful], at[useful]))]
        best = best[np.concatenate([[True], at[best][1:] != at[best][:-1]])]
        tried = best[_few_per_class(judge, number, at[best], gain[best])]
        done = trial(judge, number, at[tried], cell[tried], len(cells))
        refused[tried[~done]] = True
        if not len(tried):
            break
    inside = number >= 0
    nodes[inside] = cells[number[inside]]
    return nodes


def _few_per_class(judge: Judge, number: Ints, at: Ints, gain: Floats) -> Ints:
    """Return positions of moves that leave each class with enough, best gain first; if values
    count, one move per class.
    """
    source = number[at]
    order = np.lexsort((at, -gain * judge.rows[at], source))
    source = source[order]
    if not judge.only_size:
        first = np.concatenate([[True], source[1:] != source[:-1]]) | (source < 0)
        return np.asarray(order[first], np.int64)
    sizes = np.bincount(number[number >= 0], weights=judge.size[number >= 0])
    leaving = np.cumsum(judge.size[at[order]])
    starts = np.searchsorted(source, source)
    leaving = leaving - np.concatenate([[0], leaving])[starts]
    fits = (source < 0) | (leaving <= sizes[np.maximum(source, 0)] - judge.promise.k)
    return np.asarray(order[fits], np.int64)


def trial(judge: Judge, number: Ints, at: Ints, target: Ints, classes: int) -> Mask:
    """Move combinations ``at`` to their ``target`` classes in ``number``, as far as every class
    that changes fulfils the promise or is empty; return which moves are done.
    """
    done = np.ones(len(at), np.bool_)
    source = number[at]
    while done.any():
        after = number.copy()
        after[at[done]] = target[done]
        touched = np.zeros(classes, np.bool_)
        touched[target[done]] = True
        touched[source[done & (source >= 0)]] = True
        place = np.cumsum(touched) - 1
        members = np.flatnonzero((after >= 0) & touched[np.maximum(after, 0)])
        count = int(touched.sum())
        group = place[after[members]]
        fine = judge.meets(members, group, count) | (np.bincount(group, minlength=count) == 0)
        if fine.all():
            number[:] = after
            return done
        bad = np.zeros(classes, np.bool_)
        bad[np.flatnonzero(touched)[~fine]] = True
        done &= ~(bad[target] | ((source >= 0) & bad[np.maximum(source, 0)]))
    return done
