"""Puts levels together: null and unknown values apart, the root above all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import DataError
from anonymize.privacy.coded import CodedColumn, Floats, Level
from anonymize.privacy.hierarchies.interface import ROOT
from anonymize.privacy.hierarchies.texts import Texts, as_texts

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_LIKE_GROUPS = r"^(?:.*\*|<-?[\d.]+|-?[\d.]+\+|-?[\d.]+–-?[\d.]+|\[.*, .*\))$"
"""Texts that are written as groups are, of bands and of prefixes."""


@dataclass(frozen=True)
class Grouping:
    """The groups of one level, for the values that a hierarchy has."""

    nodes: Ints = field(repr=False)
    """The group of each known value, shape (known values,)."""
    labels: pa.StringArray = field(repr=False)
    """Text of each group."""
    losses: Floats = field(repr=False)
    """Loss of each group, 0 to 1."""


def ended(column: CodedColumn, beyond: npt.NDArray[np.bool_]) -> CodedColumn:
    """Return ``column`` with the first group's label and loss for values ``beyond`` an end, so that
    they are not published by themselves. Shape (values,).
    """
    own, first = column.levels[:2]
    band = _texts(first).take(pa.array(first.nodes))
    labels = pc.if_else(pa.array(beyond), band, _texts(own))
    losses = np.where(beyond, np.asarray(first.losses)[first.nodes], own.losses)
    ending = Level(own.nodes, Texts(labels), losses)
    return replace(column, levels=(ending, *column.levels[1:]))


def _texts(level: Level) -> pa.StringArray:
    labels = level.labels
    return labels.array if isinstance(labels, Texts) else pa.array(labels, pa.string())


@dataclass(frozen=True)
class Known:
    """Which values of a column a hierarchy has."""

    name: str
    """The column."""
    values: pa.Array = field(repr=False)
    """All its distinct values, without dictionary."""
    mask: Mask = field(repr=False)
    """True for values that the hierarchy has; False for null."""

    @classmethod
    def of(
        cls,
        name: str,
        values: pa.Array,
        mask: npt.NDArray[Any],
        unknown: Literal["refuse", "root"],
        what: str,
    ) -> Known:
        """Return them; ``what`` says what unknown values are not, and what mends it.

        Raises:
            DataError: there are unknown values, and ``unknown`` is refuse.
        """
        mask = np.asarray(mask, np.bool_)
        valid = np.asarray(values.is_valid(), np.bool_)
        lacking = int((valid & ~mask).sum())
        if lacking and unknown == "refuse":
            said = (
                f"{lacking} of {int(valid.sum())} distinct values {what} unknown: root, which"
                f" leaves them as they are until they become {ROOT}"
            )
            texts = _trimmed(as_texts(values).filter(pa.array(valid & ~mask)))
            like = pc.sum(pc.match_substring_regex(texts, _LIKE_GROUPS)).as_py()
            if like:
                said += (
                    f"; {like} of them are written like groups (30–39, <18, 90+, 981**): unknown:"
                    " root does not take these, because nobody could tell them from groups, so make"
                    " them missing or change them before they are read"
                )
            raise DataError(said, place=f"column {name}")
        return cls(name, values, mask & valid)

    def column(
        self,
        groupings: Sequence[Grouping],
        order: Floats | None = None,
        own: pa.StringArray | None = None,
    ) -> CodedColumn:
        """Return the column of these groupings, from fine to coarse; the root is added.

        Null and unknown values are groups of their own below the root. ``order`` has a number for
        each known value; null and unknown ones get NaN, so that they are last where it is sorted.
        ``own`` has the text of every value where it is published by itself; by default the value.

        Raises:
            DataError: a value is written like a group that it is not.
        """
        count, texts = len(self.values), as_texts(self.values)
        own = texts if own is None else own
        self._check_values(own, groupings)
        levels = [Level(_range(count), Texts(own), np.zeros(count))]
        levels += [self._level(grouping, texts) for grouping in groupings]
        top = Level(np.zeros(count, np.int32), Texts(pa.array([ROOT])), np.ones(1))
        ordered = None
        if order is not None:
            ordered = np.full(count, np.nan)
            ordered[self.mask] = order
        return CodedColumn(self.name, (*levels, top), ordered)

    def _level(self, grouping: Grouping, texts: pa.StringArray) -> Level:
        nodes, used = _used(grouping.nodes, len(grouping.labels))
        labels = grouping.labels.take(pa.array(used))
        apart = np.flatnonzero(~self.mask)
        codes = np.empty(len(self.mask), np.int32)
        codes[self.mask] = nodes
        codes[apart] = len(used) + np.arange(len(apart))
        if len(apart):
            alone = texts.take(pa.array(apart))
            self._check_apart(alone, grouping.labels)
            labels = pa.concat_arrays([labels, alone])
        losses = np.concatenate([grouping.losses[used], np.zeros(len(apart))])
        return Level(codes, Texts(labels), losses)

    def _check_values(self, own: pa.StringArray, groupings: Sequence[Grouping]) -> None:
        """Refuse known values that are written like a group: a star at the end would say that they
        are one, and the name of another group that they are in that one. ``A00`` in the group
        ``A00`` is told right either way.
        """
        own = _trimmed(own)  # spaces around it tell no reader that it is none
        wrong = np.asarray(pc.equal(own, ROOT).fill_null(False), np.bool_)
        known = own.filter(pa.array(self.mask))
        starred = np.asarray(pc.ends_with(known, ROOT).fill_null(False), np.bool_)
        for grouping in groupings:
            named = np.asarray(pc.is_in(known, value_set=grouping.labels), np.bool_)
            if named.any():
                mine = pc.equal(known, grouping.labels.take(pa.array(grouping.nodes)))
                wrong[self.mask] |= named & (starred | ~np.asarray(mine, np.bool_))
        if count := int(wrong.sum()):
            raise DataError(
                f"{count} distinct values are written like groups of the hierarchy, for example"
                " with a star at the end; if they mean that nothing is known, name them in"
                " null_values: of source:, else change them before they are read",
                place=f"column {self.name}",
            )

    def _check_apart(self, alone: pa.StringArray, groups: pa.StringArray) -> None:
        """Refuse labels that a group and an unknown value share: who reads one cannot tell."""
        same = pc.is_in(_trimmed(alone.drop_null()), value_set=groups)
        if count := pc.sum(same).as_py():
            raise DataError(
                f"{count} distinct values that the hierarchy does not have are written like groups"
                " of it; generalize the column before, or give these values a place in a hierarchy"
                " file",
                place=f"column {self.name}",
            )


def _trimmed(texts: pa.StringArray) -> pa.StringArray:
    return pc.utf8_trim_whitespace(texts)


def _range(count: int) -> npt.NDArray[np.int32]:
    return np.arange(count, dtype=np.int32)


def _used(nodes: Ints, groups: int) -> tuple[Ints, Ints]:
    """Return nodes renumbered over the groups that have a value, and which groups those are."""
    used = np.flatnonzero(np.bincount(nodes, minlength=groups)) if len(nodes) else nodes
    places = np.zeros(groups, np.int64)
    places[used] = np.arange(len(used))
    return places[nodes], used


def shares(leaves: npt.NDArray[Any], of_all: float) -> Floats:
    """Return (leaves - 1) / (all leaves - 1), 0 to 1; with one leaf in all, 1 for larger groups."""
    if of_all <= 1:
        return np.asarray(leaves > 1, np.float64)
    return np.clip((leaves - 1.0) / (of_all - 1.0), 0.0, 1.0)


def by_text(keys: pa.StringArray, counted: npt.NDArray[Any] | None = None) -> Grouping:
    """Return the grouping by equal ``keys``, which are the labels; a leaf is one value.

    ``counted`` has the leaves of each value, by default 1.
    """
    encoded = keys.dictionary_encode()
    nodes = np.asarray(encoded.indices).astype(np.int64)
    leaves = np.bincount(nodes, counted, minlength=len(encoded.dictionary))
    total = len(keys) if counted is None else counted.sum()
    return Grouping(nodes, encoded.dictionary, shares(leaves, total))
