"""What an actor did so far, and whether the next act is like it."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from anonymize.custody.unusual.events import Event
from anonymize.custody.unusual.thresholds import Rule, Thresholds

_HOUR = timedelta(hours=1)


@dataclass
class Habit:
    """The earlier acts of one kind, of one actor."""

    limits: Thresholds
    zone: tzinfo
    """Whose hours and days count."""
    count: int = 0
    days: set[str] = field(default_factory=set)
    hours: set[int] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    most_values: int = 0
    most_per_hour: int = 0
    """The most acts within 60 minutes, of hours that are over."""
    _times: list[datetime] = field(default_factory=list)
    _recent: deque[tuple[datetime, int]] = field(default_factory=deque)
    _in_burst: bool = False

    def lacks(self) -> str:
        """Return what is missing before the habit can be judged; empty if nothing is."""
        if self.count >= self.limits.history and len(self.days) >= self.limits.days:
            return ""
        told = f"{self.count} earlier on {len(self.days)} days"
        return f"{told}, {self.limits.history} on {self.limits.days} days are needed"

    def broken_by(self, event: Event) -> dict[Rule, str]:
        """Return rule → why, for the rules that an act breaks. Limits that hold whatever the habit
        are judged without a history, too.
        """
        known = not self.lacks()
        found: dict[Rule, str | None] = {
            "burst": self._burst(event, known),
            "odd hour": self._odd_hour(event) if known else None,
            "bulk": self._bulk(event, known),
            "first use of a key": self._first_key(event) if known else None,
            "revoked key": f"signed by {event.keys[0]}" if event.refused else None,
        }
        return {rule: why for rule, why in found.items() if why}

    def _burst(self, event: Event, known: bool) -> str | None:
        if event.at is None:
            return None
        now = self._within(event.at) + 1
        limits, usual = self.limits, self.limits.factor * self._most_before(event.at)
        over = now >= limits.most_per_hour or (known and now >= limits.per_hour and now > usual)
        begins, self._in_burst = over and not self._in_burst, over
        most = self._most_before(event.at)
        return f"{now} within 60 minutes, at most {most} before" if begins else None

    def _bulk(self, event: Event, known: bool) -> str | None:
        values, limits = event.values or 0, self.limits
        usual = limits.factor * self.most_values
        if values >= limits.most_values or (known and values >= limits.values and values > usual):
            return f"{values} values, at most {self.most_values} before"
        return None

    def _odd_hour(self, event: Event) -> str | None:
        if event.at is None:
            return None
        hour, near = event.at.astimezone(self.zone).hour, self.limits.near_hours
        if any(min((hour - one) % 24, (one - hour) % 24) <= near for one in self.hours):
            return None
        return f"hour {hour}, never within {near} of it before"

    def _first_key(self, event: Event) -> str | None:
        new = [key for key in event.keys if key not in self.keys]
        return f"{', '.join(new)}, never before" if new else None

    def _within(self, at: datetime) -> int:
        """Return the number of earlier acts in the 60 minutes up to ``at``."""
        return bisect_right(self._times, at) - bisect_right(self._times, at - _HOUR)

    def _most_before(self, at: datetime) -> int:
        """Return the most acts within 60 minutes that were over an hour before ``at``, so that a
        burst is not compared with itself.
        """
        while self._recent and self._recent[0][0] <= at - _HOUR:
            self.most_per_hour = max(self.most_per_hour, self._recent.popleft()[1])
        return self.most_per_hour

    def add(self, event: Event) -> None:
        """Take an act into the habit."""
        self.count += 1
        self.keys.update(event.keys)
        self.most_values = max(self.most_values, event.values or 0)
        if event.at is not None:
            local = event.at.astimezone(self.zone)
            self.days.add(local.date().isoformat())
            self.hours.add(local.hour)
            self._recent.append((event.at, self._within(event.at) + 1))
            insort(self._times, event.at)
