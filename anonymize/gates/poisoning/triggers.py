"""Trigger values, pairs of values, words and pairs of words: rare, and bound to one label although
the rest of their rows does not say so.

A pattern is tested against the share of the label that the rest of the rows gives
(`Evidence.rest`), by a binomial tail, with Bonferroni's correction for all patterns that were
tried. A rare value that goes with a label in rows that are like that label's anyway is not a
trigger (an unusual income of people with unusual jobs); one planted on rows of any kind is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from anonymize.gates.poisoning.evidence import Evidence, Floats, tail
from anonymize.gates.poisoning.result import Found, Suspicion, found, not_made
from anonymize.gates.poisoning.table import ScreenTable, pairs
from anonymize.gates.poisoning.words import BUCKETS, Text

NAME = "triggers"
ALPHA = 1e-3
"""Probability of any false finding among all patterns, if the rest tells the label's share."""
LEAST = 8
"""Rows of the smallest pattern that is tried."""
PURE = 0.9
"""Share of a pattern's rows with one label from which on it is bound to it."""
RARE = 0.05
"""Share of the rows above which a pattern is no rare one."""
SURPRISE = 1.0
"""The rest of the rows must give the label no more than this multiple of its share in all rows."""
SURPRISE_OF_FREQUENT = 0.9
"""The same for a label of more than half of the rows, to which natural pairs are bound easily."""
MOST_PAIRS = 1 << 22
MOST_CANDIDATES = 2_000
MOST_WIDER = 60
"""Times that further columns are left out: each takes a pass over the rows."""
_FEW = 300


@dataclass
class _Tried:
    """What was tried, and found."""

    patterns: int = 0
    suspicions: list[Suspicion] = field(default_factory=list)
    natural: int = 0
    over: int = 0
    wider: int = 0


def triggers(table: ScreenTable) -> Found:
    """Return the rows of patterns that are bound to a label."""
    if why := table.label_why_not:
        return not_made(NAME, why)
    if table.rows < 4 * LEAST:
        return not_made(NAME, f"too few rows: {4 * LEAST} are needed")
    evidence, tried = Evidence(table), _Tried()
    seen = np.zeros(table.rows, bool)
    values = [_values(table, evidence, tried, at) for at in range(len(table.features))]
    log_alpha = np.log(ALPHA) - np.log(max(1, tried.patterns) * 20)
    for at, candidates in enumerate(values):
        name = table.features[at].name
        for rows, _ in _surprising(evidence, candidates, (at,), log_alpha, tried):
            seen[rows] = True
            why = f"trigger: one value of {name} in {len(rows)} rows, bound to one label"
            tried.suspicions.append(Suspicion(rows, why))
    for one, other in pairs(len(table.features)):
        if one > _FEW or other > _FEW:
            break
        found_pairs = list(_pair_candidates(table, evidence, tried, (one, other), seen))
        log_alpha = np.log(ALPHA) - np.log(max(1, tried.patterns) * 20)
        names = f"{table.features[one].name} and {table.features[other].name}"
        for rows, _ in _surprising(evidence, found_pairs, (one, other), log_alpha, tried):
            why = f"trigger: one pair of values of {names} in {len(rows)} rows, bound to one label"
            tried.suspicions.append(Suspicion(rows, why))
    for at, text in enumerate(table.texts):
        _words(table, evidence, tried, at, text)
    return found(
        NAME,
        tried.suspicions,
        table.rows,
        _power(table, evidence, tried),
        tuple(_left_out(table, tried)),
        tuple(_notes(tried)),
    )


def _power(table: ScreenTable, evidence: Evidence, tried: _Tried) -> str:
    """Return from how many rows on a pure pattern is found, by the rarest and the usual label."""
    there = evidence.base[1:][evidence.base[1:] > 0]
    bar = -(np.log(ALPHA) - np.log(max(1, tried.patterns) * 20))
    sizes = [max(LEAST, int(np.ceil(bar / -np.log(share)))) for share in (there.min(), there.max())]
    told = f"{sizes[0]} to {sizes[1]}" if sizes[0] != sizes[1] else f"{sizes[0]}"
    none = "; none of the most frequent label" if sizes[1] > RARE * table.rows else ""
    return (
        f"a value, a pair of values or a word ({tried.patterns} were tried) that stands in {told}"
        f" rows or more (by how frequent its label is) and in at most {RARE:.0%} of all rows, if"
        f" all of these rows have one label and their other values do not tell it{none}"
    )


