"""How well canaries do: leaks recognized of 1,000, false accusations, and a classifier that looks
for them.

    python bench/training_canaries.py [FOLDER]

FOLDER holds ``adult.csv`` (UCI Adult, semicolons), for the classifier on real data. Seeds of the
leaks are fixed; keys are new in each run.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

import anonymize
from anonymize.dataset import Dataset
from anonymize.dataset.canaries import CanaryRecord, read_canaries
from anonymize.keys import init_keyring, open_keyring
from anonymize.names import KeyName
from anonymize.pipeline.canaries.check import _TESTS, MOST_FALSE
from anonymize.pipeline.canaries.ids import Searched, found_by_ids
from anonymize.pipeline.canaries.leak import Leak
from anonymize.pipeline.canaries.patterns import found_by_rows
from anonymize.plan.canaries.marks import BY_PATTERN
from anonymize.privacy.tracing import canaries_for, power_of

REPEATS, LEAKS, UNRELATED = 5, 1_000, 1_000
VERSIONS = 10
"""Versions that the leaks are of, because contiguous leaks of one version overlap."""
ROWS, LEAKED_ROWS, SHARE, POWER = 20_000, 5_000, 0.05, 0.95
IDS = ("customer", "email")
POLICY = """version: 1
dataset: made
purpose: bench
source: {{path: {folder}/rows.csv}}
sink: {{path: {folder}/out, canaries: {canaries}}}
detect: {{ner: off}}
checks: {{residual: off}}
columns:
{rules}
"""
RULES = """  customer: {action: tokenize}
  name: {action: fake, kind: name}
  email: {action: pseudonymize}
  born: {action: generalize, to: year}
  region: {action: keep}
  plan: {action: keep}
  spent: {action: keep}
  seen: {action: keep}"""
ADULT = ("age", "workclass", "education", "marital-status", "occupation", "race", "sex",
         "native-country", "salary-class")  # fmt: skip


def main() -> None:
    """Print all figures."""
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        leaks(place)
        false_accusations(place)
        print("classifier on generated rows, AUC:", *_told(list(classified(place, _made, RULES))))
        if len(sys.argv) > 1:
            source = Path(sys.argv[1]) / "adult.csv"
            rules = "\n".join(f"  {name}: {{action: keep}}" for name in ADULT)
            rules = f"  id: {{action: pseudonymize}}\n{rules}"

            def adult(file: Path, seed: int) -> None:
                frame = pd.read_csv(source, sep=None, engine="python")[list(ADULT)]
                frame = frame.sample(frac=1, random_state=seed)
                frame.insert(0, "id", [f"p{at:06}" for at in range(len(frame))])
                frame.to_csv(file, index=False)

            print("classifier on Adult, AUC:", *_told(list(classified(place, adult, rules))))
    print(f"processor time {time.process_time() - started:.0f} s")


def _told(figures: list[float]) -> tuple[str, str]:
    return f"{statistics.mean(figures):.3f}", f"({min(figures):.3f}-{max(figures):.3f})"


def _fewer(file: Path, seed: int) -> None:
    _made(file, seed, LEAKED_ROWS)


def _made(file: Path, seed: int, rows: int = ROWS) -> None:
    drawn = random.Random(seed)
    lines = ["customer,name,email,born,region,plan,spent,seen"]
    for who in range(rows):
        region = drawn.choice("NESW")
        plan = drawn.choice(["free", "pro"] if region in "NE" else ["team", "pro", "solo"])
        seen = f"2026-{drawn.randint(1, 12):02}-{drawn.randint(1, 28):02}T"
        seen += f"{drawn.randint(8, 18):02}:{drawn.randint(0, 59):02}:{drawn.randint(0, 59):02}"
        lines.append(
            f"C{who:06},Ana Bo{who},a{who}@example.org,{1950 + drawn.randint(0, 50)}-05-01,"
            f"{region},{plan},{drawn.lognormvariate(3, 1):.2f},{seen}"
        )
    file.write_text("\n".join([*lines, ""]))


Make = Callable[[Path, int], None]


def published(
    folder: Path, make: Make, rules: str, canaries: object, seed: int
) -> tuple[pa.Table, list[CanaryRecord]]:
    """Publish a table with canaries; return its rows and records."""
    place = Path(tempfile.mkdtemp(dir=folder))
    uri = f"file:{place / 'keys.json'}"
    init_keyring(uri, [KeyName(n) for n in ("training", "pseudonym", "reveal", "canary")])
    make(place / "rows.csv", seed)
    policy = place / "policy.yaml"
    policy.write_text(POLICY.format(folder=place, canaries=canaries, rules=rules))
    anonymize.run(policy, keyring=uri)
    keyring, dataset = open_keyring(uri), Dataset(place / "out")
    manifest = dataset.manifest(keyring=keyring)
    records = [record for _, record in read_canaries(dataset, manifest, keyring)]
    return anonymize.read(place / "out", keyring=uri), records


def leaks(folder: Path) -> None:
    """Print how many of 1,000 leaks are recognized, beside the power that is stated."""
    for what, least, dropped in (("with an id", 1, False), ("without ids", BY_PATTERN, True)):
        count = canaries_for(SHARE, POWER, least=least)
        seen: dict[str, list[bool]] = {"random": [], "contiguous": []}
        for version in range(VERSIONS):
            rows, records = published(folder, _fewer, RULES, count, version)
            for number in range(LEAKS // VERSIONS):
                kind = ("random", "contiguous")[number % 2]
                leak = _leak(rows, kind, dropped, version * LEAKS + number)
                seen[kind].append(_seen(leak, records))
        stated = power_of(count, SHARE, least=least)
        exact = power_of(count, SHARE, least=least, recognized=1.0, rows=rows.num_rows)
        told = "; ".join(f"{kind} {np.mean(one):.3f} of {len(one)}" for kind, one in seen.items())
        print(f"leaks {what} recognized: {told}; {count} canaries in {LEAKED_ROWS} rows, power"
              f" stated {stated:.3f}, exact law {exact:.3f}", flush=True)  # fmt: skip


def _leak(rows: pa.Table, kind: str, dropped: bool, seed: int) -> pa.Table:
    """Return a leak of the share: a part, columns left out, values written otherwise."""
    size, drawn = round(rows.num_rows * SHARE), np.random.default_rng(seed)
    if kind == "random":
        part = rows.take(pa.array(drawn.permutation(rows.num_rows)[:size]))
    else:
        part = rows.slice(int(drawn.integers(0, rows.num_rows - size + 1)), size)
    others = [name for name in part.schema.names if name not in (*IDS, "name")]
    kept = ["spent", "seen"] if dropped else [str(drawn.choice(IDS))]
    kept += [name for name in others if name not in kept and drawn.random() < 0.5]
    part = part.select(list(drawn.permutation(kept)))
    return pa.table({name: _written(part[name], name, drawn) for name in part.schema.names})


def _written(column: pa.ChunkedArray, name: str, drawn: np.random.Generator) -> Any:
    how = int(drawn.integers(3))
    if name == "spent":
        return [(f"{one:,.2f}", f"{one:.2f} EUR", f"{one}")[how] for one in column.to_pylist()]
    if name == "seen":
        form = ("%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M:%S %p")[how]
        return [one.strftime(form) for one in column.to_pylist()]
    texts = column.cast(pa.string())
    if how == 0:
        return texts
    return pc.utf8_upper(texts) if how == 1 else pc.binary_join_element_wise("  ", texts, "")


def _seen(table: pa.Table, records: list[CanaryRecord]) -> bool:
    """Return True if a leak is recognized, by the rule of the command."""
    return _false(table, records) < MOST_FALSE


def _false(table: pa.Table, records: list[CanaryRecord]) -> float:
    found, chance = found_by_ids(Searched.of(Leak(table, "")), records)
    if found and chance * _TESTS < MOST_FALSE:
        return chance * _TESTS
    found, by_rows = found_by_rows(table, records)
    return min(chance, by_rows) * _TESTS


def false_accusations(folder: Path) -> None:
    """Print how many of 1,000 tables that are no leak are accused, and the smallest bound."""
    rows, records = published(folder, _made, RULES, 200, 3)
    invented = {row for record in records for row in record.rows["row"].to_pylist()}
    real = np.setdiff1d(np.arange(rows.num_rows), sorted(invented))
    others, _ = published(folder, _made, RULES, 200, 4)
    bounds = []
    for number in range(UNRELATED):
        drawn = np.random.default_rng(number)
        if number % 2:
            table = rows.take(pa.array(drawn.permutation(real)[: int(drawn.integers(10, 15_000))]))
        else:
            table = others.slice(int(drawn.integers(0, 10_000)), int(drawn.integers(10, 10_000)))
        names = [name for name in table.schema.names if drawn.random() < 0.6] or ["plan"]
        bounds.append(_false(table.select(names), records))
    low = sum(one < 0.01 for one in bounds)
    print(
        f"accused of {UNRELATED} tables that are no leak:"
        f" {sum(one < MOST_FALSE for one in bounds)};"
        f" {low} with a bound below .01, the smallest {min(bounds):.2g}",
        flush=True,
    )


def classified(folder: Path, make: Make, rules: str) -> Iterator[float]:
    """Yield the AUC of a classifier that is told of half of the canaries and looks for the rest."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    for seed in range(REPEATS):
        table, records = published(folder, make, rules, 2_000, 10 + seed)
        label = np.zeros(table.num_rows, bool)
        for record in records:
            label[record.rows["row"].to_numpy()] = True
        features = _features(table)
        model = HistGradientBoostingClassifier(random_state=seed)
        folds = StratifiedKFold(5, shuffle=True, random_state=seed)
        told = cross_val_predict(model, features, label, cv=folds, method="predict_proba")[:, 1]
        auc = float(roc_auc_score(label, told))
        print(f"  seed {seed}: {auc:.3f}", flush=True)
        yield auc


