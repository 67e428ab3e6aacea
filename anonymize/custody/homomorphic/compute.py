"""Computes on an export without any key: whoever has its folder can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version as version_of
from pathlib import Path

import numpy as np

from anonymize.arguments import checked
from anonymize.custody.homomorphic.computation import Weights, linear_model, row_weights
from anonymize.custody.homomorphic.folder import EncryptedFolder, open_folder
from anonymize.custody.homomorphic.manifest import EncryptedColumn
from anonymize.custody.homomorphic.native import Block, Slots
from anonymize.custody.homomorphic.result import Claim, write_result
from anonymize.dataset.when_and_who import now


@dataclass(frozen=True)
class Computed:
    """What was computed."""

    columns: tuple[str, ...]
    rows: int
    size_bytes: int
    signed: bool
    """Whether the export's signature was checked."""


@checked
def encrypted_sum(
    folder: str | Path,
    output: str | Path,
    *,
    columns: Sequence[str] = (),
    mean: bool = False,
    signed_by: str | None = None,
) -> Computed:
    """Write the encrypted sums of columns (all for none) to the new file ``output``; of a ``mean``
    the holder divides by the number of rows that are not null.

    Args:
        folder: The export's folder.
        output: The result, for `decrypt`.
        columns: Columns.
        mean: Whether the holder is to divide.
        signed_by: The holder's public key; see `open_folder`.

    Raises:
        ArgumentError: no such column, or ``output`` is there.
        DatasetError: the export is damaged or was changed.
        MissingExtraError: TenSEAL is not installed.
    """
    opened = open_folder(folder, signed_by)
    found = opened.manifest.asked_for(columns)
    names = tuple(column.name for column in found)
    claim = Claim(opened.manifest.id, opened.manifest_sha256, "mean" if mean else "sum", names)
    pairs = (_sum_of(opened, column, None) for column in found)
    return _written(opened, claim, pairs, Path(output), signed_by)


@checked
def encrypted_weighted(
    folder: str | Path,
    output: str | Path,
    *,
    column: str,
    weights: Sequence[float] | np.ndarray,  # type: ignore[type-arg]
    signed_by: str | None = None,
) -> Computed:
    """Write the encrypted weighted sum of a column to the new file ``output``, with the weights:
    one per row, in the version's order. The holder gets the weighted mean from it, too.

    Raises:
        ArgumentError: see `encrypted_sum`; the weights do not fit, or one would be lost.
        DatasetError, MissingExtraError: see `encrypted_sum`.
    """
    opened = open_folder(folder, signed_by)
    (found,) = opened.manifest.asked_for([column])
    scaled = row_weights(weights, opened.manifest)
    claim = Claim(opened.manifest.id, opened.manifest_sha256, "weighted", (column,), weights=scaled)
    pairs = (_sum_of(opened, one, scaled) for one in (found,))
    return _written(opened, claim, pairs, Path(output), signed_by)


@checked
def encrypted_linear(
    folder: str | Path,
    output: str | Path,
    *,
    coefficients: Mapping[str, float],
    intercept: float = 0.0,
    signed_by: str | None = None,
) -> Computed:
    """Write each row's encrypted score, Σ coefficient × value, to the new file ``output``, with the
    model: the holder sees it, and adds the intercept.

    Raises:
        ArgumentError: see `encrypted_sum`; the coefficients do not fit, or a column's share would
            be lost.
        DatasetError, MissingExtraError: see `encrypted_sum`.
    """
    opened = open_folder(folder, signed_by)
    model = linear_model(coefficients, intercept, opened.manifest)
    names = tuple(model.coefficients)
    claim = Claim(opened.manifest.id, opened.manifest_sha256, "linear", names, model=model)
    pairs = _scores_of(opened, opened.manifest.asked_for(names), model.factors)
    return _written(opened, claim, pairs, Path(output), signed_by)


def _written(
    opened: EncryptedFolder,
    claim: Claim,
    pairs: Iterator[tuple[Block, Block]],
    output: Path,
    signed_by: str | None,
) -> Computed:
    software = {"coatcheck": version_of("coatcheck"), "tenseal": version_of("tenseal")}
    rows = opened.manifest.rows
    size = write_result(output, claim, rows, pairs, claim.header(now(), software))
    return Computed(claim.columns, rows, size, signed_by is not None)


def _sum_of(
    opened: EncryptedFolder, column: EncryptedColumn, weights: Weights | None
) -> tuple[Block, Block]:
    """Return the sum of a column's blocks slot by slot: a sum over slots would need a key."""
    values, checks = opened.context.sum(), opened.context.sum()
    for number, pair in enumerate(opened.pairs(column)):
        of_slots: Slots | None = None if weights is None else weights.by_block[number]
        if of_slots is None or of_slots.any():
            for total, block in zip((values, checks), pair, strict=True):
                total.add(block, of_slots)
    return values.block(), checks.block()


def _scores_of(
    opened: EncryptedFolder, columns: Sequence[EncryptedColumn], factors: Mapping[str, float]
) -> Iterator[tuple[Block, Block]]:
    for pairs in zip(*(opened.pairs(column) for column in columns), strict=True):
        values, checks = opened.context.sum(), opened.context.sum()
        for column, pair in zip(columns, pairs, strict=True):
            for total, block in zip((values, checks), pair, strict=True):
                total.add(block, factors[column.name])
        yield values.block(), checks.block()
