"""Killed anywhere: the last version is in place, readable, and the act can be done again."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from anonymize.dataset import Dataset, read
from anonymize.errors import DatasetError
from anonymize.keys import Keyring, forget_opened_keyrings, init_keyring, rotate_key
from anonymize.names import KeyName

from .conftest import publish, rows

_ACTS = (
    "open",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.truncate",
    "shutil.rmtree",
    "store.pwrite",
)


def killed_at(step: int, folder: Path, act: Callable[[], object]) -> bool:
    """Run ``act`` in a forked child that dies by SIGKILL before its ``step``-th touch of
    ``folder``.

    Returns False when the act needs fewer steps and was done.
    """
    child = os.fork()
    if child == 0:
        _die_before(step, str(folder))
        try:
            act()
        except BaseException:
            os._exit(99)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def _die_before(step: int, folder: str) -> None:
    """Count what touches the folder: opening, renaming, removing (audit events), syncing and
    writing by handle.
    """
    left = [step]

    def touch() -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in _ACTS and any(folder in str(argument) for argument in arguments[:2]):
            touch()

    real_sync, real_write = os.fsync, os.pwrite

    def sync(handle: int) -> None:
        touch()
        real_sync(handle)

    def write(handle: int, data: bytes, offset: int) -> int:
        half = real_write(handle, data[: len(data) // 2], offset)  # a torn write
        touch()
        return half + real_write(handle, data[half:], offset + half)

    os.fsync, os.pwrite = sync, write
    sys.addaudithook(hook)


def whole(dataset: Dataset, keyring: Keyring) -> int:
    """Check that the current version is whole and return its number."""
    current = dataset.current
    assert current is not None
    assert read(dataset, keyring=keyring).equals(rows(current))
    return current


def only_interrupted(dataset: Dataset, keyring: Keyring) -> bool:
    """Return whether `verify` finds nothing, or says of all it finds that an act was
    interrupted.
    """
    problems = dataset.verify(keyring=keyring).problems
    return all("was interrupted (the next one" in problem.what for problem in problems)


@pytest.fixture
def each_step(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[int]]:
    """Kill an act at every ``stride``-th step of its own, check the dataset after each, and repeat
    the act.
    """
    monkeypatch.setattr("anonymize.dataset.verify._PAUSE_SECONDS", 0)  # nobody else is at work
    monkeypatch.setattr("anonymize.dataset.verify._LOOKS", 10)

    def run(
        prepare: Callable[[Dataset], None], act: Callable[[Dataset], object], stride: int = 1
    ) -> list[int]:
        model = Dataset(tmp_path / "model")
        prepare(model)
        found = []
        for step in range(1, 400, stride):
            path = tmp_path / "work"
            shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(model.path, path)
            dataset = Dataset(path)
            if not killed_at(step, path, lambda dataset=dataset: act(dataset)):
                assert step > 5
                return found
            found.append(whole(dataset, keyring))
            assert only_interrupted(dataset, keyring), step
            assert set(dataset.versions()) >= {found[-1]}
            act(dataset)
            assert whole(dataset, keyring) == dataset.current
            assert dataset.verify(keyring=keyring).ok, step
            left = [p.name for p in path.rglob(".*") if p.name not in (".lock", ".audit.lock")]
            assert left == []
        pytest.fail("the act never ended")

    return run


@pytest.mark.parametrize("stride", [3, pytest.param(1, marks=pytest.mark.soak)])
def test_publishing_can_be_killed_at_every_step(
    each_step: Callable[..., list[int]], keyring: Keyring, stride: int
) -> None:
    """The old version until the very last step, then the new one; the run is repeated at once."""

    def act(dataset: Dataset) -> None:
        number = max(dataset.versions()) + 1
        publish(dataset, keyring, number, parts=1)

    found = each_step(lambda dataset: publish(dataset, keyring, 1, parts=1), act, stride)
    assert found[0] == 1
    assert sorted(found) == found
    assert set(found) == {1, 2}


@pytest.mark.parametrize("stride", [3, pytest.param(1, marks=pytest.mark.soak)])
def test_a_rollback_can_be_killed_at_every_step(
    each_step: Callable[..., list[int]], keyring: Keyring, stride: int
) -> None:
    """Either version is current, both are whole."""

    def prepare(dataset: Dataset) -> None:
        publish(dataset, keyring, 1)
        publish(dataset, keyring, 2)

    found = each_step(prepare, lambda dataset: dataset.rollback(1, keyring=keyring), stride)
    assert found[0] == 2
    assert set(found) <= {1, 2}


@pytest.mark.soak
@pytest.mark.parametrize("stride", [3, pytest.param(1, marks=pytest.mark.soak)])
def test_expiry_can_be_killed_at_every_step(
    each_step: Callable[..., list[int]], keyring: Keyring, stride: int
) -> None:
    """The current version is never touched; what was to go goes with the next run."""

    def prepare(dataset: Dataset) -> None:
        for number in (1, 2, 3):
            publish(dataset, keyring, number, parts=1)

    found = each_step(prepare, lambda dataset: dataset.expire(keep=1, keyring=keyring), stride)
    assert set(found) == {3}


def test_what_an_interrupted_expiry_left_is_no_version(tmp_path: Path, keyring: Keyring) -> None:
    """Its folder is there and the log says that it expired: it is not listed as what no read
    opens.
    """
    dataset = Dataset(tmp_path / "d")
    for number in (1, 2):
        publish(dataset, keyring, number, parts=1)
    dataset.audit.append("expire", details={"versions": [1]}, keyring=keyring)
    assert (dataset.folders(), dataset.versions(keyring)) == ((1, 2), (2,))
    with pytest.raises(DatasetError, match="no version 1; it has 2"):
        dataset.rollback(1, keyring=keyring)
    assert dataset.folders() == (2,)


@pytest.mark.soak
def test_wrapping_anew_can_be_killed_at_every_step(tmp_path: Path) -> None:
    """Old or new wrapped keys, never none: with both key versions everything reads at any point."""
    uri = f"file:{tmp_path}/keyring.json"
    keyring = init_keyring(uri, [KeyName(name) for name in ("training", "clinical", "reveal")])
    dataset = Dataset(tmp_path / "d")
    publish(dataset, keyring, 1)
    keyring = rotate_key(KeyName("training"), uri)
    step = 1
    while killed_at(step, dataset.path, lambda: dataset.rewrap(keyring=keyring)):
        assert whole(dataset, keyring) == 1
        step += 1
    assert step > 5
    assert dataset.verify(keyring=keyring).ok
    forget_opened_keyrings()


@pytest.mark.soak
def test_runs_killed_again_and_again_never_lose_the_version(
    tmp_path: Path, keyring: Keyring
) -> None:
    """Crash upon crash, at places drawn by chance, publishing and rolling back by turns."""
    dataset, dice = Dataset(tmp_path / "d"), random.Random(3)
    publish(dataset, keyring, 1, parts=1)
    for turn in range(24):
        numbers = dataset.versions()
        act = partial(publish, dataset, keyring, max(numbers) + 1, parts=1)
        if turn % 3 == 0:
            act = partial(dataset.rollback, numbers[0], keyring=keyring)
        killed_at(dice.randrange(1, 60), dataset.path, act)
        whole(dataset, keyring)
    with dataset.lock(keyring):
        pass
    assert dataset.verify(keyring=keyring).ok
