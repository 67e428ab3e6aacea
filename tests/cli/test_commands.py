"""Every command is one library call: stdout is data, stderr is talk, exit codes are those
documented.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys

import pytest

from tests.workplace import ROOT, Workplace, warm


def test_help_is_instant() -> None:
    """Heavy packages are imported by the commands that need them."""
    times = []
    for _ in range(3):
        start = _seconds_of_children()
        subprocess.run(
            [sys.executable, "-m", "anonymize", "--help"], cwd=ROOT, check=True, capture_output=True
        )
        times.append(_seconds_of_children() - start)
    heavy = ("pyarrow", "pandas", "presidio_analyzer", "prefect", "faker", "numpy")
    code = (
        "import sys; sys.argv[1:] = ['--help']; from anonymize.cli import main\n"
        f"try: main()\nexcept SystemExit: print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert min(times) < 0.5


def _seconds_of_children() -> float:
    """Return the processor time of children that have ended; it does not depend on load."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_run_prints_one_line_of_data(workplace: Workplace) -> None:
    """The summary is the only thing on stdout."""
    done = workplace.coatcheck("run", str(workplace.policy()))
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1)
    assert done.stdout.startswith("people version 1: 3 rows out of 3, 5 columns")


def test_json_is_json(workplace: Workplace) -> None:
    """``--json`` on whatever prints a table."""
    policy = str(workplace.policy())
    run = json.loads(workplace.coatcheck("run", policy, "--json").stdout)
    plan = json.loads(workplace.coatcheck("plan", policy, "--json").stdout)
    verify = json.loads(workplace.coatcheck("verify", "out", "--json").stdout)
    versions = json.loads(workplace.coatcheck("versions", "out", "--json").stdout)
    inspect = json.loads(workplace.coatcheck("inspect", "people.csv", "--json").stdout)
    assert (run["version"], verify["ok"], versions[0]["current"]) == (1, True, True)
    assert {column["column"] for column in plan["columns"]} == {
        "name",
        "email",
        "zip",
        "born",
        "visits",
    }
    assert set(inspect["columns"][0]) == {"name", "verdict", "confidence", "runner_up", "evidence"}


