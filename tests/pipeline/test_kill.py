"""Killed anywhere, a run leaves the last version in place and can be run again."""

from __future__ import annotations

import random
import time

import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.keys import Keyring
from tests.dataset.test_killed import only_interrupted
from tests.workplace import ROWS, Workplace, forked

CODE = "import sys; import anonymize; anonymize.run(sys.argv[1], keyring=sys.argv[2])"


def _killed_after(workplace: Workplace, seconds: float) -> None:
    process = forked(CODE, str(workplace.policy()), workplace.keyring_uri)
    time.sleep(seconds)
    process.kill()
    process.wait()


def _seconds_of_a_run(workplace: Workplace) -> float:
    start = time.monotonic()
    assert forked(CODE, str(workplace.policy()), workplace.keyring_uri).wait() == 0
    return time.monotonic() - start


def _check_kills(workplace: Workplace, keyring: Keyring, times: int) -> None:
    long = _seconds_of_a_run(workplace)
    draw = random.Random(7)
    for _ in range(times):
        before = Dataset(workplace.sink).current
        _killed_after(workplace, draw.uniform(0.3, 1.0) * long)
        dataset = Dataset(workplace.sink)
        assert only_interrupted(dataset, keyring)
        assert before is not None
        assert dataset.current in (before, before + 1)
        assert len(anonymize.read(dataset, keyring=keyring)) == len(ROWS)
    summary = anonymize.run(workplace.policy(), keyring=workplace.keyring_uri)
    assert Dataset(workplace.sink).current == summary.version
    assert Dataset(workplace.sink).verify(keyring=keyring).ok
    assert not list((workplace.sink / "versions").glob(".*"))


def test_a_run_killed_anywhere_leaves_the_last_version(
    workplace: Workplace, keyring: Keyring
) -> None:
    """Promise 2, with a few kills at random times."""
    _check_kills(workplace, keyring, 2)


@pytest.mark.soak
def test_a_run_killed_forty_times_leaves_the_last_version(
    workplace: Workplace, keyring: Keyring
) -> None:
    """Promise 2, with many."""
    _check_kills(workplace, keyring, 40)
