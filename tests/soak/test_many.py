"""Many processes on one dataset and one vault: every read whole, every verification quiet, one
token per value.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

import anonymize
from anonymize.dataset import Dataset, read

from .scene import ROWS, Scene, ids, mails, tokens_of

WRITERS, READERS = 8, 20
PUBLICATIONS = int(os.environ.get("COATCHECK_SOAK_PUBLICATIONS", "12"))


def _forked(work: Callable[[], object], said: Path) -> int:
    """Do ``work`` in a forked child, whose traceback or last word goes to ``said``; return its
    process id.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            said.write_text(f"{work()}")
            code = 0
        except BaseException:
            said.write_text(traceback.format_exc())
        finally:
            os._exit(code)
    return child


def _publish(scene: Scene, mine: list[int]) -> int:
    for number in mine:
        source = scene.folder / f"people-{number}.csv"
        lines = [
            f"{at},{mail},1984-02-29,text"
            for at, mail in zip(ids(number), mails(number), strict=True)
        ]
        source.write_text("\n".join(["id,mail,born,note", *lines]))
        policy = scene.folder / f"people-{number}.yaml"
        policy.write_text(
            (scene.folder / "people.yaml").read_text().replace("people.csv", source.name)
        )
        anonymize.run(policy, keyring=scene.uri, accept_change=True, wait_seconds=600)
    return len(mine)


def _watch(scene: Scene, done: Path) -> int:
    """Read and verify until all is published; return how often."""
    keyring, looks = scene.keyring(), 0
    while not done.exists():
        table = read(scene.dataset, keyring=keyring)
        first = table["id"].to_pylist()[0]
        assert table["id"].to_pylist() == ids(first // 100)
        assert len(set(table["mail"].to_pylist())) == ROWS
        found = Dataset(scene.dataset.path).verify(keyring=keyring)
        assert found.problems == (), found.problems
        looks += 1
    return looks


@pytest.mark.soak
def test_many_processes_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight that publish, twenty that read and verify, twelve publications."""
    warm, scene, done = Scene(tmp_path / "warm"), Scene(tmp_path / "people"), tmp_path / "done"
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{tmp_path / 'warm.db'}")
    warm.build(1)  # what a run imports is imported before the forks
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{tmp_path / 'vault.db'}")
    assert os.waitpid(_forked(lambda: scene.build(1), tmp_path / "built"), 0)[1] == 0, (
        tmp_path / "built"
    ).read_text()
    numbers = list(range(2, PUBLICATIONS + 2))
    writers = {
        _forked(
            lambda at=at: _publish(scene, numbers[at::WRITERS]), tmp_path / f"writer-{at}"
        ): f"writer-{at}"
        for at in range(WRITERS)
    }
    readers = {
        _forked(lambda: _watch(scene, done), tmp_path / f"reader-{at}"): f"reader-{at}"
        for at in range(READERS)
    }
    codes = {name: os.waitpid(child, 0)[1] for child, name in writers.items()}
    done.touch()
    codes |= {name: os.waitpid(child, 0)[1] for child, name in readers.items()}
    failed = {name: (tmp_path / name).read_text() for name, code in codes.items() if code}
    assert not failed, "\n".join(failed.values())
    looks = sum(int((tmp_path / name).read_text()) for name in readers.values())
    keyring = scene.keyring()
    assert len(scene.dataset.versions(keyring)) == PUBLICATIONS + 1
    assert {name: len(tokens) for name, tokens in tokens_of(scene).items() if len(tokens) > 1} == {}
    print(
        f"{PUBLICATIONS} publications by {WRITERS} processes, {looks} reads and verifications by"
        f" {READERS}"
    )
    assert looks >= READERS
