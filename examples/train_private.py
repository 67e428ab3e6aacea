"""Trains a model with differential privacy on an encrypted version, and attacks it.

``python examples/train_private.py`` makes up people with several visits each; with ``--adult FILE``
it takes the UCI Adult table (columns of ``adult.data`` with a header, or the ARX project's file).
The data owner publishes an encrypted version and pays for one training; the trainer, whose keyring
signs nothing, trains with and without privacy. Last, the owner lets shadow models attack both ways
of training. Needs the extra ``private``; a GPU is used where there is one. `make readers` first.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import yaml

import anonymize
from anonymize.dataset import Dataset
from anonymize.dataset.signing import opened_keyring
from anonymize.keys import init_keyring, share_keyring
from anonymize.names import KeyName
from anonymize.pipeline.training import allow_training
from anonymize.readers.private import Encoded, Features, attack
from anonymize.readers.private.descent import Descent
from anonymize.readers.private.measured import area_under_curve
from anonymize.readers.private.models import made
from anonymize.readers.private.needed import chosen_device, torch
from anonymize.readers.private.train import ScoresOf, scores_by, train
from anonymize.readers.private.unprotected import train_unprotected

JOBS = "Adm-clerical Armed-Forces Craft-repair Exec-managerial Farming-fishing Handlers-cleaners Machine-op-inspct Other-service Priv-house-serv Prof-specialty Protective-serv Sales Tech-support Transport-moving"  # noqa: E501
SCHOOLS = "Preschool 1st-4th 5th-6th 7th-8th 9th 10th 11th 12th HS-grad Some-college Assoc-voc Assoc-acdm Bachelors Masters Prof-school Doctorate"  # noqa: E501
STATES = "Married-civ-spouse Never-married Divorced Separated Widowed Married-spouse-absent Married-AF-spouse"  # noqa: E501
COUNTRIES = "United-States Mexico Philippines Germany Canada Puerto-Rico El-Salvador India Cuba England China"  # noqa: E501
ADULT = {
    "age": {"edges": [17, 20, 23, 26, 29, 32, 35, 38, 42, 46, 50, 55, 60, 65, 70, 100]},
    "workclass": "Private Self-emp-not-inc Local-gov State-gov Self-emp-inc Federal-gov",
    "education": SCHOOLS,
    "marital-status": STATES,
    "occupation": JOBS,
    "relationship": "Husband Not-in-family Own-child Unmarried Wife Other-relative",
    "race": "White Black Asian-Pac-Islander Amer-Indian-Eskimo Other",
    "sex": "Male Female",
    "capital-gain": {"edges": [0, 1, 2000, 3500, 5000, 7000, 10000, 15000, 100000]},
    "capital-loss": {"edges": [0, 1, 1500, 1750, 1900, 2000, 2300, 5000]},
    "hours-per-week": {"edges": [0, 20, 30, 39, 41, 46, 51, 61, 100]},
    "native-country": COUNTRIES,
}
"""Domains by the table's published code book; no row was looked at for them."""
TOWNS = "north south east west centre harbour"
MADE_UP = {
    "age": {"bounds": [18, 90]},
    "town": TOWNS,
    "smoker": "yes no",
    "pressure": {"bounds": [80, 220]},
    "days": {"edges": [0, 1, 2, 4, 8, 16, 60]},
}


def adult(path: Path) -> tuple[pa.Table, dict[str, Any], dict[str, Any]]:
    """Return the rows of Adult, and the domains of its columns and its label."""
    with path.open(encoding="utf-8") as lines:
        comma = csv.Sniffer().sniff(lines.readline(), delimiters=",;").delimiter
    table = pacsv.read_csv(path, parse_options=pacsv.ParseOptions(delimiter=comma))
    label = {"column": table.column_names[-1], "values": ["<=50K", ">50K"]}
    return table, {name: ADULT[name] for name in ADULT if name in table.column_names}, label


