"""What presets judge: rules and findings, as little of them as that takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol


class JudgedRule(Protocol):
    """A column's rule: its action and parameters; parameters are read by name."""

    @property
    def action(self) -> str:
        """The action."""
        ...

    @property
    def otherwise(self) -> Any:
        """The rule for other rows, or None."""
        ...


class JudgedFinding(Protocol):
    """What detection thinks of a column."""

    @property
    def column(self) -> str:
        """The column or path."""
        ...

    @property
    def verdict(self) -> str:
        """Its verdict."""
        ...

    @property
    def device(self) -> bool:
        """Whether its values are ids of devices or vehicles."""
        ...


class JudgedPreset(Protocol):
    """What a policy says of its preset."""

    @property
    def name(self) -> str:
        """The preset's name."""
        ...

    @property
    def accept(self) -> Mapping[Any, str]:
        """Column → why the preset does not hold for it."""
        ...


class JudgedPrivacy(Protocol):
    """What a policy says of classes."""

    @property
    def quasi_identifiers(self) -> Iterable[str]:
        """Columns that classes are made of."""
        ...

    @property
    def k(self) -> int:
        """Minimum size of a class."""
        ...


class JudgedPolicy(Protocol):
    """A policy with a preset."""

    @property
    def preset(self) -> JudgedPreset | None:
        """Its preset, if it has one."""
        ...

    @property
    def columns(self) -> Mapping[Any, Any]:
        """Column or path → rule."""
        ...

    @property
    def privacy(self) -> JudgedPrivacy | None:
        """Its classes."""
        ...

    @property
    def subject(self) -> str | None:
        """The column of people."""
        ...

    def place(self, path: str) -> str:
        """Return where a key is."""
        ...
