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
from anonymize.report.terminal import privacy_words
from tests.pipeline.test_recoded_ways import ROWS, policy, published, table, written


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
