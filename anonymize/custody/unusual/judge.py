"""Judges each reveal and read by what was done before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from os import PathLike
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from anonymize.arguments import checked
from anonymize.custody.unusual.events import Event, Kind, events_of
from anonymize.custody.unusual.habit import Habit
from anonymize.custody.unusual.thresholds import RULES, Rule, Thresholds
from anonymize.dataset import Dataset
from anonymize.dataset.reads import read_log
from anonymize.errors import ArgumentError
from anonymize.keys import Keyring, open_keyring

_KINDS: tuple[Kind, ...] = ("reveal", "read")
_BY_HABIT = "burst, odd hour, bulk and first use of a key"


@dataclass(frozen=True)
class Flag:
    """An act that broke a rule."""

    rule: Rule
    event: Event
    why: str
    """The act compared with what was before, in words."""


@dataclass(frozen=True)
class Unjudged:
    """Acts that rules could not be applied to."""

    kind: Kind
    actor: str
    """Empty if it is not about one actor."""
    rules: str
    """The rules, in words."""
    acts: int
    """How many acts."""
    why: str


@dataclass(frozen=True)
class Unusual:
    """What was found in the logs."""

    flags: tuple[Flag, ...]
    """By kind, in the log's order; an act that broke several rules is in it once for each."""
    unjudged: tuple[Unjudged, ...]
    """That nothing is flagged there says nothing."""
    judged: int
    """Reveals and reads that were looked at, not counting those that are history alone."""
    timezone: str
    """Whose hours and days counted."""


@checked
def unusual(
    dataset: Dataset | str | PathLike[str],
    keyring: Keyring | str | None = None,
    *,
    since: timedelta | None = None,
    timezone: str = "UTC",
    thresholds: Thresholds | None = None,
) -> Unusual:
    """Return the reveals and reads that are outside their actor's habit, with the rule that each
    broke.

    Each act is compared with those before it in the log. ``since`` is how old an act may be to be
    judged; older ones are history. Hours and days are those of ``timezone``, a name such as
    ``Europe/Berlin``; entries are dated in UTC by the acting machines. An actor is a user at a
    host, as the acting process said. Where the history is too small the result says so in
    ``unjudged``, and only the limits that hold whatever the habit are applied.

    Raises:
        ArgumentError: there is no such time zone here.
        DatasetError: there is no such dataset, or a log does not hold.
        KeysError: the keyring cannot check the signatures.
    """
    zone = _zone(timezone)
    opened, limits = open_keyring(keyring), thresholds or Thresholds()
    found = dataset if isinstance(dataset, Dataset) else Dataset(str(dataset))
    found.require()
    after = None if since is None else datetime.now(UTC) - since
    flags, unjudged, judged = list[Flag](), list[Unjudged](), 0
    events = events_of(found, opened)
    for kind in _KINDS:
        theirs = [event for event in events if event.kind == kind]
        made = _Judge(kind, limits, zone, after)
        for event in theirs:
            flags += made.flags(event)
        unjudged += made.unjudged()
        judged += made.judged
    unjudged += _not_logged(found, events)
    return Unusual(tuple(flags), tuple(unjudged), judged, timezone)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        what = "is no time zone that this machine knows; for example UTC or Europe/Berlin"
        raise ArgumentError(what, place="timezone") from None


def _not_logged(dataset: Dataset, events: Sequence[Event]) -> Iterator[Unjudged]:
    if not any(event.kind == "read" for event in events) and read_log(dataset).length() is None:
        why = (
            "no read was entered: the policy needs audit: {reads: true}, and readers' own keyrings"
        )
        yield Unjudged("read", "", "all", 0, f"{why} are in the storage's log alone")


class _Judge:
    """Judges the acts of one kind, in their order."""

    def __init__(
        self, kind: Kind, limits: Thresholds, zone: tzinfo, after: datetime | None
    ) -> None:
        self._kind, self._limits, self._zone, self._after = kind, limits, zone, after
        self._habits: dict[str, Habit] = {}
        self._all = Habit(limits, zone)
        self._left: dict[tuple[str, str, str], int] = {}
        self.judged = 0

    def flags(self, event: Event) -> list[Flag]:
        """Return the rules that an act breaks, and take it into the habits."""
        is_new = event.actor not in self._habits
        habit = self._habits.setdefault(event.actor, Habit(self._limits, self._zone))
        broken, lacks = habit.broken_by(event), habit.lacks()
        everybody = self._all.lacks()
        if is_new and not everybody:
            broken["new actor"] = f"none of {len(self._habits) - 1} actors before"
        habit.add(event)
        self._all.add(event)
        if self._after is not None and event.at is not None and event.at < self._after:
            return []
        self.judged += 1
        if is_new and everybody:
            self._leave("", "new actor", f"by anybody: {everybody}")
        if lacks:
            self._leave(event.actor, _BY_HABIT, lacks)
        if event.at is None:
            self._leave(event.actor, "burst, odd hour", "the entry has no date that can be read")
        return [Flag(rule, event, broken[rule]) for rule in RULES if rule in broken]

    def _leave(self, actor: str, rules: str, why: str) -> None:
        """Note an act that rules could not be applied to; the last reason stands for all."""
        is_lack = why.endswith("needed")
        for known in [one for one in self._left if one[:2] == (actor, rules) and is_lack]:
            self._left[actor, rules, why] = self._left.pop(known)
        self._left[actor, rules, why] = self._left.get((actor, rules, why), 0) + 1

    def unjudged(self) -> list[Unjudged]:
        """Return what could not be judged."""
        return [
            Unjudged(self._kind, actor, rules, acts, why)
            for (actor, rules, why), acts in sorted(self._left.items())
        ]
