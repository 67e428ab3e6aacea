"""Writes the sample datasets of Coatcheck: ``python data/samples/make_samples.py [FOLDER]``.

Everything is drawn from hand-written pools with one seed, so every run on any machine writes the
same CSV and JSON bytes and an equal Parquet table. No value is taken from a real person.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))

from sampling.customers import csv_text, draw_customers, notes_truth
from sampling.patients import patients_table
from sampling.people import Town
from sampling.tickets import draw_tickets

SEED = 20260301


def _json_lines(records: Iterable[dict[str, Any]]) -> str:
    return "".join(
        json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records
    )


def write_samples(folder: Path) -> None:
    """Write the five files into ``folder``, which must exist.

    Each dataset has a random stream of its own: changing one leaves the others as they are, but for
    tickets, whose customers come from the customers file.
    """
    town = Town(random.Random(f"{SEED} people"))
    customers = draw_customers(random.Random(f"{SEED} customers"), town, count=5000, duplicates=260)
    tickets, truth = draw_tickets(
        random.Random(f"{SEED} tickets"), Town(random.Random(f"{SEED} writers")), customers, 2000
    )
    patients = patients_table(
        random.Random(f"{SEED} patients"), Town(random.Random(f"{SEED} wards")), 3000
    )
    (folder / "customers.csv").write_text(csv_text(customers), encoding="utf-8", newline="")
    truth_lines = _json_lines(notes_truth(customers))
    (folder / "customers.truth.jsonl").write_text(truth_lines, encoding="utf-8", newline="")
    (folder / "support_tickets.jsonl").write_text(
        _json_lines(tickets), encoding="utf-8", newline=""
    )
    (folder / "support_tickets.truth.jsonl").write_text(
        _json_lines(truth), encoding="utf-8", newline=""
    )
    pq.write_table(patients, folder / "patients.parquet", compression="zstd", row_group_size=1000)


if __name__ == "__main__":
    write_samples(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
