"""Our lines in a run's log: few, through Prefect's logger, whatever level its own lines have."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from anonymize.errors import AnonymizeError, without_text


def tell(message: str, *values: object, level: int = logging.INFO) -> None:
    """Log a line of the flow's run; outside of one, nothing.

    The record is handed to Prefect's handlers past the logger's own level, which hides Prefect's
    lines from scripts.
    """
    from prefect.context import FlowRunContext
    from prefect.logging.loggers import get_run_logger

    here = FlowRunContext.get()
    if here is None or here.flow_run is None:
        return
    theirs: Any = get_run_logger(here)
    logger = logging.getLogger("prefect.flow_runs")
    logger.handle(
        logger.makeRecord(
            logger.name, level, __file__, 0, message, values, None, extra=dict(theirs.extra)
        )
    )


def few_lines() -> None:
    """Leave Prefect's two lines per task out of the run's log, unless its level is DEBUG.

    A night of a thousand parts has thousands of them otherwise. Warnings and errors stay.
    """
    tasks = logging.getLogger("prefect.task_runs")
    if not logging.getLogger("prefect").isEnabledFor(logging.DEBUG):
        tasks.setLevel(logging.WARNING)


@contextmanager
def only_told() -> Iterator[None]:
    """Let what is told of a run decide nothing about it: if Prefect's server does not take it, one
    line says so, without the error's text. Refusals of ours pass.
    """
    try:
        yield
    except AnonymizeError:
        raise
    except Exception as error:  # noqa: BLE001 - a version that is published stays published
        tell("not told to Prefect: %s", without_text(error), level=logging.WARNING)
