"""The way of a run: everything but the rows that its output depends on, as one digest.

Work of another run is of use only if it went the same way: the same policy, keys, vault, lists,
models, software, columns and types.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anonymize.custody.belonging import key_checks
from anonymize.io import Partition, Source
from anonymize.keys import Keyring
from anonymize.names import KeyId
from anonymize.pipeline.results import software_of
from anonymize.plan import Plan


@dataclass(frozen=True)
class Way:
    """Digests of what a run's output depends on, by the words for it."""

    digests: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, plan: Plan, source: Source, owner: KeyId, keyring: Keyring) -> Way:
        """Return the way of a plan that is not fitted yet."""
        sink = plan.policy.sink
        names = [sink.key, *([sink.restricted.key] if sink.restricted else [])]
        keys = sorted({*plan.key_ids, *(keyring.current(name) for name in names), owner})
        return cls(
            tuple(
                (word, _digest(said))
                for word, said in (
                    ("the policy", plan.policy.digest()),
                    ("a key", key_checks(keyring, keys)),
                    ("the vault", plan.vault_id),
                    ("the name model, a list or the software", software_of(plan)),
                    ("how the source is read", [source.format, dict(source.settings)]),
                    (
                        "the source's columns",
                        [plan.input_schema.to_string(show_field_metadata=False)],
                    ),
                    *_compared(plan),
                )
            )
        )

    @classmethod
    def parsed(cls, said: object) -> Way:
        """Return what `plain` gave."""
        return cls(tuple((str(word), str(digest)) for word, digest in said))  # type: ignore[attr-defined]

    def plain(self) -> list[list[str]]:
        """Return the way for JSON."""
        return [list(pair) for pair in self.digests]

    def differences(self, other: Way) -> tuple[str, ...]:
        """Return the words for what differs; empty if the ways are equal."""
        theirs = dict(other.digests)
        return tuple(word for word, digest in self.digests if theirs.get(word) != digest)


def _compared(plan: Plan) -> list[tuple[str, object]]:
    """Return what parts keep for a comparison with earlier releases, if the policy asks for it."""
    links = sorted(link.name for link in plan.against.links)
    return [("how people are found in earlier releases", links)] if links else []


def identity_of(way: Way, partitions: Sequence[Partition], more: Iterable[object]) -> str:
    """Return a digest of a run's way and of the content of each partition; empty if a partition has
    no mark, so that no run goes on with another's work.
    """
    marks = [partition.mark() for partition in partitions]
    if any(mark is None for mark in marks):
        return ""
    return _digest([way.plain(), marks, list(more)])


def _digest(said: object) -> str:
    text = json.dumps(said, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
