"""`coatcheck card` prints what was published; `coatcheck lineage` sends what was not taken."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workplace import ROWS, Workplace, new_workplace

FORMATS = {
    "md": "card.md", "croissant": "croissant.json", "openlineage": "openlineage.json",
    "html": "report.html",
}  # fmt: skip


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory, keyring_uri: str) -> Workplace:
    """Return a workplace with one version."""
    workplace = new_workplace(tmp_path_factory.mktemp("published"), keyring_uri)
    workplace.coatcheck("run", str(workplace.policy()))
    return workplace


@pytest.fixture
def published(published_once: Workplace, tmp_path: Path) -> Workplace:
    """Return a copy of it, with a policy of its own folder."""
    copy = published_once.copied(tmp_path)
    copy.policy()
    return copy


@pytest.mark.parametrize("form", FORMATS)
def test_a_card_is_printed_as_it_was_published(published: Workplace, form: str) -> None:
    """Byte by byte, nothing on stderr, no value in it; Markdown is the default."""
    done = published.coatcheck("card", "out", "--format", form)
    data = (published.sink / "versions" / "000001" / FORMATS[form]).read_bytes()
    assert (done.returncode, done.stdout.encode(), done.stderr) == (0, data, "")
    values = [word for row in ROWS for word in map(str, row[:4]) if word]
    assert [word for word in values if word in done.stdout] == []
    assert form != "md" or published.coatcheck("card", "out").stdout == done.stdout


def test_a_card_that_was_changed_is_not_printed(published: Workplace) -> None:
    """The file is named, and nothing of it is on stdout."""
    path = published.sink / "versions" / "000001" / "card.md"
    path.write_text(path.read_text().replace("rows | 3", "rows | 4"))
    done = published.coatcheck("card", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert "card.md: its bytes are not those the manifest lists" in done.stderr
    assert published.coatcheck("verify", "out").returncode == 1


def test_a_card_is_of_the_policys_dataset(published: Workplace) -> None:
    """Another one's folder in its place is refused, and so is a keyring that checks nothing."""
    other = published.policy().read_text().replace("dataset: people", "dataset: staff")
    (published.folder / "staff.yaml").write_text(other)
    done = published.coatcheck("card", "out", "--policy", "staff.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds dataset 'people', not 'staff'" in done.stderr
    done = published.coatcheck("card", "out", "--keyring", "file:absent.json")
    assert (done.returncode, done.stdout) == (3, "")


def _holding(workplace: Workplace, program: str) -> subprocess.Popen[bytes]:
    """Return a process that runs ``program`` until its input ends, once it has printed a line."""
    started = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=workplace.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert started.stdout is not None
    started.stdout.readline()
    return started


def test_a_run_whose_events_are_not_taken_shows_its_summary_and_ends_with_4(
    workplace: Workplace,
) -> None:
    """The command that the message names sends them."""
    policy = workplace.policy("lineage: {file: events.jsonl}")
    (workplace.folder / "events.jsonl").write_text("")
    locked = "import fcntl, sys; f = open('events.jsonl'); fcntl.flock(f, fcntl.LOCK_EX); print()"
    holder = _holding(workplace, f"{locked}; sys.stdout.flush(); sys.stdin.read()")
    try:
        done = workplace.coatcheck("run", str(policy), "--json")
    finally:
        holder.communicate(timeout=30)
    assert (done.returncode, json.loads(done.stdout)["version"]) == (4, 1)
    assert "is locked by another process; version 1 is published" in done.stderr
    assert "coatcheck lineage POLICY --version 1" in done.stderr
    sent = workplace.coatcheck("lineage", str(policy), "--version", "1")
    assert (sent.returncode, sent.stderr) == (0, "people version 1: lineage events sent\n")
    lines = (workplace.folder / "events.jsonl").read_text().splitlines()
    assert [json.loads(line)["eventType"] for line in lines] == ["START", "COMPLETE"]


def test_lineage_of_a_policy_that_tells_nobody_is_refused(published: Workplace) -> None:
    """With the line that is missing."""
    done = published.coatcheck("lineage", "people.yaml")
    assert done.returncode == 2
    assert "lineage: says nothing of where events go; say lineage:" in done.stderr
