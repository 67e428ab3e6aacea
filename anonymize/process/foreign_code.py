"""Calls foreign code so that data in its errors is not visible: their text, causes, notes and exit
codes.

The text of an exception may contain raw values: a custom action's, a library's, a bug's. Python,
loggers and orchestrators print that text, and that of everything chained to it. So the errors
raised here have only kind and place, and nothing is chained to them. This includes ``SystemExit``,
whose text would go to the terminal and whose code would be this process's. Only an interruption
from the keyboard is passed on.
"""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from anonymize.errors import AnonymizeError, UnforeseenError, without_text

Args = ParamSpec("Args")
Result = TypeVar("Result")


def call_foreign(
    work: Callable[[], Result],
    failed: Callable[[BaseException], AnonymizeError],
    *,
    passing: tuple[type[Exception], ...] = (),
) -> Result:
    """Return ``work()``, which is foreign code.

    Its warnings are not shown, because they may quote data too. What it logs and prints is not
    controlled.

    Args:
        work: The function to call.
        failed: Makes the error that is raised instead of that of ``work``; it should use only the
            type.
        passing: Kinds of errors that ``work`` may raise on purpose, and whose text the caller
            handles.

    Raises:
        AnonymizeError: the error from ``failed``; nothing is chained to it.
        KeyboardInterrupt: without its original text.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return work()
    except passing:
        raise
    except KeyboardInterrupt:
        failure: BaseException = KeyboardInterrupt()
    except BaseException as error:  # noqa: BLE001 - SystemExit quotes as well as any other
        failure = failed(error)
    raise failure


def quoting_nothing(
    work: Callable[Args, Result],
    *,
    passing: Callable[[BaseException], bool] = lambda error: False,
    debug: bool = True,
) -> Callable[Args, Result]:
    """Return ``work`` with a wrapper that raises only this project's errors, without chained ones,
    and interruptions.

    Args:
        work: A function in which foreign code may run, or a bug may raise an error.
        passing: Returns True for other errors that may be passed on: an orchestrator's own.
        debug: True if ``COATCHECK_DEBUG=1`` in the environment passes all errors on.
    """

    @wraps(work)
    def quiet(*args: Args.args, **kwargs: Args.kwargs) -> Result:
        try:
            return work(*args, **kwargs)
        except AnonymizeError as error:
            failure: BaseException = without_chain(error)
        except KeyboardInterrupt:
            failure = KeyboardInterrupt()
        except BaseException as error:
            if passing(error) or (debug and _debugging()):
                raise
            failure = UnforeseenError(without_text(error))
        raise failure

    return quiet


def _debugging() -> bool:
    return os.environ.get("COATCHECK_DEBUG") == "1"


def without_chain(error: AnonymizeError) -> AnonymizeError:
    """Return one of this project's errors without cause, context and notes."""
    error.__cause__ = error.__context__ = None
    if hasattr(error, "__notes__"):
        del error.__notes__
    return error


def quiet_hooks() -> None:
    """Keep the text of errors and warnings that Python itself would print off stderr, in this
    process.

    These are errors of other threads and finalizers, uncaught errors, and warnings. For this
    project's processes, never for a library's caller.
    """
    if _debugging():
        return

    def say(error: BaseException | None) -> None:
        if error is not None and not isinstance(error, SystemExit | KeyboardInterrupt):
            print(without_text(error), file=sys.stderr)

    def told(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        say(error)

    def of_thread(told: threading.ExceptHookArgs) -> None:
        say(told.exc_value)

    def unraisable(told: Any) -> None:
        say(told.exc_value)

    sys.excepthook = told
    threading.excepthook = of_thread
    sys.unraisablehook = unraisable
    warnings.showwarning = lambda *_, **__: None
