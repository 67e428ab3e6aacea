"""What reading a source found out by itself: settings that nobody stated, and notes for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Found:
    """Collects settings and notes while a source is opened."""

    guess: bool = False
    """True if the caller shows ``notes`` to somebody and writes ``settings`` down. Only then are
    settings used that the data suggests but does not prove: an encoding without a mark, a decimal
    comma, title lines, text for fields of mixed types. Otherwise they are refused or left out.
    """
    settings: dict[str, object] = field(default_factory=dict)
    """Settings of a policy's ``source:`` by which the source is read equally without guessing."""
    notes: list[str] = field(default_factory=list)
    """One sentence each, without a value of the data."""

    def setting(self, name: str, value: object, why: str) -> None:
        """Add a setting with the reason for it, as a note too."""
        self.settings[name] = value
        self.note(f"{name}: {shown(value)} {why}")

    def note(self, sentence: str) -> None:
        """Add a sentence, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)


def shown(value: object) -> str:
    """Return a setting's value as hints write it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {shown(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, str):
        return {"\t": "tab"}.get(value, value if value.isalnum() or len(value) > 1 else repr(value))
    return str(value)
