"""The figures that ``simulate_scale.py`` takes and no other program here measures, in processor
seconds of one process, on the table of ``scale.py``.

    PYTHONPATH=. python bench/scale_parts.py [--rows 400000]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pickle
import tempfile
import time
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from anonymize.dataset import Dataset, FileEntry, Manifest
from anonymize.dataset.canonical import canonical, parse_canonical
from anonymize.dataset.verify import file_problems, key_problems
from anonymize.keys import init_keyring, open_keyring
from anonymize.pipeline.pieces import Pieces
from anonymize.pipeline.run import begin, measure_partition, run
from anonymize.pipeline.sampled import open_sampled
from anonymize.policy import load_policy
from anonymize.privacy import ClassCounts
from bench.scale import _policy, _source
from bench.structured import PASSPHRASE

PRIVACY = "\nprivacy: {k: 5, quasi_identifiers: [zip, plan], max_suppressed: 1.0}\n"


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """Return what ``act`` returns, and the processor seconds that it took."""
    started = time.process_time()
    result = act()
    return result, time.process_time() - started


def counts(random: np.random.Generator, rows: int = 1_000_000) -> ClassCounts:
    """Return the classes of a part of random rows."""
    columns = [pa.array(random.integers(0, most, rows)) for most in (200_000, 3)]
    return ClassCounts.of(columns)


def main() -> None:
    """Measure and print everything, in a folder that is removed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=400_000)
    rows = parser.parse_args().rows
    data = os.urandom(64 << 20)
    print(f"SHA-256: {len(data) / timed(lambda: hashlib.sha256(data))[1] / 1e6:,.0f} MB/s")
    random = np.random.default_rng(1)
    parts = [counts(random) for _ in range(6)]
    merged = timed(lambda: reduce(ClassCounts.merge, parts).together())[1]
    combinations = sum(one.table.num_rows for one in parts)
    print(f"class counts: {combinations / merged / 1e6:.1f} million merged a second")
    with tempfile.TemporaryDirectory(prefix="coatcheck-scale-parts-") as name:
        lists(Path(name) / "many")
        measure(Path(name), rows)


def lists(folder: Path, parts: int = 2000) -> None:
    """Measure what grows with the number of parts alone, on empty files."""
    folder.mkdir()
    names = [f"part-{number:05}.parquet" for number in range(parts)]
    for name in names:
        (folder / name).touch()
        (folder / f"_KEY_MATERIAL_FOR_{name}.json").touch()
    entries = (
        FileEntry(path=name, rows=1, size_bytes=1, sha256="0" * 64, key="training")
        for name in names
    )
    listed = Manifest(dataset="many", files=tuple(entries))
    seconds = timed(lambda: file_problems(folder, listed, ignore=frozenset()))[1]
    print(f"list of files: {seconds:.2f} s for {parts} parts")

    def again() -> Manifest:
        data = canonical(Manifest.model_validate(listed.as_json()).as_json())
        return Manifest.model_validate(parse_canonical(data))

    print(f"entries made and read: {timed(again)[1] / parts * 1e6:.0f} µs a part")


def measure(folder: Path, rows: int) -> None:
    """Measure what needs a table."""
    os.environ["COATCHECK_PASSPHRASE"] = PASSPHRASE
    uri = f"file:{folder / 'keyring.json'}"
    init_keyring(uri, ["training", "pseudonym", "reveal"])
    path = _policy(folder, rows, every=False)
    size, source = _source(folder, rows).stat().st_size, open_sampled(load_policy(path).source)
    print(f"rows for detection: {size / timed(lambda: source.rows)[1] / 1e6:,.0f} MB/s of CSV")
    pieces, seconds = timed(lambda: Pieces.of(source, slow=False))
    print(f"ends of pieces: {size / seconds / 1e6:,.0f} MB/s of CSV")
    first, second = (len(pickle.dumps(pieces.partitions[:count])) for count in (1, 2))
    print(f"a further piece in a task's list: {second - first} bytes")
    run(str(path), keyring=uri, workers=1)
    dataset, keyring = Dataset(folder / f"out-{rows}"), open_keyring(uri)
    manifest = dataset.manifest(keyring=keyring)
    written = sum(entry.size_bytes for entry in manifest.files)
    print(f"written: {written / size:.2f} of the size of the CSV")
    version = dataset.folder(manifest.version)
    key_problems(version, manifest, keyring, {})
    seconds = timed(lambda: [key_problems(version, manifest, keyring, {}) for _ in range(20)])[1]
    print(f"keys of a part tried: {seconds / 20 / len(manifest.files) * 1000:.2f} ms")
    path.write_text(path.read_text() + PRIVACY)
    with begin(str(path), uri, accept_change=True) as running:
        pass_ = timed(lambda: [measure_partition(running.job, n) for n in running.numbers()])[1]
    print(f"first pass: {size / pass_ / 1e6:,.0f} MB/s of CSV")


if __name__ == "__main__":
    main()
