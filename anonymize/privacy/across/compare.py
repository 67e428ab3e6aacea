"""Everything that is measured of a new release beside an earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from anonymize.privacy.across.isolated import isolated
from anonymize.privacy.across.meeting import Meeting
from anonymize.privacy.across.narrowed import Narrowed, joined, narrowed_people, narrowed_rows
from anonymize.privacy.across.release import Mask, Release
from anonymize.privacy.digests import Words


@dataclass(frozen=True)
class Across:
    """What two releases tell together: numbers of people, or of rows."""

    counts: str
    """``people`` or ``rows``, of all but ``isolated``."""
    differ: str
    """What ``isolated`` counts, ``people`` where both releases tell persons apart."""
    matched: bool
    """Whether people of one are found in the other."""
    both: int
    """People in both, or rows with quasi-identifiers that a class of the earlier release covers."""
    narrowed: int | None
    """Those with fewer possible sensitive values than promised; None without sensitive columns."""
    known: int | None
    """Of these, those with one possible value."""
    already: int | None
    """Those of whom the earlier release by itself leaves fewer than promised."""
    isolated: int
    """Those in a difference of counts of fewer than k."""
    joined: int | None
    """People whom ids in both releases put into groups of fewer than k; None if no id joins."""
    changed: int | None
    """People in both whose class has other sensitive values; None if nobody is matched."""


def compare(
    old: Release,
    new: Release,
    met: Meeting,
    same: tuple[Words, Words],
    *,
    needs: Sequence[int],
    k: int,
    matched: bool,
    joins: bool,
) -> Across:
    """Return what two releases tell together.

    Args:
        old: The earlier release.
        new: The new one.
        met: Which classes of the earlier one cover each combination of the new one.
        same: Earlier and new classes with the same labels.
        needs: Per sensitive column of both the number of values that must be possible.
        k: The least number of people that may be told apart.
        matched: Whether equal numbers of persons are the same people in both.
        joins: Whether ids that both publish tell so, too.
    """
    if old.who is None or new.who is None:
        matched, old, new = False, replace(old, who=None), replace(new, who=None)
    found = narrowed_people(old, new, needs) if matched else narrowed_rows(old, new, met, needs)
    valued = bool(needs)
    return Across(
        counts="people" if matched else "rows",
        differ="rows" if old.who is None else "people",
        matched=matched,
        both=int(found.size.sum()),
        narrowed=_of(found, found.narrowed, valued),
        known=_of(found, found.known, valued),
        already=_of(found, found.already, valued),
        isolated=isolated(old, new, met, same, k),
        joined=len(joined(old, new, k)) if matched and joins else None,
        changed=_of(found, found.changed, valued),
    )


def _of(found: Narrowed, which: Mask | None, valued: bool) -> int | None:
    return None if which is None or not valued else int(np.sum(found.size[which]))
