"""What a first pass learned, as it travels between processes: keyed digests, and facts that are
encrypted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from cryptography.exceptions import InvalidTag

from anonymize.errors import PlanError
from anonymize.keys import Keyring, PurposeKey, Secret
from anonymize.keys.keyring.wrapping import open_sealed, seal
from anonymize.keys.primitives.derive import encode_parts
from anonymize.names import ColumnName, KeyId, key_name_of, key_version_of
from anonymize.privacy import OF_PROCESS, AllowedClasses, ClassCounts
from anonymize.transform.first_pass import Facts

ACTION = "first pass"
"""The action that the key is derived for."""
_OTHER_KEY = (
    "what the first pass learned was kept under another key: measure, fit and apply with one plan,"
    " compiled with key_ids and keyring_uri where more than one process takes part"
)


def facts_key(keyring: Keyring | None, key_id: KeyId | None, domain: str) -> PurposeKey:
    """Return the key that a first pass's digests and facts are made with.

    Raises:
        KeysError: the keyring lacks the version.
    """
    if key_id is None or keyring is None:
        return OF_PROCESS
    return keyring.purpose_key(
        key_name_of(key_id), action=ACTION, domain=domain, version=key_version_of(key_id)
    )


def check_of(key: PurposeKey) -> str:
    """Return what tells one such key from another, and nothing else about it."""
    return key.derive("check", length=8).reveal().hex()


@dataclass(frozen=True)
class SealedFacts:
    """One column's facts, each part encrypted: whoever lacks the key learns their size."""

    parts: tuple[bytes, ...] = field(repr=False)
    """Arrow's stream format under AES-256-GCM, bound to the column."""

    @classmethod
    def of(cls, key: PurposeKey, column: ColumnName, facts: Facts) -> SealedFacts:
        """Return ``facts`` under ``key``."""
        batch, sink = facts.as_batch(), pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        return cls((seal(_sealing(key), sink.getvalue().to_pybytes(), _place(column)),))

    def merge(self, other: SealedFacts) -> SealedFacts:
        """Return the parts of both; they are added up where they are opened."""
        return SealedFacts((*self.parts, *other.parts))

    def opened(self, key: PurposeKey, column: ColumnName, kind: type[Facts]) -> Any:
        """Return the facts of all parts together.

        Raises:
            PlanError: a part does not open under ``key``.
        """
        try:
            raw = (open_sealed(_sealing(key), part, _place(column)) for part in self.parts)
            return added_up(
                [kind.of_batch(pa.ipc.open_stream(part).read_next_batch()) for part in raw]
            )
        except InvalidTag:
            raise PlanError(_OTHER_KEY, place=f"column {column}") from None


def added_up(facts: Sequence[Any]) -> Any:
    """Return all ``facts`` merged, two by two, so that each is copied as often as the number of
    parts has bits.
    """
    level = list(facts)
    while len(level) > 1:
        pairs = [
            first.merge(second) for first, second in zip(level[::2], level[1::2], strict=False)
        ]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0]


def _sealing(key: PurposeKey) -> Secret:
    return key.derive("facts", length=32)


def _place(column: ColumnName) -> bytes:
    return encode_parts("facts", column)


@dataclass(frozen=True)
class Partial:
    """What a first pass over some batches learned; merges with other partials in any order.

    It travels as a task's result: no value can be read from it without the key.
    """

    classes: ClassCounts | None = None
    """People or rows per equivalence class, by keyed digests."""
    facts: Mapping[ColumnName, SealedFacts] = field(default_factory=dict)
    """Per column with a fitted transform, what it learned, encrypted."""
    under: str = ""
    """Tells the key of all of it from other keys; empty where nothing was learned."""

    def merge(self, other: Partial) -> Partial:
        """Return what both know together.

        Raises:
            PlanError: they were made with different keys.
        """
        under = same_key(self.under, other.under)
        classes = self.classes or other.classes
        if self.classes and other.classes:
            classes = self.classes.merge(other.classes)
        return Partial(classes, _both(self.facts, other.facts), under)


@dataclass(frozen=True)
class Fitted:
    """The whole table's facts as every process that writes needs them; no value can be read from it
    without the key.
    """

    classes: AllowedClasses | None = None
    """Classes that may be published, once they were counted."""
    facts: Mapping[ColumnName, SealedFacts] = field(default_factory=dict)
    """Per column with a fitted transform, what it learned, encrypted."""
    under: str = ""
    """Tells the key of all of it from other keys."""

    def added(self, partial: Partial, k: int | None) -> Fitted:
        """Return the facts together with those of a further pass; classes are held against ``k``.

        Raises:
            PlanError: they were made with different keys.
        """
        classes = self.classes
        if partial.classes is not None and k is not None:
            classes = partial.classes.allowed(k)
        return Fitted(
            classes, _both(self.facts, partial.facts), same_key(self.under, partial.under)
        )

    def check(self, key: PurposeKey) -> None:
        """Refuse another key than that of the facts.

        Raises:
            PlanError: it is another.
        """
        same_key(self.under, check_of(key))


def merged(partials: Iterable[Partial]) -> Partial:
    """Return what all ``partials`` know together, in whatever order they come."""
    whole = Partial()
    for partial in partials:
        whole = whole.merge(partial)
    return whole


def same_key(one: str, other: str) -> str:
    """Return the mark of the key that both name; an empty one names none.

    Raises:
        PlanError: they name two.
    """
    if one and other and one != other:
        raise PlanError(_OTHER_KEY)
    return one or other


def _both(
    one: Mapping[ColumnName, SealedFacts], other: Mapping[ColumnName, SealedFacts]
) -> dict[ColumnName, SealedFacts]:
    facts = dict(one)
    for name, sealed in other.items():
        facts[name] = facts[name].merge(sealed) if name in facts else sealed
    return facts
