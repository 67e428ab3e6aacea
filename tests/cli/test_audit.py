"""The commands for auditors."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.workplace import ROWS, Workplace, new_workplace


@pytest.fixture(scope="module")
def moved_once(tmp_path_factory: pytest.TempPathFactory, keyring_uri: str) -> Workplace:
    """Return a workplace with two versions and a rollback; the second has months, not years."""
    workplace = new_workplace(tmp_path_factory.mktemp("moved"), keyring_uri)
    policy = workplace.policy()
    workplace.coatcheck("run", str(policy))
    policy.write_text(policy.read_text().replace("to: year", "to: month"))
    workplace.coatcheck("run", str(policy), "--accept-change")
    workplace.coatcheck("rollback", "out", "1", "--reason", "months are too fine")
    return workplace


@pytest.fixture
def moved(moved_once: Workplace, tmp_path: Path) -> Workplace:
    """Return a copy of it, with a policy of its own folder."""
    copy = moved_once.copied(tmp_path)
    copy.policy()
    return copy


def _values(text: str) -> list[str]:
    return [word for row in ROWS for word in map(str, row[:4]) if word and word in text]


def test_history_shows_who_did_what_and_why(moved: Workplace) -> None:
    """In the log's order, as a table and as JSON."""
    shown = moved.coatcheck("history", "out")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "months are too fine" in shown.stdout.splitlines()[-1]
    acts = json.loads(moved.coatcheck("history", "out", "--json").stdout)
    assert [(act["what"], act["current"]) for act in acts] == [
        ("publish", 1),
        ("publish", 2),
        ("rollback", 1),
    ]
    assert all(act["verified"] for act in acts)
    assert _values(shown.stdout) == []


def test_history_without_a_keyring_says_that_it_is_unverified(moved: Workplace) -> None:
    """As `versions` does."""
    done = moved.coatcheck("history", "out", "--keyring", "file:absent.json")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 4)
    assert done.stderr.startswith("unverified: no keyring is here")
    acts = json.loads(
        moved.coatcheck("history", "out", "--keyring", "file:absent.json", "--json").stdout
    )
    assert not any(act["verified"] for act in acts)


def test_diff_shows_the_rule_that_changed(moved: Workplace) -> None:
    """And the column's type, if that changed; no value."""
    done = moved.coatcheck("diff", "out", "1", "2", "--json")
    found = json.loads(done.stdout)["differences"]
    assert ("rules", "born") in {(one["section"], one["name"]) for one in found}
    assert ("policy", "keyed digest") in {(one["section"], one["name"]) for one in found}
    shown = moved.coatcheck("diff", "out", "1", "2")
    assert "generalize" in shown.stdout
    assert _values(shown.stdout + done.stdout) == []


def test_diff_of_equal_versions_says_what_was_compared(moved: Workplace) -> None:
    """Nothing on stdout; that rows were not compared on stderr."""
    done = moved.coatcheck("diff", "out", "1", "1")
    assert (done.returncode, done.stdout) == (0, "")
    assert "the manifests state the same; rows are not compared" in done.stderr


def test_versions_long_shows_what_the_manifests_say(moved: Workplace) -> None:
    """With a keyring only: an unchecked manifest may say anything."""
    rows = json.loads(moved.coatcheck("versions", "out", "--long", "--json").stdout)
    assert [(row["version"], row["current"], row["rows"]) for row in rows] == [
        (1, True, 3),
        (2, False, 3),
    ]
    assert rows[0]["keys"] == ["pseudonym.1", "training.1"]
    table = moved.coatcheck("versions", "out", "-l").stdout.splitlines()
    assert table[0].split() == [
        *("version", "current", "published", "by", "rows", "files", "bytes", "k", "keys"),
        "policy",
    ]
    done = moved.coatcheck("versions", "out", "--long", "--keyring", "file:absent.json")
    assert (done.returncode, done.stdout) == (3, "")


