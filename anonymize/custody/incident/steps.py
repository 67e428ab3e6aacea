"""The steps of a runbook: what each is for, and the command that does it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from anonymize.keys import Keyring


class OnDisk(str):
    """A path or address in a command, which a drill replaces by that of its copy."""

    __slots__ = ()


@dataclass(frozen=True)
class Step:
    """One step."""

    what: str
    """What it is for, in a sentence or two."""
    arguments: tuple[str, ...] = ()
    """What comes after ``coatcheck``; empty if the step is no command. Paths are `OnDisk`."""
    ends: tuple[int, ...] = (0,)
    """Exit codes that are an answer and no failure."""
    answer: str = ""
    """What a drill types where the command asks."""

    @property
    def command(self) -> str:
        """Return the command as it is typed in a shell; empty if there is none."""
        return shlex.join(("coatcheck", *map(str, self.arguments))) if self.arguments else ""


@dataclass(frozen=True)
class Incident:
    """A runbook for what happened."""

    about: str
    """What it is for, in a few words; part of the reasons that its commands give."""
    holds: tuple[str, ...]
    """What is concerned, a clause each: versions, and what they have to do with it."""
    steps: tuple[Step, ...]
    """In the order in which they are done."""


@dataclass(frozen=True)
class Scene:
    """What an incident is about: the datasets, the policies that publish into them, the keyring."""

    keyring: Keyring
    datasets: tuple[str, ...]
    """Folders or addresses, as they stand in commands."""
    policies: Mapping[str, str]
    """Dataset → path of the policy that publishes there, for those that were named."""
    keyring_uri: str | None = None
    """The keyring's URI if commands must name it; None: they find it by themselves."""

    def command(self, *arguments: str) -> tuple[str, ...]:
        """Return a command's arguments, with the keyring if it must be named."""
        named = ("--keyring", OnDisk(self.keyring_uri)) if self.keyring_uri else ()
        return (*arguments, *named)

    def every(self) -> tuple[OnDisk, ...]:
        """Return the datasets as arguments."""
        return tuple(map(OnDisk, self.datasets))

    def by_policy(self, dataset: str) -> tuple[str, ...]:
        """Return the option that names a dataset's policy, if one was given."""
        found = self.policies.get(dataset)
        return ("--policy", OnDisk(found)) if found else ()
