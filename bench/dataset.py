"""Reading a version beside its plaintext twin: the table, three columns, the first batch, and
batches for training beside the Arrow reader.

The twin is the same table in one Parquet file with the same row groups and compression. Pairs are
run in turn in one process, and the median of their ratios is printed, of seconds and of processor
seconds (those of workers that live on are not counted). torch and Hugging Face are measured where
they are installed (``make readers``).

    python bench/dataset.py [--rows 1000000] [--parts 1] [--pairs 5] [--streaming-only]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import anonymize
from anonymize.dataset import Dataset, FileEntry, Manifest
from anonymize.io import write_part
from anonymize.io.sink.row_groups import GROUP_ROWS
from anonymize.keys import init_keyring
from anonymize.names import KeyName
from anonymize.readers import TrainingBatches

NUMBERS = ["id", "age", "score", "cost", "x1", "x2", "smoker"]
THREE = ["age", "cost", "ward"]


class Spent(NamedTuple):
    """Seconds of a run, and of all processors."""

    wall: float
    cpu: float


def table(rows: int) -> pa.Table:
    """Return 15 columns as a version has them: numbers, dates, categories, pseudonyms, text."""
    made = np.random.default_rng(7)
    letters = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)

    def texts(length: int) -> pa.Array:
        data = letters[made.integers(0, 32, rows * length)]
        ends = pa.py_buffer(np.arange(0, rows * length + 1, length, dtype=np.int32))
        return pa.StringArray.from_buffers(rows, ends, pa.py_buffer(data))

    def categories(count: int, name: str) -> pa.Array:
        return pa.array([f"{name} {n}" for n in range(count)]).take(
            pa.array(made.integers(0, count, rows))
        )

    return pa.table(
        {
            "id": np.arange(rows),
            "age": made.integers(0, 90, rows).astype(np.int16),
            "score": made.normal(size=rows),
            "cost": np.round(made.gamma(2, 900, rows), 2),
            "x1": made.normal(size=rows).astype(np.float32),
            "x2": made.normal(size=rows).astype(np.float32),
            "smoker": made.random(rows) < 0.2,
            "born": pa.array(made.integers(0, 20_000, rows).astype(np.int32), pa.date32()),
            "seen": pa.array(made.integers(0, 10**15, rows), pa.timestamp("us")),
            "ward": categories(12, "ward"),
            "zip": categories(900, "zip"),
            "city": categories(5_000, "city of"),
            "patient": texts(26),
            "email": texts(26),
            "notes": texts(60),
        }
    )


def prepared(folder: Path, rows: int, parts: int) -> tuple[str, Path]:
    """Publish the table and write its twin; return the keyring's address and the twin."""
    keyring = init_keyring(uri := f"file:{folder / 'keyring.json'}", [KeyName("training")])
    whole, files = table(rows), []
    with Dataset(folder / "data").stage() as staging:
        size = -(-rows // parts)
        for number in range(parts):
            info = write_part(
                staging.path / f"part-{number:05}.parquet",
                whole.schema,
                whole.slice(number * size, size).to_batches(max_chunksize=131_072),
                keyring=keyring,
                key="training",
            )
            files.append(FileEntry.of(info, staging.path))
        staging.publish(Manifest(dataset="bench", files=tuple(files)), keyring)
    twin = folder / "twin.parquet"
    pq.write_table(
        whole,
        twin,
        compression="zstd",
        row_group_size=GROUP_ROWS,
        dictionary_pagesize_limit=262_144,
    )
    return uri, twin


def spent(run: Callable[[], Any]) -> Spent:
    """Run it once."""
    before, start = _processor(), time.perf_counter()
    run()
    return Spent(time.perf_counter() - start, _processor() - before)


def _processor() -> float:
    """Return the processor seconds of this process and of the children that have ended."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def pair(
    what: str, ours: Callable[[], Any], other: Callable[[], Any], pairs: int, aim: str = ""
) -> None:
    """Print the medians of the ratios ours to other's, and of our seconds."""
    ours(), other()
    runs = []
    for number in range(pairs):
        first, second = (ours, other) if number % 2 else (other, ours)
        one, two = spent(first), spent(second)
        runs.append((one, two) if first is ours else (two, one))
    wall, cpu = (statistics.median(mine[at] / theirs[at] for mine, theirs in runs) for at in (0, 1))
    seconds = statistics.median(mine.wall for mine, _ in runs)
    theirs = statistics.median(one.wall for _, one in runs)
    print(
        f"{what:52} {wall:5.2f} x  (processor {cpu:5.2f} x; {seconds:.3f} s against {theirs:.3f} s)"
        f"  {aim}",
        flush=True,
    )


def drained(batches: Iterator[Any]) -> None:
    """Take all of them."""
    for _ in batches:
        pass


def main() -> None:
    """Measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--parts", type=int, default=1)
    options.add_argument("--pairs", type=int, default=5)
    options.add_argument("--batch", type=int, default=4096)
    options.add_argument("--streaming-only", action="store_true", help="no batches for training")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        uri, twin = prepared(Path(folder), asked.rows, asked.parts)
        data = Path(folder) / "data"
        print(
            f"{asked.rows} rows x 15 columns, {asked.parts} parts, {twin.stat().st_size >> 20} MiB"
        )
        dataset, how = Dataset(data), {"keyring": uri}
        for name, columns in (("whole table", None), ("three columns", THREE)):
            pair(
                f"read, {name} / pq.read_table of the twin",
                lambda columns=columns: anonymize.read(data, columns, **how),
                lambda columns=columns: pq.read_table(twin, columns=columns),
                asked.pairs,
                "aim 1.25",
            )
        first = statistics.median(
            spent(lambda: dataset.to_batches(**how).read_next_batch()).wall
            for _ in range(asked.pairs)
        )
        print(f"first batch of all columns: {first:.3f} s  aim 0.3")
        peak = subprocess.run(
            [sys.executable, "-c", _PEAK, str(data), uri],
            capture_output=True,
            check=True,
            text=True,
        )
        print(f"peak of a process that streams all of it: {peak.stdout.strip()}  aim 400 MB")
        if not asked.streaming_only:
            _training(data, dataset, how, asked)


_PEAK = """
import sys
from anonymize import Dataset
def peak():
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return int(status["VmHWM"].split()[0]) // 1000
before = peak()
for batch in Dataset(sys.argv[1]).to_batches(keyring=sys.argv[2]):
    pass
print(f"{peak()} MB ({before} MB before)")
"""


def _training(data: Path, dataset: Dataset, how: dict[str, Any], asked: Any) -> None:
    """Batches for training beside the Arrow reader, both over the same columns."""

    def arrow(columns: list[str] | None) -> Callable[[], None]:
        return lambda: drained(iter(dataset.to_batches(columns, **how)))

    settings = {"batch_size": asked.batch, "shuffle": True, **how}
    for name, columns in (("7 of numbers", NUMBERS), ("all 15", None)):
        batches = TrainingBatches(data, columns, **settings)
        pair(
            f"NumPy batches, shuffled, {name} / Arrow reader",
            lambda batches=batches: drained(iter(batches)),
            arrow(columns),
            asked.pairs,
        )
        _torch(data, name, columns, settings, arrow(columns), asked.pairs)
        _huggingface(data, name, columns, how, arrow(columns), asked.pairs)


def _torch(
    data: Path, name: str, columns: Any, settings: Any, arrow: Callable[[], None], pairs: int
) -> None:
    try:
        from torch.utils.data import DataLoader

        from anonymize.readers.torch import EncryptedIterableDataset, as_is
    except (ImportError, anonymize.AnonymizeError):
        return
    for workers, aim in ((0, "aim 1.25 (80 % of its rows/s)"), (2, "aim 0.62 (1.6 x its rows/s)")):
        made = EncryptedIterableDataset(data, columns, **settings)
        loader = DataLoader(
            made, None, num_workers=workers, persistent_workers=workers > 0, collate_fn=as_is
        )
        pair(
            f"torch, shuffled, {workers} workers, {name} / Arrow reader",
            lambda loader=loader: drained(iter(loader)),
            arrow,
            pairs,
            aim,
        )


def _huggingface(
    data: Path, name: str, columns: Any, how: Any, arrow: Callable[[], None], pairs: int
) -> None:
    try:
        from anonymize.readers.huggingface import load

        stream = load(data, columns, streaming=True, **how).with_format("arrow")
    except anonymize.AnonymizeError:
        return
    pair(
        f"Hugging Face, streamed as Arrow, {name} / Arrow reader",
        lambda: drained(stream.iter(batch_size=4096)),
        arrow,
        pairs,
        "aim 1.43 (70 % of its rows/s)",
    )


if __name__ == "__main__":
    main()
