"""A mechanism, how it is switched off, and the test that fails without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

NOT_MECHANISMS = ("off", "plugin")


@dataclass(frozen=True)
class SwitchedOff:
    """A mechanism of a capability."""

    name: str
    """What is switched off, in words."""
    test: str
    """The test that fails then: ``FILE::TEST`` below ``tests/``, which is run in a process of its
    own; it must not hand the work to processes that are started anew.
    """
    off: Callable[[pytest.MonkeyPatch], None]
    """Switches it off, in the process of the test."""
    fails_by: Sequence[str] = ("AssertionError", "Failed")
    """The kinds of errors by which the test may fail: a check that does not hold, or a refusal that
    does not come. Another error would mean that the switch is broken.
    """


def every() -> dict[str, SwitchedOff]:
    """Return the mechanisms of all modules of the package, as ``MODULE: NAME``."""
    here = Path(__file__).parent
    modules = [m.name for m in iter_modules([str(here)]) if m.name not in NOT_MECHANISMS]
    return {
        f"{name}: {one.name}": one
        for name in sorted(modules)
        for one in import_module(f"{__package__}.{name}").OFF
    }
