"""Records path and digest of a plan's hierarchy files, so that every process groups values
alike.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from anonymize.errors import PlanError
from anonymize.policy import Policy
from anonymize.policy.actions import GeneralizeRule, nested_rules
from anonymize.transform import parsed_hierarchy


@dataclass(frozen=True)
class PinnedFile:
    """A file in its state when the plan was compiled."""

    path: str
    """Absolute path, so that it does not depend on the working folder."""
    sha256: str
    """SHA-256 of the file's bytes, hexadecimal."""


def pinned_hierarchies(policy: Policy) -> Mapping[str, PinnedFile]:
    """Return each readable hierarchy file by its name in the policy. Unreadable files are reported
    with their rules.
    """
    return {name: PinnedFile(os.path.abspath(name), digest) for name, digest in _digests(policy)}


def _digests(policy: Policy) -> Iterator[tuple[str, str]]:
    for rule in policy.columns.values():
        for inner in nested_rules(rule):
            if isinstance(inner, GeneralizeRule) and inner.hierarchy is not None:
                yield from _readable(inner.hierarchy)
    privacy = policy.privacy
    for asked in (*privacy.recode.values(), *privacy.groups.values()) if privacy else ():
        if asked.file is not None:
            yield from _readable(asked.file)


def _readable(path: str) -> Iterator[tuple[str, str]]:
    try:
        yield path, _digest(path)
    except OSError:
        return


def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def read_pinned(file: PinnedFile, level: int) -> Mapping[str, str]:
    """Return value → group of ``level``, after comparing the file with the plan's digest.

    Raises:
        PlanError: the file is missing now, or has changed.
    """
    return parsed_hierarchy(pinned_content(file), file.path, level)


def pinned_content(file: PinnedFile) -> bytes:
    """Return a file's content, after comparing it with the plan's digest.

    Raises:
        PlanError: the file is missing now, or has changed.
    """
    try:
        data = Path(file.path).read_bytes()
    except OSError:
        raise PlanError(
            "hierarchy file is not there, though the plan was made with it", place=file.path
        ) from None
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise PlanError(
            "hierarchy file changed since the plan was made; make the plan again", place=file.path
        )
    return data
