"""Nothing an unforeseen error quotes reaches Prefect, which keeps the text of exceptions in its database."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from anonymize.cores import no_core_files
from anonymize.errors import AnonymizeError, UnforeseenError
from anonymize.foreign import quoting_nothing as _quoting_nothing

__all__ = ["UnforeseenError", "failing_unstored", "quoting_nothing", "worth_retrying"]

Args = ParamSpec("Args")
Result = TypeVar("Result")


def quoting_nothing(work: Callable[Args, Result]) -> Callable[Args, Result]:
    """Return ``work`` so that refusals and Prefect's own errors pass; of others only kind and place are told.

    Nor is there a core file while it runs: it holds raw values and keys.

    Raises:
        UnforeseenError: in place of anything else, ``SystemExit`` included, with nothing chained to it.
    """
    return no_core_files()(_quoting_nothing(work, passing=_is_prefect_s, debug=False))


def failing_unstored(work: Callable[Args, Result]) -> Callable[Args, Result]:
    """Return a flow's ``work`` so that Prefect does not store what it raises: it pickles a flow's exception to disk.

    It does so whatever ``persist_result`` says; a failed state that a flow returns is left alone, and who calls the
    flow gets the same exception from it.
    """

    @wraps(work)
    def failing(*args: Args.args, **kwargs: Args.kwargs) -> Result:
        try:
            return work(*args, **kwargs)
        except AnonymizeError as error:
            from prefect.states import Failed

            told = f"Flow run encountered an exception: {type(error).__name__}: {error}"
            return cast(Result, Failed(data=error, message=told))

    return failing


def _is_prefect_s(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] == "prefect"


def worth_retrying(error: object) -> bool:
    """Return whether a failure could pass by itself: a refusal of ours never does."""
    return not isinstance(error, AnonymizeError) or isinstance(error, UnforeseenError)
