"""Loads actions of other packages by entry point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pyarrow as pa

from anonymize.errors import DataError, kind_of
from anonymize.names import ColumnName
from anonymize.process.foreign_code import call_foreign
from anonymize.transform.columns import raise_bad
from anonymize.transform.interface import (
    BadValuesError,
    Row,
    RowTransform,
    Transform,
    UnsupportedTypeError,
    is_function_of_row,
)

GROUP = "coatcheck.actions"
"""The entry-point group: name = "module:Class", where Class is a frozen dataclass that is a
transform.
"""


class CustomActionError(ValueError):
    """A custom action is not installed, is not a transform, or does not accept its parameters."""


@dataclass(frozen=True)
class CustomAction:
    """An installed custom action."""

    name: str
    """Name in policies."""
    distribution: str
    """The package that contains it."""
    version: str
    """That package's version."""
    entry_point: EntryPoint
    """Location of its class."""

    def make(self, parameters: Mapping[str, Any]) -> Transform | RowTransform:
        """Return the transform with ``parameters``, each checked against the declared type of its
        field.

        Raises:
            CustomActionError: the class is not a frozen dataclass that implements a transform, or
                refuses its parameters.
        """
        from pydantic import TypeAdapter, ValidationError

        kind = self._foreign(self.entry_point.load)
        if not (isinstance(kind, type) and is_dataclass(kind) and kind.__dataclass_params__.frozen):  # type: ignore[attr-defined]
            raise CustomActionError(
                f"custom action '{self.name}' of {self.distribution} is no frozen dataclass"
            )
        known = [parameter.name for parameter in fields(kind) if parameter.init]
        strange = sorted(set(parameters) - set(known))
        if strange:
            takes = ", ".join(known) or "none"
            what = f"unknown parameters {', '.join(strange)}; it has {takes}"
            raise CustomActionError(f"custom action '{self.name}': {what}")
        try:
            made: Any = self._foreign(
                lambda: TypeAdapter(kind).validate_python(dict(parameters)), ValidationError
            )
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(map(str, item['loc']))}: {item['msg'].lower()}"
                for item in error.errors()
            )
            raise CustomActionError(f"custom action '{self.name}': {problems}") from None
        if not self._foreign(lambda: isinstance(made, Transform)):
            raise CustomActionError(
                f"custom action '{self.name}' of {self.distribution} lacks output_type or __call__"
            )
        said = f"custom action '{self.name}' of {self.distribution} {self.version}"
        of_row = self._foreign(lambda: isinstance(made, RowTransform))
        return CheckedOfRow(made, said) if of_row else GuardedTransform(made, said)

    def _foreign(self, work: Callable[[], Any], *passing: type[Exception]) -> Any:
        """Return ``work()``, which runs the package's code.

        Raises:
            CustomActionError: it fails; the message has only the kind of the error.
        """
        said = f"custom action '{self.name}' of {self.distribution}"
        try:
            return call_foreign(work, partial(_failed, said), passing=passing)
        except DataError as error:
            failed = CustomActionError(str(error))
        raise failed


@dataclass(frozen=True)
class GuardedTransform:
    """Another package's transform. Its results are checked, and its errors are replaced by ones
    without quoted data.
    """

    made: Transform
    """The package's transform."""
    said: str
    """Its name in messages."""

    @property
    def function_of_row(self) -> bool:
        """Return the package's declaration; False without one."""
        return is_function_of_row(self.made)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the package's declaration; raises UnsupportedTypeError, or CustomActionError if it
        fails.
        """
        return _said_type(self.made, input_type, self.said)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the package's result.

        Raises:
            BadValuesError: it reports bad values.
            DataError: it fails, or its result does not match its declaration.
        """
        return _checked(
            lambda: self.made(column), self.output_type(column.type), len(column), self.said
        )


@dataclass(frozen=True)
class CheckedOfRow:
    """The same for a transform that reads other columns of its row."""

    made: RowTransform
    """The package's transform."""
    said: str
    """Its name in messages."""

    @property
    def function_of_row(self) -> bool:
        """Return the package's declaration; False without one."""
        return is_function_of_row(self.made)

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return the package's declaration."""
        return call_foreign(
            lambda: tuple(map(ColumnName, self.made.reads)), partial(_failed, self.said)
        )

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the package's declaration; raises as for ``GuardedTransform``."""
        return _said_type(self.made, input_type, self.said)

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return the package's result; raises as for ``GuardedTransform``."""
        return _checked(
            lambda: self.made(column, row), self.output_type(column.type), len(column), self.said
        )


def _checked(work: Callable[[], pa.Array], kind: pa.DataType, length: int, said: str) -> pa.Array:
    where = None
    try:
        result = call_foreign(work, partial(_failed, said), passing=(BadValuesError,))
    except BadValuesError as error:
        where, result = error.where, error.values
    if where is None:
        _check(result, kind, length, said)
        return result
    _check(where, pa.bool_(), length, said)
    _check(result, kind, length, said)
    return raise_bad(where, result, f"is bad to {said}")


def _failed(said: str, error: BaseException) -> DataError:
    """Return the message for an action's error; it omits the error's text, which may quote data."""
    return DataError(
        f"{said} failed with {kind_of(type(error))}; its text is withheld, it may quote data"
    )


def _said_type(made: Transform | RowTransform, input_type: pa.DataType, said: str) -> pa.DataType:
    """Return the type that the package declares for its result.

    Raises:
        UnsupportedTypeError: it does not accept ``input_type``.
        CustomActionError: it fails, or its declaration is not a type.
    """
    try:
        kind = call_foreign(
            lambda: made.output_type(input_type),
            partial(_failed, said),
            passing=(UnsupportedTypeError,),
        )
    except DataError as error:
        failed = CustomActionError(str(error))
    else:
        if isinstance(kind, pa.DataType):
            return kind
        failed = CustomActionError(
            f"{said} says that its result is a {kind_of(type(kind))}, which is no Arrow type"
        )
    raise failed


def _check(result: object, kind: pa.DataType, length: int, said: str) -> None:
    """Check that ``result`` is an array of ``kind`` and ``length``; anything else would shift or
    mix rows.
    """
    if isinstance(result, pa.Array) and result.type == kind and len(result) == length:
        return
    promised = _type_in_words(kind)
    given = kind_of(type(result))
    if isinstance(result, pa.Array):
        of = _type_in_words(result.type)
        other = "another " if result.type != kind and of == promised else ""
        given = f"{len(result)} values of {other}{of}"
    raise DataError(f"{said} gave {given} for {length} values; it promised as many of {promised}")


def _type_in_words(kind: pa.DataType) -> str:
    """Return what a type is without what may be data in its text: names of fields, a time zone."""
    if isinstance(kind, pa.BaseExtensionType):
        return "extension type"
    if pa.types.is_dictionary(kind):
        return f"dictionary of {_type_in_words(kind.value_type)}"
    if pa.types.is_timestamp(kind):
        return f"timestamp[{kind.unit}]" + (" with a time zone" if kind.tz else "")
    if not pa.types.is_nested(kind):
        return str(kind)
    return str(kind).partition("<")[0]


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
        CustomActionError: there is none; the message lists the installed ones.
    """
    known = custom_actions()
    if name not in known:
        listed = ", ".join(sorted(known)) or "none"
        raise CustomActionError(
            f"no custom action '{name}' is installed (entry points '{GROUP}': {listed})"
        )
    return known[name]
