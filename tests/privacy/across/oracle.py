"""The measures once more, by going through rows and worlds one by one; and tables to measure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa

from anonymize.privacy.across import Meeting, Release, covering, meeting
from anonymize.privacy.hierarchies import HierarchySpec, hierarchy_of

AGES = hierarchy_of(HierarchySpec(ranges=(2, 4)))
TOWNS = ("north", "south", "east")


def covers(label: str, value: str) -> bool:
    """Return whether a label of a column covers a value."""
    if label in ("*", value):
        return True
    low, dash, high = label.partition("–")
    return bool(dash) and int(low) <= int(value) <= int(high)


def label_of(age: int, width: int) -> str:
    """Return the label of an age in bands of a width; 0 for everything."""
    low = age // width * width if width else 0
    return "*" if not width else str(age) if width == 1 else f"{low}–{low + width - 1}"


@dataclass(frozen=True)
class Row:
    """One row as it is published."""

    who: int
    age: int
    town: str
    value: int
    labels: tuple[str, str]

    def covers(self, age: int, town: str) -> bool:
        """Return whether its labels cover somebody's quasi-identifiers."""
        return covers(self.labels[0], str(age)) and covers(self.labels[1], town)


@dataclass(frozen=True)
class Pair:
    """An earlier table and a new one."""

    old: list[Row]
    new: list[Row]


def drawn(seed: int) -> Pair:
    """Return two small tables that have people in common, each recoded in a way of its own."""
    die = random.Random(seed)
    people = {
        who: (die.randrange(8), die.choice(TOWNS), die.randrange(4))
        for who in range(die.randrange(1, 14))
    }
    later = dict(people)
    for who in list(later):
        fate = die.random()
        if fate < 0.15:
            del later[who]
        elif fate < 0.3:
            later[who] = (*later[who][:2], die.randrange(4))
        elif fate < 0.35:
            later[who] = (die.randrange(8), *later[who][1:])
    for who in range(100, 100 + die.randrange(3)):
        later[who] = (die.randrange(8), die.choice(TOWNS), die.randrange(4))
    way = _way(die)
    return Pair(_rows(people, way), _rows(later, way if die.random() < 0.5 else _way(die)))


def _way(die: random.Random) -> Callable[[int, str], tuple[str, str]]:
    """Return a recoding: local, with a level for each combination, or one level for all."""
    if die.random() < 0.3:
        width, whole = die.choice([1, 2, 4, 0]), die.random() < 0.3
        return lambda age, town: (label_of(age, width), "*" if whole else town)
    levels = {
        one: (die.choice([1, 2, 2, 4, 4, 0]), die.random() < 0.4)
        for one in product(range(8), TOWNS)
    }
    return lambda age, town: (
        label_of(age, levels[age, town][0]),
        "*" if levels[age, town][1] else town,
    )


def _rows(
    people: dict[int, tuple[int, str, int]], way: Callable[[int, str], tuple[str, str]]
) -> list[Row]:
    return [
        Row(who, age, town, value, way(age, town)) for who, (age, town, value) in people.items()
    ]


@dataclass(frozen=True)
class Coded:
    """The same as codes, as a run makes them."""

    old: Release
    new: Release
    met: Meeting
    same: tuple[np.ndarray, np.ndarray]


def coded(pair: Pair, *, by_people: bool) -> Coded:
    """Return both tables as codes."""
    classes = [list(dict.fromkeys(row.labels for row in rows)) for rows in (pair.old, pair.new)]
    releases = []
    for rows, names in zip((pair.old, pair.new), classes, strict=True):
        of = np.array([names.index(row.labels) for row in rows], np.int64)
        who = np.array([row.who for row in rows], np.int64) if by_people else None
        value = np.array([row.value for row in rows], np.int64)
        releases.append(Release(len(names), of, who, np.ones(len(rows), np.int64), (value,)))
    combos = Counter((row.age, row.town, row.labels) for row in pair.new)
    columns = []
    for at, hierarchy in enumerate((AGES, None)):
        labels = pa.array(list(dict.fromkeys(one[at] for one in classes[0])), pa.string())
        values = pa.array(list(dict.fromkeys(str(one[at]) for one in combos)), pa.string())
        columns.append((labels, values, covering(labels, values, hierarchy, same=True)))
    met = meeting(
        np.array([[columns[at][0].to_pylist().index(one[at]) for at in (0, 1)]
                  for one in classes[0]], np.int64).reshape(-1, 2),
        np.array([[columns[at][1].to_pylist().index(str(one[at])) for at in (0, 1)]
                  for one in combos], np.int64).reshape(-1, 2),
        [one for _, _, one in columns],
        np.array([classes[1].index(labels) for _, _, labels in combos], np.int64),
        np.array(list(combos.values()), np.int64),
    )  # fmt: skip
    both = [name for name in classes[0] if name in classes[1]]
    same = tuple(np.array([names.index(one) for one in both], np.int64) for names in classes)
    return Coded(*releases, met, same)  # type: ignore[arg-type]