def made_up(people: int, seed: int) -> tuple[pa.Table, dict[str, Any], dict[str, Any]]:
    """Return invented visits, one to six of each person, and the domains."""
    draw = np.random.default_rng(seed)
    visits = draw.integers(1, 7, people)
    who = np.repeat(np.arange(people), visits)
    age, town = draw.integers(18, 90, people)[who], draw.integers(0, 6, people)[who]
    smoker, frail = (draw.random(people) < 0.3)[who], draw.normal(0, 1, people)[who]
    pressure = np.round(100 + 0.5 * age + 10 * smoker + draw.normal(0, 12, len(who))).astype(int)
    days = np.round(draw.exponential(3 + 2 * smoker)).astype(int)
    odds = (age - 60) / 8 + (pressure - 135) / 12 + 1.5 * smoker + (town == 5) + frail + days / 4
    back = draw.random(len(who)) < 1 / (1 + np.exp(-odds))
    table = pa.table(
        {
            "person": [f"P{n:07}" for n in who],
            "age": age,
            "town": np.array(TOWNS.split())[town],
            "smoker": np.where(smoker, "yes", "no"),
            "pressure": pressure,
            "days": days,
            "came_back": np.where(back, "yes", "no"),
        }
    )
    return table, MADE_UP, {"column": "came_back", "values": ["no", "yes"]}


def domain(said: Any) -> dict[str, Any]:
    """Return a column's domain as a policy has it."""
    return {"values": said.split()} if isinstance(said, str) else said


def apart(table: pa.Table, seed: int) -> tuple[pa.Table, pa.Table]:
    """Return the rows of four fifths of the people, and of the others, whom nobody trains on."""
    names = table["person"] if "person" in table.column_names else None
    who = np.arange(len(table)) if names is None else np.unique(names, return_inverse=True)[1]
    kept = np.random.default_rng(seed).random(who.max() + 1) < 0.8
    return table.filter(pa.array(kept[who])), table.filter(pa.array(~kept[who]))


def policy_for(
    folder: Path, table: pa.Table, columns: dict[str, Any], label: dict[str, Any], asked: Any
) -> Path:
    """Write the source and the owner's policy."""
    read = [*columns, label["column"], *(["person"] if "person" in table.column_names else [])]
    pacsv.write_csv(table.select(read), folder / "rows.csv")
    rules = {name: {"action": "keep"} for name in read}
    by_person = "person" in rules
    if by_person:
        rules["person"] = {"action": "pseudonymize", "domain": "person"}
    training = {
        "label": label,
        "columns": {name: domain(said) for name, said in columns.items()},
        "epsilon": asked.epsilon,
        "delta": 1e-5,
        "people": asked.told,
        "share": asked.share,
        "steps": asked.steps,
    }
    policy = {
        "version": 1,
        "dataset": "visits",
        "purpose": "a model to hand out",
        "source": {"path": str(folder / "rows.csv")},
        "sink": {"path": str(folder / "out"), "key": "training"},
        "columns": rules,
        "detect": {"ner": "off"},
        "aggregates": {
            "budget": {"epsilon": asked.epsilon, "delta": 1e-5},
            "unit": "person" if by_person else "row",
            "training": training,
        },
        **({"subject": "person"} if by_person else {}),
    }
    file = folder / "policy.yaml"
    file.write_text(yaml.safe_dump(policy, sort_keys=False))
    return file


def auc(scores: Callable[[Any], Any], rows: Encoded) -> float:
    """Return how well a model orders rows of people whom it did not see."""
    found = scores(rows.matrix(np.arange(len(rows.labels))))
    return area_under_curve(found[:, 1] - found[:, 0], rows.labels == 1)


