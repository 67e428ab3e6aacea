"""Killed before any call that changes a file, every act leaves what was there, and can be done
again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from anonymize.custody.forget import forget
from anonymize.custody.rotate_keys import rotate
from anonymize.dataset import export
from anonymize.keys import change_passphrase
from anonymize.names import KeyName

from .dying import in_child
from .scene import ROWS, Scene, ids

MOMENTS = int(os.environ.get("COATCHECK_SOAK_KILLS", "48"))
"""Kills in all; the acts have about 300 moments."""
VERSIONS = 3
HERS = str(ids(VERSIONS)[4])


def _rotate(scene: Scene) -> None:
    for name in ("training", "reveal"):
        rotate(KeyName(name), [scene.dataset.path], scene.uri)


ACTS: dict[str, Callable[[Scene], object]] = {
    "forget": lambda scene: forget(scene.policy, HERS, scene.keyring(), reason="soak test"),
    "rollback": lambda scene: scene.dataset.rollback(2, keyring=scene.keyring(), why="soak test"),
    "expire": lambda scene: scene.dataset.expire(keep=1, keyring=scene.keyring(), why="soak test"),
    "rotate": _rotate,
    "passphrase": lambda scene: change_passphrase(scene.uri),
    "export": lambda scene: export(
        scene.dataset, scene.folder / "plain.csv", keyring=scene.keyring(), overwrite=True
    ),
    "run": lambda scene: scene.run(),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Return a scene with three versions; what acts import is imported."""
    folder = tmp_path_factory.mktemp("soak")
    os.environ["COATCHECK_VAULT"] = f"sqlite:{folder / 'warm' / 'vault.db'}"
    warm = Scene(folder / "warm")
    warm.build(VERSIONS)
    for act in ACTS.values():
        act(warm)
    os.environ["COATCHECK_VAULT"] = f"sqlite:{folder / 'work' / 'vault.db'}"
    work, saved = Scene(folder / "work"), Scene(folder / "saved")
    built = in_child(lambda: work.build(VERSIONS), str(folder))
    assert built.error == ""
    work.copy_to(saved)
    yield saved
    del os.environ["COATCHECK_VAULT"]


@pytest.mark.soak
def test_killed_at_any_moment_nothing_is_lost_and_the_next_run_works(model: Scene) -> None:
    """Old or new, whole; then the act again, then a run; every token of who was not forgotten turns
    back.
    """
    work = Scene(model.folder.parent / "work")
    calls = {}
    for name, act in ACTS.items():
        model.copy_to(work)
        ended = in_child(lambda act=act: act(work), str(work.folder))
        assert ended.error == "", name
        calls[name] = ended.calls
    every = [(name, at) for name, count in calls.items() for at in range(1, count + 1)]
    chosen = every[:: max(1, round(len(every) / MOMENTS))]
    print(f"{len(every)} moments ({calls}), {len(chosen)} of them taken")
    for name, at in chosen:
        model.copy_to(work)
        ended = in_child(lambda name=name: ACTS[name](work), str(work.folder), at)
        assert ended.killed, (name, at, ended.error)
        after = in_child(lambda name=name: _after(work, name), str(work.folder))
        assert after.error == "", f"{name}, killed before call {at}:\n{after.error}"
    assert len(chosen) >= min(MOMENTS, len(every)) * 0.7


def _after(work: Scene, name: str) -> None:
    """Check what a kill left, do the act again, run, and check again."""
    from anonymize.errors import GateError

    wanted = {"run": {VERSIONS, VERSIONS + 1}, "rollback": {2, VERSIONS}}.get(name, {VERSIONS})
    assert work.check_versions() in wanted
    _check_export(work.folder / "plain.csv", name)
    if name == "run" and work.dataset.current == VERSIONS + 1:
        assert len(work.dataset.versions(work.keyring())) == VERSIONS + 1
    try:
        ACTS[name](work)
    except GateError as error:
        if name != "forget" or "nothing was erased" not in str(error):
            raise
    forgotten = frozenset({HERS} if name == "forget" else ())
    work.check_versions()
    work.check_tokens(forgotten)
    published = work.run()
    assert work.check_versions() == published
    work.check_tokens()
    assert work.leftovers() == []


def _check_export(path: Path, name: str) -> None:
    if path.exists():
        assert name == "export"
        assert path.read_text().count("\n") == ROWS + 1
