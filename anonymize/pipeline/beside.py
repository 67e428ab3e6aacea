"""Work done in a thread beside the caller, whose result is asked for later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Beside(Generic[Result]):
    """A function's result, computed in a thread that began when this was made.

    Nobody waits for it where nobody asks: a process may end meanwhile.
    """

    def __init__(self, work: Callable[[], Result], name: str) -> None:
        """Start ``work`` in a thread of this ``name``."""
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
        """Return what the work returned; waits for it, and raises what it raised."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        return self._made[0]
