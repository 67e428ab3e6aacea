"""Steps that several runbooks share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from anonymize.custody.incident.steps import OnDisk, Scene, Step
from anonymize.dataset import Dataset
from anonymize.errors import KeysError
from anonymize.keys import CANARY, RESERVED
from anonymize.names import KeyName

_DERIVE = ("pseudonym", "reveal")


def publish_again(scene: Scene, why: str, *, ends: tuple[int, ...] = (0,)) -> Iterator[Step]:
    """Yield a run for each dataset whose policy is known; the others are named in a sentence."""
    for dataset in scene.datasets:
        if policy := scene.policies.get(dataset):
            command = scene.command("run", OnDisk(policy))
            yield Step(f"Publish {dataset} again: {why}.", command, ends=ends)
    yield from _without_policy(scene, f"Publish again by its policy, because {why}")


def keep_newest(scene: Scene, why: str, reason: str) -> Iterator[Step]:
    """Yield an expiry of the older versions for each dataset that was published again."""
    for dataset in scene.datasets:
        if dataset in scene.policies:
            options = ("--keep", "1", "--reason", reason, *scene.by_policy(dataset))
            yield Step(
                f"Remove the older versions of {dataset}: {why}.",
                scene.command("expire", OnDisk(dataset), *options),
            )


def _without_policy(scene: Scene, what: str) -> Iterator[Step]:
    left = [dataset for dataset in scene.datasets if dataset not in scene.policies]
    if left:
        told = ", ".join(left)
        yield Step(f"{what}: {told}. Name the policy by --policy to have the command filled in.")


def verify_all(scene: Scene) -> Iterator[Step]:
    """Yield the check that each dataset is whole afterwards."""
    for dataset in scene.datasets:
        yield Step(
            f"Check every byte of {dataset} and its log.",
            scene.command("verify", OnDisk(dataset), *scene.by_policy(dataset)),
        )


def share_again(scene: Scene, names: Iterable[str]) -> Iterator[Step]:
    """Yield a reader's keyring for each key that readers hold, into files that are not there."""
    for name in names:
        if is_for_readers(scene, name):
            file = _free(f"{name}-reader-{datetime.now(UTC):%Y%m%d}")
            yield Step(
                f"Share '{name}' with its readers again: the keyrings of before open nothing of"
                " the next versions, or do not know of the revocation.",
                scene.command("keys", "share", name, "-o", OnDisk(file)),
            )


def is_for_readers(scene: Scene, name: str) -> bool:
    """Return True if a key is one that `share_keyring` gives away without being asked twice."""
    try:
        entry = scene.keyring.require(KeyName(name))
    except KeysError:
        return False
    return entry.name not in (*RESERVED, CANARY, *_DERIVE) and entry.use != "values"


def _free(stem: str) -> str:
    """Return a name in the working folder that no file has."""
    names = [f"{stem}.json", *(f"{stem}-{number}.json" for number in range(2, 1000))]
    return next(name for name in names if not _is_taken(name))


def _is_taken(name: str) -> bool:
    return Path(name).exists() or Path(f"{name}.key").exists()


def file_keys(scene: Scene) -> tuple[str, ...]:
    """Return the names of the keys that open readers' rows in the datasets, sorted."""
    found = set[str]()
    for dataset in scene.datasets:
        for made in Dataset(dataset).manifests(scene.keyring):
            for file in made.data_files():
                found |= {file.key, *file.restricted}
    return tuple(sorted(found))


def numbers(versions: Sequence[int]) -> str:
    """Return versions in words: ``version 3``, ``versions 1, 2, 4``; at most twenty are named."""
    shown = ", ".join(map(str, versions[:20])) + (", …" if len(versions) > 20 else "")
    return f"version{'' if len(versions) == 1 else 's'} {shown}"
