"""Nothing an unforeseen error quotes reaches Prefect, which keeps the text of exceptions in its
database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from anonymize.errors import AnonymizeError, UnforeseenError, without_text
from anonymize.flows.logs import tell
from anonymize.process.core_files import no_core_files
from anonymize.process.foreign_code import quoting_nothing as _quoting_nothing
from anonymize.process.foreign_code import without_chain

__all__ = ["BugError", "UnforeseenError", "in_one_message", "quoting_nothing", "worth_retrying"]

_BUGS = (
    ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, NameError,
    NotImplementedError, RecursionError, TypeError, ValueError,
)  # fmt: skip
"""What Python raises for mistakes in code: it would be raised again."""
Args = ParamSpec("Args")
Result = TypeVar("Result")


class BugError(UnforeseenError):
    """A mistake in code, by its kind and place; a retry would meet it again."""

    passes = False


def quoting_nothing(work: Callable[Args, Result]) -> Callable[Args, Result]:
    """Return ``work`` so that refusals and Prefect's own errors pass; of others only kind and place
    are told.

    Nor is there a core file while it runs: it holds raw values and keys.

    Raises:
        UnforeseenError: in place of anything else, ``SystemExit`` included, with nothing chained to
            it.
    """
    quiet = _quoting_nothing(_told_apart(work), passing=_is_prefect_s, debug=False)

    @wraps(work)
    def alone(*args: Args.args, **kwargs: Args.kwargs) -> Result:
        with (
            no_core_files()
        ):  # as a decorator it would hold a generator, and clusters pickle flows by value
            return quiet(*args, **kwargs)

    return alone


def _told_apart(work: Callable[Args, Result]) -> Callable[Args, Result]:
    """Return ``work`` so that what only a bug raises is told apart from a disk or a network that
    may be back in a moment.
    """

    @wraps(work)
    def apart(*args: Args.args, **kwargs: Args.kwargs) -> Result:
        try:
            return work(*args, **kwargs)
        except AnonymizeError:
            raise
        except _BUGS as error:
            if isinstance(error, OSError):  # some are of both kinds
                raise
            failure = BugError(without_text(error))
        raise failure

    return apart


def _is_prefect_s(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] == "prefect"


def worth_retrying(error: object) -> bool:
    """Return whether a failure could pass by itself: a refusal of ours does not, unless it says so,
    and neither does a bug.

    What may pass is input and output: a disk, a network, another run that is at work, a vault's
    database or a key service that does not answer or is overloaded.
    """
    return not isinstance(error, AnonymizeError) or error.passes


def _tell(error: AnonymizeError) -> None:
    """Log a refusal once, for the outermost flow: Prefect logs the state of a failed flow for
    nobody to see.
    """
    from prefect.context import FlowRunContext, TaskRunContext

    here = FlowRunContext.get()
    if TaskRunContext.get() is not None or here is None or here.flow_run is None:
        return
    if here.flow_run.parent_task_run_id is None:
        word = "failed" if isinstance(error, UnforeseenError) else "refused"
        tell("%s: %s", word, error, level=logging.ERROR)


def in_one_message(work: Callable[Args, Result]) -> Callable[Args, Result]:
    """Return ``work`` for a flow or task so that a refusal is its failed state, told once by its
    text alone.

    Prefect prints a traceback of each error that is raised, and pickles what a flow raises to disk
    whatever ``persist_result`` says; a failed state that a flow returns is left alone. Callers of
    the flow get the error itself.
    """

    @wraps(work)
    def told(*args: Args.args, **kwargs: Args.kwargs) -> Result:
        try:
            return work(*args, **kwargs)
        except AnonymizeError as error:
            _tell(error)
            from prefect.states import Failed

            return cast(
                "Result", Failed(message=str(error), data=without_chain(error).with_traceback(None))
            )

    return told
