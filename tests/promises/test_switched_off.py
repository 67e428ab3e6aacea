"""Each promise's test fails where its mechanism is switched off."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.promises.switched_off.off import every
from tests.promises.switched_off.plugin import MARK, NAME
from tests.workplace import ROOT


def test_every_named_test_is_there() -> None:
    """In the file that is named."""
    named = [one.test.partition("::")[::2] for one in every().values()]
    missing = [
        f"{file}::{test}"
        for file, test in named
        if f"def {test}(" not in (ROOT / "tests" / file).read_text("utf-8")
    ]
    assert (missing, len(named) >= 15) == ([], True)


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", every())
def test_without_its_mechanism_a_promises_test_fails(name: str) -> None:
    """By the check that is the promise's, and not because the switch breaks something else."""
    one = every()[name]
    plugins = ("-p", "tests.promises.switched_off.plugin", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", *plugins, f"tests/{one.test}"],
        cwd=ROOT,
        env={**os.environ, NAME: name, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=500,
    )
    found = re.findall(rf"^{MARK}(\w+) (\w+)$", done.stdout, re.MULTILINE)
    assert found, f"{one.test} passes without it\n{done.stdout}{done.stderr}"
    assert {kind for when, kind in found if when == "call"} <= set(one.fails_by), done.stdout
    assert [when for when, _ in found if when != "call"] == [], done.stdout
