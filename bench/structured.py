"""Rows per second of the main job beside the floor and a peer, on one generated table, in one
process.

The floor is what any pipeline must pay: pyarrow reads the CSV and writes it as encrypted zstd
Parquet. Coatcheck runs the same file through a policy that transforms the eight personal columns,
with every check on. presidio-structured gets a slice, because it works row by row; its figure is
per row.

    python bench/structured.py [--rows 1000000] [--pairs 3] [--all]
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

FIRST = np.array(
    [
        "Ana",
        "Bo",
        "Chen",
        "Dele",
        "Elif",
        "Femi",
        "Gita",
        "Hugo",
        "Inés",
        "João",
        "Kira",
        "Lars",
        "Mei",
        "Noor",
    ]
)
LAST = np.array(
    [
        "Adeyemi",
        "Brandt",
        "Castro",
        "Dvořák",
        "Eriksen",
        "Fontaine",
        "García",
        "Haddad",
        "Ivanova",
        "Jensen",
    ]
)
STREETS = np.array(
    [
        " Oak Street",
        " High Road",
        " Rue Verte",
        " Lindenweg",
        " Calle Sol",
        " Park Avenue",
        " Mill Lane",
    ]
)
POLICY = """version: 1
dataset: bench
purpose: measurement
source: {{path: {source}}}
sink: {{path: {sink}}}
unlisted: refuse
columns:
  id: {{action: keep}}
  full_name: {{action: fake, kind: name}}
  email: {{action: pseudonymize, domain: email}}
  phone: {{action: mask, keep_last: 2}}
  card: {{action: mask, keep_last: 4}}
  national_id: {{action: tokenize}}
  born: {{action: generalize, to: year}}
  street: {{action: redact}}
  zip: {{action: generalize, prefix: 3}}
  country: {{action: keep}}
  plan: {{action: keep}}
  amount: {{action: keep}}
  visits: {{action: keep}}
  score: {{action: keep}}
  active: {{action: keep}}
"""
ALL = {
    "id": "{action: pseudonymize}",
    "phone": "{action: fake, kind: phone}",
    "card": "{action: encrypt_format, keep_last: 4}",
    "born": "{action: shift_dates, within_days: 30}",
    "country": "{action: generalize, rare: 1000}",
    "plan": "{action: constant, value: any}",
    "amount": "{action: generalize, significant: 2}",
    "visits": "{action: generalize, band: 5, top: 20}",
    "score": "{action: perturb, scale: 0.1}",
    "active": "{action: redact}",
}
"""Rules in place of those above, so that all 15 columns are transformed by a mix of actions."""
PASSPHRASE = "for the bench only"
PERSONAL = ["full_name", "email", "phone", "card", "national_id", "born", "street", "zip"]


def make_table(rows: int) -> pa.Table:
    """Return ``rows`` invented customers in 15 columns, eight of them personal."""
    rng = np.random.default_rng(1)
    number = rng.permutation(rows)
    first, last = FIRST[rng.integers(0, len(FIRST), rows)], LAST[rng.integers(0, len(LAST), rows)]
    digits = np.char.zfill(number.astype(str), 7)
    name = np.char.add(np.char.add(first, " "), np.char.add(last, np.char.add("-", digits)))
    days = rng.integers(-15000, 12000, rows).astype("datetime64[D]")
    return pa.table(
        {
            "id": number + 10_000_000,
            "full_name": name,
            "email": np.char.add(np.char.add("user", digits), "@example.com"),
            "phone": np.char.add("+1 555 ", digits),
            "card": np.char.add("400000", np.char.zfill((number * 7919 % 10**10).astype(str), 10)),
            "national_id": np.char.add("900-", digits),
            "born": days,
            "street": np.char.add(
                np.char.add(rng.integers(1, 999, rows).astype(str), " "),
                STREETS[rng.integers(0, 7, rows)],
            ),
            "zip": np.char.zfill(rng.integers(501, 99950, rows).astype(str), 5),
            "country": np.array(["US", "DE", "BR", "NG", "JP"])[rng.integers(0, 5, rows)],
            "plan": np.array(["free", "basic", "pro"])[rng.integers(0, 3, rows)],
            "amount": rng.gamma(2.0, 60.0, rows).round(2),
            "visits": rng.poisson(4, rows),
            "score": rng.normal(0.0, 1.0, rows).round(6),
            "active": rng.random(rows) < 0.8,
        }
    )


class _OneKey(pe.KmsClient):
    """Stands in for a key service in the floor: wraps by base64, which costs nothing."""

    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> str:
        """Return the key as text."""
        return base64.b64encode(key_bytes).decode()

    def unwrap_key(self, wrapped_key: str, master_key_identifier: str) -> bytes:
        """Return the key's bytes."""
        return base64.b64decode(wrapped_key)


def floor(source: Path, sink: Path) -> None:
    """Read the CSV and write it as encrypted zstd Parquet with pyarrow alone."""
    factory = pe.CryptoFactory(lambda _: _OneKey())
    config = pe.EncryptionConfiguration(
        footer_key="k",
        uniform_encryption=True,
        encryption_algorithm="AES_GCM_V1",
        data_key_length_bits=256,
    )
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), config)
    reader = pacsv.open_csv(source, read_options=pacsv.ReadOptions(block_size=16 << 20))
    with pq.ParquetWriter(
        sink, reader.schema, compression="zstd", encryption_properties=properties
    ) as writer:
        for batch in reader:
            writer.write_batch(batch)


