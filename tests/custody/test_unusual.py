"""What an actor does otherwise is not flagged, what they do not is, and what cannot be judged is
said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from anonymize.custody.unusual import Thresholds, Unusual, unusual
from anonymize.dataset import Dataset
from anonymize.dataset.reads import read_log
from anonymize.errors import ArgumentError, DatasetError
from anonymize.keys import Keyring, init_keyring, open_keyring
from anonymize.names import KeyName
from tests.conftest import NAMES
from tests.dataset.conftest import publish
from tests.workplace import Workplace

ANA, BO = "ana@desk", "bo@desk"
DAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SMALL = Thresholds(history=6, days=3)


class Log:
    """A dataset whose log gets acts of any actor at any time."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        """Publish a version."""
        self.patch, self.uri = patch, f"file:{folder / 'own.json'}"
        self.keyring: Keyring = init_keyring(self.uri, NAMES)
        self.dataset = Dataset(folder / "people")
        publish(self.dataset, self.keyring, 1)

    def _as(self, actor: str, at: datetime) -> None:
        for module in ("audit", "reads"):
            self.patch.setattr(f"anonymize.dataset.{module}.who", lambda: actor)
            text = at.strftime("%Y-%m-%dT%H:%M:%SZ")
            self.patch.setattr(f"anonymize.dataset.{module}.now", lambda text=text: text)

    def reveals(self, actor: str, at: datetime, values: int = 5, key: str = "reveal") -> None:
        """Enter a reveal."""
        self._as(actor, at)
        details = {"column": "email", "values": values, "key": key, "bulk": values > 100}
        self.dataset.audit.append("reveal", keyring=self.keyring, why="x", details=details)

    def reads(self, actor: str, at: datetime) -> None:
        """Enter a read."""
        self._as(actor, at)
        read_log(self.dataset).enter(self.keyring, 1, {"dataset": "people", "of": "rows"})

    def used_to(self, actor: str, days: int = 8) -> None:
        """Enter a reveal and a read a day, at nine."""
        for day in range(days):
            self.reveals(actor, DAY + timedelta(days=day))
            self.reads(actor, DAY + timedelta(days=day))

    def judged(self, **named: Any) -> Unusual:
        """Return what is unusual, by small thresholds."""
        return unusual(self.dataset, self.keyring, **{"thresholds": SMALL, **named})

    def rules(self, **named: Any) -> list[tuple[str, str]]:
        """Return kind and rule of each flag."""
        return [(one.event.kind, str(one.rule)) for one in self.judged(**named).flags]


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """Return a log in which Ana reveals and reads once a day."""
    with monkeypatch.context() as patch:
        made = Log(tmp_path, patch)
        made.used_to(ANA)
        yield made


NEXT = DAY + timedelta(days=20)


def test_what_is_done_every_day_is_not_flagged(log: Log) -> None:
    """And all of it was looked at."""
    log.reveals(ANA, NEXT)
    log.reads(ANA, NEXT + timedelta(minutes=50))
    found = log.judged()
    assert (found.flags, found.judged) == ((), 18)


@pytest.mark.parametrize("kind", ["reveal", "read"])
def test_a_new_actor_is_flagged_once(log: Log, kind: str) -> None:
    """Of each kind for itself; the second act is not by somebody new."""
    for minutes in (0, 5):
        getattr(log, f"{kind}s")(BO, NEXT + timedelta(minutes=minutes))
    assert log.rules() == [(kind, "new actor")]


@pytest.mark.parametrize("kind", ["reveal", "read"])
def test_an_odd_hour_is_flagged(log: Log, kind: str) -> None:
    """Three at night; ten past ten is near nine."""
    getattr(log, f"{kind}s")(ANA, NEXT + timedelta(hours=1, minutes=10))
    assert log.rules() == []
    getattr(log, f"{kind}s")(ANA, NEXT + timedelta(hours=18))
    (flag,) = log.judged().flags
    assert (flag.rule, flag.why) == ("odd hour", "hour 3, never within 1 of it before")


def test_hours_are_those_of_the_time_zone_that_is_named(log: Log) -> None:
    """Nine in UTC is ten in Berlin in winter and eleven in summer, and both around midnight are
    near.
    """
    for hour in (22, 23):
        for day in range(8):
            log.reveals(BO, DAY + timedelta(days=day, hours=hour - 9))
    log.reveals(BO, NEXT + timedelta(hours=15))
    assert ("reveal", "odd hour") not in log.rules(timezone="UTC")
    log.reveals(ANA, datetime(2026, 7, 1, 7, 30, tzinfo=UTC))
    assert ("reveal", "odd hour") in log.rules(timezone="UTC")
    assert ("reveal", "odd hour") not in log.rules(timezone="Europe/Berlin")
    with pytest.raises(ArgumentError, match="Europe/Berlin"):
        log.judged(timezone="Berlin")


def test_a_burst_is_flagged_once_where_it_begins(log: Log) -> None:
    """Ten in ten minutes, of somebody who does one a day; another one a day later is another."""
    for day in (0, 1):
        for minute in range(12):
            log.reads(ANA, NEXT + timedelta(days=day, minutes=minute))
    found = log.judged().flags
    assert [one.why for one in found] == ["10 within 60 minutes, at most 1 before"]
    for minute in range(40):
        log.reads(ANA, NEXT + timedelta(days=2, seconds=minute))
    assert [one.why for one in log.judged().flags[1:]] == [
        "37 within 60 minutes, at most 12 before"
    ]


def test_a_burst_is_compared_with_the_hours_before_it(log: Log) -> None:
    """Who does thirty in an hour each day has no burst."""
    for day in range(4):
        for second in range(30):
            log.reveals(BO, DAY + timedelta(days=day, seconds=second))
    assert ("reveal", "burst") not in log.rules()


def test_bulk_is_flagged_by_the_number_of_values(log: Log) -> None:
    """Many times the largest so far, and more than a floor; entries hold no other number."""
    log.reveals(ANA, NEXT, 99)
    assert log.rules() == []
    log.reveals(ANA, NEXT, 298)
    (flag,) = log.judged().flags
    assert (flag.rule, flag.why) == ("bulk", "298 values, at most 99 before")


def test_the_first_use_of_a_key_is_flagged(log: Log) -> None:
    """Another reveal key, and another signing key."""
    from anonymize.keys import rotate_key

    log.reveals(ANA, NEXT, key="support")
    assert log.rules() == [("reveal", "first use of a key")]
    log.keyring = rotate_key("signing", log.uri)
    log.reads(ANA, NEXT)
    found = log.judged().flags
    assert [one.why for one in found] == ["support, never before", "signing.2, never before"]


def test_what_a_revoked_key_signed_is_flagged_with_what_it_was(log: Log) -> None:
    """The entry has no effect; the values were revealed."""
    from anonymize.custody.revocation import revoke

    log.reveals("thief@away", NEXT, 4000)
    revoke(KeyName("signing"), 1, NEXT.strftime("%Y-%m-%d"), [log.dataset.path], log.uri)
    log.keyring = open_keyring(log.uri)
    flags = [one for one in log.judged().flags if one.event.actor == "thief@away"]
    assert [one.rule for one in flags] == ["new actor", "bulk", "revoked key"]


def test_a_small_history_flags_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people, three acts: each would be new, and each hour odd."""
    log = Log(tmp_path, monkeypatch)
    for hour, actor in enumerate((ANA, BO, ANA)):
        log.reveals(actor, DAY + timedelta(hours=7 * hour))
    found = unusual(log.dataset, log.keyring)
    assert found.flags == ()
    assert [(one.kind, one.actor, one.acts) for one in found.unjudged] == [
        ("reveal", "", 2),
        ("reveal", ANA, 2),
        ("reveal", BO, 1),
        ("read", "", 0),
    ]
    said = [one.why for one in found.unjudged]
    assert said[0] == "by anybody: 1 earlier on 1 days, 20 on 5 days are needed"
    assert "audit: {reads: true}" in said[-1]


