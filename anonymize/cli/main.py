"""The command's entry: runs the app, prints errors without values, answers with the documented exit codes."""

from __future__ import annotations

import os
import sys
from typing import Any


def main() -> None:
    """Run the command line and exit: 0 done, 1 a gate failed, 2 bad policy, arguments or data, 3 keys unavailable."""
    sys.exit(_exit_code())


def _exit_code() -> int:
    from anonymize.cli.app import app
    from anonymize.errors import AnonymizeError

    try:
        app(standalone_mode=False)
    except AnonymizeError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyboardInterrupt, EOFError):
        print("stopped: nothing was published", file=sys.stderr)
        return 130
    except Exception as error:  # noqa: BLE001  # the text of an unforeseen error may quote data
        return _other_error(error)
    return 0


def _other_error(error: Exception) -> int:
    """Answer a wrong command line with its usage, anything unforeseen with its place but never its text."""
    import typer

    # the base of all wrong command lines; whether it is click's or typer's own depends on typer's version
    wrong_usage: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
    if isinstance(error, typer.Abort):
        print("stopped: nothing was published", file=sys.stderr)
        return 130
    if isinstance(error, typer.Exit):
        return int(error.exit_code)
    if isinstance(error, wrong_usage):
        error.show(file=sys.stderr)  # type: ignore[attr-defined]
        return 2
    if os.environ.get("CLOAKROOM_DEBUG") == "1":
        raise error
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    where = f"{os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}" if frame else "unknown place"
    print(
        f"internal error: {type(error).__name__} at {where}: its text is not shown because it may quote data; "
        "CLOAKROOM_DEBUG=1 shows it",
        file=sys.stderr,
    )
    return 2