def coatcheck(policy_path: Path, keyring: str) -> None:
    """Run the policy with every check on: inspect, plan, transform, encrypt, scan the output, sign,
    publish.
    """
    from anonymize import load_policy, run

    run(load_policy(policy_path), keyring=keyring, workers=1)


def presidio_structured(table: pa.Table) -> None:
    """Anonymize the eight personal columns of a small slice with presidio-structured."""
    from presidio_anonymizer.entities import OperatorConfig
    from presidio_structured import PandasDataProcessor, StructuredAnalysis, StructuredEngine

    frame = table.select(PERSONAL).to_pandas().astype(str)
    analysis = StructuredAnalysis(entity_mapping=dict.fromkeys(PERSONAL, "PERSON"))
    StructuredEngine(data_processor=PandasDataProcessor()).anonymize(
        frame, analysis, operators={"DEFAULT": OperatorConfig("replace", {"new_value": "x"})}
    )


class Taken(NamedTuple):
    """What one piece of work took."""

    wall: float
    """Seconds on the clock; a busy machine stretches them."""
    processor: float
    """Processor seconds of this process, over all its threads; a busy machine changes them
    little.
    """


def taken(work: Callable[[], None]) -> Taken:
    """Return what ``work`` takes."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - wall, time.process_time() - processor)


def ratio(ours: Sequence[Taken], floors: Sequence[Taken], which: str) -> float:
    """Return the median of the pairs' ratios of ``which`` seconds."""
    pairs = zip(ours, floors, strict=True)
    return statistics.median(getattr(own, which) / getattr(base, which) for own, base in pairs)


def main() -> None:
    """Generate the table, take floor and Coatcheck in pairs, the peer on a slice, and print the
    figures.
    """
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--peer-rows", type=int, default=2000)
    parser.add_argument(
        "--all", action="store_true", help="transform all 15 columns instead of eight"
    )
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="coatcheck-bench-"))
    try:
        measure(folder, options)
    finally:
        shutil.rmtree(folder)


def measure(folder: Path, options: argparse.Namespace) -> None:
    """Time everything inside ``folder`` and print one table."""
    from anonymize.keys import init_keyring

    table = make_table(options.rows)
    source, policy = folder / "table.csv", folder / "policy.yaml"
    pacsv.write_csv(table, source)
    text = POLICY.format(source=source, sink=folder / "out")
    for name, rule in ALL.items() if options.all else ():
        text = re.sub(rf"(?m)^  {name}: .*$", f"  {name}: {rule}", text)
    policy.write_text(text.replace("unlisted: refuse", "unlisted: refuse\nsubject: id"))
    os.environ["COATCHECK_PASSPHRASE"] = PASSPHRASE
    keyring = f"file:{folder / 'keyring.json'}"
    init_keyring(keyring, ["training", "pseudonym", "reveal"])
    coatcheck(policy, keyring)  # warm-up: imports and pools are paid once per process
    floors, ours = [], []
    for _ in range(options.pairs):
        floors.append(taken(lambda: floor(source, folder / "floor.parquet")))
        ours.append(taken(lambda: coatcheck(policy, keyring)))
    sliced = taken(lambda: presidio_structured(table.slice(0, options.peer_rows)))
    peer = Taken(*(value * options.rows / options.peer_rows for value in sliced))
    base, own = (
        Taken(*map(statistics.median, zip(*times, strict=True))) for times in (floors, ours)
    )
    megabytes = source.stat().st_size / 1e6
    print(
        f"{options.rows:,} rows x {table.num_columns} columns, {megabytes:.0f} MB CSV;"
        f" {os.cpu_count()} cores"
    )
    print(f"{'':24}{'seconds':>9}{'rows/s':>12}{'x floor':>9}{'processor s':>13}{'x floor':>9}")
    for name, took, wall, processor in (
        ("floor (read + encrypt)", base, 1.0, 1.0),
        ("coatcheck", own, ratio(ours, floors, "wall"), ratio(ours, floors, "processor")),
        ("presidio-structured *", peer, peer.wall / base.wall, peer.processor / base.processor),
    ):
        rate = f"{options.rows / took.wall:12,.0f}"
        print(f"{name:24}{took.wall:9.2f}{rate}{wall:9.2f}{took.processor:13.2f}{processor:9.2f}")
    print(f"* measured on {options.peer_rows:,} rows, seconds scaled to all")
    print(
        "peak memory of one coatcheck run in a process of its own:"
        f" {peak_mib(policy, keyring):.0f} MiB"
    )


def peak_mib(policy: Path, keyring: str) -> float:
    """Return the peak resident memory of a fresh process that runs the policy once, in MiB.

    The kernel's high-water mark of that program alone: ``ru_maxrss`` counts what this process held
    when it forked.
    """
    code = (
        "import re, sys; from anonymize import load_policy, run; "
        "run(load_policy(sys.argv[1]), keyring=sys.argv[2], workers=1); "
        "print(int(re.search('VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(policy), keyring],
        env={**os.environ, "COATCHECK_PASSPHRASE": PASSPHRASE},  # no child inherits it
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