def _features(table: pa.Table) -> np.ndarray:
    """Return what a reader can see of each row: values, lengths, characters, how often each value
    and each pair of values occurs, and how often the row without its ids does.
    """
    frame, made = table.to_pandas(), []
    for name in frame.columns:
        column = frame[name]
        made.append(column.map(column.value_counts()).to_numpy(float))
        if column.dtype.kind in "iuf":
            made.append(column.to_numpy(float))
        elif column.dtype.kind == "M":
            made += [column.dt.hour.to_numpy(float), column.dt.dayofyear.to_numpy(float)]
            made.append((column.dt.minute * 60 + column.dt.second).to_numpy(float))
        else:
            texts = column.astype(str)
            made += [pd.factorize(texts)[0].astype(float), texts.str.len().to_numpy(float)]
            made += [texts.str[at].map(lambda c: ord(c) if isinstance(c, str) and c else 0)
                     .to_numpy(float) for at in (0, 1, -1)]  # fmt: skip
    few = [name for name in frame.columns if frame[name].nunique() < 200]
    for at, one in enumerate(few):
        for other in few[at + 1 :]:
            made.append(frame.groupby([one, other])[one].transform("size").to_numpy(float))
    rest = [name for name in frame.columns if frame[name].nunique() < 0.9 * len(frame)]
    made.append(frame.groupby(rest, dropna=False)[rest[0]].transform("size").to_numpy(float))
    return np.column_stack(made)


if __name__ == "__main__":
    main()
