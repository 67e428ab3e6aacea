"""A dataset with canaries, and leaks of it."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa

import anonymize
from anonymize.dataset import Dataset, Manifest
from anonymize.dataset.canaries import CanaryRecord, read_canaries
from anonymize.keys import CANARY, Keyring, init_keyring, open_keyring
from tests.conftest import NAMES

POLICY = """version: 1
dataset: customers
purpose: churn
source: {{path: {folder}/people.csv}}
sink: {{path: {folder}/out, canaries: {canaries}}}
detect: {{ner: off}}
subject: customer
{extra}
columns:
  customer: {{action: tokenize, domain: customer}}
  name: {{action: fake, kind: name, domain: person}}
  email: {{action: pseudonymize, domain: email, normalize: fold}}
  card: {{action: encrypt_format}}
  born: {{action: generalize, to: year}}
  region: {{action: keep}}
  plan: {{action: keep}}
  spent: {{action: keep}}
  seen: {{action: keep}}
"""


class Made:
    """A folder with a source, a policy and a keyring."""

    def __init__(self, folder: Path, rows: int = 1_500, *, each: int = 1, seed: int = 1) -> None:
        self.folder, self.uri = folder, f"file:{folder / 'own.json'}"
        self.file, self.out = folder / "policy.yaml", folder / "out"
        init_keyring(self.uri, (*NAMES, CANARY))
        self.write_rows(rows, each=each, seed=seed)

    def write_rows(self, rows: int, *, each: int = 1, seed: int = 1) -> None:
        """Write the source: ``each`` rows of a person."""
        drawn = random.Random(seed)
        lines = ["customer,name,email,card,born,region,plan,spent,seen"]
        for at in range(rows):
            who = at // each
            region = drawn.choice("NESW")
            plan = drawn.choice(["free", "pro"] if region in "NE" else ["team", "pro", "solo"])
            moment = f"2026-{drawn.randint(1, 12):02}-{drawn.randint(1, 28):02}T"
            moment += (
                f"{drawn.randint(8, 18):02}:{drawn.randint(0, 59):02}:{drawn.randint(0, 59):02}"
            )
            spent = f"{drawn.lognormvariate(3, 1):.2f}"
            born = f"{1950 + who * 7 % 50 * who // 7 % 50}-05-0{1 + who % 9}"
            card = f"{4_000_000_000_000_000 + who * 7_919:016}"
            person = f"C{who:06},Ana Bo{who},ana{who}@example.org,{card},{born}"
            lines.append(f"{person},{region},{plan},{spent},{moment}")
        (self.folder / "people.csv").write_text("\n".join([*lines, ""]))

    def policy(self, canaries: object = 20, extra: str = "") -> Path:
        """Write the policy; return its path."""
        text = POLICY.format(folder=self.folder, canaries=canaries, extra=extra)
        self.file.write_text(text)
        return self.file

    def run(self, canaries: object = 20, extra: str = "", **settings: object) -> Manifest:
        """Publish a version; return its manifest."""
        anonymize.run(self.policy(canaries, extra), keyring=self.uri, **settings)  # type: ignore[arg-type]
        return self.manifest()

    @property
    def keyring(self) -> Keyring:
        """Return the owner's keyring."""
        return open_keyring(self.uri)

    @property
    def dataset(self) -> Dataset:
        """Return the dataset."""
        return Dataset(self.out)

    def manifest(self) -> Manifest:
        """Return the current manifest."""
        return self.dataset.manifest(keyring=self.keyring)

    def records(self, dataset: Dataset | None = None) -> list[CanaryRecord]:
        """Return the current version's records."""
        chosen = dataset or self.dataset
        made = chosen.manifest(keyring=self.keyring)
        return [record for _, record in read_canaries(chosen, made, self.keyring)]

    def rows(self) -> pa.Table:
        """Return what readers read."""
        return anonymize.read(self.out, keyring=self.uri)

    def leak(self, table: pa.Table, name: str = "leak.csv") -> Path:
        """Write a table as CSV; return its path."""
        import pyarrow.csv as pacsv

        path = self.folder / name
        pacsv.write_csv(table, path)
        return path
