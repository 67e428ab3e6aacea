"""What somebody who can write to the folder puts there for the owner's next act to meet."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anonymize.cli.app import app
from anonymize.custody.acts import enter_act
from anonymize.custody.rotate_keys import destroy, rotate
from anonymize.dataset import Anchor, Dataset, export, read
from anonymize.errors import ArgumentError, DatasetError, KeysError
from anonymize.keys import Keyring, init_keyring, open_keyring, rotate_key, share_keyring
from anonymize.keys.keyring import files
from anonymize.keys.keyring.keyring import SIGNING
from anonymize.names import KeyName
from anonymize.policy import load_policy

from .conftest import publish, rows


def test_no_file_is_removed_through_a_link(
    dataset: Dataset, keyring: Keyring, tmp_path: Path
) -> None:
    """Links among the versions lead to files that are not the dataset's."""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "quarantine").mkdir(parents=True)
    kept = [elsewhere / ".a.tmp", elsewhere / "quarantine" / ".b.tmp"]
    for path in kept:
        path.touch()
    for name, target in (("zz", elsewhere), ("000001/quarantine", elsewhere)):
        link = dataset.versions_path / name
        if link.is_dir():
            link.rename(tmp_path / "aside")
        link.symlink_to(target)
    ours = dataset.folder(2) / ".part.tmp"
    ours.touch()
    with dataset.lock(keyring):
        pass
    assert all(path.exists() for path in kept)
    assert not ours.exists()


def test_a_folder_named_like_a_temporary_file_stops_no_act(
    dataset: Dataset, keyring: Keyring
) -> None:
    """It stays; nothing of ours is a folder."""
    (dataset.path / ".x.tmp").mkdir()
    publish(dataset, keyring, 3)
    assert dataset.verify(keyring=keyring).ok


@pytest.mark.parametrize(
    ("field", "other"), [("fingerprint", "Z" * 16), ("fingerprint", "0" * 16), ("key", "signing.9")]
)
@pytest.mark.parametrize("file", ["audit.jsonl", "audit.head", "versions/000002/manifest.json"])
def test_a_changed_name_of_the_key_is_a_change(
    dataset: Dataset, keyring: Keyring, file: str, field: str, other: str
) -> None:
    """No keyring that cannot check: the key made the signature."""
    path = dataset.path / file
    data = path.read_bytes()
    entry = json.loads(data.splitlines()[-1])
    old = f'"{field}":"{entry["signature"][field]}"'.encode()
    assert old in data
    path.write_bytes(data.replace(old, f'"{field}":"{other}"'.encode()))
    assert dataset.verify(keyring=keyring).problems


@pytest.mark.parametrize("file", ["audit.jsonl", "versions/000099/manifest.json"])
def test_much_of_nothing_is_refused_before_it_is_parsed(
    dataset: Dataset, keyring: Keyring, file: str
) -> None:
    """A bound of bytes and elements, before any signature: time and memory stay small."""
    path = dataset.path / file
    path.parent.mkdir(exist_ok=True)
    count = 12 << 20
    path.write_bytes(
        b"\n" * (3 * count)
        if path.suffix == ".jsonl"
        else b'{"manifest":[' + b"{}," * count + b'{}],"signature":{}}'
    )
    peak, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        publish(dataset, keyring, 3)
    except DatasetError:
        assert path.suffix == ".jsonl"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 400 << 10
    assert time.process_time() - begun < 3


def test_no_log_says_destroyed_of_a_key_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A keyring that cannot be written (a secret store's mount) is found out before."""
    uri = f"file:{tmp_path / 'keys' / 'keyring.json'}"
    keyring = init_keyring(uri, [KeyName(name) for name in ("training", "clinical", "reveal")])
    dataset = Dataset(tmp_path / "d")
    publish(dataset, keyring, 1)
    before = dataset.audit.path.read_bytes()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "read-only")

    monkeypatch.setattr(files.tempfile, "mkstemp", refuse)
    monkeypatch.setattr(files.tempfile, "NamedTemporaryFile", refuse)
    with pytest.raises(KeysError, match="cannot be written"):
        destroy(KeyName("training"), 1, [dataset.path], reason="a test", keyring=uri)
    assert dataset.audit.path.read_bytes() == before


def test_a_version_that_was_shredded_stops_no_rotation(tmp_path: Path) -> None:
    """Its key was destroyed on purpose; the keys of the other versions are wrapped anew."""
    uri, training = f"file:{tmp_path / 'keyring.json'}", KeyName("training")
    keyring = init_keyring(uri, [KeyName(name) for name in ("training", "clinical", "reveal")])
    dataset = Dataset(tmp_path / "d")
    publish(dataset, keyring, 1)
    publish(dataset, rotate_key(training, uri), 2)
    destroy(training, 1, [dataset.path], reason="a test", keyring=uri)
    done = rotate(training, [dataset.path], uri)
    assert done.rewrapped == {str(dataset.path): 2}
    assert read(dataset, keyring=open_keyring(uri)).equals(rows(2))
    assert rotate(SIGNING, [dataset.path], uri).key_id == "signing.2"
    assert dataset.verify(keyring=open_keyring(uri)).ok


def test_an_address_is_no_folder_to_write_to(
    dataset: Dataset, keyring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder named after the scheme would hold the rows, or the keys, and nobody would know."""
    monkeypatch.chdir(tmp_path)
    for act in (
        lambda: export(dataset, "s3://bucket/x.csv", keyring=keyring),
        lambda: share_keyring([KeyName("training")], "s3://bucket/r.json", keyring),
    ):
        with pytest.raises(ArgumentError, match="is an address"):
            act()
    assert not (tmp_path / "s3:").exists()


def test_the_anchors_program_gets_no_secret(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gets the head on its standard input, and the environment without what opens the vault."""
    seen = tmp_path / "seen"
    monkeypatch.setenv("COATCHECK_VAULT", "postgresql://u:hunter2@h/d")
    for name in ("VAULT_TOKEN", "COATCHECK_SOURCE_PASSWORD", "COATCHECK_SINK_PASSWORD"):
        monkeypatch.setenv(name, "hunter2")
    monkeypatch.setenv("OF_ITS_OWN", "kept")
    command = ["/bin/sh", "-c", f"cat >/dev/null; env > {seen}"]
    anchor = Anchor("people", command=command, latest=["/bin/true"])
    publish(Dataset(tmp_path / "d", anchor), keyring, 1)
    told = seen.read_text()
    assert "hunter2" not in told
    assert "OF_ITS_OWN=kept" in told


def test_columns_that_name_none_are_not_all(dataset: Dataset) -> None:
    """A comma alone, for example of an empty variable's."""
    done = CliRunner().invoke(app, ["export", str(dataset.path), "-o", "all.csv", "--columns", ","])
    assert isinstance(done.exception, ArgumentError)


def test_an_act_that_the_anchor_refuses_before_it_is_not_called_done(
    policy_file: Callable[..., Path], keyring: Keyring
) -> None:
    """A reveal is entered first: without the anchor it does not happen."""
    extra = "audit: {anchor: {command: [/bin/false], latest: [/bin/true]}}\n"
    policy = load_policy(policy_file("  id: {action: keep}\n", extra=extra))
    with pytest.raises(DatasetError, match="so it was not done") as told:
        enter_act(policy, "reveal", "a test", {}, keyring)
    assert told.value.exit_code == 2
