"""Keyed primitives beside a loop over the usual library, in one process; medians of five.

    python bench/primitives.py [--rows N] [--vault] [--memory]

Each pair sees the same values, in turn. Both run on one thread, and their time is that of the
processor, so that a busy machine does not decide; the vault's is wall time. Prints values/s of
both, the ratio and the ratio that is asked for. ``--memory`` prints the memory a call adds at its
highest, in a process of its own each, in multiples of the column's bytes.
"""

from __future__ import annotations

import argparse
import hmac
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from anonymize.keys import (
    FormatSpec,
    PurposeKey,
    Secret,
    cmac,
    ff1_decrypt,
    ff1_encrypt,
    pseudonyms,
    siv_open,
    siv_seal,
)
from anonymize.keys.format_preserving.checkdigits import set_luhn
from anonymize.keys.primitives.byte_columns import flatten, groups
from anonymize.keys.primitives.siv import Siv
from anonymize.names import KeyId
from anonymize.vault import SqliteVault

KEY = PurposeKey(KeyId("bench.1"), Secret(b"b" * 32), domain="bench", entity="", action="bench")
RUNS = 5
Act = Callable[[], Any]


def texts(rows: int) -> pa.Array:
    """Return strings of 8 to 29 characters."""
    return pa.array([f"{'ann.example@mail.example.org'[: 1 + i % 22]}{i:07d}" for i in range(rows)])


def numbers(rows: int) -> pa.Array:
    """Return strings of 16 digits."""
    return pa.array([f"{n:016d}" for n in np.random.default_rng(1).integers(0, 10**16, rows)])


def seconds(act: Act, clock: Callable[[], float]) -> float:
    """Return the time of one call by ``clock``."""
    start = clock()
    act()
    return clock() - start


def pair(name: str, ours: tuple[Act, int], loop: tuple[Act, int], asked: float = 0) -> None:
    """Time both in turn and print the medians; each comes with its number of values."""
    clock = time.process_time
    times = [
        (seconds(ours[0], clock) / ours[1], seconds(loop[0], clock) / loop[1]) for _ in range(RUNS)
    ]
    mine, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    verdict = f"  asked {asked:g} x: {'yes' if theirs / mine >= asked else 'NO'}" if asked else ""
    print(
        f"{name:30} {1e-6 / mine:7.2f} M/s   loop {1e-6 / theirs:7.4f} M/s {theirs / mine:7.1f}"
        f" x{verdict}",
        flush=True,
    )


def macs(rows: int) -> None:
    """Compare CMAC and pseudonyms with a loop of ``hmac.digest``."""
    column = texts(rows)
    values = [text.encode() for text in column.slice(0, 100_000).to_pylist()]
    loop: Act = lambda: [hmac.digest(b"k" * 32, value, "sha256") for value in values]  # noqa: E731
    pair("CMAC", (lambda: cmac(b"k" * 16, column), rows), (loop, len(values)), 15)
    pair("pseudonyms, as text", (lambda: pseudonyms(KEY, column), rows), (loop, len(values)))


def sivs(rows: int) -> None:
    """Compare SIV, bare and as tokens, with a loop of ``AESSIV``."""
    column, siv, aessiv = texts(rows), Siv(Secret(b"k" * 64), [b"domain"]), AESSIV(b"k" * 64)
    values = [text.encode() for text in column.slice(0, 100_000).to_pylist()]
    theirs, tokens = [aessiv.encrypt(value, [b"domain"]) for value in values], siv_seal(KEY, column)
    sealed = [siv.seal(matrix) for _, matrix in groups(flatten(column))]
    seal: tuple[Act, int] = (
        lambda: [aessiv.encrypt(value, [b"domain"]) for value in values],
        len(values),
    )
    open_: tuple[Act, int] = (
        lambda: [aessiv.decrypt(value, [b"domain"]) for value in theirs],
        len(values),
    )
    pair(
        "SIV encrypt",
        (lambda: [siv.seal(matrix) for _, matrix in groups(flatten(column))], rows),
        seal,
        8,
    )
    pair("SIV decrypt", (lambda: [siv.open(iv, text) for iv, text in sealed], rows), open_, 8)
    pair("SIV tokens sealed, as text", (lambda: siv_seal(KEY, column), rows), seal)
    pair("SIV tokens opened, from text", (lambda: siv_open(KEY, tokens), rows), open_)


