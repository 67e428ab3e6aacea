"""Every command of a runbook works, and a drill of it changes nothing of the original."""

from __future__ import annotations

import json
import os
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

import anonymize
from anonymize.custody.incident import Incident, Outcome, Scene, drill, incident, scene_of
from anonymize.dataset import Dataset
from anonymize.errors import ArgumentError, DatasetError, KeysError, VaultError
from anonymize.keys import init_keyring, share_keyring
from anonymize.names import KeyName
from tests.conftest import NAMES
from tests.workplace import ROWS, Workplace, in_fork, warm

KEYS = ("training", "signing", "pseudonym", "reveal", "clinical", "owner", "vault")
SINCE = "2026-01-01"


@pytest.fixture
def own(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """Return a workplace with keyring, vault, anchor, events and two versions of its own; keys
    wrap, made pseudonyms and tokens, also in the vault.
    """
    warm()  # its own folder is not in TMPDIR, then
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{workplace.folder / 'vault.db'}")
    monkeypatch.setenv("TMPDIR", str(workplace.folder / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(workplace.folder)
    (workplace.folder / "tmp").mkdir()
    uri = f"file:{workplace.folder / 'own.json'}"
    init_keyring(uri, NAMES)
    monkeypatch.setenv("COATCHECK_KEYRING", uri)
    mine = Workplace(workplace.folder, uri)
    heads = mine.folder / "heads.jsonl"
    told = f"lineage: {{file: {mine.folder / 'events.jsonl'}}}"
    path = mine.policy(
        f"audit: {{reads: true, anchor: {{file: {heads}}}}}\nsubject: visits\n{told}"
    )
    text = path.read_text().replace("pseudonymize, domain: email", "tokenize, method: vault")
    text = text.replace("generalize, prefix: 2", "pseudonymize").replace(
        f"{{path: {mine.sink}}}",
        f"{{path: {mine.sink}, restricted: {{key: clinical, columns: [born]}}}}",
    )
    path.write_text(text)
    for _ in range(2):
        anonymize.run(path, keyring=uri)
    return mine


def _runbook(own: Workplace, what: str) -> tuple[Incident, Scene]:
    scene = scene_of(["out"], policies=["people.yaml"])
    return incident(what, scene, since=SINCE if what.startswith("signing") else None), scene


def _forked(arguments: list[str], env: Mapping[str, str], answer: str) -> tuple[int, str]:
    code, out, err = in_fork(arguments, Path.cwd(), env, answer.encode())
    return code, (out + err).decode()


def _state(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Return all that could change of a folder: also times, and what links to its files."""
    found = {}
    for path in sorted(set(folder.rglob("*")) - {folder / "tmp"}):
        status = path.stat()
        content = path.read_bytes() if path.is_file() else b""
        found[str(path)] = (status.st_mtime_ns, status.st_ctime_ns, status.st_nlink, content)
    return found


def _type(own: Workplace, runbook: Incident) -> list[tuple[str, int]]:
    """Type each command as it is printed; return those that end otherwise than they may."""
    bad = []
    for step in runbook.steps:
        if step.command:
            words = shlex.split(step.command)
            assert words.pop(0) == "coatcheck"
            env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
            code, out, err = in_fork(words, own.folder, env, step.answer.encode())
            if code not in step.ends:
                bad.append((step.command, code, (out + err).decode()))
    return bad


def _kinds() -> list[object]:
    """Leave the kinds whose commands others have to `make soak`."""
    later = {"pseudonym", "reveal", "clinical", "owner"}
    return [pytest.param(one, marks=pytest.mark.soak if one in later else ()) for one in KEYS]


@pytest.mark.parametrize("what", _kinds())
def test_every_command_that_is_printed_works_as_it_is_typed(own: Workplace, what: str) -> None:
    """One after the other, on the dataset itself; afterwards it verifies and is read."""
    runbook, _ = _runbook(own, what)
    assert sum(bool(step.command) for step in runbook.steps) >= 3
    assert _type(own, runbook) == []
    assert Dataset(own.sink).verify(keyring=own.keyring_uri).ok
    assert len(anonymize.read(own.sink, keyring=own.keyring_uri)) == len(ROWS)


def test_every_command_for_a_wrong_version_works_as_it_is_typed(own: Workplace) -> None:
    """Readers have the earlier one first, and the wrong one is gone in the end."""
    runbook, _ = _runbook(own, "2")
    assert "coatcheck rollback out 1 " in runbook.steps[0].command
    assert _type(own, runbook) == []
    dataset = Dataset(own.sink)
    assert dataset.versions(own.keyring_uri) == (1, 3)
    assert dataset.standing(None, scene_of(["out"]).keyring).version == 3


@pytest.mark.parametrize("what", ["training", "2"])
def test_a_drill_touches_nothing_and_leaves_nothing(own: Workplace, what: str) -> None:
    """Not the dataset, keyring, vault, policy, anchor or events; not their times either."""
    runbook, scene = _runbook(own, what)
    before = _state(own.folder)
    outcomes = drill(runbook, scene, run=_forked)
    assert [one for one in outcomes if not one.ok] == []
    assert sum(one.exit_code is not None for one in outcomes) >= 7
    assert _state(own.folder) == before
    assert list((own.folder / "tmp").iterdir()) == []


@pytest.mark.soak
@pytest.mark.parametrize("what", [*KEYS, "1"])
def test_every_kind_can_be_drilled(own: Workplace, what: str) -> None:
    """Each step ends as it may, and nothing of the original changes."""
    runbook, scene = _runbook(own, what)
    before = _state(own.folder)
    assert [one for one in drill(runbook, scene, run=_forked) if not one.ok] == []
    assert _state(own.folder) == before


def test_what_a_killed_drill_leaves_opens_for_nobody(own: Workplace) -> None:
    """The copy is in a folder for this user alone; its keyring's passphrase is in no file."""
    seen: list[str] = []

    def look(arguments: list[str], env: Mapping[str, str], answer: str) -> tuple[int, str]:
        (folder,) = (own.folder / "tmp").iterdir()
        passphrase = env["COATCHECK_PASSPHRASE"].encode()
        files = [path for path in folder.rglob("*") if path.is_file()]
        held = [path.name for path in files if passphrase in path.read_bytes()]
        seen.append(f"{folder.stat().st_mode & 0o777:o} {held} {len(files) > 8}")
        return 0, str(folder)

    outcomes: tuple[Outcome, ...] = drill(*_runbook(own, "training"), run=look)
    assert set(seen) == {"700 [] True"}
    assert {one.said for one in outcomes if one.command} == {"(copy)"}


def test_a_step_that_fails_on_the_copy_is_told_and_the_others_are_tried(own: Workplace) -> None:
    """The folder is removed as well."""

    def fails(arguments: list[str], env: Mapping[str, str], answer: str) -> tuple[int, str]:
        return (2, "no room\n") if arguments[0] == "run" else (0, "")

    outcomes = drill(*_runbook(own, "training"), run=fails)
    bad = [(one.exit_code, one.said) for one in outcomes if not one.ok]
    assert bad == [(2, "no room")]
    assert list((own.folder / "tmp").iterdir()) == []


def test_a_dataset_that_changes_while_it_is_copied_is_not_drilled(
    own: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its copy would be of two moments."""
    import shutil

    whole = shutil.copyfile

    def meanwhile(one: object, other: object, **how: bool) -> object:
        (own.sink / "versions" / "000001" / "more").write_text("x")
        return whole(one, other, **how)  # type: ignore[call-overload]

    monkeypatch.setattr(shutil, "copyfile", meanwhile)
    with pytest.raises(DatasetError, match="changed while it was copied"):
        drill(*_runbook(own, "training"), run=_forked)
    assert list((own.folder / "tmp").iterdir()) == []


def test_a_link_in_a_dataset_is_not_followed_by_a_drill(own: Workplace) -> None:
    """What it leads to is no part of the dataset."""
    runbook, scene = _runbook(own, "training")
    (own.sink / "link").symlink_to(own.source)
    with pytest.raises(DatasetError, match="neither a file nor a folder"):
        drill(runbook, scene, run=_forked)


def test_a_vault_that_cannot_be_copied_stops_the_drill(
    own: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its commands would reach for the original."""
    runbook, scene = _runbook(own, "training")
    monkeypatch.setenv("COATCHECK_VAULT", "postgresql://me@db.example.org/vault")
    with pytest.raises(VaultError, match="in PostgreSQL is not copied"):
        drill(runbook, scene, run=_forked)
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{own.folder / 'other.db'}")
    with pytest.raises(VaultError, match="in another vault"):
        drill(runbook, scene, run=_forked)


def test_without_a_policy_the_steps_that_need_it_have_no_command(own: Workplace) -> None:
    """Nothing is removed or destroyed then that was not published again."""
    runbook = incident("reveal", scene_of(["out"]))
    commands = [step.command for step in runbook.steps]
    assert not [one for one in commands if "run " in one or "expire" in one or "destroy" in one]
    assert any("Name the policy by --policy" in step.what for step in runbook.steps)


def test_a_wrong_version_is_not_answered_by_one_from_before_an_erasure(own: Workplace) -> None:
    """A rollback there is refused, so it is not printed."""
    path = own.policy("subject: visits\nerasure: {index: true}")
    anonymize.run(path, keyring=own.keyring_uri, accept_change=True)
    anonymize.forget(path, "7", own.keyring_uri, reason="request 12")
    runbook, _ = _runbook(own, "3")
    assert not any("rollback" in step.command for step in runbook.steps)
    assert "No earlier version may become current" in runbook.steps[0].what


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("oops", "is no key of the keyring"),
        ("signing", "--since 2026-11-24"),
        ("training.9", "the keyring has clinical.1"),
    ],
)
def test_what_is_no_incident_names_what_there_is(own: Workplace, what: str, says: str) -> None:
    """A key that is not there, and a signing key without a day."""
    with pytest.raises(ArgumentError, match=says):
        incident(what, scene_of(["out"]))


def test_it_needs_a_dataset_and_the_owners_keyring(own: Workplace) -> None:
    """A reader can do none of the steps."""
    reader = share_keyring([KeyName("training")], own.folder / "reader.json", own.keyring_uri)
    with pytest.raises(KeysError):
        scene_of(["out"], reader)
    with pytest.raises(ArgumentError, match="name the datasets"):
        scene_of([])
    with pytest.raises(DatasetError, match="no such dataset"):
        scene_of(["oot"])


def test_the_command_prints_steps_as_data_and_fails_if_one_fails(own: Workplace) -> None:
    """With the keyring named where it was named."""
    done = own.coatcheck("incident", "training.1", "out", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["about"], told["drill"]) == (0, "training.1 leaked", [])
    named = own.coatcheck("incident", "training", "out", "--keyring", own.keyring_uri)
    commands = [line for line in named.stdout.splitlines() if line.startswith("   coatcheck")]
    assert len(commands) >= 3
    assert all(f"--keyring {own.keyring_uri}" in line for line in commands)
    assert own.coatcheck("incident", "99", "out").returncode == 2


@pytest.mark.soak
def test_a_drill_runs_in_processes_of_its_own(own: Workplace) -> None:
    """As a user starts it, from the shell."""
    done = own.coatcheck_from_cold("incident", "vault", "--policy", "people.yaml", "--drill")
    assert (done.returncode, done.stdout.count("on the copy: done")) == (0, 3)
    assert "3 commands ran on a copy, which is removed" in done.stderr
    assert list((own.folder / "tmp").iterdir()) == []
