"""Actions that other packages add, by entry point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pyarrow as pa

from anonymize.errors import DataError
from anonymize.names import ColumnName
from anonymize.transform.columns import raise_bad
from anonymize.transform.interface import BadValuesError, Row, RowTransform, Transform, is_function_of_row

GROUP = "coatcheck.actions"
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
        said = f"custom action '{self.name}' of {self.distribution} {self.version}"
        return CheckedOfRow(made, said) if isinstance(made, RowTransform) else Checked(made, said)


@dataclass(frozen=True)
class Checked:
    """Another package's transform, its results checked and its errors without what they may quote."""

    made: Transform
    """What the package brings."""
    said: str
    """What messages call it."""

    @property
    def function_of_row(self) -> bool:
        """Return what the package says; nothing said is no."""
        return is_function_of_row(self.made)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return what the package says."""
        return self.made.output_type(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the package's result.

        Raises:
            BadValuesError: it calls some values bad.
            DataError: it fails, or its result is not what it promised.
        """
        return _checked(lambda: self.made(column), self.made.output_type(column.type), len(column), self.said)


@dataclass(frozen=True)
class CheckedOfRow:
    """The same for a transform that looks at other columns of its row."""

    made: RowTransform
    """What the package brings."""
    said: str
    """What messages call it."""

    @property
    def function_of_row(self) -> bool:
        """Return what the package says; nothing said is no."""
        return is_function_of_row(self.made)

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return what the package says."""
        return tuple(self.made.reads)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return what the package says."""
        return self.made.output_type(input_type)

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return the package's result; raises as for ``Checked``."""
        return _checked(lambda: self.made(column, row), self.made.output_type(column.type), len(column), self.said)


def _checked(work: Callable[[], pa.Array], kind: pa.DataType, length: int, said: str) -> pa.Array:
    try:
        result = work()
    except BadValuesError as error:
        _check(error.where, pa.bool_(), length, said)
        _check(error.values, kind, length, said)
        return raise_bad(error.where, error.values, f"is bad to {said}")
    except Exception as error:  # noqa: BLE001  # whatever it is, its text may quote data
        raise DataError(f"{said} failed with {type(error).__name__}; its text is withheld, it may quote data") from None
    _check(result, kind, length, said)
    return result


def _check(result: object, kind: pa.DataType, length: int, said: str) -> None:
    """Do nothing when ``result`` is an array of ``kind`` and ``length``: anything else would shift or mix rows."""
    given = f"{len(result)} values of {result.type}" if isinstance(result, pa.Array) else type(result).__name__
    if not isinstance(result, pa.Array) or result.type != kind or len(result) != length:
        raise DataError(f"{said} gave {given} for {length} values; it promised as many of {kind}")


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
