"""Reads a source from S3, and publishes to S3, beside the same on disk and a bare copy by boto3.

A moto server in a process of its own is the store. The numbers to compare are ours in S3, and disk
and copy together; readers take turns, the first round is not counted, the medians are told.

    python bench/stores.py [--rows 1000000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq


@contextmanager
def store() -> Iterator[Any]:
    """Yield a client of a moto server, whose address is in the environment."""
    import boto3

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.environ |= {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/moto-api/data.json").close()
                break
            except OSError:
                time.sleep(0.1)
        client = boto3.client("s3")
        client.create_bucket(Bucket="bench")
        yield client
    finally:
        server.terminate()
        server.wait(20)


def table(rows: int) -> pa.Table:
    """Return invented rows of ten columns of numbers and texts."""
    rng = np.random.default_rng(7)
    numbers = {f"n{at}": rng.integers(0, 10**6, rows) for at in range(6)}
    texts = {f"t{at}": pa.array(rng.integers(0, 10**8, rows)).cast(pa.string()) for at in range(4)}
    return pa.table({**numbers, **texts})


def told(what: str, rounds: int, **acts: Callable[[], object]) -> None:
    """Print the medians of ``s3``, ``disk`` and ``copy``, and the ratio of the first to the two."""
    times: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(rounds + 1):
        for name, act in acts.items():
            begun = time.perf_counter()
            act()
            if number:
                times[name].append(time.perf_counter() - begun)
    middle = {name: statistics.median(found) for name, found in times.items()}
    ratio = middle["s3"] / (middle["disk"] + middle["copy"])
    shown = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in middle.items())
    print(f"{what}: {shown}; S3 {ratio:.2f} x disk and copy")


def sources(client: Any, made: pa.Table, folder: Path, rounds: int) -> None:
    """Open and read a CSV and a Parquet file, three times each as a run does."""
    from anonymize.io import open_source

    def read(path: str) -> None:
        source = open_source(path)
        source.spread()
        source.fingerprint()
        assert sum(batch.num_rows for batch in source.batches()) == made.num_rows

    pc.write_csv(made, folder / "t.csv")
    pq.write_table(made, folder / "t.parquet")
    for name in ("t.csv", "t.parquet"):
        size = (folder / name).stat().st_size
        count = iter(range(10**6))

        def anew(name: str = name, count: Iterator[int] = count) -> None:
            read(f"s3://bench/{next(count)}/{name}")  # another object: none is in memory

        for at in range(rounds + 1):
            client.upload_file(str(folder / name), "bench", f"{at}/{name}")
        told(
            f"{name}, {size >> 20} MiB, read as by a run",
            rounds,
            s3=anew,
            disk=lambda name=name: read(str(folder / name)),
            copy=lambda name=name: client.download_file("bench", f"0/{name}", f"{folder}/copy"),
        )


def sink(client: Any, made: pa.Table, folder: Path, rounds: int) -> None:
    """Publish a version of one part, and copy as many bytes."""
    from anonymize.dataset import Dataset, FileEntry, Manifest, RowCounts
    from anonymize.io import write_part
    from anonymize.keys import init_keyring
    from anonymize.names import KeyName

    keyring = init_keyring(f"file:{folder / 'keys' / 'keyring.json'}", (KeyName("training"),))

    def publish(path: str) -> None:
        with Dataset(path).stage() as staging:
            part = staging.path / "part-00000.parquet"
            info = write_part(
                part, made.schema, made.to_batches(100_000), keyring=keyring, key="training"
            )
            rows = RowCounts(read=made.num_rows, written=made.num_rows)
            entry = FileEntry.of(info, staging.path)
            staging.publish(Manifest(dataset="bench", files=(entry,), rows=rows), keyring)

    count = iter(range(10**6))
    publish(str(folder / "first"))
    part = next((folder / "first" / "versions" / "000001").glob("*.parquet"))
    told(
        f"publication of a part of {part.stat().st_size >> 20} MiB",
        rounds,
        s3=lambda: publish(f"s3://bench/sets/{next(count)}"),
        disk=lambda: publish(str(folder / f"out{next(count)}")),
        copy=lambda: client.upload_file(
            str(part), "bench", "copy", ExtraArgs={"ServerSideEncryption": "AES256"}
        ),
    )


def main() -> None:
    """Measure sources and sink."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    made = table(asked.rows)
    with store() as client, tempfile.TemporaryDirectory() as folder:
        os.environ["COATCHECK_KEYFILE"] = str(Path(folder) / "keyfile")
        sources(client, made, Path(folder), asked.rounds)
        sink(client, made, Path(folder), asked.rounds)


if __name__ == "__main__":
    main()
