"""Work beside the caller: its result, or its error, comes where it is asked for."""

from __future__ import annotations

import threading

import pytest

from anonymize.pipeline.beside import Beside


def test_a_result_is_there_when_it_is_asked_for_twice() -> None:
    """The caller goes on meanwhile: the work waits for what the caller does after it began."""
    go_on = threading.Event()
    beside = Beside(lambda: go_on.wait(30), "test")
    go_on.set()
    assert beside.result() is True
    assert beside.result() is True


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    """Not in the thread, where nobody would see it."""

    def fail() -> int:
        raise ValueError("no")

    beside = Beside(fail, "test")
    with pytest.raises(ValueError, match="no"):
        beside.result()


def test_nobody_waits_for_work_that_nobody_asks_for() -> None:
    """A process may end while it runs."""
    assert Beside(lambda: None, "test")._thread.daemon
