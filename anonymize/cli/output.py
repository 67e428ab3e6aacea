"""Prints data to stdout and messages to stderr: consoles, tables, JSON, progress."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from rich.console import Console
from rich.table import Table
from rich.text import Text

from anonymize.errors import UntoldError, on_one_line

Result = TypeVar("Result")


class _Data(Console):
    """A console for data. Rich itself would end the process with 1 (a failed gate) if a reader such
    as ``head`` stops early.
    """

    def on_broken_pipe(self) -> None:
        """Raise an error that ``main`` handles instead."""
        raise BrokenPipeError


def stdout() -> Console:
    """Return the console for data: colours on a terminal only, wide lines if the output is a
    file.
    """
    return _Data(
        file=sys.stdout,
        highlight=False,
        width=None if sys.stdout.isatty() else 200,
        soft_wrap=False,
    )


def table_console(*, on_stderr: bool = False) -> Console:
    """Return a console for tables that fit 80 columns where the output is not a terminal."""
    stream = sys.stderr if on_stderr else sys.stdout
    kind = Console if on_stderr else _Data
    return kind(file=stream, highlight=False, width=None if stream.isatty() else 80)


def stderr() -> Console:
    """Return the console for messages."""
    return Console(file=sys.stderr, highlight=False, width=None if sys.stderr.isatty() else 200)


def print_json(value: Any) -> None:
    """Print ``value`` as indented JSON on stdout."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None
) -> None:
    """Print rows under column heads."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else on_one_line(str(cell))) for cell in row))
    stdout().print(table)


def say(text: str) -> None:
    """Print one message line on stderr."""
    stderr().print(on_one_line(text), markup=False, soft_wrap=True)


def say_wrapped(text: str) -> None:
    """Print one message on stderr in lines that fit; for sentences, not for commands to copy.

    A word that is longer than a line, such as a path, stays whole.
    """
    console = table_console(on_stderr=True)
    wrapper = textwrap.TextWrapper(console.width, break_long_words=False, break_on_hyphens=False)
    for line in wrapper.wrap(on_one_line(text)):
        console.print(Text(line), soft_wrap=True)


def show_done(act: Callable[[], Result], show: Callable[[Result], None]) -> None:
    """Do ``act`` and show its result, also if only who was to be told of it does not know: the act
    is done then, and who called the command needs its result.

    Raises:
        UntoldError: after the result is shown.
    """
    try:
        result = act()
    except UntoldError as error:
        show(cast("Result", error.result))
        raise
    show(result)


@contextmanager
def rows_progress(label: str, unit: str = "rows") -> Iterator[Callable[[int, int, str], None]]:
    """Yield ``advance(rows, total, what)``: a bar with rows, or what ``unit`` says, and time left
    on stderr if that is a terminal, else nothing.
    """
    if not sys.stderr.isatty():
        yield lambda done, total, what: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} " + unit),
        TimeRemainingColumn(),
        console=stderr(),
        transient=True,
    ) as bar:
        task = bar.add_task(label, total=1)
        yield lambda done, total, what: bar.update(
            task, completed=done, total=max(done, total, 1), description=what
        )
