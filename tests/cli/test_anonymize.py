"""One command from a source to a clean copy: what it writes, what it asks, and what it refuses."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import anonymize
from anonymize.cli.anonymize import Wanted, anonymize_command
from anonymize.errors import ArgumentError, GateError, Problem
from anonymize.keys import open_keyring
from anonymize.pipeline import one_file
from anonymize.policy import SourceSpec, load_policy
from tests.workplace import ROOT, in_fork

ROWS = 240
WANTED = Wanted(
    output="clean.csv",
    policy=None,
    purpose=None,
    countries=(),
    languages=("en",),
    ner=None,
    throwaway_keys=False,
    keep_order=False,
    to=None,
    formulas="neutralise",
    overwrite=False,
    yes=True,
    keyring=None,
    as_json=False,
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with a CSV of people, and a keyring of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COATCHECK_KEYRING", f"file:{tmp_path}/keys/keyring.json")
    with open("people.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "mail", "amount"])
        rows.writerows([f"P-{i:05}", f"guest{i}@example.org", i * 3] for i in range(ROWS))
    return tmp_path


def rows_of(path: str | Path) -> list[dict[str, str]]:
    """Return a CSV's rows."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def go(**options: object) -> None:
    """Run the command on the people."""
    anonymize_command(SourceSpec(path="people.csv"), replace(WANTED, **options))  # type: ignore[arg-type]


