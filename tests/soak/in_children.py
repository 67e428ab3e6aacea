"""Many small cases in forked children: one that crashes or hangs is named, and fails the test."""

from __future__ import annotations

import json
import os
import select
import signal
import traceback
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

Case = TypeVar("Case", bound=Hashable)
CHILDREN = 2
SECONDS = 60.0
"""How long one case may take."""


def outcomes(
    cases: Sequence[Case],
    prepared: Callable[[int], Callable[[Case], str]],
    seconds: float = SECONDS,
) -> dict[Case, str]:
    """Return what each case came to. ``prepared`` gives, in each child, the function that does one.

    Raises:
        AssertionError: a child ended by a signal, raised, or was silent for ``seconds``; the
            message names the case.
    """
    shares = [cases[at::CHILDREN] for at in range(CHILDREN)]
    children = [_begun(share, at, prepared) for at, share in enumerate(shares)]
    found: dict[Case, str] = {}
    try:
        for share, (process, pipe) in zip(shares, children, strict=True):
            found |= dict(zip(share, _told(share, process, pipe, seconds), strict=True))
    finally:
        for process, pipe in children:
            os.close(pipe)
            _end(process)
    return found


def counted(found: Mapping[Case, str]) -> dict[str, int]:
    """Return how many cases came to what."""
    return dict(Counter(found.values()))


def _begun(
    share: Sequence[Case], at: int, prepared: Callable[[int], Callable[[Case], str]]
) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    try:
        do = prepared(at)
        for case in share:
            os.write(writing, json.dumps(do(case)).encode() + b"\n")
    except BaseException:
        os.write(writing, b"!" + json.dumps(traceback.format_exc()[-8_000:]).encode() + b"\n")
    os._exit(0)


def _told(share: Sequence[object], process: int, pipe: int, seconds: float) -> list[str]:
    told, left = list[str](), b""
    while len(told) < len(share):
        case = f"case {len(told)}: {share[len(told)]}"
        assert select.select([pipe], [], [], seconds)[0], f"{case}: silent for {seconds} s"
        data = os.read(pipe, 65_536)
        assert data, f"{case}: the child is gone, {os.waitpid(process, 0)[1]}"
        *lines, left = (left + data).split(b"\n")
        for line in lines:
            case = f"case {len(told)}: {share[len(told)]}"
            assert not line.startswith(b"!"), f"{case}:\n{json.loads(line[1:])}"
            told.append(json.loads(line))
    return told


def _end(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    except (ProcessLookupError, ChildProcessError):
        pass