def ways(
    features: Features, terms: Any, model: str, epochs: int
) -> dict[str, Callable[[Encoded], ScoresOf]]:
    """Return both ways of training as functions, for shadow models that nobody gets."""

    def without(rows: Encoded) -> ScoresOf:
        built = made(model, features)
        return scores_by(train_unprotected(built, rows, chosen_device(None), epochs=epochs))

    def with_privacy(rows: Encoded) -> ScoresOf:
        half = replace(terms, people=max(1, terms.people // 2))
        return scores_by(Descent(made(model, features), rows, half, chosen_device(None)).run())

    return {"without": without, "with": with_privacy}


def both(folder: Path, asked: Any) -> dict[str, Any]:
    """Do all of it in a folder, and return the figures."""
    torch.manual_seed(asked.seed)  # the first weights; noise has no seed
    table, columns, label = adult(asked.adult) if asked.adult else made_up(asked.people, asked.seed)
    inside, outside = apart(table, asked.seed)
    # the data owner
    owner = f"file:{folder / 'owner.json'}"
    init_keyring(owner, [KeyName("training"), KeyName("pseudonym")])
    policy = anonymize.load_policy(policy_for(folder, inside, columns, label, asked))
    anonymize.run(policy, keyring=owner)
    allowed = allow_training(policy, owner)
    (folder / "allowance.json").write_text(json.dumps(allowed.document))
    share_keyring([KeyName("training")], folder / "reader.json", owner)
    # the trainer
    reader = f"file:{folder / 'reader.json'}"
    dataset = Dataset(folder / "out")
    private = train(dataset, folder / "allowance.json", model=asked.model, keyring=reader)
    features = private.features
    names = [*columns, label["column"], *([str(policy.subject)] if policy.subject else [])]
    rows = by_person(anonymize.read(dataset, names, keyring=reader), features, policy.subject)
    built = made(asked.model, features)
    plain = train_unprotected(built, rows, chosen_device(None), epochs=asked.epochs)
    unseen = features.encoded(outside)
    entry = [
        one for one in dataset.audit.entries(opened_keyring(reader)) if "training" in one.details
    ]
    found = {
        "with": auc(scores_by(private.model), unseen),
        "without": auc(scores_by(plain), unseen),
        "report": private.report,
        "entry": {"line": entry[-1].index + 1, "act": entry[-1].what, **entry[-1].details},
    }
    if asked.models:
        for name, fit in ways(features, allowed.terms, asked.model, asked.epochs).items():
            found[f"attack {name}"] = attack(fit, rows, models=asked.models, seed=asked.seed)
    return found


def by_person(table: pa.Table, features: Features, subject: Any) -> Encoded:
    """Return the version's rows as numbers; what is trained without privacy needs no allowance."""
    if subject is None:
        return features.encoded(table)
    table = table.sort_by(str(subject))
    encoded = features.encoded(table)
    whose = np.unique(table[str(subject)], return_inverse=True)[1]
    starts = np.concatenate([np.flatnonzero(np.diff(whose, prepend=-1)), [len(whose)]])
    return replace(encoded, whose=whose, starts=starts)


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--adult", type=Path, help="CSV of UCI Adult")
    parser.add_argument("--people", type=int, default=1000, help="invented people")
    parser.add_argument("--epsilon", type=float, default=3.0)
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--model", default="mlp", help="linear or mlp")
    parser.add_argument("--epochs", type=int, default=100, help="of training without privacy")
    parser.add_argument("--models", type=int, default=12, help="shadow models; 0: no attack")
    parser.add_argument("--seed", type=int, default=1, help="of invented people and shadows")
    return parser


def main() -> None:
    """Print what is found."""
    asked = arguments().parse_args()
    asked.told = 25_000 if asked.adult else asked.people * 4 // 5
    with tempfile.TemporaryDirectory() as folder:
        found = both(Path(folder), asked)
    report, entry = found["report"], found["entry"]
    print(f"device: {chosen_device(None)}")
    print(f"without privacy: AUC {found['without']:.3f} on people that it did not see")
    paid = f"ε = {report['epsilon']:g}, δ = {report['delta']:g} for one {report['unit']}"
    print(f"with {paid}: AUC {found['with']:.3f}")
    line = f"ledger: line {entry['line']}, {entry['act']}, ε = {entry['epsilon']}"
    print(f"{line}, {entry['training']['steps']} steps, noise {entry['training']['noise']}")
    if asked.models:
        print("members told from others by shadow models (AUC, 95 % interval; 0.5 is guessing):")
        for name in ("without", "with"):
            print(f"  {name}: {found[f'attack {name}']}")


if __name__ == "__main__":
    main()
