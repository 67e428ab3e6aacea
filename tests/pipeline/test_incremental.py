"""An incremental run publishes what a whole run would, and does only what changed."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import anonymize
from anonymize.dataset import Dataset, read, read_quarantine
from anonymize.dataset.increments import NAME
from anonymize.errors import DatasetError, KeysError
from anonymize.io.sink.part_info import sidecar_of
from anonymize.keys import Keyring, init_keyring, rotate_key
from anonymize.names import KeyName
from anonymize.pipeline import in_progress
from anonymize.pipeline import run as running
from anonymize.pipeline.summary import RunSummary
from anonymize.policy import Policy, parse_policy

PLAIN = """
  id: {action: pseudonymize}
  city: {action: keep}
  born: {action: generalize, to: year}
  pay: {action: keep, accept: invented}
"""


class Nights:
    """A folder of files, a policy over them, and its dataset."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        """Make five files."""
        self.folder, self.keyring = folder, keyring
        (folder / "in").mkdir()
        self.draw = random.Random(11)
        for day in range(5):
            self.write(day)

    def file(self, day: int) -> Path:
        """Return one day's file."""
        return self.folder / "in" / f"day{day}.csv"

    def write(self, day: int, rows: int = 40, born: str = "1984-02-29", city: str = "") -> None:
        """Write one day's file anew."""
        lines = ["id,city,born,pay"]
        for row in range(rows):
            where = city or self.draw.choice(["Oslo", "Rome", "Lima"])
            lines.append(f"p{day}-{row},{where},{born},{self.draw.randrange(1000, 9999)}")
        self.file(day).write_text("\n".join(lines) + "\n")

    def policy(self, columns: str = PLAIN, more: str = "", sink: str = "out") -> Policy:
        """Return the policy."""
        return parse_policy(
            f"version: 1\ndataset: days\npurpose: test\nsource: {{path: {self.folder / 'in'}}}\n"
            f"sink: {{path: {self.folder / sink}}}\n{more}\ncolumns:{columns}"
        )

    def run(self, columns: str = PLAIN, more: str = "", **options: Any) -> RunSummary:
        """Run incrementally."""
        policy = self.policy(columns, more)
        return anonymize.run(policy, keyring=self.keyring, incremental=True, **options)

    def whole(self, columns: str = PLAIN, more: str = "") -> list[Any]:
        """Return the rows that a whole run publishes."""
        sink = f"whole{time.monotonic_ns()}"
        anonymize.run(self.policy(columns, more, sink), keyring=self.keyring)
        return rows_of(read(self.folder / sink, keyring=self.keyring))

    @property
    def dataset(self) -> Dataset:
        """Return the dataset."""
        return Dataset(self.folder / "out")

    def published(self) -> list[Any]:
        """Return the rows of the current version, which must verify."""
        found = self.dataset.verify(keyring=self.keyring)
        assert found.ok, found.problems
        return rows_of(read(self.folder / "out", keyring=self.keyring))


def rows_of(table: pa.Table) -> list[Any]:
    """Return the rows, sorted."""
    return sorted(table.to_pylist(), key=str)


@pytest.fixture
def nights(tmp_path: Path, keyring: Keyring) -> Nights:
    """Five files and their policy."""
    return Nights(tmp_path, keyring)


