"""Flows are inside the package: a user's own ``flows/`` folder takes their name from nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.workplace import ROOT


def test_a_folder_called_flows_does_not_hide_them(tmp_path: Path) -> None:
    """Top-level ``flows`` was the package's only name for them."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "__init__.py").write_text("OWN = True\n")
    code = (
        "import flows; assert flows.OWN\n"
        "from anonymize.flows.anonymize_dataset import anonymize_dataset\n"
        "from anonymize.flows.inspect_dataset import inspect_dataset\n"
        "print(anonymize_dataset.name, inspect_dataset.name)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PREFECT_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["anonymize-dataset", "inspect-dataset"], done.stderr


def test_the_repository_s_short_names_are_the_same_flows() -> None:
    """Deployments name a file of the repository."""
    import anonymize.flows.anonymize_dataset as inside
    import flows.anonymize_dataset as short

    assert short.anonymize_dataset is inside.anonymize_dataset
    assert short.write is inside.write
