"""A model of large runs, from measured figures.

A discrete-event simulation: workers take parts of a queue, some parts take longer, workers die and
begin theirs again. What one process does before and after is added up. Limits and sizes of pieces
are the code's own. Nothing here was measured on 200 workers.

``simulate_scale.py`` prints what it says.
"""

from __future__ import annotations

import functools
import heapq
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from anonymize.dataset import manifest, tree
from anonymize.dataset.canonical import MOST_ELEMENTS, canonical, plain_json
from anonymize.io.sources.pieces import pieces_wanted
from anonymize.io.stores.folder import PART_BYTES
from anonymize.io.stores.ranges import BLOCK_BYTES
from anonymize.pipeline.executors.choose import (
    BYTES_A_SECOND,  # of a source of 15 columns, by one core; see docs/scale.md for its age
    ROW_BYTES,
    START_SECONDS,
)
from anonymize.pipeline.executors.processes import TRIES

TB, GB, HOUR = 1e12, 1e9, 3600.0
# Measured on two cores, in processor seconds; by bench/scale_parts.py if nothing else is said:
HASH = 1.4e9  # bytes of SHA-256 a second, one thread
DETECT, DIVIDE = 370e6, 380e6  # bytes of CSV a second: rows for detection, and ends of pieces
FIRST_PASS = 73e6  # bytes of CSV a second, one worker
WRITTEN = 0.41  # bytes of a version for each byte of CSV
KEYS_SECONDS = 0.35e-3  # to try the wrapped keys of a part and read its footer
MERGED = 10e6  # combinations of class counts a second
SYNC_SECONDS = 10e-3  # of the disk for a part: docs/measured.md, "rotating a key"
SQLITE = 128_823, 354_090  # new and known tokens a second, one writer: bench/primitives.py
POSTGRES = 0.86  # times that, one writer: both vaults side by side, when the project began
COUNT_BYTES = 24  # a class, rows counted: privacy/class_counts.py; 32 with people
ENTRY_SECONDS = 80e-6  # to make and read again a part's entry in a manifest
JOB_BYTES = 81  # of a part, in the pickled list that goes with each task
THREADS = 4  # files hashed at once: dataset/verify.py
# Assumed, not measured:
SLOW_SHARE, SLOWER = 0.02, 4.0  # parts that take four times as long
DRIVER_BYTES, DISK_BYTES = 64e9, 4e12  # memory and disk of the machine that publishes
# Dollars for 1,000 requests, S3 Standard, as docs/scale.md says whose, read on 30 November 2026.
PUT_PRICE, GET_PRICE = 0.005, 0.0004


@dataclass(frozen=True)
class Cluster:
    """Machines, as assumed: none of it was measured."""

    workers: int = 200
    on_one_machine: int = 8
    link: float = 1.25e9
    """Bytes a second of one machine's network, the publishing one's too (10 Gbit/s)."""
    store: float = 20e9
    """Bytes a second of the shared storage, all machines together."""
    deaths: float = 1e-3
    """Deaths of a worker in an hour."""


@dataclass(frozen=True)
class Source:
    """A source of files of one size."""

    size: float
    file: float = 10 * GB
    text: bool = True
    """CSV or JSON Lines; False for Parquet, of which planning reads little."""
    classes: int = 0
    """Classes of quasi-identifiers, equally likely; 0 without a ``privacy:`` block."""
    asked: float = 0.0
    """Known values that a PostgreSQL vault is asked for, for each row."""

    @property
    def files(self) -> int:
        """Number of files."""
        return max(1, round(self.size / self.file))

    @property
    def parts(self) -> int:
        """Number of parts, as the code divides files of this size."""
        return self.files * pieces_wanted(int(min(self.size, self.file)))


@dataclass(frozen=True)
class Worked:
    """One pass over all parts by the workers."""

    seconds: float
    deaths: int = 0
    lost: float = 0.0
    """Seconds of work that were done again."""
    refused: bool = False
    """True if a part's worker died so often that the run ends."""


@dataclass(frozen=True)
class Run:
    """Seconds of each stage of a run, in order."""

    stages: dict[str, float]
    write: Worked

    @property
    def seconds(self) -> float:
        """Seconds of the whole run."""
        return sum(self.stages.values())


def work(parts: int, took: float, cluster: Cluster, chance: random.Random) -> Worked:
    """Simulate workers that take ``parts`` parts, which take ``took`` seconds each."""
    free = [(START_SECONDS, worker) for worker in range(min(cluster.workers, parts))]
    rate = max(cluster.deaths, 1e-12) / HOUR
    dies = [chance.expovariate(rate) for _ in free]
    end, lost, deaths, refused = 0.0, 0.0, 0, False
    for _ in range(parts):
        at, worker = heapq.heappop(free)
        left = took * (SLOWER if chance.random() < SLOW_SHARE else 1.0)
        begun = 0
        while dies[worker] < at + left and begun < TRIES:
            deaths, begun, lost = deaths + 1, begun + 1, lost + max(0.0, dies[worker] - at)
            at = max(at, dies[worker]) + START_SECONDS
            dies[worker] = at + chance.expovariate(rate)
        refused = refused or begun >= TRIES
        end = max(end, at + left)
        heapq.heappush(free, (at + left, worker))
    return Worked(end, deaths, lost, refused)


