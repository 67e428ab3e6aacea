"""The results of a first pass in the form that is sent between processes: keyed digests and
encrypted facts.
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
from anonymize.privacy.coded_counts import Placed
from anonymize.privacy.utility import ToldUtility
from anonymize.transform.first_pass import Facts

COMBINATIONS = ColumnName("\0combinations")
"""Place of the combinations of quasi-identifiers among facts; no column of a policy has this
name.
"""
VALUE_ORDER = ColumnName("\0value order")
"""Place of the order of sensitive values among facts."""
SENSITIVE_VALUES = ColumnName("\0sensitive values")
"""Place of the distinct sensitive values among facts."""
TARGET = ColumnName("\0target")
"""Place of the counts of the target among facts."""
ACTION = "first pass"
"""The action that the key is derived for."""
_OTHER_KEY = (
    "what the first pass learned was kept under another key: measure, fit and apply with one plan,"
    " compiled with a keyring where more than one process takes part"
)


def facts_key(keyring: Keyring | None, key_id: KeyId | None, domain: str) -> PurposeKey:
    """Return the key for a first pass's digests and facts.

    Raises:
        KeysError: the keyring lacks the version.
    """
    if key_id is None or keyring is None:
        return OF_PROCESS
    return keyring.purpose_key(
        key_name_of(key_id), action=ACTION, domain=domain, version=key_version_of(key_id)
    )


def check_of(key: PurposeKey) -> str:
    """Return a value that distinguishes one such key from another, and reveals nothing else about
    it.
    """
    return key.derive("check", length=8).reveal().hex()


@dataclass(frozen=True)
class SealedFacts:
    """One column's facts, each part encrypted. Without the key only their size is visible."""

    parts: tuple[bytes, ...] = field(repr=False)
    """Arrow's stream format under AES-256-GCM, with the column as associated data."""

    @classmethod
    def of(cls, key: PurposeKey, column: ColumnName, facts: Facts) -> SealedFacts:
        """Return ``facts``, encrypted under ``key``."""
        batch, sink = facts.as_batch(), pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        return cls((seal(_sealing(key), sink.getvalue().to_pybytes(), _place(column)),))

    def merge(self, other: SealedFacts) -> SealedFacts:
        """Return the parts of both; they are merged when they are opened."""
        return SealedFacts((*self.parts, *other.parts))

    def opened(self, key: PurposeKey, column: ColumnName, kind: type[Facts]) -> Any:
        """Return the merged facts of all parts.

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
    """Return all ``facts`` merged pairwise, so that each is copied log2(number of parts) times."""
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
    """The result of a first pass over some batches. Partials merge in any order.

    It is a task's result, so no value can be read from it without the key.
    """

    classes: ClassCounts | None = None
    """People or rows per equivalence class, by keyed digests."""
    facts: Mapping[ColumnName, SealedFacts] = field(default_factory=dict)
    """Per column with a fitted transform: its encrypted facts."""
    under: str = ""
    """Check value of the key; empty if there are no results."""

    def merge(self, other: Partial) -> Partial:
        """Return both results merged.

        Raises:
            PlanError: they were made with different keys.
        """
        under = same_key(self.under, other.under)
        classes = self.classes or other.classes
        if self.classes and other.classes:
            classes = self.classes.merge(other.classes)
        return Partial(classes, _both(self.facts, other.facts), under)


@dataclass(frozen=True)
class Decision:
    """What a pass over all rows decides about classes."""

    classes: AllowedClasses | None = None
    """The classes that may be published; None if the pass or the policy decides nothing."""
    recoded: SealedFacts | None = None
    """What is published instead of their quasi-identifiers; None if these stay as they are."""
    placed: Placed = field(default_factory=dict, repr=False)
    """The order or the groups of each sensitive column's values, by keyed digests, where the policy
    asks for ordered or hierarchical t-closeness.
    """
    loss: float | None = None
    """Mean loss of the quasi-identifiers, 0 to 1 (NCP); a suppressed row counts 1. None if none may
    be generalized.
    """
    coarsened: tuple[str, ...] = ()
    """Quasi-identifiers that were made coarser for all rows, because the table has too many
    combinations of them to search.
    """
    utility: ToldUtility | None = None
    """What the rows are still good for, as far as everybody may know; None if the values of classes
    were not counted.
    """


@dataclass(frozen=True)
class Fitted:
    """The facts of the whole table for the processes that write. No value can be read from it
    without the key.
    """

    decision: Decision = field(default_factory=Decision)
    """What is published of the classes, after they were counted."""
    facts: Mapping[ColumnName, SealedFacts] = field(default_factory=dict)
    """Per column with a fitted transform: its encrypted facts."""
    under: str = ""
    """Check value of the key."""

    def added(self, partial: Partial, decision: Decision) -> Fitted:
        """Return the facts together with those of a further pass, and what its classes decide.

        Raises:
            PlanError: they were made with different keys.
        """
        facts = {
            name: one
            for name, one in partial.facts.items()
            if name not in (COMBINATIONS, VALUE_ORDER, SENSITIVE_VALUES, TARGET)
        }
        return Fitted(
            self.decision if decision.classes is None else decision,
            _both(self.facts, facts),
            same_key(self.under, partial.under),
        )

    @property
    def classes(self) -> AllowedClasses | None:
        """Return the classes that may be published; None if they were not counted yet."""
        return self.decision.classes

    @property
    def recoded(self) -> SealedFacts | None:
        """Return what is published instead of their quasi-identifiers, encrypted."""
        return self.decision.recoded

    def check(self, key: PurposeKey) -> None:
        """Check that this key made the facts.

        Raises:
            PlanError: another key did.
        """
        same_key(self.under, check_of(key))


def merged(partials: Iterable[Partial]) -> Partial:
    """Return all ``partials`` merged, in any order."""
    whole = Partial()
    for partial in partials:
        whole = whole.merge(partial)
    return whole


def same_key(one: str, other: str) -> str:
    """Return the common check value of two keys; an empty one matches any.

    Raises:
        PlanError: they differ.
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
