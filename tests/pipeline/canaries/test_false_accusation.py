"""Who may have other data of the same people is not accused."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import anonymize
from anonymize.keys import CANARY, init_keyring
from anonymize.pipeline.canaries.check import check_canaries
from tests.conftest import NAMES

_IDS = {
    "tokenize": lambda drawn: str(drawn.randrange(100, 1_000)),
    "encrypt_format": lambda drawn: f"{drawn.randrange(10**15, 10**16)}",
}


def _published(folder: Path, name: str, uri: str, rule: str) -> Path:
    """Publish a dataset of the same people under the same domain; return its rows as CSV."""
    drawn = random.Random(1)
    people = {_IDS[rule](drawn): drawn.choice("NESW") for _ in range(60)}
    rows = [f"{who},{region}" for who, region in people.items()]
    (folder / "p.csv").write_text("id,region\n" + "\n".join(rows) + "\n")
    (folder / "p.yaml").write_text(
        f"""version: 1
dataset: {name}
purpose: churn
source: {{path: {folder}/p.csv, types: {{id: string}}}}
sink: {{path: {folder}/{name}, canaries: 40}}
detect: {{ner: off}}
columns:
  id: {{action: {rule}, domain: people}}
  region: {{action: keep}}
"""
    )
    anonymize.run(folder / "p.yaml", keyring=uri)
    return folder / f"{name}.csv"


@pytest.mark.parametrize("rule", list(_IDS))
def test_other_data_of_one_domain_is_no_leak(tmp_path: Path, rule: str) -> None:
    """Canaries made of the same few people, or of ids as short, have no id in common."""
    import pyarrow.csv as pacsv

    uri = f"file:{tmp_path / 'own.json'}"
    init_keyring(uri, (*NAMES, CANARY))
    for name in ("first", "second"):
        leak = _published(tmp_path, name, uri, rule)
        table = anonymize.read(tmp_path / name, keyring=uri)
        assert len(set(table["id"].to_pylist())) == table.num_rows
        pacsv.write_csv(table, leak)
    for leak, other in (("first", "second"), ("second", "first")):
        assert check_canaries(tmp_path / f"{leak}.csv", tmp_path / other, uri).held == ()
        accused = check_canaries(tmp_path / f"{leak}.csv", tmp_path / leak, uri).accused
        assert [one.found for one in accused] == [40]
