"""What cards add to a publication: seconds and bytes, beside the same publication without them.

Publications of one table are made in turn, with and without cards, in one process; the median of
each is printed, and the share that cards are of a whole run is theirs to its seconds.

    python bench/cards.py [--rows 1000000] [--parts 4] [--pairs 7] [--columns 0]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

import pyarrow as pa
from dataset import table

from anonymize.dataset import Dataset, FileEntry, Manifest, RowCounts
from anonymize.dataset.facts import ColumnFacts
from anonymize.dataset.staging import no_cards
from anonymize.io import write_part
from anonymize.keys import Keyring, init_keyring
from anonymize.names import KeyName
from anonymize.report.cards import cards_of


def manifest(schema: pa.Schema, files: tuple[FileEntry, ...], rows: int) -> Manifest:
    """Return a manifest as a run's: a line and facts for each column."""
    plan = [
        {
            "column": field.name, "action": "pseudonymize (domain person)", "joins": "person",
            "input_type": str(field.type), "output_type": str(field.type),
            "keys": ["pseudonym.1"], "note": "PERSON_NAME 97%",
        }
        for field in schema
    ]  # fmt: skip
    facts = {
        field.name: ColumnFacts(type=str(field.type), nulls=0, source_verdict="PERSON_NAME")
        for field in schema
    }
    return Manifest(
        dataset="bench", purpose="bench", files=files, plan=plan, columns=facts,
        rows=RowCounts(read=rows, written=rows), software={"coatcheck": "0.1.0"},
    )  # fmt: skip


def publication(
    folder: Path, keyring: Keyring, rows: pa.Table, parts: int, *, with_cards: bool
) -> tuple[float, float, int]:
    """Publish; return the seconds of all, those of the publication alone, and the cards' bytes."""
    start, size, files = time.perf_counter(), -(-rows.num_rows // parts), []
    cards = partial(cards_of, schema=rows.schema) if with_cards else no_cards
    with Dataset(folder).stage(keyring) as staging:
        for number in range(parts):
            info = write_part(
                staging.path / f"part-{number:05}.parquet",
                rows.schema,
                rows.slice(number * size, size).to_batches(max_chunksize=131_072),
                keyring=keyring,
                key="training",
            )
            files.append(FileEntry.of(info, staging.path))
        written = time.perf_counter()
        made = staging.publish(
            manifest(rows.schema, tuple(files), rows.num_rows), keyring, cards=cards
        )
    end = time.perf_counter()
    return end - start, end - written, sum(card.size_bytes for card in made.cards)


def main() -> None:
    """Print the medians."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--parts", type=int, default=4)
    asked.add_argument("--pairs", type=int, default=7)
    asked.add_argument("--columns", type=int, default=0, help="columns of numbers in its place")
    given = asked.parse_args()
    rows = (
        pa.table({f"c{n}": pa.array(range(given.rows)) for n in range(given.columns)})
        if given.columns
        else table(given.rows)
    )
    with tempfile.TemporaryDirectory() as place:
        keyring = init_keyring(f"file:{Path(place) / 'keyring.json'}", [KeyName("training")])
        found: dict[bool, list[tuple[float, float, int]]] = {True: [], False: []}
        for number in range(2 * given.pairs):
            with_cards = number % 2 == 0
            folder = Path(place) / f"{number}"
            found[with_cards].append(
                publication(folder, keyring, rows, given.parts, with_cards=with_cards)
            )
    whole, alone = (
        {which: statistics.median(one[at] for one in found[which]) for which in found}
        for at in (0, 1)
    )
    print(
        f"{given.rows} rows × {rows.num_columns} columns in {given.parts} parts, written and"
        f" published: {whole[True]:.3f} s with cards, {whole[False]:.3f} s without"
    )
    print(
        f"published alone: {alone[True]:.4f} s with cards, {alone[False]:.4f} s without: cards are"
        f" {(alone[True] - alone[False]) / whole[False]:.2%} of the whole, and"
        f" {found[True][0][2]:,} bytes"
    )


if __name__ == "__main__":
    main()
