"""Sums, means, weighted sums and scores of encrypted columns, beside exact results."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anonymize.custody.homomorphic import (
    decrypt,
    encrypted_linear,
    encrypted_sum,
    encrypted_weighted,
    export_homomorphic,
    native,
)
from anonymize.custody.homomorphic.parameters import (
    DIGITS,
    SLOTS,
    VALUE_ERROR,
    slot_error,
    total_error,
    unit_of,
)
from anonymize.errors import ArgumentError
from anonymize.keys import Keyring
from tests.custody.homomorphic.conftest import ROWS, Exported
from tests.dataset.test_export import publish
from tests.examples import examples

SIZES = st.floats(1e-6, 1e12)
NUMBERS = st.one_of(st.just(0.0), SIZES, SIZES.map(lambda one: -one))


def scores_in(path: Path) -> pa.ChunkedArray:
    """Return what was decrypted of a linear model."""
    return pq.read_table(path)["score"]


def test_sums_are_within_what_is_stated(exported: Exported, tmp_path: Path) -> None:
    """Of whole numbers exact; nulls count as 0."""
    encrypted_sum(exported.folder, tmp_path / "r", signed_by=exported.made.public_key)
    made = decrypt(tmp_path / "r", keyring=exported.keyring)
    assert [one.name for one in made.answers] == ["age", "cost", "change"]
    for one in made.answers:
        exact = math.fsum(exported.floats(one.name))
        assert abs(one.value - exact) <= one.within < 1e-6 * abs(exact)
    assert made.answers[0].value == int(exported.floats("age").sum())


def test_means_are_of_rows_that_are_not_null(exported: Exported, tmp_path: Path) -> None:
    """The number of them is in the holder's file."""
    encrypted_sum(exported.folder, tmp_path / "r", columns=["cost"], mean=True)
    (one,) = decrypt(tmp_path / "r", keyring=exported.keyring).answers
    present = exported.present("cost")
    assert 0 < present.sum() < ROWS
    assert abs(one.value - exported.floats("cost")[present].mean()) <= one.within


def test_weighted_sums_and_means_have_weights_of_rows(exported: Exported, tmp_path: Path) -> None:
    """The mean is over the weights of rows that are not null."""
    weights = np.random.default_rng(1).uniform(-1, 3, ROWS)
    weights[4_096:] = 0  # a block without weight
    encrypted_weighted(exported.folder, tmp_path / "r", column="cost", weights=weights)
    total, mean = decrypt(tmp_path / "r", keyring=exported.keyring).answers
    exact = math.fsum(weights * exported.floats("cost"))
    assert abs(total.value - exact) <= total.within < 1e-6 * abs(exact)
    of_all = math.fsum(weights[exported.present("cost")])
    assert abs(mean.value - exact / of_all) <= mean.within


def test_scores_are_a_linear_models(exported: Exported, tmp_path: Path) -> None:
    """One per row, in order; null where a value is."""
    model = {"age": 0.5, "cost": -1e-3, "change": 2e4}
    encrypted_linear(exported.folder, tmp_path / "r", coefficients=model, intercept=-7)
    out = tmp_path / "scores.parquet"
    made = decrypt(tmp_path / "r", output=out, keyring=exported.keyring)
    scores, present = scores_in(out), exported.present("cost")
    exact = sum(one * exported.floats(name) for name, one in model.items()) - 7
    assert (scores.is_valid().to_numpy() == present).all()
    off = np.abs(scores.drop_null().to_numpy() - exact[present])
    assert 0 < off.max() <= made.within < 1e-6
    assert out.stat().st_mode & 0o777 == 0o600


@settings(max_examples=examples(30), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    values=st.lists(st.one_of(st.none(), NUMBERS), min_size=1, max_size=40),
    weights=st.lists(st.floats(-1e3, 1e3).filter(lambda x: x == 0 or abs(x) > 1e-4), min_size=40,
                     max_size=40),
    coefficient=NUMBERS.filter(bool),
    intercept=NUMBERS,
)  # fmt: skip
def test_results_are_within_the_bound_or_refused(
    values: list[float | None],
    weights: list[float],
    coefficient: float,
    intercept: float,
    tmp_path_factory: pytest.TempPathFactory,
    keyring: Keyring,
) -> None:
    """Values from 1e-6 to 1e12 in size, in one column: what would lose digits is refused, what is
    not is right within what is stated, by exact arithmetic.
    """
    folder = tmp_path_factory.mktemp("one")
    column = pa.array(values, pa.float64())
    sizes = [abs(one) for one in values if one]
    lost = bool(sizes) and min(sizes) < DIGITS * VALUE_ERROR * unit_of(max(sizes))
    dataset = publish(folder / "d", pa.table({"x": column}), keyring)
    try:
        export_homomorphic(dataset, folder / "e", keyring=keyring)
    except ArgumentError:
        assert lost
        return
    assert not lost
    there = [Fraction(one) for one in values if one is not None]
    encrypted_sum(folder / "e", folder / "s", mean=True)
    (mean,) = decrypt(folder / "s", keyring=keyring).answers
    assert (mean.value is None) == (not there)
    if there:
        assert abs(Fraction(mean.value) - sum(there) / len(there)) <= Fraction(mean.within)
    taken = weights[: len(values)]
    if any(taken):
        encrypted_weighted(folder / "e", folder / "w", column="x", weights=taken)
        total = decrypt(folder / "w", keyring=keyring).answers[0]
        exact = sum(Fraction(w) * Fraction(x or 0) for w, x in zip(taken, values, strict=True))
        assert abs(Fraction(total.value) - exact) <= Fraction(total.within)
    encrypted_linear(folder / "e", folder / "l", coefficients={"x": coefficient},
                     intercept=intercept)  # fmt: skip
    made = decrypt(folder / "l", output=folder / "l.parquet", keyring=keyring)
    for score, x in zip(scores_in(folder / "l.parquet").to_pylist(), values, strict=True):
        assert (score is None) == (x is None)
        if x is not None:
            exact = Fraction(coefficient) * Fraction(x) + Fraction(intercept)
            assert abs(Fraction(score) - exact) <= Fraction(made.within)


