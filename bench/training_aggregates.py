"""Synthetic rows beside a version, measured: python bench/training_aggregates.py FOLDER [REPEATS].

The folder holds ``adult.csv`` as the ARX project ships it (UCI Adult, CC BY 4.0; semicolons). Of
its rows 27,162 are made a 5-anonymous version and, at ε = 1, synthetic rows; 3,000 are the control
set.
Prints what ``coatcheck synthesize --compare`` says of both, with the least and the greatest of five
repeats with seeds 0 to 4, and processor seconds.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import mean

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from anonymize.keys import init_keyring
from anonymize.pipeline.synthesize import Compared, compare, synthesize

COLUMNS = "sex race marital-status education native-country workclass occupation".split()  # noqa: SIM905
LABEL = "salary-class"
CONTROL = 3_000


def policy(folder: Path, table: pa.Table) -> Path:
    """Write a policy of nine columns: a version of classes of five, and synthetic rows."""
    listed = [
        f"      {name}: {{values: {sorted(set(table[name].to_pylist()))!r}}}"
        for name in (*COLUMNS, LABEL)
    ]
    rules = "\n".join(f'  {name}: {{action: keep, accept: "bench"}}' for name in ("age", *COLUMNS))
    file = folder / "p.yaml"
    file.write_text(
        f"version: 1\ndataset: adult\npurpose: bench\nsource: {{path: {folder}/in.parquet}}\n"
        f"sink: {{path: {folder}/out}}\ndetect: {{ner: 'off'}}\n"
        f'columns:\n{rules}\n  {LABEL}: {{action: keep, accept: "bench"}}\n'
        f"privacy: {{quasi_identifiers: [age, {', '.join(COLUMNS)}], sensitive: [{LABEL}], k: 5,"
        " max_suppressed: 0.1,\n  recode: {age: {ranges: [10, 20]}, "
        + ", ".join(f"{name}: values" for name in COLUMNS)
        + "}}\naggregates:\n  unit: row\n  budget: {epsilon: 100}\n  synthetic:\n    epsilon: 1\n"
        "    columns:\n      age: {edges: [10, 20, 30, 40, 50, 60, 70, 80, 90, 100], whole: true}\n"
        + "\n".join(listed)
        + "\n"
    )
    return file


def _shown(name: str, found: list[Compared]) -> None:
    if not found:
        return

    def spread(numbers: list[float]) -> str:
        return f"{mean(numbers):.3f} ({min(numbers):.3f}-{max(numbers):.3f})"

    like = [one.likeness for one in found]
    said = {
        "columns compared": str(len(found[0].columns)),
        "columns": spread([mean(one.columns) for one in like]),
        "pairs": spread([one.pairs or 0 for one in like]),
        "associations": spread([one.associations or 0 for one in like]),
    }
    near = [one.closeness for one in found if one.closeness is not None]
    if near:
        said["AUC"] = spread([one.auc.share for one in near])
        said["lone rows hit"] = spread([one.source_hit for one in near])
        said["lone others hit"] = spread([one.control_hit for one in near])
    print(f"{name}: " + ", ".join(f"{what} {figure}" for what, figure in said.items()))


def main() -> None:
    """Print the figures."""
    from anonymize.pipeline.run import run

    whole = pacsv.read_csv(
        Path(sys.argv[1]) / "adult.csv", parse_options=pacsv.ParseOptions(delimiter=";")
    )
    whole = whole.select(["age", *COLUMNS, LABEL])
    found: dict[str, list[Compared]] = {}
    spent = []
    for seed in range(int(sys.argv[2]) if len(sys.argv) > 2 else 5):
        folder = Path(tempfile.mkdtemp())
        order = np.random.default_rng(seed).permutation(whole.num_rows)
        pq.write_table(whole.take(order[CONTROL:]), folder / "in.parquet")
        pq.write_table(whole.take(order[:CONTROL]), folder / "control.parquet")
        uri = f"file:{folder}/keys.json"
        init_keyring(uri, ["training"])
        file = policy(folder, whole)
        run(file, keyring=uri)
        synthesize(file, uri, output=folder / "s.parquet")
        start = time.process_time()
        told = compare(file, folder / "s.parquet", uri, control=folder / "control.parquet")
        spent.append(time.process_time() - start)
        for one in told.releases:
            found.setdefault(one.what, []).append(one)
    for name, each in found.items():
        _shown(name, each)
    print(f"comparing: {mean(spent):.1f} s of a processor")


if __name__ == "__main__":
    main()