@pytest.fixture
def worked_on(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The partitions that are written, in order."""
    numbers: list[int] = []
    write = in_progress.write_partition

    def noted(job: Any, number: int) -> Any:
        numbers.append(number)
        return write(job, number)

    monkeypatch.setattr(in_progress, "write_partition", noted)
    return numbers


def test_only_the_file_that_changed_is_done(nights: Nights, worked_on: list[int]) -> None:
    """The new version has the rows of a whole run; unchanged parts are the same files."""
    first = nights.run()
    assert worked_on == [0, 1, 2, 3, 4]
    assert first.increment is not None
    assert (first.increment.since, first.increment.done) == (0, 5)
    nights.write(3)
    worked_on.clear()
    second = nights.run()
    assert worked_on == [3]
    assert second.increment is not None
    assert (second.increment.since, second.increment.kept, second.increment.again) == (1, 4, 0)
    assert nights.published() == nights.whole()
    files = {path.name: path.stat().st_ino for path in nights.dataset.folder(1).glob("part-*")}
    now = {path.name: path.stat().st_ino for path in nights.dataset.folder(2).glob("part-*")}
    assert len(files.items() & now.items()) == 4
    assert len(now) == 5


def test_nothing_changed_publishes_nothing(nights: Nights, worked_on: list[int]) -> None:
    """The current version stays, the log gets no entry, and the summary says it."""
    nights.run()
    entries = len(nights.dataset.audit.entries())
    worked_on.clear()
    again = nights.run()
    assert again.increment is not None
    assert again.increment.nothing_changed
    assert (again.version, again.rows_out, worked_on) == (1, 200, [])
    assert nights.dataset.versions() == (1,)
    assert len(nights.dataset.audit.entries()) == entries


def test_a_new_file_is_added_and_a_deleted_one_dropped(
    nights: Nights, worked_on: list[int]
) -> None:
    """Both are told; the rows of the deleted file are in no new version."""
    nights.run()
    nights.write(7)
    nights.file(1).unlink()
    worked_on.clear()
    done = nights.run()
    assert done.increment is not None
    assert (done.increment.kept, done.increment.done, done.increment.gone) == (4, 1, 1)
    assert len(worked_on) == 1
    assert nights.published() == nights.whole()


def test_large_files_are_kept_in_their_pieces(
    nights: Nights, worked_on: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that did not change is not searched for its pieces again."""
    from anonymize.io.sources import csv_files, pieces

    monkeypatch.setattr(pieces, "SMALLEST_BYTES", 500)
    searched: list[str] = []
    spans = csv_files.spans_of

    def noted(place: Any, *arguments: Any) -> Any:
        searched.append(place.name)
        return spans(place, *arguments)

    monkeypatch.setattr(csv_files, "spans_of", noted)
    nights.run()
    assert searched == [f"day{day}.csv" for day in range(5)]
    assert len(worked_on) > 5
    searched.clear()
    worked_on.clear()
    nights.write(2, rows=60)
    done = nights.run()
    assert searched == ["day2.csv"]
    assert done.increment is not None
    assert done.increment.done == len(worked_on) > 1
    assert nights.published() == nights.whole()
    searched.clear()
    again = nights.run()
    assert again.increment is not None
    assert again.increment.nothing_changed
    assert searched == []


def test_a_file_that_was_copied_back_is_kept(nights: Nights, worked_on: list[int]) -> None:
    """Its facts are others, its bytes are not."""
    nights.run()
    data = nights.file(2).read_bytes()
    nights.file(2).unlink()
    nights.file(2).write_bytes(data)
    worked_on.clear()
    done = nights.run()
    assert done.increment is not None
    assert done.increment.nothing_changed
    nights.write(0)
    nights.run()
    assert worked_on == [0]


def test_a_change_that_keeps_size_and_time_is_seen(nights: Nights, worked_on: list[int]) -> None:
    """The time of writing can be set back; the time of the change cannot."""
    nights.run()
    before = nights.file(2).stat()
    text = nights.file(2).read_text()
    with open(nights.file(2), "r+") as file:
        file.write(text.replace("Oslo", "Roma"))
    os.utime(nights.file(2), ns=(before.st_atime_ns, before.st_mtime_ns))
    assert nights.file(2).stat().st_mtime_ns == before.st_mtime_ns
    worked_on.clear()
    nights.run()
    assert worked_on == [2]
    assert nights.published() == nights.whole()


@pytest.mark.parametrize(
    ("columns", "more", "said"),
    [
        (PLAIN.replace("to: year", "to: decade"), "", "the policy is not what made version 1"),
        (PLAIN, "rows: {on_bad_value: 'null'}", "the policy is not what made version 1"),
    ],
)
def test_another_policy_is_a_whole_run(
    nights: Nights, worked_on: list[int], columns: str, more: str, said: str
) -> None:
    """It is said, and every partition is done."""
    nights.run()
    worked_on.clear()
    done = nights.run(columns, more, accept_change=True)
    assert done.increment is not None
    assert done.increment.why_again == (said,)
    assert (done.increment.kept, done.increment.since, done.increment.again) == (0, 0, 5)
    assert worked_on == [0, 1, 2, 3, 4]
    assert nights.published() == nights.whole(columns, more)


def test_another_key_is_a_whole_run(nights: Nights, tmp_path: Path, worked_on: list[int]) -> None:
    """After a rotation no part of the old key is beside one of the new."""
    own_keys = f"file:{tmp_path}/keys/keyring.json"
    nights.keyring = init_keyring(own_keys, ["training", "pseudonym"])
    nights.run()
    nights.keyring = rotate_key(KeyName("pseudonym"), own_keys)
    worked_on.clear()
    done = nights.run()
    assert done.increment is not None
    assert done.increment.why_again == ("a key is not what made version 1",)
    assert worked_on == [0, 1, 2, 3, 4]


def test_a_version_of_another_kind_of_run_has_no_records(nights: Nights) -> None:
    """The reason is said; from then on there are."""
    anonymize.run(nights.policy(), keyring=nights.keyring)
    done = nights.run()
    assert done.increment is not None
    assert done.increment.why_again == ("version 1 was not made by an incremental run",)
    nights.write(0)
    later = nights.run()
    assert later.increment is not None
    assert later.increment.kept == 4


QUANTILES = PLAIN.replace(
    "pay: {action: keep, accept: invented}", "pay: {action: generalize, quantiles: 3}"
)
RARE = PLAIN.replace(
    "city: {action: keep}", "city: {action: generalize, rare: 30, other: elsewhere}"
)
UNIQUE = PLAIN.replace("{action: pseudonymize}", "{action: fake, kind: name, unique: true}")
SHUFFLE = PLAIN.replace("pay: {action: keep, accept: invented}", "pay: {action: shuffle, by: id}")


@pytest.mark.parametrize("columns", [QUANTILES, RARE, UNIQUE, SHUFFLE])
def test_facts_of_the_whole_table_are_measured_over_all(nights: Nights, columns: str) -> None:
    """Where they decide otherwise, every partition is done again, and it is said why."""
    nights.run(columns)
    nights.write(3, rows=400, city="Paris")
    done = nights.run(columns)
    assert done.increment is not None
    assert done.increment.kept == 0
    assert "depends on all rows, and they changed" in done.increment.why_again[0]
    assert nights.published() == nights.whole(columns)


def test_facts_that_decide_alike_leave_parts_alone(nights: Nights, worked_on: list[int]) -> None:
    """The frequent categories are the same."""
    nights.run(RARE)
    nights.write(3)
    worked_on.clear()
    nights.run(RARE)
    assert worked_on == [3]
    assert nights.published() == nights.whole(RARE)


PRIVACY = "privacy: {quasi_identifiers: [city, born], k: 5, max_suppressed: 1.0}"


def test_a_class_that_grows_to_k_is_published_everywhere(
    nights: Nights, worked_on: list[int]
) -> None:
    """Partitions with rows of it that were suppressed are done again; others are kept."""
    nights.write(0, rows=4, city="Bern")
    first = nights.run(more=PRIVACY)
    assert first.suppressed == 4
    nights.write(1, rows=4, city="Bern")
    worked_on.clear()
    second = nights.run(more=PRIVACY)
    assert sorted(worked_on) == [0, 1]
    assert second.suppressed == 0
    assert second.increment is not None
    assert second.increment.why_again == ("a class became large enough, or too small, for k",)
    assert nights.published() == nights.whole(more=PRIVACY)


def test_a_class_that_shrinks_below_k_is_suppressed_everywhere(
    nights: Nights, worked_on: list[int]
) -> None:
    """Although the files that hold the rest of it did not change."""
    nights.write(0, rows=3, city="Bern")
    nights.write(1, rows=3, city="Bern")
    nights.run(more=PRIVACY)
    nights.file(1).unlink()
    worked_on.clear()
    done = nights.run(more=PRIVACY)
    assert worked_on == [0]
    assert done.suppressed == 3
    assert done.privacy is not None
    assert done.privacy.k >= 5
    assert nights.published() == nights.whole(more=PRIVACY)


def test_rows_set_aside_stay_with_their_part(nights: Nights) -> None:
    """A kept part's quarantine is in the new version, and its rows are counted."""
    text = nights.file(1).read_text().replace("1984-02-29", "no date", 1)
    nights.file(1).write_text(text)
    more = "rows: {max_quarantined: 1.0}"
    nights.run(more=more)
    nights.write(3)
    done = nights.run(more=more)
    assert (done.quarantined, done.rows_out) == (1, 199)
    aside = list(read_quarantine(nights.folder / "out", keyring=nights.keyring))
    assert [row["file"] for batch in aside for row in batch.to_pylist()] == ["day1.csv"]


def test_rows_keep_the_source_s_order(nights: Nights) -> None:
    """Also where a file comes in between."""
    more = "rows: {order: source}"
    nights.run(more=more)
    nights.file(2).rename(nights.folder / "in" / "day25.csv")
    nights.write(2)
    done = nights.run(more=more)
    assert done.increment is not None
    assert done.increment.kept == 4
    anonymize.run(nights.policy(PLAIN, more, "whole"), keyring=nights.keyring)
    found = read(nights.folder / "out", keyring=nights.keyring)
    assert found.equals(read(nights.folder / "whole", keyring=nights.keyring))


def test_older_versions_can_expire_and_be_wrapped_again(nights: Nights) -> None:
    """Parts that versions share stay as long as one of them does."""
    nights.run()
    nights.write(0)
    nights.run()
    nights.dataset.expire(keep=1, keyring=nights.keyring)
    assert nights.published() == nights.whole()
    nights.write(1)
    nights.run()
    nights.dataset.rollback(2, keyring=nights.keyring)
    assert nights.published() != nights.whole()
    done = nights.run()
    assert done.increment is not None
    assert (done.increment.since, done.version) == (2, 4)
    assert nights.published() == nights.whole()


@pytest.mark.parametrize("which", ["part", "records", "sidecar"])
def test_a_base_that_somebody_changed_is_not_built_on(nights: Nights, which: str) -> None:
    """Nothing is published from it."""
    nights.run()
    folder = nights.dataset.folder(1)
    parts = sorted(folder.glob("part-*"))
    for path in {"part": parts, "records": [folder / NAME]}.get(which, map(sidecar_of, parts)):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    nights.write(0)
    with pytest.raises((DatasetError, KeysError)):
        nights.run()
    assert nights.dataset.versions() == (1,)


@pytest.mark.parametrize("incremental", [False, True])
def test_another_run_in_between_is_compared_with(
    nights: Nights, monkeypatch: pytest.MonkeyPatch, incremental: bool
) -> None:
    """Two nights that meet are both well: the second builds on what the first published."""
    nights.run()
    nights.write(0)
    plan = running.plan_source
    called: list[int] = []

    def slow(*arguments: Any) -> Any:
        if not called:
            called.append(1)
            anonymize.run(nights.policy(), keyring=nights.keyring, incremental=incremental)
        return plan(*arguments)

    monkeypatch.setattr(running, "plan_source", slow)
    done = nights.run()
    assert done.increment is not None
    assert done.increment.nothing_changed == incremental
    assert nights.dataset.versions() == ((1, 2) if incremental else (1, 2, 3))
    assert nights.published() == nights.whole()


def test_random_edits_give_what_a_whole_run_gives(nights: Nights) -> None:
    """Seven nights of files that come, go and change, under k-anonymity."""
    columns = RARE.replace(
        "pay: {action: keep, accept: invented}", "pay: {action: generalize, band: 5000}"
    )
    more = "privacy: {quasi_identifiers: [city, born, pay], k: 6, max_suppressed: 1.0}"
    draw = random.Random(5)
    edits: Sequence[Callable[[], None]] = (
        lambda: nights.write(draw.randrange(8), rows=draw.randrange(1, 30)),
        lambda: nights.write(draw.randrange(8), rows=draw.randrange(1, 9), born="1991-07-01"),
        lambda: nights.file(draw.randrange(5)).unlink(missing_ok=True),
    )
    for _ in range(7):
        for _ in range(draw.randrange(3)):
            draw.choice(edits)()
        done = nights.run(columns, more)
        assert done.rows_in == done.rows_out + done.suppressed + done.quarantined
        assert nights.published() == nights.whole(columns, more)


def test_a_dated_folder_is_a_whole_run_that_says_why(nights: Nights) -> None:
    """It said `all 5 partitions done: ,` because nothing was kept that could be done again."""
    nights.run()
    night = nights.folder / "in" / "2026-11-30"
    night.mkdir()
    for day in range(5):
        nights.file(day).rename(night / nights.file(day).name)
    policy = parse_policy(
        f"version: 1\ndataset: days\npurpose: test\nsource: {{path: {night}/*.csv}}\n"
        f"sink: {{path: {nights.folder / 'out'}}}\ncolumns:{PLAIN}"
    )
    done = anonymize.run(policy, keyring=nights.keyring, incremental=True, accept_change=True)
    assert done.increment is not None
    assert done.increment.why_again
    assert all(done.increment.why_again)
