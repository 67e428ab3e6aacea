"""Errors of others' code: what is told of them, and what of their text is seen."""

from __future__ import annotations

import subprocess
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from anonymize.errors import AnonymizeError, DataError, UnforeseenError
from anonymize.process.foreign_code import call_foreign, quoting_nothing

RAW = "jane.canary@example.org"


class Odd(BaseException):
    """Neither an error nor an exit."""


def chained() -> None:
    """Raise with a cause and a context."""
    try:
        raise KeyError(RAW)
    except KeyError as error:
        raise ValueError("n") from error


def in_a_handler() -> None:
    """Raise one of our errors while another is handled."""
    try:
        raise KeyError(RAW)
    except KeyError:
        raise DataError("ours") from None


def noted() -> None:
    """Raise one of our errors with a note."""
    error = DataError("ours")
    error.add_note(RAW)
    raise error


def in_a_thread() -> None:
    """Raise what a pool hands on from a thread."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        pool.submit(raising(SystemExit(RAW))).result()


@pytest.mark.parametrize("pickler", ["pickle", "cloudpickle"])
def test_a_pickled_error_holds_no_value(pickler: str) -> None:
    """An orchestrator may leave one on disk, whatever its settings say: attributes, notes and
    causes stay behind.
    """
    pickle = pytest.importorskip(pickler)
    for work in (
        chained,
        in_a_handler,
        noted,
        in_a_thread,
        raising(ValueError(RAW)),
        raising(UnicodeError(RAW)),
    ):
        with pytest.raises(AnonymizeError) as raised:
            quoting_nothing(work)()
        raised.value.row = RAW  # type: ignore[attr-defined]
        data = pickle.dumps(raised.value)
        assert RAW.encode() not in data
        assert RAW not in repr(vars(pickle.loads(data)))


def raising(error: BaseException) -> Callable[[], Any]:
    """Return what raises ``error``."""

    def work() -> None:
        raise error

    return work


WAYS: dict[str, Callable[[], Any]] = {
    "an error": raising(ValueError(RAW)),
    "an exit": raising(SystemExit(RAW)),
    "an exit that means well": raising(SystemExit(0)),
    "a generator's end": raising(GeneratorExit(RAW)),
    "another kind": raising(Odd(RAW)),
    "a group": raising(BaseExceptionGroup(RAW, [ValueError(RAW), Odd(RAW)])),
    "a chain": chained,
    "a thread": in_a_thread,
}


def seen_of(error: BaseException) -> str:
    """Return all that Python, a logger or an orchestrator could print of an error."""
    shown, waiting = [], [error]
    while waiting:
        one = waiting.pop()
        shown += [
            repr(one),
            str(one),
            *traceback.format_exception(one),
            *getattr(one, "__notes__", ()),
        ]
        waiting += [more for more in (one.__cause__, one.__context__) if more is not None]
    return "\n".join(shown)


@pytest.mark.parametrize("work", WAYS.values(), ids=WAYS)
def test_an_unforeseen_error_is_kind_and_place(work: Callable[[], Any]) -> None:
    """Whatever it is: no text, no cause, no context, no note, no exit code."""
    with pytest.raises(UnforeseenError, match=r"internal error: .* its text is not shown") as told:
        quoting_nothing(work)()
    assert RAW not in seen_of(told.value)
    assert told.value.exit_code == 2


@pytest.mark.parametrize("work", [in_a_handler, noted])
def test_a_refusal_passes_with_nothing_chained_to_it(work: Callable[[], Any]) -> None:
    """Its own text is ours; what it came after is not."""
    with pytest.raises(DataError, match="ours") as told:
        quoting_nothing(work)()
    assert RAW not in seen_of(told.value)


@pytest.mark.parametrize(
    "work", [*WAYS.values(), in_a_handler, noted], ids=[*WAYS, "a refusal", "a note"]
)
def test_others_code_fails_by_kind(work: Callable[[], Any]) -> None:
    """Even where it raises one of our own errors: the text is theirs."""
    with pytest.raises(AnonymizeError, match="failed with") as told:
        call_foreign(work, lambda error: DataError(f"failed with {type(error).__name__}"))
    assert RAW not in seen_of(told.value)


@pytest.mark.parametrize(
    "call", [quoting_nothing, lambda work: lambda: call_foreign(work, lambda e: DataError("x"))]
)
def test_an_interruption_stays_one(call: Callable[..., Any]) -> None:
    """Without the text that it came with."""
    with pytest.raises(KeyboardInterrupt) as told:
        call(raising(KeyboardInterrupt(RAW)))()
    assert RAW not in seen_of(told.value)


def test_others_warnings_are_not_shown(recwarn: pytest.WarningsRecorder) -> None:
    """They may quote a value as errors do. Others, of files that are collected now, may be."""
    assert (
        call_foreign(lambda: warnings.warn(RAW, stacklevel=1), lambda error: DataError("x")) is None
    )
    assert not [one for one in recwarn if RAW in str(one.message)]
    warnings.warn(RAW, stacklevel=1)
    assert [one for one in recwarn if RAW in str(one.message)]


HOOKED = f"""
import gc, threading, warnings
from anonymize.process.foreign_code import quiet_hooks
quiet_hooks()
def fail(): raise ValueError("{RAW}")
class Late:
    def __del__(self): raise ValueError("{RAW}")
thread = threading.Thread(target=fail); thread.start(); thread.join()
Late(); gc.collect()
warnings.warn("{RAW}")
fail()
"""


def test_a_process_of_ours_prints_no_text_of_errors() -> None:
    """Of threads, finalizers, warnings, and of what nothing catches."""
    done = subprocess.run(
        [sys.executable, "-c", HOOKED], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.count("internal error: ValueError at") == 3
    assert RAW not in done.stdout + done.stderr
