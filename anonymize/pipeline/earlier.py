"""Finds the earlier releases that a policy's ``against:`` names, and verifies them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from anonymize.dataset import Dataset
from anonymize.dataset.entry import expired_by
from anonymize.dataset.owner import open_facts
from anonymize.dataset.sink import sink_of
from anonymize.dataset.subjects import has_subjects
from anonymize.errors import ArgumentError, KeysError
from anonymize.keys import OWNER, Keyring
from anonymize.names import KeyId
from anonymize.plan import Plan
from anonymize.plan.against import Against, Earlier, Link, link_name
from anonymize.plan.whose import spelling_of
from anonymize.policy.against import ReleaseSpec
from anonymize.transform.normalize import Normalization
from anonymize.transform.subject_ids import subject_key


def with_against(plan: Plan, keyring: Keyring | None, *, verify: bool = True) -> Plan:
    """Return the plan with the earlier releases that its output is compared with.

    Args:
        plan: The plan.
        keyring: The run's keyring; None leaves the releases unknown.
        verify: Whether every byte of each release is compared with its signed digest.

    Raises:
        DatasetError: a release is not there, or is not as it was signed.
        KeysError: the keyring cannot check or open one.
    """
    privacy = plan.policy.privacy
    if privacy is None or not privacy.against or keyring is None:
        return plan
    look = _Look(plan, keyring, verify)
    for release in privacy.against:
        look.take(release)
    return replace(plan, against=look.found())


class _Look:
    """Looks for releases one after the other."""

    def __init__(self, plan: Plan, keyring: Keyring, verify: bool) -> None:
        self._plan, self._keyring, self._verify = plan, keyring, verify
        self._earlier: dict[str, Earlier] = {}
        self._links: dict[str, Link] = {}
        self._untold: list[tuple[str, str, bool]] = []
        self._notes: list[str] = []
        policy = plan.policy
        if policy.indexed_by is not None:  # ids of its own, so that the next run finds people
            spelled = spelling_of(policy.columns, policy.indexed_by)
            self._link(policy.dataset, keyring.current(OWNER), spelled)

    def found(self) -> Against:
        """Return what was found."""
        counts = self._plan.counted_by in self._plan.input_schema.names
        return Against(
            tuple(self._earlier.values()),
            tuple(self._links.values()) if counts else (),
            tuple(self._untold),
            tuple(self._notes),
        )

    def take(self, release: ReleaseSpec) -> None:
        """Take one entry of ``against:``."""
        policy = self._plan.policy
        place = release.dataset or policy.sink.path
        dataset = sink_of(policy) if release.dataset is None else Dataset(place)
        if release.dataset is None and not dataset.folders() and dataset.audit.head() is None:
            if release.version is not None:
                what = f"no version {release.version}: nothing is published yet"
                raise ArgumentError(what, place=policy.place("privacy.against"))
            self._notes.append("nothing is published yet: no earlier version to compare with")
            return
        dataset.require()
        gone = expired_by(dataset.audit.entries(self._keyring))
        if release.version in gone:
            why = "it was expired, and nothing of it is left"
            self._untold.append((f"{place} version {release.version}", why, True))
            return
        if release.version is not None:
            numbers = [dataset.chosen(release.version)]
        else:
            numbers = [dataset.standing(None, self._keyring).version]
            if release.dataset is None:
                numbers += self._withdrawn(dataset, place, numbers[0], gone)
        for number in numbers:
            self._add(dataset, place, number)

    def _withdrawn(
        self, dataset: Dataset, place: str, current: int, gone: set[int]
    ) -> Iterator[int]:
        """Yield the versions that were published after the current one, and that a rollback
        withdrew: who has them keeps them.
        """
        for number in sorted({*dataset.versions(self._keyring), *gone}):
            if number <= current:
                continue
            if number in gone:
                why = "a rollback withdrew it, and it was expired: nothing of it is left"
                self._untold.append((f"{place} version {number}", why, False))
            else:
                yield number

    def _add(self, dataset: Dataset, place: str, number: int) -> None:
        if self._verify:
            dataset.verify(number, keyring=self._keyring).require()
        made = dataset.manifest(number, keyring=self._keyring)
        link = ""
        if has_subjects(made):
            facts = open_facts(made, self._keyring)
            spelled: Normalization = facts.get("subject_spelled") or "exact"
            link = self._link(made.dataset, KeyId(made.owner.key), spelled)
        one = Earlier(place, made.dataset, number, made.rows.written, link)
        self._earlier[str(one)] = one

    def _link(self, dataset: str, key: KeyId, spelled: Normalization) -> str:
        """Return the name of the link by a subject index; empty if its key is not here."""
        try:
            subject_key(self._keyring, key, dataset)
        except KeysError:
            return ""
        name = link_name(dataset, key, spelled)
        self._links[name] = Link(name, dataset, key, spelled)
        return name
