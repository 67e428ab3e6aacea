"""Where a run writes: never around its keyring, and never so that everybody may write there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import anonymize
from anonymize.errors import ArgumentError
from anonymize.keys import init_keyring
from anonymize.process import file_modes
from anonymize.process.file_modes import not_world_writable
from tests.conftest import NAMES
from tests.workplace import Workplace


@pytest.mark.parametrize("sink,keyring", [("out", "out/k.json"), ("out", "out/in/k.json"), (".coatcheck/out", ".coatcheck/keyring.json")])  # fmt: skip # noqa: E501
def test_a_sink_around_the_keyring_is_refused(
    sink: str, keyring: str, workplace: Workplace
) -> None:
    """Who may read the dataset's folder would hold the keys."""
    uri = f"file:{workplace.folder / keyring}"
    init_keyring(uri, NAMES)
    path = workplace.policy()
    path.write_text(path.read_text().replace(str(workplace.sink), str(workplace.folder / sink)))
    with pytest.raises(ArgumentError, match="must not reach the keys"):
        anonymize.run(path, keyring=uri)
    assert not (workplace.folder / sink / "versions").exists()


@pytest.fixture(autouse=True)
def no_block_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without an open block: a command that ran in this process before leaves one for
    good.
    """
    monkeypatch.setattr(file_modes._closed_to_others, "_running", 0)
    monkeypatch.setattr(file_modes._closed_to_others, "_before", [])


def test_nothing_is_world_writable_under_umask_000(workplace: Workplace) -> None:
    """By the library and by the command; the caller's umask is as it was."""
    before = os.umask(0)
    try:
        anonymize.run(workplace.policy(), keyring=workplace.keyring_uri)
        assert workplace.coatcheck("run", str(workplace.policy())).returncode == 0
        assert workplace.coatcheck("export", "out", "-o", "o.csv").returncode == 0
        assert os.umask(0) == 0
    finally:
        os.umask(before)
    made = [workplace.sink, *workplace.sink.rglob("*"), workplace.folder / "o.csv"]
    assert len(made) > 10
    assert [path.name for path in made if path.lstat().st_mode & 0o002] == []


def test_nested_blocks_restore_the_umask_at_the_last_end(tmp_path: Path) -> None:
    """And what somebody sets meanwhile stays."""
    before = os.umask(0)
    try:
        with not_world_writable():
            with not_world_writable():
                (tmp_path / "a").mkdir()
            (tmp_path / "b").mkdir()
        assert os.umask(0) == 0
        with not_world_writable():
            os.umask(0o027)
        assert os.umask(0) == 0o027
    finally:
        os.umask(before)
    assert all((tmp_path / name).stat().st_mode & 0o777 == 0o775 for name in "ab")
