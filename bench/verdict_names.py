"""What a name model adds to column verdicts: columns of texts with names, by origin of the names,
rules beside model.

Names are those that training held out; the sentences around them were written for measuring. A
column of prose has 200 cells of which a share names somebody; a column of names has full names
under a header that says nothing (``c1``) or something else (``label``).

    python -m bench.verdict_names
"""

from __future__ import annotations

import random
import time

import pyarrow as pa

from anonymize.detect import Finding, Scanner, inspect_samples, sample_columns
from anonymize.detect.name_models.shipped import load_recogniser
from tests.detect.name_models.test_measures import PROSE
from training.fairness import SENTENCES
from training.names import ORIGINS, Origin, held_out

SHARES = (0.0, 0.05, 0.1, 0.3, 1.0)
ABOUT = [sentence for sentence in SENTENCES if len(sentence) > 15]


def full_name(origin: Origin, dice: random.Random) -> str:
    """Return a held-out given and family name of ``origin``."""
    return (
        f"{dice.choice(held_out(origin.female + origin.male))}"
        f" {dice.choice(held_out(origin.family))}"
    )


def prose(origin: Origin, share: float) -> list[str]:
    """Return 200 cells of which ``share`` name somebody."""
    dice = random.Random(f"{share}")
    cells = []
    for _ in range(200):
        plain = " ".join(dice.sample(PROSE, 2))
        named = dice.choice(ABOUT).format(full_name(origin, dice))
        cells.append(f"{plain} {named}" if dice.random() < share else plain)
    return cells


def verdict(header: str, cells: list[str], names: Scanner | None) -> Finding:
    """Return what inspection says of one column."""
    return inspect_samples(
        sample_columns([pa.record_batch({header: pa.array(cells)})]), names=names
    )[0]


def main() -> None:
    """Print, for rules and for rules with the model, how many of the origins' columns are seen."""
    for title, names in (("rules alone", None), ("with the model", load_recogniser())):
        began = time.perf_counter()
        seen = [
            sum(
                verdict("c1", prose(origin, share), names).verdict == "FREE_TEXT_PII"
                for origin in ORIGINS.values()
            )
            for share in SHARES
        ]
        said = ", ".join(f"{share:.0%} {count}" for share, count in zip(SHARES, seen, strict=True))
        print(
            f"{title}: of {len(ORIGINS)} columns of prose FREE_TEXT_PII, by share of cells that"
            f" name somebody: {said}"
        )
        for header in ("c1", "label"):
            dice = random.Random(1)
            columns = [
                sorted({full_name(origin, dice) for _ in range(60)}) for origin in ORIGINS.values()
            ]
            count = sum(verdict(header, cells, names).verdict == "PERSON_NAME" for cells in columns)
            print(
                f"{title}: of {len(columns)} columns of full names under '{header}' PERSON_NAME:"
                f" {count}"
            )
        print(f"{title}: {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
