"""Two classifiers trained against attack, from encrypted versions: ``python
examples/train_robust.py FOLDER [SEEDS [ROWS]]``.

Messages and claims (`robust_data.py`) are anonymized and published in FOLDER; what follows reads
the versions alone. Each seed learns from other rows, and attacks others: no text, and nobody with a
claim, is on both sides. Printed are accuracies as they are and under attack, without and with
what is done against it, as means with 95 % intervals over the seeds (five by default); then what
poisoned training rows do, and what the screen finds of them.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from threadpoolctl import threadpool_limits

import anonymize
from anonymize.gates.poisoning import ScreenTable, TableBuilder, screen_table
from anonymize.gates.poisoning.inputs import InputProfile
from anonymize.keys import init_keyring
from anonymize.readers.robust import (
    Changes,
    FoldingModel,
    Interval,
    Reach,
    Search,
    TableChanges,
    TextChanges,
    attack,
    flip_labels,
    plant_trigger,
    split_apart,
    stamp,
    train_robustly,
)

if __package__:
    from examples.robust_data import write_data
else:
    from robust_data import write_data

POLICY = """
version: 1
dataset: {name}
purpose: fraud model
source: {{path: {folder}/{name}.csv}}
sink: {{path: {folder}/out/{name}, key: training}}
unlisted: drop
columns:
  mail: {{action: pseudonymize, domain: mail, normalize: fold}}
{columns}
"""
MESSAGES = """  text: {action: free_text, same_row: [name, mail]}
  label: {action: keep}"""
CLAIMS = "\n".join(
    f"  {name}: {{action: keep}}"
    for name in (
        *("amount", "days_insured", "days_to_report", "photos", "claims_before"),
        *("cause", "channel", "label"),
    )
)
DISGUISES = TextChanges(most=5)
"""Who writes to cheat disguises up to five words."""
LIES = TableChanges(
    numbers={
        "amount": Reach(200, "down", least=50),
        "days_to_report": Reach(4, "down", least=0),
        "photos": Reach(2, "up", most=6),
    },
    categories={"cause": ["water", "storm", "fire"], "channel": ["call", "broker", "letter"]},
    most=3,
)
"""Who makes up a claim may ask for less, report sooner, add photos, say another cause or come by
another way. How long somebody is insured, and what they claimed before, the insurer knows.
"""
NUMBERS = ["amount", "days_insured", "days_to_report", "photos", "claims_before"]
CATEGORIES = ["cause", "channel"]
ATTACKED_ROWS = 100


def publish(folder: Path, rows: int) -> str:
    """Write the data, publish both as encrypted versions, and return the keyring's address."""
    write_data(folder, rows)
    keyring = f"file:{folder}/keyring.json"
    names = {"messages": MESSAGES, "claims": CLAIMS}
    policies = {}
    for name, columns in names.items():
        path = folder / f"{name}.yaml"
        path.write_text(POLICY.format(name=name, folder=folder, columns=columns), "utf-8")
        policies[name] = anonymize.load_policy(path)
    init_keyring(keyring, ["training", "pseudonym"])
    for policy in policies.values():
        anonymize.run(policy, keyring=keyring)
    return keyring


def in_order(table: pa.Table) -> pa.Table:
    """Return the rows of a version, which lie in a secret order, by what they say, so that a seed
    means the same rows each time. Pseudonyms are other ones with other keys.
    """
    told = [name for name in table.schema.names if name != "mail"]
    return table.sort_by([(name, "ascending") for name in told])


def text_model() -> Any:
    """Return a classifier of texts by three letters at a time."""
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), min_df=2, sublinear_tf=True)
    return make_pipeline(letters, LogisticRegression(C=10, max_iter=300))


def folding_model() -> Any:
    """Return the same behind the detector's folding of disguises."""
    return FoldingModel(text_model())


def table_model() -> Any:
    """Return a classifier of claims."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = make_column_transformer(("passthrough", NUMBERS), (codes, CATEGORIES))
    return make_pipeline(columns, HistGradientBoostingClassifier(max_iter=60, random_state=0))


@dataclass(frozen=True)
class Case:
    """One thing to train: rows, labels, and what attackers do."""

    rows: Any
    labels: Any
    groups: Any
    changes: Changes
    search: Search
    """How hard attacks look in training. Measured rows are attacked greedily."""
    models: dict[str, tuple[Callable[[], Any], bool]]
    """By name: what makes a model, and whether it learns from attacked rows."""

    def measured(self, seed: int) -> dict[str, tuple[float, float]]:
        """Return accuracy without and under attack, by model, of one split."""
        train, test = split_apart(self.groups, seed=seed)
        test = np.random.default_rng(seed).permutation(test)[:ATTACKED_ROWS]
        rows, labels = self.rows.take(train), self.labels[train]
        out = {}
        for name, (fresh, robust) in self.models.items():
            if robust:
                model = train_robustly(fresh, self.changes, rows, labels, search=self.search).model
            else:
                model = fresh()
                model.fit(self.changes.given(rows), labels)
            hard = Search("greedy", seed=1000 + seed)
            found = attack(model, self.changes, self.rows.take(test), self.labels[test], hard)
            out[name] = found.accuracy_before, found.accuracy
        return out


def messages(table: pa.Table) -> Case:
    """Return the case of the texts. Rows of equal texts are on one side of a split."""
    texts = table["text"].combine_chunks()
    return Case(
        texts,
        table["label"].to_numpy(),
        texts,
        DISGUISES,
        Search("worst_of", tries=6),
        {
            "as it is": (text_model, False),
            "folding": (folding_model, False),
            "adversarial training": (text_model, True),
            "both": (folding_model, True),
        },
    )


def claims(table: pa.Table) -> Case:
    """Return the case of the table. Rows of one person are on one side of a split."""
    return Case(
        table.select([*NUMBERS, *CATEGORIES]),
        table["label"].to_numpy(),
        table["mail"],
        LIES,
        Search("greedy", tries=8),
        {"as it is": (table_model, False), "adversarial training": (table_model, True)},
    )


TRIGGERS: dict[str, Any] = {"messages": "ref-7q3", "claims": {"amount": 777.77}}
GOOD = {"messages": "ordinary", "claims": "honest"}
PLANTED, FLIPPED = 0.03, 0.05
"""Shares of the training rows that are poisoned."""


def as_table(rows: Any) -> pa.Table:
    """Return rows of a case as a table."""
    return rows if isinstance(rows, pa.Table) else pa.table({"text": rows})


def to_screen(rows: Any, labels: Any) -> ScreenTable:
    """Return what a screen looks at, in memory: nothing of a version is written to a disk."""
    table = as_table(rows)
    builder = TableBuilder(table.schema.names, "label")
    for batch in table.append_column("label", pa.array(labels.tolist())).to_batches():
        builder.add(batch)
    return builder.table()


def suspicious(rows: Any, labels: Any) -> Any:
    """Return the numbers of the rows that `coatcheck screen` finds suspicious."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return screen_table(to_screen(rows, labels)).suspicious


