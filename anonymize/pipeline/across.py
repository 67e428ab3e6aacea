"""Compares the rows written with earlier releases, before the gates are asked."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.dataset import Dataset
from anonymize.dataset.facts import AgainstFacts
from anonymize.dataset.manifest import Manifest
from anonymize.dataset.owner import open_facts
from anonymize.gates.interface import Output
from anonymize.keys import Keyring, PurposeKey
from anonymize.pipeline.held_release import HeldRelease, People, Wanted, read_release
from anonymize.pipeline.results import shut_columns
from anonymize.plan import Plan
from anonymize.plan.against import PUBLISHED, Earlier, published_subject
from anonymize.plan.bind.context import facts_domain
from anonymize.plan.facts import facts_key
from anonymize.plan.held import COVERED, LINKED, Covered, Linked
from anonymize.plan.recoding.ways import hierarchies_of
from anonymize.plan.show.explain import explain_to_readers
from anonymize.policy import PrivacySpec
from anonymize.privacy import ClassCounts
from anonymize.privacy.across import Across, Covering, Release, compare, covering, meeting
from anonymize.privacy.digests import Words
from anonymize.privacy.pooled import rounded
from anonymize.transform.columns import as_text

NO_SENSITIVE = "possible values and signatures, because sensitive: names no column that both have"
NOBODY = "signatures, because no subject: says whose a row is, so nobody is matched"
"""What is said where a measure cannot be taken."""
NOT_MATCHED = (
    "people: nobody of this version is found in it by ids, so whoever has a row's quasi-identifiers"
    " counts as being in both"
)


def with_across(output: Output, plan: Plan, keyring: Keyring | None) -> Output:
    """Return ``output`` with what it tells together with the plan's earlier releases.

    Raises:
        DatasetError, KeysError: see `read_release`.
    """
    privacy = plan.policy.privacy
    if privacy is None or not privacy.against or keyring is None:
        return output
    untold = [
        AgainstFacts(release=release, uncompared=(why,), nothing=refuses)
        for release, why, refuses in plan.against.untold
    ]
    mine = _Mine.of(output, plan, keyring) if plan.against.earlier else None
    found = [
        _Comparison(plan, privacy, keyring, earlier, mine).facts()
        for earlier in plan.against.earlier
        if mine is not None
    ]
    return replace(output, against=(*found, *untold))


def recode_digests(plan: Plan) -> dict[str, str]:
    """Return a digest of each recoded column's hierarchy, by which a later run knows whether it
    makes the same labels.
    """
    privacy, found = plan.policy.privacy, {}
    for name, asked in privacy.recode.items() if privacy else ():
        pinned = plan.hierarchies.get(asked.file) if asked.file is not None else None
        said = [asked.model_dump(mode="json", exclude={"file"}), pinned.sha256 if pinned else ""]
        text = json.dumps(said, sort_keys=True)
        found[str(name)] = hashlib.sha256(text.encode()).hexdigest()
    return found


@dataclass(frozen=True)
class _Mine:
    """The rows written, opened."""

    key: PurposeKey
    counts: ClassCounts | None
    covered: pa.Table | None = field(repr=False)
    people: People

    @classmethod
    def of(cls, output: Output, plan: Plan, keyring: Keyring) -> _Mine:
        key = facts_key(keyring, plan.facts_key, facts_domain(plan))
        covered, linked = output.held.get(COVERED), output.held.get(LINKED)
        return cls(
            key,
            output.classes.together() if output.classes else None,
            covered.opened(key, COVERED, Covered).together().table if covered else None,
            People(linked.opened(key, LINKED, Linked).together().table if linked else None),
        )


class _Comparison:
    """One earlier release beside the rows written."""

    def __init__(
        self, plan: Plan, privacy: PrivacySpec, keyring: Keyring, earlier: Earlier, mine: _Mine
    ) -> None:
        self._plan, self._privacy, self._keyring = plan, privacy, keyring
        self._earlier, self._mine = earlier, mine
        dataset = Dataset(earlier.place)
        self._made = dataset.manifest(earlier.version, keyring=keyring)
        self._schema = dataset.schema(version=earlier.version, keyring=keyring)
        self._told: list[str] = []

    def facts(self) -> AgainstFacts:
        """Return what both tell together."""
        wanted = self._wanted()
        base = AgainstFacts(
            release=str(self._earlier), columns=wanted.quasi, sensitive=wanted.sensitive
        )
        if not self._earlier.rows or self._mine.counts is None or self._mine.covered is None:
            which = "this version" if self._earlier.rows else "it"
            flat = self._plan.comparable
            self._told = [f"{which} has no rows" if flat else "no quasi-identifier is a column"]
            return self._with(base, nothing=not flat)
        if not wanted.quasi:
            self._told.append("no quasi-identifier is in both")
            return self._with(base, nothing=True)
        old = read_release(self._earlier, wanted, self._mine.people, self._keyring, self._mine.key)
        if old is None:
            raise AssertionError("the release has rows, and none was read")
        return self._measured(base, wanted, old)

    def _with(self, base: AgainstFacts, **more: Any) -> AgainstFacts:
        return base.model_copy(update={**more, "uncompared": tuple(self._told)})

    def _measured(self, base: AgainstFacts, wanted: Wanted, old: HeldRelease) -> AgainstFacts:
        covered, counts = self._mine.covered, self._mine.counts
        assert covered is not None
        assert counts is not None
        numbers = [self._plan.comparable.index(name) for name in wanted.quasi]  # type: ignore[arg-type]
        encoded = [_encoded(covered[f"value_{number}"]) for number in numbers]
        labels = [_encoded(old.labels.values(at)) for at in range(len(wanted.quasi))]
        coverings = self._coverings(wanted, labels, encoded)
        whole = all(one.unknown == one.labels for one in coverings)
        if whole:
            self._told.append("its groups are of other hierarchies")
            return self._with(base, nothing=True)
        by_people = counts.counts_people and old.counts.counts_people
        if self._plan.counted_by is not None and not old.found:
            self._told.append(NOT_MATCHED)
        if not wanted.sensitive:
            self._told.append(NO_SENSITIVE)
        elif self._plan.policy.subject is None:
            self._told.append(NOBODY)
        classes = pc.unique(counts.table["key"])
        earlier = old.labels.table["class"].combine_chunks()
        releases = _releases(counts, classes, old.counts, earlier, wanted.sensitive, by_people)
        met = meeting(
            np.stack([codes for _, codes in labels], axis=1),
            np.stack([codes for _, codes in encoded], axis=1),
            coverings,
            _places(covered["class"], classes),
            np.asarray(covered["rows"]),
        )
        found = compare(
            *releases,
            met,
            self._same(covered, classes, earlier, wanted),
            needs=[_need(self._privacy)] * len(wanted.sensitive),
            k=self._privacy.k,
            matched=by_people and old.found,
            joins=old.joins,
        )
        return self._with(base, **_told(found, self._privacy.k, bool(wanted.sensitive)))

    def _same(
        self, covered: pa.Table, classes: pa.Array, earlier: pa.Array, wanted: Wanted
    ) -> tuple[Words, Words]:
        """Return earlier and new classes with the same labels; none if columns are missing."""
        if len(wanted.quasi) < len(self._privacy.quasi_identifiers):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        new = covered.select(["class", "labels"]).group_by(["class", "labels"]).aggregate([])
        at = _places(new["labels"], earlier)
        return at[at >= 0], _places(new["class"], classes)[at >= 0]

    def _wanted(self) -> Wanted:
        """Return what both have; notes what they do not."""
        plan, privacy, names = self._plan, self._privacy, set(self._schema.names)
        flat = plan.comparable
        inside = [*(set(privacy.quasi_identifiers) - set(flat))]
        inside += [name for name in privacy.sensitive if name not in plan.output_schema.names]
        self._told += [f"{name}: it lies inside a column" for name in sorted(map(str, inside))]
        both = [name for name in (*flat, *privacy.sensitive) if name not in inside]
        self._told += [f"{name}: it is not in the earlier release" for name in both
                       if name not in names]  # fmt: skip
        before = self._made.privacy.quasi_identifiers if self._made.privacy else ()
        self._told += [
            f"{name}: a quasi-identifier of the earlier release, and not of this one"
            for name in before
            if name not in privacy.quasi_identifiers
        ]
        subject = published_subject(plan.policy, plan.output_schema.names)
        links = {one.name: one for one in plan.against.links}
        link = links.get(self._earlier.link)
        people = self._mine.people
        return Wanted(
            tuple(str(name) for name in flat if name in names),
            tuple(str(name) for name in privacy.sensitive if name in both and name in names),
            str(subject) if subject in names and people.has(PUBLISHED) else None,
            link if link and people.has(link.name) else None,
        )

    def _coverings(
        self,
        wanted: Wanted,
        labels: list[tuple[pa.Array, Words]],
        values: list[tuple[pa.Array, Words]],
    ) -> list[Covering]:
        hierarchies, same = hierarchies_of(self._plan), self._same_ways()
        found = []
        for name, (texts, _), (distinct, _) in zip(wanted.quasi, labels, values, strict=True):
            hierarchy = hierarchies.get(name)  # type: ignore[call-overload]
            one = covering(texts, as_text(distinct), hierarchy, typed=distinct, same=name in same)
            if one.unknown:
                self._told.append(
                    f"{name}: {one.unknown:,} of {one.labels:,} groups of the earlier release are"
                    " not known here, and were taken to cover everything"
                )
            found.append(one)
        return found

    def _same_ways(self) -> set[str]:
        """Return the columns that both releases publish by one rule and one hierarchy."""
        plan, made = self._plan, self._made
        rules = {
            str(line.column): line.action
            for line in explain_to_readers(plan, shut_columns(plan.policy))
        }
        before = {str(line["column"]): line["action"] for line in made.plan or ()}
        mine, theirs = recode_digests(plan), _recoded_in(made, self._keyring)
        return {
            name
            for name, action in rules.items()
            if before.get(name) == action and mine.get(name) == theirs.get(name)
        }


def _recoded_in(made: Manifest, keyring: Keyring) -> Mapping[str, str]:
    """Return the digests of a release's hierarchies; of one that does not keep them, none of which
    is known.
    """
    recoded = made.privacy.recoded if made.privacy else ()
    said = open_facts(made, keyring).get("recode", {})
    return {name: str(said.get(name, "unknown")) for name in recoded}


def _need(privacy: PrivacySpec) -> int:
    """Return how many values must be possible: what ``l`` promises, and two at least."""
    asked = privacy.diversity
    if asked is None:
        return 2
    if asked.recursive is not None:
        return asked.recursive.l
    return asked.distinct or max(2, math.ceil(asked.entropy or 0))


def _encoded(values: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, Words]:
    """Return the different values, null included, and the code of each."""
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    coded = whole.dictionary_encode("encode")
    return coded.dictionary, np.asarray(coded.indices).astype(np.int64)


def _places(keys: pa.Array | pa.ChunkedArray, among: pa.Array) -> Words:
    found = pc.index_in(keys, value_set=among)
    whole = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return np.asarray(whole.fill_null(-1)).astype(np.int64)


def _releases(
    new: ClassCounts,
    classes: pa.Array,
    old: ClassCounts,
    earlier: pa.Array,
    sensitive: tuple[str, ...],
    by_people: bool,
) -> tuple[Release, Release]:
    """Return the earlier and the new release as codes."""
    was, is_ = _known(old.table, by_people), _known(new.table, by_people)
    pairs = []
    for name in sensitive:
        before = np.asarray(was[f"value_{old.sensitive.index(name)}"])
        after = np.asarray(is_[f"value_{new.sensitive.index(name)}"])
        _, codes = np.unique(np.concatenate([before, after]), return_inverse=True)
        pairs.append((codes[: len(before)], codes[len(before) :]))
    who: Words | None = None
    if by_people:
        both = [np.asarray(table["person"]) for table in (was, is_)]
        _, who = np.unique(np.concatenate(both), return_inverse=True)
    made = []
    for table, keys, values, part in (
        (was, earlier, tuple(one for one, _ in pairs), slice(None, was.num_rows)),
        (is_, classes, tuple(one for _, one in pairs), slice(was.num_rows, None)),
    ):
        of, rows = _places(table["key"], keys), np.asarray(table["rows"])
        made.append(Release(len(keys), of, None if who is None else who[part], rows, values))
    return made[0], made[1]


def _known(table: pa.Table, by_people: bool) -> pa.Table:
    return table.filter(table["person"].is_valid()) if by_people else table


def _told(found: Across, k: int, valued: bool) -> dict[str, Any]:
    """Return the counts as they may be told."""
    names = ("narrowed", "known", "already", "isolated", "joined", "changed")
    counts = {name: getattr(found, name) for name in names}
    return {
        "counts": found.counts,
        "differ": found.differ,
        **{name: None if count is None else told(count, k) for name, count in counts.items()},
        "both": f"about {rounded(found.both, k)}" if found.both >= k else told(found.both, k),
    }


def told(count: int, k: int) -> str:
    """Return a count as it may be told: one below ``k`` only as that."""
    return f"fewer than {k}" if 0 < count < k else str(count)
