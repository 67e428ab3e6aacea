"""Keys, rules and a stand-in scanner for the transforms' tests."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import TypeAdapter

from anonymize.keys import PurposeKey, Secret
from anonymize.names import ColumnName, KeyId
from anonymize.plan.bind.registry import transform_for
from anonymize.policy.actions import Rule
from anonymize.transform import read_hierarchy

RULE: TypeAdapter[Any] = TypeAdapter(Rule)

SPANS = pa.schema(
    [
        ("row", pa.int64()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("entity", pa.string()),
        ("score", pa.float32()),
    ]
)


def purpose_key(action: str = "test", domain: str = "tests", entity: str = "") -> PurposeKey:
    """Return a key that is the same in every process."""
    return PurposeKey(
        KeyId("pseudonym.1"), Secret(b"k" * 32), domain=domain, entity=entity, action=action
    )


class PatternScanner:
    """Finds what its patterns match; a stand-in that says what a test needs said."""

    def __init__(self, patterns: dict[str, str]) -> None:
        """Keep one pattern per entity."""
        self.patterns = patterns

    def scan(self, texts: pa.Array) -> pa.Table:
        """Return the matches."""
        rows = [
            {"row": at, "start": match.start(), "end": match.end(), "entity": entity, "score": 0.8}
            for at, text in enumerate(texts.to_pylist())
            for entity, pattern in self.patterns.items()
            for match in re.finditer(pattern, text or "")
        ]
        return pa.Table.from_pylist(rows, SPANS)


@lru_cache(maxsize=1)
def _vault_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


class Context:
    """What the registry asks a plan for."""

    def __init__(
        self,
        rules: dict[str, Any] | None = None,
        patterns: dict[str, str] | None = None,
        subject: str | None = None,
    ) -> None:
        """Keep the other columns' rules and the scanner's patterns."""
        self.rules = {name: RULE.validate_python(rule) for name, rule in (rules or {}).items()}
        self.patterns = patterns or {}
        self.subject = ColumnName(subject) if subject else None
        self._vault: Any = None

    def purpose_key(
        self, rule: Any, column: ColumnName, *, action: str, entity: str = ""
    ) -> PurposeKey:
        """Return the tests' key for the rule's domain, or for the column."""
        return purpose_key(action, rule.domain or f"column {column}", entity)

    def scanner(self, rule: Any) -> PatternScanner:
        """Return the stand-in."""
        return PatternScanner(self.patterns)

    def vault(self, rule: Any) -> Any:
        """Return a vault in a folder that goes with the tests' process."""
        from anonymize.vault import SqliteVault

        self._vault = self._vault or SqliteVault(str(Path(_vault_folder().name) / "vault.db"))
        return self._vault

    def entity_of(self, column: ColumnName) -> str | None:
        """Return nothing: no detection here."""
        return None

    def hierarchy(self, rule: Any) -> Any:
        """Return the rule's hierarchy as its file is now."""
        return read_hierarchy(rule.hierarchy, rule.level)


@pytest.fixture
def transform() -> Callable[..., Any]:
    """Return a function from a rule as YAML says it to its transform for string columns."""

    def build(kind: pa.DataType | None = None, context: Context | None = None, **rule: Any) -> Any:
        return transform_for(
            RULE.validate_python(rule), ColumnName("c"), kind or pa.string(), context or Context()
        )

    return build
