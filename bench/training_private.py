"""Training with differential privacy, measured: python bench/training_private.py FILE [SEEDS].

FILE is UCI Adult as CSV with a header (CC BY 4.0), or the ARX project's form of it. Prints for five
seeds the AUC on people whom no model saw, with and without privacy, and how well shadow models tell
members from others. Needs the extra ``private``. Rows are taken as the reader gives them; the price
of each training is computed and not paid, because no model leaves this program.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))

import train_private as example

from anonymize.policy.training import LabelSpec, TrainingColumn
from anonymize.privacy.training import TrainingTerms
from anonymize.readers.private import Encoded, Features, attack
from anonymize.readers.private.descent import Descent
from anonymize.readers.private.models import made
from anonymize.readers.private.needed import chosen_device, torch
from anonymize.readers.private.train import ScoresOf, scores_by
from anonymize.readers.private.unprotected import train_unprotected

SEEDS, STUDENT = 5, {4: 2.776}
EPSILONS = (1.0, 3.0)
DELTA, SHARE, STEPS = 1e-5, 0.05, 300
SHADOWS, EPOCHS = 16, {"linear": 20, "mlp, 60 epochs": 60, "mlp": 20}


def spread(found: Sequence[float]) -> str:
    """Return the mean, its 95 % interval over seeds, and the extremes."""
    reach = STUDENT.get(len(found) - 1, 4.3) * stdev(found) / math.sqrt(len(found))
    return f"{mean(found):.4f} ± {reach:.4f} ({min(found):.4f}-{max(found):.4f})"


def terms_for(epsilon: float, people: int) -> TrainingTerms:
    """Return the terms of a training."""
    return TrainingTerms.priced(
        epsilon=epsilon, noise=None, delta=DELTA, share=SHARE, steps=STEPS, clip=1.0,
        most_rows=1, people=people,
    )  # fmt: skip


class Bench:
    """Adult, and ways to train on it."""

    def __init__(self, path: Path) -> None:
        self.table, columns, label = example.adult(path)
        domains = {n: TrainingColumn.model_validate(example.domain(s)) for n, s in columns.items()}
        self.features = Features(domains, LabelSpec.model_validate(label))
        self.device = chosen_device(None)

    def split(self, seed: int) -> tuple[Encoded, Encoded]:
        """Return people to train on, and others."""
        inside, outside = example.apart(self.table, seed)
        return self.features.encoded(inside), self.features.encoded(outside)

    def private(self, model: str, rows: Encoded, epsilon: float) -> ScoresOf:
        """Train with privacy; the number of people is told in thousands."""
        terms = terms_for(epsilon, max(1000, round(rows.people, -3)))
        built = made(model, self.features)
        return scores_by(Descent(built, rows, terms, self.device).run())

    def plain(self, model: str, rows: Encoded) -> ScoresOf:
        """Train without."""
        built = made(model.partition(",")[0], self.features)
        return scores_by(train_unprotected(built, rows, self.device, epochs=EPOCHS[model]))

    def aucs(self, model: str, seeds: int) -> None:
        """Print the AUC with and without."""
        found: dict[str, list[float]] = {}
        start = time.process_time()
        for seed in range(seeds):
            torch.manual_seed(seed)
            inside, outside = self.split(seed)
            ways = {f"ε = {e:g}": self.private(model, inside, e) for e in EPSILONS}
            for name, scores in {"without": self.plain(model, inside), **ways}.items():
                found.setdefault(name, []).append(example.auc(scores, outside))
        for name, values in found.items():
            print(f"{model}, {name}: AUC {spread(values)}", flush=True)
        print(f"  {time.process_time() - start:.0f} s of processor time", flush=True)

    def attacks(self, model: str, seeds: int) -> None:
        """Print the AUC of the attack on ways of training."""
        ways = {
            f"{model}, ε = 3": lambda rows: self.private(model, rows, 3.0),
            **{
                f"{name}, without": lambda rows, name=name: self.plain(name, rows)
                for name in EPOCHS
                if name.startswith(model)
            },
        }
        for name, fit in ways.items():
            start = time.process_time()
            found = []
            for seed in range(seeds):
                torch.manual_seed(seed)
                found.append(attack(fit, self.split(seed)[0], models=SHADOWS, seed=seed))
            caught = float(np.mean([one.caught for one in found]))
            print(f"attack on {name}: AUC {spread([one.auc for one in found])}", flush=True)
            ends = f"{min(one.low for one in found):.4f}-{max(one.high for one in found):.4f}"
            used = f"{time.process_time() - start:.0f} s of processor time"
            print(f"  intervals within {ends}; {caught:.2%} caught at 1 % false alarms; {used}")
            sys.stdout.flush()


def main() -> None:
    """Run all."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else SEEDS
    bench = Bench(Path(sys.argv[1]))
    print(f"Adult, {len(bench.table):,} rows, {bench.features.width} numbers a row, δ = {DELTA:g}")
    for model in ("linear", "mlp"):
        bench.aucs(model, seeds)
        bench.attacks(model, seeds)


if __name__ == "__main__":
    main()
