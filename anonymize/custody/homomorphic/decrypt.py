"""Decrypts results for the holder: checked first, rounded after."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from anonymize.arguments import checked
from anonymize.custody.homomorphic.checks import agrees, passes_below
from anonymize.custody.homomorphic.computation import Operation
from anonymize.custody.homomorphic.holder import (
    ENDING,
    HoldersPart,
    close,
    export_of,
    open_holder,
    refuse_closed,
)
from anonymize.custody.homomorphic.native import Slots
from anonymize.custody.homomorphic.parameters import DIGITS, SLOTS, check_error, total_error
from anonymize.custody.homomorphic.result import Claim, ResultFile, open_result
from anonymize.dataset.plain_files import plain_format, plain_write_error, write_plain
from anonymize.durable import refuse_in_dataset
from anonymize.errors import ArgumentError, GateError, MissingExtraError
from anonymize.io.sink.unnamed_file import unnamed_file
from anonymize.keys import Keyring, open_keyring
from anonymize.process.core_files import no_core_files


@dataclass(frozen=True)
class Answer:
    """One number that was decrypted, rounded."""

    name: str
    """The column; of weights ``sum of COLUMN`` and ``mean of COLUMN``."""
    value: float | None
    """None for the mean of nothing."""
    within: float
    """How far the exact result may be from it: noise and rounding."""
    wrong_below: float
    """By how much a false result may be off and still pass with a chance of one in a million."""


@dataclass(frozen=True)
class Decrypted:
    """What a result holds."""

    operation: Operation
    dataset: str
    version: int
    rows: int
    answers: tuple[Answer, ...]
    """Empty for scores."""
    within: float
    """Of scores: as `Answer.within`."""
    wrong_below: float
    """Of scores: by how much a single one may be off and pass with a chance of one in a million."""


@checked
@no_core_files()
def decrypt(
    result: str | Path,
    *,
    holder: str | Path | None = None,
    output: str | Path | None = None,
    keyring: Keyring | str | None = None,
    after_refusal: bool = False,
) -> Decrypted:
    """Check a result against its check ciphertexts, then decrypt it.

    The first result of an export that is refused is the last one that is looked at: a file beside
    the holder's says so.

    Args:
        result: What `encrypted_sum`, `encrypted_weighted` or `encrypted_linear` wrote.
        holder: The holder's file of the export; by default the one beside ``result`` that fits.
        output: Where scores go: a new .csv, .jsonl or .parquet file, mode 0600, of one column
            ``score`` in the version's order, null where a value of the row is. It appears when all
            scores were checked.
        keyring: The keyring that exported, or its URI.
        after_refusal: Look at it although another one of the export was refused. Each answer tells
            whoever makes false results how to make a better one.

    Raises:
        GateError: the ciphertexts are not what the result says was computed, or those of an earlier
            result were not.
        ArgumentError: scores without ``output``, or ``output`` without scores; it is there.
        DatasetError: the result is damaged, or of another export.
        KeysError: the keyring is not the one that exported.
        MissingExtraError: TenSEAL is not installed.
    """
    path = Path(result)
    opened = open_result(path)
    with closing(opened.file):
        place = _holders_file(path, opened.export) if holder is None else Path(holder)
        keys = open_keyring(keyring) if not isinstance(keyring, Keyring) else keyring
        kept = open_holder(place, keys)
        claim = opened.claim(kept.manifest, kept.manifest_sha256)
        if (claim.operation == "linear") != (output is not None):
            what = "of a linear model, say where the scores go: -o FILE; other results are printed"
            raise ArgumentError(what, place=str(path))
        if not after_refusal:
            refuse_closed(place, kept.manifest)
        made, within, wrong = kept.manifest, 0.0, 0.0
        answers: tuple[Answer, ...] = ()
        try:
            if output is not None:
                within, wrong = _write_scores(opened, claim, kept, Path(output))
            else:
                answers = tuple(_answers(opened, claim, kept))
        except GateError:
            close(place, kept.manifest)
            raise
    return Decrypted(claim.operation, made.dataset, made.version, made.rows, answers, within, wrong)


def _holders_file(result: Path, export: str) -> Path:
    for path in sorted(result.absolute().parent.glob(f"*{ENDING}")):
        if export_of(path) == export:
            return path
    what = f"no *{ENDING} beside it belongs to it; name the holder's file with --holder"
    raise ArgumentError(what, place=str(result))


def _answers(opened: ResultFile, claim: Claim, kept: HoldersPart) -> Iterator[Answer]:
    rows = kept.manifest.rows
    if claim.weights is None:
        by_block = np.zeros((kept.manifest.blocks, SLOTS)) + 1.0
    else:
        by_block = claim.weights.by_block
    squares, sizes = (by_block**2).sum(axis=0), np.abs(by_block).sum(axis=0)
    blocks = 0 if claim.weights is None else int(by_block.any(axis=1).sum())
    tolerance = check_error(float(squares.max()), float(sizes.max()), blocks)
    scale = 1.0 if claim.weights is None else claim.weights.scale
    slots = min(rows, SLOTS)
    for name in claim.columns:
        offsets = sum(
            (one * kept.checks.offsets(name, at) for at, one in enumerate(by_block)),
            np.zeros(SLOTS),
        )
        values = _checked_slots(opened, claim, kept, offsets, tolerance)
        unit = kept.manifest.columns[name].unit * scale
        total = math.fsum(values[:slots]) * unit
        of_all = (float(squares[:slots].sum()), float(min(sizes.sum(), rows)))
        error = unit * total_error(*of_all, blocks, slots)
        wrong = unit * passes_below(tolerance, slots)
        whole = claim.weights is None and kept.manifest.columns[name].whole
        yield from _of_sum(claim, kept, name, total, error, wrong, whole)


def _of_sum(
    claim: Claim,
    kept: HoldersPart,
    name: str,
    total: float,
    error: float,
    wrong: float,
    whole: bool,
) -> Iterator[Answer]:
    """Yield the answers that a decrypted sum gives."""
    if whole and error < 0.5:
        total = float(round(total))
        error = 0.0
    if claim.weights is None:
        if claim.operation == "sum":
            yield _rounded(name, total, error, wrong)
        else:
            yield _divided(name, total, error, wrong, kept.counted(name))
        return
    present = kept.present.get(name)
    weights = claim.weights.values[: kept.manifest.rows] * claim.weights.scale
    counted = math.fsum(weights if present is None else weights[present])
    yield _rounded(f"sum of {name}", total, error, wrong)
    yield _divided(f"mean of {name}", total, error, wrong, counted)


def _divided(name: str, total: float, error: float, wrong: float, by: float) -> Answer:
    if by == 0:
        return Answer(name, None, 0.0, 0.0)
    return _rounded(name, total / by, error / abs(by), wrong / abs(by))


def _rounded(name: str, value: float, error: float, wrong: float) -> Answer:
    """Return an answer, rounded to `DIGITS` times its error, because an approximate decryption
    tells of the noise and with it of the key (Li and Micciancio 2021).
    """
    places = _places(error)
    step = 0.0 if places is None else 10.0**-places
    told = value if places is None else round(value, places)
    # a double is off by half a unit in its last place, also where there is no noise
    return Answer(name, told, error + step / 2 + abs(value) * 2.0**-50, wrong)


def _places(error: float) -> int | None:
    """Return to how many decimal places to round; None for what is exact or beyond doubles."""
    if error <= 0:
        return None
    places = -math.ceil(math.log10(DIGITS * error))
    return places if abs(places) < 290 else None


def _checked_slots(
    opened: ResultFile,
    claim: Claim,
    kept: HoldersPart,
    offsets: Slots,
    tolerance: float,
) -> Slots:
    """Return the next block's values.

    Raises:
        GateError: they are not what the check block says.
    """
    product = claim.operation in ("weighted", "linear")
    values, told = (kept.context.decrypted(one, product=product) for one in opened.pair())
    if not agrees(values, told, kept.checks.multipliers(), offsets, tolerance):
        what = (
            "the ciphertexts are not what the result says was computed on this export; nothing was"
            " decrypted for you. Do not tell whoever computed, and export anew: each answer, yes"
            " or no, helps to make a false result that passes"
        )
        raise GateError(what, place=str(opened.path))
    return values


def _write_scores(
    opened: ResultFile, claim: Claim, kept: HoldersPart, output: Path
) -> tuple[float, float]:
    if claim.model is None:
        raise AssertionError("scores have a model")
    kind = plain_format(output)
    refuse_in_dataset(output)
    model, schema = claim.model, pa.schema([("score", pa.float64())])
    try:
        with unnamed_file(output, overwrite=False) as file:
            write_plain(kind, file, schema, _scores(opened, claim, kept), "keep")
    except (GateError, ArgumentError, MissingExtraError):
        raise
    except BaseException as error:  # noqa: BLE001 - raised again, or as an error that quotes nothing
        raise plain_write_error(error, kind, schema, output) from None
    places = _places(model.error)
    step = 0.0 if places is None else 10.0**-places
    within = model.error + step / 2 + (model.scale + abs(model.intercept)) * 2.0**-50
    return within, model.scale * passes_below(model.tolerance, 1)


def _scores(opened: ResultFile, claim: Claim, kept: HoldersPart) -> Iterator[pa.RecordBatch]:
    model, rows = claim.model, kept.manifest.rows
    if model is None:
        raise AssertionError("scores have a model")
    places = _places(model.error)
    for number in range(kept.manifest.blocks):
        offsets = sum(
            (model.factors[name] * kept.checks.offsets(name, number) for name in claim.columns),
            np.zeros(SLOTS),
        )
        values = _checked_slots(opened, claim, kept, offsets, model.tolerance)
        here = slice(number * SLOTS, min(rows, (number + 1) * SLOTS))
        scores = values[: here.stop - here.start] * model.scale + model.intercept
        if places is not None:
            scores = np.round(scores, places)
        missing = np.zeros(scores.size, bool)
        for name in claim.columns:
            if name in kept.present:
                missing |= ~kept.present[name][here]
        yield pa.record_batch({"score": pa.array(scores, mask=missing)})