def test_some_limits_hold_without_a_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand values at once, and hundreds of acts in an hour, are told on the first day."""
    log = Log(tmp_path, monkeypatch)
    log.reveals(ANA, DAY, 1000)
    for second in range(4):
        log.reads(ANA, DAY + timedelta(seconds=second))
    limits = Thresholds(most_per_hour=4)
    assert log.rules(thresholds=limits) == [("reveal", "bulk"), ("read", "burst")]


def test_acts_before_the_time_are_history_alone(log: Log) -> None:
    """What was flagged last night is not flagged again."""
    log.reveals(BO, NEXT)
    assert log.rules(since=timedelta(hours=1)) == []
    log.reveals(BO, datetime.now(UTC), 5000)
    found = log.judged(since=timedelta(hours=1))
    assert ([one.rule for one in found.flags], found.judged) == (["bulk"], 1)


def test_an_entry_without_a_date_is_not_passed_over(log: Log) -> None:
    """It is judged by what needs none, and named for the rest."""
    log.patch.setattr("anonymize.dataset.audit.now", lambda: "yesterday")
    log.patch.setattr("anonymize.dataset.audit.who", lambda: ANA)
    details = {"column": "email", "values": 5000, "key": "reveal", "bulk": True}
    log.dataset.audit.append("reveal", keyring=log.keyring, details=details)
    found = log.judged(since=timedelta(hours=1))
    assert [one.rule for one in found.flags] == ["bulk"]
    assert "the entry has no date that can be read" in {one.why for one in found.unjudged}


def test_a_log_that_does_not_hold_is_not_judged(log: Log) -> None:
    """Whoever changed it may have changed who it was."""
    path = log.dataset.path / "reads.jsonl"
    path.write_bytes(path.read_bytes().replace(b"ana@desk", b"eva@desk", 1))
    with pytest.raises(DatasetError, match="was changed"):
        log.judged()


@pytest.mark.parametrize("named", [{"history": 0}, {"factor": 1.5}, {"near_hours": 12}])
def test_thresholds_by_which_nothing_is_unusual_are_refused(named: dict[str, Any]) -> None:
    """Each is a whole number of at least 1."""
    with pytest.raises(ArgumentError, match=r"at least 1|at most 11"):
        Thresholds.of(named)
    with pytest.raises(ArgumentError, match="there is no hour; there are history, days"):
        Thresholds.of({"hour": 1})


def test_the_command_prints_the_rule_and_fails(
    log: Log, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the line, the offset of the time zone, and what could not be judged."""
    log.reveals(BO, NEXT)
    place = Workplace(log.dataset.path.parent, log.uri)
    small = ("--history", "6", "--days", "3", "--timezone", "Europe/Berlin")
    done = place.coatcheck("audit", "unusual", "people", *small)
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 2)
    assert "2026-03-22T10:00:00+01:00" in done.stdout
    assert "new actor" in done.stdout
    assert done.stderr.endswith("1 of 17 reveals and reads are unusual\n")
    told = json.loads(place.coatcheck("audit", "unusual", "people", *small, "--json").stdout)
    assert [(one["line"], one["rule"], one["actor"]) for one in told["flags"]] == [
        (10, "new actor", BO)
    ]
    quiet = place.coatcheck("audit", "unusual", "people", "--since", "1h")
    assert (quiet.returncode, quiet.stdout) == (0, "")
    assert "none is unusual by these rules" in quiet.stderr
    assert place.coatcheck("audit", "unusual", "people", "--timezone", "Mars").returncode == 2
