"""Many small cases in forked children: one that crashes or hangs is named, and fails the test."""

from __future__ import annotations

import json
import os
import select
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

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
    children = [
        _Child(share, *_begun(share, at, prepared)) for at, share in enumerate(shares) if share
    ]
    try:
        while working := [child for child in children if len(child.told) < len(child.share)]:
            ready, _, _ = select.select([child.pipe for child in working], [], [], 1.0)
            for child in working:
                child.listen(child.pipe in ready, seconds)
    finally:
        for child in children:
            os.close(child.pipe)
            _end(child.process)
    return {case: said for one in children for case, said in zip(one.share, one.told, strict=True)}


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


@dataclass
class _Child(Generic[Case]):
    """A child that does its share of the cases in order."""

    share: Sequence[Case]
    process: int
    pipe: int
    told: list[str] = field(default_factory=list)
    left: bytes = b""
    heard: float = field(default_factory=time.monotonic)

    def listen(self, ready: bool, seconds: float) -> None:
        """Take what it says.

        Raises:
            AssertionError: it is gone, has raised, or was silent for too long.
        """
        if not ready:
            assert time.monotonic() - self.heard < seconds, f"{self.at}: silent for {seconds} s"
            return
        data, self.heard = os.read(self.pipe, 65_536), time.monotonic()
        assert data, f"{self.at}: the child is gone, {os.waitpid(self.process, 0)[1]}"
        *lines, self.left = (self.left + data).split(b"\n")
        for line in lines:
            assert not line.startswith(b"!"), f"{self.at}:\n{json.loads(line[1:])}"
            self.told.append(json.loads(line))

    @property
    def at(self) -> str:
        """Return the case that it is at."""
        return f"case {len(self.told)}: {self.share[len(self.told)]}"


def _end(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    except (ProcessLookupError, ChildProcessError):
        pass