def test_expire_tries_first_and_needs_a_reason_only_to_act(moved: Workplace) -> None:
    """A dry run removes nothing; without --keep and --older-than nothing is meant."""
    tried = moved.coatcheck("expire", "out", "--older-than", "0d", "--dry-run")
    assert (tried.returncode, tried.stdout) == (0, "out: versions that would be removed: 2\n")
    for arguments, words in (
        (("--older-than", "0d"), "a reason of at least 3 characters is required: --reason"),
        (("--reason", "a test"), "say which versions go: --keep, --older-than, or both"),
        (
            ("--older-than", "1y", "--reason", "a test"),
            "--older-than: is a number of at most",
        ),
    ):
        done = moved.coatcheck("expire", "out", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr
    done = moved.coatcheck("expire", "out", "--older-than", "0d", "--reason", "kept long enough")
    assert done.stdout == "out: versions removed: 2\n"


def test_expire_goes_by_the_policys_retention(moved: Workplace) -> None:
    """Where no option says which versions go; the log has it as the reason."""
    policy = str(moved.policy("retention: {older_than: 0h}"))
    done = moved.coatcheck("expire", "out", "--policy", policy)
    assert done.stdout == "out: versions removed: 2\n"
    assert "the policy's retention: older_than: 0h" in moved.coatcheck("history", "out").stdout
    none = moved.coatcheck("expire", "out", "--policy", str(moved.policy()))
    assert (none.returncode, "policy with retention:" in none.stderr) == (2, True)


def test_one_version_is_removed_and_never_the_current_one(moved: Workplace) -> None:
    """Nor one that is not there."""
    current = moved.coatcheck("expire", "out", "--version", "1", "--reason", "a test")
    assert (current.returncode, current.stdout) == (2, "")
    assert "version 1 is current and stays" in current.stderr
    absent = moved.coatcheck("expire", "out", "--version", "9", "--reason", "a test")
    assert (absent.returncode, "no version 9" in absent.stderr) == (2, True)
    done = moved.coatcheck("expire", "out", "--version", "2", "--reason", "a test")
    assert done.stdout == "out: versions removed: 2\n"


def test_audit_export_is_json_lines_with_the_state_of_each(moved: Workplace) -> None:
    """What a SIEM takes: a line an object, from where it was last time."""
    done = moved.coatcheck("audit", "export", "out")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["line"], one["what"], one["signature"]) for one in lines] == [
        (1, "publish", "valid"),
        (2, "publish", "valid"),
        (3, "rollback", "valid"),
    ]
    assert {(one["dataset"], one["log"], one["chained"]) for one in lines} == {
        ("people", "acts", True)
    }
    later = moved.coatcheck("audit", "export", "out", "--after", "2").stdout
    assert [json.loads(line)["line"] for line in later.splitlines()] == [3]
    assert moved.coatcheck("audit", "export", "out", "--after", "9").returncode == 1


def test_a_changed_line_is_exported_as_such_and_fails(moved: Workplace) -> None:
    """The others are there too; the exit code is that of a failed check."""
    log = moved.sink / "audit.jsonl"
    log.write_text(log.read_text().replace("months are too fine", "months are fine"))
    done = moved.coatcheck("audit", "export", "out")
    states = [json.loads(line)["signature"] for line in done.stdout.splitlines()]
    assert (done.returncode, states) == (1, ["valid", "valid", "damaged"])
    shown = moved.coatcheck("audit", "show", "out")
    assert (shown.returncode, shown.stdout.splitlines()[-1].split()[-3:]) == (
        0,
        ["damaged,", "not", "chained"],
    )
    assert "fine" not in done.stdout + shown.stdout
    assert moved.coatcheck("audit", "verify", "out").returncode == 1


def test_audit_verify_says_what_was_compared(moved: Workplace) -> None:
    """Both logs, and whether an anchor was."""
    done = moved.coatcheck("audit", "verify", "out")
    assert done.stdout == (
        "out: 3 acts, 0 reads: chained and signed, no anchor compared; see --policy\n"
    )
    policy = moved.policy(f"audit: {{anchor: {{file: {moved.folder / 'heads.jsonl'}}}}}")
    moved.coatcheck("run", str(policy), "--accept-change")
    done = moved.coatcheck("audit", "verify", "out", "--policy", str(policy))
    assert done.stdout == "out: 4 acts, 0 reads: chained and signed, compared with the anchor\n"
    done = moved.coatcheck("audit", "verify", "out", "--keyring", "file:absent.json")
    assert (done.returncode, done.stdout) == (3, "")


def test_reads_are_entered_where_the_policy_says_so(workplace: Workplace) -> None:
    """By the command, too; a keyring that cannot sign is told."""
    workplace.coatcheck("run", str(workplace.policy("audit: {reads: true}")))
    workplace.coatcheck("export", "out", "-o", "plain.csv")
    done = workplace.coatcheck("audit", "export", "out", "--reads")
    (line,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (line["log"], line["what"], line["version"]) == ("reads", "read", 1)
    workplace.coatcheck("keys", "share", "training", "-o", "reader.json")
    done = workplace.coatcheck("export", "out", "-o", "more.csv", "--keyring", "file:reader.json")
    assert done.returncode == 0
    assert "this read is not in the dataset's log of reads" in done.stderr
    assert len(workplace.coatcheck("audit", "show", "out", "--reads").stdout.splitlines()) == 2


def test_reads_of_a_dataset_in_a_store_cannot_be_entered(workplace: Workplace) -> None:
    """Each entry would move the CURRENT that a run moves; the setting is not ignored."""
    path = workplace.policy("audit: {reads: true}")
    path.write_text(path.read_text().replace(str(workplace.sink), "s3://bucket/people"))
    done = workplace.coatcheck("plan", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "turn on the bucket's access log instead" in done.stderr


@pytest.mark.parametrize("what", ["audit certificate", "approval give", "run", "plan"])
def test_no_command_waits_for_a_pipe(workplace: Workplace, what: str) -> None:
    """Named in the place of a certificate, a request or a policy, it held the command for ever."""
    os.mkfifo(workplace.folder / "pipe")
    more = ("-o", "approved.json") if what == "approval give" else ()
    done = workplace.coatcheck(*what.split(), "pipe", *more)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pipe: is not a plain file")
