"""One call: combinations of coded quasi-identifiers in, what is published instead out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, assert_never

import numpy as np
import numpy.typing as npt

from anonymize.privacy.coded import CodedColumn, Codes, Recoding
from anonymize.privacy.recoding.coarsen import MOST_COMBINATIONS, coarsened
from anonymize.privacy.recoding.hierarchy import full_domain
from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.local import local
from anonymize.privacy.recoding.promise import Promise, RecodingError, Sensitive
from anonymize.privacy.recoding.publish import Published, recoding_of
from anonymize.privacy.recoding.sets import sets
from anonymize.privacy.recoding.trees import Ints, Trees

Method = Literal["local", "mondrian", "hierarchy"]
Effort = Literal["quick", "best"]


def recode(
    columns: Sequence[CodedColumn],
    codes: Codes,
    rows: npt.NDArray[np.int64],
    promise: Promise,
    *,
    people: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None = None,
    sensitive: Sequence[Sensitive] = (),
    max_suppressed: float = 0.02,
    method: Method = "local",
    weights: Sequence[float] | None = None,
    effort: Effort = "quick",
    most_combinations: int | None = None,
) -> Recoding:
    """Return a recoding of which every class fulfils the promise, with little loss.

    The result does not depend on the order of combinations, nor on how values and groups are
    numbered. It is checked again, class by published label, before it is returned.

    Args:
        columns: The quasi-identifiers.
        codes: The value of each distinct combination and column, shape (combinations, columns).
        rows: Number of rows of each combination, 1 or more.
        promise: What each class fulfils.
        people: Combination and person, each pair once; then ``k`` counts distinct persons of a
            class. None counts rows.
        sensitive: The columns that l and t are about.
        max_suppressed: The highest share of all rows that may be suppressed, 0 to 1.
        method: ``local`` has levels per class, ``hierarchy`` one level per column for all rows,
            ``mondrian`` sets of values, and ranges where a column has an order.
        weights: How much each column's loss counts in the search, in any unit; equal if None. The
            reported loss has no weights.
        effort: ``best`` takes some twenty times as long.
        most_combinations: If there are more, columns are made coarser first; see `coarsened`.
            None: `MOST_COMBINATIONS`.

    Raises:
        RecodingError: no recoding fulfils the promise; it says which promise could be fulfilled.
    """
    most = MOST_COMBINATIONS if most_combinations is None else most_combinations
    coarse = coarsened(columns, codes, rows, weights, most)
    if coarse is not None:
        made = recode(
            coarse.columns,
            coarse.codes,
            coarse.summed(rows),
            promise,
            people=coarse.people(people),
            sensitive=coarse.sensitive(sensitive),
            max_suppressed=max_suppressed,
            method=method,
            weights=weights,
            effort=effort,
            most_combinations=len(coarse.codes),
        )
        return coarse.back(made)
    order, trees, judge = _prepared(columns, codes, rows, promise, people, sensitive, weights)
    if not len(codes):
        empty = np.zeros((0, len(columns)), np.int32)
        return Recoding(empty, tuple(() for _ in columns), np.zeros(0, np.bool_))
    match method:
        case "local":
            found = _local(trees, judge, max_suppressed, effort)
        case "mondrian":
            found = sets(trees, judge, max_suppressed)
        case "hierarchy":
            found = full_domain(trees, judge, max_suppressed)
        case _:
            assert_never(method)
    return recoding_of(found, judge, order, max_suppressed)


def _local(trees: Trees, judge: Judge, max_suppressed: float, effort: Effort) -> Published:
    """Return what ``local`` finds, or else one level per column for all rows: that is a local
    recoding, too, and the search for it visits other choices.
    """
    try:
        return local(trees, judge, max_suppressed, effort)
    except RecodingError as error:
        try:
            return full_domain(trees, judge, max_suppressed)
        except RecodingError:
            raise error from None


def _prepared(
    columns: Sequence[CodedColumn],
    codes: Codes,
    rows: npt.NDArray[np.int64],
    promise: Promise,
    people: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None,
    sensitive: Sequence[Sensitive],
    weights: Sequence[float] | None,
) -> tuple[Ints, Trees, Judge]:
    """Return the canonical order of combinations, and the rest in that order."""
    if not columns:
        raise RecodingError("there is no quasi-identifier to recode")
    if math.prod(len(column.levels) for column in columns) >> 62:
        raise RecodingError(
            f"{len(columns)} quasi-identifiers have more choices of levels than can be searched:"
            " list fewer, or give some fewer levels"
        )
    if (promise.l is not None or promise.t is not None) and not sensitive:
        raise RecodingError("l and t need a sensitive column")
    trees, order = Trees.of(columns, codes, weights)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    if people is not None:
        people = (place[people[0]], np.asarray(people[1], np.int64))
    judge = Judge.of(
        promise,
        np.asarray(rows, np.int64)[order],
        people,
        tuple(one.at(place) for one in sensitive),
    )
    return order, trees, judge
