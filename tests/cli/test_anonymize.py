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
import typer

import anonymize
from anonymize.cli.anonymize import anonymize_command
from anonymize.cli.commands import plan_command
from anonymize.cli.wanted import Wanted
from anonymize.errors import AnonymizeError, ArgumentError, GateError, Problem
from anonymize.io.sources import pieces
from anonymize.keys import open_keyring
from anonymize.pipeline import one_file_rows
from anonymize.pipeline.executors import processes
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


def test_totals_at_the_end_are_no_row_of_the_output(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are left out, with their line and the reason, and the policy says it."""
    with open("people.csv", "a", encoding="utf-8") as file:
        file.write(f"Summe,,{sum(i * 3 for i in range(ROWS))}\n")
    go()
    told = " ".join(capsys.readouterr().err.split())
    assert f"--skip-footer 1 because the last row, line {ROWS + 2}, is totals" in told
    assert len(rows_of("clean.csv")) == ROWS
    assert load_policy("clean.csv.policy.yaml").source.skip_footer == 1


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
    assert "3 columns: 2 personal, 2 changed; " in said.out
    assert len(said.out.rstrip()) <= 80
    assert "; 0.0 s" not in said.out
    assert "EMAIL_ADDRESS" in said.err
    assert "guest" not in said.out + said.err
    assert max(map(len, said.err.partition("key pseudonym")[0].splitlines()[1:])) <= 80


def test_what_a_draft_changes_beyond_its_verdicts_is_said_in_80_columns(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Days that nobody shares, and a column redacted whole, were said in the policy only; lines
    that are no command to copy fit the terminal.
    """
    with open("people.csv", "w", encoding="utf-8") as file:
        file.write("mail;hired;physician;remark\n")
        for at in range(ROWS):
            day = f"{2000 + at // 12}-{1 + at % 12:02}-{1 + at % 28:02}"
            doctor = ("Ana Castro", "Bo Jensen", "Chen Li", "Dora Vogel")[at % 4]
            file.write(f"guest{at}@example.org;{day};{doctor};was seen twice, no pain at all\n")
    go()
    said = capsys.readouterr().err
    whole = " ".join(said.split())
    assert "drafted: generalize for hired: 240 of 240 rows are alone with their day, 0" in whole
    assert "drafted: redact for physician: so few values would be told by how often" in whole
    assert "redacted whole, so nothing of their values stays: physician" in whole
    lines = [line for line in said.splitlines() if not line.startswith(("next time:", "made a"))]
    assert max(map(len, lines)) <= 80


def test_a_plan_without_a_keyring_names_no_version_of_a_key(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``pseudonym.0`` was no key of anybody's."""
    go(throwaway_keys=True)
    capsys.readouterr()
    for as_json in (False, True):
        plan_command(Path("clean.csv.policy.yaml"), None, as_json)
        told = " ".join(capsys.readouterr().out.split())
        assert "pseudonym.0" not in told
        if as_json:
            assert json.loads(told)["columns"][0]["keys"] == ["pseudonym"]
        else:
            assert "key pseudonym (no keyring opens here: coatcheck keys init POLICY makes" in told


def test_what_is_read_as_missing_is_said(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A value that the draft takes for none is gone from the result: nobody would look for it."""
    text = Path("people.csv").read_text().replace("guest7@example.org", "N/A")
    Path("people.csv").write_text(text)
    go()
    assert "read as missing (null_values in the policy): 'N/A' in mail" in capsys.readouterr().err
    assert [row["mail"] for row in rows_of("clean.csv")].count("") == 1


def test_the_policy_beside_the_output_is_the_next_step(place: Path) -> None:
    """Running the drafted policy gives the pseudonyms that the file has."""
    go(keep_order=True)
    summary = anonymize.run("clean.csv.policy.yaml")
    published = anonymize.read(summary.path, keyring=open_keyring())
    assert published["mail"].to_pylist() == [row["mail"] for row in rows_of("clean.csv")]


@pytest.mark.parametrize("managers", [6, 90])
def test_what_the_draft_says_joins_does_join(
    place: Path, managers: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ids padded in one column and numbers in the other, also where a few managers repeat."""
    ids = [100_000 + 37 * i for i in range(ROWS)]
    with open("people.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["EMPLID", "Manager ID"])
        rows.writerows([f"{one:08}", ids[i % managers]] for i, one in enumerate(ids))
    go()
    made = rows_of("clean.csv")
    assert {row["Manager ID"] for row in made} < {row["EMPLID"] for row in made}
    assert len({row["Manager ID"] for row in made}) == managers
    assert "equal values join with" in Path("clean.csv.policy.yaml").read_text()
    assert "not looked for: anything" not in capsys.readouterr().err  # pseudonyms hide all alike


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

    monkeypatch.setattr(one_file_rows, "refuse", refuse)
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
    assert "in the clear in clean.csv: religion" in said.err
    assert "2 columns: 2 personal, 1 changed; " in said.out
    go(output="guests")
    assert "in the clear" not in capsys.readouterr().err


def test_a_changed_policy_is_not_replaced(place: Path) -> None:
    """What somebody wrote is worth more than a draft."""
    go()
    Path("clean.csv.policy.yaml").write_text("version: 1 # mine\n")
    with pytest.raises(ArgumentError, match=r"--policy clean\.csv\.policy\.yaml"):
        go(overwrite=True)
    assert Path("clean.csv.policy.yaml").read_text() == "version: 1 # mine\n"


def test_policies_of_two_sources_of_one_name_have_folders_of_their_own(place: Path) -> None:
    """Both runs went to out/people, where the second became a version of the first's dataset."""
    go()
    go(output="again.csv")
    sinks = [load_policy(f"{name}.csv.policy.yaml").sink.path for name in ("clean", "again")]
    assert sinks == ["clean.csv.versions", "again.csv.versions"]


def test_the_policy_beside_a_file_runs_beside_a_folder_of_versions(place: Path) -> None:
    """After -o out/ the drafted out/people lay inside a dataset, where no run may write."""
    go(output="out/")
    go()
    assert anonymize.run("clean.csv.policy.yaml").version == 1


def test_a_folder_of_versions_takes_rows_of_one_source(place: Path) -> None:
    """Rows of another file became its next version, once the policy beside it was removed."""
    go(output="guests")
    (place / "other").mkdir()
    os.rename("people.csv", "other/people.csv")
    other = SourceSpec(path="other/people.csv")
    with pytest.raises(ArgumentError, match=r"is for another source \(people\.csv\)"):
        anonymize_command(other, replace(WANTED, output="guests"))
    os.unlink("guests.policy.yaml")
    with pytest.raises(ArgumentError, match="holds versions, and the policy that made them"):
        anonymize_command(other, replace(WANTED, output="guests"))
    assert anonymize.Dataset("guests").current == 1


def test_that_rows_take_the_place_of_a_version_is_said(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who reads the folder gets the new rows."""
    go(output="guests")
    assert "in its place" not in capsys.readouterr().err
    go(output="guests")
    assert "guests holds version 1; readers get these rows in its place" in capsys.readouterr().err


def test_a_pipe_is_called_after_its_output() -> None:
    """All were called dataset, and their pseudonyms joined."""
    assert replace(WANTED, output="o/visits.csv").name("-") == "visits"
    assert replace(WANTED, output="guests/").name("-") == "guests"
    assert WANTED.name("people.csv") is None


def test_the_policy_of_versions_in_a_bucket_is_a_file_here() -> None:
    """A folder called s3: was made for it."""
    wanted = replace(WANTED, output="s3://bucket/guests/")
    assert wanted.policy_file == Path("guests.policy.yaml")


def test_a_no_writes_nothing_and_says_that_the_draft_stays(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The draft stayed unsaid; it is what has to be changed, so it stays and this is said."""
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: (_ for _ in ()).throw(typer.Abort))
    with pytest.raises(typer.Abort):
        go(yes=False)
    assert not Path("clean.csv").exists()
    assert Path("clean.csv.policy.yaml").exists()
    said = capsys.readouterr().err
    assert "nothing was written; clean.csv.policy.yaml: the draft stays" in said


def test_a_refusal_after_the_draft_says_that_it_stays(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a check's did."""
    monkeypatch.setenv("COATCHECK_KEYRING", "file:/proc/none/keyring.json")
    with pytest.raises(AnonymizeError, match=r"clean\.csv\.policy\.yaml: the draft stays"):
        go()
    assert Path("clean.csv.policy.yaml").exists()


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
    assert b"standard output: 240 of 240 rows" in done.stderr
    assert b"join with those of every other pipe without --for" in done.stderr
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


def test_several_processes_write_the_file_that_one_does(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes, whatever --workers says."""
    monkeypatch.setattr(pieces, "SMALLEST_BYTES", 2000)
    go(keep_order=True, output="one.csv", workers=1)
    started = processes.WorkerProcesses._started
    count = list[int]()
    monkeypatch.setattr(
        processes.WorkerProcesses, "_started", lambda self: count.append(1) or started(self)
    )
    go(policy=Path("one.csv.policy.yaml"), output="two.csv", workers=2)
    assert len(count) == 2
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()


def test_keys_that_are_forgotten_do_not_go_to_workers(place: Path) -> None:
    """Said before the source is read."""
    with pytest.raises(ArgumentError, match="leave --workers out"):
        go(throwaway_keys=True, workers=2)
    go(throwaway_keys=True, workers=1)