def test_a_source_becomes_a_clean_csv_and_a_policy_beside_it(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """CSV out, mode 0600, no address left in it or in what is said, and a policy that loads."""
    go()
    rows = rows_of("clean.csv")
    assert len(rows) == ROWS
    assert sorted(int(row["amount"]) for row in rows) == [i * 3 for i in range(ROWS)]
    assert len({row["mail"] for row in rows}) == ROWS
    assert "example.org" not in Path("clean.csv").read_text()
    assert os.stat("clean.csv").st_mode & 0o777 == 0o600
    policy = load_policy("clean.csv.policy.yaml")
    assert policy.source.path == "people.csv"
    assert policy.purpose == "analysis of people"
    said = capsys.readouterr()
    assert "240 of 240 rows" in said.out
    assert "EMAIL_ADDRESS in mail" in said.out
    assert "guest" not in said.out + said.err
    assert max(map(len, said.err.partition("key pseudonym")[0].splitlines()[1:])) <= 80


def test_the_policy_beside_the_output_is_the_next_step(place: Path) -> None:
    """Running the drafted policy gives the pseudonyms that the file has."""
    go(keep_order=True)
    summary = anonymize.run("clean.csv.policy.yaml")
    published = anonymize.read(summary.path, keyring=open_keyring())
    assert published["mail"].to_pylist() == [row["mail"] for row in rows_of("clean.csv")]


def test_rows_leave_in_another_order_unless_it_is_kept(place: Path) -> None:
    """Rows that keep their place join with the raw data by their number."""
    go()
    go(output="kept.csv", keep_order=True)
    amounts = [int(row["amount"]) for row in rows_of("kept.csv")]
    assert amounts == [i * 3 for i in range(ROWS)]
    assert [int(row["amount"]) for row in rows_of("clean.csv")] != amounts


@pytest.mark.parametrize("output", ["clean.parquet", "clean.jsonl"])
def test_the_ending_says_the_format(place: Path, output: str) -> None:
    """Parquet and JSON Lines hold the same rows and columns."""
    go(output=output)
    if output.endswith("parquet"):
        assert pq.read_table(output).num_rows == ROWS
    else:
        rows = [json.loads(line) for line in Path(output).read_text().splitlines()]
        assert len(rows) == ROWS
        assert {*rows[0]} == {"id", "mail", "amount"}


def test_a_name_without_an_ending_is_a_folder_of_encrypted_versions(place: Path) -> None:
    """The second time makes a second version."""
    go(output="guests")
    assert anonymize.Dataset("guests").verify(keyring=open_keyring()).ok
    assert load_policy("guests.policy.yaml").sink.path == "guests"
    go(output="guests")
    assert anonymize.Dataset("guests").current == 2


def test_throwaway_keys_are_kept_nowhere(place: Path) -> None:
    """Two outputs share no value, and no keyring is made."""
    go(throwaway_keys=True)
    go(output="again.csv", throwaway_keys=True)
    first, second = rows_of("clean.csv"), rows_of("again.csv")
    assert not {row["mail"] for row in first} & {row["mail"] for row in second}
    assert not (place / "keys").exists()


def test_the_keyring_that_is_here_is_used_and_gets_what_it_lacks(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same purpose and keys make the same pseudonyms."""
    go()
    assert "made a keyring" in capsys.readouterr().err
    go(output="again.csv")
    assert "keyring" not in capsys.readouterr().err
    first, second = rows_of("clean.csv"), rows_of("again.csv")
    pairs = [{row["amount"]: row["mail"] for row in rows} for rows in (first, second)]
    same = (
        load_policy("clean.csv.policy.yaml").purpose == load_policy("again.csv.policy.yaml").purpose
    )
    assert same
    assert pairs[0] == pairs[1]


def test_values_of_two_purposes_do_not_join(place: Path) -> None:
    """The purpose is part of every derived key."""
    go()
    go(output="other.csv", purpose="billing")
    first, second = rows_of("clean.csv"), rows_of("other.csv")
    assert not {row["id"] for row in first} & {row["id"] for row in second}


def test_a_policy_of_ones_own_is_applied_to_the_named_source(place: Path) -> None:
    """SOURCE takes the place of the policy's own; no second policy is written."""
    go()
    text = Path("clean.csv.policy.yaml").read_text().replace("people.csv", "elsewhere.csv")
    Path("own.yaml").write_text(text)
    go(output="second.csv", policy=Path("own.yaml"))
    assert len(rows_of("second.csv")) == ROWS
    assert not Path("second.csv.policy.yaml").exists()


def test_a_refused_output_leaves_nothing_and_names_the_policy_to_change(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drafted policy stays, because its line has to be changed."""

    def refuse(*_: object) -> None:
        raise GateError(Problem("column mail", "still holds e-mail addresses"))

    monkeypatch.setattr(one_file, "refuse", refuse)
    with pytest.raises(GateError, match=r"again with --policy clean\.csv\.policy\.yaml"):
        go()
    assert not Path("clean.csv").exists()
    assert load_policy("clean.csv.policy.yaml").dataset == "people"


def test_no_row_is_no_success(place: Path) -> None:
    """A filter that leaves nothing writes nothing."""
    go()
    text = Path("clean.csv.policy.yaml").read_text()
    Path("own.yaml").write_text(text + "rows: {where: [[amount, '>', 100000]]}\n")
    with pytest.raises(GateError):
        go(output="none.csv", policy=Path("own.yaml"))
    assert not Path("none.csv").exists()


def test_special_categories_in_a_plain_file_are_told(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their key protects them in versions alone."""
    with open("people.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["mail", "religion"])
        rows.writerows(
            [f"guest{i}@example.org", ("catholic", "muslim", "none")[i % 3]] for i in range(ROWS)
        )
    go()
    said = capsys.readouterr()
    assert "in the clear in a plain file: religion" in said.err
    assert "in religion" in said.out
    go(output="guests")
    assert "in the clear" not in capsys.readouterr().err


def test_a_changed_policy_is_not_replaced(place: Path) -> None:
    """What somebody wrote is worth more than a draft."""
    go()
    Path("clean.csv.policy.yaml").write_text("version: 1 # mine\n")
    with pytest.raises(ArgumentError, match=r"--policy clean\.csv\.policy\.yaml"):
        go(overwrite=True)
    assert Path("clean.csv.policy.yaml").read_text() == "version: 1 # mine\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"yes": False}, "--yes"),
        ({"output": "clean.txt"}, ".csv, .jsonl, .parquet"),
        ({"output": "people.csv", "overwrite": True}, "is the source itself"),
        ({"output": "nowhere/clean.csv"}, "folder is not there"),
        ({"output": "s3://bucket/clean.csv"}, "not supported yet|--output"),
        ({"output": "guests", "throwaway_keys": True}, "encrypted versions need keys"),
        ({"output": "-", "as_json": True}, "standard output holds the data"),
        ({"to": "csv"}, "--to"),
        ({"policy": Path("p.yaml"), "purpose": "x"}, "the policy says what --for would"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_refused_before_the_source_is_read(
    place: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, object], said: str
) -> None:
    """Nothing is made, and the answer names the option or the remedy."""
    monkeypatch.setattr(sys, "stdin", open(os.devnull))  # noqa: SIM115
    before = sorted(os.listdir())
    with pytest.raises(ArgumentError, match=said):
        go(**options)
    assert sorted(os.listdir()) == before


def test_an_output_that_is_there_is_replaced_only_if_it_is_said(place: Path) -> None:
    """A file that is there may be somebody's work."""
    Path("clean.csv").write_text("mine")
    with pytest.raises(ArgumentError, match="--overwrite"):
        go()
    assert Path("clean.csv").read_text() == "mine"
    go(overwrite=True)
    assert len(rows_of("clean.csv")) == ROWS


def piped(place: Path, *arguments: str, data: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run the command with ``data`` on its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "anonymize", *arguments],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=data,
        capture_output=True,
        timeout=600,
    )


def test_a_pipe_gets_nothing_but_data(place: Path) -> None:
    """Messages go to stderr; without a format, or without rows, stdout stays empty."""
    data = (place / "people.csv").read_bytes()
    done = piped(place, "anonymize", "-", "-o", "-", "--format", "csv", "--yes", data=data)
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.decode().splitlines()
    assert len(lines) == ROWS + 1
    assert lines[0] == '"id","mail","amount"'
    assert b"example.org" not in done.stdout + done.stderr
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    code, out, err = in_fork(("anonymize", "-", "-o", "-", "--yes"), place, env, data)
    assert (code, out) == (2, b"")
    assert b"--format" in err
    asked = ("anonymize", "-", "-o", "-", "--format", "csv", "--yes")
    assert in_fork(asked, place, env, b"")[:2] == (2, b"")


def test_memory_that_a_pipe_needs_is_bounded(
    place: Path, monkeypatch: pytest.MonkeyPatch, fresh_input: Callable[[bytes], None]
) -> None:
    """Beyond the limit a pipe is kept on disk, in a file without a name."""
    from anonymize.io.sources import standard_input as piped_input

    monkeypatch.setattr(piped_input, "IN_MEMORY_BYTES", 1000)
    monkeypatch.setattr(piped_input, "_CHUNK", 512)
    raw = (place / "people.csv").read_bytes()
    fresh_input(raw)
    kept = piped_input.standard_input()
    assert kept.local.read_bytes() == raw
    assert os.readlink(kept.local).startswith("/tmp") or "deleted" in os.readlink(kept.local)
    assert str(kept) == "standard input"


@pytest.fixture
def fresh_input(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    """A function that puts bytes on this process's standard input."""
    import io

    from anonymize.io.sources.standard_input import standard_input

    standard_input.cache_clear()

    def put(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    yield put
    standard_input.cache_clear()


def test_a_terminal_is_no_source(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for a person to type a table helps nobody."""
    from anonymize.errors import SourceError
    from anonymize.io.sources.standard_input import standard_input

    class Terminal:
        closed = False

        def isatty(self) -> bool:
            return True

    standard_input.cache_clear()
    monkeypatch.setattr(sys, "stdin", Terminal())
    with pytest.raises(SourceError, match="nothing is piped"):
        standard_input()
