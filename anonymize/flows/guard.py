"""Nothing an unforeseen error quotes reaches Prefect, which keeps the text of exceptions in its
database.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from anonymize.errors import AnonymizeError, UnforeseenError
from anonymize.process.core_files import no_core_files
from anonymize.process.foreign_code import quoting_nothing as _quoting_nothing
from anonymize.process.foreign_code import without_chain

__all__ = ["UnforeseenError", "in_one_message", "quoting_nothing", "worth_retrying"]

Args = ParamSpec("Args")
Result = TypeVar("Result")


def quoting_nothing(work: Callable[Args, Result]) -> Callable[Args, Result]:
    """Return ``work`` so that refusals and Prefect's own errors pass; of others only kind and place
    are told.

    Nor is there a core file while it runs: it holds raw values and keys.

    Raises:
        UnforeseenError: in place of anything else, ``SystemExit`` included, with nothing chained to
            it.
    """
    quiet = _quoting_nothing(work, passing=_is_prefect_s, debug=False)

    @wraps(work)
    def alone(*args: Args.args, **kwargs: Args.kwargs) -> Result:
        with (
            no_core_files()
        ):  # as a decorator it would hold a generator, and clusters pickle flows by value
            return quiet(*args, **kwargs)

    return alone


def _is_prefect_s(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] == "prefect"


def worth_retrying(error: object) -> bool:
    """Return whether a failure could pass by itself: a refusal of ours does not, unless it says so.

    Another run that is at work, a vault's database or a key service that does not answer or is
    overloaded.
    """
    return not isinstance(error, AnonymizeError) or error.passes


def _tell(error: AnonymizeError) -> None:
    """Log a refusal once, for the outermost flow: Prefect logs the state of a failed flow for
    nobody to see.
    """
    from prefect import get_run_logger
    from prefect.context import FlowRunContext, TaskRunContext

    here = FlowRunContext.get()
    if TaskRunContext.get() is not None or here is None or here.flow_run is None:
        return
    if here.flow_run.parent_task_run_id is None:
        get_run_logger().error("refused: %s", error)


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
            if isinstance(error, UnforeseenError):
                raise
            _tell(error)
            from prefect.states import Failed

            return cast(
                "Result", Failed(message=str(error), data=without_chain(error).with_traceback(None))
            )

    return told