@pytest.mark.parametrize(
    "kind, values",
    [
        (pa.int8(), [-128, 127, None]),
        (pa.uint64(), [2**41, 0]),
        (pa.bool_(), [True, None, True]),
        (pa.decimal128(12, 2), [None, 1]),
        (pa.float32(), [0.5, -0.25]),
        (pa.float16(), [0.5, 2.0]),
    ],
    ids=str,
)
def test_types_of_numbers(
    kind: pa.DataType, values: list[object], tmp_path: Path, keyring: Keyring
) -> None:
    """Whole numbers, decimals and Booleans of any width come back as their sum."""
    column = pa.array([one if one is None else float(one) for one in values]).cast(kind)
    dataset = publish(tmp_path / "d", pa.table({"x": column}), keyring)
    export_homomorphic(dataset, tmp_path / "e", keyring=keyring)
    encrypted_sum(tmp_path / "e", tmp_path / "r")
    (one,) = decrypt(tmp_path / "r", keyring=keyring).answers
    exact = sum(float(x or 0) for x in values)
    assert abs(one.value - exact) <= one.within < 1e-9 * max(1.0, abs(exact))


def test_errors_are_as_the_model_says(exported: Exported, tmp_path: Path) -> None:
    """Before rounding, a sum of 8,192 slots is off by about a standard deviation, which the bound
    has eight of; so the bound is not loose by more than that, nor the noise larger.
    """
    from anonymize.custody.homomorphic.holder import open_holder

    kept = open_holder(exported.holder, exported.keyring)
    found = []
    for _ in range(20):
        values = np.random.default_rng(3).uniform(-1, 1, 4_096)
        off = kept.context.decrypted(kept.context.encrypted(values), product=False) - values
        found.append(off)
    one = float(np.std(found))
    assert 0.9 < one * 8 / total_error(1, 0) < 1.1
    assert np.abs(found).max() < VALUE_ERROR


def test_results_are_rounded_to_a_thousand_times_their_error(
    exported: Exported, tmp_path: Path
) -> None:
    """So another export of the same rows, with other noise, gives the same digits; the bound has
    half a step of rounding.
    """
    export_homomorphic(exported.dataset, tmp_path / "again", columns=["change"], small="keep",
                       keyring=exported.keyring)  # fmt: skip
    found = []
    for folder in (exported.folder, tmp_path / "again"):
        encrypted_sum(folder, tmp_path / f"{folder.name}.r", columns=["change"])
        found += decrypt(tmp_path / f"{folder.name}.r", keyring=exported.keyring).answers
    step = 2 * found[0].within
    assert found[0].value == found[1].value
    assert abs(found[0].value / step - round(found[0].value / step)) < 0.1
    off_grid = math.fsum(exported.floats("change")) / step % 1
    error = total_error(4_096 * 2, ROWS) * unit_of(float(np.abs(exported.floats("change")).max()))
    assert abs(off_grid - 0.5) * step > 2 * error  # noise rounds these rows' sum to one number
    assert 400 * error < found[0].within < 6_000 * error


@pytest.mark.soak
def test_a_million_rows_take_bounded_memory(tmp_path: Path, keyring: Keyring) -> None:
    """The peak of a process that exports, weighs and scores is that of 50,000 rows and the weights
    and nulls of a million: no block is kept.
    """
    peaks = [_peak_of(rows, tmp_path / str(rows), keyring) for rows in (50_000, 1_000_000)]
    assert peaks[1] - peaks[0] < 80 << 20


def _peak_of(rows: int, folder: Path, keyring: Keyring) -> int:
    import subprocess
    import sys

    chance = np.random.default_rng(1)
    table = pa.table({"x": chance.random(rows), "y": chance.integers(0, 9, rows)})
    dataset = publish(folder / "d", table, keyring)
    code = (
        "from pathlib import Path\n"
        "from anonymize.custody.homomorphic import *\n"
        f"f = Path({str(folder)!r}); k = {keyring.place!r}\n"
        f"export_homomorphic({str(dataset.path)!r}, f / 'e', keyring=k)\n"
        "encrypted_sum(f / 'e', f / 's')\n"
        f"encrypted_weighted(f / 'e', f / 'w', column='x', weights=[1.0] * {rows})\n"
        "encrypted_linear(f / 'e', f / 'l', coefficients={'x': 1, 'y': 2})\n"
        "decrypt(f / 'w', keyring=k); decrypt(f / 'l', output=f / 'l.parquet', keyring=k)\n"
        # what getrusage says has the parent's memory in it
        "print(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(done.stdout) << 10


def test_the_rounding_of_weights_is_in_the_bound() -> None:
    """It does not depend on the weights' size, and is the same in each block that has the same
    ones, so over 200 blocks of small ones it is more than the noise, which the bound without it
    would be of.
    """
    context, chance = native.new_context(), np.random.default_rng(4)
    weights, total = chance.uniform(1e-9, 2e-9, SLOTS), context.sum()
    block = context.encrypted(np.ones(SLOTS))
    for _ in range(200):
        total.add(block, weights)
    off = np.abs(context.decrypted(total.block(), product=True) - 200 * weights)
    squares, size = 200 * float((weights**2).max()), 200 * float(weights.max())
    assert slot_error(squares, size) < off.max() < slot_error(squares, size, 200)