Worlds = tuple[set[int], set[int], set[int]]
"""Values possible with both releases, with the earlier one, with the new one."""


def worlds_of_people(pair: Pair) -> dict[int, Worlds]:
    """Return the worlds of each person who is in both, who knows their class in each."""
    found = {}
    for before in pair.old:
        for after in pair.new:
            if before.who == after.who:
                was = {row.value for row in pair.old if row.labels == before.labels}
                is_ = {row.value for row in pair.new if row.labels == after.labels}
                both = {v for v in range(4) if v in was and v in is_}
                found[before.who] = both, was, is_
    return found


def worlds_of_rows(pair: Pair) -> list[Worlds]:
    """Return the worlds of whoever has a new row's quasi-identifiers: their row of the earlier
    release is any that covers them.
    """
    found = []
    for row in pair.new:
        was = {one.value for one in pair.old if one.covers(row.age, row.town)}
        if was:
            is_ = {one.value for one in pair.new if one.labels == row.labels}
            found.append(({v for v in range(4) if v in was and v in is_}, was, is_))
    return found


def counted(worlds: list[Worlds], need: int) -> dict[str, int]:
    """Return how many targets are narrowed, known, and were so before."""
    found = Counter[str]()
    for both, was, is_ in worlds:
        less = 0 < len(both) < min(len(was), len(is_))
        found["both"] += 1
        found["narrowed"] += less and len(both) < need
        found["known"] += less and len(both) == 1
        found["already"] += 0 < len(both) < need and len(both) == len(was) < len(is_)
        found["changed"] += not both == was == is_
    return {name: found[name] for name in ("both", "narrowed", "known", "already", "changed")}


def joined(pair: Pair, k: int) -> int:
    """Return how many people are in groups of fewer than k by their ids."""
    classes = [{row.who: row.labels for row in rows} for rows in (pair.old, pair.new)]
    both = classes[0].keys() & classes[1].keys()
    sizes = [Counter(one.values()) for one in classes]
    cells = Counter((classes[0][who], classes[1][who]) for who in both)
    return sum(
        number
        for (was, is_), number in cells.items()
        if number < k and number < min(sizes[0][was], sizes[1][is_])
    )


def isolated(pair: Pair, k: int, *, by_people: bool, matched: bool) -> int:
    """Return how many are in differences of fewer than k, region by region."""
    unions = _unions(pair)
    total, told = 0, set()
    for labels in {row.labels for row in pair.old} & {row.labels for row in pair.new}:
        was = [row for row in pair.old if row.labels == labels]
        is_ = [row for row in pair.new if row.labels == labels]
        if matched and not _somebody_else(pair, was, is_):
            continue
        if found := _difference(was, is_, k):
            total, _ = total + found, told.add(labels)
    for old, new in unions:
        if not old & told:
            was = [row for row in pair.old if row.labels in old]
            total += _difference(was, [row for row in pair.new if row.labels in new], k)
    assert by_people or not matched
    return total


def _unions(pair: Pair) -> list[tuple[set[tuple[str, str]], set[tuple[str, str]]]]:
    """Return classes of both that are connected by somebody whom both cover."""
    left = [({row.labels for row in pair.old if row.covers(one.age, one.town)}, {one.labels})
            for one in pair.new]  # fmt: skip
    left = [(old, new) for old, new in left if old]
    found: list[tuple[set[tuple[str, str]], set[tuple[str, str]]]] = []
    for old, new in left:
        apart = []
        for one in found:
            if one[0] & old or one[1] & new:
                old, new = old | one[0], new | one[1]
            else:
                apart.append(one)
        found = [*apart, (old, new)]
    return found


def _somebody_else(pair: Pair, was: list[Row], is_: list[Row]) -> bool:
    before = {row.who: row.value for row in pair.old}
    after = {row.who: row.value for row in pair.new}
    if not before.keys() & after.keys():
        return True
    gone = any(row.who not in after for row in was)
    come = any(row.who not in before for row in is_)
    return gone or come or any(before.get(row.who, row.value) != row.value for row in is_)


def _difference(was: list[Row], is_: list[Row], k: int) -> int:
    lost = [max(0, len(was) - len(is_))]
    won = [max(0, len(is_) - len(was))]
    before, after = (Counter(row.value for row in rows) for rows in (was, is_))
    lost.append((before - after).total())
    won.append((after - before).total())
    return sum(max(one if one < k else 0 for one in kind) for kind in (lost, won))
