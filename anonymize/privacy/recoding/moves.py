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


def spares(judge: Judge, nodes: Ints, rounds: int = 12) -> Mask:
    """Return which combinations their classes can do without, of those whose sensitive values are
    rarer among free combinations than in the whole table.
    """
    number, cells = classes_of(nodes)
    wanted = _wanted(judge, number < 0)
    candidates = np.flatnonzero((number >= 0) & (wanted > 0))
    order = np.lexsort((candidates, -wanted[candidates], number[candidates]))
    candidates = candidates[order]
    given = np.zeros(len(number), np.bool_)
    for _ in range(rounds):
        if not len(candidates):
            break
        source = number[candidates]
        first = np.concatenate([[True], source[1:] != source[:-1]])
        tried, of = candidates[first], source[first]
        after = number.copy()
        after[tried] = -1
        place = np.full(len(cells), -1, np.int64)
        place[of] = np.arange(len(of))
        members = np.flatnonzero((after >= 0) & (place[np.maximum(after, 0)] >= 0))
        fine = judge.meets(members, place[after[members]], len(of))
        given[tried[fine]] = True
        number[tried[fine]] = -1
        candidates = candidates[~first]
    return given


def _wanted(judge: Judge, free: Mask) -> Floats:
    """Return how much each combination has of the values that free ones lack."""
    amount = np.zeros(len(free))
    for column in judge.sensitive:
        everyone = np.flatnonzero(free)
        there, _ = column.histogram(everyone, np.zeros(len(everyone), np.int64), 1)
        lack = column.whole - (there.together() if len(everyone) else 0)
        given = column.given
        count = np.ones(len(given.value)) if given.count is None else given.count
        amount += np.bincount(
            given.combination, weights=lack[given.value] * count, minlength=len(free)
        )
    return amount
