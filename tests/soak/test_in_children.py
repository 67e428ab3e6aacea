"""The harness names the case whose child crashes, raises or hangs: what uses it can fail."""

from __future__ import annotations

import faulthandler
import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.soak.in_children import outcomes


def _done(case: int) -> str:
    return f"did {case}"


def _prepared(bad: Callable[[], object]) -> Callable[[int], Callable[[int], str]]:
    def do(case: int) -> str:
        if case == 7:
            bad()
        return _done(case)

    return lambda at: do


def test_every_case_has_its_outcome() -> None:
    """More than a pipe holds; one case alone, and none."""
    cases = list(range(12_000))
    assert outcomes(cases, lambda at: _done) == {case: f"did {case}" for case in cases}
    assert outcomes([3], lambda at: _done) == {3: "did 3"}
    assert outcomes([], lambda at: _done) == {}


def _crash() -> None:
    faulthandler.disable()  # pytest's would print this crash as if it were one
    os.kill(os.getpid(), signal.SIGSEGV)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (_crash, "the child is gone, 11"),
        (lambda: time.sleep(60), "silent for 2"),
        (lambda: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_child_that_crashes_hangs_or_raises_is_named(
    bad: Callable[[], object], said: str
) -> None:
    """By its case."""
    with pytest.raises(AssertionError, match=f"(?s)case [0-9]+: 7.*{said}"):
        outcomes(list(range(10)), _prepared(bad), seconds=2)
