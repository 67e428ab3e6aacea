"""Determines which versions an expiry removes."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from anonymize.dataset.entry import AuditEntry
from anonymize.dataset.signing import Keyring
from anonymize.dataset.view import DatasetView
from anonymize.errors import ArgumentError, DatasetError

_AGE = re.compile(r"([0-9]{1,5})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def age_of(text: str, place: str = "--older-than") -> timedelta:
    """Return the time in ``text``: a whole number of hours, days or weeks (``12h``, ``30d``,
    ``8w``).

    Raises:
        ArgumentError: it is something else; ``place`` is where it was said.
    """
    found = _AGE.fullmatch(text.strip())
    if not found:
        raise ArgumentError(
            "is a number of at most 99999 hours, days or weeks, for example 12h, 30d or 8w",
            place=place,
        )
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def doomed_versions(
    dataset: DatasetView,
    keyring: Keyring,
    keep: int | None,
    older_than: timedelta | None,
    versions: Collection[int] | None = None,
) -> tuple[int | None, tuple[int, ...]]:
    """Return the current version, and those that an expiry removes, ascending; never the current
    one. See `Dataset.expire`.

    Raises:
        ArgumentError: none of ``keep``, ``older_than`` and ``versions`` is given.
        DatasetError, KeysError: the log is damaged or not signed by the keyring's keys.
    """
    if keep is None and older_than is None and versions is None:
        raise ArgumentError("say which versions go: keep, older_than, or both, or versions")
    have = dataset.versions(keyring)
    if not have:
        return None, dataset.gone(keyring)
    current = dataset.standing(None, keyring).version
    old = set(have) if versions is None else set(have) & set(versions)
    if keep is not None:
        old &= set(have[: max(0, len(have) - max(1, keep))])
    if older_than is not None:
        old &= _published_before(dataset, keyring, datetime.now(UTC) - older_than)
    doomed = {*old, *dataset.refused(keyring), *dataset.gone(keyring)} - {current}
    return current, tuple(sorted(doomed))


def _published_before(dataset: DatasetView, keyring: Keyring, moment: datetime) -> set[int]:
    """Return the versions whose publication the log dates before ``moment``."""
    return {number for number, at in published_at(dataset, keyring).items() if at < moment}


def published_at(dataset: DatasetView, keyring: Keyring) -> dict[int, datetime]:
    """Return version → the date of its publication in the log.

    Raises:
        DatasetError, KeysError: the log is damaged, or not signed by the keyring's keys.
    """
    return {
        entry.version: _time_of(entry, dataset)
        for entry in dataset.audit.entries(keyring)
        if entry.what == "publish" and entry.version is not None
    }


def _time_of(entry: AuditEntry, dataset: DatasetView) -> datetime:
    try:
        return datetime.strptime(entry.at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        place = f"{dataset.audit.path}:{entry.index + 1}"
        raise DatasetError(
            "has no time by which its version's age could be told; say keep instead", place=place
        ) from None
