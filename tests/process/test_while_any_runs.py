"""A state of the whole process begins with the first block and ends with the last."""

from __future__ import annotations

import pytest

from anonymize.process.while_any_runs import WhileAnyRuns


class Noted:
    """A state that notes what is done to it, and whether another thread could do so meanwhile."""

    def __init__(self) -> None:
        """Begin with nothing noted."""
        self.said: list[object] = []
        self.runs = WhileAnyRuns(self._begin, self._restore)

    def _begin(self) -> int:
        self.said.append(("begun", self.runs._lock.locked()))
        return 7

    def _restore(self, before: int) -> None:
        self.said.append(("restored", before, self.runs._lock.locked()))


def test_the_first_block_begins_and_the_last_restores() -> None:
    """Each time, with the lock held, and what was before is given back."""
    noted = Noted()
    for _ in range(2):
        with noted.runs.block():
            with noted.runs.block():
                pass
            assert noted.said == [("begun", True)]
        assert noted.said == [("begun", True), ("restored", 7, True)]
        noted.said.clear()


def test_a_block_that_fails_restores_too() -> None:
    """The error goes on."""
    noted = Noted()
    with pytest.raises(KeyError), noted.runs.block():
        raise KeyError
    assert noted.said[1:] == [("restored", 7, True)]


def test_what_began_for_good_is_never_restored() -> None:
    """Blocks within it neither begin nor restore."""
    noted = Noted()
    noted.runs.begin()
    with noted.runs.block():
        pass
    assert noted.said == [("begun", True)]
