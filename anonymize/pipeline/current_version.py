"""Checks the current version before a run compares itself with it."""

from __future__ import annotations

from anonymize.dataset import Dataset
from anonymize.errors import DatasetError, Problem
from anonymize.keys import Keyring


def require_current(path: str, keyring: Keyring) -> None:
    """Check that the current version's manifest is the one that was published. Passes if nothing is
    published yet.

    Raises:
        DatasetError: it is not; the error names a version to roll back to, if there is one.
    """
    dataset = Dataset(path)
    try:
        if dataset.current is not None:
            dataset.manifest(keyring=keyring)
    except DatasetError as error:
        others = (
            number
            for number in reversed(dataset.versions(keyring))
            if _holds(dataset, number, keyring)
        )
        back = (
            f"coatcheck rollback {path} {number} --reason …, or "
            if (number := next(others, 0))
            else ""
        )
        what = (
            f"the current version does not hold, so nothing was published; the way on is {back}its"
            " folder restored"
        )
        raise DatasetError([*error.problems, Problem(path, what)]) from None


def _holds(dataset: Dataset, version: int, keyring: Keyring) -> bool:
    try:
        dataset.manifest(version, keyring=keyring)
    except DatasetError:
        return False
    return True