def formats(rows: int) -> None:
    """Compare FF1 on 16 digits with a loop of ``ff3``, and show its variants."""
    from ff3 import FF3Cipher

    column, ff3 = numbers(rows), FF3Cipher("ef4359d8d580aa4f7f036d6f04fc6a94", "d8e7920afa330a")
    sample = column.slice(0, 2_000).to_pylist()
    loop: tuple[Act, int] = (lambda: [ff3.encrypt(text) for text in sample], len(sample))
    spaced = pa.array(
        [f"{text[:4]} {text[4:8]} {text[8:12]} {text[12:]}" for text in column.to_pylist()]
    )
    digits = np.frombuffer(column.buffers()[2], np.uint8).reshape(-1, 16) - ord("0")
    set_luhn(digits, 15)
    cards = pa.array((digits + ord("0")).view("S16").ravel().astype(str))
    codes = pa.array([f"AB-{int(text[:6]):06d}-xQ" for text in column.to_pylist()])
    luhn, by_class = FormatSpec(check="luhn", keep_last=4), FormatSpec(alphabet=None)
    pair("FF1 16 digits", (lambda: ff1_encrypt(KEY, column), rows), loop, 100)
    pair("FF1 16 digits, decrypt", (lambda: ff1_decrypt(KEY, column), rows), loop, 100)
    pair("FF1 with separators", (lambda: ff1_encrypt(KEY, spaced), rows), loop)
    pair("FF1 Luhn, last 4 kept", (lambda: ff1_encrypt(KEY, cards, luhn), rows), loop)
    pair("FF1 by class (AB-123456-xQ)", (lambda: ff1_encrypt(KEY, codes, by_class), rows), loop)


MEMORY: dict[str, tuple[Callable[[int], pa.Array], Callable[[pa.Array], Any]]] = {
    "CMAC": (texts, lambda column: cmac(b"k" * 16, column)),
    "pseudonyms": (texts, lambda column: pseudonyms(KEY, column)),
    "SIV seal": (texts, lambda column: siv_seal(KEY, column)),
    "SIV open": (lambda rows: siv_seal(KEY, texts(rows)), lambda column: siv_open(KEY, column)),
    "FF1 encrypt": (numbers, lambda column: ff1_encrypt(KEY, column)),
    "FF1 by class": (numbers, lambda column: ff1_encrypt(KEY, column, FormatSpec(alphabet=None))),
    "FF1 decrypt": (numbers, lambda column: ff1_decrypt(KEY, column)),
}


def memory_of(name: str, file: str) -> float:
    """Return what one call adds to this process's memory at its highest, in multiples of the
    column.
    """
    with pa.OSFile(file) as source:
        column = pa.ipc.open_file(source).read_all()["x"].combine_chunks()
    MEMORY[name][1](column.slice(0, 100))
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    result = MEMORY[name][1](column)
    highest = _status("VmHWM")
    del result
    return (highest - before) / column.nbytes


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def memory(rows: int) -> None:
    """Print each primitive's peak, measured in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for name, (make, _) in MEMORY.items():
            table, file = pa.table({"x": make(rows)}), f"{folder}/column.arrow"
            with pa.OSFile(file, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
                writer.write_table(table)
            line = [sys.executable, __file__, "--one", name, "--file", file]
            ratio = float(subprocess.run(line, check=True, capture_output=True, text=True).stdout)
            verdict = "yes" if ratio <= 8 else "NO"
            print(
                f"{name:30} peak {ratio:4.1f} x of {table.nbytes / 1e6:.0f} MB   asked 8 x:"
                f" {verdict}"
            )


def ask(vault: SqliteVault, column: pa.Array, batch: int = 50_000) -> None:
    """Ask for the tokens of a column, 50,000 values at a time."""
    for start in range(0, len(column), batch):
        vault.tokens(KEY, column.slice(start, batch))


def vault(rows: int) -> None:
    """Print what the SQLite vault creates and gets, by the wall clock and by the processor's."""
    column = pa.array([f"person{i:09d}@example.com" for i in range(rows)])
    spent: list[list[tuple[float, float]]] = [[], []]
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            kept = SqliteVault(Path(folder) / "vault.db")
            for times in spent:
                start = time.perf_counter(), time.process_time()
                ask(kept, column)
                times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
            kept.close()
    for name, asked, times in zip(("create", "get"), (60_000, 100_000), spent, strict=True):
        wall, processor = (rows / statistics.median(column) for column in zip(*times, strict=True))
        verdict = "yes" if wall >= asked else "NO"
        print(
            f"vault {name:8} {wall:9,.0f} values/s (processor {processor:9,.0f})   asked {asked:,}:"
            f" {verdict}"
        )


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--vault", action="store_true", help="the vault only")
    parser.add_argument("--memory", action="store_true", help="peak memory only")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(memory_of(asked.one, asked.file))
        return 0
    print(f"{asked.rows:,} values, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    parts = (
        [vault]
        if asked.vault
        else [memory]
        if asked.memory
        else [macs, sivs, formats, memory, vault]
    )
    for part in parts:
        part(asked.rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
