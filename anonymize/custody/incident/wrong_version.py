"""The runbook for a version that should not have been published."""

from __future__ import annotations

from collections.abc import Iterator

from anonymize.custody.incident.common import publish_again, verify_all
from anonymize.custody.incident.steps import Incident, OnDisk, Scene, Step
from anonymize.dataset import Dataset
from anonymize.dataset.forgotten import absent_in
from anonymize.errors import ArgumentError


def wrong_version(number: int, scene: Scene) -> Incident:
    """Return the runbook for version ``number`` of the one dataset.

    Raises:
        ArgumentError: several datasets were named.
        DatasetError: there is no such version.
    """
    if len(scene.datasets) != 1:
        raise ArgumentError(
            f"a version is of one dataset, and {len(scene.datasets)} were named", place=str(number)
        )
    (path,) = scene.datasets
    dataset, keyring = Dataset(path), scene.keyring
    dataset.chosen(number)
    have = dataset.versions(keyring)
    current = dataset.standing(None, keyring).version
    earlier = [one for one in have if one < number]
    able = [one for one in earlier if one >= _oldest_allowed(dataset, scene)]
    held = f"{path} version {number}: {'current' if current == number else 'not current'}"
    about = f"version {number} is wrong"
    good = able[-1] if able else None
    steps = _steps(path, number, scene, about, current == number, earlier[-1:], good)
    return Incident(about, (held,), tuple(steps))


def _oldest_allowed(dataset: Dataset, scene: Scene) -> int:
    """Return the oldest version that a rollback takes: none from before somebody was forgotten."""
    oldest, published = 1, 0
    for entry in dataset.audit.entries(scene.keyring):
        if entry.what == "publish" and entry.version is not None:
            published = entry.version
        if absent_in(entry) is not None:
            oldest = published + 1
    return oldest


def _steps(
    path: str,
    number: int,
    scene: Scene,
    about: str,
    is_current: bool,
    before: list[int],
    good: int | None,
) -> Iterator[Step]:
    dataset, reason = OnDisk(path), ("--reason", f"incident: {about}")
    if is_current and good is not None:
        yield Step(
            f"Give readers version {good} again.",
            scene.command("rollback", dataset, str(good), *reason, *scene.by_policy(path)),
        )
    elif is_current:
        yield Step(
            "No earlier version may become current: until the next one is published, tell readers"
            " not to read."
        )
    yield Step(
        "See whether it is what was signed (wrong from the start) or was changed since (exit code"
        " 1).",
        scene.command("verify", dataset, "--version", str(number)),
        ends=(0, 1),
    )
    for one in before:
        yield Step(
            f"See what it states differently from version {one}: rules, types, rows, keys.",
            scene.command("diff", dataset, str(one), str(number)),
        )
    yield Step(
        "See who read it, as far as the policy has audit: {reads: true}; readers' own keyrings are"
        " in the storage's log alone.",
        scene.command("audit", "show", dataset, "--reads"),
    )
    yield Step(
        f"Tell those who pin version={number}, and mend the policy or the source: the next run"
        " would publish the same."
    )
    mended = (
        "with what was mended; exit code 1 says what a gate, or the comparison with the version"
    )
    yield from publish_again(scene, f"{mended} that is current then, refuses", ends=(0, 1))
    if not is_current or good is not None or path in scene.policies:
        yield Step(
            f"Remove version {number}. Copy it first if it is evidence; copies that readers made"
            " stay.",
            scene.command("expire", dataset, "--version", str(number), *reason)
            + scene.by_policy(path),
        )
    yield from verify_all(scene)