def test_nothing_said_quotes_a_value(workplace: Workplace) -> None:
    """plan, inspect and run show originals by shape or not at all."""
    policy = str(workplace.policy())
    said = [
        workplace.coatcheck(*command)
        for command in (["plan", policy], ["inspect", "people.csv"], ["run", policy])
    ]
    text = "".join(done.stdout + done.stderr for done in said)
    assert not [
        word for word in ("Castro", "ana.castro", "Jensen", "1984-02-29", "01067") if word in text
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "absent.yaml"], 2, "absent.yaml: no such file"),
        (["run"], 2, "Missing argument"),
        (["inspect", "absent.csv"], 2, "absent.csv: no such file"),
        (["verify", "out"], 2, "out"),
        (["versions", "oot"], 2, "oot: no such dataset"),
        (["versions", "people.csv"], 2, "people.csv: no such dataset"),
        (["verify", "people.csv"], 2, "people.csv: no such dataset"),
        (["rollback", "oot", "1", "--reason", "a test"], 2, "oot: no such dataset"),
        (
            ["rollback", "out", "1", "--reason", " "],
            2,
            "a reason of at least 3 characters is required",
        ),
        (["keys", "rotate", "training", "oot"], 2, "oot: no such dataset"),
        (["keys", "list", "--keyring", "file:absent.json"], 3, "absent.json"),
        (["keys", "list", "--keyring", "ftp://x"], 3, "is not a keyring's URI"),
    ],
)
def test_refusals_have_their_exit_code(
    workplace: Workplace,
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    """2 for policy, arguments and data; 3 for keys; the message is on stderr and stdout is
    empty.
    """
    done = workplace.coatcheck(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (workplace.folder / "oot").exists()


def test_five_mistakes_are_five_lines(workplace: Workplace) -> None:
    """All of a policy's mistakes are reported in one go."""
    path = workplace.policy()
    text = path.read_text().replace("purpose: test", "purpos: test").replace("to: year", "to: jear")
    path.write_text(text.replace("prefix: 2", "prefix: 0").replace("action: keep", "action: kep"))
    done = workplace.coatcheck("run", str(path))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 5)


def test_a_tampered_version_fails_verify_with_1(workplace: Workplace) -> None:
    """A changed byte is a failed check."""
    workplace.coatcheck("run", str(workplace.policy()))
    part = next(workplace.sink.rglob("part-*.parquet"))
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    assert workplace.coatcheck("verify", "out").returncode == 1


def test_rollback_makes_an_earlier_version_current(workplace: Workplace) -> None:
    """And asks for a reason."""
    for _ in range(2):
        workplace.coatcheck("run", str(workplace.policy()))
    assert workplace.coatcheck("rollback", "out", "1").returncode == 2
    done = workplace.coatcheck("rollback", "out", "1", "--reason", "second was wrong")
    assert done.stdout.startswith("out: version 1 is current again")
    again = workplace.coatcheck("rollback", "out", "1", "--reason", "second was wrong")
    assert again.stdout == "out: version 1 was current already; no act was entered\n"


def test_a_reader_with_a_shared_keyring_reads_and_cannot_run(
    workplace: Workplace,
) -> None:
    """Least privilege: the reader's keyring opens the Parquet key and nothing that makes
    pseudonyms.
    """
    workplace.coatcheck("run", str(workplace.policy()))
    workplace.coatcheck("keys", "share", "training", "-o", "reader.json")
    reader = f"file:{workplace.folder / 'reader.json'}"
    assert workplace.coatcheck("export", "out", "-o", "t.csv", "--keyring", reader).returncode == 0
    done = workplace.coatcheck("run", str(workplace.policy()), "--keyring", reader)
    assert "key 'owner' is not in the keyring; it holds signing.1, training.1" in done.stderr


def test_init_drafts_a_policy_that_plans(workplace: Workplace) -> None:
    """The draft refuses to overwrite, loads, and compiles as it is."""
    assert workplace.coatcheck("init", "people.csv", "-o", "draft.yaml").returncode == 0
    assert workplace.coatcheck("init", "people.csv", "-o", "draft.yaml").returncode == 2
    assert workplace.coatcheck("plan", "draft.yaml").returncode == 0


def test_a_name_model_is_said_or_refused(workplace: Workplace) -> None:
    """The plan names the model; one that is not here exits 2, for inspect as for a plan."""
    planned = workplace.coatcheck("plan", str(workplace.policy("detect: {ner: coatcheck}")))
    assert "names in text are found by coatcheck, sha256" in planned.stderr
    inspected = workplace.coatcheck("inspect", "people.csv", "--ner", "spacy:en_core_web_xxl")
    assert inspected.returncode == 2
    assert "spaCy has no pipeline 'en_core_web_xxl' here" in inspected.stderr


def test_drift_fails_with_1(workplace: Workplace) -> None:
    """``inspect --expect`` compares columns with the policy, types and verdicts with the last
    version.
    """
    policy = str(workplace.policy())
    workplace.coatcheck("run", policy)
    assert workplace.coatcheck("inspect", "people.csv", "--expect", policy).returncode == 0
    workplace.source.write_text(workplace.source.read_text().replace("visits", "calls"))
    done = workplace.coatcheck("inspect", "people.csv", "--expect", policy)
    assert (done.returncode, "columns.visits: the source has no such column" in done.stderr) == (
        1,
        True,
    )


def test_a_changed_type_or_verdict_is_drift(workplace: Workplace) -> None:
    """Numbers that became e-mails differ from the last version, and no longer fit ``keep``."""
    policy = str(workplace.policy())
    workplace.coatcheck("run", policy)
    text = workplace.source.read_text()
    for number, mail in (
        (",12\n", ",a@example.com\n"),
        (",7\n", ",b@example.com\n"),
        (",3\n", ",c@example.com\n"),
    ):
        text = text.replace(number, mail)
    workplace.source.write_text(text)
    done = workplace.coatcheck("inspect", "people.csv", "--expect", policy)
    assert done.returncode == 1
    assert "columns.visits: was integer when last published, is string now" in done.stderr
    assert "columns.visits: keep, but 'visits' looks like EMAIL_ADDRESS" in done.stderr


def _shell(workplace: Workplace, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which ``coatcheck`` is the command."""
    env = {
        "PYTHONPATH": str(ROOT),
        "COATCHECK_KEYRING": workplace.keyring_uri,
        "PYTHON": sys.executable,
    }
    command = '"$PYTHON" -m anonymize'
    if ">&-" not in line:  # a closed stream cannot be handed on
        (workplace.folder / "warm").write_text(warm().script("anonymize"))
        command = "sh ./warm"
    line = f'set -o pipefail; coatcheck() {{ {command} "$@"; }}; ' + line
    return subprocess.run(
        ["bash", "-c", line],
        cwd=workplace.folder,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.mark.parametrize(
    "command",
    [
        "inspect people.csv",
        "inspect people.csv --json",
        "versions people.csv --help",
        "keys list --json",
    ],
)
def test_a_reader_that_closes_the_pipe_early_is_no_failure(
    workplace: Workplace,
    command: str,
) -> None:
    """``coatcheck … | head`` answers 0, and says nothing of pipes."""
    done = _shell(workplace, f"coatcheck {command} | true")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_failed_check_fails_though_nobody_reads_it(workplace: Workplace) -> None:
    """``verify | head`` answers 1 where the version is damaged."""
    workplace.coatcheck("run", str(workplace.policy()))
    with next(workplace.sink.rglob("part-*.parquet")).open("ab") as part:
        part.write(b"x")
    assert _shell(workplace, "coatcheck verify out --json | true").returncode == 1


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("coatcheck inspect people.csv >&-", 0, ""),
        ("coatcheck inspect people.csv > /dev/full", 2, "no space left on device"),
        ("coatcheck keys list --json > /dev/full", 2, "no space left on device"),
        ("coatcheck init people.csv -o people.csv/x.yaml", 2, "people.csv"),
    ],
)
def test_what_the_system_refuses_is_said_in_its_words(
    workplace: Workplace,
    line: str,
    code: int,
    words: str,
) -> None:
    """A closed or full stdout, and a folder that is none."""
    done = _shell(workplace, line)
    assert (done.returncode, words in done.stderr, "internal error" in done.stderr) == (
        code,
        True,
        False,
    )


def test_a_terminal_that_lacks_a_character_gets_its_number(
    workplace: Workplace,
) -> None:
    """A column's name in another script does not end a command."""
    workplace.source.write_text("имя,n\nx,1\n", encoding="utf-8")
    done = workplace.coatcheck("inspect", "people.csv", PYTHONIOENCODING="ascii")
    assert (done.returncode, "\\u0438\\u043c\\u044f" in done.stdout) == (0, True)


def test_an_interruption_is_no_success(
    workplace: Workplace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ctrl-C answers 130: a scheduler that read 0 would take the last version for a new one."""
    from anonymize.cli import commands
    from anonymize.cli.main import main

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "run_command", stopped)
    monkeypatch.setattr(sys, "argv", ["coatcheck", "run", str(workplace.policy())])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, capsys.readouterr().err) == (130, "stopped before it was done\n")


def test_a_file_without_names_is_read_as_its_refusal_says(
    workplace: Workplace,
) -> None:
    """Inspect and init refuse its first row without quoting it; the option they name mends it, also
    for a run.
    """
    workplace.source.write_text("Zuqo Kaxi,12\nBome Ruvi,17\nTiza Fole,19\n")
    for command in (["inspect"], ["init", "-o", "draft.yaml"]):
        done = workplace.coatcheck(*command, "people.csv", "--ner", "off")
        assert (done.returncode, done.stdout) == (2, "")
        assert "--no-header" in done.stderr
        assert "Zuqo" not in done.stderr
    done = workplace.coatcheck(
        "init", "-o", "draft.yaml", "people.csv", "--ner", "off", "--no-header"
    )
    assert done.returncode == 0, done.stderr
    assert "header: false" in (workplace.folder / "draft.yaml").read_text()


def test_a_first_row_that_looks_like_data_can_be_said_to_be_names(
    workplace: Workplace,
) -> None:
    """The guess is no last word: --header, kept in the draft as header: true."""
    workplace.source.write_text("Zuqo,Kaxi\nBome,Ruvi\nTiza,Fole\n")
    done = workplace.coatcheck("init", "-o", "draft.yaml", "people.csv", "--ner", "off", "--header")
    assert done.returncode == 0, done.stderr
    assert "header: true" in (workplace.folder / "draft.yaml").read_text()
    assert workplace.coatcheck("inspect", "people.csv", "--ner", "off").returncode == 2


def test_a_keyring_that_a_command_makes_costs_what_the_page_says(workplace: Workplace) -> None:
    """FORMAT.md: 64 MiB, three passes, four lanes; keyrings that tests make cost less."""
    uri = f"file:{workplace.folder / 'own.json'}"
    done = workplace.coatcheck_from_cold("keys", "init", "--name", "training", "--keyring", uri)
    assert done.returncode == 0, done.stderr
    lock = json.loads((workplace.folder / "own.json").read_text())["lock"]
    assert [lock[name] for name in ("memory_kib", "iterations", "lanes")] == [65536, 3, 4]
