"""Runs a function in a background thread and returns its result later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Beside(Generic[Result]):
    """A function that runs in a background thread, and its result.

    The thread starts when the object is created. It is a daemon thread: if nobody calls `result`,
    the process may end before the function does.
    """

    def __init__(self, work: Callable[[], Result], name: str) -> None:
        """Start ``work`` in a thread called ``name``."""
        self._work = work
        self._made: list[Result] = []
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._made.append(self._work())
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            self._failure = error

    def result(self) -> Result:
        """Wait for the function; return its result, or raise its exception."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        return self._made[0]
