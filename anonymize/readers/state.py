"""States of readers in checkpoints: which are refused, and which place they name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anonymize.errors import ArgumentError, Problem
from anonymize.readers.shares import Share
from anonymize.readers.stream import RowPlace

STATE_FORMAT = 1


def refuse_other_state(state: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Refuse a state that names other rows than these ``settings`` do, in any epoch.

    Raises:
        ArgumentError: one problem for each setting that differs, or it is no state.
    """
    numbers = state.get("batches", 0), state.get("workers"), state.get("epoch")
    whole = all(isinstance(one, int) and one >= 0 for one in numbers)
    if not whole or ("batches" in state) == ("place" in state) or not _is_place(state):
        what = "is no state of this reader; give what state_dict returned"
        raise ArgumentError(what, place="state")
    problems = [
        Problem("state", f"{name} is {state.get(name)!r} there and {here!r} here")
        for name, here in settings.items()
        if name != "epoch" and state.get(name) != here
    ]
    if problems:
        raise ArgumentError(problems)


def _is_place(state: Mapping[str, Any]) -> bool:
    if "place" not in state:
        return True
    place = state["place"]
    return (
        isinstance(place, list | tuple)
        and len(place) == 3
        and all(isinstance(one, int) and one >= 0 for one in place[:2])
        and (place[2] is None or (isinstance(place[2], int) and place[2] >= place[1]))
    )


def place_of_state(state: Mapping[str, Any], share: Share) -> RowPlace:
    """Return the place of a state that ``share`` itself took.

    Raises:
        ArgumentError: another worker took it.
    """
    worker, workers = state.get("worker"), state["workers"]
    if (worker, workers) != (share.worker, share.workers):
        here = f"this is {share.worker} of {share.workers}"
        raise ArgumentError(f"was taken by worker {worker} of {workers}, {here}", place="state")
    buffer, row, rows = state["place"]
    return RowPlace(buffer, row, rows)
