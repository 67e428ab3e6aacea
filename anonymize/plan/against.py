"""The earlier releases that a plan's output is compared with, and how people are found in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anonymize.names import ColumnName, KeyId
from anonymize.policy import Policy
from anonymize.transform.normalize import Normalization

PUBLISHED = "published"
"""Name of the link by the subject's published values."""
_JOINING = frozenset({"keep", "pseudonymize", "tokenize", "encrypt_format"})
"""Actions of which equal results in two versions are of one person."""


@dataclass(frozen=True)
class Link:
    """How persons of a run are found in an earlier release: by keyed ids of its subject index."""

    name: str
    dataset: str
    """The dataset that the ids were made for."""
    key: KeyId
    """Version of the owner's key that made them."""
    spelled: Normalization


@dataclass(frozen=True)
class Earlier:
    """One earlier release, found and verified when the run began. Picklable; holds no value."""

    place: str
    """The dataset's folder or address."""
    dataset: str
    """The dataset's name."""
    version: int
    rows: int
    link: str = ""
    """Name of the link by its subject index; empty if it has none."""

    def __str__(self) -> str:
        """Return the release for messages."""
        return f"{self.place} version {self.version}"


@dataclass(frozen=True)
class Against:
    """What a plan's output is compared with."""

    earlier: tuple[Earlier, ...] = ()
    links: tuple[Link, ...] = ()
    """Links by subject indexes, of the run's own dataset and of those of ``earlier``."""
    untold: tuple[tuple[str, str, bool], ...] = ()
    """Releases that cannot be compared: which, why, and whether the policy names it, so that it is
    refused unless ``on_against`` says otherwise.
    """
    notes: tuple[str, ...] = ()
    """What else must be known: a first version, for example."""


def published_subject(policy: Policy, columns: Sequence[str]) -> ColumnName | None:
    """Return the column of ``columns`` in which equal values are one person in every version; None
    if there is none.
    """
    name = policy.subject
    rule = policy.columns.get(name) if name is not None and name in columns else None
    return name if rule is not None and rule.action in _JOINING else None


def link_name(dataset: str, key: KeyId, spelled: str) -> str:
    """Return the name of the link by an index."""
    return f"{dataset}\0{key}\0{spelled}"