def around(source: Source, cluster: Cluster, changed: float = 1.0) -> dict[str, float]:
    """Return the seconds of what one process does alone, before and after the workers."""
    parts, size, out = source.parts, source.size, source.size * WRITTEN
    looked = size * changed * (1 / DETECT + 1 / DIVIDE) if source.text else 0.0
    link = min(cluster.link, cluster.store)
    moved = size * changed * (3 if source.text else 1) / link
    return {
        "planning": max(looked, changed * size / HASH, moved),  # the digest is taken beside it
        "class counts": 2 * held(source) / COUNT_BYTES / MERGED,  # before and after writing
        "digest of every part": out / min(THREADS * HASH, link),
        "keys, sync, manifest": parts * (KEYS_SECONDS + SYNC_SECONDS + ENTRY_SECONDS),
    }


@functools.cache
def run(source: Source, cluster: Cluster, changed: float = 1.0, seed: int = 13) -> Run:
    """Simulate a run into a folder that all machines share; ``changed`` is the share of the source
    that an incremental run does.
    """
    chance, part = random.Random(seed), source.size / source.parts
    parts = max(1, round(source.parts * changed))
    share = min(cluster.link / cluster.on_one_machine, cluster.store / cluster.workers)
    first = work(parts, part / min(FIRST_PASS, share), cluster, chance) if source.classes else None
    took = max(part / BYTES_A_SECOND, part * (1 + WRITTEN) / share)
    asked = source.asked * part / ROW_BYTES / (SQLITE[1] * POSTGRES)
    took = max(took, asked * min(cluster.workers, parts))  # the vault serves all workers
    write = work(parts, took, cluster, chance)
    passes = {"first pass": first.seconds if first else 0.0, "writing": write.seconds}
    return Run({**passes, **around(source, cluster, changed)}, write)


def held(source: Source) -> float:
    """Return the bytes of class counts that the driver holds before it has merged them."""
    if not source.classes:
        return 0.0
    rows = source.size / ROW_BYTES / source.parts
    return source.parts * source.classes * -math.expm1(-rows / source.classes) * COUNT_BYTES


def requests(part: float, source_file: float) -> tuple[int, int, int]:
    """Return the requests of a part with its file of wrapped keys, at the PUT and at the GET price,
    and those of an object of a source, at the GET price. LIST, one for 1,000 objects, is left out.
    """
    upload = 1 if part < PART_BYTES else 2 + math.ceil(part / PART_BYTES)  # begin, pieces, end
    readings = 3 * (math.ceil(source_file / BLOCK_BYTES) + 2)  # two HEAD around each
    return upload + 1, 2 + 6, readings  # HEAD after each; two HEAD, four GET to open a piece


def entry_size() -> tuple[int, int]:
    """Return the bytes and the JSON elements of a part's entry in a manifest."""
    entry = manifest.FileEntry(
        path="part-00000.parquet", rows=1_000_000, size_bytes=100_000_000, sha256="0" * 64,
        sidecar_sha256="0" * 64, key="training",
    )  # fmt: skip
    data = canonical(plain_json(entry.model_dump(mode="python"), "entry")) + b","
    return len(data), sum(data.count(one) for one in (b",", b"[", b"{"))


def tree_size() -> int:
    """Return the bytes of a part and its wrapped keys in the tree of a dataset in S3."""
    part, nonce = "part-00000.parquet", "0" * 16
    names = {
        f"versions/000001/{name}": f"versions/000001-{nonce}/{name}"
        for name in (part, f"_KEY_MATERIAL_FOR_{part}.json")
    }
    return len(tree.Tree(names).data()) - len(tree.Tree({}).data()) + 1


def limits(file: float) -> list[tuple[str, str, float]]:
    """Return what breaks, where in the code, and from how many bytes of source in files of ``file``
    bytes; the least first.
    """
    pieces = Source(file, file).parts
    entry, elements = entry_size()
    owners = (82 + 177 / pieces) * 4 / 3  # names and digests of parts and files, sealed, base64

    def first(over: Callable[[Source], bool], text: bool = True, classes: int = 0) -> float:
        size = file
        while not over(Source(size, file, text, classes)) and size < 1e17:
            size *= 1.02
        return size

    def parts(most: float) -> float:
        return first(lambda source: source.parts > most)

    def alone(stage: str, hours: float, text: bool = True) -> float:
        return first(lambda one: around(one, Cluster())[stage] > hours * HOUR, text)

    asked = SQLITE[1] * POSTGRES * 12 * HOUR
    found = [
        ("12 hours of the vault: PostgreSQL asked for one known value a row", "vault/bulk.py",
         first(lambda one: one.size / ROW_BYTES > asked)),
        ("64 MiB: S3, CURRENT names the parts of all versions, 30 kept", "dataset/tree.py",
         parts(tree.LARGEST_BYTES / tree_size() / 30)),
        ("S3: a version is prepared on one disk (4 TB)", "dataset/mirror.py",
         first(lambda one: one.size * WRITTEN > DISK_BYTES)),
        ("64 MiB: a version's manifest", "dataset/manifest.py",
         parts(manifest.LARGEST_BYTES / (entry + owners))),
        ("2,000,000 JSON elements: the same", "dataset/canonical.py",
         parts(MOST_ELEMENTS / elements)),
        ("100,000 classes in 64 GB", "pipeline/passing.py",
         first(lambda one: held(one) > DRIVER_BYTES, classes=100_000)),
        ("Prefect: 100 GB of lists of parts, one with each task", "flows/anonymize_dataset.py",
         parts(math.sqrt(100 * GB / JOB_BYTES))),
        ("12 hours of planning, CSV", "pipeline/sampled.py", alone("planning", 12)),
        ("12 hours of planning, Parquet", "pipeline/jobs.py", alone("planning", 12, False)),
        ("12 hours for the digests of what was written", "dataset/verify.py",
         alone("digest of every part", 12)),
    ]  # fmt: skip
    return sorted(found, key=lambda one: one[2])