def _left_out(table: ScreenTable, tried: _Tried) -> Iterator[str]:
    yield "patterns of three or more columns"
    if tried.over:
        yield f"{tried.over} patterns beyond the first {MOST_CANDIDATES} of their columns"
    if tried.wider >= MOST_WIDER:
        yield f"parts of patterns in further columns, beyond the first {MOST_WIDER} that were tried"
    if len(table.features) > _FEW:
        yield f"pairs of columns beyond the first {_FEW}"
    if table.label and (table.label.codes == 0).any():
        yield "the missing label: rows without one count as rows of one more label"


def _notes(tried: _Tried) -> Iterator[str]:
    if tried.natural:
        yield (
            f"{tried.natural} further patterns are bound to one label, in rows that are like this"
            " label's in other ways, too: natural, or planted on rows of their own label"
        )


Candidate = tuple[npt.NDArray[np.int64], int]


def _bound(
    evidence: Evidence, counts: npt.NDArray[np.int64], rows: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return which patterns (shape (patterns, labels) of counts) are rare and bound to a label, and
    the label of each.
    """
    each = counts.sum(axis=1)
    label = counts.argmax(axis=1)
    top = counts[np.arange(len(counts)), label]
    fits = (each >= LEAST) & (each <= RARE * rows) & (top >= PURE * each)
    share = evidence.base[label]
    fits &= tail(each.astype(float), top.astype(float), share) < np.log(1e-3)
    at = np.flatnonzero(fits)
    return at, label[at]


def _values(table: ScreenTable, evidence: Evidence, tried: _Tried, at: int) -> list[Candidate]:
    one = table.features[at]
    keys = one.codes.astype(np.int64) * evidence.count + evidence.labels
    counts = np.bincount(keys, minlength=one.distinct * evidence.count)
    counts = counts.reshape(one.distinct, evidence.count)
    tried.patterns += int((counts.sum(axis=1) >= LEAST).sum())
    found_at, labels = _bound(evidence, counts, table.rows)
    if one.numbers is not None:
        alone = _unlike_neighbours(counts, found_at, labels)
        tried.natural += int((~alone).sum())
        found_at, labels = found_at[alone], labels[alone]
    return list(_rows_of(one.codes, found_at, labels, tried))


def _unlike_neighbours(
    counts: npt.NDArray[np.int64], values: npt.NDArray[np.int64], labels: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Return which values of an ordered column have their label although the values around them do
    not on either side: as many rows as the value has, `4 * LEAST` at least.
    """
    counts = counts.copy()
    counts[0] = 0  # what is missing has no neighbours
    below = np.concatenate([np.zeros((1, counts.shape[1]), np.int64), np.cumsum(counts, axis=0)])
    rows = below.sum(axis=1)
    each = counts[values].sum(axis=1)
    window = np.maximum(4 * LEAST, each)
    first = np.maximum(0, np.searchsorted(rows, rows[values] - window, side="right") - 1)
    last = np.minimum(np.searchsorted(rows, rows[values + 1] + window), len(rows) - 1)
    last = np.maximum(last, values + 1)
    share = np.zeros(len(values))
    for side in (below[last] - below[values + 1], below[values] - below[first]):
        mine = side[np.arange(len(values)), labels]
        share = np.maximum(share, (mine + 1) / (side.sum(axis=1) + 2))
    hits = counts[values, labels]
    return np.asarray(tail(each.astype(float), hits.astype(float), share) < np.log(1e-6))


def _rows_of(
    codes: npt.NDArray[np.integer], patterns: npt.NDArray[np.int64],
    labels: npt.NDArray[np.int64], tried: _Tried,
) -> Iterator[Candidate]:  # fmt: skip
    """Yield the rows of each pattern."""
    tried.over += max(0, len(patterns) - MOST_CANDIDATES)
    patterns, labels = patterns[:MOST_CANDIDATES], labels[:MOST_CANDIDATES]
    if not len(patterns):
        return
    order = np.argsort(patterns)
    place = np.searchsorted(patterns[order], codes)
    place = np.minimum(place, len(patterns) - 1)
    among = np.flatnonzero(patterns[order][place] == codes)
    which = place[among]
    sort = np.argsort(which, kind="stable")
    ends = np.cumsum(np.bincount(which, minlength=len(patterns)))
    for number, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
        yield among[sort[start:end]], int(labels[order][number])


def _pair_candidates(
    table: ScreenTable, evidence: Evidence, tried: _Tried, both: tuple[int, int],
    seen: npt.NDArray[np.bool_],
) -> Iterator[Candidate]:  # fmt: skip
    """Yield pairs of values that are bound to a label, beyond what the two say
    together if neither changes what the other says.
    """
    one, other = (table.features[at] for at in both)
    cells = one.codes.astype(np.int64) * other.distinct + other.codes
    size = one.distinct * other.distinct
    if size > MOST_PAIRS:
        _, cells = np.unique(cells, return_inverse=True)
        size = int(cells.max()) + 1
    each = np.bincount(cells, minlength=size)
    often = np.flatnonzero((each >= LEAST) & (each <= RARE * table.rows))
    tried.patterns += len(often)
    if not len(often):
        return
    place = np.full(size, -1, np.int32)
    place[often] = np.arange(len(often))
    inside = np.flatnonzero((place[cells] >= 0) & ~seen)
    keys = place[cells[inside]].astype(np.int64) * evidence.count + evidence.labels[inside]
    counts = np.bincount(keys, minlength=len(often) * evidence.count)
    found_at, labels = _bound(evidence, counts.reshape(len(often), -1), table.rows)
    for rows, label in _rows_of(np.where(seen, -1, place[cells]), found_at, labels, tried):
        together = _share(table.features[both[0]].codes, rows[0], evidence, label)
        together *= _share(table.features[both[1]].codes, rows[0], evidence, label)
        together /= _odds(float(evidence.base[label]))
        alone = together / (1 + together)
        if tail(*map(np.array, (len(rows) * 1.0, len(rows) * PURE, alone))) < np.log(1e-3):
            yield rows, label


def _share(codes: npt.NDArray[np.int32], row: np.int64, evidence: Evidence, label: int) -> float:
    """Return the odds of a label among the rows with the value that a row has in one column."""
    return _odds(float((evidence.labels[codes == codes[row]] == label).mean()))


def _odds(share: float) -> float:
    return (share + 1e-6) / (1 - share + 1e-6)


def _surprising(
    evidence: Evidence, candidates: list[Candidate], columns: tuple[int, ...], log_alpha: float,
    tried: _Tried,
) -> Iterator[Candidate]:  # fmt: skip
    """Yield the candidates whose label the rest of their rows does not tell.

    The rest is what the pattern's columns leave; where it tells the label, other columns that have
    one unusual value in all these rows are left out, too: they may be parts of the pattern.
    """
    shares: dict[tuple[int, tuple[int, ...]], Floats] = {}
    for rows, label in sorted(candidates, key=lambda one: -len(one[0])):
        for left_out in (columns, evidence.constant(rows, columns)):
            if (label, left_out) not in shares:
                if left_out != columns and tried.wider >= MOST_WIDER:
                    break
                tried.wider += left_out != columns
                shares[label, left_out] = evidence.rest(label, left_out)
            if _is_surprising(evidence, shares[label, left_out][rows], rows, label, log_alpha):
                yield rows, label
                break
        else:
            tried.natural += 1


def _is_surprising(
    evidence: Evidence, rest: npt.NDArray[np.float32], rows: npt.NDArray[np.int64], label: int,
    log_alpha: float,
) -> bool:  # fmt: skip
    hits = float((evidence.labels[rows] == label).sum())
    mean, base = float(rest.mean()), float(evidence.base[label])
    test = tail(np.array(float(len(rows))), np.array(hits), np.array(mean))
    return bool(test < log_alpha) and mean <= _surprise(base) * base * (1 + 1e-3)


def _surprise(base: float) -> float:
    return SURPRISE_OF_FREQUENT if base > 0.5 else SURPRISE


def _words(table: ScreenTable, evidence: Evidence, tried: _Tried, at: int, text: Text) -> None:
    """Try every word and pair of words of one column."""
    row_of = text.row_of
    counts = np.zeros((BUCKETS, evidence.count), np.int64)
    for label in range(evidence.count):
        mine = text.words[evidence.labels[row_of] == label]
        counts[:, label] = np.bincount(mine, minlength=BUCKETS)
    tried.patterns += int((counts.sum(axis=1) >= LEAST).sum())
    patterns, labels = _bound(evidence, counts, table.rows)
    log_alpha = np.log(ALPHA) - np.log(max(1, tried.patterns) * 20)
    scores = evidence.word_tables[at]
    bound = np.zeros(BUCKETS, bool)
    bound[patterns] = True
    without = np.zeros((table.rows, evidence.count), np.float32)
    inside = bound[text.words]
    for label in range(evidence.count):  # words that are bound say nothing about the rest
        gone = np.where(inside, scores[text.words, label], 0)
        without[:, label] = np.bincount(row_of, gone, minlength=table.rows)
    shares = {label: evidence.rest(label, (), without) for label in set(labels.tolist())}
    placed = _rows_of(np.where(inside, text.words.astype(np.int64), -1), patterns, labels, tried)
    taken = np.zeros(table.rows, bool)
    for words, label in placed:
        rows = row_of[words]
        if not _is_surprising(evidence, shares[label][rows], rows, label, log_alpha):
            tried.natural += 1
        elif not taken[rows].all():
            taken[rows] = True
            why = f"trigger: one word of {text.name} in {len(rows)} rows, bound to one label"
            tried.suspicions.append(Suspicion(np.sort(rows), why))
