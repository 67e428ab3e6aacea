"""Hierarchies that somebody wrote down: a CSV file with a line per value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import PlanError, Problem
from anonymize.privacy.coded import CodedColumn, Floats
from anonymize.privacy.hierarchies.csv_lines import Lines, read_lines
from anonymize.privacy.hierarchies.interface import MOST_LEVELS, ROOT
from anonymize.privacy.hierarchies.levels import Grouping, Known, shares
from anonymize.privacy.hierarchies.texts import as_texts, plain_values

_Nodes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _FileLevel:
    nodes: _Nodes = field(repr=False)
    """The group of each leaf."""
    labels: pa.StringArray = field(repr=False)
    """Name of each group."""
    leaves: _Nodes = field(repr=False)
    """Leaves of each group."""


@dataclass(frozen=True)
class FileHierarchy:
    """A hierarchy from lines ``value;level 1;level 2;…``, as ARX writes them, with ``;`` or ``,``.

    A last level that is ``*`` on all lines is the root; without it one is added. A leaf is a
    distinct value of the file, whether the column has it or not. Values are compared as text
    without white space around them.
    """

    path: str
    """The file, for errors."""
    leaves: pa.StringArray = field(repr=False)
    """The distinct values of the file."""
    levels: tuple[_FileLevel, ...] = field(repr=False)
    """Levels between values and root."""
    unknown: Literal["refuse", "root"] = "refuse"
    """What becomes of values that the file does not have."""

    @classmethod
    def read(
        cls,
        path: str,
        data: bytes | None = None,
        unknown: Literal["refuse", "root"] = "refuse",
    ) -> Self:
        """Return the hierarchy in ``data``, by default the file's content.

        Raises:
            PlanError: the file cannot be read, or is no hierarchy: lines with different numbers of
                cells or with empty ones, a value on two lines with different groups, a group that
                lies in two groups of the next level, one name for two groups. All at once.
        """
        if data is None:
            try:
                data = Path(path).read_bytes()
            except OSError as error:
                reason = (error.strerror or "no such file").lower()
                raise PlanError(f"hierarchy file cannot be read: {reason}", place=path) from None
        lines = read_lines(data, path)
        depth = len(lines.columns) - 1
        if not 1 <= depth <= MOST_LEVELS:
            what = f"hierarchy file has {depth} levels; write value;level 1;… with 1 to"
            raise PlanError(f"{what} {MOST_LEVELS} levels", place=path)
        encoded = [column.dictionary_encode() for column in lines.columns]
        nodes = [np.asarray(one.indices).astype(np.int64) for one in encoded]
        labels = [one.dictionary for one in encoded]
        problems = [*_gaps(lines), *_twice(lines, nodes), *_split(lines, nodes)]
        if problems:
            raise PlanError(problems)
        first = _first(nodes[0])
        stacked = [one[first] for one in nodes]
        if problems := list(_one_name(lines, stacked, labels, first)):
            raise PlanError(problems)
        made = [
            _FileLevel(at, names, np.bincount(at))
            for at, names in zip(stacked[1:], labels[1:], strict=True)
        ]
        if made[-1].labels.to_pylist() == [ROOT]:
            made.pop()
        return cls(path, labels[0], tuple(made), unknown)

    def coded(self, name: str, values: pa.Array) -> CodedColumn:
        """Return the column with the file's levels.

        Raises:
            PlanError: the values have no text.
            DataError: the file does not have some of them.
        """
        values = plain_values(name, values)
        texts = pc.utf8_trim_whitespace(as_texts(values))
        found = pc.index_in(texts, value_set=self.leaves, skip_nulls=True)
        what = f"are not in hierarchy file {self.path}; give each a line there, or say"
        known = Known.of(name, values, found.is_valid(), self.unknown, what)
        leaf = np.asarray(found.filter(pa.array(known.mask))).astype(np.int64)
        return known.column(
            [
                Grouping(level.nodes[leaf], level.labels, self._losses(level))
                for level in self.levels
            ]
        )

    def _losses(self, level: _FileLevel) -> Floats:
        return shares(level.leaves, len(self.leaves))


def _gaps(lines: Lines) -> Iterator[Problem]:
    """Yield the lines with empty cells."""
    empty = np.zeros(len(lines.columns[0]), np.bool_)
    for column in lines.columns:
        empty |= np.asarray(pc.equal(column, ""), np.bool_)
    if empty.any():
        yield lines.problem(
            np.flatnonzero(empty),
            "a cell is empty; repeat the group of the level before where there is no other (rows"
            " without a value need no line)",
        )


def _twice(lines: Lines, nodes: list[_Nodes]) -> Iterator[Problem]:
    """Yield the lines with a value that another line has with other groups."""
    values = nodes[0]
    first = _first(values)
    other = np.zeros(len(values), np.bool_)
    for level in nodes[1:]:
        other |= level != level[first[values]]
    if other.any():
        yield lines.problem(
            _with_firsts(other, first[values]),
            "one value has different groups on these lines; keep one line per value",
        )


def _split(lines: Lines, nodes: list[_Nodes]) -> Iterator[Problem]:
    """Yield the lines whose group of a level lies in two groups of the next."""
    for number, (level, above) in enumerate(pairwise(nodes[1:]), 1):
        first = _first(level)
        other = above != above[first[level]]
        if other.any():
            yield lines.problem(
                _with_firsts(other, first[level]),
                f"one group of level {number} lies in different groups of level {number + 1}; give"
                f" it one there, or give two groups of level {number} two names",
            )


def _one_name(
    lines: Lines, nodes: list[_Nodes], labels: list[pa.StringArray], first: _Nodes
) -> Iterator[Problem]:
    """Yield lines on which a name stands for two groups at different levels.

    A group may have the name of one of its own parts one level below (value ``other`` in the group
    ``other``), and any number of levels up if it has the same values. Then the name is always true
    of what is published under it: it means the largest.
    """
    groups = [len(one) for one in labels]
    names = pa.concat_arrays(labels).dictionary_encode().indices
    name = np.asarray(names)
    level = np.repeat(np.arange(len(groups)), groups)
    group = np.concatenate([np.arange(count) for count in groups])
    leaf = np.concatenate([_first(one) for one in nodes])
    size = np.concatenate([np.bincount(one) for one in nodes])
    often = np.flatnonzero(np.bincount(name)[name] > 1)
    order = often[np.lexsort((level[often], name[often]))]
    low, high = order[:-1], order[1:]
    same = name[low] == name[high]
    low, high = low[same], high[same]
    above = np.stack(nodes)[level[high], leaf[low]]
    inside = above == group[high]
    near = (level[high] == level[low] + 1) | (size[high] == size[low])
    if (wrong := ~(inside & near)).any():
        pair = np.concatenate([leaf[low[wrong]], leaf[high[wrong]]])
        yield lines.problem(
            np.unique(first[pair]),
            "one name is used at different levels for groups that are not the same; give each its"
            " own name",
        )


def _first(nodes: _Nodes) -> _Nodes:
    """Return the first place of each node, where every node has one."""
    first = np.zeros(int(nodes.max()) + 1, np.int64)
    first[nodes[::-1]] = np.arange(len(nodes))[::-1]  # the last that is written stays
    return first


def _with_firsts(wrong: npt.NDArray[Any], first: _Nodes) -> _Nodes:
    """Return the places that are wrong, each with the place that it differs from, sorted."""
    return np.unique(np.concatenate([np.flatnonzero(wrong), first[wrong]]))
