"""Actions that other packages add, by entry point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from anonymize.transform.interface import RowTransform, Transform

GROUP = "cloakroom.actions"
"""The entry-point group: name = "module:Class", where Class is a frozen dataclass that is a transform."""


class CustomActionError(ValueError):
    """A custom action is not installed, is no transform, or does not take its parameters."""


@dataclass(frozen=True)
class CustomAction:
    """An installed custom action."""

    name: str
    """What a policy calls it."""
    distribution: str
    """The package that brings it."""
    version: str
    """That package's version."""
    entry_point: EntryPoint
    """Where its class is."""

    def make(self, parameters: Mapping[str, Any]) -> Transform | RowTransform:
        """Return the transform with ``parameters``, each checked against the type its field declares.

        Raises:
            CustomActionError: the class is no frozen dataclass that transforms, or refuses its parameters.
        """
        from pydantic import TypeAdapter, ValidationError

        kind = self.entry_point.load()
        if not (isinstance(kind, type) and is_dataclass(kind) and kind.__dataclass_params__.frozen):  # type: ignore[attr-defined]
            raise CustomActionError(f"custom action '{self.name}' of {self.distribution} is no frozen dataclass")
        known = [parameter.name for parameter in fields(kind) if parameter.init]
        strange = sorted(set(parameters) - set(known))
        if strange:
            takes = ", ".join(known) or "none"
            what = f"unknown parameters {', '.join(strange)}; it has {takes}"
            raise CustomActionError(f"custom action '{self.name}': {what}")
        try:
            made = TypeAdapter(kind).validate_python(dict(parameters))
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg'].lower()}" for item in error.errors())
            raise CustomActionError(f"custom action '{self.name}': {problems}") from None
        if not isinstance(made, Transform):
            raise CustomActionError(f"custom action '{self.name}' of {self.distribution} lacks output_type or __call__")
        return made


@cache
def custom_actions() -> Mapping[str, CustomAction]:
    """Return the installed custom actions by name."""
    found = {}
    for point in entry_points(group=GROUP):
        package = point.dist
        name, version = (package.name, package.version) if package is not None else ("unknown", "0")
        found[point.name] = CustomAction(point.name, name, version, point)
    return found


def custom_action(name: str) -> CustomAction:
    """Return the installed custom action called ``name``.

    Raises:
        CustomActionError: there is none; the message lists those there are.
    """
    known = custom_actions()
    if name not in known:
        listed = ", ".join(sorted(known)) or "none"
        raise CustomActionError(f"no custom action '{name}' is installed (entry points '{GROUP}': {listed})")
    return known[name]
