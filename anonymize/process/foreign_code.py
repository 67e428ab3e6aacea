"""Code that is not ours, called so that nothing its errors quote is seen: its text, causes, notes
and exit codes.

Whatever holds raw values may be in the text of an exception: a custom action's, a library's, a
bug's. Python, loggers and orchestrators print that text, and that of everything chained to it; so
what leaves here is an error of ours with the kind and the place alone, raised where nothing is
chained to it. ``SystemExit`` is no exception to this, or its text would go to the terminal and its
code would be ours. Only an interruption from the keyboard stays what it is.
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
    """Return ``work()``, which is others' code.

    Warnings that it gives are not shown: they may quote data too. What it logs and prints is its
    own.

    Args:
        work: What to call.
        failed: Makes the error that is raised in place of what ``work`` raises; it should use the
            type alone.
        passing: Kinds of errors that ``work`` is meant to raise, and whose text the caller looks
            after.

    Raises:
        AnonymizeError: what ``failed`` made; nothing is chained to it.
        KeyboardInterrupt: without the text it came with.
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
    """Return ``work`` so that it raises nothing but errors of ours, nothing chained to them, and
    interruptions.

    Args:
        work: A function in which others' code may run, or a bug may show.
        passing: Says which other errors may leave as they are: an orchestrator's own.
        debug: Whether ``COATCHECK_DEBUG=1`` in the environment leaves errors as they are.
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
    """Return one of our errors without what it was raised from, after, or with notes of."""
    error.__cause__ = error.__context__ = None
    if hasattr(error, "__notes__"):
        del error.__notes__
    return error


def quiet_hooks() -> None:
    """Keep the text of errors and warnings off stderr that Python itself would print there, in this
    process.

    Those of other threads, those in finalizers, those that nothing catches, and warnings; for a
    process of our own, never for a library's caller.
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
