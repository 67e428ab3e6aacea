"""After a kill the next run takes over what was finished, and publishes what a whole run would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.dataset.journal import FOLDER
from anonymize.errors import DataError, SourceAwayError, SourceError
from anonymize.keys import Keyring
from anonymize.pipeline import in_progress
from anonymize.policy import Policy, parse_policy
from anonymize.report import summary_line
from tests.workplace import forked

KILLED = """
import os, sys
from anonymize.pipeline import in_progress, run as running
name, at = sys.argv[3], int(sys.argv[4])
work = getattr(in_progress, name)
def until(job, number):
    if number == at:
        os._exit(9)
    return work(job, number)
until.__name__ = name
setattr(in_progress, name, until)
running.run(sys.argv[1], keyring=sys.argv[2], incremental="incremental" in sys.argv)
"""
COLUMNS = """
  id: {action: pseudonymize}
  city: {action: keep}
  pay: {action: generalize, quantiles: 3}
"""
HEAD = "privacy: {quasi_identifiers: [city, pay], k: 2, max_suppressed: 1.0}"


class Place:
    """A folder of six files, and a run that is killed."""

    def __init__(self, folder: Path, keyring_uri: str) -> None:
        self.folder, self.keyring_uri = folder, keyring_uri
        (folder / "in").mkdir()
        for day in range(6):
            self.write(day)

    def write(self, day: int, rows: int = 30) -> None:
        """Write one file."""
        cities = ("Oslo", "Rome", "Lima")
        lines = [f"p{day}-{row},{cities[row % 3]},{1000 + 7 * row}" for row in range(rows)]
        text = "\n".join(["id,city,pay", *lines]) + "\n"
        (self.folder / "in" / f"day{day}.csv").write_text(text)

    def policy(self, sink: str = "out", more: str = HEAD) -> Policy:
        """Return the policy."""
        return parse_policy(self.text(sink, more))

    def text(self, sink: str = "out", more: str = HEAD) -> str:
        """Return the policy's text."""
        return (
            f"version: 1\ndataset: days\npurpose: test\nsource: {{path: {self.folder / 'in'}}}\n"
            f"sink: {{path: {self.folder / sink}}}\n{more}\ncolumns:{COLUMNS}"
        )

    def killed(self, function: str, at: int, *more: str) -> None:
        """Begin a run whose process ends in the middle of a partition."""
        path = self.folder / "policy.yaml"
        path.write_text(self.text())
        run = forked(KILLED, str(path), self.keyring_uri, function, str(at), *more)
        assert run.wait() == 9

    @property
    def left(self) -> list[Path]:
        """Return the hidden folders of the dataset."""
        return list((self.folder / "out" / "versions").glob(".*"))

    def rows(self, sink: str = "out") -> list[Any]:
        """Return the rows published, sorted."""
        return sorted(read(self.folder / sink, keyring=self.keyring_uri).to_pylist(), key=str)


@pytest.fixture
def place(tmp_path: Path, keyring_uri: str) -> Place:
    """Six files and their policy."""
    return Place(tmp_path, keyring_uri)


