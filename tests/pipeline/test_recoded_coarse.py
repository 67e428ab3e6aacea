"""A table with too many combinations to search is published alike, however it is split."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.keys import Keyring
from anonymize.report.terminal import nothing_left, privacy_words
from tests.pipeline.test_recoded_ways import ROWS, policy, published, table, written
from tests.report.page.parsed import parsed
from tests.workplace import Workplace


def test_the_bound_gives_the_same_rows_for_any_pieces(
    tmp_path: Path, keyring: Keyring, keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One, two and seven files of rows in other orders; manifest and summary name the columns."""
    module = importlib.import_module("anonymize.privacy.recoding.recode")
    monkeypatch.setattr(module, "MOST_COMBINATIONS", 300)
    found: list[list[tuple[Any, ...]]] = []
    for parts in (1, 2, 7):
        folder = tmp_path / str(parts)
        folder.mkdir()
        written(folder, parts, table().take(np.random.default_rng(parts).permutation(ROWS)))
        anonymize.run(policy(folder, "out"), keyring=keyring_uri, workers=1)
        found.append(published(folder, "out", keyring))
        privacy = Dataset(folder / "out").manifest(keyring=keyring).privacy
        assert privacy is not None
        assert privacy.coarsened
        words = privacy_words(privacy.model_dump())
        assert any("made coarser for all rows" in one for one in words)
    assert len(found[0]) >= 0.98 * ROWS
    assert found[0] == found[1] == found[2]


def test_a_loss_of_all_is_said_loudly(workplace: Workplace, keyring: Keyring) -> None:
    """In the summary, as a warning of its own, in what-if, in ``risk`` and in the report."""
    rows = "".join(f"{n},{'abcd'[n % 4]}\n" for n in range(12))
    (workplace.folder / "d.csv").write_text(f"who,dx\n{rows}")
    path = workplace.folder / "p.yaml"
    path.write_text(
        "version: 1\ndataset: d\npurpose: test\nsource: {path: d.csv}\nsink: {path: out}\n"
        "detect: {ner: off}\nunlisted: drop\n"
        "privacy: {quasi_identifiers: [who], k: 5, recode: {who: values}}\n"
        "columns:\n  who: {action: keep, accept: test}\n  dx: {action: keep}\n"
    )
    tried = workplace.coatcheck("plan", "p.yaml", "--what-if", "k=5")
    assert "warning: k = 5 leaves nothing of who" in " ".join(tried.stderr.split())
    done = workplace.coatcheck("run", "p.yaml")
    assert "loss 100.0%" in done.stdout
    assert "NOTHING IS LEFT OF who" in done.stdout
    assert "warning: NOTHING IS LEFT OF who" in done.stderr
    assert "detail that is left" in workplace.coatcheck("risk", "out").stdout
    page = parsed(workplace.coatcheck("report", "out").stdout).by_id("short").text
    assert "WARNING nothing is left of the columns" in page


def test_some_detail_is_no_reason_to_warn() -> None:
    """Nor are rows without recoding."""
    facts = {"recoded": ["age"], "loss": 0.9994}
    assert nothing_left(facts) == nothing_left(None) == nothing_left({"loss": None}) == ""
    assert nothing_left({**facts, "loss": 0.9995})


def test_a_change_too_small_for_its_step_is_not_called_none() -> None:
    """In a small table the step is coarse, and the summary says why."""
    found = {"columns": [{"column": "age"}], "distribution": 0.0, "association": 0.0, "step": 0.33}
    privacy = {"k": 5, "counted": "rows counted", "utility": found}
    (_, words) = privacy_words(privacy)
    assert "changed by under 33.0% on average, their associations by under 33.0%" in words
    assert "in so few rows a finer figure would tell of few people" in words
    (_, words) = privacy_words({**privacy, "utility": {**found, "step": 0.01}})
    assert words.endswith("(to the nearest 1.0%)")
