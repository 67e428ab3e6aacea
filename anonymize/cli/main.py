"""Entry point of the command: runs the app, prints errors without values, exits with the documented
codes.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any

from anonymize.process.core_files import forbid_core_files
from anonymize.process.file_modes import forbid_world_writable
from anonymize.process.foreign_code import quiet_hooks
from anonymize.process.quiet_libraries import quiet_libraries

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit: 0 done, 1 a gate failed, 2 bad policy, arguments or data, 3
    keys unavailable.
    """
    _usable_streams()
    quiet_hooks()
    quiet_libraries()
    forbid_core_files()
    forbid_world_writable()
    _take_passphrase()
    code = _exit_code()
    if (error := _unwritable()) is not None:
        code = _closed_stdout(error, code)
    sys.exit(code)


def _take_passphrase() -> None:
    """Take the passphrase from the environment before any child process starts. Imports
    `anonymize.keys`, which loads slowly, only if there is one.
    """
    if "COATCHECK_PASSPHRASE" in os.environ:
        from anonymize.keys.keyring.passphrase import take_passphrase

        take_passphrase()


def _usable_streams() -> None:
    """Replace closed streams by ones that discard, and write characters that the terminal's
    encoding lacks as escapes.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - open until the process ends
        if hasattr(stream := getattr(sys, name), "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _unwritable() -> OSError | None:
    """Return why the output cannot be written to stdout."""
    try:
        sys.stdout.flush()
    except OSError as error:
        return error
    return None


def _closed_stdout(error: OSError, code: int) -> int:
    """Return the exit code if stdout is closed. A reader that stops early, such as ``head``, is not
    an error.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return code
    print(
        f"standard output cannot be written: {os.strerror(error.errno or 5).lower()}",
        file=sys.stderr,
    )
    return code or 2


def _exit_code() -> int:
    from anonymize.cli.app import app
    from anonymize.errors import AnonymizeError

    try:
        code = app(standalone_mode=False)  # commands return None; an interruption returns 130
        if code == _INTERRUPTED:
            raise KeyboardInterrupt
    except AnonymizeError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except BrokenPipeError as error:
        return _closed_stdout(error, 0)
    except SystemExit as stop:  # click raises this for a broken pipe
        if not isinstance(stop.__context__, BrokenPipeError):
            return _other_error(
                stop
            )  # from foreign code: its text may quote data, and its code has no documented meaning
        return _closed_stdout(stop.__context__, 0)
    except (KeyboardInterrupt, EOFError):
        print("stopped before it was done", file=sys.stderr)
        return _INTERRUPTED
    except BaseException as error:  # noqa: BLE001  # the text of an unforeseen error may quote data
        return _other_error(error)
    return int(code or 0)


def _other_error(error: BaseException) -> int:
    """Answer a wrong command line with its usage, and an unexpected error with its place, never its
    text.
    """
    import typer

    from anonymize.errors import without_credentials, without_text

    # base class of all wrong command lines; it is click's or typer's own, depending on typer's
    # version
    wrong_usage: Any = next(
        kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException"
    )
    if isinstance(error, typer.Abort):
        print("stopped before it was done", file=sys.stderr)
        return _INTERRUPTED
    if isinstance(error, typer.Exit):
        return int(error.exit_code)
    if isinstance(error, wrong_usage):
        error.show(file=(shown := io.StringIO()))  # type: ignore[attr-defined]
        print(without_credentials(shown.getvalue()), end="", file=sys.stderr)
        return 2
    if os.environ.get("COATCHECK_DEBUG") == "1":
        raise error
    print(
        without_text(error) + "; COATCHECK_DEBUG=1 shows it" * (not isinstance(error, OSError)),
        file=sys.stderr,
    )
    return 2
