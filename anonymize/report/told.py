"""What cards tell of a version: facts of its manifest, with small counts raised once more.

Cards are not encrypted, and go further than the manifest does. So they say nothing that it does
not, and where it counts cells or rows of a few people in passing, in a sentence for example, not
even that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from anonymize.dataset import Manifest
from anonymize.dataset.facts import ColumnFacts, PrivacyFacts, ResidualFacts
from anonymize.dataset.owner import published_count
from anonymize.nested.path_index import PathIndex

_QUOTED = re.compile(r"('[^']*')")
_NUMBER = re.compile(r"(?<![\w.,%])[0-9][0-9,]*(?![\w%]|[.,][0-9])")
_KEPT = re.compile(r"(?:^|, else )keep\b")
_FOUND = re.compile(r"[A-Z][A-Z_0-9]* (?P<sure>[0-9]{1,3}%)(?:; )?")
_NOTHING = "NONE"
"""Detection's verdict of a column without personal data."""


@dataclass(frozen=True)
class ToldColumn:
    """An output column, or a place inside one, as the manifest tells it."""

    column: str
    """Name or path."""
    type: str
    """Arrow type as published."""
    action: str
    """The action with its parameters."""
    joins: str
    """The domains within which its values join; empty if they join with nothing."""
    found: str
    """Detection's verdict in the source; empty where it is not told, or nothing personal."""
    sure: str
    """How sure detection was, as ``90%``; empty where it is not told what it found."""
    note: str
    """Why it was accepted, or what else there is to say."""
    key: str
    """Name of the key that alone opens it; empty for the dataset's own."""
    evidence: tuple[str, ...] = ()
    """Why detection said so, a sentence each."""

    @property
    def is_kept(self) -> bool:
        """Return True if its values are published as they are, in some rows at least."""
        return _KEPT.search(self.action) is not None


@dataclass(frozen=True)
class Told:
    """A version as its cards tell it."""

    manifest: Manifest
    schema: pa.Schema
    """The published schema, without metadata."""
    floor: int = 0
    """What k is for counts where the policy has no ``privacy:`` block."""

    @cached_property
    def k(self) -> int:
        """The number below which a count is not told; without a ``privacy:`` block ``floor``."""
        privacy = self.manifest.privacy
        return max(self.manifest.rows.raised_to, privacy.asked_k if privacy else 0) or self.floor

    @cached_property
    def keys(self) -> dict[str, str]:
        """Restricted column → name of the key that alone opens it."""
        return {
            column: key
            for entry in self.manifest.data_files()
            for key, columns in entry.restricted.items()
            for column in columns
        }

    @cached_property
    def reading_keys(self) -> tuple[str, ...]:
        """Names of the keys of all columns that are not restricted."""
        return tuple(dict.fromkeys(entry.key for entry in self.manifest.data_files()))

    @cached_property
    def columns(self) -> tuple[ToldColumn, ...]:
        """Columns and places with a rule whose values are published, in the policy's order."""
        return tuple(
            self._column(line) for line in self.manifest.plan or () if line["action"] != "drop"
        )

    @cached_property
    def by_name(self) -> dict[str, ToldColumn]:
        """Column or place → what is told of it."""
        return {one.column: one for one in self.columns}

    @cached_property
    def dropped(self) -> tuple[str, ...]:
        """Columns and places that the policy names and that are in no output."""
        lines = self.manifest.plan or ()
        return tuple(str(line["column"]) for line in lines if line["action"] == "drop")

    @cached_property
    def _restricted(self) -> PathIndex:
        return PathIndex(self.keys)

    def key_of(self, place: str) -> str:
        """Return the name of the key that alone opens a column or place; empty for the dataset's
        own.
        """
        covering = self._restricted.covering(place)
        return self.keys[covering[0]] if covering else ""

    def _column(self, line: dict[str, str]) -> ToldColumn:
        name = str(line["column"])
        sure, note = _verdict_and_note(str(line["note"]))
        facts = self.manifest.columns.get(name, ColumnFacts())
        return ToldColumn(
            column=name,
            type=facts.type or str(line["output_type"]),
            action=str(line["action"]),
            joins=str(line["joins"]),
            found=(facts.source_verdict or "").removeprefix(_NOTHING),
            sure=sure,
            note=note,
            key=self.key_of(name),
            evidence=facts.evidence or (),
        )

    @cached_property
    def privacy(self) -> PrivacyFacts | None:
        """Requested and measured privacy; None without a ``privacy:`` block."""
        privacy = self.manifest.privacy
        if privacy is None or not privacy.rows_without_subject:
            return privacy
        nobody = published_count(privacy.rows_without_subject, self.k)
        return privacy.model_copy(update={"rows_without_subject": nobody})

    @cached_property
    def residual(self) -> ResidualFacts | None:
        """The scan of the output; None if it was switched off."""
        residual = self.manifest.checks.residual
        if residual is None:
            return None
        left = {
            name: count.model_copy(
                update={
                    "cells": published_count(count.cells, self.k),
                    "named": published_count(count.named, self.k),
                }
            )
            for name, count in residual.names_left.items()
        }
        return residual.model_copy(update={"names_left": left})

    @cached_property
    def not_looked_for(self) -> tuple[str, ...]:
        """What detection left out, a sentence each."""
        return tuple(map(self._without_small, self.manifest.checks.not_looked_for))

    def _without_small(self, sentence: str) -> str:
        """Return a sentence without counts below k, except in what it quotes."""
        parts = _QUOTED.split(sentence)
        parts[::2] = (_NUMBER.sub(self._shown, part) for part in parts[::2])
        return "".join(parts)

    def _shown(self, found: re.Match[str]) -> str:
        count = int(found[0].replace(",", "") or 0)
        return f"fewer than {self.k}" if 0 < count < self.k else found[0]

    @cached_property
    def size_bytes(self) -> int:
        """Encrypted bytes of the data."""
        return sum(entry.size_bytes for entry in self.manifest.data_files())


def _verdict_and_note(note: str) -> tuple[str, str]:
    """Return how sure detection was, and the rest of a line's note."""
    found = _FOUND.match(note)
    return (found["sure"], note[found.end() :]) if found else ("", note)