@pytest.fixture
def batches_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read, once per pass."""
    from anonymize.io.sources.csv_files import CsvPartition

    names: list[str] = []
    batches = CsvPartition.batches

    def noted(self: CsvPartition, columns: Any = None) -> Any:
        names.append(self.name)
        return batches(self, columns)

    monkeypatch.setattr(CsvPartition, "batches", noted)
    return names


def test_a_killed_run_s_parts_are_taken_over(
    place: Place, keyring: Keyring, batches_read: list[str]
) -> None:
    """The next run reads only what was not finished, and nothing is left of the killed one."""
    place.killed("write_partition", 4)
    assert len(place.left) == 1
    done = anonymize.run(place.policy(), keyring=keyring)
    assert batches_read == ["day4.csv", "day5.csv"]
    assert (done.rows_in, done.version, done.taken_over) == (180, 1, 4)
    said = summary_line(done.as_dict())
    assert "4 partitions of a run that was interrupted taken over" in said
    assert "2 parts by 2 processes" in summary_line({**done.as_dict(), "workers": 2})
    assert Dataset(place.folder / "out").verify(keyring=keyring).ok
    assert not place.left
    assert not list((place.folder / "out").rglob(f"*{FOLDER}*"))
    anonymize.run(place.policy("whole"), keyring=keyring)
    assert place.rows() == place.rows("whole")


def test_a_killed_first_pass_is_taken_over(
    place: Place, keyring: Keyring, batches_read: list[str]
) -> None:
    """What was measured is not measured again."""
    place.killed("measure_partition", 4)
    anonymize.run(place.policy(), keyring=keyring)
    first = batches_read[: batches_read.index("day0.csv")]
    assert first == ["day4.csv", "day5.csv"]
    anonymize.run(place.policy("whole"), keyring=keyring)
    assert place.rows() == place.rows("whole")


@pytest.mark.soak
def test_a_source_that_changed_meanwhile_is_done_anew(
    place: Place, keyring: Keyring, batches_read: list[str]
) -> None:
    """No part of the old file is published."""
    place.killed("write_partition", 4)
    place.write(0, rows=10)
    done = anonymize.run(place.policy(), keyring=keyring)
    assert done.rows_in == 160
    assert batches_read.count("day1.csv") == 3
    assert not place.left


@pytest.mark.soak
def test_another_policy_is_done_anew(place: Place, keyring: Keyring) -> None:
    """Parts that were made by other rules are not taken over."""
    place.killed("write_partition", 4)
    done = anonymize.run(place.policy(more=HEAD.replace("k: 2", "k: 3")), keyring=keyring)
    assert done.privacy is not None
    assert done.privacy.asked_k == 3
    assert not place.left


@pytest.mark.parametrize("kind", ["part", "entry", "run"])
def test_what_somebody_changed_is_done_again(place: Place, keyring: Keyring, kind: str) -> None:
    """A part with other bytes, or an entry that does not open, counts as not finished."""
    place.killed("write_partition", 4)
    (left,) = place.left
    (part, *_) = sorted(left.glob("part-*"))
    path = {"part": part, "entry": left / FOLDER / "part-00001.sealed"}.get(
        kind, left / FOLDER / "run.sealed"
    )
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    anonymize.run(place.policy(), keyring=keyring)
    assert Dataset(place.folder / "out").verify(keyring=keyring).ok
    anonymize.run(place.policy("whole"), keyring=keyring)
    assert place.rows() == place.rows("whole")


@pytest.mark.soak
def test_an_incremental_run_goes_on_too(place: Place, keyring: Keyring) -> None:
    """Its kept parts are kept, its finished ones taken over."""
    anonymize.run(place.policy(), keyring=keyring, incremental=True)
    for day in (1, 3, 5):
        place.write(day, rows=31)
    place.killed("write_partition", 3, "incremental")
    done = anonymize.run(place.policy(), keyring=keyring, incremental=True)
    assert done.increment is not None
    assert done.version == 2
    anonymize.run(place.policy("whole"), keyring=keyring)
    assert place.rows() == place.rows("whole")


def test_a_refusal_leaves_nothing(place: Place, keyring: Keyring) -> None:
    """What a gate or a value refused is not taken up again."""
    (place.folder / "in" / "day5.csv").write_text("id,city,pay\np,Oslo,\nq,Rome,1\n")
    more = f"{HEAD}\nexpect: {{columns: {{pay: {{nulls: 0}}}}}}"
    with pytest.raises(Exception, match="pay"):
        anonymize.run(place.policy(more=more), keyring=keyring)
    assert not place.left


@pytest.mark.soak
def test_a_file_that_always_fails_is_named_and_the_last_version_stays(
    place: Place, keyring: Keyring
) -> None:
    """However often it is tried; the run after it is mended publishes."""
    anonymize.run(place.policy(), keyring=keyring)
    with (place.folder / "in" / "day3.csv").open("a") as source:
        source.write("a,row,of,five,cells\n")
    for _ in range(2):
        with pytest.raises(SourceError, match=r"day3\.csv"):
            anonymize.run(place.policy(), keyring=keyring)
        assert Dataset(place.folder / "out").verify(keyring=keyring).version == 1
        assert not place.left
    place.write(3)
    assert anonymize.run(place.policy(), keyring=keyring).version == 2


@pytest.mark.soak
@pytest.mark.parametrize(("error", "stays"), [(SourceAwayError("gone"), 1), (DataError("bad"), 0)])
def test_a_lost_connection_leaves_what_was_done(
    place: Place,
    keyring: Keyring,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    stays: int,
) -> None:
    """The next try goes on; other errors leave nothing."""
    write = in_progress.write_partition

    def until(job: Any, number: int) -> Any:
        if number == 4:
            raise error
        return write(job, number)

    monkeypatch.setattr(in_progress, "write_partition", until)
    with pytest.raises(type(error)):
        anonymize.run(place.policy(), keyring=keyring)
    assert len(place.left) == stays
