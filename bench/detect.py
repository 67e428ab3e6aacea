"""Detection's speed beside Presidio's, in one process, findings compared; and inspecting a million
rows.

Run: ``python bench/detect.py [--texts 4000] [--rows 1000000]``. Times are CPU seconds of this
process where two things are compared, wall seconds where a user waits. Prints one table; exit code
1 where findings differ.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

T = TypeVar("T")
THRESHOLD = 0.4
COUNTRIES = ("us", "uk")
"""With these the recognizers are those that Presidio itself loads for English, and the other packs
of both.
"""


def texts(count: int, dense: bool, seed: int) -> list[str]:
    """Return short English texts; every tenth, or every one if ``dense``, holds an identifier."""
    from faker import Faker

    fake, dice = Faker("en_US"), random.Random(seed)
    fake.seed_instance(seed)
    makers = (
        fake.email,
        fake.phone_number,
        fake.ssn,
        fake.credit_card_number,
        fake.ipv4,
        fake.iban,
    )
    out = []
    for i in range(count):
        text = fake.sentence(12)
        if dense or i % 10 == 0:
            text = (
                f"{fake.first_name()} {fake.last_name()} {dice.choice(makers)()} {fake.sentence(6)}"
            )
        out.append(text[:90])
    return out


def best_of(times: int, work: Callable[[], T]) -> tuple[float, T]:
    """Return the least CPU seconds that ``work`` took, and what it returned."""
    seconds = []
    for _ in range(times):
        start = time.process_time()
        result = work()
        seconds.append(time.process_time() - start)
    return min(seconds), result


def against_presidio(name: str, corpus: list[str]) -> bool:
    """Print the rates of both over ``corpus``; return whether the findings are equal."""
    from anonymize.detect import make_scanner
    from anonymize.detect.text.presidio_engine import EngineConfig, build_engine

    engine = build_engine(EngineConfig(COUNTRIES))
    scanner = make_scanner(countries=COUNTRIES, score_threshold=THRESHOLD, fold=False)
    warm = texts(300, True, 99)
    scanner.scan(pa.array(warm))
    [engine.analyze(text, language="en", score_threshold=THRESHOLD) for text in warm]
    column = pa.array(corpus)
    ours, table = best_of(3, lambda: scanner.scan(column))
    presidio, theirs = best_of(
        2,
        lambda: [engine.analyze(text, language="en", score_threshold=THRESHOLD) for text in corpus],
    )
    found = {
        (s["row"], s["start"], s["end"], s["entity"], round(s["score"], 5))
        for s in table.to_pylist()
    }
    expected = {
        (i, r.start, r.end, r.entity_type, round(float(np.float32(r.score)), 5))
        for i, rs in enumerate(theirs)
        for r in rs
    }
    same = found == expected
    as_run = make_scanner(countries=COUNTRIES, score_threshold=THRESHOLD)
    as_run.scan(pa.array(warm))
    mended, _ = best_of(3, lambda: as_run.scan(column))
    rate, other = len(corpus) / ours, len(corpus) / presidio
    verdict = "equal" if same else "DIFFER"
    print(
        f"{name:34} {rate:>8,.0f} texts/s, Presidio {other:>6,.0f}: {rate / other:5.1f} x, findings"
        f" {verdict}"
    )
    mended_rate = len(corpus) / mended
    print(
        f"{'  as runs use it, all kinds, mended':34} {mended_rate:>8,.0f}"
        f" texts/s{mended_rate / other:31.1f} x"
    )
    return same


def first_scan() -> float:
    """Return the wall seconds of import plus first scan in a new process, caches warm."""
    code = (
        "from anonymize.detect import make_scanner; make_scanner().scan_text('call 212-555-1234 or"
        " a@example.org')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def make_files(folder: Path, rows: int) -> None:
    """Write the same table of 15 columns as CSV and Parquet."""
    from faker import Faker

    fake = Faker("en_US")
    fake.seed_instance(1)
    dice = np.random.default_rng(0)

    def pool(make: object, size: int = 20_000) -> pa.Array:
        values = pa.array([str(make()) for _ in range(size)])  # type: ignore[operator]
        return values.take(pa.array(dice.integers(0, size, rows)))

    table = pa.table(
        {
            "customer_id": pa.array(np.arange(rows)),
            "full_name": pool(fake.name),
            "email": pa.array([f"user{i}@example.org" for i in range(rows)]),
            "phone": pool(fake.phone_number),
            "ssn": pool(fake.ssn),
            "card": pool(fake.credit_card_number),
            "street": pool(fake.street_address),
            "city": pool(fake.city, 3000),
            "zip": pool(fake.postcode),
            "born": pool(fake.date_of_birth),
            "country": pool(fake.country_code, 250),
            "plan": pa.array(["free", "pro", "team"]).take(pa.array(dice.integers(0, 3, rows))),
            "amount": pa.array(np.round(dice.random(rows) * 1000, 2)),
            "visits": pa.array(dice.integers(0, 500, rows)),
            "notes": pool(lambda: fake.sentence(12)),
        }
    )
    pc.write_csv(table, folder / "table.csv")
    pq.write_table(table, folder / "table.parquet")


INSPECT = """
import sys, time
start = time.perf_counter()
import pyarrow.csv as pc, pyarrow.parquet as pq
from anonymize.detect import inspect_samples, ColumnSampler
path = sys.argv[1]
if path.endswith(".csv"):
    options = pc.ReadOptions(block_size=4 << 20)
    batches = pc.open_csv(path, read_options=options)
else:
    batches = pq.ParquetFile(path).iter_batches(batch_size=100_000)
sampler = None
for batch in batches:
    sampler = sampler or ColumnSampler(batch.schema)
    sampler.add(batch)
found = inspect_samples(sampler.samples())
seconds = time.perf_counter() - start
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(seconds, peak / 1024, len(found))
"""


def inspected(path: Path) -> None:
    """Print the wall seconds and peak memory of inspecting ``path`` in a new process."""
    done = subprocess.run(
        [sys.executable, "-c", INSPECT, str(path)], check=True, capture_output=True, text=True
    )
    seconds, memory, columns = done.stdout.split()
    print(
        f"inspect {path.name:26} {float(seconds):9.2f} s   {float(memory):6.0f} MB peak   {columns}"
        " columns"
    )


def main() -> int:
    """Run everything; return 1 where findings differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=4000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    same = against_presidio("one text in ten holds something", texts(options.texts, False, 3))
    same &= against_presidio("every text holds something", texts(options.texts // 2, True, 4))
    print(f"{'import and first scan, warm cache':34} {first_scan():9.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        make_files(Path(folder), options.rows)
        inspected(Path(folder) / "table.csv")
        inspected(Path(folder) / "table.parquet")
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB peak")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
