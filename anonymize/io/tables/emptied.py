"""Empties a driver's error, which stays the context of the one that is raised in its place."""

from __future__ import annotations

import contextlib


def emptied(error: BaseException) -> None:
    """Take text, attributes and frames out of ``error``: they may hold rows, a query's values or a
    password, and a program that prints contexts would print them.
    """
    error.args = ()
    with contextlib.suppress(AttributeError, TypeError):
        vars(error).clear()
    error.__cause__ = error.__context__ = None
    error.with_traceback(None)
