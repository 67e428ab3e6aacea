"""A person's leaving, killed before any call that changes a file, goes on to its certificate."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anonymize.custody.where_is import where_is_subject
from anonymize.dataset import read
from anonymize.pipeline.erase import erase

from .dying import in_child
from .scene import Scene, ids

MOMENTS = max(1, int(os.environ.get("COATCHECK_SOAK_KILLS", "48")) // 6)
"""Kills; an erasure has about 200 moments."""
VERSIONS = 3
HERS = ids(VERSIONS)[4]
OTHERS = [one for one in ids(VERSIONS) if one != HERS]


def _erase(scene: Scene) -> dict[str, object]:
    return erase(scene.policy, str(HERS), scene.keyring(), reason="soak test")


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Return a scene with an index and three versions; what acts import is imported."""
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{tmp_path / 'warm' / 'vault.db'}")
    index = "erasure: {index: true}\n"
    warm = Scene(tmp_path / "warm", index)
    warm.build(VERSIONS)
    _erase(warm)
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{tmp_path / 'work' / 'vault.db'}")
    work, saved = Scene(tmp_path / "work", index), Scene(tmp_path / "saved", index)
    built = in_child(lambda: work.build(VERSIONS), str(tmp_path))
    assert built.error == ""
    work.copy_to(saved)
    return saved


@pytest.mark.soak
def test_killed_at_any_moment_an_erasure_goes_on(model: Scene) -> None:
    """A whole version is current; after the same act again nothing holds her, and a run works."""
    work = Scene(model.folder.parent / "work", model.more)
    model.copy_to(work)
    ended = in_child(lambda: _erase(work), str(work.folder))
    assert ended.error == ""
    every = range(1, ended.calls + 1)
    chosen = every[:: max(1, round(len(every) / MOMENTS))]
    print(f"{len(every)} moments, {len(chosen)} of them taken")
    for at in chosen:
        model.copy_to(work)
        killed = in_child(lambda: _erase(work), str(work.folder), at)
        assert killed.killed, (at, killed.error)
        after = in_child(lambda: _after(work), str(work.folder))
        assert after.error == "", f"killed before call {at}:\n{after.error}"
    assert len(chosen) >= min(MOMENTS, len(every)) * 0.7


def _after(work: Scene) -> None:
    """Check what a kill left, do the act again, run, and check again."""
    _check_versions(work, OTHERS, ids(VERSIONS))
    certificate = _erase(work)["certificate"]
    assert certificate["was"]["in_versions"] == [VERSIONS]  # type: ignore[index]
    _check_versions(work, OTHERS)
    keyring = work.keyring()
    assert where_is_subject(str(HERS), [work.folder / "out"], keyring).found == ()
    assert VERSIONS not in work.dataset.versions(keyring)
    work.dataset.verify(keyring=keyring, dataset="people").require()
    published = work.run()
    assert read(work.dataset, keyring=work.keyring())["id"].to_pylist() == ids(published)
    assert work.leftovers() == []


def _check_versions(work: Scene, *current: list[int]) -> None:
    """Check that each version reads whole, and that the current one holds one of these."""
    keyring = work.keyring()
    for number in work.dataset.versions(keyring):
        found = read(work.dataset, version=number, keyring=keyring)["id"].to_pylist()
        assert found == (ids(number) if number <= VERSIONS else OTHERS)
    assert read(work.dataset, keyring=keyring)["id"].to_pylist() in current
