"""The example does what its page says, with a small setting."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("opacus", reason="it is in .venv-readers alone; make soak runs these")
pytestmark = pytest.mark.soak
ROOT = Path(__file__).resolve().parents[3]


def test_the_example_trains_both_ways_and_attacks_both() -> None:
    """It prints the price, the ledger's line, and two intervals."""
    asked = ["--people", "300", "--steps", "20", "--models", "8", "--epochs", "30"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "train_private.py"), *asked],
        capture_output=True, text=True, timeout=600, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert re.search(
        r"^with ε = [\d.]+, δ = 1e-05 for one person by person: AUC", done.stdout, re.M
    )
    assert re.search(r"^ledger: line 2, aggregate, ε = [\d.]+, 20 steps, noise ", done.stdout, re.M)
    assert (
        len(re.findall(r"^  with(?:out)?: 0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)", done.stdout, re.M))
        == 2
    )
