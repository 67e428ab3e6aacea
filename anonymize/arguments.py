"""Checks arguments of public functions against their annotations, before the function runs."""

from __future__ import annotations

import inspect
import numbers
import os
import sys
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from anonymize.errors import AnonymizeError, ArgumentError, Problem

Args = ParamSpec("Args")
Result = TypeVar("Result")

_WORDS: dict[Any, str] = {
    str: "text",
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    Path: "a path",
    os.PathLike: "a path",
    type(None): "None",
    bytes: "bytes",
}
_SEVERAL = (Sequence, Collection, Iterable, list, tuple)


def checked(
    function: Callable[Args, Result], error: type[AnonymizeError] = ArgumentError
) -> Callable[Args, Result]:
    """Return ``function`` with a check of its arguments against their annotations, and of paths for
    NUL characters.

    The error lists every wrong argument with its name, its type and the expected type, never its
    value. A text is not a list of texts, and True is not a number. Names that are imported for the
    type checker only are resolved if their module is loaded; otherwise anything is accepted.
    """

    @wraps(function)
    def asked(*args: Args.args, **kwargs: Args.kwargs) -> Result:
        signature, annotations = _signature(function)
        try:
            said = signature.bind(*args, **kwargs).arguments
        except TypeError as wrong:
            raise error(str(wrong), place=_called(function, args)) from None
        problems = [
            Problem(name, what)
            for name, value in said.items()
            if name in annotations and (what := _wrong(value, annotations[name]))
        ]
        if problems:
            raise error(problems)
        return function(*args, **kwargs)

    return asked


def _called(function: Callable[..., Any], args: Sequence[Any]) -> str:
    """Return the name that the caller used: of the class that was made, not of the one whose
    ``__init__`` it inherits.
    """
    name = function.__qualname__
    return type(args[0]).__name__ if args and name.endswith(".__init__") else name


@cache
def _signature(function: Callable[..., Any]) -> tuple[inspect.Signature, Mapping[str, Any]]:
    """Return the signature of a function, and the types of the parameters that can be checked."""
    signature = inspect.signature(function)
    known = {**getattr(inspect.unwrap(function), "__globals__", {})}
    for short, module in (("pd", "pandas"), ("pa", "pyarrow")):
        known.setdefault(short, sys.modules.get(module))
    found = {}
    for name, parameter in signature.parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        said = parameter.annotation
        try:
            found[name] = eval(said, known) if isinstance(said, str) else said  # noqa: S307 - annotations of our own
        except (NameError, AttributeError, TypeError):
            continue
    return signature, {name: kind for name, kind in found.items() if kind is not parameter.empty}


def _wrong(value: Any, kind: Any) -> str:
    """Return the problem with an argument, empty if there is none."""
    if not _is(value, kind):
        return f"is {_told(value)}; give {' or '.join(dict.fromkeys(_words(kind)))}"
    paths = any(
        part in (Path, os.PathLike) or typing.get_origin(part) is os.PathLike
        for part in _parts(kind)
    )
    if paths and isinstance(value, str | os.PathLike) and "\0" in str(value):
        return "holds a NUL character, which no path has"
    return ""


def _told(value: Any) -> str:
    """Return the type of an argument in words."""
    if value is None:
        return "None"
    name = type(value).__name__
    if (
        isinstance(value, str | bytes)
        or not isinstance(value, Iterable)
        or isinstance(value, Mapping)
    ):
        return f"of type {name}"
    return f"of type {name}, or holds something else than it should"


def _parts(kind: Any) -> tuple[Any, ...]:
    """Return the alternatives of a type."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return tuple(part for one in typing.get_args(kind) for part in _parts(one))
    if typing.get_origin(kind) is typing.Annotated:
        return _parts(typing.get_args(kind)[0])
    return (getattr(kind, "__supertype__", kind) if isinstance(kind, typing.NewType) else kind,)


def _is(value: Any, kind: Any) -> bool:
    return any(_is_one(value, part) for part in _parts(kind))


def _is_one(value: Any, kind: Any) -> bool:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any or isinstance(kind, TypeVar):
        return True
    if kind is None or kind is type(None):
        return value is None
    if origin is typing.Literal:
        return any(value is one or (type(value) is type(one) and value == one) for one in inner)
    if kind is bool:
        return isinstance(value, bool)
    if kind in (int, float):
        number = numbers.Integral if kind is int else numbers.Real
        return isinstance(value, number) and not isinstance(value, bool)
    if origin is not None and origin in (Callable, typing.get_origin(Callable[..., Any])):
        return callable(value)
    if isinstance(origin, type):
        return _is_generic(value, origin, inner)
    if getattr(kind, "_is_protocol", False):
        return all(hasattr(value, member) for member in dir(kind) if not member.startswith("_"))
    return isinstance(value, kind) if isinstance(kind, type) else True


def _is_generic(value: Any, origin: type, inner: Sequence[Any]) -> bool:
    if not isinstance(value, origin) or (origin in _SEVERAL and isinstance(value, str | bytes)):
        return False
    if isinstance(value, Mapping) and len(inner) == 2:
        return all(_is(key, inner[0]) and _is(one, inner[1]) for key, one in value.items())
    if origin in _SEVERAL and inner and isinstance(value, list | tuple | set | frozenset):
        return all(_is(one, inner[0]) for one in value)
    return True


def _words(kind: Any) -> list[str]:
    """Return a type in words for people, alternative by alternative."""
    said = []
    for part in _parts(kind):
        origin, inner = typing.get_origin(part), typing.get_args(part)
        if origin is typing.Literal:
            said.append(f"one of {', '.join(map(str, inner))}")
        elif origin is os.PathLike or part in _WORDS:
            said.append(_WORDS[os.PathLike if origin is os.PathLike else part])
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            said.append("a mapping")
        elif origin in _SEVERAL:
            said.append(
                f"a list of {' or '.join(_several(one) for one in _words(inner[0]))}"
                if inner
                else "a list"
            )
        elif part is None:
            said.append("None")
        elif isinstance(origin, type):
            said.append("a function")
        else:
            name = getattr(part, "__name__", str(part))
            if getattr(part, "__module__", "").startswith("pandas"):
                name = f"pandas {name}"
            said.append(f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}")
    return said


def _several(word: str) -> str:
    """Return the plural of a kind of thing: ``texts``, ``paths``."""
    return word if word.endswith("False") else f"{word.removeprefix('an ').removeprefix('a ')}s"
