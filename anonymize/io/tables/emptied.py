"""Empties a driver's error, which stays the context of the one that is raised in its place."""

from __future__ import annotations

import contextlib


def emptied(error: BaseException) -> None:
    """Take text, attributes and frames out of ``error``: they may hold rows, a query's values or a
    password, and a program that prints contexts would print them.
    """
    error.args = ()
    for name, value in list(vars(error).items()):
        with contextlib.suppress(AttributeError, TypeError):
            # of the same kind where there is one, for some errors make their text of attributes
            setattr(error, name, type(value)() if isinstance(value, str | list | dict) else None)
    error.__cause__ = error.__context__ = None
    error.with_traceback(None)
