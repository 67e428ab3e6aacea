"""Where recipients' datasets lie: beside the dataset that they are made from."""

from __future__ import annotations

import re
from pathlib import Path

from anonymize.errors import ArgumentError
from anonymize.policy.addresses import address_of

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}\Z")
BETWEEN = "@"
"""Sign between the dataset's folder and the recipient's name."""


def recipients_place(place: str, recipient: str) -> str:
    """Return the folder or address of a recipient's dataset.

    Raises:
        ArgumentError: the name has other signs than letters, digits, ``-``, ``_`` and ``.``.
    """
    if not _NAME.match(recipient):
        what = f"{recipient!r} is no name for a folder: 1 to 63 of a-z, A-Z, 0-9, '-', '_', '.'"
        raise ArgumentError(what, place="--for")
    return f"{place.rstrip('/')}{BETWEEN}{recipient}"


def datasets_of(place: str) -> tuple[str, ...]:
    """Return a dataset's folder and those of its recipients; of an address, that one alone."""
    folder = Path(place)
    if address_of(place) is not None or not folder.parent.is_dir():
        return (place,)
    prefix = f"{folder.name}{BETWEEN}"
    beside = sorted(one for one in folder.parent.iterdir() if one.name.startswith(prefix))
    return (place, *(str(one) for one in beside if (one / "versions").is_dir()))
