"""Says which promise could be fulfilled if one cannot."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from anonymize.privacy.coded_measures.diversity import distinct_l, entropy_l, recursive_c
from anonymize.privacy.coded_measures.histogram import Histogram
from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.promise import Promise, RecodingError
from anonymize.privacy.recoding.trees import Trees


def impossible(trees: Trees, judge: Judge, max_suppressed: float) -> RecodingError:
    """Return the error for a promise that no recoding fulfils, with the nearest one."""
    one = np.zeros(trees.combinations, np.int64)
    everyone = np.arange(trees.combinations)
    if (trees.narrowest(one, 1)[0] < 0).any():
        return RecodingError(
            f"no recoding keeps {_said(judge.promise)} with at most {max_suppressed:.2%} of rows"
            " suppressed: a quasi-identifier has no level that holds all its values; give it a"
            " hierarchy up to one group, or let more rows be suppressed"
        )
    size = int(judge.sizes(everyone, one, 1)[0])
    promise = replace(judge.promise, k=min(judge.promise.k, size))
    for column in judge.known:
        counts, shared = column.histogram(everyone, one, 1)
        promise = _diverse(promise, counts, bool(shared[0]))
    error = RecodingError(
        f"no recoding keeps {_said(judge.promise)}: all rows as one class keep {_said(promise)}"
    )
    error.nearest = promise
    return error


def _diverse(promise: Promise, counts: Histogram, shared: bool) -> Promise:
    if promise.l is None:
        return promise
    if shared:
        return replace(promise, l=1)
    if promise.kind == "distinct":
        return replace(promise, l=min(promise.l, int(distinct_l(counts)[0])))
    if promise.kind == "entropy":
        return replace(
            promise, l=min(promise.l, math.floor(float(entropy_l(counts)[0]) * 100) / 100)
        )
    return _recursive(promise, counts)


def _recursive(promise: Promise, counts: Histogram) -> Promise:
    """Return the highest l that some c reaches, with the least such c in steps of a hundredth."""
    level = int(promise.l or 1)
    while level > 1 and not np.isfinite(least := float(recursive_c(counts, level)[0])):
        level -= 1
    if level < 2:  # a policy has no such l: it asks for nothing
        return replace(promise, l=1)
    return replace(promise, l=level, c=max(promise.c, (math.floor(least * 100) + 1) / 100))


def _said(promise: Promise) -> str:
    parts = [f"k = {promise.k}"]
    if promise.l is not None and promise.l > 1:  # a policy leaves out what asks for nothing
        parts.append(f"{promise.kind} l = {promise.l:g}")
        if promise.kind == "recursive":
            parts.append(f"c = {promise.c:g}")
    if promise.t is not None:
        parts.append(f"t = {promise.t:g}")
    return ", ".join(parts)
