"""Time and memory of comparing a version with an earlier one: python bench/across.py [rows].

Publishes made-up people twice, of whom one in twenty left, came or changed in between, recoded to
k = 5 and l = 2, and prints the processor time of the comparison by itself (reading and decrypting
the earlier version included), that of the whole run, and the memory that the comparison adds. With
``codes`` behind the rows nothing is published: the measures alone, of rows recoded by chance.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import anonymize
from anonymize.keys import init_keyring
from anonymize.names import KeyName
from anonymize.pipeline import in_progress
from anonymize.privacy.across import Release, compare, covering, meeting

POLICY = """
version: 1
dataset: people
purpose: bench
source: {path: people.parquet}
sink: {path: out}
subject: who
detect: {ner: off}
checks: {residual: off}
privacy:
  quasi_identifiers: [age, zip, sex, job]
  sensitive: [dx]
  k: 5
  l: 2
  recode: {age: {ranges: [5, 10, 30]}, zip: {prefix: [4, 3, 2]}, job: values, sex: values}
  against: [previous]
  on_against: report
columns:
  who: {action: pseudonymize}
  age: {action: keep, accept: bench}
  zip: {action: keep, accept: bench}
  sex: {action: keep, accept: bench}
  job: {action: keep, accept: bench}
  dx: {action: keep, accept: bench}
"""


def table(rows: int, changed: float) -> pa.Table:
    """Return made-up people, a part of whom are others than without ``changed``."""
    die = np.random.default_rng(7)
    zips = np.minimum(die.gamma(2.0, 150, rows), 899).astype(int) + 10_000
    columns = {
        "who": np.arange(rows),
        "age": np.minimum(die.gamma(2.0, 15, rows), 89).astype(int),
        "zip": zips.astype(str),
        "sex": die.integers(0, 2, rows).astype(str),
        "job": np.char.add(
            "job ", np.minimum(die.gamma(2.0, 10, rows), 59).astype(int).astype(str)
        ),
        "dx": np.char.add("dx ", die.integers(0, 50, rows).astype(str)),
    }
    other = die.random(rows) < changed
    columns["who"] = np.where(other, columns["who"] + rows, columns["who"]).astype(str)
    return pa.table(columns)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if sys.argv[2:] == ["codes"]:
        codes(rows)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), rows)


def measure(folder: Path, rows: int) -> None:
    """Publish twice, and print what the comparison took."""
    policy, uri = folder / "policy.yaml", f"file:{folder}/keys/keyring.json"
    (folder / "keys").mkdir()
    text = POLICY.replace("people.parquet", f"{folder}/people.parquet")
    policy.write_text(text.replace("path: out", f"path: {folder}/out"))
    init_keyring(uri, [KeyName("training"), KeyName("pseudonym")])
    compared = in_progress.with_across
    took = [0.0, 0.0]

    def timed(*args: Any) -> Any:
        start, before = time.process_time(), peak()
        found = compared(*args)
        took[:] = time.process_time() - start, peak() - before
        return found

    in_progress.with_across = timed
    for changed in (0.0, 0.05):
        pq.write_table(table(rows, changed), folder / "people.parquet")
        start = time.process_time()
        done = anonymize.run(policy, keyring=uri, workers=1)
        whole = time.process_time() - start
    assert done.privacy is not None
    for one in done.privacy.against or ():
        print(one.words())
    print(
        f"{rows:,} rows against {rows:,}: {done.privacy.classes:,} classes; the run took"
        f" {whole:.1f} s of processor time, the comparison {took[0]:.1f} s of it;"
        f" it added {took[1]:,.0f} MB to the peak, {peak():,.0f} MB"
    )


WIDTHS = ((5, 10, 1, 1), (10, 100, 1, 60), (30, 10, 2, 60), (10, 900, 2, 1))
"""Widths of the bands of age, zip, sex and job, of which each region has one."""
SIZES = (90, 900, 2, 60)


def codes(rows: int) -> None:
    """Print what the measures alone take, of two releases by people."""
    die = np.random.default_rng(7)
    columns = [np.minimum(die.gamma(2.0, size / 6, rows), size - 1).astype(int) for size in SIZES]
    values, who = die.integers(0, 50, rows), np.arange(rows)
    other = die.random(rows) < 0.05
    later = np.where(other, die.integers(0, 50, rows), values)
    people = np.where(die.random(rows) < 0.05, who + rows, who)
    _, people = np.unique(np.concatenate([who, people]), return_inverse=True)
    start, before = time.process_time(), peak()
    sides = [recoded(columns, shift) for shift in (0, 15)]
    releases = [
        Release(len(labels), of, people[part], np.ones(rows, np.int64), (value,))
        for (labels, of), part, value in zip(
            sides, (slice(rows), slice(rows, None)), (values, later), strict=True
        )
    ]
    made = time.process_time() - start
    start = time.process_time()
    key = np.zeros(rows, np.int64)
    for column, size in zip(columns, SIZES, strict=True):
        key = key * size + column
    _, first, count = np.unique(key, return_index=True, return_counts=True)
    coverings, texts = [], sides[0][0]
    labels = np.empty(texts.shape, np.int64)
    for at in range(len(columns)):
        names, labels[:, at] = np.unique(texts[:, at], return_inverse=True)
        distinct = pa.array([str(one) for one in range(SIZES[at])])
        coverings.append(covering(pa.array(names.tolist()), distinct, None, same=True))
    quasi = np.stack([column[first] for column in columns], axis=1)
    met = meeting(labels, quasi, coverings, sides[1][1][first], count)
    both = {tuple(one): at for at, one in enumerate(sides[0][0].tolist())}
    at = np.array([both.get(tuple(one), -1) for one in sides[1][0].tolist()])
    same = at[at >= 0], np.flatnonzero(at >= 0)
    for matched in (True, False):
        found = compare(*releases, met, same, needs=[2], k=5, matched=matched, joins=True)
        print(found)
    took = time.process_time() - start
    print(
        f"{rows:,} rows, {len(first):,} combinations, {releases[0].classes:,} and"
        f" {releases[1].classes:,} classes, {len(met.earlier):,} pairs that meet: by people and"
        f" again by rows {took:.1f} s ({made:.1f} s to make them),"
        f" {peak() - before:,.0f} MB more, {peak():,.0f} MB"
    )


def recoded(columns: Sequence[np.ndarray], shift: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the labels of each class, and the class of each row."""
    region = (columns[0] + shift) // 30 % len(WIDTHS)
    key, ends = np.zeros(len(region), np.int64), []
    for at, column in enumerate(columns):
        width = np.array([widths[at] for widths in WIDTHS])[region]
        low = column // width * width
        ends.append((low, low + width - 1))
        key = np.unique((key * 1_000 + low) * 1_000 + width, return_inverse=True)[1]
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    labels = [
        [f"{a}–{b}" if a < b else str(a) for a, b in zip(low[first], high[first], strict=True)]
        for low, high in ends
    ]
    return np.array(labels).T, of


def peak() -> float:
    """Return the most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
