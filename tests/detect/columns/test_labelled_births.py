"""Birth dates as text behind a word that says so, and e-mail addresses as bytes."""

from __future__ import annotations

import random
from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.detect.columns.inspect import inspect_samples
from anonymize.detect.columns.sample import sample_columns
from anonymize.errors import AnonymizeError
from tests.plan.helpers import policy_of

DAYS = [(random.Random(n).randint(1, 28), n % 12 + 1, 1940 + n % 60) for n in range(300)]
Write = Callable[[int, int, int], str]

BIRTHS: dict[str, Write] = {
    "english label": lambda d, m, y: f"DOB: {m:02}/{d:02}/{y}",
    "dotted label": lambda d, m, y: f"D.O.B. {d}/{m}/{y}",
    "german": lambda d, m, y: f"geb. am {d}.{m}.{y}",
    "with a sign": lambda d, m, y: f"(*geboren {d}. {m}. {y})".replace(". ", "."),
    "iso": lambda d, m, y: f"born {y}-{m:02}-{d:02}",
    "born on a day": lambda d, m, y: f"born on March {d}, {y}",
    "french": lambda d, m, y: f"né le {d}/{m}/{y}",
    "inside a note": lambda d, m, y: f"Patient, date of birth {m}/{d}/{y}, admitted",
}
OTHERS: dict[str, Write] = {
    "other labels": lambda d, m, y: f"due: {m:02}/{d:02}/{y}",
    "a word that ends like one": lambda d, m, y: f"stubborn {m:02}/{d:02}/{y}",
    "no date": lambda d, m, y: f"DOB: field {d}",
    "a place of birth": lambda d, m, y: f"born in ward {m}, order {d}/{m}",
}


def verdict(values: list[str]) -> str:
    """Return the verdict on a column whose header says nothing."""
    batch = pa.record_batch({"c1": values})
    return str(inspect_samples(sample_columns([batch]))[0].verdict)


@pytest.mark.parametrize("write", BIRTHS.values(), ids=BIRTHS)
def test_dates_behind_a_word_for_birth_are_birth_dates(write: Write) -> None:
    """Under any header."""
    assert verdict([write(*day) for day in DAYS]) == "DATE_OF_BIRTH"


@pytest.mark.parametrize("write", OTHERS.values(), ids=OTHERS)
def test_other_dates_are_none(write: Write) -> None:
    """Another word, a part of one, or no date behind it."""
    assert verdict([write(*day) for day in DAYS]) != "DATE_OF_BIRTH"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-16"])
def test_addresses_in_bytes_are_refused(encoding: str) -> None:
    """UTF-16 as Windows programs write it, with its mark and without."""
    values = [f"anna.weber{n}@gmx.de".encode(encoding) for n in range(60)]
    with pytest.raises(AnonymizeError, match="EMAIL_ADDRESS"):
        anonymize.anonymize_frame(pd.DataFrame({"c1": values}), policy_of("  c1: {action: keep}\n"))


def test_bytes_of_a_picture_are_no_text() -> None:
    """Zeros among others say nothing."""
    values = [random.Random(n).randbytes(40) + bytes(8) for n in range(60)]
    anonymize.anonymize_frame(pd.DataFrame({"c1": values}), policy_of("  c1: {action: keep}\n"))
