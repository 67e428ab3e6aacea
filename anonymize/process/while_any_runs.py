"""States of the whole process that hold while any of several blocks runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Before = TypeVar("Before")


class WhileAnyRuns(Generic[Before]):
    """A state that the first of several blocks sets and the last one restores.

    Blocks may be nested and run in several threads.
    """

    def __init__(self, begin: Callable[[], Before], restore: Callable[[Before], None]) -> None:
        """Take what sets the state and returns what was before, and what restores that."""
        self._begin, self._restore = begin, restore
        self._lock = threading.Lock()
        self._running = 0
        self._before: list[Before] = []

    @contextmanager
    def block(self) -> Iterator[None]:
        """Let the state hold while the block runs."""
        self.begin()
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                if not self._running:
                    self._restore(self._before.pop())

    def begin(self) -> None:
        """Let the state hold for the rest of this process's life."""
        with self._lock:
            self._running += 1
            if self._running == 1:
                self._before.append(self._begin())