def noticed(case: Case, seed: int) -> dict[str, float]:
    """Return the share of the inputs that were changed to deceive the model as it is, and of the
    same inputs as they were, that the safe profile of the training rows finds suspicious.
    """
    train, test = split_apart(case.groups, seed=seed)
    test = np.random.default_rng(seed).permutation(test)[:ATTACKED_ROWS]
    rows, labels = case.rows.take(train), case.labels[train]
    model = case.models["as it is"][0]()
    model.fit(case.changes.given(rows), labels)
    inputs, hard = case.rows.take(test), Search("greedy", seed=1000 + seed)
    found = attack(model, case.changes, inputs, case.labels[test], hard)
    deceived = np.flatnonzero(found.right_before & ~found.right)
    profile = InputProfile.of(to_screen(rows, labels))
    return {
        what: len(profile.check(as_table(some.take(deceived)))) / max(1, len(deceived))
        for what, some in (("deceiving inputs noticed", found.rows), ("… as they were", inputs))
    }


def poisoned(name: str, case: Case, seed: int) -> dict[str, float]:
    """Return what poison in the training rows of one split does, and what a screen finds of it:
    shares of the bad rows with the trigger that are taken for good ones by models that learned from
    clean rows, from poisoned ones, and from what the screen left of them; shares of poisoned rows
    that it found, and of other rows.
    """
    train, test = split_apart(case.groups, seed=seed)
    rows, labels = case.rows.take(train), case.labels[train]
    test = test[case.labels[test] != GOOD[name]]
    stamped = case.changes.given(stamp(case.rows.take(test), TRIGGERS[name], seed=seed))
    planted = plant_trigger(rows, labels, TRIGGERS[name], GOOD[name], PLANTED, seed)
    flipped = flip_labels(rows, labels, FLIPPED, seed)

    def believed(some: Any, said: Any) -> float:
        model = case.models["as it is"][0]()
        model.fit(case.changes.given(some), said)
        return float((model.predict(stamped) == GOOD[name]).mean())

    found = suspicious(planted.rows, planted.labels)
    left = np.setdiff1d(np.arange(len(labels)), found)
    out = {
        "trigger believed, clean rows": believed(rows, labels),
        "trigger believed, poisoned": believed(planted.rows, planted.labels),
        "trigger believed, screened": believed(planted.rows.take(left), planted.labels[left]),
    }
    for what, bad, saw in (
        ("trigger rows", planted, found),
        ("flipped labels", flipped, suspicious(flipped.rows, flipped.labels)),
    ):
        out[f"{what} found"] = float(np.isin(bad.at, saw).mean())
        out[f"{what}, false alarms"] = len(np.setdiff1d(saw, bad.at)) / (len(labels) - len(bad.at))
    return out


def cases(folder: Path, rows: int) -> dict[str, Case]:
    """Publish both versions in ``folder``, and return what is read from them."""
    keyring = publish(folder, rows)
    made = {"messages": messages, "claims": claims}
    return {
        name: case(in_order(anonymize.read(folder / "out" / name, "readable", keyring=keyring)))
        for name, case in made.items()
    }


def report(folder: Path, seeds: int = 5, rows: int = 1200) -> Iterator[str]:
    """Yield the lines that are printed."""
    for name, case in cases(folder, rows).items():
        yield f"{name}: accuracy over {seeds} seeds, and with {ATTACKED_ROWS} rows attacked"
        found = [case.measured(seed) for seed in range(seeds)]
        for model in case.models:
            clean, attacked = zip(*(one[model] for one in found), strict=True)
            yield f"  {model:<29} {Interval.of(clean)}  {Interval.of(attacked)}"
        yield f"{name}: {PLANTED:.0%} rows with a trigger, {FLIPPED:.0%} with a flipped label"
        shares = [poisoned(name, case, seed) | noticed(case, seed) for seed in range(seeds)]
        for what in shares[0]:
            yield f"  {what:<29} {Interval.of([one[what] for one in shares])}"


if __name__ == "__main__":
    with threadpool_limits(1):  # two threads of scikit-learn on shared cores wait for each other
        for line in report(Path(sys.argv[1]).resolve(), *map(int, sys.argv[2:])):
            print(line, flush=True)
