"""An act that is done is shown, also if the anchor did not accept the log's head (exit code 4)."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

import anonymize
from anonymize.errors import AnchorError
from anonymize.pipeline.run import RunSummary
from tests.workplace import Workplace


@pytest.fixture
def anchored(workplace: Workplace) -> Path:
    """A policy whose anchor accepts heads as long as ``accepts`` exists."""
    script = workplace.folder / "take"
    script.write_text('#!/bin/sh\nhead=$(cat)\ntest -e accepts && echo "$head" >> heads\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    (workplace.folder / "heads").touch()
    commands = f"command: [{script}], latest: [/bin/cat, {workplace.folder / 'heads'}]"
    return workplace.policy(f"audit: {{anchor: {{{commands}}}}}\n")


def test_a_run_that_the_anchor_did_not_hear_of_prints_its_json(
    workplace: Workplace, anchored: Path
) -> None:
    """Whoever called the command needs the number of the version that it published."""
    done = workplace.coatcheck("run", str(anchored), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["version"], told["rows_out"]) == (4, 1, 3)
    assert "the act is done" in done.stderr


def test_without_json_the_same_line_is_printed_as_ever(
    workplace: Workplace, anchored: Path
) -> None:
    """Code 4 differs from 0 by the message on stderr."""
    done = workplace.coatcheck("run", str(anchored))
    assert done.returncode == 4
    assert done.stdout.startswith("people version 1: 3 rows out of 3, 5 columns")


def test_rollback_and_expire_say_what_they_did(workplace: Workplace, anchored: Path) -> None:
    """They are entered and done."""
    (workplace.folder / "accepts").touch()
    for _ in range(3):
        assert workplace.coatcheck("run", str(anchored)).returncode == 0
    (workplace.folder / "accepts").unlink()
    of = ("--reason", "a test of ours", "--policy", str(anchored))
    back = workplace.coatcheck("rollback", "out", "2", *of)
    assert (back.returncode, back.stdout) == (4, "out: version 2 is current again, 3 rows\n")
    gone = workplace.coatcheck("expire", "out", "--keep", "1", *of)
    assert (gone.returncode, gone.stdout) == (4, "out: versions removed: 1\n")


def test_the_librarys_error_has_the_summary(
    workplace: Workplace, anchored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same that `run` returns."""
    monkeypatch.chdir(workplace.folder)
    with pytest.raises(AnchorError) as untold:
        anonymize.run(anchored, keyring=workplace.keyring_uri)
    assert isinstance(untold.value.result, RunSummary)
    assert (untold.value.result.version, untold.value.result.rows_out) == (1, 3)
